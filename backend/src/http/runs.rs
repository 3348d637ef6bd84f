//! Runs: how far they are, who approves, pause and stop, results.

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::account::Stage;
use frontdesk_contract::forgotten::may_make_link;
use frontdesk_contract::plan::{
    ApprovalCounts, Decision, InvitationLink, Links, NewLinks, Outcome, Plan, Run, RunChange, RunRow,
    RunState, Waiting,
};
use frontdesk_contract::{Cursor, Page, ProblemType, Right, RunId};
use serde::Deserialize;

use crate::act::INVITATION_LINK;
use crate::app::App;
use crate::http::address::{Parameters, Part, word};
use crate::http::caller::{Caller, Who};
use crate::http::csv::{self, FILE_ROWS};
use crate::http::error::{Error, Result};
use crate::http::json::{Body, FromBody};
use crate::http::plans::{ask_provider, begin, limit_and_cursor, make, plan_of, tell};
use crate::http::version;
use crate::store::accounts::{self, Account};
use crate::store::events::tell_runs;
use crate::store::runs::{self as store, Stored};
use crate::store::sessions;

/// So many links are made at once.
const LINK_ROWS: usize = 200;

impl FromBody for RunChange {}
impl FromBody for Decision {}
impl FromBody for NewLinks {}

/// What a list of runs can be asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct RunParameters {
    /// Only those that stand so.
    #[param(inline, value_type = Option<RunState>)]
    pub state: Option<String>,
    /// How many: 50 when nothing is said.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    pub limit: Option<String>,
    /// Where the page before ended: its `next`.
    pub cursor: Option<String>,
}

/// What rows can be asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct RowParameters {
    /// Only those with this result.
    #[param(inline, value_type = Option<Outcome>)]
    pub outcome: Option<String>,
    /// How many rows: 50 when nothing is said.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    pub limit: Option<String>,
    /// Where the page before ended: its `next`.
    pub cursor: Option<String>,
}

/// The newest runs first.
#[utoipa::path(get, path = "/api/runs", tag = "runs", params(RunParameters),
    responses((status = 200, description = "A page.", body = Page<Run>)))]
pub async fn list(
    State(app): State<App>,
    _caller: Caller,
    Parameters(parameters): Parameters<RunParameters>,
) -> Result<Json<Page<Run>>> {
    let state = word("state", parameters.state.as_deref(), RunState::parse)?;
    let (limit, before) = limit_and_cursor(parameters.limit.as_deref(), parameters.cursor.as_deref())?;
    let before = (before > 0).then_some(before);
    let mut found = app.store().runs(state, before, limit + 1).await?;
    let has_next = found.len() > limit;
    found.truncate(limit);
    let items: Vec<Run> = found.into_iter().map(|stored| told(&app, stored.run)).collect();
    let next = items.last().filter(|_| has_next).map(|run| Cursor(run.id.to_string()));
    Ok(Json(Page { items, next }))
}

/// How far a run is.
#[utoipa::path(get, path = "/api/runs/{id}", tag = "runs",
    params(("id" = RunId, Path, description = "Its number.")),
    responses((status = 200, description = "The run. `ETag` is its version.", body = Run)))]
pub async fn show(State(app): State<App>, _caller: Caller, Part(id): Part<RunId>) -> Result<Response> {
    let stored = app.store().run(id).await?.ok_or(ProblemType::NotFound)?;
    Ok(tagged(&app, stored.run))
}

/// A run with what the operator decided about it.
pub fn told(app: &App, run: Run) -> Run {
    let policy = &app.decided().accounts;
    Run { stop_after: policy.stop_after, stop_share: policy.stop_share, ..run }
}

fn tagged(app: &App, run: Run) -> Response {
    let run = told(app, run);
    (AppendHeaders([(ETAG, version::tag(&run.version))]), Json(run)).into_response()
}

/// What became of each person, page by page.
#[utoipa::path(get, path = "/api/runs/{id}/rows", tag = "runs",
    params(("id" = RunId, Path, description = "The run."), RowParameters),
    responses((status = 200, description = "A page of rows.", body = Page<RunRow>)))]
