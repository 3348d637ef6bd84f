//! The dialog for whoever is signed in: it opens with the draft that was left, and keeps it.

use frontdesk_contract::json;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api::reports;
use crate::api::reports::Basics;
use crate::browser::{focus, page};
use crate::domain::draft::{DraftOf, Slot};
use crate::domain::host::ToHost;
use crate::domain::report::ReportDraft;
use crate::i18n::{keys as w, t, use_words};
use crate::report::Typed;
use crate::report::around::Around;
use crate::report::files::Files;
use crate::report::form::ReportForm;
use crate::report::leaves::facts;
use crate::report::pieces::{self, OfWaiting};
use crate::report::sending::{Outbox, Stage};
use crate::report::write::{BODY, Write};
use crate::route;
use crate::shell::drafts::{self, Heard, Keeper};
use crate::shell::piece::Part;
use crate::shell::{Failure, aside, use_fetched};
use crate::state::SessionState;
use crate::ui::{Banner, Button, ButtonKind, Icon, IconName, Skeleton, Tone, Variant, When, effect};

/// The dialog.
#[component]
pub fn Dialog() -> impl IntoView {
    let settings = use_fetched(reports::basics);
    let is_there = Memo::new(move |_| settings.with(|settings| settings.is_some()));
    let data = settings.data();
    let retry = Callback::new(move |()| settings.ask_again());
    move || {
        if is_there.get() {
            // Shown only once it is there.
            let settings = Signal::derive(move || data.get());
            match settings.get_untracked() {
                Some(first) => {
                    let settings = Signal::derive(move || settings.get().unwrap_or_else(|| first.clone()));
                    view! { <Report settings/> }.into_any()
                }
                None => ().into_any(),
            }
        } else {
            view! {
                <main class="report">
                    <Head/>
                    <div class="report__body">
                        <Failure error=settings.error() on_retry=retry busy=settings.asking()/>
                        <Skeleton lines=6/>
                    </div>
                </main>
            }
            .into_any()
        }
    }
}

#[component]
fn Report(settings: Signal<Basics>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let around = expect_context::<Around>();
    let words = use_words();
    drafts::provide_slot(opened(state));
    let restored = drafts::restore::<ReportDraft>(state, DraftOf::Report);
    let since = restored.as_ref().map(|saved| saved.at);
    let mut draft = restored.map(|saved| saved.draft).unwrap_or_default();
    let typed = Typed::take();
    draft.add(&typed.body, &typed.page);
    let form = ReportForm::of(draft);
    let keeper = Keeper::keep(DraftOf::Report, state, Signal::derive(move || form.snapshot()), since);
    let files = Files::of(form, keeper, state, words);
    provide_context(files);
    let outbox = Outbox::of(form, files, keeper);
    let is_waiting = form.sending.with_untracked(Option::is_some);
    keeper.follow(Callback::new(move |heard| match heard {
        Heard::Changed(json) => {
            if let Ok(draft) = json::read::<ReportDraft>(&json) {
                // A picture may be covered by now that was not: only what lies on the device counts.
                if form.pieces.with_untracked(|pieces| *pieces != draft.pieces) {
                    files.forget();
                }
                form.put(draft);
            }
        }
        Heard::Apart => aside(files.part()),
        Heard::Sent(_) | Heard::Discarded => {
            // Nothing of it is kept here, or it would be sent once more.
            keeper.stop();
            outbox.stage.set(Stage::Elsewhere);
        }
    }));
    aside(pieces::fetch());
    aside(async move {
        if let Ok(look_through) = pieces::left_over().await {
            look_through(files).await;
        }
        // The person had pressed *Send*: it goes on.
        if is_waiting {
            outbox.go();
        }
    });
    // The others that wait go out by themselves too, one after the other.
    let gone = RwSignal::new(Vec::<String>::new());
    let waiting = others(state, keeper)
        .into_iter()
        .filter(|listed| listed.gist.is_waiting() && listed.slot.name().is_some())
        .map(|listed| view! { <Part load=pieces::waiting props=OfWaiting { slot: listed.slot, gone } lines=0/> })
        .collect_view();
    let went_out = move || {
        let line = |number: String| {
            let text = words.text_with(w::REPORT_WENT_OUT, &[("number", number)]);
            view! { <Banner tone=Tone::Good><p>{text}</p></Banner> }
        };
        gone.get().into_iter().map(line).collect_view()
    };
    // The page around shows that something waits.
    effect(move || {
        let own = usize::from(form.sending.read().is_some());
        around.tell(ToHost::Waits(own + others(state, keeper).len()));
    });
    let escape = page::on_escape(move || around.tell(ToHost::Close));
    let escape = StoredValue::new_local(escape);
    on_cleanup(move || escape.dispose());

    let on_submit = move |ev: SubmitEvent| {
        ev.prevent_default();
        let topics = settings.with_untracked(|settings| settings.topics.clone());
        let facts = untrack(move || facts(around, words));
        match untrack(move || form.draft()).check(&topics, &facts) {
            Ok(report) => {
                form.wrong.set(None);
                files.told.set(Vec::new());
                form.sending.set(Some(report));
                keeper.save_now();
                outbox.go();
            }
            Err(wrong) => {
                // Set anew, so that the summary takes the focus again.
                form.wrong.set(None);
                form.wrong.set(Some(wrong));
            }
        }
    };
    let body = Memo::new(move |_| match outbox.stage.get() {
        Stage::Sent(number) => Body::Sent(number),
        Stage::Elsewhere => Body::Elsewhere,
        Stage::Writing | Stage::Sending | Stage::Offline | Stage::SignedOut | Stage::Stuck(_) => {
            if form.sending.read().is_some() { Body::OnItsWay } else { Body::Writing }
        }
    });
    view! {
        <main class="report">
            <Head/>
            {waiting}
            <div role="status">{went_out}</div>
            {move || match body.get() {
                Body::Writing => view! {
                    <form class="report__form" novalidate on:submit=on_submit>
                        <div class="report__body">
                            <SignInAgain/>
                            <Write form files settings/>
                            <Others keeper/>
                        </div>
                        <Foot form files keeper/>
                    </form>
                }
                    .into_any(),
                Body::OnItsWay => view! {
                    <div class="report__body">
                        <SignInAgain/>
                        <Part load=pieces::on_its_way props=outbox lines=4/>
                    </div>
                }
                    .into_any(),
                Body::Sent(number) => view! {
                    <div class="report__body">
                        <Part load=pieces::done props=number lines=2/>
                        <Others keeper/>
                    </div>
                }
                    .into_any(),
                Body::Elsewhere => view! {
                    <div class="report__body">
                        <p>{t(w::REPORT_ELSEWHERE)}</p>
                        <p><a class="button" href=route::report(None)>{t(w::REPORT_ANOTHER)}</a></p>
                    </div>
                }
                    .into_any(),
            }}
        </main>
    }
}

