//! Accounts that somebody makes by hand. Machines make theirs over SCIM.

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::account::Lifecycle;
use frontdesk_contract::account::act::Reason;
use frontdesk_contract::account::creation::{Created, Field, FieldRefusal, NewAccount};
use frontdesk_contract::scim::foreign::Foreign;
use frontdesk_contract::scim::{ENTERPRISE, USER};
use frontdesk_contract::{FieldError, Kind, PersonId, ProblemType, Right, Timestamp};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::http::caller::{Caller, Who};
use crate::http::error::{Error, Result};
use crate::http::idempotency::{self, Asked, Create, Key, Waiting};
use crate::http::json::{Body, FromBody};
use crate::scim::resource::writable;
use crate::scim::schema::Resource;
use crate::secret;
use crate::store::accounts::{self, Account};
use crate::store::audit::{self, Line};
use crate::store::{Write, mirror};
use crate::upstream::scim::client::{Provider, Sought, Trouble};
use crate::upstream::scim::{acts, reading};

const PATH: &str = "/api/accounts";

impl FromBody for NewAccount {}

/// Makes an account that nobody was told of yet. The invitation is a step of its own.
#[utoipa::path(post, path = "/api/accounts", tag = "accounts", request_body = NewAccount,
    params(("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what was made.")),
    responses((status = 201, description = "Made. `Location` is the account's.", body = Created)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body { value: new, bytes }: Body<NewAccount>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    caller.needs(Right::Accounts)?;
    let Who::Person(viewer) = &caller.who else {
        return Err(Error::Told(ProblemType::Forbidden, "A machine makes accounts over SCIM".to_owned()));
    };
    let wrong = |(field, refusal): (Field, FieldRefusal)| FieldError {
        pointer: field.pointer().to_owned(),
        detail: refusal.to_string(),
    };
    let errors: Vec<FieldError> = new.check().into_iter().map(wrong).collect();
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let call = Asked { person: &viewer.person().id, path: PATH, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => return Ok(created(made.id()?)),
        Create::ToDo(pending) => pending,
    };
    let mut resource = resource(&new.trimmed())?;
    if let Some(provider) = app.provider().cloned() {
        let waiting = pending.wait().await?;
        resource.insert("externalId".to_owned(), json!(format!("frontdesk-{}", waiting.name())));
        return made_there(app, provider, waiting, resource, caller).await;
    }
    let now = app.now();
    let id: PersonId = secret::token(16).parse().map_err(Error::internal)?;
    let account = accounts::NewAccount {
        id: id.clone(),
        kind: Kind::Member,
        resource,
        life: Lifecycle::provisioned(),
        rights: Vec::new(),
        password: None,
        default_password: 0,
        managed_by: None,
        content: None,
        created_at: now,
    };
    if let Err(error) = accounts::insert(&mut pending.write, &[account]).await {
        let is_taken = error.as_database_error().is_some_and(|error| error.is_unique_violation());
        return Err(if is_taken { Error::field("/email", &TAKEN) } else { error.into() });
    }
    let made = accounts::find(&mut pending.write, &id).await?.ok_or(ProblemType::NotFound)?;
    tell(&mut pending.write, &caller, &made, now).await?;
    pending.finish(&app, &id).await?;
    Ok(created(id))
}

async fn tell(write: &mut Write, caller: &Caller, made: &Account, now: Timestamp) -> Result<()> {
    let (by, to) = (caller.by(), made.reference());
    let line = Line {
        by: &by,
        what: "account.create",
        to: Some(&to),
        network: Some(&caller.network),
        before: None,
        after: Some(made.stage().as_str()),
        reason: None,
        run: None,
    };
    audit::write_line(write, &line, now).await?;
    Ok(())
}

/// Makes the account at the provider that keeps the accounts, reads it back, and keeps it here. It goes on even when
/// whoever asked has gone; a retry finds what an earlier try made by the identifier that we gave it.
async fn made_there(
    app: App,
    provider: Provider,
    waiting: Waiting,
    resource: Map<String, Value>,
    caller: Caller,
) -> Result<Response> {
    let making = tokio::spawn(async move {
        let _turn = provider.turn().await;
        let made = make(&app, &provider, &resource).await?;
        let mut pending = waiting.go_on(&app).await?;
        let now = app.now();
        let write = &mut pending.write;
        let links = mirror::links_of(write, &[made.id.as_str()]).await?;
        let account = match links.get(&made.id) {
            // A reading was faster.
            Some(link) => accounts::find(write, &link.person).await?,
            None => {
                let ours = reading::ours(write, &made).await?;
                reading::insert(write, &made, ours, 0, now).await?
            }
        };
        let account = account.ok_or_else(|| Error::field("/email", &TAKEN))?;
        tell(write, &caller, &account, now).await?;
        pending.finish(&app, &account.id).await?;
        Ok::<_, Error>(account.id)
    });
    Ok(created(making.await.map_err(Error::internal)??))
}

