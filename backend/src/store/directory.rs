//! Lists of accounts: filters in SCIM's language, orders, cursors.
//!
//! A page walks an index of its order until it is full. Texts of a filter are always bound, never written
//! into SQL; names of columns come from the schema alone.

use frontdesk_contract::Timestamp;
use frontdesk_contract::account::{Stage, WAIT};
use frontdesk_contract::scim::filter::{Attribute, Comparison, Filter, Literal};
use frontdesk_contract::scim::message::ScimType;
use frontdesk_contract::scim::{ENTERPRISE, INVITATION, LIFECYCLE};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use crate::scim::resource::Wrong;
use crate::scim::schema::{Found, Kind, Resource};
use crate::secret;
use crate::store::accounts::{ACCOUNT, Account, LISTED, account, employee_key};
use crate::store::grams::Needed;
use crate::store::pages::{Mark, Start};
use crate::store::{Store, count, number};
use frontdesk_contract::words::folded;

/// Up to so many people are gathered and sorted: where more may be meant, a page is full sooner on the way through an
/// index of its order.
const GATHERED: i64 = 3_000;
/// Up to so many are counted one by one: more are counted sooner on the way through all.
const COUNTED: i64 = 30_000;

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By identifier, which is no order that says anything, and the cheapest.
    #[default]
    Id,
    /// By the name to show.
    Name,
    /// By user name.
    User,
    /// By department.
    Department,
    /// By when it was made.
    Created,
    /// By when it was last changed.
    Changed,
}

impl Sort {
    const ALL: [Self; 6] = [Self::Id, Self::Name, Self::User, Self::Department, Self::Created, Self::Changed];

    /// What `sortBy` names.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let refused = || Wrong::new(ScimType::InvalidPath, format!("{text} is nothing to sort by"));
        let attribute: Attribute = text.parse().map_err(|_| refused())?;
        let found = Resource::User.find(&attribute).ok_or_else(refused)?;
        match (found.extension, found.attr.name, found.part.map(|part| part.name)) {
            (None, "id", None) => Ok(Self::Id),
            (None, "displayName", None) | (None, "name", Some("formatted")) => Ok(Self::Name),
            (None, "userName", None) => Ok(Self::User),
            (None, "meta", Some("created")) => Ok(Self::Created),
            (None, "meta", Some("lastModified")) => Ok(Self::Changed),
            (Some(ENTERPRISE), "department", None) => Ok(Self::Department),
            _ => Err(refused()),
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Id => "p.id",
            Self::Name => "p.name_key",
            Self::User => "p.user_key",
            Self::Department => "p.department_key",
            Self::Created => "p.created_at",
            Self::Changed => "p.changed_at",
        }
    }

    const fn is_time(self) -> bool {
        matches!(self, Self::Created | Self::Changed)
    }
}

/// Which accounts, in which order.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Those for which this holds.
    pub filter: Option<Filter>,
    /// In this order.
    pub sort: Sort,
    /// The last first.
    pub is_descending: bool,
}

impl Query {
    /// What is asked, in a word: marks of other questions are refused.
    pub fn fingerprint(&self) -> String {
        let place = Sort::ALL.iter().position(|sort| *sort == self.sort).unwrap_or(0);
        let filter = self.filter.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{place}{}{:x}", u8::from(self.is_descending), secret::number_of(&filter))
    }

    /// The order, as SQL says it.
    fn order(&self) -> String {
        let (column, direction) = (self.sort.column(), self.direction());
        if self.sort == Sort::Id {
            format!("p.id {direction}")
        } else {
            format!("{column} {direction}, p.id {direction}")
        }
    }

    const fn direction(&self) -> &'static str {
        if self.is_descending { "DESC" } else { "ASC" }
    }

    /// Whether the key of a mark is one of this order.
    pub fn can_go_on(&self, mark: &Mark) -> bool {
        !self.sort.is_time() || mark.key.parse::<i64>().is_ok()
    }
}

/// A page of accounts.
#[derive(Debug)]
pub struct Rows {
    /// The accounts.
    pub items: Vec<Account>,
    /// Where the next page begins.
    pub next: Option<Mark>,
}

