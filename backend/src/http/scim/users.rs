//! People.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::account::act::{Action, Verdict, When};
use frontdesk_contract::account::{Lifecycle, Stage, Step};
use frontdesk_contract::scim::message::ScimType;
use frontdesk_contract::scim::user::{Invitation, LifecycleFacts};
use frontdesk_contract::scim::{ENTERPRISE, INVITATION, LIFECYCLE};
use frontdesk_contract::time::Span;
use frontdesk_contract::{Kind, PersonId, PersonRef, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    Asked, Failure, Question, Reader, Result, ScimBody, Writer, base, check_match, foreign_cursor, is_known,
    list_answer, tag, tagged,
};
use crate::act::{self, Context};
use crate::app::App;
use crate::scim::resource::{Projection, Wrong, writable};
use crate::scim::schema::Resource;
use crate::scim::{change, changes};
use crate::secret;
use crate::store::accounts::{self, Account, NewAccount};
use crate::store::audit::{self, Line};
use crate::store::directory::{Query, Sort};
use crate::store::erase::{Ending, erase};
use crate::store::pages::Start;
use crate::store::{Write, groups};

/// Where the manager stands.
const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

/// What became of a call: for an answer, and for an operation of a bulk call.
#[derive(Debug)]
pub struct Done {
    /// The status.
    pub status: StatusCode,
    /// Where the resource is.
    pub location: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its body.
    pub body: Option<Value>,
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        match self.body {
            Some(body) => tagged(self.status, &body, self.version.as_deref(), self.location.as_deref()),
            None => self.status.into_response(),
        }
    }
}

/// Lists people.
pub async fn list(State(app): State<App>, _reader: Reader, Question(asked): Question) -> Result<Response> {
    found(&app, &asked).await
}

/// Lists people, with the question in the body.
pub async fn search(State(app): State<App>, _reader: Reader, ScimBody(body): ScimBody) -> Result<Response> {
    found(&app, &Asked::of(body)?).await
}

async fn found(app: &App, asked: &Asked) -> Result<Response> {
    let query = query(asked)?;
    let (projection, count) = (asked.projection()?, asked.count()?);
    let (start, skipped) = asked.start(&query.fingerprint())?;
    if matches!(&start, Start::After(mark) if !query.can_go_on(mark)) {
        return Err(foreign_cursor().into());
    }
    if let Some(skipped) = skipped {
        let (items, total) = app.store().people_counted(&query, skipped, count).await?;
        let resources = bodies(app, &items, &projection).await?;
        return Ok(list_answer(&resources, Some(total), Some(skipped + 1), None));
    }
    let rows = app.store().people(&query, &start, count).await?;
    // A page by cursor costs no counting, unless it is counted already.
    let is_counted = crate::store::directory::stages_of(query.filter.as_ref()).is_some();
    let total = if is_counted { Some(app.store().count_people(query.filter.as_ref()).await?) } else { None };
    let resources = bodies(app, &rows.items, &projection).await?;
    Ok(list_answer(&resources, total, None, rows.next.map(|mark| mark.to_cursor())))
}

/// What is asked for.
pub fn query(asked: &Asked) -> Result<Query> {
    let sort = asked.sort_by.as_deref().filter(|text| !text.is_empty()).map(Sort::parse).transpose()?;
    Ok(Query {
        filter: asked.filter()?,
        sort: sort.unwrap_or_default(),
        is_descending: asked.is_descending(),
    })
}

/// Bodies of people, with what is asked for.
pub async fn bodies(app: &App, items: &[Account], projection: &Projection) -> Result<Vec<Value>> {
    let mut memberships = HashMap::new();
    if projection.has("groups") {
        let ids: Vec<&PersonId> = items.iter().map(|account| &account.id).collect();
        let mut connection = app.store().read().acquire().await?;
        memberships = groups::of_people(&mut connection, &ids).await?;
    }
    let base = base(app);
    let names_manager = projection.names("manager", "displayName");
    Ok(items
        .iter()
        .map(|account| {
            let manager_name = account.manager_name.as_deref().filter(|_| names_manager);
            let groups = memberships.get(&account.id).map(Vec::as_slice).unwrap_or_default();
            projection.apply(Resource::User, body(&base, account, groups, manager_name))
        })
        .collect())
}

