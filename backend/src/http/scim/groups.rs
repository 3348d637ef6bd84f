//! Groups.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::scim::filter::{Attribute, Comparison, Filter, Literal};
use frontdesk_contract::scim::message::ScimType;
use frontdesk_contract::{PersonId, PersonRef, Timestamp};
use serde_json::{Map, Value, json};

use super::users::{self, Done};
use super::{
    Asked, Failure, Question, Reader, Result, ScimBody, Writer, base, check_match, foreign_cursor, is_known,
    list_answer, tag,
};
use crate::app::App;
use crate::scim::change;
use crate::scim::resource::{Projection, Wrong, writable};
use crate::scim::schema::Resource;
use crate::secret;
use crate::store::Write;
use crate::store::audit::{self, Line};
use crate::store::groups::{self as store, Condition, Group};
use crate::store::pages::{Mark, Start};

/// Lists groups.
pub async fn list(State(app): State<App>, _reader: Reader, Question(asked): Question) -> Result<Response> {
    page(&app, &asked).await
}

/// Lists groups, with the question in the body.
pub async fn search(State(app): State<App>, _reader: Reader, ScimBody(body): ScimBody) -> Result<Response> {
    page(&app, &Asked::of(body)?).await
}

/// A page by index, or by cursor (RFC 9865).
async fn page(app: &App, asked: &Asked) -> Result<Response> {
    let question = asked_of_groups(asked)?;
    let (start, skipped) = asked.start(&question.fingerprint())?;
    if matches!(&start, Start::After(mark) if !question.can_go_on(mark)) {
        return Err(foreign_cursor().into());
    }
    let (bodies, next) = found(app, asked, &question, &start).await?;
    let total = app.store().count_groups(&question.condition).await?;
    let next = next.filter(|_| skipped.is_none()).map(|mark| mark.to_cursor());
    Ok(list_answer(&bodies, Some(total), skipped.map(|skipped| skipped + 1), next))
}

/// Lists people and then groups, as far as the question can be asked of them.
pub async fn search_all(
    State(app): State<App>,
    _reader: Reader,
    ScimBody(body): ScimBody,
) -> Result<Response> {
    let asked = Asked::of(body)?;
    let (skipped, count, projection) = (asked.skipped()?, asked.count()?, asked.projection()?);
    let query = users::query(&asked)?;
    let people = match app.store().count_people(query.filter.as_ref()).await {
        Ok(people) => people,
        Err(crate::store::directory::DirectoryError::Wrong(_)) => 0,
        Err(error) => return Err(error.into()),
    };
    let mut resources = Vec::new();
    if people > skipped {
        let rows = app.store().people(&query, &Start::Behind(skipped), count).await?;
        resources = users::bodies(&app, &rows.items, &projection).await?;
    }
    let rest = Asked {
        start_index: Some(super::Loose::Number(
            i64::try_from(skipped.saturating_sub(people)).unwrap_or(i64::MAX).saturating_add(1),
        )),
        count: Some(super::Loose::Number(i64::try_from(count.saturating_sub(resources.len())).unwrap_or(0))),
        cursor: None,
        ..asked.clone()
    };
    let (more, groups) = match asked_of_groups(&rest) {
        Ok(question) => {
            let (more, _) = found(&app, &rest, &question, &Start::Behind(rest.skipped()?)).await?;
            (more, app.store().count_groups(&question.condition).await?)
        }
        Err(Failure::Told { kind: Some(ScimType::InvalidFilter), .. }) => (Vec::new(), 0),
        Err(failure) => return Err(failure),
    };
    resources.extend(more);
    Ok(list_answer(&resources, Some(people + groups), Some(skipped + 1), None))
}

/// What is asked of groups, in which order.
fn asked_of_groups(asked: &Asked) -> Result<store::Question> {
    let condition = match asked.filter()? {
        Some(filter) => condition(&filter)?,
        None => Condition::Any,
    };
    let sort = asked.sort_by.as_deref().filter(|text| !text.is_empty());
    let sort = sort.map(sort_of).transpose()?.unwrap_or_default();
    Ok(store::Question { condition, sort, is_descending: asked.is_descending() })
}