/// Among whom a filter chooses.
enum Among {
    /// All.
    All,
    /// Those few who have the letters that it needs, as FTS5 is asked for them.
    Few(String),
}

impl Among {
    fn push(&self, sql: &mut Sql<'_>) {
        match self {
            // Told by which index, as the planner would take that of a stage anew for each of them.
            Self::Few(expression) => {
                sql.push(
                    "people_grams CROSS JOIN people p INDEXED BY people_by_words ON p.words_row = people_grams.rowid \
                     WHERE people_grams MATCH ",
                );
                sql.push_bind(expression.clone()).push(format!(" AND {LISTED}"));
            }
            Self::All => {
                sql.push(format!("people p WHERE {LISTED}"));
            }
        }
    }
}

impl Store {
    /// A page of accounts.
    pub async fn people(&self, query: &Query, start: &Start, limit: usize) -> Result<Rows, DirectoryError> {
        let among = self.among(query.filter.as_ref(), GATHERED).await?;
        self.page(query, start, limit, &among).await
    }

    /// A page of accounts behind so many, and how many there are in all. Those who are gathered are counted with it.
    pub async fn people_counted(
        &self,
        query: &Query,
        skipped: u64,
        limit: usize,
    ) -> Result<(Vec<Account>, u64), DirectoryError> {
        let filter = query.filter.as_ref();
        if limit == 0 {
            return Ok((Vec::new(), self.count_people(filter).await?));
        }
        let among = self.among(filter, GATHERED).await?;
        if let Among::Few(_) = &among {
            return self.gathered(query, skipped, limit, &among).await;
        }
        let Rows { items, next } = self.page(query, &Start::Behind(skipped), limit, &among).await?;
        let told = u64::try_from(items.len()).unwrap_or(u64::MAX);
        let total = if next.is_none() && told > 0 {
            // The last page says how many there are.
            skipped.saturating_add(told)
        } else {
            self.count_people(filter).await?
        };
        Ok((items, total))
    }

    async fn page(
        &self,
        query: &Query,
        start: &Start,
        limit: usize,
        among: &Among,
    ) -> Result<Rows, DirectoryError> {
        let mut sql =
            QueryBuilder::<Sqlite>::new(format!("SELECT {ACCOUNT} FROM (SELECT p.id AS found FROM "));
        among.push(&mut sql);
        push_filter(&mut sql, query.filter.as_ref())?;
        if let Start::After(mark) = start {
            let column = query.sort.column();
            let compare = if query.is_descending { "<" } else { ">" };
            if query.sort == Sort::Id {
                sql.push(format!(" AND p.id {compare} ")).push_bind(mark.id.clone());
            } else {
                sql.push(format!(" AND ({column}, p.id) {compare} ("));
                match mark.key.parse::<i64>() {
                    Ok(millis) if query.sort.is_time() => sql.push_bind(millis),
                    _ => sql.push_bind(mark.key.clone()),
                };
                sql.push(", ").push_bind(mark.id.clone()).push(")");
            }
        }
        let order = query.order();
        let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        sql.push(format!(" ORDER BY {order} LIMIT ")).push_bind(more);
        if let Start::Behind(skip) = start {
            sql.push(" OFFSET ").push_bind(count(*skip));
        }
        sql.push(format!(") JOIN people p ON p.id = found ORDER BY {order}"));
        let mut rows = sql.build().fetch_all(self.read()).await?;
        let has_next = rows.len() > limit;
        rows.truncate(limit);
        let items = rows.iter().map(account).collect::<sqlx::Result<Vec<_>>>()?;
        let next = match items.last() {
            Some(last) if has_next => Some(Mark {
                question: query.fingerprint(),
                key: self.key_of(query.sort, last).await?,
                id: last.id.to_string(),
            }),
            Some(_) | None => None,
        };
        Ok(Rows { items, next })
    }