/// A person as SCIM has it.
fn body(base: &str, account: &Account, groups: &[groups::Membership], manager_name: Option<&str>) -> Value {
    let mut fields = Map::new();
    fields.insert("id".to_owned(), json!(account.id));
    fields.extend(account.resource.clone());
    fields.insert("active".to_owned(), json!(account.life.active));
    if !groups.is_empty() {
        let groups: Vec<Value> = groups
            .iter()
            .map(|groups::Membership { id, name, .. }| {
                json!({"value": id, "$ref": format!("{base}/Groups/{id}"), "display": name, "type": "direct"})
            })
            .collect();
        fields.insert("groups".to_owned(), json!(groups));
    }
    if let Some(manager) =
        fields.get_mut(ENTERPRISE).and_then(|more| more.get_mut("manager")).and_then(Value::as_object_mut)
    {
        if let Some(Value::String(id)) = manager.get("value").cloned() {
            manager.insert("$ref".to_owned(), json!(format!("{base}/Users/{id}")));
        }
        if let Some(name) = manager_name {
            manager.insert("displayName".to_owned(), json!(name));
        }
    }
    let life = &account.life;
    let facts = LifecycleFacts {
        stage: account.stage(),
        deactivated_at: life.deactivated_at,
        memberships_removed_at: life.memberships_removed_at,
        removable_at: life.removable_at().filter(|_| account.stage() == Stage::Deactivated),
        fields_removed_at: life.fields_removed_at,
        scheduled_for: life.scheduled_for,
        hold: life.held_at,
        pending_deletion: life.deletion_at,
        termination_date: life.leaves_at,
        content_counts: account.content,
        managed_by: account.managed_by.clone(),
    };
    fields.insert(LIFECYCLE.to_owned(), json!(facts));
    let invitation = Invitation {
        invited: life.invited_at.is_some(),
        invite_date: life.invited_at,
        claimed: life.claimed_at.is_some(),
        claim_date: life.claimed_at,
        can_delete: life.claimed_at.is_none() && life.held_at.is_none(),
    };
    fields.insert(INVITATION.to_owned(), json!(invitation));
    fields.insert(
        "meta".to_owned(),
        json!({
            "resourceType": "User", "created": account.created_at, "lastModified": account.changed_at,
            "location": format!("{base}/Users/{}", account.id), "version": tag(account.version),
        }),
    );
    Value::Object(fields)
}

/// Reads a person.
pub async fn show(
    State(app): State<App>,
    _reader: Reader,
    Path(id): Path<String>,
    Question(asked): Question,
    headers: HeaderMap,
) -> Result<Response> {
    let projection = asked.projection()?;
    let id: PersonId = id.parse().map_err(|_| Failure::not_found())?;
    let account = app.store().account_of(&id).await?.ok_or_else(Failure::not_found)?;
    if is_known(&headers, account.version) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    Ok(done(&app, StatusCode::OK, &account, &projection).await?.into_response())
}

async fn done(app: &App, status: StatusCode, account: &Account, projection: &Projection) -> Result<Done> {
    let body = bodies(app, std::slice::from_ref(account), projection).await?.pop();
    Ok(Done {
        status,
        location: Some(format!("{}/Users/{}", base(app), account.id)),
        version: Some(tag(account.version)),
        body,
    })
}

/// Makes a person.
pub async fn create(
    State(app): State<App>,
    writer: Writer,
    Question(asked): Question,
    ScimBody(body): ScimBody,
) -> Result<Response> {
    let projection = asked.projection()?;
    Ok(make(&app, &writer, &body, &projection).await?.into_response())
}