/// The account as the provider tells it after it was made there.
async fn make(app: &App, provider: &Provider, resource: &Map<String, Value>) -> Result<Foreign> {
    let abilities =
        acts::abilities(app, provider).await?.ok_or_else(|| told(Reason::Unreachable.sentence()))?;
    let text = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default();
    let sought = Sought::External(text("externalId"));
    let known =
        provider.find(sought, &abilities).await.map_err(|trouble| told(trouble.reason().sentence()))?;
    let made = match known {
        Some(known) => known,
        None => {
            let mut body = resource.clone();
            let mut schemas = vec![json!(USER)];
            schemas.extend(body.contains_key(ENTERPRISE).then(|| json!(ENTERPRISE)));
            body.insert("schemas".to_owned(), Value::Array(schemas));
            body.insert("active".to_owned(), json!(true));
            let mut asked = provider.create(&Value::Object(body.clone())).await;
            if let Err(Trouble::Declined(StatusCode::BAD_REQUEST, _)) = asked {
                // Some providers want less of an address and more of a name. It was refused, so nothing was made.
                asked = provider.create(&Value::Object(plain(body))).await;
            }
            match asked {
                Ok(Some(made)) => made,
                Err(Trouble::Declined(status, word))
                    if status == StatusCode::CONFLICT || word == "uniqueness" =>
                {
                    return Err(Error::field("/email", &TAKEN));
                }
                Err(trouble) if trouble.is_refusal() => return Err(told(trouble.reason().sentence())),
                // It may have been made: whether it was is asked, as far as the provider can be asked.
                Ok(None) | Err(_) => {
                    let sought = Sought::User(text("userName"));
                    let found = provider.find(sought, &abilities).await.ok().flatten();
                    let is_ours = |found: &Foreign| found.text("externalId") == Some(text("externalId"));
                    found.filter(is_ours).ok_or_else(|| told(UNSURE))?
                }
            }
        }
    };
    // Its word counts for nothing before the account was read back.
    let read = provider.person(&made.id, &abilities).await.ok().flatten().ok_or_else(|| told(UNSURE))?;
    let is_it = read
        .person
        .text("userName")
        .is_some_and(|name| name.to_lowercase() == text("userName").to_lowercase());
    if is_it { Ok(read.person) } else { Err(told(Reason::Unchanged.sentence())) }
}

/// The same without what not every provider knows, and with the name in parts.
fn plain(mut body: Map<String, Value>) -> Map<String, Value> {
    for name in ["emails", "phoneNumbers"] {
        for value in body.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(fields) = value.as_object_mut() {
                fields.retain(|name, _| name == "value");
            }
        }
    }
    let name = body.get("displayName").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let (given, family) = name.rsplit_once(' ').unwrap_or((&name, &name));
    body.insert(
        "name".to_owned(),
        json!({"formatted": name, "givenName": given.trim(), "familyName": family}),
    );
    body
}

/// What is said when nobody knows whether the account was made.
const UNSURE: &str = "Your accounts’ provider did not confirm that the account was made. It appears in the list within some minutes if it was; what you typed is kept";

fn told(sentence: &str) -> Error {
    Error::Told(ProblemType::NotPossible, sentence.to_owned())
}

/// What is said about an address that somebody has.
const TAKEN: &str = "Somebody else has this address";

fn created(id: PersonId) -> Response {
    let location = AppendHeaders([(LOCATION, format!("{PATH}/{id}"))]);
    (StatusCode::CREATED, location, Json(Created { id })).into_response()
}

/// The account as SCIM has it.
fn resource(new: &NewAccount) -> Result<Map<String, Value>> {
    let mut body = json!({
        "userName": new.email,
        "displayName": new.name,
        "name": {"formatted": new.name},
        "emails": [{"value": new.email, "type": "work", "primary": true}],
    });
    let mut enterprise = Map::new();
    if let Some(fields) = body.as_object_mut() {
        if !new.title.is_empty() {
            fields.insert("title".to_owned(), json!(new.title));
        }
        if !new.phone.is_empty() {
            fields.insert(
                "phoneNumbers".to_owned(),
                json!([{"value": new.phone, "type": "work", "primary": true}]),
            );
        }
        for (name, value) in [("department", &new.department), ("employeeNumber", &new.employee_number)] {
            if !value.is_empty() {
                enterprise.insert(name.to_owned(), json!(value));
            }
        }
        if !enterprise.is_empty() {
            fields.insert(ENTERPRISE.to_owned(), Value::Object(enterprise));
        }
    }
    writable(Resource::User, &body).map_err(|wrong| Error::Told(ProblemType::Invalid, wrong.detail))
}
