//! What the list of requests shows, and how its address says so.
//!
//! Each state of the list has one address, and each address one state: what can't be read in it is named and
//! otherwise left out, so that nobody looks at an empty list without a word why.

use frontdesk_contract::listing::WITHIN_MAX;
use frontdesk_contract::{Channel, IncidentId, PersonId, Priority, Sort, SortBy, TopicId};

use crate::route::{self, RequestsView};

/// A filter of the list. The address of the page and the call have the same words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// What it is about.
    Topic,
    /// The organization's level.
    Priority,
    /// Support's level.
    SupportPriority,
    /// How it is answered.
    Channel,
    /// Who asked; `me`.
    AskedBy,
    /// A live incident that touches it; `any`.
    Incident,
    /// Asked within so many days.
    Within,
}

impl Field {
    /// The filters in their order.
    pub const ALL: [Self; 7] = [
        Self::Topic,
        Self::Priority,
        Self::SupportPriority,
        Self::Channel,
        Self::AskedBy,
        Self::Incident,
        Self::Within,
    ];

    /// The word of the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Priority => "priority",
            Self::SupportPriority => "supportPriority",
            Self::Channel => "channel",
            Self::AskedBy => "askedBy",
            Self::Incident => "incident",
            Self::Within => "within",
        }
    }

    /// Whether it can have this value.
    pub fn accepts(self, value: &str) -> bool {
        match self {
            Self::Topic => value.parse::<TopicId>().is_ok(),
            Self::Priority | Self::SupportPriority => Priority::parse(value).is_some(),
            Self::Channel => Channel::parse(value).is_some(),
            Self::AskedBy => value.parse::<PersonId>().is_ok(),
            Self::Incident => value.parse::<IncidentId>().is_ok(),
            // One spelling for each number, so that each state has one address.
            Self::Within => value
                .parse()
                .is_ok_and(|days: u16| (1..=WITHIN_MAX).contains(&days) && days.to_string() == value),
        }
    }
}

/// A column that can be hidden; the request itself always stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Who must act.
    Waiting,
    /// How much it matters.
    Priority,
    /// What it is about.
    Topic,
    /// How it is answered.
    Channel,
    /// Who asked.
    AskedBy,
    /// When it was asked.
    Asked,
    /// When it last changed.
    Changed,
}

impl Column {
    /// The columns in their order.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Priority,
        Self::Topic,
        Self::Channel,
        Self::AskedBy,
        Self::Asked,
        Self::Changed,
    ];

    /// Those that are shown when nothing is said.
    const SHOWN: [Self; 4] = [Self::Waiting, Self::Priority, Self::AskedBy, Self::Changed];

    /// What a press on its heading sorts by.
    pub const fn sort(self) -> SortBy {
        match self {
            Self::Waiting => SortBy::WaitingFor,
            Self::Priority => SortBy::Priority,
            Self::Topic => SortBy::Topic,
            Self::Channel => SortBy::Channel,
            Self::AskedBy => SortBy::AskedBy,
            Self::Asked => SortBy::CreatedAt,
            Self::Changed => SortBy::ChangedAt,
        }
    }
}

/// What the list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListState {
    /// Which requests.
    pub view: RequestsView,
    /// The values of the filters, in their order; only those that they accept.
    filters: [Option<String>; 7],
    /// Words to search for, trimmed.
    words: String,
    /// In which order.
    pub sort: Sort,
    /// Which columns are hidden that are shown when nothing is said, and the other way round.
    turned: [bool; 7],
    /// Whether its rows are low or high, whatever this device shows otherwise.
    pub is_compact: Option<bool>,
    /// The saved list that is open.
    pub saved: Option<u64>,
}

/// The words of the density.
pub const COMPACT: &str = "compact";
/// Rows as they are when nothing was ever chosen.
pub const COMFORTABLE: &str = "comfortable";

/// The parameter of the density.
const DENSITY: &str = "density";
/// The parameter of the columns.
const COLUMNS: &str = "columns";
/// The parameter of the order.
const SORT: &str = "sort";
/// The parameter of the saved list.
const SAVED: &str = "saved";

