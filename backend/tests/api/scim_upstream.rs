//! Accounts that the organization's own provider keeps. The provider is a double of the Workplace dialect, written from
//! FACTS.md: long numbers as identifiers, no PATCH, a partial PUT, `managerId`, epochs, a User-Agent it insists on, and
//! 412 on deleting whoever has claimed the account. Real providers are asked by `cargo xtask test --only peers`.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path as Segment, Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use frontdesk_backend::server::{self, Options, StartError, Upstream};
use frontdesk_backend::upstream::scim::client::{Patience, Provider};
use frontdesk_backend::upstream::scim::reading::Tally;
use frontdesk_contract::Timestamp;
use frontdesk_contract::scim::{ENTERPRISE, INVITATION, LIFECYCLE};
use frontdesk_contract::time::Span;
use serde_json::{Value, json};
use sqlx::Row as _;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::app::{self, Answer, Caller, NOW, Role, TestApp};

mod together;

const TOKEN: &str = "s3cret-of-the-provider";
/// So many bytes go into one call for several.
const PAYLOAD: usize = 100_000;

/// How the double answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Mode {
    #[default]
    Rightly,
    /// 200, and nothing is changed.
    Lying,
    /// The change is made, and no answer ever comes.
    DoneInSilence,
    /// No answer ever comes.
    Silent,
    /// A page for people, with this status.
    Html(u16),
    /// More bytes than anybody reads.
    Endless,
    /// Another account than the one that was asked for.
    SomebodyElse,
    /// To another server.
    Elsewhere(String),
    /// Come later, so many times.
    Later(u32),
    /// A SCIM error with this status.
    Error(u16),
    /// The change is made, and the answer breaks off in the middle.
    CutOff,
}

#[derive(Debug, Default)]
struct Script {
    people: BTreeMap<u64, Value>,
    reads: Mode,
    writes: Mode,
    /// What was asked: method, path.
    calls: Vec<(String, String)>,
    /// The list leaves these out.
    hidden: Vec<u64>,
    /// It changes parts, so many in one call; otherwise neither.
    bulk: usize,
    /// It takes whole records alone, however many in one call.
    has_no_patch: bool,
    /// It does nothing more in a call once something failed, and doesn't speak of the rest.
    stops_at_once: bool,
    /// How many operations of each kind came in calls for several.
    together: BTreeMap<String, usize>,
    /// How calls for several are answered.
    bulks: Mode,
    /// It compares versions: the one of each, and what changes were meant for.
    versions: Option<BTreeMap<u64, u64>>,
    meant_for: Vec<String>,
    /// Somebody else changes an account right after it was read.
    is_racing: bool,
    /// It finds nobody by a filter.
    has_no_filter: bool,
    /// What it says of its attributes.
    schemas: Option<Value>,
}

impl Script {
    /// The tag of an account, where versions are compared.
    fn tag(&self, id: u64) -> Option<String> {
        let versions = self.versions.as_ref()?;
        Some(format!("W/\"{}\"", versions.get(&id).copied().unwrap_or(1)))
    }

    fn count_change(&mut self, id: u64) {
        if let Some(versions) = &mut self.versions {
            *versions.entry(id).or_insert(1) += 1;
        }
    }
}

/// A provider that says what a test wants it to.
struct Double {
    script: Arc<Mutex<Script>>,
    address: String,
}

impl Double {
    async fn start(people: &[Value]) -> Self {
        let people = people.iter().map(|person| (person["id"].as_u64().unwrap(), person.clone())).collect();
        let script = Arc::new(Mutex::new(Script { people, ..Script::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/scim", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/scim/ServiceProviderConfig", get(config))
            .route("/scim/Schemas", get(schemas))
            .route("/scim/Bulk", any(many))
            .route("/scim/Users", any(list))
            .route("/scim/Users/{id}", any(one))
            .with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { script, address }
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap()
    }

    fn says(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script());
    }

    fn person(&self, id: u64) -> Value {
        self.script().people[&id].clone()
    }

    fn set(&self, id: u64, field: &str, value: Value) {
        self.says(|script| script.people.get_mut(&id).unwrap()[field] = value);
    }

    /// How often something was changed or asked to be.
    fn writes(&self) -> usize {
        self.script().calls.iter().filter(|(method, _)| method != "GET").count()
    }
}

/// Somebody as the dialect tells them.
fn person(id: u64, name: &str, email: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": id, "userName": email,
        "name": {"formatted": name}, "active": true, "title": "Designer",
        "emails": [{"value": email, "primary": true}],
        ENTERPRISE: {"department": "Design", "manager": {"managerId": 100_000_000_000_001_u64}},
        INVITATION: {"invited": true, "inviteDate": 1_614_850_000, "claimed": true, "claimDate": 1_614_860_000, "canDelete": false},
        "meta": {"created": 1_600_000_000, "lastModified": 1_700_000_000},
    })
}

const ADA: u64 = 100_000_000_000_001;
const BOB: u64 = 100_000_000_000_002;
const EVE: u64 = 100_000_000_000_003;

fn organization() -> Vec<Value> {
    let mut eve = person(EVE, "Eve Unclaimed", "eve@idp.example");
    eve[INVITATION] =
        json!({"invited": true, "inviteDate": 1_700_000_000, "claimed": false, "canDelete": true});
    vec![person(ADA, "Ada Boss", "ada@idp.example"), person(BOB, "Bob Leaver", "bob@idp.example"), eve]
}