fn sort_of(text: &str) -> Result<store::Sort> {
    let refused = || Wrong::new(ScimType::InvalidPath, format!("{text} is nothing to sort by"));
    let attribute: Attribute = text.parse().map_err(|_| refused())?;
    let found = Resource::Group.find(&attribute).ok_or_else(refused)?;
    match (found.attr.name, found.part.map(|part| part.name)) {
        ("displayName", None) => Ok(store::Sort::Name),
        ("id", None) => Ok(store::Sort::Id),
        ("externalId", None) => Ok(store::Sort::External),
        ("meta", Some("created")) => Ok(store::Sort::Created),
        ("meta", Some("lastModified")) => Ok(store::Sort::Changed),
        _ => Err(refused().into()),
    }
}

async fn found(
    app: &App,
    asked: &Asked,
    question: &store::Question,
    start: &Start,
) -> Result<(Vec<Value>, Option<Mark>)> {
    let (count, projection) = (asked.count()?, asked.projection()?);
    let (groups, next) = app.store().groups_where(question, start, count).await?;
    let mut bodies = Vec::with_capacity(groups.len());
    for group in &groups {
        bodies.push(body(app, group, &projection).await?);
    }
    Ok((bodies, next))
}

/// What groups can be asked: their name, their identifiers, their dates, who is in them; with `and`, `or` and `not`.
fn condition(filter: &Filter) -> Result<Condition> {
    let both = |one: &Filter, two: &Filter| -> Result<_> {
        Ok((Box::new(condition(one)?), Box::new(condition(two)?)))
    };
    Ok(match filter {
        Filter::And(one, two) => {
            let (one, two) = both(one, two)?;
            Condition::And(one, two)
        }
        Filter::Or(one, two) => {
            let (one, two) = both(one, two)?;
            Condition::Or(one, two)
        }
        Filter::Not(inner) => Condition::Not(Box::new(condition(inner)?)),
        Filter::Present(attribute) => {
            let found = Resource::Group.find(attribute).ok_or_else(refused)?;
            match (found.attr.name, found.part.map(|part| part.name)) {
                ("members", None | Some("value")) => Condition::HasMembers,
                ("members", Some(_)) => return Err(refused().into()),
                ("externalId", None) => Condition::HasExternal,
                _ => Condition::Any,
            }
        }
        Filter::Any(attribute, inner) if attribute.name.eq_ignore_ascii_case("members") => member(inner)?,
        Filter::Any(..) => return Err(refused().into()),
        Filter::Compare(attribute, comparison, literal) => compared(attribute, *comparison, literal)?,
    })
}

fn refused() -> Wrong {
    Wrong::new(ScimType::InvalidFilter, "Groups can't be asked this")
}

/// One of the members: who, or one of several people.
fn member(filter: &Filter) -> Result<Condition> {
    match filter {
        Filter::Or(one, two) => Ok(Condition::Or(Box::new(member(one)?), Box::new(member(two)?))),
        Filter::Compare(part, Comparison::Eq, Literal::Text(text))
            if part.name.eq_ignore_ascii_case("value") =>
        {
            Ok(Condition::Member(text.clone()))
        }
        Filter::Compare(..) | Filter::Present(_) | Filter::And(..) | Filter::Not(_) | Filter::Any(..) => {
            Err(refused().into())
        }
    }
}

