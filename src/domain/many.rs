//! Many accounts at once, before a dry run: which column names people, what is to be done; and how fast a run goes.

use frontdesk_contract::Timestamp;
use frontdesk_contract::account::act::Action;
use frontdesk_contract::plan::{Key, TARGETS_MAX};
use frontdesk_contract::text::{Reason, TextRefusal};
use frontdesk_contract::time::Span;
use serde::{Deserialize, Serialize};

use crate::domain::csv::Table;

/// So many bytes of a pasted list are kept as a draft; devices give about five millions to all drafts together.
pub const KEPT_MAX: usize = 200_000;
/// So many rows are looked at to guess what a column is.
const LOOKED_AT: usize = 50;

/// What can be done to many. Invitations have links, which are told once it is done.
pub const ACTIONS: [Action; 10] = [
    Action::Deactivate,
    Action::Reactivate,
    Action::Cancel,
    Action::Invite,
    Action::Remind,
    Action::Withdraw,
    Action::Hold,
    Action::Lift,
    Action::Remove,
    Action::Delete,
];

/// What a list is named by, the likeliest first.
pub const KEYS: [Key; 4] = [Key::Email, Key::Employee, Key::Phone, Key::Id];

/// The order in which cells are looked at: what is hardest to mistake first.
const BY_LOOKS: [Key; 4] = [Key::Email, Key::Id, Key::Phone, Key::Employee];

/// What headings call them, in the panel's languages and in those of providers: small letters without accents,
/// spaces and signs.
const HEADINGS: [(Key, &[&str]); 4] = [
    (
        Key::Email,
        &[
            "email",
            "emails",
            "emailaddress",
            "workemail",
            "mail",
            "mailaddress",
            "courriel",
            "adresseemail",
            "adressemail",
            "adresseelectronique",
            "adressedecourriel",
            "mel",
        ],
    ),
    (
        Key::Employee,
        &[
            "employeenumber",
            "employeeid",
            "employeeno",
            "employee",
            "personnelnumber",
            "staffid",
            "staffnumber",
            "matricule",
            "numeroemploye",
            "numerodemploye",
            "numerodesalarie",
            "numerodepersonnel",
            "idemploye",
        ],
    ),
    (
        Key::Phone,
        &[
            "phone",
            "phonenumber",
            "phonenumbers",
            "workphone",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "telephone",
            "tel",
            "numerodetelephone",
            "telephoneportable",
            "portable",
        ],
    ),
    (Key::Id, &["id", "userid", "scimid", "accountid", "workplaceid", "identifier", "identifiant"]),
];

/// Which column names people, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// Whether the first row has the names of the columns.
    pub has_heading: bool,
    /// The column, from 0.
    pub column: usize,
    /// By what it names them.
    pub key: Key,
}

/// The likeliest: a heading that is known, else what the cells look like.
pub fn guess(table: &Table) -> Guess {
    let columns = || 0..table.width().max(1);
    for (key, names) in &HEADINGS {
        if let Some(column) = columns().find(|column| names.contains(&plain(table.cell(0, *column)).as_str()))
        {
            return Guess { has_heading: true, column, key: *key };
        }
    }
    for key in BY_LOOKS {
        let Some(column) = columns().find(|column| looks_like(table, *column, key)) else { continue };
        // A heading that nobody knows looks otherwise than what stands below it.
        let has_heading = table.len() > 1 && !is_like(table.cell(0, column), key);
        return Guess { has_heading, column, key };
    }
    Guess { has_heading: false, column: 0, key: Key::Email }
}

/// By what a column seems to name people.
pub fn guess_key(table: &Table, column: usize) -> Option<Key> {
    let heading = plain(table.cell(0, column));
    let named = HEADINGS.iter().find(|(_, names)| names.contains(&heading.as_str())).map(|(key, _)| *key);
    named.or_else(|| BY_LOOKS.into_iter().find(|key| looks_like(table, column, *key)))
}

fn looks_like(table: &Table, column: usize, key: Key) -> bool {
    let cells = (0..table.len().min(LOOKED_AT)).map(|row| table.cell(row, column));
    let (mut all, mut like) = (0, 0);
    for cell in cells.filter(|cell| !cell.is_empty()) {
        all += 1;
        like += usize::from(is_like(cell, key));
    }
    like > 0 && (like * 2 > all || (all <= 2 && like * 2 >= all))
}