async fn broken(mode: &Mode) -> Option<Response> {
    let json = [("content-type", "application/scim+json")];
    Some(match mode {
        Mode::Silent => std::future::pending().await,
        Mode::Html(status) => {
            let page = "<!doctype html><title>Oops</title>";
            (StatusCode::from_u16(*status).unwrap(), [("content-type", "text/html")], page).into_response()
        }
        Mode::Endless => {
            let piece = Bytes::from(vec![b' '; 1_024 * 1_024]);
            let stream = futures_util::stream::repeat_with(move || Ok::<_, Infallible>(piece.clone()));
            (json, Body::from_stream(stream)).into_response()
        }
        Mode::Elsewhere(address) => {
            (StatusCode::TEMPORARY_REDIRECT, [("location", address.clone())]).into_response()
        }
        Mode::Error(status) => {
            let body = json!({"schemas": [frontdesk_contract::scim::ERROR], "status": status.to_string(), "scimType": "mutability", "detail": "no"});
            (StatusCode::from_u16(*status).unwrap(), json, body.to_string()).into_response()
        }
        Mode::Rightly
        | Mode::Lying
        | Mode::DoneInSilence
        | Mode::SomebodyElse
        | Mode::Later(_)
        | Mode::CutOff => return None,
    })
}

/// Notes a call; how it is answered when it isn't answered rightly.
async fn met(
    script: &Mutex<Script>,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Result<Mode, Box<Response>> {
    let mode = {
        let mut script = script.lock().unwrap();
        script.calls.push((method.to_string(), path.to_owned()));
        let mode = if *method == Method::GET { &mut script.reads } else { &mut script.writes };
        if let Mode::Later(times @ 1..) = mode {
            *times -= 1;
            return Err(Box::new((StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response()));
        }
        mode.clone()
    };
    let told =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    if told("user-agent").is_empty() {
        return Err(Box::new(StatusCode::BAD_REQUEST.into_response()));
    }
    if told("authorization") != format!("Bearer {TOKEN}") {
        return Err(Box::new(StatusCode::UNAUTHORIZED.into_response()));
    }
    match broken(&mode).await {
        Some(answer) => Err(Box::new(answer)),
        None => Ok(mode),
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [("content-type", "application/json")], body.to_string()).into_response()
}

async fn config(State(script): State<Arc<Mutex<Script>>>) -> Response {
    let no = json!({"supported": false});
    let (most, has_patch, has_etag, has_filter) = {
        let script = script.lock().unwrap();
        let has_patch = script.bulk > 0 && !script.has_no_patch;
        (script.bulk, has_patch, script.versions.is_some(), !script.has_no_filter)
    };
    let etag = json!({"supported": has_etag});
    let bulk = json!({"supported": most > 0, "maxOperations": most, "maxPayloadSize": PAYLOAD});
    answer(
        StatusCode::OK,
        &json!({"patch": {"supported": has_patch}, "etag": etag, "bulk": bulk, "sort": no, "filter": {"supported": has_filter, "maxResults": 2}}),
    )
}

async fn schemas(State(script): State<Arc<Mutex<Script>>>) -> Response {
    match script.lock().unwrap().schemas.clone() {
        Some(schemas) => answer(StatusCode::OK, &schemas),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Does several by one call (RFC 7644 §3.7), one after another.
async fn many(
    State(script): State<Arc<Mutex<Script>>>,
    method: Method,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mode = script.lock().unwrap().bulks.clone();
    if let Err(answer) = met(&script, &method, "Bulk", &headers).await {
        return *answer;
    }
    if let Some(answer) = broken(&mode).await {
        return answer;
    }
    let asked: Value = serde_json::from_str(&body).unwrap();
    let told: Vec<Value> = {
        let mut script = script.lock().unwrap();
        let operations = asked["Operations"].as_array().unwrap();
        assert!(operations.len() <= script.bulk && body.len() <= PAYLOAD, "more than it takes");
        let mut told = Vec::new();
        for operation in operations {
            let status = among_others(&mut script, operation, &mode);
            let told_status = status.as_u16().to_string();
            told.push(
                json!({"method": operation["method"], "bulkId": operation["bulkId"], "status": told_status}),
            );
            if script.stops_at_once && !status.is_success() {
                break;
            }
        }
        told
    };
    if mode == Mode::DoneInSilence {
        std::future::pending::<()>().await;
    }
    let told = answer(StatusCode::OK, &json!({"Operations": told}));
    if mode == Mode::CutOff {
        return (StatusCode::OK, [("content-type", "application/json")], "{\"Operations\": [{\"bul")
            .into_response();
    }
    told
}

/// One of several. Of whoever is titled `Phantom` it says that it was done.
fn among_others(script: &mut Script, operation: &Value, mode: &Mode) -> StatusCode {
    let method: Method = operation["method"].as_str().unwrap().parse().unwrap();
    *script.together.entry(method.to_string()).or_default() += 1;
    let id: u64 = operation["path"].as_str().unwrap().trim_start_matches("/Users/").parse().unwrap();
    let meant = operation["version"].as_str().map(str::to_owned);
    if script.tag(id).is_some_and(|now| meant.is_some_and(|meant| meant != now)) {
        return StatusCode::PRECONDITION_FAILED;
    }
    let is_phantom = script.people.get(&id).is_some_and(|person| person["title"] == "Phantom");
    if is_phantom || *mode == Mode::Lying {
        return if method == Method::DELETE { StatusCode::NO_CONTENT } else { StatusCode::OK };
    }
    done(script, id, &method, &operation["data"])
}

/// Changes an account, or says why not. Whoever is titled `Frozen` is changed by nobody.
fn done(script: &mut Script, id: u64, method: &Method, record: &Value) -> StatusCode {
    let Some(known) = script.people.get_mut(&id) else { return StatusCode::NOT_FOUND };
    if known["title"] == "Frozen" {
        return StatusCode::BAD_REQUEST;
    }
    match *method {
        Method::PATCH => record["Operations"].as_array().unwrap().iter().for_each(|part| change(known, part)),
        Method::DELETE if known[INVITATION]["claimed"] == true => return StatusCode::PRECONDITION_FAILED,
        Method::DELETE => {
            script.people.remove(&id);
            return StatusCode::NO_CONTENT;
        }
        _ => {
            // A partial PUT: what isn't named stays, but for a profile that is masked.
            let is_masked = record["displayName"] == "Former Member";
            if is_masked {
                *known = json!({"id": id, "meta": known["meta"], INVITATION: known[INVITATION], "employeeBadge": "B-7"});
            }
            for (name, value) in record.as_object().unwrap().iter().filter(|(name, _)| *name != "id") {
                known[name] = value.clone();
            }
        }
    }
    script.count_change(id);
    StatusCode::OK
}

/// One part of a PATCH.
fn change(known: &mut Value, part: &Value) {
    let Some(path) = part["path"].as_str() else {
        known.as_object_mut().unwrap().extend(part["value"].as_object().unwrap().clone());
        return;
    };
    let (holder, name) = match (path.rsplit_once(':'), path.split_once('.')) {
        (Some((extension, name)), _) => (&mut known[extension], name),
        (None, Some((whole, name))) => (&mut known[whole], name),
        (None, None) => (known, path),
    };
    let holder = holder.as_object_mut().unwrap();
    if part["op"] == "remove" {
        holder.remove(name);
    } else {
        holder.insert(name.to_owned(), part["value"].clone());
    }
}

/// Somebody new, unless the user name is taken.
fn add(script: &mut Script, body: &str) -> Option<Value> {
    let mut record: Value = serde_json::from_str(body).unwrap();
    if script.people.values().any(|person| person["userName"] == record["userName"]) {
        return None;
    }
    let id = script.people.keys().max().unwrap() + 1;
    record["id"] = json!(id);
    script.people.insert(id, record.clone());
    Some(record)
}

async fn list(
    State(script): State<Arc<Mutex<Script>>>,
    method: Method,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mode = match met(&script, &method, "Users", &headers).await {
        Ok(mode) => mode,
        Err(answer) => return *answer,
    };
    if method == Method::POST {
        let Some(record) = add(&mut script.lock().unwrap(), &body) else {
            return answer(
                StatusCode::CONFLICT,
                &json!({"schemas": [frontdesk_contract::scim::ERROR], "status": "409", "scimType": "uniqueness"}),
            );
        };
        if mode == Mode::DoneInSilence {
            std::future::pending::<()>().await;
        }
        return answer(StatusCode::CREATED, &record);
    }
    let script = script.lock().unwrap();
    let all: Vec<Value> = script
        .people
        .iter()
        .filter(|(id, _)| !script.hidden.contains(id))
        .map(|(_, person)| person.clone())
        .collect();
    // The question is not heeded, as with a provider that was really seen.
    let number = |name: &str, other: usize| query.get(name).map_or(other, |text| text.parse().unwrap());
    let page: Vec<Value> =
        all.iter().skip(number("startIndex", 1) - 1).take(number("count", 1_000)).cloned().collect();
    answer(StatusCode::OK, &json!({"totalResults": all.len(), "Resources": page}))
}

async fn one(
    State(script): State<Arc<Mutex<Script>>>,
    method: Method,
    Segment(id): Segment<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let mode = match met(&script, &method, &format!("Users/{id}"), &headers).await {
        Ok(mode) => mode,
        Err(answer) => return *answer,
    };
    let mut tag = None;
    let (status, told) = {
        let mut script = script.lock().unwrap();
        let id: u64 = id.parse().unwrap_or_default();
        if let Some(now) = script.tag(id) {
            let meant = headers.get("if-match").map(|tag| tag.to_str().unwrap().to_owned());
            if method == Method::GET {
                tag = Some(now);
                if script.is_racing || script.people.get(&id).is_some_and(|person| person["title"] == "Raced")
                {
                    script.count_change(id);
                }
            } else {
                script.meant_for.push(meant.clone().unwrap_or_default());
                if meant.is_some_and(|meant| meant != now) {
                    return StatusCode::PRECONDITION_FAILED.into_response();
                }
            }
        }
        let status = if method == Method::GET || mode == Mode::Lying {
            let is_known = script.people.contains_key(&id);
            if is_known { StatusCode::OK } else { StatusCode::NOT_FOUND }
        } else {
            done(&mut script, id, &method, &serde_json::from_str(&body).unwrap_or_default())
        };
        let told = match script.people.get(&id) {
            Some(_) if mode == Mode::SomebodyElse => person(9, "Else", "else@idp.example"),
            Some(known) => known.clone(),
            None => Value::Null,
        };
        (status, told)
    };
    if mode == Mode::DoneInSilence {
        std::future::pending::<()>().await;
    }
    let mut answer = answer(status, &told);
    if let Some(tag) = tag {
        answer.headers_mut().insert("etag", tag.parse().unwrap());
    }
    answer
}

/// A desk whose accounts the double keeps.
struct Desk {
    app: TestApp,
    provider: Provider,
    admin: Caller,
}

fn upstream(address: &str) -> Upstream {
    Upstream {
        address: address.parse().unwrap(),
        token: TOKEN.parse().unwrap(),
        is_moved: false,
        patience: Patience {
            connect: Duration::from_secs(5),
            silence: Duration::from_millis(400),
            whole: Duration::from_secs(20),
            again: Duration::from_millis(1),
        },
    }
}

fn options(folder: &Path, now: Timestamp, address: &str) -> Options {
    Options { scim_upstream: Some(upstream(address)), ..app::options(folder, now) }
}

impl Desk {
    async fn start(double: &Double) -> Self {
        let folder = TempDir::new().unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        app::fill(folder.path(), 0, now).await;
        Self::open(folder, double, now).await
    }

    async fn open(folder: TempDir, double: &Double, now: Timestamp) -> Self {
        let running = server::start(options(folder.path(), now, &double.address)).await.unwrap();
        let app = TestApp::of(folder, running, now);
        app.until("SELECT count(*) FROM mirror WHERE read_at IS NOT NULL OR failure IS NOT NULL").await;
        let provider = app.running.app().provider().unwrap().clone();
        let admin = app.sign_in(Role::Admin).await;
        Self { app, provider, admin }
    }

    /// Stops, and starts again at another time.
    async fn reopen_at(self, double: &Double, now: Timestamp) -> Self {
        let TestApp { folder, running, .. } = self.app;
        running.stop().await;
        Self::open(folder, double, now).await
    }

    async fn read(&self) -> Tally {
        self.provider.read_all(self.app.running.app()).await.unwrap()
    }

    async fn stage(&self, id: u64) -> String {
        self.admin.account(&id.to_string()).await["stage"].as_str().unwrap().to_owned()
    }

    async fn act(&self, action: &str, id: u64) -> Value {
        let answer = self.admin.act(action, &id.to_string()).await;
        assert!(matches!(answer.status, 201 | 202), "{}", answer.text);
        answer.json()
    }

    async fn news(&self) -> Vec<(String, String)> {
        let told = self.admin.get("/api/accounts/provider").await.json();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let news = told["news"].as_array().unwrap().iter();
        news.map(|news| (text(&news["kind"]), text(&news["person"]["id"]))).collect()
    }
}

fn later(hours: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap().plus(Span::hours(hours))
}

#[track_caller]
fn is_done(run: &Value) {
    assert_eq!((&run["state"], &run["counts"]["done"]), (&json!("done"), &json!(1)), "{run}");
    assert!(run.get("why").is_none(), "{run}");
}

#[track_caller]
fn failed_for(run: &Value, reason: &str) {
    assert_eq!((&run["counts"]["done"], &run["counts"]["failed"]), (&json!(0), &json!(1)), "{run}");
    assert_eq!(run["why"], reason, "{run}");
    assert!(run.get("receipt").is_none(), "nothing is confirmed: {run}");
}

#[tokio::test]
async fn people_are_mirrored_as_the_provider_tells_them() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    let named = format!("userName,{ENTERPRISE},{INVITATION},{LIFECYCLE}");
    let bob = desk.admin.get(&format!("/scim/v2/Users/{BOB}?attributes={named}")).await.json();
    assert_eq!((&bob["id"], &bob["userName"]), (&json!(BOB.to_string()), &json!("bob@idp.example")));
    assert_eq!(bob[ENTERPRISE]["manager"]["value"], ADA.to_string());
    assert_eq!(bob[INVITATION]["claimDate"], "2021-03-04T12:13:20.000Z");
    assert_eq!(bob[LIFECYCLE]["stage"], "active");
    assert_eq!(desk.stage(EVE).await, "invited");
    let found =
        desk.admin.get("/scim/v2/Users?filter=emails.value%20eq%20%22eve@idp.example%22").await.json();
    assert_eq!(found["totalResults"], 1, "what the provider can't find is found here");
    let told = desk.admin.get("/api/accounts/provider").await.json();
    assert_eq!((&told["name"], &told["failing"]), (&json!("127.0.0.1"), &json!(false)));
    assert!(told["readAt"].is_string());
    let pages = double.script().calls.iter().filter(|(_, path)| path == "Users").count();
    assert_eq!(pages, 2, "pages as large as it gives them");
    assert_eq!(
        desk.read().await,
        Tally { is_whole: true, told: 3, ..Tally::default() },
        "again, nothing changes"
    );
}

#[tokio::test]
async fn an_act_is_done_there_first_and_read_back() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    let run = desk.act("deactivate", BOB).await;
    is_done(&run);
    assert_eq!(run["receipt"]["stage"], "deactivated");
    let there = double.person(BOB);
    assert_eq!((&there["active"], &there["title"]), (&json!(false), &json!("Designer")), "all else stays");
    assert_eq!(desk.stage(BOB).await, "deactivated");
    assert!(desk.news().await.is_empty());
    // A reading takes our own doing for nobody else's.
    assert_eq!(desk.read().await.changed, 0);
    let account = desk.admin.account(&BOB.to_string()).await;
    assert!(account.get("estimate").is_none(), "{account}");
    is_done(&desk.act("reactivate", BOB).await);
    assert_eq!(
        (double.person(BOB)["active"].clone(), desk.stage(BOB).await),
        (json!(true), "active".to_owned())
    );
    // Local accounts are acted upon as ever.
    let joao = desk.app.id_of("joao.silva@acme.example").await;
    let run = desk.admin.act("deactivate", &joao).await.json();
    assert_eq!(run["counts"]["done"], 1, "{run}");
    assert_eq!(double.writes(), 2);
}

#[tokio::test]
async fn a_lie_is_no_confirmation() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    double.says(|script| script.writes = Mode::Lying);
    failed_for(&desk.act("deactivate", BOB).await, "unchanged");
    assert_eq!(desk.stage(BOB).await, "active");
    double.says(|script| script.writes = Mode::Error(400));
    failed_for(&desk.act("deactivate", BOB).await, "declined");
    double.says(|script| script.writes = Mode::Html(500));
    failed_for(&desk.act("deactivate", BOB).await, "unreachable");
    assert_eq!(desk.stage(BOB).await, "active");
    // The answer is lost, the change is not: what is read back counts.
    double.says(|script| script.writes = Mode::DoneInSilence);
    is_done(&desk.act("deactivate", BOB).await);
    assert_eq!(desk.stage(BOB).await, "deactivated");
}

#[tokio::test]
async fn a_provider_that_cannot_be_read_is_asked_to_change_nothing() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    for mode in [Mode::Silent, Mode::Html(500), Mode::Html(200), Mode::Endless] {
        double.says(|script| script.reads = mode.clone());
        failed_for(&desk.act("deactivate", BOB).await, "unreachable");
        let tally = desk.read().await;
        assert!(!tally.is_whole, "{mode:?}");
        let told = desk.admin.get("/api/accounts/provider").await.json();
        assert_eq!(told["failing"], true, "{mode:?}");
    }
    double.says(|script| script.reads = Mode::SomebodyElse);
    failed_for(&desk.act("deactivate", BOB).await, "moved");
    assert_eq!((double.writes(), desk.stage(BOB).await), (0, "active".to_owned()));
    // Whoever asks to come later is asked later.
    double.says(|script| script.reads = Mode::Later(2));
    is_done(&desk.act("deactivate", BOB).await);
    double.says(|script| script.writes = Mode::Later(1));
    is_done(&desk.act("reactivate", BOB).await);
    assert!(desk.read().await.is_whole);
    assert_eq!(desk.admin.get("/api/accounts/provider").await.json()["failing"], false);
}