fn compared(attribute: &Attribute, comparison: Comparison, literal: &Literal) -> Result<Condition> {
    let Literal::Text(text) = literal else { return Err(refused().into()) };
    let found = Resource::Group.find(attribute).ok_or_else(refused)?;
    let time = || text.parse::<Timestamp>().map_err(|_| refused());
    let is_order = !matches!(comparison, Comparison::Co | Comparison::Sw | Comparison::Ew);
    Ok(match (found.attr.name, found.part.map(|part| part.name)) {
        ("displayName", None) => Condition::Name(comparison, text.clone()),
        ("id", None) => Condition::Id(comparison, text.clone()),
        ("externalId", None) => Condition::External(comparison, text.clone()),
        ("meta", Some("created")) if is_order => Condition::Created(comparison, time()?),
        ("meta", Some("lastModified")) if is_order => Condition::Changed(comparison, time()?),
        ("members", None | Some("value")) if comparison == Comparison::Eq => Condition::Member(text.clone()),
        ("meta", Some("resourceType")) if comparison == Comparison::Eq && text == "Group" => Condition::Any,
        _ => return Err(refused().into()),
    })
}

async fn body(app: &App, group: &Group, projection: &Projection) -> Result<Value> {
    let members = if projection.has("members") { app.store().members(&group.id).await? } else { Vec::new() };
    Ok(projection.apply(Resource::Group, whole(&base(app), group, &members)))
}

fn whole(base: &str, group: &Group, members: &[PersonRef]) -> Value {
    let mut fields = Map::new();
    fields.insert("id".to_owned(), json!(group.id));
    if let Some(external) = &group.external_id {
        fields.insert("externalId".to_owned(), json!(external));
    }
    fields.insert("displayName".to_owned(), json!(group.name));
    if !members.is_empty() {
        let members: Vec<Value> = members
            .iter()
            .map(|person| {
                json!({"value": person.id, "$ref": format!("{base}/Users/{}", person.id), "type": "User"})
            })
            .collect();
        fields.insert("members".to_owned(), json!(members));
    }
    fields.insert(
        "meta".to_owned(),
        json!({
            "resourceType": "Group", "created": group.created_at, "lastModified": group.changed_at,
            "location": format!("{base}/Groups/{}", group.id), "version": tag(group.version),
        }),
    );
    Value::Object(fields)
}

async fn done(app: &App, status: StatusCode, group: &Group, projection: &Projection) -> Result<Done> {
    Ok(Done {
        status,
        location: Some(format!("{}/Groups/{}", base(app), group.id)),
        version: Some(tag(group.version)),
        body: Some(body(app, group, projection).await?),
    })
}

/// Reads a group.
pub async fn show(
    State(app): State<App>,
    _reader: Reader,
    Path(id): Path<String>,
    Question(asked): Question,
    headers: HeaderMap,
) -> Result<Response> {
    let projection = asked.projection()?;
    let group = app.store().group(&id).await?.ok_or_else(Failure::not_found)?;
    if is_known(&headers, group.version) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    Ok(done(&app, StatusCode::OK, &group, &projection).await?.into_response())
}

/// Makes a group.
pub async fn create(
    State(app): State<App>,
    writer: Writer,
    Question(asked): Question,
    ScimBody(body): ScimBody,
) -> Result<Response> {
    let projection = asked.projection()?;
    Ok(make(&app, &writer, &body, &projection).await?.into_response())
}

/// Makes a group of a body.
pub async fn make(app: &App, writer: &Writer, body: &Value, projection: &Projection) -> Result<Done> {
    let document = writable(Resource::Group, body)?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let group = Group {
        id: secret::token(16),
        name: text(&document, "displayName").unwrap_or_default(),
        external_id: text(&document, "externalId"),
        created_at: now,
        changed_at: now,
        version: 1,
    };
    store::insert(&mut write, std::slice::from_ref(&group)).await?;
    set_members(&mut write, &group.id, &document).await?;
    tell(&mut write, writer, "scim.group.create", &group, now).await?;
    app.commit(write).await?;
    done(app, StatusCode::CREATED, &group, projection).await
}

fn text(document: &Map<String, Value>, name: &str) -> Option<String> {
    document.get(name).and_then(Value::as_str).map(str::to_owned)
}

async fn set_members(write: &mut Write, id: &str, document: &Map<String, Value>) -> Result<()> {
    let members = document.get("members").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut people: Vec<PersonId> = Vec::with_capacity(members.len());
    for member in members {
        let value = member.get("value").and_then(Value::as_str).unwrap_or_default();
        people.push(value.parse().map_err(|_| nobody(value))?);
    }
    match store::set_members(write, id, &people).await? {
        None => Ok(()),
        Some(person) => Err(nobody(person.as_str()).into()),
    }
}

