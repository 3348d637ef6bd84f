//! What the list of accounts shows, how its address says so, and what SCIM is asked for.

use frontdesk_contract::account::Stage;
use frontdesk_contract::scim::{ENTERPRISE, LIFECYCLE};
use frontdesk_contract::time::Span;
use frontdesk_contract::{PersonId, Timestamp};

use crate::route::{self, Route};

/// Which accounts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum View {
    /// All.
    #[default]
    All,
    /// Those that stand so.
    At(Stage),
    /// The person has left, and the account is still open.
    Left,
    /// A date for the deactivation stands.
    Scheduled,
    /// On hold.
    Held,
    /// The profile fields can be removed today.
    Eligible,
    /// A deletion waits.
    Deletion,
}

impl View {
    /// Those that are no stage, in the order of the chips.
    pub const OTHER: [Self; 5] = [Self::Left, Self::Scheduled, Self::Held, Self::Eligible, Self::Deletion];

    /// The word of the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::At(stage) => stage.as_str(),
            Self::Left => "left",
            Self::Scheduled => "scheduled",
            Self::Held => "held",
            Self::Eligible => "eligible",
            Self::Deletion => "deletion",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        let stages = Stage::ALL.into_iter().map(Self::At);
        stages.chain(Self::OTHER).chain([Self::All]).find(|view| view.as_str() == word)
    }

    /// What SCIM is asked for; nothing for all.
    fn filter(self, now: Timestamp) -> Option<String> {
        let is = |name: &str, what: &str| format!("{LIFECYCLE}:{name} {what}");
        Some(match self {
            Self::All => return None,
            Self::At(stage) => is("stage", &format!("eq \"{}\"", stage.as_str())),
            Self::Left => format!("active eq true and {}", is("terminationDate", &format!("le \"{now}\""))),
            Self::Scheduled => format!("active eq true and {}", is("scheduledFor", "pr")),
            Self::Held => is("hold", "pr"),
            Self::Eligible => format!(
                "{} and {} and not ({})",
                is("stage", "eq \"deactivated\""),
                is("removableAt", &format!("le \"{now}\"")),
                is("hold", "pr"),
            ),
            Self::Deletion => is("pendingDeletion", "pr"),
        })
    }
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// By name.
    #[default]
    Name,
    /// By department.
    Department,
    /// The newest accounts first.
    Created,
    /// Those that changed last first.
    Changed,
}

impl Order {
    /// All orders.
    pub const ALL: [Self; 4] = [Self::Name, Self::Department, Self::Created, Self::Changed];

    /// The word of the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Department => "department",
            Self::Created => "created",
            Self::Changed => "changed",
        }
    }

    /// Reads the word of the address.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == word)
    }
}

/// A column that can be hidden; the person always stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Where the account stands.
    Stage,
    /// The department.
    Department,
    /// What the person does.
    Job,
    /// The manager.
    Manager,
    /// The number of the employee.
    Employee,
    /// When the account was made.
    Created,
    /// When it last changed.
    Changed,
}

impl Column {
    /// The columns in their order.
    pub const ALL: [Self; 7] = [
        Self::Stage,
        Self::Department,
        Self::Job,
        Self::Manager,
        Self::Employee,
        Self::Created,
        Self::Changed,
    ];

    /// Those that are shown when nothing is said.
    const SHOWN: [Self; 4] = [Self::Stage, Self::Department, Self::Employee, Self::Changed];

    /// The word of the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Department => "department",
            Self::Job => "job",
            Self::Manager => "manager",
            Self::Employee => "employee",
            Self::Created => "created",
            Self::Changed => "changed",
        }
    }
}

/// Which columns are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns([bool; 7]);

impl Default for Columns {
    fn default() -> Self {
        Self(Column::ALL.map(|column| Column::SHOWN.contains(&column)))
    }
}

impl Columns {
    /// Whether a column is shown.
    pub fn has(self, column: Column) -> bool {
        self.0.get(column as usize).copied().unwrap_or_default()
    }

    /// The same with a column shown or hidden.
    pub fn with(mut self, column: Column, is_shown: bool) -> Self {
        if let Some(place) = self.0.get_mut(column as usize) {
            *place = is_shown;
        }
        self
    }

    /// Those that are shown, in their order.
    pub fn shown(self) -> impl Iterator<Item = Column> {
        Column::ALL.into_iter().filter(move |column| self.has(*column))
    }