impl ListState {
    /// The requests of a view, and nothing else said.
    pub fn of(view: RequestsView) -> Self {
        Self { view, ..Self::default() }
    }

    /// The same under the name of a saved list, or of none.
    pub fn under(self, saved: Option<u64>) -> Self {
        Self { saved, ..self }
    }

    /// Reads the parameters of an address, in their order. What can't be read comes back as it stands there.
    pub fn read<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<String>) {
        let mut state = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        let mut ignored = Vec::new();
        for (name, value) in parameters {
            let is_first = !seen.contains(&name);
            if !is_first || !state.take(name, value) {
                ignored.push(if value.is_empty() { name.to_owned() } else { format!("{name}={value}") });
            }
            seen.push(name);
        }
        (state, ignored)
    }

    /// Takes a parameter; whether it could be read.
    fn take(&mut self, name: &str, value: &str) -> bool {
        if let Some(field) = Field::ALL.into_iter().find(|field| field.as_str() == name) {
            let is_good = field.accepts(value);
            if is_good {
                self.set(field, Some(value));
            }
            return is_good;
        }
        match name {
            route::VIEW => {
                let view = RequestsView::ALL.into_iter().find(|view| view.as_str() == value);
                self.view = view.unwrap_or_default();
                view.is_some()
            }
            route::QUERY => {
                self.words = value.trim().to_owned();
                true
            }
            SORT => {
                let sort = value.parse();
                self.sort = sort.unwrap_or_default();
                sort.is_ok()
            }
            SAVED => {
                self.saved = value.parse().ok();
                self.saved.is_some()
            }
            COLUMNS => self.take_columns(value),
            DENSITY => {
                self.is_compact = match value {
                    COMPACT => Some(true),
                    COMFORTABLE => Some(false),
                    _ => None,
                };
                self.is_compact.is_some()
            }
            _ => false,
        }
    }

    fn take_columns(&mut self, value: &str) -> bool {
        let words: Vec<&str> = value.split(',').filter(|word| !word.is_empty()).collect();
        let is_known = |word: &&str| Column::ALL.iter().any(|column| column.sort().as_str() == *word);
        let is_good = words.iter().all(is_known);
        if is_good {
            for column in Column::ALL {
                self.show(column, words.contains(&column.sort().as_str()));
            }
        }
        is_good
    }

    /// The value of a filter.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.filters.get(field as usize)?.as_deref()
    }

    /// Sets a filter, or takes it away; a value that it doesn't accept takes it away too.
    pub fn set(&mut self, field: Field, value: Option<&str>) {
        if let Some(place) = self.filters.get_mut(field as usize) {
            *place = value.filter(|value| field.accepts(value)).map(str::to_owned);
        }
    }

    /// The words to search for.
    pub fn words(&self) -> &str {
        &self.words
    }

    /// Searches for other words.
    pub fn search(&mut self, words: &str) {
        words.trim().clone_into(&mut self.words);
    }

    /// Whether a column is shown.
    pub fn shows(&self, column: Column) -> bool {
        let is_turned = self.turned.get(column as usize).copied().unwrap_or_default();
        Column::SHOWN.contains(&column) != is_turned
    }

    /// Shows or hides a column.
    pub fn show(&mut self, column: Column, is_shown: bool) {
        if let Some(turned) = self.turned.get_mut(column as usize) {
            *turned = Column::SHOWN.contains(&column) != is_shown;
        }
    }

    /// Sorts by a column; once more turns it round. Times and levels begin with the greatest.
    pub fn sort_by(&mut self, by: SortBy) {
        let begins_descending =
            matches!(by, SortBy::ChangedAt | SortBy::CreatedAt | SortBy::Id | SortBy::Priority);
        self.sort = match self.sort {
            Sort { by: known, is_descending } if known == by => Sort { by, is_descending: !is_descending },
            _ => Sort { by, is_descending: begins_descending },
        };
    }

    /// Whether anything but the view narrows the list.
    pub fn is_filtered(&self) -> bool {
        self.filters.iter().any(Option::is_some) || !self.words.is_empty()
    }

    /// Takes away what narrows the list; order and columns stay.
    pub fn clear(&mut self) {
        self.filters = <[Option<String>; 7]>::default();
        self.words.clear();
    }

    /// Whether two show the same, whichever of the saved lists is open.
    pub fn is_alike(&self, other: &Self) -> bool {
        Self { saved: None, ..self.clone() } == Self { saved: None, ..other.clone() }
    }

    /// The address of this state.
    pub fn address(&self) -> String {
        let path = route::Route::Requests(RequestsView::Open).to_string();
        match self.query().as_str() {
            "" => path,
            query => format!("{path}?{query}"),
        }
    }

    /// What stands behind the question mark of the address.
    pub fn query(&self) -> String {
        let mut query = Printer::default();
        if self.view != RequestsView::default() {
            query.push(route::VIEW, self.view.as_str());
        }
        self.push_filters(&mut query);
        if self.sort != Sort::default() {
            query.push(SORT, &self.sort.to_string());
        }
        if self.turned.contains(&true) {
            let shown: Vec<&str> = Column::ALL
                .into_iter()
                .filter(|column| self.shows(*column))
                .map(|column| column.sort().as_str())
                .collect();
            query.push(COLUMNS, &shown.join(","));
        }
        if let Some(is_compact) = self.is_compact {
            query.push(DENSITY, if is_compact { COMPACT } else { COMFORTABLE });
        }
        if let Some(saved) = self.saved {
            query.push(SAVED, &saved.to_string());
        }
        query.0
    }

    /// The parameters of the call for the rows of this state.
    pub fn asked(&self) -> String {
        let mut query = Printer::default();
        let (state, waits) = match self.view {
            RequestsView::Open => ("open", ""),
            RequestsView::Waiting => ("open", "organization"),
            RequestsView::Support => ("open", "support"),
            RequestsView::Hold => ("hold", ""),
            RequestsView::Solved => ("solved", ""),
            RequestsView::All => ("", ""),
        };
        for (name, word) in [("state", state), ("waitingFor", waits)] {
            if !word.is_empty() {
                query.push(name, word);
            }
        }
        self.push_filters(&mut query);
        query.push(SORT, &self.sort.to_string());
        query.0
    }

    fn push_filters(&self, query: &mut Printer) {
        for field in Field::ALL {
            if let Some(value) = self.get(field) {
                query.push(field.as_str(), value);
            }
        }
        if !self.words.is_empty() {
            query.push(route::QUERY, &self.words);
        }
    }
}