/// Makes a person of a body.
pub async fn make(app: &App, writer: &Writer, body: &Value, projection: &Projection) -> Result<Done> {
    let mut resource = writable(Resource::User, body)?;
    let is_active = resource.remove("active").is_none_or(|active| active != Value::Bool(false));
    let id: PersonId = secret::token(16).parse().map_err(crate::http::error::Error::internal)?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let mut life = Lifecycle::provisioned();
    if !is_active {
        life = life.after(Step::Deactivated, now);
    }
    let new = NewAccount {
        id: id.clone(),
        kind: Kind::Member,
        resource,
        life,
        rights: Vec::new(),
        password: None,
        default_password: 0,
        managed_by: Some(writer.name.clone()),
        content: None,
        created_at: now,
    };
    accounts::insert(&mut write, &[new]).await?;
    let account = accounts::find(&mut write, &id).await?.ok_or_else(Failure::not_found)?;
    tell(&mut write, writer, "scim.create", None, Some(&account), now).await?;
    app.commit(write).await?;
    done(app, StatusCode::CREATED, &account, projection).await
}

/// A line of the audit log about what a machine wrote.
async fn tell(
    write: &mut Write,
    writer: &Writer,
    what: &str,
    before: Option<&Account>,
    after: Option<&Account>,
    now: Timestamp,
) -> Result<()> {
    let to = after.or(before).map(Account::reference);
    let word = |account: Option<&Account>| account.map(|account| account.stage().as_str());
    let line = Line {
        by: &writer.by,
        what,
        to: to.as_ref(),
        network: Some(&writer.network),
        before: word(before),
        after: word(after),
        reason: None,
        run: None,
    };
    audit::write_line(write, &line, now).await?;
    Ok(())
}

/// A line of the audit log about which attributes a machine changed. A manager is told by name.
async fn tell_change(
    write: &mut Write,
    writer: &Writer,
    before: &Account,
    after: &Account,
    now: Timestamp,
) -> Result<()> {
    let read_back = accounts::find(write, &after.id).await?;
    let manager = read_back.as_ref().and_then(|account| account.manager_name.as_deref());
    let mut changes = changes::of(&before.resource, &after.resource);
    for change in changes.iter_mut().filter(|change| change.path == MANAGER) {
        let named = |told: &mut Option<String>, name: Option<&str>| {
            if let (Some(told), Some(name)) = (told, name) {
                name.clone_into(told);
            }
        };
        named(&mut change.before, before.manager_name.as_deref());
        named(&mut change.after, manager);
    }
    let (to, was, is) = (after.reference(), before.stage(), after.stage());
    let line = Line {
        by: &writer.by,
        what: "scim.change",
        to: Some(&to),
        network: Some(&writer.network),
        before: Some(was.as_str()),
        after: Some(is.as_str()),
        reason: None,
        run: None,
    };
    audit::write_changed(write, &line, &changes, now).await?;
    Ok(())
}

/// Puts a person in the place of the one that stands there.
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

/// Puts a body in the place of a person.
pub async fn put(
    app: &App,
    writer: &Writer,
    id: &str,
    headers: &HeaderMap,
    body: &Value,
    projection: &Projection,
) -> Result<Done> {
    let document = writable(Resource::User, body)?;
    let (mut write, account) = opened(app, id, headers).await?;
    let after = write_back(app, &mut write, writer, account, document).await?;
    app.commit(write).await?;
    done(app, StatusCode::OK, &after, projection).await
}

/// Changes parts of a person.
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

/// Changes parts of a person as a body says.
pub async fn patch(
    app: &App,
    writer: &Writer,
    id: &str,
    headers: &HeaderMap,
    body: &Value,
    projection: &Projection,
) -> Result<Done> {
    let (mut write, account) = opened(app, id, headers).await?;
    let mut document = account.resource.clone();
    document.insert("active".to_owned(), Value::Bool(account.life.active));
    let document = change::apply(Resource::User, &document, body)?;
    let after = write_back(app, &mut write, writer, account, document).await?;
    app.commit(write).await?;
    done(app, StatusCode::OK, &after, projection).await
}

