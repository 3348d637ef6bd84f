//! Full text: SQLite's FTS5 behind a few functions. What people type is never syntax.

use frontdesk_contract::RequestId;

use crate::store::requests::Eyes;
use crate::store::{Write, count};
use crate::words;

/// So many words are looked for.
const WORDS_MAX: usize = 12;
/// So many similar words are looked for; the longest say most.
const SIMILAR_WORDS_MAX: usize = 8;
/// Words shorter than this are looked for as they stand.
const WORD_MIN: usize = 3;

/// What somebody searches for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The request that is named, if the text is a request's number.
    pub number: Option<RequestId>,
    /// An expression for FTS5, every word quoted, the last one as a beginning.
    pub matching: Option<String>,
    /// Patterns for LIKE: words that are too short for FTS5, or of a script without spaces.
    pub patterns: Vec<String>,
}

impl Query {
    /// Reads what was typed.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Ok(number) = text.parse() {
            return Self { number: Some(number), ..Self::default() };
        }
        let words: Vec<&str> = text.split_whitespace().take(WORDS_MAX).collect();
        let last = words.len().saturating_sub(1);
        let mut quoted = Vec::new();
        let mut patterns = Vec::new();
        for (position, word) in words.into_iter().enumerate() {
            if is_for_fts(word) {
                let star = if position == last { "*" } else { "" };
                quoted.push(format!("{}{star}", quote(word)));
            } else {
                patterns.push(pattern(word));
            }
        }
        let matching = (!quoted.is_empty()).then(|| quoted.join(" "));
        Self { number: None, matching, patterns }
    }

    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is compared to find something similar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    /// An expression that matches whatever shares a word.
    pub matching: String,
    /// The stems of the words; the longest say most.
    pub stems: Vec<String>,
}

impl Similar {
    /// Reads a text; none when it has no word to compare.
    pub fn to(text: &str) -> Option<Self> {
        let mut stems: Vec<String> = words::stems(text).into_iter().filter(|stem| is_for_fts(stem)).collect();
        stems.sort_by_key(|stem| std::cmp::Reverse(stem.chars().count()));
        stems.truncate(SIMILAR_WORDS_MAX);
        let quoted: Vec<String> = stems.iter().map(|stem| format!("{}*", quote(stem))).collect();
        (!quoted.is_empty()).then(|| Self { matching: quoted.join(" OR "), stems })
    }

    /// Whether a text shares enough: one word of two, two words of many.
    pub fn fits(&self, text: &str) -> bool {
        let folded = words::folded(text);
        let shared = self.stems.iter().filter(|stem| words::has(&folded, stem)).count();
        shared >= if self.stems.len() <= 2 { 1 } else { 2 }
    }
}

/// The expression for a reader: the organization's eyes never look into notes.
pub(super) fn for_eyes(matching: &str, eyes: Eyes) -> String {
    match eyes {
        Eyes::Agent => matching.to_owned(),
        Eyes::Organization => format!("{{subject body}} : ({matching})"),
    }
}

/// Brings the index of a request up to date.
pub(super) async fn index(write: &mut Write, id: RequestId) -> sqlx::Result<()> {
    let number = count(id.0);
    for table in ["request_words", "unsolved_words"] {
        sqlx::query(&format!("DELETE FROM {table} WHERE rowid = ?"))
            .bind(number)
            .execute(&mut **write)
            .await?;
    }
    let all = format!("{INDEX_ALL} WHERE r.number = ?");
    sqlx::query(&all).bind(number).execute(&mut **write).await?;
    let unsolved = format!("{INDEX_UNSOLVED} AND r.number = ?");
    sqlx::query(&unsolved).bind(number).execute(&mut **write).await?;
    Ok(())
}

/// Fills an empty index from the rows.
pub async fn index_everything(write: &mut Write) -> sqlx::Result<()> {
    sqlx::query(INDEX_ALL).execute(&mut **write).await?;
    sqlx::query(INDEX_UNSOLVED).execute(&mut **write).await?;
    Ok(())
}

const INDEX_ALL: &str = "INSERT INTO request_words (rowid, subject, body, notes) SELECT r.number, r.subject, \
     (SELECT group_concat(e.body, char(10)) FROM entries e WHERE e.request = r.number AND e.kind = 'message' AND e.internal = 0), \
     (SELECT group_concat(e.body, char(10)) FROM entries e WHERE e.request = r.number AND e.kind = 'message' AND e.internal = 1) \
     FROM requests r";

const INDEX_UNSOLVED: &str = "INSERT INTO unsolved_words (rowid, subject, body) SELECT r.number, r.subject, \
     (SELECT group_concat(e.body, char(10)) FROM entries e WHERE e.request = r.number AND e.kind = 'message' AND e.internal = 0) \
     FROM requests r WHERE r.state <> 'solved'";

/// Quoted, so that a UUID, `don't` and `C++ (` are words and not syntax.
fn quote(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\"").replace('\0', " "))
}

/// The pattern that finds a word anywhere. The escape is `\`.
fn pattern(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('\0', "");
    format!("%{escaped}%")
}

fn is_for_fts(word: &str) -> bool {
    let letters = word.chars().filter(|letter| letter.is_alphanumeric()).count();
    letters >= WORD_MIN && !word.chars().any(has_no_spaces)
}

/// Whether a letter belongs to a script that is written without spaces between words.
const fn has_no_spaces(letter: char) -> bool {
    matches!(letter,
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_quoted_and_the_last_is_a_beginning() {
        assert_eq!(Query::parse("video sto").matching.as_deref(), Some("\"video\" \"sto\"*"));
        assert_eq!(Query::parse("don't").matching.as_deref(), Some("\"don't\"*"));
        assert_eq!(Query::parse("say \"hello\"").matching.as_deref(), Some("\"say\" \"\"\"hello\"\"\"*"));
    }

    #[test]
    fn short_words_and_scripts_without_spaces_are_patterns() {
        assert_eq!(Query::parse("C++ (").patterns, ["%C++%", "%(%"]);
        assert_eq!(Query::parse("動画が止まる").patterns, ["%動画が止まる%"]);
        assert_eq!(Query::parse("90 %").patterns, ["%90%", "%\\%%"]);
    }

    #[test]
    fn a_request_number_is_known() {
        assert_eq!(Query::parse(" fd-1042 ").number, Some(RequestId(1042)));
        assert!(Query::parse("  ").is_empty());
    }

    #[test]
    fn one_common_word_is_not_similar() {
        let similar = Similar::to("Our videos stop near the end of the upload").expect("words");
        assert!(similar.fits("Video upload stops at 90 %"));
        assert!(!similar.fits("The end of the month"));
        assert_eq!(Similar::to("90 %"), None);
    }

    proptest! {
        #[test]
        fn quotes_always_close(text in any::<String>()) {
            for expression in [Query::parse(&text).matching, Similar::to(&text).map(|similar| similar.matching)].into_iter().flatten() {
                prop_assert_eq!(expression.matches('"').count() % 2, 0);
                prop_assert!(!expression.contains('\0'));
            }
        }
    }
}
