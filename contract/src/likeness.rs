//! Which problem reports are alike: by their words and by the page that they are about.
//!
//! A person can always split and merge what this puts together.

use crate::words::stems;

/// So many words of a report are compared; the longest say most.
pub const WORDS_MAX: usize = 24;
/// From this on two reports are alike, of [`ALL`].
pub const ALIKE: u32 = 50;
/// Two reports with the same words.
pub const ALL: u32 = 100;
/// What the same page adds to words that are shared.
const SAME_PAGE: u32 = 25;
/// What two pages that differ take away.
const OTHER_PAGE: u32 = 15;

/// What is compared of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Print {
    /// The stems of its words, sorted, each once.
    pub words: Vec<String>,
    /// The page without what differs from person to person.
    pub page: Option<String>,
}

impl Print {
    /// The print of a report.
    pub fn of(body: &str, page: Option<&str>) -> Self {
        let mut words = stems(body);
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.truncate(WORDS_MAX);
        words.sort_unstable();
        Self { words, page: page.map(page_key).filter(|page| !page.is_empty()) }
    }

    /// How alike two reports are, from 0 to [`ALL`]: the share of words that both have, and whether it is the same page.
    ///
    /// Reports that share no word aren't alike, whatever their page: a page has many ways to fail.
    pub fn likeness(&self, other: &Self) -> u32 {
        let shared = count(self.shared_with(other).min(other.shared_with(self)));
        if shared == 0 {
            return 0;
        }
        let (mine, theirs) = (count(self.words.len()), count(other.words.len()));
        // Short reports say the same as long ones with fewer words, so the shorter one counts; but one word of
        // a short one is little.
        let words = shared * ALL / mine.min(theirs).max(2);
        let all = shared * ALL / (mine + theirs - shared);
        let words = u32::midpoint(words, all);
        match (&self.page, &other.page) {
            (Some(mine), Some(theirs)) if mine == theirs => (words + SAME_PAGE).min(ALL),
            (Some(_), Some(_)) => words.saturating_sub(OTHER_PAGE),
            (Some(_), None) | (None, Some(_)) | (None, None) => words,
        }
    }

    /// So many of its words the other one has too.
    fn shared_with(&self, other: &Self) -> usize {
        let is_shared = |word: &&String| other.words.iter().any(|theirs| are_one_word(word, theirs));
        self.words.iter().filter(is_shared).count()
    }

    /// Whether two reports are alike.
    pub fn is_like(&self, other: &Self) -> bool {
        self.likeness(other) >= ALIKE
    }
}

/// Whether two stems are of one word: equal, or with endings that differ, as of a verb.
fn are_one_word(one: &str, other: &str) -> bool {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    let longer = one.chars().count().max(other.chars().count());
    same == longer || (same >= 5 && same * 4 >= longer * 3)
}

/// The page of an address without what differs from person to person: no query, no fragment, `*` for numbers and
/// identifiers.
pub fn page_key(address: &str) -> String {
    let address = address.trim().split(['?', '#']).next().unwrap_or_default();
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let parts = address.split('/').enumerate().filter(|(place, part)| *place == 0 || !part.is_empty());
    let parts: Vec<String> = parts
        .map(|(place, part)| match place {
            0 => part.to_lowercase(),
            _ if is_identifier(part) => "*".to_owned(),
            _ => part.to_lowercase(),
        })
        .collect();
    parts.join("/")
}

/// Whether a part of an address names one thing of many: it has a digit and is no word with a number behind it.
fn is_identifier(part: &str) -> bool {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    digits * 2 >= part.len() || (part.len() >= 16 && digits > 0)
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// So many days of counts are compared and shown.
pub const DAYS: usize = 28;

/// More reports than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spike {
    /// How many came on the last day.
    pub count: u32,
    /// How many come on a usual day, rounded.
    pub usual: u32,
}

