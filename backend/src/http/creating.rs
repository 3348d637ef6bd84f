//! Accounts that somebody makes by hand. Machines make theirs over SCIM.

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::account::Lifecycle;
use frontdesk_contract::account::creation::{Created, Field, FieldRefusal, NewAccount};
use frontdesk_contract::scim::ENTERPRISE;
use frontdesk_contract::{FieldError, Kind, PersonId, ProblemType, Right};
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::http::caller::{Caller, Who};
use crate::http::error::{Error, Result};
use crate::http::idempotency::{self, Asked, Create, Key};
use crate::http::json::{Body, FromBody};
use crate::scim::resource::writable;
use crate::scim::schema::Resource;
use crate::secret;
use crate::store::accounts;
use crate::store::audit::{self, Line};

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
    let now = app.now();
    let id: PersonId = secret::token(16).parse().map_err(Error::internal)?;
    let account = accounts::NewAccount {
        id: id.clone(),
        kind: Kind::Member,
        resource: resource(&new.trimmed())?,
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
    audit::write_line(&mut pending.write, &line, now).await?;
    pending.finish(&app, &id).await?;
    Ok(created(id))
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
