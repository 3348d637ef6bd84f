//! What was done to an account, the newest first.

use frontdesk_contract::audit::AuditEntry;
use frontdesk_contract::{Cursor, PersonId};
use leptos::prelude::*;

use crate::api::{ApiError, Client, accounts};
use crate::browser::intl;
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::pages::accounts::show::Shown;
use crate::shell::changes::changes_text;
use crate::shell::{Act, Failure, Loaded};
use crate::state::SessionState;
use crate::ui::{Button, Card, RelativeTime, Variant, When, effect};

/// The card.
#[component]
pub fn History(shown: Shown) -> impl IntoView {
    let client = expect_context::<Client>();
    let id = shown.account.with_untracked(|account| account.id.clone());
    let further = RwSignal::new(Vec::<AuditEntry>::new());
    let next = RwSignal::new(None::<Cursor>);
    let failure = RwSignal::new(None::<ApiError>);
    let history = shown.history;
    // A newer answer begins anew; what was read on before would repeat what it holds.
    effect(move || {
        next.set(history.with(|page| page?.next.clone()));
        further.set(Vec::new());
    });
    let more = Act::new(move |(id, cursor): (PersonId, Cursor)| {
        let client = client.clone();
        async move {
            match client.send(accounts::history(&id, Some(&cursor))).await {
                Ok(page) => {
                    let _ = further.try_update(|lines| lines.extend(told(page.items)));
                    let _ = next.try_set(page.next);
                }
                Err(error) => drop(failure.try_set(Some(error))),
            }
        }
    });
    let on_more = Callback::new(move |()| {
        failure.set(None);
        if let Some(cursor) = next.get_untracked() {
            more.begin((id.clone(), cursor));
        }
    });
    let has_more = Signal::derive(move || next.with(Option::is_some));
    let later = move || further.get().into_iter().map(|entry| view! { <Line entry/> }).collect_view();
    view! {
        <Card title=t(w::ACCOUNTS_HISTORY)>
            <Loaded data=history lines=3 let:page>
                {move || {
                    let entries = told(page.get().items);
                    if entries.is_empty() {
                        view! { <p class="hint">{t(w::ACCOUNTS_HISTORY_EMPTY)}</p> }.into_any()
                    } else {
                        let lines = entries.into_iter().map(|entry| view! { <Line entry/> }).collect_view();
                        view! { <ol class="marks past" role="list">{lines} {later}</ol> }.into_any()
                    }
                }}
            </Loaded>
            <Failure error=failure/>
            <When on=has_more>
                <div>
                    <Button variant=Variant::Quiet busy=more.pending() on_press=on_more>{t(w::ACCOUNTS_MORE)}</Button>
                </div>
            </When>
        </Card>
    }
}

/// What became of the account: that it was asked for, and how a run went, is told by what was done, and in the log.
fn told(mut entries: Vec<AuditEntry>) -> Vec<AuditEntry> {
    let is_about_the_run =
        |what: &str| matches!(what, "run.asked" | "run.links" | "run.paused" | "run.running");
    entries.retain(|entry| !is_about_the_run(&entry.what));
    entries
}

#[component]
fn Line(entry: AuditEntry) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let at = entry.at;
    let ago = Signal::derive(move || intl::relative(at, session.now(), &words.language()));
    let exact = Signal::derive(move || intl::exact(at, &words.language()));
    let reason = entry.reason.clone();
    let changes = changes_text(&entry.changes, words);
    let entry = StoredValue::new(entry);
    let text = move || entry.with_value(|entry| sentence(entry, words));
    view! {
        <li>
            <span>
                {text}
                " "
                {reason.map(|reason| view! { <q>{reason}</q> " " })}
                <span class="hint"><RelativeTime text=ago exact datetime=at.to_string()/></span>
                {changes.into_iter().map(|text| view! { <span class="cell-sub">{text}</span> }).collect_view()}
            </span>
        </li>
    }
}

/// What was done and by whom. What this release doesn't know is shown by its own word.
fn sentence(entry: &AuditEntry, words: Words) -> String {
    let name = match (entry.by.kind.as_str(), &entry.by.name) {
        ("clock", _) => words.text(w::HISTORY_CLOCK),
        (_, Some(name)) => name.clone(),
        (_, None) => words.text(w::HISTORY_SOMEBODY),
    };
    let waits = |mark: &str| entry.after.as_deref().is_some_and(|after| after.contains(mark));
    let key = match entry.what.as_str() {
        "account.deactivate" if waits(", scheduled ") => w::HISTORY_SCHEDULED,
        "account.delete" => w::HISTORY_DELETE,
        other => match key_of(other) {
            Some(key) => key,
            None => {
                return words.text_with(w::HISTORY_UNKNOWN, &[("what", other.to_owned()), ("name", name)]);
            }
        },
    };
    words.text_with(key, &[("name", name)])
}

fn key_of(what: &str) -> Option<Key> {
    Some(match what {
        "account.invite" => w::HISTORY_INVITE,
        "account.remind" => w::HISTORY_REMIND,
        "account.reminder.due" => w::HISTORY_REMINDER,
        "account.reminder.mailed" => w::HISTORY_REMINDER_MAILED,
        "account.mail.refused" => w::HISTORY_MAIL_REFUSED,
        "account.claim" => w::HISTORY_CLAIM,
        "account.deactivate" => w::HISTORY_DEACTIVATE,
        "account.deactivate.refused" => w::HISTORY_DEACTIVATE_REFUSED,
        "account.delete.refused" => w::HISTORY_DELETE_REFUSED,
        "account.password.link" => w::HISTORY_PASSWORD,
        "account.rights" => w::HISTORY_RIGHTS,
        "account.memberships.end" => w::HISTORY_MEMBERSHIPS,
        "account.again" => w::HISTORY_AGAIN,
        "account.again.left" => w::HISTORY_AGAIN_LEFT,
        "account.handover" => w::HISTORY_HANDOVER,
        "account.handover.refused" => w::HISTORY_HANDOVER_REFUSED,
        "account.takeover" => w::HISTORY_TAKEOVER,
        "account.reactivate" => w::HISTORY_REACTIVATE,
        "account.remove" => w::HISTORY_REMOVE,
        "account.withdraw" => w::HISTORY_WITHDRAW,
        "account.hold" => w::HISTORY_HOLD,
        "account.lift" => w::HISTORY_LIFT,
        "account.cancel" => w::HISTORY_CANCEL,
        "run.approved" => w::HISTORY_APPROVED,
        "run.refused" => w::HISTORY_REFUSED,
        "run.lapsed" => w::HISTORY_LAPSED,
        "run.emergency" => w::HISTORY_EMERGENCY,
        "run.stopped" => w::HISTORY_STOPPED,
        "account.create" | "scim.create" => w::HISTORY_SCIM_CREATE,
        "scim.change" => w::HISTORY_SCIM_CHANGE,
        _ => return None,
    })
}