async fn opened(app: &App, id: &str, headers: &HeaderMap) -> Result<(Write, Account)> {
    let id: PersonId = id.parse().map_err(|_| Failure::not_found())?;
    let mut write = app.store().write().await?;
    let account = accounts::find(&mut write, &id).await?.ok_or_else(Failure::not_found)?;
    check_match(headers, account.version)?;
    Ok((write, account))
}

/// Writes what a machine wants, under the rules that hold for people.
async fn write_back(
    app: &App,
    write: &mut Write,
    writer: &Writer,
    mut account: Account,
    mut document: Map<String, Value>,
) -> Result<Account> {
    let now = app.now();
    let wanted = match document.remove("active") {
        Some(Value::Bool(active)) => active,
        _ => account.life.active,
    };
    let before = account.clone();
    if document != account.resource {
        let life = &account.life;
        if life.fields_removed_at.is_some() {
            let detail = "The profile fields of a Former Member stay removed";
            return Err(Wrong::new(ScimType::Mutability, detail).into());
        }
        if life.held_at.is_some() {
            let detail = "On legal hold: the profile stays as it is until the hold is lifted";
            return Err(Failure::status(StatusCode::FORBIDDEN, detail));
        }
        account.resource = document;
        account.managed_by = Some(writer.name.clone());
        accounts::save(write, &mut account, now).await?;
        tell_change(write, writer, &before, &account, now).await?;
    }
    if wanted != account.life.active {
        let action = if wanted { Action::Reactivate } else { Action::Deactivate };
        match act::judged(write, &account, action, When::Now, &writer.actor, now).await? {
            Verdict::Refused(refusal) => return Err(refusal.into()),
            Verdict::Already => {}
            Verdict::Will => {
                act::perform(write, &mut account, action, When::Now, &context(app, writer), now).await?;
            }
        }
    }
    Ok(accounts::find(write, &account.id).await?.unwrap_or(account))
}

fn context<'a>(app: &'a App, writer: &'a Writer) -> Context<'a> {
    Context {
        by: &writer.by,
        network: Some(&writer.network),
        reason: None,
        run: None,
        deletion: Span(0),
        origin: app.origin().as_str(),
        heir: None,
        post: act::Post::ByHand,
    }
}

/// Deletes an account that nobody claimed; 412 for one that somebody did.
pub async fn delete(
    State(app): State<App>,
    writer: Writer,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response> {
    Ok(take_out(&app, &writer, &id, &headers).await?.into_response())
}

/// Deletes an account that nobody claimed.
pub async fn take_out(app: &App, writer: &Writer, id: &str, headers: &HeaderMap) -> Result<Done> {
    let (mut write, mut account) = opened(app, id, headers).await?;
    let now = app.now();
    match act::judged(&mut write, &account, Action::Withdraw, When::Now, &writer.actor, now).await? {
        Verdict::Refused(refusal) => return Err(refusal.into()),
        Verdict::Will | Verdict::Already => {}
    }
    let before = account.clone();
    if account.life.active {
        account.life = account.life.after(Step::Deactivated, now);
    }
    erase(&mut write, &mut account, Ending::Deleted, now).await?;
    let to = PersonRef { id: before.id.clone(), name: account.name.clone() };
    let line = Line {
        by: &writer.by,
        what: "scim.delete",
        to: Some(&to),
        network: Some(&writer.network),
        before: Some(before.stage().as_str()),
        after: None,
        reason: None,
        run: None,
    };
    audit::write_line(&mut write, &line, now).await?;
    app.commit(write).await?;
    app.store().fold_back().await;
    Ok(Done { status: StatusCode::NO_CONTENT, location: None, version: None, body: None })
}
