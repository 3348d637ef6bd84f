//! The rows of the list: page after page by SCIM's cursor, as far as somebody wants to see.

use std::collections::BTreeSet;

use frontdesk_contract::account::Stage;
use frontdesk_contract::scim::message::ListResponse;
use frontdesk_contract::scim::user::User;
use frontdesk_contract::{PersonId, Timestamp};
use leptos::prelude::*;

use crate::api::{ApiError, Client, scim};
use crate::domain::account_list::{AccountState, Question};
use crate::shell::{Act, Fetched, Live, use_fetched};
use crate::state::SessionState;
use crate::ui::effect_after;

/// So many rows a page has.
const PAGE: usize = 100;
/// So many identifiers are read at once for a selection of everybody.
const IDS: usize = 1_000;

/// What a row shows of an account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Row {
    /// Who.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The address, or what the person does.
    pub detail: String,
    /// The department.
    pub department: String,
    /// The number of the employee.
    pub employee: String,
    /// Where the account stands.
    pub stage: Stage,
    /// When it will be deactivated.
    pub scheduled_for: Option<Timestamp>,
    /// When it will be deleted.
    pub deletion_at: Option<Timestamp>,
    /// From when profile fields can be removed, and memberships are.
    pub removable_at: Option<Timestamp>,
    /// Since when it is on hold.
    pub held_at: Option<Timestamp>,
    /// When the person leaves, while the account is open.
    pub leaves_at: Option<Timestamp>,
    /// What the person does.
    pub job: String,
    /// The manager, and by which name.
    pub manager: Option<(PersonId, String)>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    pub changed_at: Option<Timestamp>,
}

impl From<&User> for Row {
    fn from(user: &User) -> Self {
        let (life, _) = user.life();
        let manager = user.enterprise.manager.as_ref();
        let manager = manager
            .and_then(|manager| Some((manager.value.as_ref()?.parse().ok()?, manager.display_name.clone()?)));
        Self {
            id: user.id.clone(),
            name: user.shown_name().to_owned(),
            detail: user.email().or(user.title.as_deref()).unwrap_or_default().to_owned(),
            department: user.enterprise.department.clone().unwrap_or_default(),
            employee: user.enterprise.employee_number.clone().unwrap_or_default(),
            stage: life.stage(),
            scheduled_for: life.scheduled_for.filter(|_| life.active),
            deletion_at: life.deletion_at,
            removable_at: life.removable_at(),
            held_at: life.held_at,
            leaves_at: life.leaves_at.filter(|_| life.active),
            job: user.title.clone().unwrap_or_default(),
            manager,
            created_at: user.meta.created,
            changed_at: user.meta.last_modified,
        }
    }
}

/// The rows that were read so far.
#[derive(Clone, Copy)]
pub struct Rows {
    /// What is asked for.
    question: Memo<Question>,
    /// The first page.
    pub first: Fetched<ListResponse<User>>,
    further: RwSignal<Vec<ListResponse<User>>>,
    total: Fetched<ListResponse<User>>,
    /// Reads the next page.
    more: Act<()>,
    /// Why the next page didn't come.
    pub failure: RwSignal<Option<ApiError>>,
}

impl Rows {
    /// The rows of a list.
    pub fn of(state: Memo<AccountState>) -> Self {
        let session = expect_context::<SessionState>();
        let live = expect_context::<Live>();
        // The time belongs to the question: the pages of a list must not move while one reads on.
        let question = Memo::new(move |_| state.with(|state| state.question(session.now_untracked())));
        let first = use_fetched(move || {
            live.everything.track();
            scim::people(&question.read(), "", PAGE)
        });
        let total = use_fetched(move || {
            live.everything.track();
            scim::total(&question.read())
        });
        let further = RwSignal::new(Vec::new());
        let failure = RwSignal::new(None);
        // Another question has other pages.
        effect_after(move |before: Option<()>| {
            question.track();
            first.data().track();
            if before.is_some() {
                further.set(Vec::new());
                failure.set(None);
            }
        });
        let more = use_more(question, first, further, failure);
        Self { question, first, further, total, more, failure }
    }

    /// The rows, each person once; follows changes.
    pub fn list(self) -> Vec<Row> {
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        let mut take = |page: &ListResponse<User>| {
            for user in &page.resources {
                if seen.insert(user.id.clone()) {
                    rows.push(Row::from(user));
                }
            }
        };
        self.first.with(|page| page.map(&mut take));
        self.further.with(|pages| pages.iter().for_each(&mut take));
        rows
    }

    /// How many there are in all, where that is known; follows changes.
    pub fn total(self) -> Option<u64> {
        self.total.with(|page| page?.total_results)
    }

    /// Whether there are more; follows changes.
    pub fn has_more(self) -> bool {
        next(self.first, self.further).is_some()
    }

    /// Whether a page is on its way; follows changes.
    pub fn is_asking(self) -> Signal<bool> {
        let pending = self.more.pending();
        pending.into()
    }

    /// Reads the next page, or the first once more.
    pub fn read_on(self) {
        self.failure.set(None);
        self.more.begin(());
    }

    /// What is asked for.
    pub fn question(self) -> Question {
        self.question.get_untracked()
    }
}

/// The cursor of the next page; follows changes.
fn next(first: Fetched<ListResponse<User>>, further: RwSignal<Vec<ListResponse<User>>>) -> Option<String> {
    further.with(|pages| match pages.last() {
        Some(last) => last.next_cursor.clone(),
        None => first.with(|page| page?.next_cursor.clone()),
    })
}

fn use_more(
    question: Memo<Question>,
    first: Fetched<ListResponse<User>>,
    further: RwSignal<Vec<ListResponse<User>>>,
    failure: RwSignal<Option<ApiError>>,
) -> Act<()> {
    let client = expect_context::<Client>();
    Act::new(move |()| {
        let client = client.clone();
        async move {
            let Some(cursor) = untrack(|| next(first, further)) else { return };
            let asked = question.get_untracked();
            let answer = client.send(scim::people(&asked, &cursor, PAGE)).await;
            // Meanwhile the list may show something else, or be gone.
            if question.try_get_untracked().is_none_or(|now| now != asked) {
                return;
            }
            match answer {
                Ok(page) => further.update(|pages| pages.push(page)),
                Err(error) => failure.set(Some(error)),
            }
        }
    })
}

/// Everybody for whom a question holds, by identifier.
///
/// # Errors
/// As any call.
pub async fn everybody(client: &Client, question: &Question) -> Result<Vec<PersonId>, ApiError> {
    let mut people = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.send(scim::ids(question, &cursor, IDS)).await?;
        people.extend(page.resources.into_iter().map(|user| user.id));
        match page.next_cursor {
            Some(next) => cursor = next,
            None => return Ok(people),
        }
    }
}