#[tokio::test]
async fn a_whole_record_is_put_over_the_version_that_was_read_and_no_other() {
    let double = Double::start(&organization()).await;
    double.says(|script| script.versions = Some(BTreeMap::from([(BOB, 7)])));
    let desk = Desk::start(&double).await;
    is_done(&desk.act("deactivate", BOB).await);
    assert_eq!(double.script().meant_for, ["W/\"7\""], "the tag that was read with it");
    assert_eq!(double.person(BOB)["title"], "Designer", "the whole record came back");
    // Somebody else changes it between our look and our change: nothing is put over that.
    double.says(|script| script.is_racing = true);
    double.set(BOB, "nickName", json!("Bobby"));
    desk.read().await;
    failed_for(&desk.act("reactivate", BOB).await, "moved");
    assert_eq!(double.person(BOB)["active"], false);
    assert_eq!(desk.stage(BOB).await, "deactivated");
    double.says(|script| script.is_racing = false);
    is_done(&desk.act("reactivate", BOB).await);
    let there = double.person(BOB);
    assert_eq!((&there["active"], &there["nickName"]), (&json!(true), &json!("Bobby")));
}

#[tokio::test]
async fn a_provider_that_finds_nobody_says_so_and_its_schema_tells_what_goes() {
    let mut people = organization();
    people[1]["active"] = json!(false);
    people[1]["meta"]["lastModified"] = json!("2026-11-10T00:00:00Z");
    let double = Double::start(&people).await;
    let attribute = |name: &str, more: Value| {
        let mut attribute = json!({"name": name, "type": "string", "mutability": "readWrite"});
        attribute.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        attribute
    };
    double.says(|script| {
        script.has_no_filter = true;
        script.schemas = Some(json!({"Resources": [
            {"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [
                attribute("userName", json!({"required": true})), attribute("displayName", json!({})),
                attribute("name", json!({})), attribute("nickName", json!({})), attribute("title", json!({})),
                attribute("emails", json!({"required": true, "multiValued": true})),
                attribute("active", json!({})), attribute("password", json!({"mutability": "writeOnly"})),
                attribute("badge", json!({"mutability": "immutable"})), attribute("score", json!({"mutability": "readOnly"})),
            ]},
            {"id": "urn:ietf:params:scim:schemas:core:2.0:Group", "attributes": [attribute("members", json!({}))]},
            {"id": ENTERPRISE, "attributes": [attribute("costCenter", json!({})), attribute("manager", json!({}))]},
        ]}));
    });
    let desk = Desk::start(&double).await;
    let told = desk.admin.get("/api/accounts/provider").await.json();
    assert_eq!(told["unfiltered"], true, "{told}");
    let fields = desk.admin.account(&BOB.to_string()).await["fields"].clone();
    let enterprise = |name: &str| format!("{ENTERPRISE}:{name}");
    assert_eq!(
        fields,
        json!({
            "deleted": ["nickName", "title", enterprise("costCenter"), enterprise("manager"), enterprise("department")],
            "masked": ["userName", "displayName", "name", "emails"], "fixed": ["badge"],
        }),
        "by the provider's schema, whatever our copy holds, and what of ours it doesn't name"
    );
    // Our own accounts are told by our own.
    let hana = desk.app.id_of("hana.kobayashi@acme.example").await;
    let own = desk.admin.account(&hana).await["fields"].clone();
    assert!(own.get("fixed").is_none() && !own.to_string().contains("costCenter"), "{own}");
}