fn is_like(cell: &str, key: Key) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    match key {
        Key::Email => cell.contains('@'),
        Key::Id => cell.len() == 36 && cell.bytes().filter(|byte| *byte == b'-').count() == 4,
        Key::Phone => {
            let is_sign = |sign: char| sign.is_ascii_digit() || " +-.()/".contains(sign);
            (8..=15).contains(&digits) && cell.chars().all(is_sign) && cell.starts_with(['+', '0', '('])
        }
        Key::Employee => digits >= 3 && digits * 2 >= cell.len() && cell.len() <= 20 && !cell.contains('@'),
    }
}

/// Small letters without accents, spaces and signs.
fn plain(heading: &str) -> String {
    let letter = |sign: char| match sign {
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' => Some('e'),
        'à' | 'â' | 'À' => Some('a'),
        'ç' => Some('c'),
        'î' | 'ï' => Some('i'),
        'ô' => Some('o'),
        'û' | 'ù' => Some('u'),
        _ => Some(sign.to_ascii_lowercase()).filter(char::is_ascii_alphanumeric),
    };
    heading.chars().take(60).filter_map(letter).collect()
}

/// Who a column names; cells with nothing in them name nobody.
pub fn names(table: &Table, has_heading: bool, column: usize) -> Vec<String> {
    let rows = usize::from(has_heading)..table.len();
    rows.map(|row| table.cell(row, column)).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
}

/// The rows that they stand in, as a spreadsheet counts; nothing where these are counted from 1.
pub fn places(table: &Table, has_heading: bool, column: usize) -> Vec<u32> {
    let rows = usize::from(has_heading)..table.len();
    let rows = rows.filter(|row| !table.cell(*row, column).is_empty());
    let places: Vec<u32> = rows.filter_map(|row| u32::try_from(table.number(row)).ok()).collect();
    let is_counted = (1..).zip(&places).all(|(counted, place)| counted == *place);
    if is_counted { Vec::new() } else { places }
}

/// How many a column names, and how many rows have nothing in it.
pub fn count(table: &Table, has_heading: bool, column: usize) -> (usize, usize) {
    let rows = usize::from(has_heading)..table.len();
    let empty = rows.clone().filter(|row| table.cell(*row, column).is_empty()).count();
    (rows.len() - empty, empty)
}