    /// Reads the words of an address.
    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(',').filter(|word| !word.is_empty());
        words.try_fold(Self([false; 7]), |columns, word| {
            let column = Column::ALL.into_iter().find(|column| column.as_str() == word)?;
            Some(columns.with(column, true))
        })
    }

    fn words(self) -> String {
        let words: Vec<&str> = self.shown().map(Column::as_str).collect();
        // Nothing at all would be no parameter.
        if words.is_empty() { ",".to_owned() } else { words.join(",") }
    }
}

/// What SCIM is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The filter; empty for everybody.
    pub filter: String,
    /// The attribute to sort by.
    pub sort_by: &'static str,
    /// The last first.
    pub is_descending: bool,
}

/// What the list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountState {
    /// Which accounts.
    pub view: View,
    /// Words to search for, as they were typed.
    pub words: String,
    /// Only of this department.
    pub department: String,
    /// Only people whose manager this is.
    pub manager: Option<PersonId>,
    /// In which order.
    pub order: Order,
    /// Which columns are shown.
    pub columns: Columns,
}

const COLUMNS: &str = "columns";
const DEPARTMENT: &str = "department";
const MANAGER: &str = "manager";
const SORT: &str = "sort";

const BY_DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

/// So many words are searched for, each up to so many characters: a filter has a longest length.
const WORDS: usize = 6;
const WORD: usize = 60;

impl AccountState {
    /// The accounts of a view, and nothing else said.
    pub fn of(view: View) -> Self {
        Self { view, ..Self::default() }
    }

    /// Reads the parameters of an address. What can't be read comes back as it stands there.
    pub fn read<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<String>) {
        let mut state = Self::default();
        let mut ignored = Vec::new();
        for (name, value) in parameters {
            let is_read = match name {
                route::VIEW => View::parse(value).map(|view| state.view = view).is_some(),
                route::QUERY => {
                    value.clone_into(&mut state.words);
                    true
                }
                DEPARTMENT => {
                    value.trim().clone_into(&mut state.department);
                    true
                }
                MANAGER => value.parse().map(|manager| state.manager = Some(manager)).is_ok(),
                SORT => Order::parse(value).map(|order| state.order = order).is_some(),
                COLUMNS => Columns::parse(value).map(|columns| state.columns = columns).is_some(),
                _ => false,
            };
            if !is_read {
                ignored.push(format!("{name}={value}"));
            }
        }
        (state, ignored)
    }

    /// The address of this state.
    pub fn address(&self) -> String {
        let word = |is_said: bool, word: &str| if is_said { word.to_owned() } else { String::new() };
        let manager = self.manager.as_ref().map(ToString::to_string).unwrap_or_default();
        let pairs = [
            (route::VIEW, word(self.view != View::All, self.view.as_str())),
            (route::QUERY, self.words.trim().to_owned()),
            (DEPARTMENT, self.department.clone()),
            (MANAGER, manager),
            (SORT, word(self.order != Order::Name, self.order.as_str())),
            (COLUMNS, word(self.columns != Columns::default(), &self.columns.words())),
        ];
        route::with_query(&Route::Accounts, &pairs)
    }

    /// Whether anything narrows the list.
    pub fn is_filtered(&self) -> bool {
        *self != Self { order: self.order, columns: self.columns, ..Self::default() }
    }

    /// What SCIM is asked for; `now` decides what is possible today.
    pub fn question(&self, now: Timestamp) -> Question {
        let mut parts: Vec<String> = self.view.filter(now).into_iter().collect();
        if !self.department.is_empty() {
            parts.push(format!("{ENTERPRISE}:department eq {}", quoted(&self.department)));
        }
        if let Some(manager) = &self.manager {
            parts.push(format!("{ENTERPRISE}:manager.value eq {}", quoted(manager.as_str())));
        }
        for word in self.words.split_whitespace().take(WORDS) {
            let word: String = word.chars().take(WORD).collect();
            let word = quoted(&word);
            parts.push(format!(
                "(displayName co {word} or userName co {word} or emails.value co {word} or {ENTERPRISE}:employeeNumber sw {word})"
            ));
        }
        let (sort_by, is_descending) = match self.order {
            Order::Name => ("displayName", false),
            Order::Department => (BY_DEPARTMENT, false),
            Order::Created => ("meta.created", true),
            Order::Changed => ("meta.lastModified", true),
        };
        Question { filter: parts.join(" and "), sort_by, is_descending }
    }
}