    /// A page of those few who may be meant, and how many they are: they are chosen once for both.
    async fn gathered(
        &self,
        query: &Query,
        skipped: u64,
        limit: usize,
        among: &Among,
    ) -> Result<(Vec<Account>, u64), DirectoryError> {
        let column = query.sort.column();
        let mut sql = QueryBuilder::<Sqlite>::new(format!(
            "WITH meant AS MATERIALIZED (SELECT p.id AS found, {column} AS place FROM "
        ));
        among.push(&mut sql);
        push_filter(&mut sql, query.filter.as_ref())?;
        let direction = query.direction();
        sql.push(format!(
            ") SELECT total, {ACCOUNT} FROM (SELECT count(*) AS total FROM meant) \
             LEFT JOIN (SELECT found FROM meant ORDER BY place {direction}, found {direction} LIMIT "
        ));
        sql.push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        sql.push(" OFFSET ").push_bind(count(skipped));
        sql.push(") ON 1 LEFT JOIN people p ON p.id = found ORDER BY ").push(query.order());
        let rows = sql.build().fetch_all(self.read()).await?;
        let total = rows.first().map(|row| number(row, "total")).transpose()?.unwrap_or_default();
        let is_somebody = |row: &&SqliteRow| !matches!(row.try_get::<Option<String>, _>("id"), Ok(None));
        let items = rows.iter().filter(is_somebody).map(account).collect::<sqlx::Result<Vec<_>>>()?;
        Ok((items, total))
    }

    /// Those few who have the letters that a filter needs, if there are at most so many; else all.
    async fn among(&self, filter: Option<&Filter>, most: i64) -> sqlx::Result<Among> {
        let expression = filter.and_then(needed).and_then(Needed::expression);
        Ok(match expression {
            Some(expression) if self.are_few(&expression, most).await? => Among::Few(expression),
            Some(_) | None => Among::All,
        })
    }

    async fn key_of(&self, sort: Sort, last: &Account) -> sqlx::Result<String> {
        Ok(match sort {
            Sort::Id => String::new(),
            Sort::Created => last.created_at.millis().to_string(),
            Sort::Changed => last.changed_at.millis().to_string(),
            Sort::Name | Sort::User | Sort::Department => {
                let sql = format!("SELECT {} AS found FROM people p WHERE p.id = ?", sort.column());
                let row = sqlx::query(&sql).bind(last.id.as_str()).fetch_one(self.read()).await?;
                row.try_get::<Option<String>, _>("found")?.unwrap_or_default()
            }
        })
    }

    /// How many accounts there are for which a filter holds.
    pub async fn count_people(&self, filter: Option<&Filter>) -> Result<u64, DirectoryError> {
        if let Some(stages) = stages_of(filter) {
            let counts = self.people_counts().await?;
            return Ok(counts
                .iter()
                .filter(|(stage, _)| stages.contains(stage))
                .map(|(_, count)| count)
                .sum());
        }
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT count(*) AS count FROM ");
        self.among(filter, COUNTED).await?.push(&mut sql);
        push_filter(&mut sql, filter)?;
        let row = sql.build().fetch_one(self.read()).await?;
        Ok(number(&row, "count")?)
    }
}