pub async fn rows(
    State(app): State<App>,
    _caller: Caller,
    Part(id): Part<RunId>,
    Parameters(parameters): Parameters<RowParameters>,
) -> Result<Json<Page<RunRow>>> {
    app.store().run(id).await?.ok_or(ProblemType::NotFound)?;
    let outcome = word("outcome", parameters.outcome.as_deref(), Outcome::parse)?;
    let (limit, after) = limit_and_cursor(parameters.limit.as_deref(), parameters.cursor.as_deref())?;
    let mut items = app.store().run_rows(id, outcome, after, limit + 1).await?;
    let has_next = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| has_next).map(|row| Cursor(row.number.to_string()));
    Ok(Json(Page { items, next }))
}

/// The results as a file for spreadsheets, row by row.
#[utoipa::path(get, path = "/api/runs/{id}/rows.csv", tag = "runs",
    params(("id" = RunId, Path, description = "The run.")),
    responses((status = 200, description = "The rows as CSV.", content_type = "text/csv")))]
pub async fn file(State(app): State<App>, _caller: Caller, Part(id): Part<RunId>) -> Result<Response> {
    app.store().run(id).await?.ok_or(ProblemType::NotFound)?;
    let store = app.store().clone();
    let page = move |after| {
        let store = store.clone();
        async move {
            let rows = store.run_rows(id, None, after, FILE_ROWS).await?;
            Ok(rows.iter().map(|row| (row.number, cells(row))).collect())
        }
    };
    Ok(csv::file(&format!("run-{id}.csv"), "number,id,name,result,reason,at", page))
}

fn cells(row: &RunRow) -> Vec<String> {
    vec![
        row.number.to_string(),
        csv::quoted(row.person.id.as_str()),
        csv::quoted(&row.person.name),
        csv::quoted(row.outcome.as_str()),
        csv::quoted(row.reason.map(|reason| reason.sentence()).unwrap_or_default()),
        row.at.map(|at| at.to_string()).unwrap_or_default(),
    ]
}

/// Pauses a run, lets it go on, or stops it.
#[utoipa::path(patch, path = "/api/runs/{id}", tag = "runs", request_body = RunChange,
    params(("id" = RunId, Path, description = "Its number."),
        ("If-Match" = String, Header, description = "The version that the change is meant for.")),
    responses((status = 200, description = "The run after the change.", body = Run)))]
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    Part(id): Part<RunId>,
    headers: HeaderMap,
    Body { value: change, .. }: Body<RunChange>,
) -> Result<Response> {
    let tags = version::required(&headers)?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let mut stored = store::find(&mut write, id).await?.ok_or(ProblemType::NotFound)?;
    caller.needs(stored.run.action.right())?;
    // A run that goes on changes all the time; stopping it must not lose the race against it.
    if !tags.name(stored.run.version.as_str()) && change.state == RunState::Running {
        return Err(Error::Changed { by: None });
    }
    if stored.run.state == change.state {
        return Ok(tagged(&app, stored.run));
    }
    if !stored.run.state.next().contains(&change.state) {
        let detail =
            format!("A run that is {} can't be {}", stored.run.state.as_str(), change.state.as_str());
        return Err(Error::Told(ProblemType::NotPossible, detail));
    }
    stored.run.state = change.state;
    if change.state == RunState::Running {
        // Whoever lets it go on has seen what failed.
        stored.run.counted_from = stored.run.counts;
    }
    if change.state.is_over() {
        stored.run.ended_at = Some(now);
    }
    store::save(&mut write, &mut stored).await?;
    let what = format!("run.{}", change.state.as_str());
    tell(&mut write, &caller, &what, &stored.plan, id, None, now).await?;
    tell_runs(&mut write, now).await?;
    app.commit(write).await?;
    Ok(tagged(&app, stored.run))
}

/// What waits for a second person; and until its time is over, what lapsed because those whom it is about have changed.
#[utoipa::path(get, path = "/api/approvals", tag = "runs",
    responses((status = 200, description = "The runs, the newest first.", body = Vec<Waiting>)))]
pub async fn approvals(State(app): State<App>, _caller: Caller) -> Result<Json<Vec<Waiting>>> {
    let now = app.now();
    let mut waiting = Vec::new();
    let mut runs = app.store().runs(Some(RunState::Approval), None, 200).await?;
    runs.extend(app.store().runs(Some(RunState::Lapsed), None, 50).await?);
    runs.sort_by_key(|stored| std::cmp::Reverse(stored.run.id));
    for Stored { run, plan, .. } in runs {
        if run.approve_by.is_some_and(|until| until > now) {
            let people = plan.counts.will;
            let run = told(&app, run);
            waiting.push(Waiting { run, hash: plan.hash, people, consequences: plan.consequences });
        }
    }
    Ok(Json(waiting))
}