#[tokio::test]
async fn the_token_goes_nowhere_else() {
    let double = Double::start(&organization()).await;
    let other = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    let elsewhere = format!("{}/Users/{BOB}", other.address);
    double.says(|script| script.reads = Mode::Elsewhere(elsewhere.clone()));
    failed_for(&desk.act("deactivate", BOB).await, "unreachable");
    assert!(!desk.read().await.is_whole);
    double.says(|script| (script.reads, script.writes) = (Mode::Rightly, Mode::Elsewhere(elsewhere)));
    failed_for(&desk.act("deactivate", BOB).await, "unreachable");
    assert!(other.script().calls.is_empty(), "nobody was asked there");
}

#[tokio::test]
async fn what_changed_since_it_was_shown_is_left_alone() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    double.set(BOB, "title", json!("Head of Design"));
    failed_for(&desk.act("deactivate", BOB).await, "moved");
    assert_eq!((double.writes(), desk.stage(BOB).await), (0, "active".to_owned()));
    let bob = desk.admin.get(&format!("/scim/v2/Users/{BOB}")).await.json();
    assert_eq!(bob["title"], "Head of Design", "what was found is shown");
    is_done(&desk.act("deactivate", BOB).await);
}

#[tokio::test]
async fn who_is_switched_on_again_is_told_and_hurt_by_no_timer() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    is_done(&desk.act("deactivate", BOB).await);
    let run = desk.act("delete", BOB).await;
    assert_eq!(run["counts"]["all"], 1, "{run}");
    // Approved or not: what waits is called off by whoever comes back.
    double.set(BOB, "active", json!(true));
    let tally = desk.read().await;
    assert_eq!((tally.is_whole, tally.changed), (true, 1));
    assert_eq!(desk.stage(BOB).await, "active");
    assert_eq!(desk.news().await, [("back".to_owned(), BOB.to_string())]);
    let desk = desk.reopen_at(&double, later(400)).await;
    desk.read().await;
    assert_eq!(
        (double.person(BOB)["active"].clone(), desk.stage(BOB).await),
        (json!(true), "active".to_owned())
    );
    // Who may is allowed to say that it was seen.
    let path = format!("/api/accounts/{BOB}/news/back");
    let employee = desk.app.sign_in(Role::Employee).await;
    assert_eq!(employee.get("/api/accounts/provider").await.status, 403);
    employee.delete(&path).await.is_problem(403, "forbidden");
    desk.app.sign_in(Role::Agent).await.delete(&path).await.is_problem(403, "forbidden");
    assert_eq!(desk.admin.delete(&path).await.status, 204);
    desk.admin.delete(&path).await.is_problem(404, "not-found");
    assert!(desk.news().await.is_empty());
}

