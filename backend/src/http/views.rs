//! Lists that somebody keeps.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::listing::{
    NewView, SavedView, SavedViews, VIEWS_MAX, ViewChange, ViewQuery, can_share_view,
};
use frontdesk_contract::text::ViewName;
use frontdesk_contract::{FieldError, Person, ProblemType};
use serde_json::Value;

use crate::app::App;
use crate::http::address::Part;
use crate::http::error::{Error, Result};
use crate::http::idempotency::{self, Asked, Create, Key};
use crate::http::json::{Body, FromBody, check_field};
use crate::http::rights::Reader;
use crate::http::version::{self, Tags};
use crate::store::Write;
use crate::store::views as store;

const PATH: &str = "/api/views";

impl FromBody for NewView {
    fn check_fields(body: &Value, errors: &mut Vec<FieldError>) {
        check_field::<ViewName>(body, "name", errors);
        check_field::<ViewQuery>(body, "query", errors);
    }
}
impl FromBody for ViewChange {}

/// One's own views and those that are shared, by name.
#[utoipa::path(get, path = "/api/views", tag = "views",
    responses((status = 200, description = "The views.", body = SavedViews)))]
pub async fn list(State(app): State<App>, reader: Reader) -> Result<Json<SavedViews>> {
    Ok(Json(SavedViews { items: app.store().views(reader.person()).await? }))
}

/// Keeps a view.
#[utoipa::path(post, path = "/api/views", tag = "views", request_body = NewView,
    params(("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Kept. `Location` and `ETag` are those of the view.", body = SavedView)))]
pub async fn create(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
    Body { value: new, bytes }: Body<NewView>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = reader.person();
    if new.shared {
        can_share_view(person)?;
    }
    let call = Asked { person: &person.id, path: PATH, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => {
            let mut write = app.store().write().await?;
            return created(&seen(&mut write, made.id()?, person).await?);
        }
        Create::ToDo(pending) => pending,
    };
    if store::how_many(&mut pending.write, person).await? >= VIEWS_MAX {
        let detail = format!("You keep {VIEWS_MAX} lists already. Delete one of them first");
        return Err(Error::Told(ProblemType::NotPossible, detail));
    }
    let id = store::insert(&mut pending.write, &new, person, app.now()).await?;
    let view = seen(&mut pending.write, id, person).await?;
    pending.finish(&app, &id).await?;
    created(&view)
}

/// Reads a view.
#[utoipa::path(get, path = "/api/views/{id}", tag = "views",
    params(("id" = u64, Path, description = "Its number.")),
    responses((status = 200, description = "The view. `ETag` is its version.", body = SavedView)))]
pub async fn show(State(app): State<App>, reader: Reader, Part(id): Part<u64>) -> Result<impl IntoResponse> {
    let mut write = app.store().write().await?;
    let view = seen(&mut write, id, reader.person()).await?;
    write.rollback().await?;
    tagged(view)
}

/// Changes a view. Only who keeps it may.
#[utoipa::path(patch, path = "/api/views/{id}", tag = "views", request_body = ViewChange,
    params(("id" = u64, Path, description = "Its number."),
        ("If-Match" = String, Header, description = "The version that the change is meant for.")),
    responses((status = 200, description = "The view after the change.", body = SavedView)))]
pub async fn change(
    State(app): State<App>,
    reader: Reader,
    Part(id): Part<u64>,
    headers: HeaderMap,
    Body { value: change, .. }: Body<ViewChange>,
) -> Result<impl IntoResponse> {
    let tags = version::required(&headers)?;
    let person = reader.person();
    if change.shared == Some(true) {
        can_share_view(person)?;
    }
    let mut write = app.store().write().await?;
    own(&mut write, id, person, &tags).await?;
    store::change(&mut write, id, &change).await?;
    let view = seen(&mut write, id, person).await?;
    write.commit().await?;
    tagged(view)
}

/// Forgets a view. Only who keeps it may.
#[utoipa::path(delete, path = "/api/views/{id}", tag = "views",
    params(("id" = u64, Path, description = "Its number."),
        ("If-Match" = String, Header, description = "The version that is meant.")),
    responses((status = 204, description = "Forgotten.")))]
pub async fn delete(
    State(app): State<App>,
    reader: Reader,
    Part(id): Part<u64>,
    headers: HeaderMap,
) -> Result<StatusCode> {
    let tags = version::required(&headers)?;
    let mut write = app.store().write().await?;
    own(&mut write, id, reader.person(), &tags).await?;
    store::delete(&mut write, id).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A view that the person may see.
async fn seen(write: &mut Write, id: u64, person: &Person) -> Result<SavedView> {
    Ok(store::find(write, id, person).await?.ok_or(ProblemType::NotFound)?)
}

/// A view that the person may change, as it was meant.
async fn own(write: &mut Write, id: u64, person: &Person, tags: &Tags) -> Result<()> {
    let view = seen(write, id, person).await?;
    if view.owner.id != person.id {
        return Err(Error::Told(ProblemType::Forbidden, "Only who keeps a list may change it".to_owned()));
    }
    if !tags.name(view.version.as_str()) {
        return Err(Error::Changed { by: Some(view.owner.name) });
    }
    Ok(())
}

fn created(view: &SavedView) -> Result<Response> {
    let location = HeaderValue::from_str(&format!("{PATH}/{}", view.id)).map_err(Error::internal)?;
    let tag = HeaderValue::from_str(&version::tag(&view.version)).map_err(Error::internal)?;
    Ok((StatusCode::CREATED, AppendHeaders([(LOCATION, location), (ETAG, tag)]), Json(view)).into_response())
}

fn tagged(view: SavedView) -> Result<impl IntoResponse> {
    let tag = HeaderValue::from_str(&version::tag(&view.version)).map_err(Error::internal)?;
    Ok((AppendHeaders([(ETAG, tag)]), Json(view)))
}