fn nobody(value: &str) -> Wrong {
    Wrong::new(ScimType::InvalidValue, format!("The member {value} is nobody"))
}

/// A line of the audit log: what it is called now stands in it, since a group is no person.
async fn tell(write: &mut Write, writer: &Writer, what: &str, group: &Group, now: Timestamp) -> Result<()> {
    let after = format!("{} {}", group.id, group.name);
    let line = Line {
        by: &writer.by,
        what,
        to: None,
        network: Some(&writer.network),
        before: None,
        after: Some(&after),
        reason: None,
        run: None,
    };
    audit::write_line(write, &line, now).await?;
    Ok(())
}

/// Puts a group in the place of the one that stands there.
pub async fn replace(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    Question(asked): Question,
    headers: HeaderMap,
    ScimBody(body): ScimBody,
) -> Result<Response> {
    let projection = asked.projection()?;
    Ok(put(&app, &writer, &id, &headers, &body, &projection).await?.into_response())
}

/// Puts a body in the place of a group.
pub async fn put(
    app: &App,
    writer: &Writer,
    id: &str,
    headers: &HeaderMap,
    body: &Value,
    projection: &Projection,
) -> Result<Done> {
    let document = writable(Resource::Group, body)?;
    let (mut write, group) = opened(app, id, headers).await?;
    let group = write_back(app, &mut write, writer, group, &document).await?;
    app.commit(write).await?;
    done(app, StatusCode::OK, &group, projection).await
}

/// Changes parts of a group.
pub async fn change(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    Question(asked): Question,
    headers: HeaderMap,
    ScimBody(body): ScimBody,
) -> Result<Response> {
    let projection = asked.projection()?;
    Ok(patch(&app, &writer, &id, &headers, &body, &projection).await?.into_response())
}

/// Changes parts of a group as a body says.
pub async fn patch(
    app: &App,
    writer: &Writer,
    id: &str,
    headers: &HeaderMap,
    body: &Value,
    projection: &Projection,
) -> Result<Done> {
    let (mut write, group) = opened(app, id, headers).await?;
    let members = store::members(&mut write, &group.id).await?;
    let whole = whole("", &group, &members);
    let document = change::apply(Resource::Group, &writable(Resource::Group, &whole)?, body)?;
    let group = write_back(app, &mut write, writer, group, &document).await?;
    app.commit(write).await?;
    done(app, StatusCode::OK, &group, projection).await
}

async fn opened(app: &App, id: &str, headers: &HeaderMap) -> Result<(Write, Group)> {
    let mut write = app.store().write().await?;
    let group = store::find(&mut write, id).await?.ok_or_else(Failure::not_found)?;
    check_match(headers, group.version)?;
    Ok((write, group))
}

async fn write_back(
    app: &App,
    write: &mut Write,
    writer: &Writer,
    mut group: Group,
    document: &Map<String, Value>,
) -> Result<Group> {
    let now = app.now();
    group.name = text(document, "displayName").unwrap_or_default();
    group.external_id = text(document, "externalId");
    set_members(write, &group.id, document).await?;
    store::save(write, &mut group, now).await?;
    tell(write, writer, "scim.group.change", &group, now).await?;
    Ok(group)
}

/// Deletes a group; its members stay.
pub async fn delete(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    Ok(take_out(&app, &writer, &id, &headers).await?.into_response())
}

/// Deletes a group.
pub async fn take_out(app: &App, writer: &Writer, id: &str, headers: &HeaderMap) -> Result<Done> {
    let (mut write, group) = opened(app, id, headers).await?;
    store::delete(&mut write, &group.id).await?;
    tell(&mut write, writer, "scim.group.delete", &group, app.now()).await?;
    app.commit(write).await?;
    Ok(Done { status: StatusCode::NO_CONTENT, location: None, version: None, body: None })
}