/// What was typed and chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ManyDraft {
    /// Where the list comes from.
    pub source: String,
    /// The list, where it was pasted.
    pub body: String,
    /// The word of what is to be done.
    pub action: String,
    /// Whether it is done on a date.
    pub is_dated: bool,
    /// The date, as the field has it.
    pub when: String,
    /// Why.
    pub reason: String,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManyField {
    /// Who.
    List,
    /// What.
    Action,
    /// On which date.
    When,
    /// Why.
    Reason,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManyRefusal {
    /// There is nothing in it.
    Missing,
    /// The list names more than can be done at once.
    TooMany,
    /// The date is over.
    Past,
    /// The words.
    Text(TextRefusal),
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What.
    pub action: Action,
    /// On which date.
    pub when: Option<Timestamp>,
    /// Why.
    pub reason: Option<Reason>,
}

impl ManyDraft {
    /// Whether there is anything worth keeping.
    pub fn is_empty(&self) -> bool {
        self.body.trim().is_empty() && self.reason.trim().is_empty()
    }

    /// What of it is kept: a list that is too long stays with whoever has it.
    #[must_use]
    pub fn kept(self) -> Self {
        if self.body.len() > KEPT_MAX { Self { body: String::new(), ..self } } else { self }
    }

    /// Checks every field; the only way to get what is asked for. `count` people are named; the browser reads the
    /// date, as it knows the time zone.
    ///
    /// # Errors
    /// What is wrong, in the order of the form.
    pub fn check(
        &self,
        count: usize,
        when: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Wanted, Vec<(ManyField, ManyRefusal)>> {
        let mut wrong = Vec::new();
        match count {
            0 => wrong.push((ManyField::List, ManyRefusal::Missing)),
            1..=TARGETS_MAX => {}
            _ => wrong.push((ManyField::List, ManyRefusal::TooMany)),
        }
        let action = Action::parse(&self.action);
        if action.is_none() {
            wrong.push((ManyField::Action, ManyRefusal::Missing));
        }
        let is_dated = self.is_dated && action == Some(Action::Deactivate);
        match when.filter(|_| is_dated) {
            Some(when) if when <= now => wrong.push((ManyField::When, ManyRefusal::Past)),
            None if is_dated => wrong.push((ManyField::When, ManyRefusal::Missing)),
            Some(_) | None => {}
        }
        let reason = match self.reason.parse::<Reason>() {
            Ok(reason) => Some(reason),
            Err(TextRefusal::Empty) => {
                if action.is_some_and(Action::needs_reason) {
                    wrong.push((ManyField::Reason, ManyRefusal::Missing));
                }
                None
            }
            Err(refusal) => {
                wrong.push((ManyField::Reason, ManyRefusal::Text(refusal)));
                None
            }
        };
        match action {
            Some(action) if wrong.is_empty() => {
                Ok(Wanted { action, when: when.filter(|_| is_dated), reason })
            }
            Some(_) | None => Err(wrong),
        }
    }
}

/// How fast a run goes, by what was seen of it in the last while.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pace {
    seen: Vec<(f64, u64)>,
}

/// So many looks at a run are remembered.
const LOOKS: usize = 12;

impl Pace {
    /// Notes that so many were reached at a moment, in milliseconds of any clock that never goes back.
    pub fn note(&mut self, at: f64, reached: u64) {
        // A run that began again, or another one.
        if self.seen.last().is_some_and(|(_, before)| reached < *before) {
            self.seen.clear();
        }
        if self.seen.len() >= LOOKS {
            self.seen.remove(0);
        }
        self.seen.push((at, reached));
    }

    /// It stands still.
    pub fn rest(&mut self) {
        self.seen.clear();
    }

    /// How many are reached in a second; none while that isn't known.
    pub fn per_second(&self) -> Option<f64> {
        let (first, last) = (self.seen.first()?, self.seen.last()?);
        let seconds = (last.0 - first.0) / 1_000.0;
        let reached = last.1.checked_sub(first.1)?;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let rate = reached as f64 / seconds;
        (seconds >= 1.0 && reached > 0).then_some(rate)
    }

    /// How long it takes for so many more.
    pub fn left(&self, more: u64) -> Option<Span> {
        let rate = self.per_second()?;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let millis = more as f64 / rate * 1_000.0;
        #[expect(clippy::cast_possible_truncation, reason = "a year has 3 * 10^10 of them")]
        (millis.is_finite() && millis < 31_536_000_000.0).then_some(Span(millis as i64))
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::csv::Reader;

    fn table(text: &str) -> Table {
        let mut reader = Reader::new();
        reader.feed(text.as_bytes());
        reader.finish().table.upright()
    }

    #[track_caller]
    fn check(text: &str, has_heading: bool, column: usize, key: Key) {
        assert_eq!(guess(&table(text)), Guess { has_heading, column, key }, "{text:?}");
    }

    #[test]
    fn columns_are_known_by_their_headings() {
        check("Name;E-mail address\nHana;h@x", true, 1, Key::Email);
        check("Nom;Adresse électronique\nHana;h@x", true, 1, Key::Email);
        check("Nom;Matricule\nHana;20418", true, 1, Key::Employee);
        check("Nom,Numéro de téléphone\nHana,+33 6 12 34 56 78", true, 1, Key::Phone);
        check("userName,employeeNumber,id\nh,7,9", true, 1, Key::Employee);
        check("id\n2819c223-7f76-453a-919d-413861904646", true, 0, Key::Id);
    }

    #[test]
    fn columns_are_known_by_what_stands_in_them() {
        check("hana@x\nnoe@x", false, 0, Key::Email);
        check("hana@x", false, 0, Key::Email);
        check("Who;Address?\nHana;h@x\nNoé;n@x", true, 1, Key::Email);
        check("+33 6 12 34 56 78\n+33 6 12 34 56 79", false, 0, Key::Phone);
        check("20418\n20419\n20420", false, 0, Key::Employee);
        check(
            "2819c223-7f76-453a-919d-413861904646\n2819c223-7f76-453a-919d-413861904647",
            false,
            0,
            Key::Id,
        );
        check("Hana\nNoé", false, 0, Key::Email);
        check("a@x, b@x; c@x", false, 0, Key::Email);
    }

    #[test]
    fn names_leave_out_the_heading_and_what_is_empty() {
        let table = table("mail;n\na@x;1\n;2\nb@x;3");
        assert_eq!(names(&table, true, 0), ["a@x", "b@x"]);
        assert_eq!(places(&table, true, 0), [2, 4], "rows as the file counts them");
        assert_eq!(count(&table, true, 0), (2, 1));
    }

    #[test]
    fn what_is_missing_is_named_in_the_order_of_the_form() {
        let now = Timestamp::EPOCH.plus(Span::hours(5));
        let draft = ManyDraft::default();
        let wrong = draft.check(0, None, now).expect_err("nothing is said");
        assert_eq!(
            wrong,
            [(ManyField::List, ManyRefusal::Missing), (ManyField::Action, ManyRefusal::Missing)]
        );
        let draft = ManyDraft { action: "delete".to_owned(), ..ManyDraft::default() };
        let wrong = draft.check(TARGETS_MAX + 1, None, now).expect_err("too many");
        assert_eq!(
            wrong,
            [(ManyField::List, ManyRefusal::TooMany), (ManyField::Reason, ManyRefusal::Missing)]
        );
        let draft = ManyDraft { action: "deactivate".to_owned(), is_dated: true, ..ManyDraft::default() };
        assert_eq!(draft.check(1, None, now), Err(vec![(ManyField::When, ManyRefusal::Missing)]));
        assert_eq!(draft.check(1, Some(now), now), Err(vec![(ManyField::When, ManyRefusal::Past)]));
        let later = now.plus(Span(1));
        let wanted = draft.check(1, Some(later), now).expect("all is said");
        assert_eq!(wanted, Wanted { action: Action::Deactivate, when: Some(later), reason: None });
        let draft = ManyDraft { action: "reactivate".to_owned(), is_dated: true, ..ManyDraft::default() };
        assert_eq!(draft.check(1, Some(later), now).map(|wanted| wanted.when), Ok(None));
    }

    #[test]
    fn a_pace_is_told_once_it_is_known() {
        let mut pace = Pace::default();
        assert_eq!(pace.per_second(), None);
        pace.note(0.0, 0);
        pace.note(500.0, 20);
        assert_eq!(pace.per_second(), None, "half a second says nothing");
        pace.note(2_000.0, 80);
        assert_eq!((pace.per_second(), pace.left(120)), (Some(40.0), Some(Span(3_000))));
        pace.note(3_000.0, 10);
        assert_eq!(pace.per_second(), None, "another run");
    }

    proptest! {
        #[test]
        fn any_list_has_a_guess_within_it(text in "[a-z0-9@;, \n]{0,80}") {
            let table = table(&text);
            let guess = guess(&table);
            prop_assert!(guess.column < table.width().max(1));
            let (named, empty) = count(&table, guess.has_heading, guess.column);
            prop_assert_eq!(names(&table, guess.has_heading, guess.column).len(), named);
            prop_assert!(named + empty <= table.len());
            let places = places(&table, guess.has_heading, guess.column);
            prop_assert!(places.is_empty() || places.len() == named);
            prop_assert!(places.iter().zip(places.iter().skip(1)).all(|(one, next)| one < next));
        }

        #[test]
        fn no_pace_is_endless(looks in proptest::collection::vec((0.0..1e9_f64, 0_u64..1_000_000), 0..30), more in any::<u64>()) {
            let mut pace = Pace::default();
            for (at, reached) in looks {
                pace.note(at, reached);
            }
            prop_assert!(pace.per_second().is_none_or(|rate| rate.is_finite() && rate > 0.0));
            prop_assert!(pace.left(more).is_none_or(|left| left.0 >= 0));
        }
    }
}
