//! Where an account stands: its moments to scale, and the same moments in words.

use frontdesk_contract::Timestamp;
use frontdesk_contract::account::Stage;
use frontdesk_contract::account::clock::MarkKind;
use leptos::prelude::*;

use crate::browser::intl;
use crate::domain::clock_face::{Moment, What, face};
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::pages::accounts::show::Shown;
use crate::state::SessionState;
use crate::ui::Card;

/// The card.
#[component]
pub fn ClockCard(shown: Shown) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let moments = Memo::new(move |_| shown.account.with(|account| face(&account.marks, session.now())));
    let picture = move || {
        let dots = moments.get().into_iter().map(|moment| view! { <Dot moment/> });
        dots.collect_view()
    };
    let list = move || moments.get().into_iter().map(|moment| view! { <Line moment shown/> }).collect_view();
    let quiet = Memo::new(move |_| {
        moments.with(Vec::is_empty).then(|| {
            shown.account.with(|account| match account.stage {
                Stage::Provisioned => w::ACCOUNTS_QUIET_PROVISIONED,
                Stage::Invited | Stage::Active | Stage::Deactivated | Stage::Former => w::ACCOUNTS_QUIET,
            })
        })
    });
    view! {
        <Card title=t(w::ACCOUNTS_WHERE)>
            {move || match quiet.get() {
                Some(key) => view! { <p>{t(key)}</p> }.into_any(),
                None => {
                    view! {
                        <div class="life" aria-hidden="true">{picture}</div>
                        <ol class="moments" role="list">{list}</ol>
                    }
                        .into_any()
                }
            }}
        </Card>
    }
}

/// A moment of the picture: the way from the one before, as long as it took, and a dot.
#[component]
fn Dot(moment: Moment) -> impl IntoView {
    let kind = dot(&moment);
    // The way to what is to come is not gone yet.
    let way = if moment.is_past { "past" } else { "future" };
    view! {
        <span class="life__way" data-way=way style:flex-grow=moment.share.to_string()></span>
        <span class="life__dot" data-dot=kind></span>
    }
}

const fn dot(moment: &Moment) -> &'static str {
    match (&moment.what, moment.is_past) {
        (What::Now, _) => "now",
        (What::Marks(_), true) => "past",
        (What::Marks(_), false) => "future",
    }
}

#[component]
fn Line(moment: Moment, shown: Shown) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let kind = dot(&moment);
    let at = moment.at;
    let is_now = moment.what == What::Now;
    let date = move || intl::day_and_time(at, &words.language());
    let ago = move || (!is_now).then(|| intl::relative(at, session.now(), &words.language()));
    let titles = match &moment.what {
        What::Now => vec![w::MARK_NOW],
        What::Marks(kinds) => kinds.iter().map(|kind| title_key(*kind, moment.is_past)).collect(),
    };
    let title = titles.into_iter().map(|key| view! { <b>{t(key)}</b> }).collect_view();
    let what = StoredValue::new(moment.what.clone());
    let is_past = moment.is_past;
    let note = move || {
        let text = what.with_value(|what| note(what, at, is_past, shown, words));
        text.map(|text| view! { <span>{text}</span> })
    };
    view! {
        <li class="moments__line" data-dot=kind>
            <span class="life__dot" data-dot=kind aria-hidden="true"></span>
            <span class="moments__words">
                {title}
                <span><time datetime=at.to_string()>{date}</time></span>
                <span>{ago}</span>
                {note}
            </span>
        </li>
    }
}

const fn title_key(kind: MarkKind, is_past: bool) -> Key {
    match (kind, is_past) {
        (MarkKind::Invited, _) => w::STAGE_INVITED,
        (MarkKind::Reminder, _) => w::MARK_REMINDER,
        (MarkKind::Claimed, _) => w::ACCOUNTS_CLAIMED,
        (MarkKind::Leaves, true) => w::MARK_LEFT,
        (MarkKind::Leaves, false) => w::MARK_LEAVES,
        (MarkKind::Scheduled, _) => w::MARK_SCHEDULED,
        (MarkKind::Deactivated, _) => w::STAGE_DEACTIVATED,
        (MarkKind::Wait, _) => w::MARK_WAIT,
        (MarkKind::Removed, _) => w::MARK_REMOVED,
        (MarkKind::Held, _) => w::MARK_HELD,
        (MarkKind::Deletion, _) => w::MARK_DELETION,
    }
}

/// Who did it, or what it means.
fn note(what: &What, at: Timestamp, is_past: bool, shown: Shown, words: Words) -> Option<String> {
    let What::Marks(kinds) = what else { return None };
    if kinds.contains(&MarkKind::Deactivated) {
        by_whom(at, shown, words)
    } else if kinds.contains(&MarkKind::Wait) {
        shown.account.with(|account| {
            let groups = account.groups.len() as u64;
            match (account.held_at.is_some(), is_past, groups) {
                (true, _, _) => Some(words.text(w::MARK_WAIT_HELD)),
                (false, false, 1..) => Some(words.count(w::MARK_WAIT_GROUPS, groups)),
                (false, _, _) => None,
            }
        })
    } else if kinds.contains(&MarkKind::Deletion) {
        Some(words.text(w::MARK_DELETION_CANCEL))
    } else {
        None
    }
}

/// Who deactivated it, as the history says; nothing where it doesn't.
fn by_whom(at: Timestamp, shown: Shown, words: Words) -> Option<String> {
    shown.history.with(|page| {
        let mut lines = page?.items.iter();
        let line = lines.find(|line| line.what == "account.deactivate" && line.at == at)?;
        let name = line.by.name.clone()?;
        Some(words.text_with(w::MARK_BY, &[("name", name)]))
    })
}