/// How many acts wait for a word of whoever asks.
#[utoipa::path(get, path = "/api/approvals/counts", tag = "runs",
    responses((status = 200, description = "The number.", body = ApprovalCounts)))]
pub async fn approval_counts(State(app): State<App>, caller: Caller) -> Result<Json<ApprovalCounts>> {
    let waiting_for_you = match &caller.who {
        Who::Person(viewer) if viewer.person().has(Right::Approve) => {
            app.store().approvals_for(&viewer.person().id, app.now()).await?
        }
        _ => 0,
    };
    Ok(Json(ApprovalCounts { waiting_for_you }))
}

/// Makes the links that a run of invitations hands on: one for each person who has not claimed the account yet.
/// Links that were made before end.
#[utoipa::path(post, path = "/api/runs/{id}/links", tag = "runs", request_body = NewLinks,
    params(("id" = RunId, Path, description = "The run.")),
    responses((status = 201, description = "The links. They are told once.", body = Links)))]
pub async fn links(
    State(app): State<App>,
    caller: Caller,
    Part(id): Part<RunId>,
    Body { value: NewLinks { after }, .. }: Body<NewLinks>,
) -> Result<Response> {
    caller.needs(Right::Accounts)?;
    let stored = app.store().run(id).await?.ok_or(ProblemType::NotFound)?;
    if !stored.run.action.makes_link() {
        let detail = "Only invitations have links to hand on";
        return Err(Error::Told(ProblemType::NotPossible, detail.to_owned()));
    }
    let rows = app.store().run_rows(id, Some(Outcome::Done), after, LINK_ROWS).await?;
    let next = rows.last().filter(|_| rows.len() == LINK_ROWS).map(|row| row.number);
    let mut items = Vec::with_capacity(rows.len());
    let rights = caller.actor().rights;
    let mut write = app.store().write().await?;
    let now = app.now();
    for row in rows {
        let account = accounts::find(&mut write, &row.person.id).await?;
        let may_have =
            |account: &Account| account.stage() == Stage::Invited && may_make_link(&rights, &account.rights);
        let Some(account) = account.filter(may_have) else { continue };
        let token = sessions::make_link(&mut write, &account.id, INVITATION_LINK, now).await?;
        let link = format!("{}/claim#{token}", app.origin().as_str());
        items.push(InvitationLink { person: account.reference(), email: account.email, link });
    }
    if after == 0 {
        tell(&mut write, &caller, "run.links", &stored.plan, id, None, now).await?;
    }
    app.commit(write).await?;
    Ok((StatusCode::CREATED, Json(Links { items, next })).into_response())
}

/// Approves or refuses. Nobody decides about their own request, and nothing is approved that was not shown.
#[utoipa::path(post, path = "/api/runs/{id}/approval", tag = "runs", request_body = Decision,
    params(("id" = RunId, Path, description = "The run.")),
    responses((status = 200, description = "The run after the decision.", body = Run)))]