#[tokio::test]
async fn who_is_switched_off_there_gets_in_nowhere_here() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    double.set(BOB, "active", json!(false));
    assert_eq!(desk.read().await.changed, 1);
    let account = desk.admin.account(&BOB.to_string()).await;
    assert_eq!((&account["stage"], &account["estimate"]), (&json!("deactivated"), &json!(true)), "{account}");
    let line = desk.admin.get(&format!("/api/audit?person={BOB}")).await.json()["items"][0].clone();
    assert_eq!(
        (&line["what"], &line["by"]["name"]),
        (&json!("account.deactivate"), &json!("127.0.0.1")),
        "{line}"
    );
}

#[tokio::test]
async fn who_is_missing_is_asked_for_singly() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    // A list that leaves somebody out proves nothing.
    double.says(|script| script.hidden = vec![BOB]);
    assert_eq!(desk.read().await.missing, 0);
    assert_eq!(desk.stage(BOB).await, "active");
    double.says(|script| drop(script.people.remove(&BOB)));
    assert_eq!(desk.read().await.missing, 1);
    assert_eq!(desk.stage(BOB).await, "deactivated");
    assert_eq!(desk.news().await, [("missing".to_owned(), BOB.to_string())]);
    failed_for(&desk.act("reactivate", BOB).await, "missing");
    // It comes back: the news holds no more, and the other one is told.
    double.says(|script| drop(script.people.insert(BOB, person(BOB, "Bob Leaver", "bob@idp.example"))));
    double.says(|script| script.hidden.clear());
    desk.read().await;
    assert_eq!(desk.news().await, [("back".to_owned(), BOB.to_string())]);
}

