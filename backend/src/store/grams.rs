//! Parts of names: an index that finds people by any part of their name, user name, addresses or employee number
//! without reading everybody.
//!
//! Each text is taken apart into every two and every three letters that follow each other (two letters are a whole
//! name in Japanese), and FTS5 keeps who has which. It only says who may be meant: the filter still decides, so that
//! what is found is the same with the index and without it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use frontdesk_contract::PersonId;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, SqlitePool};

use crate::store::{Store, Write, push_people};

/// So many people are taken into the index by one transaction.
const BATCH: usize = 1_000;
/// So many parts of a long word are looked for: more say nothing more.
const PARTS_MAX: usize = 16;
/// The deepest expression that FTS5 is given.
const DEPTH_MAX: usize = 12;
/// Where a text ends: so the last letter has one that follows it.
const END: char = '\n';

/// What the index knows of somebody: each part once, as FTS5 reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grams(String);

impl Grams {
    /// Takes texts apart.
    pub(super) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = BTreeSet::new();
        for text in texts.into_iter().filter(|text| !text.is_empty()) {
            let letters: Vec<char> = text.chars().chain([END]).collect();
            all.extend(letters.windows(2).map(token));
            all.extend(letters.windows(3).map(token));
        }
        Self(all.into_iter().collect::<Vec<_>>().join(" "))
    }
}

/// Letters as one word of hexadecimal digits.
fn token(letters: &[char]) -> String {
    let mut word = String::new();
    for byte in letters.iter().collect::<String>().bytes() {
        // Writing into a text doesn't fail.
        let _ = write!(word, "{byte:02x}");
    }
    word
}

/// What somebody must have to be meant, as an expression of FTS5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Needed {
    text: String,
    is_any: bool,
    depth: usize,
}

impl Needed {
    /// To have a text somewhere; none where nearly everybody has it, or where it says nothing.
    pub(super) fn part(text: &str) -> Option<Self> {
        let letters: Vec<char> = text.chars().collect();
        let text = match letters.as_slice() {
            [] => return None,
            [letter] if letter.is_ascii_alphanumeric() => return None,
            [_] => format!("\"{}\" *", token(&letters)),
            [_, _] => format!("\"{}\"", token(&letters)),
            _ => {
                let parts: BTreeSet<String> = letters.windows(3).take(PARTS_MAX).map(token).collect();
                let parts: Vec<String> = parts.into_iter().map(|part| format!("\"{part}\"")).collect();
                parts.join(" AND ")
            }
        };
        Some(Self { text, is_any: false, depth: 0 })
    }

    /// Both.
    pub(super) fn and(self, other: Self) -> Self {
        let depth = self.nested().max(other.nested());
        let [one, two] =
            [self, other].map(|side| if side.is_any { format!("({})", side.text) } else { side.text });
        Self { text: format!("{one} AND {two}"), is_any: false, depth }
    }

    /// One of both. `AND` binds closer.
    pub(super) fn or(self, other: &Self) -> Self {
        if self == *other {
            return self;
        }
        let depth = self.depth.max(other.depth);
        Self { text: format!("{} OR {}", self.text, other.text), is_any: true, depth }
    }

    const fn nested(&self) -> usize {
        if self.is_any { self.depth + 1 } else { self.depth }
    }

    /// As FTS5 reads it; none where it would be too deep to be read.
    pub(super) fn expression(self) -> Option<String> {
        (self.depth <= DEPTH_MAX).then_some(self.text)
    }
}

impl Store {
    /// Whether at most so many people have what an expression needs.
    pub(super) async fn are_few(&self, expression: &str, most: i64) -> sqlx::Result<bool> {
        let row = sqlx::query(
            "SELECT count(*) AS count FROM (SELECT 1 FROM people_grams WHERE people_grams MATCH ? LIMIT ?)",
        )
        .bind(expression)
        .bind(most.saturating_add(1))
        .fetch_one(self.read())
        .await?;
        Ok(row.try_get::<i64, _>("count")? <= most)
    }
}