pub async fn decide(
    State(app): State<App>,
    caller: Caller,
    Part(id): Part<RunId>,
    Body { value: decision, .. }: Body<Decision>,
) -> Result<Response> {
    let Who::Person(viewer) = &caller.who else {
        return Err(Error::Told(ProblemType::Forbidden, "A machine approves nothing".to_owned()));
    };
    caller.needs(Right::Approve)?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let mut stored = store::find(&mut write, id).await?.ok_or(ProblemType::NotFound)?;
    let person = viewer.person();
    if matches!(&stored.plan.by, crate::store::audit::By::Person(asker) if asker.id == person.id) {
        let detail = "You asked for this. Another admin must approve it";
        return Err(Error::Told(ProblemType::Forbidden, detail.to_owned()));
    }
    let is_in_time = stored.run.approve_by.is_some_and(|until| until > now);
    if stored.run.state == RunState::Lapsed && is_in_time {
        // Its time is not over, so those whom it is about have changed: it is to be asked for again.
        return Err(Error::Changed { by: None });
    }
    if stored.run.state != RunState::Approval {
        return Err(Error::Told(
            ProblemType::NotPossible,
            "This was decided already, or has lapsed".to_owned(),
        ));
    }
    if decision.hash != stored.plan.hash {
        return Err(Error::Changed { by: None });
    }
    if !is_in_time || store::is_outdated(&mut write, stored.plan.id).await? {
        // What was shown holds no more: it is to be asked for again.
        stored.run.state = RunState::Lapsed;
        stored.run.ended_at = Some(now);
        store::save(&mut write, &mut stored).await?;
        tell(&mut write, &caller, "run.lapsed", &stored.plan, id, None, now).await?;
        tell_runs(&mut write, now).await?;
        app.commit(write).await?;
        return Err(Error::Changed { by: None });
    }
    let reason = decision.reason.as_ref().map(|reason| reason.as_str());
    stored.run.decided_by =
        Some(frontdesk_contract::PersonRef { id: person.id.clone(), name: person.name.clone() });
    let what = if decision.approve { "run.approved" } else { "run.refused" };
    if decision.approve {
        stored.run.state = RunState::Running;
    } else {
        stored.run.state = RunState::Refused;
        stored.run.ended_at = Some(now);
    }
    stored.run.decision = reason.map(str::to_owned);
    store::note_decision(&mut write, id, reason).await?;
    store::save(&mut write, &mut stored).await?;
    tell(&mut write, &caller, what, &stored.plan, id, reason, now).await?;
    begin(&app, &mut write, &mut stored, now).await?;
    tell_runs(&mut write, now).await?;
    app.commit(write).await?;
    ask_provider(&app, &mut stored).await?;
    if stored.run.action.is_final() && stored.run.state.is_over() {
        app.store().fold_back().await;
    }
    Ok(tagged(&app, stored.run))
}

/// What to make a new plan of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Again {
    /// Of those for whom nothing could be done.
    Retry,
    /// Of those for whom it was done: the act that takes it back.
    Undo,
}

/// What `POST /api/runs/{id}/plans` takes.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewAgain {
    /// Which people, and what.
    what: Again,
    /// Why.
    #[serde(default)]
    reason: Option<frontdesk_contract::text::Reason>,
}

impl FromBody for NewAgain {}

/// Makes a new plan of a run: for whom it failed, again; or for whom it was done, back.
#[utoipa::path(post, path = "/api/runs/{id}/plans", tag = "runs", request_body = NewAgain,
    params(("id" = RunId, Path, description = "The run.")),
    responses((status = 201, description = "What would happen.", body = Plan)))]
pub async fn plan_again(
    State(app): State<App>,
    caller: Caller,
    Part(id): Part<RunId>,
    Body { value: again, .. }: Body<NewAgain>,
) -> Result<Response> {
    let stored = app.store().run(id).await?.ok_or(ProblemType::NotFound)?;
    let (action, outcomes): (_, &[Outcome]) = match again.what {
        Again::Retry => (Some(stored.run.action), &[Outcome::Failed, Outcome::Skipped, Outcome::Waiting]),
        Again::Undo => (stored.run.action.undo(), &[Outcome::Done]),
    };
    let action =
        action.ok_or_else(|| Error::Told(ProblemType::NotPossible, "Nothing takes this back".to_owned()))?;
    caller.needs(action.right())?;
    let mut people = Vec::new();
    for outcome in outcomes {
        let mut after = 0;
        loop {
            let rows = app.store().run_rows(id, Some(*outcome), after, FILE_ROWS).await?;
            let is_last = rows.len() < FILE_ROWS;
            after = rows.last().map_or(after, |row| row.number);
            people.extend(rows.into_iter().map(|row| row.person.id));
            if is_last {
                break;
            }
        }
    }
    if people.is_empty() {
        return Err(Error::Told(
            ProblemType::NotPossible,
            "There is nobody of whom to make a plan".to_owned(),
        ));
    }
    let reason = again.reason.or_else(|| stored.plan.reason.as_deref().and_then(|text| text.parse().ok()));
    // A dated deactivation is taken back by cancelling it, not by reactivating who is still active.
    let action = match (again.what, stored.plan.when) {
        (Again::Undo, Some(at)) if at > app.now() => frontdesk_contract::account::act::Action::Cancel,
        _ => action,
    };
    let mut new = plan_of(action, people, reason);
    if again.what == Again::Retry {
        new.when = stored.plan.when;
        new.heir = stored.plan.heir.map(|heir| heir.id);
    }
    let plan = make(&app, &caller, new).await?;
    Ok((StatusCode::CREATED, Json(plan)).into_response())
}