/// Whom something becomes possible or happens by itself within a day: dated deactivations, deletions, ends of waits.
pub fn due_within_a_day(now: Timestamp) -> Question {
    let end = now.plus(Span::days(1));
    let date = |name: &str| format!("{LIFECYCLE}:{name} le \"{end}\"");
    let wait = format!("({LIFECYCLE}:removableAt gt \"{now}\" and {})", date("removableAt"));
    let filter =
        format!("(active eq true and {}) or {} or {wait}", date("scheduledFor"), date("pendingDeletion"),);
    Question { filter, sort_by: "displayName", is_descending: false }
}

/// A text as a filter quotes it, so that it never becomes syntax.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use frontdesk_contract::scim::filter::{Comparison, Filter, Literal};
    use proptest::prelude::*;

    use super::*;

    fn read(query: &str) -> (AccountState, Vec<String>) {
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), route::decode(value)))
            .collect();
        AccountState::read(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    #[test]
    fn each_state_has_an_address_that_is_read_again() {
        let views = Stage::ALL.into_iter().map(View::At).chain(View::OTHER).chain([View::All]);
        for view in views {
            for order in Order::ALL {
                let state = AccountState {
                    view,
                    order,
                    words: "zoé 20".to_owned(),
                    department: "R & D".to_owned(),
                    manager: "a-b".parse().ok(),
                    columns: Columns::default(),
                };
                let address = state.address();
                let query = address.split_once('?').expect("a query").1;
                assert_eq!(read(query), (state, Vec::new()), "{address}");
            }
        }
        assert_eq!(AccountState::default().address(), "/accounts");
        assert_eq!(AccountState::of(View::Left).address(), "/accounts?view=left");
    }

    #[test]
    fn which_columns_are_shown_stands_in_the_address() {
        for shown in 0_u8..128 {
            let turn =
                |columns: Columns, column: Column| columns.with(column, shown & (1 << column as u8) != 0);
            let columns = Column::ALL.into_iter().fold(Columns::default(), turn);
            let state = AccountState { columns, ..AccountState::default() };
            assert!(!state.is_filtered());
            let address = state.address();
            let query = address.split_once('?').map_or("", |(_, query)| query);
            assert_eq!(read(query), (state, Vec::new()), "{address}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let (state, ignored) = read("view=gone&colour=red&sort=up&q=x&columns=stage,hats");
        assert_eq!((state.words.as_str(), state.view, state.columns), ("x", View::All, Columns::default()));
        assert_eq!(ignored, ["view=gone", "colour=red", "sort=up", "columns=stage,hats"]);
    }

    #[test]
    fn every_view_asks_in_the_language_of_scim() {
        let views = Stage::ALL.into_iter().map(View::At).chain(View::OTHER);
        for view in views {
            let question = AccountState::of(view).question(Timestamp::EPOCH);
            assert!(question.filter.parse::<Filter>().is_ok(), "{}", question.filter);
        }
        assert_eq!(AccountState::default().question(Timestamp::EPOCH).filter, "");
        let due = due_within_a_day(Timestamp::EPOCH);
        assert!(due.filter.parse::<Filter>().is_ok(), "{}", due.filter);
        assert_eq!(BY_DEPARTMENT, format!("{ENTERPRISE}:department"));
    }

    fn texts(filter: &Filter, found: &mut Vec<String>) {
        match filter {
            Filter::And(one, two) | Filter::Or(one, two) => {
                texts(one, found);
                texts(two, found);
            }
            Filter::Not(inner) | Filter::Any(_, inner) => texts(inner, found),
            Filter::Compare(_, Comparison::Co, Literal::Text(text)) => found.push(text.clone()),
            Filter::Compare(..) | Filter::Present(_) => {}
        }
    }

    proptest! {
        #[test]
        fn words_never_become_syntax(words in any::<String>(), department in any::<String>()) {
            let state = AccountState { words: words.clone(), department, view: View::Eligible, ..AccountState::default() };
            let question = state.question(Timestamp::EPOCH);
            let filter: Filter = question.filter.parse().expect("a filter");
            let mut found = Vec::new();
            texts(&filter, &mut found);
            for word in words.split_whitespace().take(WORDS) {
                let word: String = word.chars().take(WORD).collect();
                prop_assert!(found.contains(&word));
            }
        }
    }
}
