//! *Set again*: what the account had when it was deactivated and has no more, one thing or all of it.

use frontdesk_contract::account::comeback::{Piece, Possession, SetAgain, WasSetAgain};
use frontdesk_contract::{PersonId, Right, Version};
use leptos::prelude::*;

use crate::api::{ApiError, Client, accounts};
use crate::browser::{focus, intl};
use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::accounts::check::piece_text;
use crate::pages::accounts::show::Shown;
use crate::shell::{Act, Failure};
use crate::state::SessionState;
use crate::ui::{Banner, Button, Card, Tone, Variant, When, use_announcer};

/// What was confirmed; it takes the focus, because the line that was pressed has gone.
const TOLD: &str = "again-told";

/// The card: only for an account that is open, while something is to be set again, or was just now.
#[component]
pub fn AgainCard(shown: Shown) -> impl IntoView {
    let told = RwSignal::new(None::<WasSetAgain>);
    let pieces = Memo::new(move |_| {
        shown.account.with(|account| {
            let lists = account.comeback.as_ref().filter(|_| account.stage.is_open());
            lists.map(|lists| lists.again.clone()).unwrap_or_default()
        })
    });
    let has_pieces = Signal::derive(move || pieces.with(|pieces| !pieces.is_empty()));
    let is_shown = Signal::derive(move || has_pieces.get() || told.with(Option::is_some));
    view! {
        <When on=is_shown>
            <Card title=t(w::AGAIN_TITLE)>
                <Told told/>
                <When on=has_pieces>
                    <Pieces shown pieces told/>
                </When>
            </Card>
        </When>
    }
}

/// What the backend confirmed.
#[component]
fn Told(told: RwSignal<Option<WasSetAgain>>) -> impl IntoView {
    let words = use_words();
    let is_shown = Signal::derive(move || told.with(Option::is_some));
    let lines = move || {
        let lines = told.with(|told| told.as_ref().map(|told| told_lines(told, words)));
        lines.unwrap_or_default().into_iter().map(|line| view! { <p>{line}</p> }).collect_view()
    };
    view! {
        <When on=is_shown>
            <div id=TOLD tabindex="-1">
                <Banner tone=Tone::Good>{lines}</Banner>
            </div>
        </When>
    }
}

fn told_lines(told: &WasSetAgain, words: Words) -> Vec<String> {
    let language = words.language();
    let time = intl::time(told.at, &language);
    let line = |key, names: &[String]| {
        let args = [("time", time.clone()), ("names", intl::list(names, &language))];
        (!names.is_empty()).then(|| words.text_with(key, &args))
    };
    [line(w::AGAIN_SET, &told.set), line(w::AGAIN_NOT, &told.not)].into_iter().flatten().collect()
}

#[component]
fn Pieces(shown: Shown, pieces: Memo<Vec<Piece>>, told: RwSignal<Option<WasSetAgain>>) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let set = use_setting(shown, told, failure);
    let leave = use_leaving(shown, failure);
    let refused = Signal::derive(move || {
        let may = session.person().is_some_and(|person| person.has(Right::Accounts));
        (!may).then(|| words.text(w::ERROR_FORBIDDEN))
    });
    let of = move || shown.account.with_untracked(|account| (account.id.clone(), account.version.clone()));
    let begin = Callback::new(move |keys: Vec<String>| {
        let (id, version) = of();
        set.begin((id, version, keys));
    });
    let keys = Signal::derive(move || {
        pieces.with(|pieces| pieces.iter().filter_map(|piece| piece.key.clone()).collect::<Vec<_>>())
    });
    let on_all = Callback::new(move |()| begin.run(keys.get_untracked()));
    let on_leave = Callback::new(move |()| leave.begin(of()));
    let busy = Signal::derive(move || set.pending().get() || leave.pending().get());
    let line = move |piece: Piece| view! { <Line piece begin busy refused/> };
    view! {
        <p>{t(w::AGAIN_INTRO)}</p>
        <ul class="known" role="list">{move || pieces.get().into_iter().map(line).collect_view()}</ul>
        <Failure error=failure/>
        <div class="form-actions">
            <When on=Signal::derive(move || keys.with(|keys| keys.len() > 1))>
                <Button variant=Variant::Primary busy refused on_press=on_all>{t(w::AGAIN_ALL)}</Button>
            </When>
            <Button variant=Variant::Quiet busy refused on_press=on_leave>{t(w::AGAIN_LEAVE)}</Button>
        </div>
    }
}

/// One thing, and the way to set it again; what isn't known here has none.
#[component]
fn Line(
    piece: Piece,
    begin: Callback<Vec<String>>,
    busy: Signal<bool>,
    refused: Signal<Option<String>>,
) -> impl IntoView {
    let words = use_words();
    let name = piece.names.join(", ");
    let told = piece.clone();
    let text = move || piece_text(&told, words);
    let act = match piece.key {
        Some(key) => {
            let on_press = Callback::new(move |()| begin.run(vec![key.clone()]));
            let label = match piece.what {
                Possession::Manager => w::AGAIN_DO_MANAGER,
                Possession::Access | Possession::Sessions | Possession::Data | Possession::Memberships => {
                    w::AGAIN_DO
                }
            };
            let label = Signal::derive(move || words.text_with(label, &[("name", name.clone())]));
            view! { <Button busy refused on_press>{label}</Button> }.into_any()
        }
        None => view! { <p>{t(w::EFFECT_SOURCE_UNKNOWN)}</p> }.into_any(),
    };
    view! {
        <li>
            <div><p>{text}</p></div>
            {act}
        </li>
    }
}

type Wanted = (PersonId, Version, Vec<String>);

fn use_setting(
    shown: Shown,
    told: RwSignal<Option<WasSetAgain>>,
    failure: RwSignal<Option<ApiError>>,
) -> Act<Wanted> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    Act::new(move |(id, version, keys): Wanted| {
        let client = client.clone();
        failure.set(None);
        async move {
            match client.send(accounts::set_again(&id, version, &SetAgain { keys })).await {
                Ok(done) => {
                    let done: WasSetAgain = done;
                    announcer.announce(told_lines(&done, words).join(" "));
                    let _ = told.try_set(Some(done));
                    request_animation_frame(|| {
                        focus::focus_id(TOLD);
                    });
                }
                Err(error) => drop(failure.try_set(Some(error))),
            }
            shown.ask_again();
        }
    })
}

fn use_leaving(shown: Shown, failure: RwSignal<Option<ApiError>>) -> Act<(PersonId, Version)> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    Act::new(move |(id, version): (PersonId, Version)| {
        let client = client.clone();
        failure.set(None);
        async move {
            match client.send(accounts::leave_again(&id, version)).await {
                Ok(()) => announcer.announce(words.text(w::AGAIN_LEFT)),
                Err(error) => drop(failure.try_set(Some(error))),
            }
            shown.ask_again();
        }
    })
}