/// The last row that was given to somebody.
pub(super) async fn last_row(connection: &mut SqliteConnection) -> sqlx::Result<i64> {
    let row =
        sqlx::query("SELECT coalesce(max(words_row), 0) AS last FROM people").fetch_one(connection).await?;
    row.try_get("last")
}

/// Takes people into the index, in rows that nobody has.
pub(super) async fn add(write: &mut Write, rows: &[(i64, Grams)]) -> sqlx::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO people_grams (rowid, grams) ");
    sql.push_values(rows, |mut row, (place, grams)| {
        row.push_bind(place).push_bind(&grams.0);
    });
    sql.build().execute(&mut **write).await?;
    Ok(())
}

/// Brings somebody up to date, before what is stored of them changes to these.
pub(super) async fn change(write: &mut Write, id: &PersonId, grams: &Grams) -> sqlx::Result<()> {
    let known = stored(write, std::slice::from_ref(id)).await?.pop();
    match known {
        Some(Known { row: Some(_), grams: known, .. }) if known == *grams => return Ok(()),
        Some(Known { row: Some(row), grams, .. }) => take_out(write, row, &grams).await?,
        Some(Known { row: None, .. }) | None => {}
    }
    let row = last_row(write).await?.saturating_add(1);
    add(write, &[(row, grams.clone())]).await?;
    place(write, id, Some(row)).await
}

/// Takes somebody out for good.
pub(super) async fn forget(write: &mut Write, id: &PersonId) -> sqlx::Result<()> {
    if let Some(Known { row: Some(row), grams, .. }) = stored(write, std::slice::from_ref(id)).await?.pop() {
        take_out(write, row, &grams).await?;
        place(write, id, None).await?;
    }
    Ok(())
}

/// FTS5 keeps no texts here, so it is told what stands there.
async fn take_out(write: &mut Write, row: i64, grams: &Grams) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO people_grams (people_grams, rowid, grams) VALUES ('delete', ?, ?)")
        .bind(row)
        .bind(&grams.0)
        .execute(&mut **write)
        .await?;
    Ok(())
}

async fn place(write: &mut Write, id: &PersonId, row: Option<i64>) -> sqlx::Result<()> {
    sqlx::query("UPDATE people SET words_row = ? WHERE id = ?")
        .bind(row)
        .bind(id.as_str())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Somebody as the tables have them.
struct Known {
    id: PersonId,
    row: Option<i64>,
    grams: Grams,
}

async fn stored(connection: &mut SqliteConnection, ids: &[PersonId]) -> sqlx::Result<Vec<Known>> {
    let mut sql = QueryBuilder::<Sqlite>::new(
        "SELECT p.id, p.words_row, p.name_key, p.user_key, p.employee_key, \
         (SELECT group_concat(e.email_key, char(10)) FROM people_emails e WHERE e.person = p.id) AS emails \
         FROM people p WHERE p.id IN ",
    );
    push_people(&mut sql, ids);
    let rows = sql.build().fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<Option<String>, _>(column).map(Option::unwrap_or_default);
            let (name, user, employee, emails) =
                (text("name_key")?, text("user_key")?, text("employee_key")?, text("emails")?);
            let texts = [name.as_str(), &user, &employee].into_iter().chain(emails.split(END));
            Ok(Known {
                id: text("id")?.parse().map_err(crate::store::wrong)?,
                row: row.try_get("words_row")?,
                grams: Grams::of(texts),
            })
        })
        .collect()
}