/// What stands in the dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    Writing,
    OnItsWay,
    Sent(String),
    Elsewhere,
}

/// The draft that the address names; else one that waits to be sent.
fn opened(state: SessionState) -> Slot {
    let named = Slot::named(&page::query(route::DRAFT).unwrap_or_default());
    if named != Slot::default() {
        return named;
    }
    let waiting = drafts::list(state).into_iter().filter(|listed| listed.of == DraftOf::Report);
    waiting.filter(|listed| listed.gist.is_waiting()).map(|listed| listed.slot).next().unwrap_or_default()
}

/// The other reports that lie on this device.
fn others(state: SessionState, keeper: Keeper) -> Vec<drafts::Listed> {
    let listed = drafts::list(state).into_iter().filter(|listed| listed.of == DraftOf::Report);
    listed.filter(|listed| !keeper.is_in(&listed.slot)).collect()
}

/// The heading, and the cross where there is something to close.
#[component]
pub fn Head() -> impl IntoView {
    let around = expect_context::<Around>();
    let close = move |_| around.tell(ToHost::Close);
    view! {
        <header class="report__head">
            <h1 tabindex="-1">{t(w::REPORT_TITLE)}</h1>
            {around
                .is_framed()
                .then(|| {
                    view! {
                        <button class="dialog__close" type="button" aria-label=t(w::REPORT_CLOSE) on:click=close>
                            <Icon name=IconName::Cross/>
                        </button>
                    }
                })}
        </header>
    }
}

/// Who will read it stands above *Send*.
#[component]
fn Foot(form: ReportForm, files: Files, keeper: Keeper) -> impl IntoView {
    let around = expect_context::<Around>();
    let words = use_words();
    let state = expect_context::<SessionState>();
    let discard = Callback::new(move |()| {
        aside(async move {
            files.clear().await;
            form.put(ReportDraft::default());
            keeper.erase();
            focus::focus_id(BODY);
        });
    });
    let saved = move || {
        let is_here = state.draft_area() == crate::browser::storage::Area::Local;
        keeper.saved_at().map(|at| {
            let time = crate::browser::intl::time(at, &words.language());
            words.text_with(if is_here { w::DRAFT_SAVED } else { w::REPORT_SAVED_TAB }, &[("time", time)])
        })
    };
    let note = move || if keeper.is_full() { Some(words.text(w::DRAFT_FULL)) } else { saved() };
    let may_discard = Signal::derive(move || !form.draft().is_empty());
    let close = Callback::new(move |()| around.tell(ToHost::Close));
    view! {
        <footer class="report__foot">
            <p class="report__readers">{t(w::REPORT_READERS)}</p>
            <p class="draft-note">{note}</p>
            <div class="report__actions">
                <When on=may_discard>
                    <Button variant=Variant::Quiet on_press=discard>{t(w::DRAFT_DISCARD)}</Button>
                </When>
                {around.is_framed().then(|| view! { <Button on_press=close>{t(w::REPORT_CLOSE)}</Button> })}
                <Button variant=Variant::Primary kind=ButtonKind::Submit>{t(w::REPORT_SEND)}</Button>
            </div>
        </footer>
    }
}

/// Reports that were begun or wait beside this one.
#[component]
fn Others(keeper: Keeper) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let lines = others(state, keeper)
        .into_iter()
        .map(|listed| {
            let label = listed.gist.words(60);
            let label = if label.is_empty() { words.text(w::DRAFT_REPORT) } else { label };
            view! { <li><a href=route::report(listed.slot.name())>{label}</a></li> }
        })
        .collect_view();
    (!lines.is_empty()).then(|| {
        view! {
            <section>
                <h2>{t(w::REPORT_OTHERS)}</h2>
                <ul>{lines}</ul>
            </section>
        }
    })
}

/// The session ended: another tab for signing in, and nothing typed is lost.
#[component]
fn SignInAgain() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let around = expect_context::<Around>();
    let words = use_words();
    let text = move || {
        let is_of_page = around.unknown().is_some();
        words.text(if is_of_page { w::REPORT_TOKEN_OVER } else { w::ERROR_SESSION })
    };
    view! {
        <div role="status">
            // The page around is asked first.
            <When on=Signal::derive(move || state.is_ended() && !around.may_ask())>
                <Banner tone=Tone::Warn>
                    <p>{text}</p>
                    <a class="button" href=route::SIGN_IN target="_blank">{t(w::REPORT_SIGN_IN)}</a>
                </Banner>
            </When>
        </div>
    }
}