/// Whether the last of these days, the oldest first, has more reports than usual.
///
/// Usual is the mean of the days before. A day is a spike with three reports at least, twice as many as usual, and
/// more than chance makes: three times the root of the usual number above it.
pub fn spike(days: &[u32]) -> Option<Spike> {
    let (last, before) = days.split_last()?;
    let sum: u64 = before.iter().map(|count| u64::from(*count)).sum();
    let number = u64::try_from(before.len()).unwrap_or(u64::MAX).max(1);
    let last_whole = u64::from(*last);
    // All is multiplied by the number of days, so that nothing is rounded: last − usual > 3·√usual.
    let above = (last_whole * number).saturating_sub(sum);
    let is_more_than_chance = above.saturating_mul(above) > 9 * sum * number;
    let is_double = last_whole * number >= 2 * sum;
    let usual = u32::try_from((sum + number / 2) / number).unwrap_or(u32::MAX);
    (*last >= 3 && is_double && is_more_than_chance).then_some(Spike { count: *last, usual })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(one: (&str, &str), other: (&str, &str), are_alike: bool) {
        let print = |(body, page): (&str, &str)| Print::of(body, (!page.is_empty()).then_some(page));
        let (one, other) = (print(one), print(other));
        assert_eq!(one.is_like(&other), are_alike, "{}: {one:?} {other:?}", one.likeness(&other));
    }

    #[test]
    fn the_same_trouble_in_other_words_is_alike() {
        let page = "https://intranet.acme.example/expenses/new?draft=7";
        check(
            ("The expense form does not send. The button stays grey.", page),
            ("Expense form: send button grey, nothing happens", "https://intranet.acme.example/expenses/new"),
            true,
        );
        check(("Video stops at 90 %", ""), ("My videos stop at 90 percent, video stops", ""), true);
        check(("La vidéo s’arrête à 90 %", ""), ("Les vidéos s’arrêtent à 90 %", ""), true);
        check(("動画が止まる", ""), ("会議の動画が止まる", ""), true);
    }

    #[test]
    fn other_trouble_on_the_same_page_is_not() {
        let page = "https://intranet.acme.example/expenses/new";
        check(("The expense form does not send", page), ("Photos of receipts are upside down", page), false);
        check(("The printer on floor 3 is empty", ""), ("I can’t sign in on my phone", ""), false);
    }

    #[test]
    fn the_same_words_about_another_page_are_further_apart() {
        let words = "The page stays white when I open it";
        let print = |page: &str| Print::of(words, Some(page));
        let (one, same, other) = (print("a.example/x"), print("a.example/x?y"), print("a.example/z"));
        assert_eq!(one.likeness(&same), ALL);
        assert!(one.likeness(&other) < ALL);
        check(("White page", "a.example/x"), ("Page slow today", "a.example/z"), false);
    }

    #[test]
    fn a_page_is_named_without_persons_and_numbers() {
        #[track_caller]
        fn is(address: &str, key: &str) {
            assert_eq!(page_key(address), key);
        }
        is("https://Intranet.Acme.example/Orders/10442?user=awa#top", "intranet.acme.example/orders/*");
        is("https://a.example/u/2819c223-7f76-453a-919d-413861904646/edit/", "a.example/u/*/edit");
        is("https://a.example/requests/FD-1042", "a.example/requests/*");
        is("/locked-out", "/locked-out");
        is("  ", "");
    }

    #[test]
    fn a_spike_is_more_than_usual_and_more_than_chance() {
        #[track_caller]
        fn check(days: &[u32], expected: Option<(u32, u32)>) {
            assert_eq!(spike(days), expected.map(|(count, usual)| Spike { count, usual }), "{days:?}");
        }
        check(&[], None);
        check(&[0, 0, 0, 2], None);
        check(&[0, 0, 0, 3], Some((3, 0)));
        check(&[1, 1, 1, 0, 1, 3], None);
        check(&[1, 0, 1, 0, 1, 6], Some((6, 1)));
        check(&[20, 21, 19, 25], None);
        check(&[20, 21, 19, 41], Some((41, 20)));
        check(&[40; 28], None);
    }

    proptest! {
        #[test]
        fn likeness_is_the_same_both_ways(a in ".{0,80}", b in ".{0,80}", page in prop::option::of("[a-z/0-9]{0,12}")) {
            let (one, other) = (Print::of(&a, page.as_deref()), Print::of(&b, None));
            prop_assert_eq!(one.likeness(&other), other.likeness(&one));
            prop_assert!(one.likeness(&other) <= ALL);
        }

        #[test]
        fn a_report_is_like_itself(body in "[a-z]{3,12}( [a-z]{3,12}){1,12}", page in prop::option::of("[a-z/0-9]{0,12}")) {
            let print = Print::of(&body, page.as_deref());
            prop_assert!(print.words.is_empty() || print.is_like(&print));
        }

        #[test]
        fn the_same_page_never_takes_reports_apart(a in "[a-z ]{0,60}", b in "[a-z ]{0,60}") {
            let with = |text: &str, page| Print::of(text, page);
            let without = with(&a, None).likeness(&with(&b, None));
            prop_assert!(with(&a, Some("x")).likeness(&with(&b, Some("x"))) >= without);
            prop_assert!(with(&a, Some("x")).likeness(&with(&b, Some("y"))) <= without);
        }

        #[test]
        fn no_address_makes_the_reader_fail_loudly(address in any::<String>()) {
            let key = page_key(&address);
            prop_assert!(!key.contains('?') && !key.contains('#'));
        }

        #[test]
        fn more_reports_never_end_a_spike(mut days in prop::collection::vec(0u32..200, 1..30), more in 0u32..100) {
            let before = spike(&days).is_some();
            if let Some(last) = days.last_mut() { *last += more; }
            prop_assert!(!before || spike(&days).is_some());
        }
    }
}
