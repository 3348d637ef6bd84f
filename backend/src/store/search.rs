//! Full text: SQLite's FTS5 behind a few functions. What people type is never syntax.

use frontdesk_contract::RequestId;

use sqlx::Row as _;

use crate::store::requests::Eyes;
use crate::store::{Store, Write, count};
use frontdesk_contract::words;

/// So many words are looked for.
const WORDS_MAX: usize = 12;
/// So many similar words are looked for; the longest say most.
const SIMILAR_WORDS_MAX: usize = 8;
/// So many words that begin alike are looked for one by one.
const ENDINGS_MAX: i64 = 60;
/// Words shorter than this are looked for as they stand.
const WORD_MIN: usize = 3;

/// What somebody searches for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The request that is named, if the text is a request's number.
    pub number: Option<RequestId>,
    /// An expression for FTS5, every word quoted, the last one as a beginning.
    pub matching: Option<String>,
    /// The same with each word that begins as the last one does, instead of the beginning: such an expression is read
    /// in order, a row at a time. None where there are too many of them.
    spelled_out: Option<String>,
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
        let mut quoted: Vec<String> = Vec::new();
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
        Self { number: None, matching, spelled_out: None, patterns }
    }

    /// The expression for the words that a reader may see.
    pub(super) fn matching_for(&self, eyes: Eyes) -> Option<String> {
        match eyes {
            Eyes::Agent => self.matching.clone(),
            Eyes::Organization => self.spelled_out.clone().or_else(|| self.matching.clone()),
        }
    }

    /// The words before the last, and the last without accents, if it is one word to FTS5 too.
    fn beginning(text: &str) -> Option<(Vec<String>, String)> {
        let words: Vec<&str> = text.split_whitespace().take(WORDS_MAX).collect();
        let (last, before) = words.split_last()?;
        let folded = words::folded(last);
        let is_plain = is_for_fts(last) && folded.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let before = before.iter().filter(|word| is_for_fts(word)).map(|word| quote(word)).collect();
        is_plain.then_some((before, folded))
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

/// The words that a reader may see: the organization's eyes never look into notes. The rows of theirs are
/// `requests.words_row`, those of the agents' are the numbers of the requests.
pub(super) const fn table(eyes: Eyes) -> &'static str {
    match eyes {
        Eyes::Agent => "request_words",
        Eyes::Organization => "public_words",
    }
}

impl Store {
    /// Reads what was typed.
    pub async fn query(&self, text: &str) -> sqlx::Result<Query> {
        let mut query = Query::parse(text);
        if query.number.is_some() {
            return Ok(query);
        }
        let Some((mut all, last)) = Query::beginning(text) else { return Ok(query) };
        // The letters and digits that a word of FTS5 goes on with are all less than this.
        let end = format!("{last}\u{10ffff}");
        let rows = sqlx::query("SELECT word FROM request_terms WHERE word >= ? AND word < ? LIMIT ?")
            .bind(&last)
            .bind(end)
            .bind(ENDINGS_MAX + 1)
            .fetch_all(self.read())
            .await?;
        if rows.len() <= usize::try_from(ENDINGS_MAX).unwrap_or(usize::MAX) {
            let mut endings = vec![quote(&last)];
            for row in rows {
                let word: String = row.try_get("word")?;
                if word != last {
                    endings.push(quote(&word));
                }
            }
            all.push(format!("({})", endings.join(" OR ")));
            query.spelled_out = Some(all.join(" AND "));
        }
        Ok(query)
    }
}

/// Brings the index of a request up to date.
pub(super) async fn index(write: &mut Write, id: RequestId) -> sqlx::Result<()> {
    let number = count(id.0);
    index_public(write, number).await?;
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

/// Brings what the organization may read up to date: the last change comes last. What only agents know of changes
/// nothing here.
async fn index_public(write: &mut Write, number: i64) -> sqlx::Result<()> {
    let before =
        sqlx::query("SELECT words_row FROM requests WHERE number = ? AND words_version <> public_version")
            .bind(number)
            .fetch_optional(&mut **write)
            .await?;
    let Some(before) = before else { return Ok(()) };
    if let Some(row) = before.try_get::<Option<i64>, _>("words_row")? {
        sqlx::query("DELETE FROM public_words WHERE rowid = ?").bind(row).execute(&mut **write).await?;
    }
    sqlx::query(
        "UPDATE requests SET words_version = public_version, \
         words_row = (SELECT coalesce(max(words_row), 0) + 1 FROM requests) WHERE number = ?",
    )
    .bind(number)
    .execute(&mut **write)
    .await?;
    let public = format!("{INDEX_PUBLIC} WHERE r.number = ?");
    sqlx::query(&public).bind(number).execute(&mut **write).await?;
    for sql in [
        "INSERT INTO one_request (one_request) VALUES ('delete-all')",
        "INSERT INTO one_request (rowid, body) SELECT 1, r.subject || char(10) || coalesce((SELECT group_concat(e.body, char(10)) \
         FROM entries e WHERE e.request = r.number AND e.kind = 'message' AND e.internal = 0), '') FROM requests r WHERE r.number = ?",
        "INSERT INTO request_terms (word) SELECT term FROM one_request_terms WHERE true ON CONFLICT (word) DO NOTHING",
    ] {
        let statement = sqlx::query(sql);
        let statement = if sql.contains('?') { statement.bind(number) } else { statement };
        statement.execute(&mut **write).await?;
    }
    Ok(())
}

/// Fills an empty index from the rows.
pub async fn index_everything(write: &mut Write) -> sqlx::Result<()> {
    for sql in [
        "UPDATE requests SET words_row = ranked.place, words_version = public_version FROM ( \
         SELECT number, row_number() OVER (ORDER BY public_changed_at, number) AS place FROM requests \
         ) AS ranked WHERE ranked.number = requests.number",
        INDEX_PUBLIC,
        "INSERT INTO request_terms (word) SELECT term FROM public_terms WHERE true ON CONFLICT (word) DO NOTHING",
    ] {
        sqlx::query(sql).execute(&mut **write).await?;
    }
    sqlx::query(INDEX_ALL).execute(&mut **write).await?;
    sqlx::query(INDEX_UNSOLVED).execute(&mut **write).await?;
    Ok(())
}

const INDEX_ALL: &str = "INSERT INTO request_words (rowid, subject, body, notes) SELECT r.number, r.subject, \
     (SELECT group_concat(e.body, char(10)) FROM entries e WHERE e.request = r.number AND e.kind = 'message' AND e.internal = 0), \
     (SELECT group_concat(e.body, char(10)) FROM entries e WHERE e.request = r.number AND e.kind = 'message' AND e.internal = 1) \
     FROM requests r";

const INDEX_PUBLIC: &str = "INSERT INTO public_words (rowid, subject, body) SELECT r.words_row, r.subject, \
     (SELECT group_concat(e.body, char(10)) FROM entries e WHERE e.request = r.number AND e.kind = 'message' AND e.internal = 0) \
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
    fn the_last_word_is_spelled_out_where_it_is_one_word() {
        let before = vec!["\"réunion\"".to_owned()];
        assert_eq!(Query::beginning("réunion à Vidéo"), Some((before, "video".to_owned())));
        for text in ["", "a1", "C++", "don't", "smørre", "動画が止まる", "video 90"] {
            assert_eq!(Query::beginning(text), None, "{text}");
        }
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