/// The stages that a filter asks for, when it asks for nothing else: these are counted already.
pub fn stages_of(filter: Option<&Filter>) -> Option<Vec<Stage>> {
    let Some(filter) = filter else { return Some(Stage::ALL.to_vec()) };
    match filter {
        Filter::Compare(attribute, Comparison::Eq, literal) => {
            let found = Resource::User.find(attribute)?;
            match (found.extension, found.attr.name, literal) {
                (Some(LIFECYCLE), "stage", Literal::Text(text)) => {
                    Some(Stage::parse(text).into_iter().collect())
                }
                (None, "active", Literal::Truth(truth)) => {
                    let is_open = |stage: &Stage| !matches!(stage, Stage::Deactivated | Stage::Former);
                    Some(Stage::ALL.into_iter().filter(|stage| is_open(stage) == *truth).collect())
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// Why a list can't be given.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The question.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

type Sql<'a> = QueryBuilder<'a, Sqlite>;

fn push_filter(sql: &mut Sql<'_>, filter: Option<&Filter>) -> Result<(), Wrong> {
    if let Some(filter) = filter {
        sql.push(" AND (");
        push(sql, filter)?;
        sql.push(")");
    }
    Ok(())
}

/// The letters that somebody must have for a filter to hold, as far as the index knows them.
fn needed(filter: &Filter) -> Option<Needed> {
    match filter {
        Filter::And(one, two) => match (needed(one), needed(two)) {
            (Some(one), Some(two)) => Some(one.and(two)),
            (one, two) => one.or(two),
        },
        Filter::Or(one, two) => Some(needed(one)?.or(&needed(two)?)),
        Filter::Compare(attribute, comparison, Literal::Text(text)) => {
            // What is equal has an index of its own.
            let is_part = matches!(comparison, Comparison::Co | Comparison::Sw | Comparison::Ew);
            let fold = match place_of(Resource::User.find(attribute).filter(|_| is_part)?) {
                Place::Text(column, fold) if FOUND_BY.contains(&column.as_str()) => fold,
                Place::Email => Fold::Address,
                Place::Text(..)
                | Place::Time(..)
                | Place::Truth(_)
                | Place::Number(_)
                | Place::Values(..)
                | Place::Group(_)
                | Place::Schemas => return None,
            };
            Needed::part(&fold.apply(text))
        }
        Filter::Compare(..) | Filter::Not(_) | Filter::Present(_) | Filter::Any(..) => None,
    }
}

/// The columns whose parts are in the index, beside the addresses.
const FOUND_BY: [&str; 3] = ["p.name_key", "p.user_key", "p.employee_key"];

fn push(sql: &mut Sql<'_>, filter: &Filter) -> Result<(), Wrong> {
    match filter {
        Filter::And(one, two) => both(sql, one, " AND ", two),
        Filter::Or(one, two) => both(sql, one, " OR ", two),
        Filter::Not(inner) => {
            // What is unknown doesn't hold, so that its contrary does.
            sql.push("NOT coalesce((");
            push(sql, inner)?;
            sql.push("), 0)");
            Ok(())
        }
        Filter::Present(attribute) => present(sql, &place(attribute)?),
        Filter::Compare(attribute, comparison, literal) => {
            compare(sql, &place(attribute)?, *comparison, literal)
        }
        Filter::Any(attribute, inner) => one_of(sql, attribute, inner),
    }
}

fn both(sql: &mut Sql<'_>, one: &Filter, word: &str, two: &Filter) -> Result<(), Wrong> {
    sql.push("(");
    push(sql, one)?;
    sql.push(word);
    push(sql, two)?;
    sql.push(")");
    Ok(())
}

/// Where the value of an attribute lies.
#[derive(Debug, Clone)]
enum Place {
    /// A text.
    Text(String, Fold),
    /// A time in milliseconds; the text of the filter is moved by so many.
    Time(String, i64),
    /// 0 or 1.
    Truth(String),
    /// A whole number.
    Number(String),
    /// One of several values in the resource.
    Values(String, String, bool),
    /// An address, which has a table of its own.
    Email,
    /// A group.
    Group(&'static str),
    /// The schemas, the same for everybody.
    Schemas,
}

/// How a text of the filter is made like the stored one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fold {
    Exact,
    Lower,
    /// As the database makes small letters: of ASCII alone.
    Ascii,
    Folded,
    Employee,
    Address,
}

impl Fold {
    fn apply(self, text: &str) -> String {
        match self {
            Self::Exact => text.to_owned(),
            Self::Lower => text.to_lowercase(),
            Self::Ascii => text.to_ascii_lowercase(),
            Self::Folded => folded(text),
            Self::Employee => employee_key(text),
            Self::Address => text.trim().to_lowercase(),
        }
    }
}

fn place(attribute: &Attribute) -> Result<Place, Wrong> {
    if attribute.schema.is_none() && attribute.name.eq_ignore_ascii_case("schemas") {
        return Ok(Place::Schemas);
    }
    let found = Resource::User.find(attribute).ok_or_else(|| {
        Wrong::new(ScimType::InvalidFilter, format!("{attribute} is no attribute of a person"))
    })?;
    Ok(place_of(found))
}

fn place_of(found: Found) -> Place {
    let text = |column: &str, fold| Place::Text(column.to_owned(), fold);
    let time = |column: &str| Place::Time(column.to_owned(), 0);
    let part = found.part.map(|part| part.name);
    match (found.extension, found.attr.name, part) {
        (None, "id", _) => text("p.id", Fold::Exact),
        (None, "externalId", _) => text("p.external_id", Fold::Exact),
        (None, "userName", _) => text("p.user_key", Fold::Lower),
        (None, "displayName", _) => text("p.name_key", Fold::Folded),
        (None, "active", _) => Place::Truth("p.active".to_owned()),
        (None, "meta", Some("created")) => time("p.created_at"),
        (None, "meta", Some("lastModified")) => time("p.changed_at"),
        (None, "meta", Some("resourceType")) => text("'User'", Fold::Exact),
        (None, "meta", _) => text("('v' || p.version)", Fold::Exact),
        (None, "emails", None | Some("value")) => Place::Email,
        (None, "groups", None | Some("value")) => Place::Group("g.id"),
        (None, "groups", Some("display")) => Place::Group("g.name"),
        (Some(ENTERPRISE), "department", _) => text("p.department_key", Fold::Lower),
        (Some(ENTERPRISE), "employeeNumber", _) => text("p.employee_key", Fold::Employee),
        (Some(ENTERPRISE), "manager", None | Some("value")) => text("p.manager", Fold::Exact),
        (Some(LIFECYCLE), "stage", _) => text("p.stage", Fold::Exact),
        (Some(LIFECYCLE), "deactivatedAt", _) => time("p.deactivated_at"),
        (Some(LIFECYCLE), "removableAt", _) => {
            Place::Time("(CASE WHEN p.active = 0 THEN p.deactivated_at END)".to_owned(), -WAIT.0)
        }
        (Some(LIFECYCLE), "membershipsRemovedAt", _) => time("p.memberships_removed_at"),
        (Some(LIFECYCLE), "fieldsRemovedAt", _) => time("p.fields_removed_at"),
        (Some(LIFECYCLE), "scheduledFor", _) => time("p.scheduled_for"),
        (Some(LIFECYCLE), "hold", _) => time("p.held_at"),
        (Some(LIFECYCLE), "pendingDeletion", _) => time("p.deletion_at"),
        (Some(LIFECYCLE), "terminationDate", _) => time("p.leaves_at"),
        (Some(LIFECYCLE), "managedBy", _) => text("p.managed_by", Fold::Exact),
        (Some(LIFECYCLE), name, part) => {
            let path = part.unwrap_or(name);
            Place::Number(format!("json_extract(p.content, '$.{path}')"))
        }
        (Some(INVITATION), "invited", _) => Place::Truth("(p.invited_at IS NOT NULL)".to_owned()),
        (Some(INVITATION), "inviteDate", _) => time("p.invited_at"),
        (Some(INVITATION), "claimed", _) => Place::Truth("(p.claimed_at IS NOT NULL)".to_owned()),
        (Some(INVITATION), "claimDate", _) => time("p.claimed_at"),
        (Some(INVITATION), _, _) => Place::Truth("(p.claimed_at IS NULL)".to_owned()),
        (extension, name, part) => in_resource(found, extension, name, part),
    }
}

/// What has no column. The names come from the schema, so they can stand in SQL.
fn in_resource(found: Found, extension: Option<&str>, name: &str, part: Option<&str>) -> Place {
    let path = match extension {
        Some(urn) => format!("$.\"{urn}\".\"{name}\""),
        None => format!("$.\"{name}\""),
    };
    let leaf = found.part.unwrap_or(found.attr);
    if found.attr.is_multi {
        return Place::Values(path, part.unwrap_or("value").to_owned(), leaf.is_exact);
    }
    let path = match part {
        Some(part) => format!("{path}.\"{part}\""),
        None => path,
    };
    let value = format!("json_extract(p.resource, '{path}')");
    match (leaf.kind, leaf.is_exact) {
        (Kind::Truth, _) => Place::Truth(value),
        (Kind::Number, _) => Place::Number(value),
        (_, true) => Place::Text(value, Fold::Exact),
        (_, false) => Place::Text(format!("lower({value})"), Fold::Ascii),
    }
}

fn present(sql: &mut Sql<'_>, place: &Place) -> Result<(), Wrong> {
    match place {
        Place::Text(value, _) => sql.push(format!("({value} IS NOT NULL AND {value} <> '')")),
        Place::Time(value, _) | Place::Number(value) | Place::Truth(value) => {
            sql.push(format!("{value} IS NOT NULL"))
        }
        Place::Values(path, part, _) => sql.push(format!(
            "EXISTS (SELECT 1 FROM json_each(p.resource, '{path}') v WHERE json_extract(v.value, '$.\"{part}\"') IS NOT NULL)"
        )),
        Place::Email => sql.push("EXISTS (SELECT 1 FROM people_emails e WHERE e.person = p.id)"),
        Place::Group(_) => sql.push("EXISTS (SELECT 1 FROM memberships g WHERE g.person = p.id)"),
        Place::Schemas => sql.push("1 = 1"),
    };
    Ok(())
}

fn compare(sql: &mut Sql<'_>, place: &Place, comparison: Comparison, literal: &Literal) -> Result<(), Wrong> {
    if *literal == Literal::Null {
        return match comparison {
            Comparison::Eq => {
                sql.push("NOT (");
                present(sql, place)?;
                sql.push(")");
                Ok(())
            }
            Comparison::Ne => present(sql, place),
            _ => Err(unfit(comparison, literal)),
        };
    }
    match (place, literal) {
        (Place::Text(value, fold), Literal::Text(text)) => {
            text_compare(sql, value, comparison, &fold.apply(text));
            Ok(())
        }
        (Place::Time(value, shift), Literal::Text(text)) => {
            let time: Timestamp =
                text.parse().map_err(|error| Wrong::new(ScimType::InvalidFilter, format!("{error}")))?;
            let operator = operator(comparison).ok_or_else(|| unfit(comparison, literal))?;
            sql.push(format!("{value} {operator} ")).push_bind(time.millis().saturating_add(*shift));
            Ok(())
        }
        (Place::Number(value), Literal::Number(number)) => {
            let operator = operator(comparison).ok_or_else(|| unfit(comparison, literal))?;
            sql.push(format!("{value} {operator} ")).push_bind(*number);
            Ok(())
        }
        (Place::Truth(value), Literal::Truth(truth)) => {
            match comparison {
                Comparison::Eq => sql.push(format!("coalesce({value}, 0) = ")),
                Comparison::Ne => sql.push(format!("coalesce({value}, 0) <> ")),
                _ => return Err(unfit(comparison, literal)),
            };
            sql.push_bind(i64::from(*truth));
            Ok(())
        }
        (Place::Truth(_), Literal::Text(text)) => {
            let truth = match text.to_ascii_lowercase().as_str() {
                "true" => true,
                "false" => false,
                _ => return Err(unfit(comparison, literal)),
            };
            compare(sql, place, comparison, &Literal::Truth(truth))
        }
        (Place::Values(path, part, is_exact), Literal::Text(text)) => {
            let (value, text) = if *is_exact {
                (format!("json_extract(v.value, '$.\"{part}\"')"), text.clone())
            } else {
                (format!("lower(json_extract(v.value, '$.\"{part}\"'))"), text.to_ascii_lowercase())
            };
            sql.push(format!("EXISTS (SELECT 1 FROM json_each(p.resource, '{path}') v WHERE "));
            text_compare(sql, &value, comparison, &text);
            sql.push(")");
            Ok(())
        }
        (Place::Values(path, part, _), Literal::Truth(truth)) => {
            let operator = match comparison {
                Comparison::Eq => "=",
                Comparison::Ne => "<>",
                _ => return Err(unfit(comparison, literal)),
            };
            sql.push(format!(
                "EXISTS (SELECT 1 FROM json_each(p.resource, '{path}') v WHERE coalesce(json_extract(v.value, '$.\"{part}\"'), 0) {operator} "
            ))
            .push_bind(i64::from(*truth))
            .push(")");
            Ok(())
        }
        (Place::Email, Literal::Text(text)) => {
            // "Not equal" asks whether nobody of them is.
            let (comparison, begin) = match comparison {
                Comparison::Ne => {
                    (Comparison::Eq, "p.id NOT IN (SELECT e.person FROM people_emails e WHERE ")
                }
                Comparison::Eq => (Comparison::Eq, "p.id IN (SELECT e.person FROM people_emails e WHERE "),
                // No order of addresses helps here: those of the person at hand are looked at.
                Comparison::Co
                | Comparison::Sw
                | Comparison::Ew
                | Comparison::Gt
                | Comparison::Ge
                | Comparison::Lt
                | Comparison::Le => {
                    (comparison, "EXISTS (SELECT 1 FROM people_emails e WHERE e.person = p.id AND ")
                }
            };
            sql.push(begin);
            text_compare(sql, "e.email_key", comparison, &Fold::Address.apply(text));
            sql.push(")");
            Ok(())
        }
        (Place::Group(column), Literal::Text(text)) => {
            sql.push("p.id IN (SELECT m.person FROM memberships m JOIN person_groups g ON g.id = m.in_group WHERE ");
            text_compare(sql, column, comparison, text);
            sql.push(")");
            Ok(())
        }
        (Place::Schemas, Literal::Text(text)) => {
            let known = [frontdesk_contract::scim::USER, LIFECYCLE, INVITATION, ENTERPRISE];
            let has = known.iter().any(|urn| urn.eq_ignore_ascii_case(text));
            let holds = if comparison == Comparison::Ne { !has } else { has };
            sql.push(if holds { "1 = 1" } else { "1 = 0" });
            Ok(())
        }
        _ => Err(unfit(comparison, literal)),
    }
}

fn unfit(comparison: Comparison, literal: &Literal) -> Wrong {
    let detail = format!("{} {literal} can't be asked of this attribute", comparison.as_str());
    Wrong::new(ScimType::InvalidFilter, detail)
}

const fn operator(comparison: Comparison) -> Option<&'static str> {
    match comparison {
        Comparison::Eq => Some("="),
        Comparison::Ne => Some("<>"),
        Comparison::Gt => Some(">"),
        Comparison::Ge => Some(">="),
        Comparison::Lt => Some("<"),
        Comparison::Le => Some("<="),
        Comparison::Co | Comparison::Sw | Comparison::Ew => None,
    }
}

fn text_compare(sql: &mut Sql<'_>, value: &str, comparison: Comparison, text: &str) {
    let text = text.to_owned();
    match comparison {
        Comparison::Ne => {
            sql.push(format!("({value} IS NULL OR {value} <> ")).push_bind(text).push(")");
        }
        Comparison::Co => {
            sql.push(format!("instr({value}, ")).push_bind(text).push(") > 0");
        }
        Comparison::Sw => {
            // As a range, so that an index can be walked.
            let end = format!("{text}\u{10ffff}");
            sql.push(format!("({value} >= "))
                .push_bind(text)
                .push(format!(" AND {value} < "))
                .push_bind(end)
                .push(")");
        }
        Comparison::Ew => {
            let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            sql.push(format!("(length({value}) >= ")).push_bind(length);
            sql.push(format!(" AND substr({value}, length({value}) - ")).push_bind(length).push(" + 1) = ");
            sql.push_bind(text).push(")");
        }
        Comparison::Eq | Comparison::Gt | Comparison::Ge | Comparison::Lt | Comparison::Le => {
            let operator = operator(comparison).unwrap_or("=");
            sql.push(format!("{value} {operator} ")).push_bind(text);
        }
    }
}

/// `emails[type eq "work" and value co "@acme"]`: one value for which all of it holds.
fn one_of(sql: &mut Sql<'_>, attribute: &Attribute, inner: &Filter) -> Result<(), Wrong> {
    let refused = || Wrong::new(ScimType::InvalidFilter, format!("{attribute} has not several values"));
    let found = Resource::User.find(attribute).ok_or_else(refused)?;
    if !found.attr.is_multi || found.part.is_some() || found.attr.name == "groups" {
        return Err(refused());
    }
    sql.push(format!("EXISTS (SELECT 1 FROM json_each(p.resource, '$.\"{}\"') v WHERE ", found.attr.name));
    one_of_inner(sql, found, inner)?;
    sql.push(")");
    Ok(())
}

fn one_of_inner(sql: &mut Sql<'_>, found: Found, inner: &Filter) -> Result<(), Wrong> {
    let part = |attribute: &Attribute| {
        let refused =
            || Wrong::new(ScimType::InvalidFilter, format!("{attribute} is no part of {}", found.attr.name));
        found.attr.part(&attribute.name).ok_or_else(refused)
    };
    match inner {
        Filter::And(one, two) | Filter::Or(one, two) => {
            sql.push("(");
            one_of_inner(sql, found, one)?;
            sql.push(if matches!(inner, Filter::And(..)) { " AND " } else { " OR " });
            one_of_inner(sql, found, two)?;
            sql.push(")");
        }
        Filter::Not(inner) => {
            sql.push("NOT coalesce((");
            one_of_inner(sql, found, inner)?;
            sql.push("), 0)");
        }
        Filter::Present(attribute) => {
            sql.push(format!("json_extract(v.value, '$.\"{}\"') IS NOT NULL", part(attribute)?.name));
        }
        Filter::Compare(attribute, comparison, literal) => {
            let part = part(attribute)?;
            let value = format!("json_extract(v.value, '$.\"{}\"')", part.name);
            match (part.kind, literal) {
                (Kind::Truth, Literal::Truth(_)) => compare(sql, &Place::Truth(value), *comparison, literal)?,
                (_, Literal::Text(text)) if part.is_exact => text_compare(sql, &value, *comparison, text),
                (_, Literal::Text(text)) => {
                    text_compare(sql, &format!("lower({value})"), *comparison, &text.to_ascii_lowercase());
                }
                _ => return Err(unfit(*comparison, literal)),
            }
        }
        Filter::Any(..) => {
            return Err(Wrong::new(ScimType::InvalidFilter, "[ ] can't stand in [ ]"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_question() {
        let filter = |text: &str| text.parse().expect("a filter");
        let query = Query { filter: Some(filter("title pr")), sort: Sort::Name, is_descending: false };
        let mark = Mark { question: query.fingerprint(), key: "zoé\nx".to_owned(), id: "p1".to_owned() };
        assert_eq!(Mark::parse(&mark.to_cursor(), &query.fingerprint()), Some(mark.clone()));
        let other = Query { filter: Some(filter("title eq \"x\"")), ..query.clone() };
        assert_eq!(Mark::parse(&mark.to_cursor(), &other.fingerprint()), None);
        let other = Query { is_descending: true, ..query };
        assert_eq!(Mark::parse(&mark.to_cursor(), &other.fingerprint()), None);
    }

    #[test]
    fn stages_are_counted_already() {
        let stages = |text: &str| stages_of(Some(&text.parse().expect("a filter")));
        assert_eq!(stages(&format!("{LIFECYCLE}:stage eq \"invited\"")), Some(vec![Stage::Invited]));
        assert_eq!(stages("active eq false"), Some(vec![Stage::Deactivated, Stage::Former]));
        assert_eq!(stages("title pr"), None);
        assert_eq!(stages_of(None).map(|all| all.len()), Some(5));
    }

    proptest! {
        #[test]
        fn no_cursor_makes_the_parser_fail_loudly(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let query = Query { sort: Sort::Changed, ..Query::default() };
            let _ = Mark::parse(&text, &query.fingerprint());
            let _ = Mark::parse(&URL_SAFE_NO_PAD.encode(bytes), &query.fingerprint()).map(|mark| query.can_go_on(&mark));
        }
    }
}