#[tokio::test]
async fn a_landslide_is_not_believed() {
    let many: Vec<Value> =
        (1..=40).map(|id| person(ADA + id, &format!("Person {id}"), &format!("p{id}@idp.example"))).collect();
    let double = Double::start(&many).await;
    let desk = Desk::start(&double).await;
    let kept = double.script().people.clone();
    double.says(|script| script.people = kept.into_iter().take(20).collect());
    let tally = desk.read().await;
    assert_eq!((tally.is_whole, tally.missing), (false, 0));
    let told = desk.admin.get("/api/accounts/provider").await.json();
    assert!(told["failure"].as_str().unwrap().contains("20 of 40"), "{told}");
    assert_eq!(desk.stage(ADA + 40).await, "active");
}

#[tokio::test]
async fn removing_the_profile_tells_what_the_provider_keeps() {
    let mut people = organization();
    people[1]["active"] = json!(false);
    people[1]["meta"]["lastModified"] = json!("2026-11-10T00:00:00Z");
    people[1]["employeeBadge"] = json!("B-7");
    let double = Double::start(&people).await;
    let desk = Desk::start(&double).await;
    let account = desk.admin.account(&BOB.to_string()).await;
    assert_eq!(account["estimate"], true, "the date is the provider's last change");
    // The double keeps the badge.
    let second = desk.app.sign_in_as("second.admin@acme.example").await;
    let run = finished(&desk, &second, "remove", BOB).await;
    is_done(&run);
    assert_eq!(run["receipt"]["stage"], "former");
    assert_eq!(run["receipt"]["kept"], json!(["employeeBadge"]));
    let there = double.person(BOB);
    assert_eq!(
        (&there["displayName"], &there["userName"]),
        (&json!("Former Member"), &json!(format!("former-{BOB}@invalid")))
    );
    assert!(!there.to_string().contains("Bob"), "{there}");
    // What was erased here doesn't come back from there, whatever is told.
    double.set(BOB, "title", json!("Secret"));
    double.set(BOB, "active", json!(true));
    desk.read().await;
    assert_eq!(desk.stage(BOB).await, "former");
    assert_eq!(desk.news().await, [("back".to_owned(), BOB.to_string())]);
    let shown = desk.admin.get(&format!("/scim/v2/Users/{BOB}")).await.text;
    assert!(!shown.contains("Secret") && !shown.contains("Bob"), "{shown}");
}

/// Acts, lets the second admin approve where that is needed, and gives the run.
async fn finished(desk: &Desk, second: &Caller, action: &str, id: u64) -> Value {
    let run = desk.act(action, id).await;
    if run["state"] != "approval" {
        return run;
    }
    let waiting = second.get("/api/approvals").await.json();
    let hash = waiting[0]["hash"].clone();
    let decided: Answer = second
        .post(&format!("/api/runs/{}/approval", run["id"]), &json!({"hash": hash, "approve": true}))
        .await;
    assert_eq!(decided.status, 200, "{}", decided.text);
    decided.json()
}