/// Takes in whoever an older release has stored. Stopped half-way, it goes on at the next start.
pub(super) async fn fill(writer: &SqlitePool) -> sqlx::Result<()> {
    loop {
        let mut write = writer.begin_with("BEGIN IMMEDIATE").await?;
        let rows =
            sqlx::query("SELECT id FROM people WHERE words_row IS NULL AND deleted_at IS NULL LIMIT ?")
                .bind(i64::try_from(BATCH).unwrap_or(i64::MAX))
                .fetch_all(&mut *write)
                .await?;
        if rows.is_empty() {
            return Ok(());
        }
        let ids = rows
            .iter()
            .map(|row| row.try_get::<String, _>("id")?.parse().map_err(crate::store::wrong))
            .collect::<sqlx::Result<Vec<PersonId>>>()?;
        let mut last = last_row(&mut write).await?;
        for ids in ids.chunks(super::accounts::BATCH) {
            let mut rows = Vec::with_capacity(ids.len());
            for known in stored(&mut write, ids).await? {
                last = last.saturating_add(1);
                place(&mut write, &known.id, Some(last)).await?;
                rows.push((last, known.grams));
            }
            add(&mut write, &rows).await?;
        }
        write.commit().await?;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use frontdesk_contract::Timestamp;
    use frontdesk_contract::account::Lifecycle;
    use frontdesk_contract::words::folded;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};
    use sqlx::Executor as _;
    use tempfile::TempDir;

    use super::*;
    use crate::store::Access;
    use crate::store::accounts::{self, Account, NewAccount};
    use crate::store::directory::{Query, Sort};
    use crate::store::erase::{Ending, erase};
    use crate::store::pages::Start;
    use frontdesk_contract::Kind;

    /// What a person of the tests is called: name, user name, address, employee number.
    type Called = (String, String, String, String);

    #[derive(Debug, Clone)]
    enum Act {
        Make(Called),
        Rename(usize, Called),
        Remove(usize),
        Delete(usize),
    }

    fn profile(number: usize, (name, user, address, employee): &Called) -> Map<String, Value> {
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let body = json!({
            "userName": format!("{user}.{number}"), "displayName": name,
            "emails": [{"value": format!("{address}{number}@x.example"), "primary": true}, {"value": "All@y.example"}],
            enterprise: {"employeeNumber": employee},
        });
        body.as_object().cloned().unwrap_or_default()
    }

    async fn perform(store: &Store, ids: &mut Vec<PersonId>, act: &Act) {
        let mut write = store.write().await.expect("a write");
        let number = ids.len();
        let now = Timestamp::EPOCH;
        match act {
            Act::Make(called) => {
                let id: PersonId = format!("p{number}").parse().expect("an identifier");
                let new = NewAccount {
                    id: id.clone(),
                    kind: Kind::Member,
                    resource: profile(number, called),
                    life: Lifecycle::provisioned(),
                    rights: Vec::new(),
                    password: None,
                    default_password: 0,
                    managed_by: None,
                    content: None,
                    created_at: now,
                };
                accounts::insert(&mut write, &[new]).await.expect("stored");
                ids.push(id);
            }
            Act::Rename(place, _) | Act::Remove(place) | Act::Delete(place) => {
                let Some(id) = ids.get(*place % number.max(1)).cloned() else { return };
                let Some(mut account) = accounts::find(&mut write, &id).await.expect("read") else { return };
                match act {
                    Act::Rename(_, called) => {
                        account.resource = profile(*place % number, called);
                        accounts::save(&mut write, &mut account, now).await.expect("saved");
                    }
                    Act::Remove(_) => {
                        erase(&mut write, &mut account, Ending::Former, now).await.expect("erased");
                    }
                    Act::Delete(_) | Act::Make(_) => {
                        erase(&mut write, &mut account, Ending::Deleted, now).await.expect("deleted");
                    }
                }
            }
        }
        write.commit().await.expect("kept");
    }

    async fn everybody(store: &Store, filter: &str) -> Vec<Account> {
        let filter = (!filter.is_empty()).then(|| filter.parse().expect("a filter"));
        let query = Query { filter, sort: Sort::Name, is_descending: false };
        let found = store.people(&query, &Start::Behind(0), 1_000).await.expect("a list").items;
        let all = u64::try_from(found.len()).unwrap_or_default();
        assert_eq!(store.count_people(query.filter.as_ref()).await.expect("a count"), all);
        // A part of them by its place, with all counted beside it.
        for (skipped, limit) in [(0, 3), (2, 2), (all, 5), (0, 0)] {
            let (part, counted) = store.people_counted(&query, skipped, limit).await.expect("a part");
            let from = usize::try_from(skipped).unwrap_or_default();
            let wanted: Vec<&Account> = found.iter().skip(from).take(limit).collect();
            assert_eq!((part.iter().collect::<Vec<_>>(), counted), (wanted, all), "{query:?}");
        }
        found
    }

    /// The filter of the list for a word, and whom it means without an index.
    fn asks(word: &str) -> String {
        let word = Value::from(word);
        let number = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber";
        format!("displayName co {word} or userName co {word} or emails.value co {word} or {number} sw {word}")
    }

    fn is_meant(account: &Account, word: &str) -> bool {
        let lower = word.to_lowercase();
        let user = account.resource.get("userName").and_then(Value::as_str).unwrap_or_default();
        let emails = account.resource.get("emails").and_then(Value::as_array).cloned().unwrap_or_default();
        let has = |email: &Value| {
            let email = email.get("value").and_then(Value::as_str).unwrap_or_default();
            email.trim().to_lowercase().contains(lower.trim())
        };
        let employee = account.enterprise("employeeNumber").map(accounts::employee_key).unwrap_or_default();
        folded(&account.name).contains(&folded(word))
            || user.trim().to_lowercase().contains(&lower)
            || emails.iter().any(has)
            || (!employee.is_empty() && employee.starts_with(&accounts::employee_key(word)))
    }

    /// How many people have each part by the index, and by what is stored.
    async fn is_whole(store: &Store) {
        let mut write = store.write().await.expect("a write");
        let mut wanted: BTreeMap<String, i64> = BTreeMap::new();
        let rows = sqlx::query("SELECT id FROM people WHERE deleted_at IS NULL").fetch_all(&mut *write).await;
        for row in rows.expect("rows") {
            let id: PersonId = row.get::<String, _>("id").parse().expect("an identifier");
            for known in stored(&mut write, &[id]).await.expect("read") {
                assert!(known.row.is_some());
                for part in known.grams.0.split_whitespace() {
                    *wanted.entry(part.to_owned()).or_default() += 1;
                }
            }
        }
        write
            .execute("CREATE VIRTUAL TABLE temp.parts USING fts5vocab ('main', 'people_grams', 'row')")
            .await
            .expect("a table");
        let rows =
            sqlx::query("SELECT term, doc FROM temp.parts").fetch_all(&mut *write).await.expect("parts");
        let found: BTreeMap<String, i64> = rows.iter().map(|row| (row.get("term"), row.get("doc"))).collect();
        assert_eq!(found, wanted);
    }

    fn called() -> impl Strategy<Value = Called> {
        let name = "[abÉé ZzßøİΣ%_'\"\\-*田中王ア]{1,7}";
        (name, "[abczé]{1,4}", "[abcÉ+]{0,3}", "[0-2 A]{0,4}")
    }

    fn act() -> impl Strategy<Value = Act> {
        prop_oneof![
            4 => called().prop_map(Act::Make),
            2 => (0_usize..99, called()).prop_map(|(place, called)| Act::Rename(place, called)),
            1 => (0_usize..99).prop_map(Act::Remove),
            1 => (0_usize..99).prop_map(Act::Delete),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn whom_a_word_means_is_the_same_with_the_index_and_without_it(
            acts in prop::collection::vec(act(), 1..24),
            words in prop::collection::vec("[abÉéZzßσ%_'\"\\-*+@.0-2田中王ア]{1,5}", 1..24),
        ) {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(async {
                let folder = TempDir::new().expect("a folder");
                let store = Store::open(folder.path(), Access::Alone).await.expect("a store");
                let mut ids = Vec::new();
                for act in &acts {
                    perform(&store, &mut ids, act).await;
                }
                is_whole(&store).await;
                let all = everybody(&store, "").await;
                for word in &words {
                    let found: Vec<PersonId> = everybody(&store, &asks(word)).await.into_iter().map(|account| account.id).collect();
                    let meant = all.iter().filter(|account| is_meant(account, word));
                    let wanted: Vec<PersonId> = meant.map(|account| account.id.clone()).collect();
                    assert_eq!(found, wanted, "{word}");
                }
                store.close().await;
            });
        }
    }

    proptest! {
        #[test]
        fn whoever_has_a_text_has_what_is_needed_for_each_part_of_it(text in any::<String>(), from in 0_usize..30, length in 1_usize..30) {
            let Grams(known) = Grams::of([text.as_str()]);
            let part: String = text.chars().skip(from).take(length).collect();
            for asked in Needed::part(&part).and_then(Needed::expression).iter().flat_map(|all| all.split(" AND ")) {
                let word = asked.trim_end_matches(" *").trim_matches('"');
                let is_known = |one: &str| if asked.ends_with('*') { one.starts_with(word) } else { one == word };
                prop_assert!(known.split(' ').any(is_known), "{asked}");
            }
        }

        #[test]
        fn no_text_is_syntax(one in any::<String>(), two in any::<String>()) {
            let Some(both) = Needed::part(&one).zip(Needed::part(&two)) else { return Ok(()) };
            let text = both.0.clone().or(&both.1).and(both.0).expression().expect("not deep");
            let plain = text.replace(" AND ", "").replace(" OR ", "");
            prop_assert!(plain.bytes().all(|byte| byte.is_ascii_hexdigit() || b"\"()* ".contains(&byte)), "{text}");
        }
    }

    #[tokio::test]
    async fn whom_an_older_release_stored_is_found_too() {
        let folder = TempDir::new().expect("a folder");
        let store = Store::open(folder.path(), Access::Alone).await.expect("a store");
        let mut ids = Vec::new();
        for number in 0..7 {
            let called = (format!("Hana {number}"), "hana".to_owned(), "hana".to_owned(), String::new());
            perform(&store, &mut ids, &Act::Make(called)).await;
        }
        perform(&store, &mut ids, &Act::Delete(0)).await;
        let mut write = store.write().await.expect("a write");
        for sql in [
            "UPDATE people SET words_row = NULL",
            "INSERT INTO people_grams (people_grams) VALUES ('delete-all')",
        ] {
            write.execute(sql).await.expect("done");
        }
        write.commit().await.expect("kept");
        store.close().await;
        let store = Store::open(folder.path(), Access::Alone).await.expect("a store");
        is_whole(&store).await;
        assert_eq!(everybody(&store, "displayName co \"hana\"").await.len(), 6);
        store.close().await;
    }

    #[test]
    fn an_expression_says_who_may_be_meant() {
        let of = |text: &str| Needed::part(text).and_then(Needed::expression);
        assert_eq!(of("a"), None, "nearly everybody has one");
        assert_eq!(of(""), None);
        assert_eq!(of("王").as_deref(), Some("\"e78e8b\" *"));
        assert_eq!(of("ab").as_deref(), Some("\"6162\""));
        assert_eq!(of("abca").as_deref(), Some("\"616263\" AND \"626361\""));
        let part = |text: &str| Needed::part(text).expect("needed");
        let both = part("ab").or(&part("cd")).and(part("ef").or(&part("ef")));
        assert_eq!(both.expression().as_deref(), Some("(\"6162\" OR \"6364\") AND \"6566\""));
        let deep = (0..40).fold(part("ab"), |all, _| all.or(&part("cd")).and(part("ef")));
        assert_eq!(deep.expression(), None, "who is meant is then looked for among all");
    }
}
