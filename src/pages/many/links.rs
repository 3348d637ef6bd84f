//! The links that a run of invitations hands on. They are told here once, and kept nowhere.

use frontdesk_contract::plan::{InvitationLink, Links, Run};
use frontdesk_contract::{Right, RunId};
use leptos::prelude::*;

use crate::api::{ApiError, Client, plans};
use crate::browser::clipboard;
use crate::i18n::{keys as w, t, use_words};
use crate::shell::{Act, Failure};
use crate::state::SessionState;
use crate::ui::{Button, Card, TextArea, Variant, When, use_announcer};

/// So many are shown; all of them are copied.
const SHOWN: usize = 20;

/// The card, once somebody was invited or reminded.
#[component]
pub fn LinksCard(run: Signal<Run>) -> impl IntoView {
    let is_shown = Memo::new(move |_| {
        run.with(|run| run.action.makes_link() && run.state.is_over() && run.counts.done > 0)
    });
    let id = run.with_untracked(|run| run.id);
    view! {
        <When on=is_shown>
            <Card title=t(w::MANY_LINKS_TITLE)>
                <Making id/>
            </Card>
        </When>
    }
}

#[component]
fn Making(id: RunId) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let made = RwSignal::new(None::<Vec<InvitationLink>>);
    let failure = RwSignal::new(None::<ApiError>);
    let make = use_making(id, made, failure);
    let on_make = Callback::new(move |()| make.begin(()));
    let refused = Signal::derive(move || {
        let may = session.person().is_some_and(|person| person.has(Right::Accounts));
        (!may).then(|| words.text(w::ERROR_FORBIDDEN))
    });
    let is_made = Signal::derive(move || made.with(Option::is_some));
    view! {
        <p>{t(w::MANY_LINKS_TEXT)}</p>
        <Failure error=failure/>
        <When on=is_made>
            <Made made/>
        </When>
        <div class="form-actions">
            <Button busy=make.pending() refused on_press=on_make>{t(w::MANY_LINKS_DO)}</Button>
        </div>
    }
}

/// The links with one's own words beside them, to be copied together.
#[component]
fn Made(made: RwSignal<Option<Vec<InvitationLink>>>) -> impl IntoView {
    let announcer = use_announcer();
    let words = use_words();
    let own = RwSignal::new(String::new());
    let told = RwSignal::new(None::<bool>);
    let copy = Act::new(move |text: String| async move {
        let is_done = clipboard::copy(&text).await.is_ok();
        announcer.announce(words.text(if is_done { w::COPIED } else { w::NOT_COPIED }));
        let _ = told.try_set(Some(is_done));
    });
    let on_copy = Callback::new(move |()| copy.begin(untrack(move || all_text(made, own))));
    let line = |one: InvitationLink| {
        view! { <li><span>{one.person.name}</span> " " <code class="act-link">{one.link}</code></li> }
    };
    let lines = move || {
        let links = made.get().unwrap_or_default();
        links.into_iter().take(SHOWN).map(line).collect_view()
    };
    let count = move || made.with(|made| made.as_ref().map_or(0, Vec::len));
    let has_links = Signal::derive(move || count() > 0);
    let text = move || match count() {
        0 => words.text(w::MANY_LINKS_NONE),
        count => words.count(w::MANY_LINKS_MADE, count as u64),
    };
    let outcome = move || told.get().map(|is_done| t(if is_done { w::COPIED } else { w::NOT_COPIED }));
    view! {
        <p role="status">{text}</p>
        <When on=has_links>
            <ul class="short-list" role="list">{lines}</ul>
            <TextArea id="many-words" label=t(w::ACT_WORDS) hint=t(w::ACT_WORDS_HINT) value=own rows=3/>
            <div class="form-actions">
                <Button variant=Variant::Primary on_press=on_copy>{t(w::MANY_LINKS_COPY)}</Button>
                <span class="hint">{outcome}</span>
            </div>
        </When>
    }
}

/// For each person the name, the address, one's own words and the link.
fn all_text(made: RwSignal<Option<Vec<InvitationLink>>>, own: RwSignal<String>) -> String {
    let own = own.get();
    let one = |one: &InvitationLink| {
        let parts = [one.person.name.as_str(), one.email.as_str(), own.trim(), one.link.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<&str>>().join("\n")
    };
    made.with(|made| made.iter().flatten().map(one).collect::<Vec<_>>().join("\n\n"))
}

fn use_making(
    id: RunId,
    made: RwSignal<Option<Vec<InvitationLink>>>,
    failure: RwSignal<Option<ApiError>>,
) -> Act<()> {
    let client = expect_context::<Client>();
    Act::new(move |()| {
        let client = client.clone();
        failure.set(None);
        async move {
            let (mut all, mut after) = (Vec::new(), 0);
            loop {
                match client.send(plans::links(id, after)).await {
                    Ok(Links { items, next }) => {
                        all.extend(items);
                        let Some(next) = next else { break };
                        after = next;
                    }
                    Err(error) => {
                        let _ = failure.try_set(Some(error));
                        break;
                    }
                }
            }
            // What was made so far is told: it ended the links before.
            let _ = made.try_set(Some(all));
        }
    })
}