/// Prints a query.
#[derive(Default)]
struct Printer(String);

impl Printer {
    fn push(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.push_str(name);
        self.0.push('=');
        self.0.push_str(&route::encode(value));
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pairs(query: &str) -> Vec<(String, String)> {
        query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').expect("a pair");
                (name.to_owned(), decoded(value))
            })
            .collect()
    }

    fn decoded(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let digits: String =
                    [rest.next(), rest.next()].into_iter().flatten().map(char::from).collect();
                bytes.push(u8::from_str_radix(&digits, 16).expect("two digits"));
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).expect("UTF-8")
    }

    fn read(query: &str) -> (ListState, Vec<String>) {
        let pairs = pairs(query);
        ListState::read(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    #[test]
    fn the_plain_list_has_the_plain_address() {
        assert_eq!(ListState::default().address(), "/requests");
        assert_eq!(read(""), (ListState::default(), Vec::new()));
        assert_eq!(ListState::default().asked(), "state=open&sort=-changedAt");
        assert_eq!(ListState::of(RequestsView::All).address(), "/requests?view=all");
    }

    #[test]
    fn a_call_says_exactly_what_the_address_says() {
        let (mut state, ignored) =
            read("view=waiting&topic=video&askedBy=me&within=7&columns=priority&saved=3");
        assert!(ignored.is_empty());
        state.search(" C++ (");
        state.sort_by(SortBy::WaitingFor);
        assert_eq!(
            state.asked(),
            "state=open&waitingFor=organization&topic=video&askedBy=me&within=7&q=C%2B%2B%20%28&sort=waitingFor"
        );
        assert_eq!(
            state.address(),
            "/requests?view=waiting&topic=video&askedBy=me&within=7&q=C%2B%2B%20%28&sort=waitingFor&columns=priority&saved=3"
        );
    }

    #[test]
    fn what_cant_be_read_is_named_and_the_rest_holds() {
        let (state, ignored) = read(
            "view=lost&topic=video&priority=urgent&colour=red&topic=mobile&within=007&sort=subject&columns=hats&density=airy&empty=",
        );
        let mut expected = ListState::default();
        expected.set(Field::Topic, Some("video"));
        assert_eq!(state, expected);
        assert_eq!(
            ignored,
            [
                "view=lost",
                "priority=urgent",
                "colour=red",
                "topic=mobile",
                "within=007",
                "sort=subject",
                "columns=hats",
                "density=airy",
                "empty"
            ]
        );
    }

    #[test]
    fn a_heading_sorts_and_turns_round() {
        let mut state = ListState::default();
        for expected in ["-priority", "priority"] {
            state.sort_by(SortBy::Priority);
            assert_eq!(state.sort.to_string(), expected);
        }
        state.sort_by(SortBy::AskedBy);
        assert_eq!(state.sort.to_string(), "askedBy");
        state.sort_by(SortBy::AskedBy);
        assert_eq!(state.sort.to_string(), "-askedBy");
    }

    #[test]
    fn a_filter_takes_no_value_that_it_can_not_have() {
        let mut state = ListState::default();
        state.set(Field::Channel, Some("phone"));
        state.set(Field::Channel, Some("pigeon"));
        assert_eq!(state, ListState::default());
    }

    fn any_state() -> impl Strategy<Value = ListState> {
        let values = (
            prop::option::of("[a-z0-9é&=%+ -]{1,9}".prop_map(|id| id.replace(' ', "_"))),
            prop::option::of(0usize..3),
            prop::option::of(0usize..3),
            prop::option::of(1u16..=WITHIN_MAX),
        );
        let rest = (
            0usize..6,
            any::<String>(),
            0usize..8,
            any::<bool>(),
            any::<[bool; 7]>(),
            prop::option::of(any::<u64>()),
            any::<Option<bool>>(),
        );
        (values, rest).prop_map(
            |((id, level, channel, within), (view, words, by, is_descending, shown, saved, is_compact))| {
                let mut state = ListState::of(RequestsView::ALL[view]);
                for field in [Field::Topic, Field::AskedBy, Field::Incident] {
                    state.set(field, id.as_deref());
                }
                state.set(Field::Priority, level.map(|level| Priority::ALL[level].as_str()));
                state.set(Field::SupportPriority, level.map(|level| Priority::ALL[level].as_str()));
                state.set(Field::Channel, channel.map(|channel| Channel::ALL[channel].as_str()));
                state.set(Field::Within, within.map(|days| days.to_string()).as_deref());
                state.search(&words);
                state.sort = Sort { by: SortBy::ALL[by], is_descending };
                for (column, is_shown) in Column::ALL.into_iter().zip(shown) {
                    state.show(column, is_shown);
                }
                state.saved = saved;
                state.is_compact = is_compact;
                state
            },
        )
    }

    proptest! {
        #[test]
        fn every_state_is_read_as_it_was_printed(state in any_state()) {
            prop_assert_eq!(read(&state.query()), (state, Vec::new()));
        }

        #[test]
        fn every_address_leads_somewhere(names in prop::collection::vec("(view|topic|priority|within|sort|columns|density|q|saved|x)", 0..6), value in any::<String>()) {
            let (state, ignored) = ListState::read(names.iter().map(|name| (name.as_str(), value.as_str())));
            prop_assert!(ignored.len() <= names.len());
            prop_assert_eq!(read(&state.query()), (state, Vec::new()));
        }
    }
}