#[tokio::test]
async fn a_deletion_that_the_provider_refuses_is_called_off_and_told() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    let second = desk.app.sign_in_as("second.admin@acme.example").await;
    is_done(&desk.act("deactivate", BOB).await);
    finished(&desk, &second, "delete", BOB).await;
    let desk = desk.reopen_at(&double, later(30)).await;
    desk.app.until("SELECT count(*) FROM mirror_news").await;
    assert_eq!(desk.news().await, [("refused".to_owned(), BOB.to_string())]);
    assert_eq!(desk.stage(BOB).await, "deactivated");
    // An invitation that nobody claimed goes, and is read back as gone.
    let second = desk.app.sign_in_as("second.admin@acme.example").await;
    let run = finished(&desk, &second, "withdraw", EVE).await;
    is_done(&run);
    assert!(!double.script().people.contains_key(&EVE));
    assert_eq!(desk.admin.get(&format!("/api/accounts/{EVE}")).await.status, 410);
}

#[tokio::test]
async fn what_is_due_waits_for_a_provider_that_is_down() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    let plan = json!({"action": "deactivate", "targets": [BOB.to_string()], "when": later(5).to_string()});
    let plan = desk.admin.plan(&plan).await;
    let run = desk.admin.run(&plan, json!({})).await;
    assert_eq!(run.status, 202, "{}", run.text);
    assert_eq!(double.writes(), 0, "a date waits here");
    double.says(|script| script.writes = Mode::Lying);
    let desk = desk.reopen_at(&double, later(6)).await;
    desk.app.until("SELECT count(*) FROM mirror_news").await;
    assert_eq!(desk.news().await, [("overdue".to_owned(), BOB.to_string())]);
    assert_eq!(desk.stage(BOB).await, "active");
    double.says(|script| script.writes = Mode::Rightly);
    let desk = desk.reopen_at(&double, later(7)).await;
    desk.app.until("SELECT count(*) FROM people WHERE deactivated_at IS NOT NULL AND id LIKE '%002'").await;
    assert_eq!(
        (double.person(BOB)["active"].clone(), desk.stage(BOB).await),
        (json!(false), "deactivated".to_owned())
    );
    assert!(desk.news().await.is_empty());
}

#[tokio::test]
async fn a_run_over_many_pauses_when_the_provider_is_down_and_touches_each_once() {
    let many: Vec<Value> =
        (1..=60).map(|id| person(ADA + id, &format!("Person {id}"), &format!("p{id}@idp.example"))).collect();
    let double = Double::start(&many).await;
    let desk = Desk::start(&double).await;
    let targets: Vec<String> = (1..=60).map(|id| (ADA + id).to_string()).collect();
    double.says(|script| script.reads = Mode::Html(502));
    let plan = desk.admin.plan(&json!({"action": "deactivate", "targets": targets})).await;
    let asked = desk.admin.run(&plan, json!({"typed": "60"})).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let asked = asked.json();
    let second = desk.app.sign_in_as("second.admin@acme.example").await;
    if asked["state"] == "approval" {
        let decision = json!({"hash": plan["hash"], "approve": true});
        assert_eq!(second.post(&format!("/api/runs/{}/approval", asked["id"]), &decision).await.status, 200);
    }
    desk.app.until("SELECT count(*) FROM runs WHERE state = 'paused'").await;
    let path = format!("/api/runs/{}", asked["id"]);
    let run = desk.admin.get(&path).await;
    assert_eq!(
        run.json()["counts"],
        json!({"all": 60, "done": 0, "skipped": 0, "failed": 0}),
        "nobody was given up"
    );
    assert_eq!(double.writes(), 0);
    double.says(|script| script.reads = Mode::Rightly);
    let version = run.word("version");
    assert_eq!(desk.admin.patch(&path, &version, &json!({"state": "running"})).await.status, 200);
    desk.app.until("SELECT count(*) FROM runs WHERE state = 'done'").await;
    let run = desk.admin.get(&path).await.json();
    assert_eq!(run["counts"]["done"], 60, "{run}");
    assert_eq!(double.writes(), 60, "each once");
    let rows =
        sqlx::query("SELECT count(*) FROM mirror_asked").fetch_one(desk.app.running.app().store().read());
    assert_eq!(rows.await.unwrap().get::<i64, _>(0), 0);
}

#[tokio::test]
async fn after_a_kill_our_own_doing_is_known() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    let plan = desk.admin.plan(&json!({"action": "deactivate", "targets": [BOB.to_string()]})).await;
    // The provider was asked and has done it; then the backend was killed before it wrote anything else.
    double.set(BOB, "active", json!(false));
    let mut write = desk.app.running.app().store().write().await.unwrap();
    sqlx::query("INSERT INTO mirror_asked (person, act, at) VALUES (?, 'close', ?)")
        .bind(BOB.to_string())
        .bind(desk.app.running.app().now().millis())
        .execute(&mut *write)
        .await
        .unwrap();
    write.commit().await.unwrap();
    assert_eq!(desk.read().await.changed, 0, "what is under way is nobody else's doing");
    is_done(&desk.admin.run(&plan, json!({})).await.json());
    assert_eq!((double.writes(), desk.stage(BOB).await), (0, "deactivated".to_owned()));
}

#[tokio::test]
async fn an_account_is_made_there_once() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    let new = json!({"name": "Zoé New", "email": "zoe@idp.example", "department": "Design"});
    let made = desk.admin.post_keyed("/api/accounts", "\"zoe\"", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.word("id");
    let there = double.person(id.parse().unwrap());
    assert_eq!(
        (&there["userName"], &there[ENTERPRISE]["department"]),
        (&json!("zoe@idp.example"), &json!("Design"))
    );
    let again = desk.admin.post_keyed("/api/accounts", "\"zoe\"", &new).await;
    assert_eq!((again.status, again.word("id")), (201, id.clone()));
    assert_eq!((double.writes(), desk.read().await.new), (1, 0));
    desk.admin.post_keyed("/api/accounts", "\"other\"", &new).await.points_at(&["/email"]);
    // Made, and the answer lost: a retry finds it by the identifier that we gave.
    double.says(|script| script.writes = Mode::DoneInSilence);
    let new = json!({"name": "Yann New", "email": "yann@idp.example"});
    let made = desk.admin.post_keyed("/api/accounts", "\"yann\"", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    double.says(|script| script.writes = Mode::Error(400));
    let new = json!({"name": "Xin New", "email": "xin@idp.example"});
    desk.admin.post_keyed("/api/accounts", "\"xin\"", &new).await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn machines_read_here_and_write_there() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    let now = desk.app.running.app().now();
    let scope = frontdesk_backend::store::tokens::Scope::Scim;
    let token =
        frontdesk_backend::operator::make_token(desk.app.folder.path(), "hr", scope, now).await.unwrap();
    let header = format!("Bearer {token}");
    let machine = desk.app.nobody();
    let ask = |method: Method, path: String, body: Option<Value>| {
        let (machine, header) = (machine.clone(), header.clone());
        async move {
            machine
                .send(method, &path, body.map(|body| body.to_string()), &[("authorization", header.as_str())])
                .await
        }
    };
    let read = ask(Method::GET, format!("/scim/v2/Users/{BOB}"), None).await;
    assert_eq!(read.status, 200, "{}", read.text);
    let changed = ask(Method::PUT, format!("/scim/v2/Users/{BOB}"), Some(json!({"userName": "x"}))).await;
    assert_eq!(changed.status, 403, "{}", changed.text);
    assert!(changed.text.contains("127.0.0.1 keeps these accounts"), "{}", changed.text);
    let config = ask(Method::GET, "/scim/v2/ServiceProviderConfig".to_owned(), None).await.json();
    assert_eq!(config["patch"]["supported"], false);
}

#[tokio::test]
async fn somebody_of_ours_is_known_again_by_the_address() {
    let mut people = organization();
    people.push(person(EVE + 1, "Admin There", "ADMIN@acme.example"));
    people.push(person(EVE + 2, "Twin", "bob@idp.example"));
    let double = Double::start(&people).await;
    let desk = Desk::start(&double).await;
    let id = desk.app.id_of("admin@acme.example").await;
    assert_ne!(id, (EVE + 1).to_string());
    let account = desk.admin.account(&id).await;
    assert_eq!(account["name"], "Admin There", "the provider's word about the profile");
    assert_eq!(desk.admin.get("/api/session").await.status, 200, "rights and session are ours");
    let told = desk.admin.get("/api/accounts/provider").await.json();
    assert_eq!(told["leftOut"], 1, "one address is one person, and that is told: {told}");
}

#[tokio::test]
async fn a_folder_belongs_to_one_provider() {
    let double = Double::start(&organization()).await;
    let desk = Desk::start(&double).await;
    let TestApp { folder, running, .. } = desk.app;
    running.stop().await;
    let now: Timestamp = NOW.parse().unwrap();
    let without = server::start(app::options(folder.path(), now)).await;
    assert!(matches!(without, Err(StartError::KeptElsewhere(url)) if url == double.address));
    let other = Double::start(&organization()).await;
    let elsewhere = server::start(options(folder.path(), now, &other.address)).await;
    assert!(matches!(elsewhere, Err(StartError::KeptElsewhere(_))));
    let mut moved = options(folder.path(), now, &other.address);
    moved.scim_upstream.as_mut().unwrap().is_moved = true;
    let running = server::start(moved).await.unwrap();
    running.stop().await;
}

/// Our own endpoint tells the life on request alone.
#[tokio::test]
async fn another_frontdesk_may_keep_the_accounts() {
    let theirs = TestApp::start().await;
    let scope = frontdesk_backend::store::tokens::Scope::Scim;
    let now = theirs.running.app().now();
    let token =
        frontdesk_backend::operator::make_token(theirs.folder.path(), "desk", scope, now).await.unwrap();
    let boss = theirs.sign_in(Role::Admin).await;
    let joao = theirs.id_of("joao.silva@acme.example").await;
    assert_eq!(boss.act("deactivate", &joao).await.json()["counts"]["done"], 1);

    let folder = TempDir::new().unwrap();
    app::fill(folder.path(), 0, now).await;
    let mut options = options(folder.path(), now, &format!("{}/scim/v2", theirs.base()));
    options.scim_upstream.as_mut().unwrap().token = token.parse().unwrap();
    let running = server::start(options).await.unwrap();
    let app = TestApp::of(folder, running, now);
    app.until("SELECT count(*) FROM mirror WHERE read_at IS NOT NULL").await;
    let admin = app.sign_in(Role::Admin).await;
    let (here, there) = (admin.account(&joao).await, boss.account(&joao).await);
    assert_eq!((&here["stage"], &here["deactivatedAt"]), (&json!("deactivated"), &there["deactivatedAt"]));
    assert!(here.get("estimate").is_none(), "the day is known, not guessed: {here}");
    is_done(&admin.act("reactivate", &joao).await.json());
    assert_eq!(boss.account(&joao).await["stage"], "active");

    // It takes several by one call, and says so.
    let kept = app.running.app().store().mirror().await.unwrap().unwrap();
    assert!(kept.abilities.unwrap().takes_together());
    let mut targets = Vec::new();
    for email in ["joao.silva@acme.example", "employee@acme.example"] {
        targets.push(theirs.id_of(email).await);
    }
    let plan = admin.plan(&json!({"action": "deactivate", "targets": targets})).await;
    let run = admin.run(&plan, json!({})).await;
    assert!(matches!(run.status, 201 | 202), "{}", run.text);
    app.until("SELECT count(*) FROM runs WHERE state = 'done' AND people = 2 AND done = 2").await;
    for id in &targets {
        assert_eq!(boss.account(id).await["stage"], "deactivated");
    }
}
