//! Plans: a look at what would happen to whom, and the way from there to a run.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::account::Stage;
use frontdesk_contract::account::act::{Action, Approval, Reason, Verdict, When, judge};
use frontdesk_contract::account::consequence::consequences;
use frontdesk_contract::account::handover::Handover;
use frontdesk_contract::plan::{
    Key, LookAgain, NewPlan, NewRun, PLAN_LIFE, Plan, PlanCounts, PlanRefusal, PlanRow, RowVerdict, RunState,
    TARGET_MAX, ToType,
};
use frontdesk_contract::{Cursor, Page, PersonId, PlanId, ProblemType, RunId, Timestamp};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::HashSet;

use crate::app::App;
use crate::http::address::{Parameters, Part, word};
use crate::http::caller::{Caller, Who};
use crate::http::csv::{self, FILE_ROWS};
use crate::http::error::{Error, Result};
use crate::http::idempotency::Key as CreateKey;
use crate::http::json::{Body, FromBody};
use crate::http::version;
use crate::runs;
use crate::store::audit::{self, By, Line};
use crate::store::events::tell_runs;
use crate::store::handover::{self, Leavers};
use crate::store::plans::{self as store, NewRow, Stored};
use crate::store::{accounts, runs as run_store};
use crate::upstream::scim::acts;

/// The largest plan that is read: 200,000 addresses.
pub const BODY_LIMIT: usize = 32 * 1_024 * 1_024;
/// So many targets are looked at together.
const LOOKED_AT: usize = 500;
/// So many rows are written together, so that whoever waits for a write waits shortly.
const WRITTEN: usize = 2_000;
/// So many rows come with the plan itself.
const FIRST: usize = 50;
/// So many rows a page of them has at the most.
const ROWS_MAX: usize = 1_000;
/// So many people are reached within the call itself; with more the run goes on by itself.
const INLINE: u64 = 20;

impl FromBody for NewPlan {}
impl FromBody for NewRun {}
impl FromBody for LookAgain {}

/// Looks what an act would do to whom. Nothing of it happens.
#[utoipa::path(post, path = "/api/plans", tag = "plans", request_body = NewPlan,
    responses((status = 201, description = "What would happen. A run names its `hash`.", body = Plan)))]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Body { value: new, .. }: Body<NewPlan>,
) -> Result<Response> {
    caller.needs(new.action.right())?;
    let plan = make(&app, &caller, new).await?;
    let location = format!("/api/plans/{}", plan.id);
    Ok((StatusCode::CREATED, AppendHeaders([(LOCATION, location)]), Json(plan)).into_response())
}

/// Makes a plan of what was checked.
pub async fn make(app: &App, caller: &Caller, new: NewPlan) -> Result<Plan> {
    new.check().map_err(|refusal| match refusal {
        PlanRefusal::Nobody | PlanRefusal::TooMany => Error::field("/targets", &refusal),
        PlanRefusal::Places => Error::field("/places", &refusal),
        PlanRefusal::ReasonMissing => Error::field("/reason", &refusal),
        PlanRefusal::Heir => Error::field("/heir", &refusal),
    })?;
    let now = app.now();
    let mut plan = Stored {
        id: PlanId(0),
        action: new.action,
        by: caller.by(),
        when: new.when,
        reason: new.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        heir: None,
        belongings: None,
        created_at: now,
        ends_at: now.plus(PLAN_LIFE),
        approval: Approval::Free,
        consequences: Vec::new(),
        counts: PlanCounts::default(),
        hash: String::new(),
    };
    let mut write = app.store().write().await?;
    plan.id = store::begin(&mut write, &plan).await?;
    write.commit().await?;
    let mut hash = Sha256::new();
    let heir = new.heir.as_ref().map(PersonId::as_str);
    hash.update(format!("{:?} {:?} {:?} {:?} {heir:?}\n", plan.by, plan.action, plan.when, plan.reason));
    let rows = rows(app, caller, &new, &mut plan.counts, now).await?;
    for batch in rows.chunks(WRITTEN) {
        for row in batch {
            let (person, date) = (row.person.as_ref().map(PersonId::as_str), row.date.map(Timestamp::millis));
            hash.update(format!("{} {person:?} {:?} {:?} {date:?}\n", row.number, row.version, row.verdict));
        }
        let mut write = app.store().write().await?;
        store::insert_rows(&mut write, plan.id, batch).await?;
        write.commit().await?;
    }
    let mut connection = app.store().read().acquire().await?;
    let mut circle = store::circle(&mut connection, plan.id).await?;
    circle.machines.extend(app.decided().status.webhooks.iter().map(|webhook| webhook.name.clone()));
    if new.action == Action::Deactivate {
        let leavers = Leavers::Plan(plan.id);
        let (what, needs) = handover::belongings(&mut connection, leavers).await?;
        if let Some(heir) = &new.heir {
            let judged = handover::judged(&mut connection, heir, &needs, leavers).await?;
            plan.heir = Some(judged.map_err(|refusal| Error::field("/heir", &refusal))?);
        }
        plan.belongings = Some(what);
        circle.heir = plan.heir.as_ref().map(|heir| heir.name.clone());
    }
    let life = store::only_life(&mut connection, plan.id).await?;
    let others = accounts::other_approvers(&mut connection, caller.person()).await?;
    drop(connection);
    let policy = &app.decided().accounts;
    if plan.counts.will > 0 {
        let when = new.when.map_or(When::Now, When::On);
        plan.consequences =
            consequences(new.action, when, &circle, life.as_ref(), policy.deletion_span(), now);
        plan.approval = policy.approval(new.action, plan.counts.will, others);
    }
    hash.update(serde_json::to_string(&plan.consequences).map_err(Error::internal)?);
    plan.hash = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut write = app.store().write().await?;
    store::finish(&mut write, &plan).await?;
    write.commit().await?;
    shown(app, plan).await
}

/// Looks again at the people of a plan, as they stand now. Rows that name nobody are left out.
#[utoipa::path(post, path = "/api/plans/{id}/plans", tag = "plans", request_body = LookAgain,
    params(("id" = PlanId, Path, description = "The plan.")),
    responses((status = 201, description = "What would happen now.", body = Plan),
        (status = 422, description = "Nobody whom the plan was for is still there.", body = frontdesk_contract::Problem, content_type = "application/problem+json")))]
pub async fn look_again(
    State(app): State<App>,
    caller: Caller,
    Part(id): Part<PlanId>,
    Body { value: again, .. }: Body<LookAgain>,
) -> Result<Response> {
    let plan = app.store().plan(id).await?.ok_or(ProblemType::NotFound)?;
    caller.needs(plan.action.right())?;
    let (mut people, mut after) = (Vec::new(), 0);
    loop {
        let rows = app.store().plan_rows(id, None, after, ROWS_MAX).await?;
        let is_last = rows.len() < ROWS_MAX;
        after = rows.last().map_or(after, |row| row.number);
        let named = rows.into_iter().filter(|row| row.verdict != RowVerdict::Twice);
        people.extend(named.filter_map(|row| row.person).map(|person| person.id));
        if is_last {
            break;
        }
    }
    let reason = plan.reason.as_deref().and_then(|text| text.parse().ok());
    let new = NewPlan { when: plan.when, heir: again.heir, ..plan_of(plan.action, people, reason) };
    let plan = make(&app, &caller, new).await?;
    let location = format!("/api/plans/{}", plan.id);
    Ok((StatusCode::CREATED, AppendHeaders([(LOCATION, location)]), Json(plan)).into_response())
}

/// Looks at each target, in the order of the list.
async fn rows(
    app: &App,
    caller: &Caller,
    new: &NewPlan,
    counts: &mut PlanCounts,
    now: Timestamp,
) -> Result<Vec<NewRow>> {
    let mut connection = app.store().read().acquire().await?;
    let (actor, when) = (caller.actor(), new.when.map_or(When::Now, When::On));
    let mut keyholders = accounts::keyholders(&mut connection).await?;
    let mut seen: HashSet<PersonId> = HashSet::new();
    let mut rows = Vec::with_capacity(new.targets.len());
    for (batch, targets) in new.targets.chunks(LOOKED_AT).enumerate() {
        let keys: Vec<String> = targets.iter().map(|text| accounts::key_text(new.key, text)).collect();
        let mut asked: Vec<String> =
            keys.iter().filter(|key| !key.is_empty() && key.len() <= TARGET_MAX).cloned().collect();
        asked.sort_unstable();
        asked.dedup();
        let named = accounts::named(&mut connection, new.key, &asked).await?;
        let ids: Vec<PersonId> = named.values().filter(|ids| ids.len() == 1).flatten().cloned().collect();
        let found = accounts::find_all(&mut connection, &ids).await?;
        for (place, (text, key)) in targets.iter().zip(&keys).enumerate() {
            let number = new.place(batch * LOOKED_AT + place);
            counts.all += 1;
            let only = named.get(key).filter(|ids| ids.len() == 1).and_then(|ids| ids.first());
            let account = only.and_then(|id| found.get(id));
            let mut row = NewRow {
                number,
                given: None,
                person: account.map(|account| account.id.clone()),
                version: account.map(|account| account.version),
                stage: account.map(|account| account.stage()),
                verdict: RowVerdict::Will,
                reason: None,
                date: None,
            };
            match account {
                None => {
                    row.verdict = RowVerdict::Unknown;
                    row.given =
                        Some(text.chars().take(TARGET_MAX).filter(|letter| *letter != '\0').collect());
                    counts.unknown += 1;
                }
                Some(account) if !seen.insert(account.id.clone()) => {
                    row.verdict = RowVerdict::Twice;
                    counts.twice += 1;
                }
                Some(account) => match judge(new.action, when, &account.subject(), &actor, keyholders, now) {
                    Verdict::Will => {
                        counts.will += 1;
                        if new.action.ends_access() {
                            keyholders = keyholders.without(&account.subject());
                        }
                    }
                    Verdict::Already => {
                        row.verdict = RowVerdict::Already;
                        counts.already += 1;
                    }
                    Verdict::Refused(refusal) => {
                        row.verdict = RowVerdict::Refused;
                        (row.reason, row.date) = (Some(refusal.reason), refusal.date);
                        counts.refused += 1;
                    }
                },
            }
            rows.push(row);
        }
    }
    Ok(rows)
}

/// The plan as it is shown, with its first rows.
async fn shown(app: &App, plan: Stored) -> Result<Plan> {
    let mut rows = app.store().plan_rows(plan.id, None, 0, FIRST + 1).await?;
    let has_next = rows.len() > FIRST;
    rows.truncate(FIRST);
    let next = rows.last().filter(|_| has_next).map(|row| Cursor(row.number.to_string()));
    let mut connection = app.store().read().acquire().await?;
    let run = run_store::of_plan(&mut connection, plan.id).await?.map(|stored| stored.run.id);
    let handover = match plan.belongings.filter(|what| what.total() > 0) {
        Some(what) => {
            let (_, needs) = handover::belongings(&mut connection, Leavers::Plan(plan.id)).await?;
            let heirs = handover::heirs(&mut connection, &needs, plan.id).await?;
            Some(Handover { what, heir: plan.heir, heirs })
        }
        None => None,
    };
    drop(connection);
    Ok(Plan {
        id: plan.id,
        action: plan.action,
        by: run_store::actor(&plan.by)?,
        when: plan.when,
        reason: plan.reason,
        created_at: plan.created_at,
        ends_at: plan.ends_at,
        counts: plan.counts,
        consequences: plan.consequences,
        handover,
        approval: plan.approval,
        type_number: plan.counts.will > app.decided().accounts.type_above,
        undo: plan.action.undo(),
        hash: plan.hash,
        run,
        rows,
        next,
    })
}

/// Reads a plan again.
#[utoipa::path(get, path = "/api/plans/{id}", tag = "plans",
    params(("id" = PlanId, Path, description = "Its number.")),
    responses((status = 200, description = "The plan as it was shown.", body = Plan)))]
pub async fn show(State(app): State<App>, _caller: Caller, Part(id): Part<PlanId>) -> Result<Json<Plan>> {
    let plan = app.store().plan(id).await?.ok_or(ProblemType::NotFound)?;
    shown(&app, plan).await.map(Json)
}

/// What rows can be asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct RowParameters {
    /// Only those that say this.
    #[param(inline, value_type = Option<RowVerdict>)]
    pub verdict: Option<String>,
    /// How many rows: 50 when nothing is said.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    pub limit: Option<String>,
    /// Where the page before ended: its `next`.
    pub cursor: Option<String>,
}

/// The rows of a plan, page by page.
#[utoipa::path(get, path = "/api/plans/{id}/rows", tag = "plans",
    params(("id" = PlanId, Path, description = "The plan."), RowParameters),
    responses((status = 200, description = "A page of rows.", body = Page<PlanRow>)))]
pub async fn rows_of(
    State(app): State<App>,
    _caller: Caller,
    Part(id): Part<PlanId>,
    Parameters(parameters): Parameters<RowParameters>,
) -> Result<Json<Page<PlanRow>>> {
    app.store().plan(id).await?.ok_or(ProblemType::NotFound)?;
    let verdict = word("verdict", parameters.verdict.as_deref(), RowVerdict::parse)?;
    let (limit, after) = limit_and_cursor(parameters.limit.as_deref(), parameters.cursor.as_deref())?;
    let mut items = app.store().plan_rows(id, verdict, after, limit + 1).await?;
    let has_next = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| has_next).map(|row| Cursor(row.number.to_string()));
    Ok(Json(Page { items, next }))
}

/// The dry run as a file for spreadsheets, row by row.
#[utoipa::path(get, path = "/api/plans/{id}/rows.csv", tag = "plans",
    params(("id" = PlanId, Path, description = "The plan.")),
    responses((status = 200, description = "The rows as CSV.", content_type = "text/csv")))]
pub async fn file(State(app): State<App>, _caller: Caller, Part(id): Part<PlanId>) -> Result<Response> {
    app.store().plan(id).await?.ok_or(ProblemType::NotFound)?;
    let store = app.store().clone();
    let page = move |after| {
        let store = store.clone();
        async move {
            let rows = store.plan_rows(id, None, after, FILE_ROWS).await?;
            Ok(rows.iter().map(|row| (row.number, cells(row))).collect())
        }
    };
    let head = "number,id,name,given,stage,verdict,reason,date";
    Ok(csv::file(&format!("dry-run-{id}.csv"), head, page))
}

fn cells(row: &PlanRow) -> Vec<String> {
    let person = row.person.as_ref();
    vec![
        row.number.to_string(),
        csv::quoted(person.map_or("", |person| person.id.as_str())),
        csv::quoted(person.map_or("", |person| &person.name)),
        csv::quoted(row.given.as_deref().unwrap_or_default()),
        csv::quoted(row.stage.map_or("", Stage::as_str)),
        csv::quoted(row.verdict.as_str()),
        csv::quoted(row.reason.map_or("", Reason::sentence)),
        row.date.map(|date| date.to_string()).unwrap_or_default(),
    ]
}

/// How many rows, and behind which number.
pub fn limit_and_cursor(limit: Option<&str>, cursor: Option<&str>) -> Result<(usize, u64)> {
    let is_possible = |limit: &usize| (1..=ROWS_MAX).contains(limit);
    let limit = word("limit", limit, |text| text.parse().ok().filter(is_possible))?.unwrap_or(FIRST);
    let is_a_number = |number: &u64| i64::try_from(*number).is_ok();
    let after = word("cursor", cursor, |text| text.parse().ok().filter(is_a_number))?.unwrap_or(0);
    Ok((limit, after))
}

/// Does what a plan showed, or asks a second person first. Asked again, it is answered with the run that stands.
#[utoipa::path(post, path = "/api/plans/{id}/runs", tag = "plans", request_body = NewRun,
    params(("id" = PlanId, Path, description = "The plan."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own. A plan is run once, whatever the key.")),
    responses((status = 201, description = "Done; for one person with the receipt.", body = frontdesk_contract::plan::Run),
        (status = 202, description = "It goes on, or waits for a second person, a date or the waiting period.", body = frontdesk_contract::plan::Run),
        (status = 412, description = "The hash isn't that of the plan, or what it is about was changed meanwhile.", body = frontdesk_contract::Problem, content_type = "application/problem+json")))]
pub async fn run(
    State(app): State<App>,
    caller: Caller,
    Part(id): Part<PlanId>,
    headers: HeaderMap,
    Body { value: new, .. }: Body<NewRun>,
) -> Result<Response> {
    CreateKey::required(&headers)?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let plan = store::find(&mut write, id).await?.ok_or(ProblemType::NotFound)?;
    caller.needs(plan.action.right())?;
    if !is_same(&plan.by, &caller.by()) {
        return Err(told(ProblemType::Forbidden, "Only whoever made the plan can run it"));
    }
    if new.hash != plan.hash {
        return Err(Error::Changed { by: None });
    }
    if let Some(known) = run_store::of_plan(&mut write, id).await? {
        return answered(&app, known.run);
    }
    if plan.ends_at <= now || run_store::is_outdated(&mut write, id).await? {
        return Err(Error::Changed { by: None });
    }
    if plan.counts.will == 0 {
        return Err(told(ProblemType::NotPossible, "There is nobody to whom this could be done"));
    }
    if new.words.is_some() && !(plan.action.makes_link() && app.decided().mail.is_some()) {
        return Err(Error::field("/words", &"No e-mail is sent that could carry these words"));
    }
    let policy = &app.decided().accounts;
    if let Who::Person(_) = &caller.who {
        let first = app.store().plan_rows(id, Some(RowVerdict::Will), 0, 1).await?;
        let name = first.into_iter().next().and_then(|row| row.person).map(|person| person.name);
        let to_type = match (plan.counts.will, plan.action.is_final(), name) {
            (1, true, Some(name)) => ToType::Name(name),
            (count, _, _) if count > policy.type_above => ToType::Number(count),
            _ => ToType::Nothing,
        };
        if !to_type.is_met(new.typed.as_deref()) {
            let what = match to_type {
                ToType::Number(number) => format!("Type the number of people: {number}"),
                ToType::Name(_) | ToType::Nothing => "Type the name as it stands".to_owned(),
            };
            return Err(Error::field("/typed", &what));
        }
    }
    let others = accounts::other_approvers(&mut write, caller.person()).await?;
    let approval = policy.approval(plan.action, plan.counts.will, others);
    let emergency = new.emergency.as_ref().map(|reason| reason.as_str());
    let state = match (approval, emergency, &caller.who) {
        (Approval::Free, _, _) | (_, Some(_), Who::Person(_)) => RunState::Running,
        (Approval::Other, _, _) => RunState::Approval,
        (Approval::Alone, _, _) => {
            let detail =
                "There is nobody else who may approve this. Add another admin, or use the emergency approval";
            return Err(told(ProblemType::NotPossible, detail));
        }
    };
    let emergency = emergency.filter(|_| approval != Approval::Free);
    let fresh = run_store::NewRun {
        plan: id,
        state,
        approve_by: (state == RunState::Approval).then(|| now.plus(policy.approval_span())),
        emergency,
        effective_at: plan.when,
        network: Some(&caller.network),
        words: new.words.as_ref().map(|words| words.as_str()),
    };
    let run_id = run_store::insert(&mut write, &fresh, now).await?;
    tell(&mut write, &caller, "run.asked", &plan, run_id, plan.reason.as_deref(), now).await?;
    if emergency.is_some() {
        tracing::warn!(run = run_id.0, "the emergency approval was used");
        tell(&mut write, &caller, "run.emergency", &plan, run_id, emergency, now).await?;
    }
    let mut stored = run_store::find(&mut write, run_id).await?.ok_or(ProblemType::NotFound)?;
    let receipt = begin(&app, &mut write, &mut stored, now).await?;
    tell_runs(&mut write, now).await?;
    app.commit(write).await?;
    ask_provider(&app, &mut stored).await?;
    if stored.run.action.is_final() && stored.run.state.is_over() {
        app.store().fold_back().await;
    }
    if let (Some(kept), Some(told)) = (stored.run.receipt.as_mut(), receipt) {
        // The link is told here and nowhere else.
        kept.link = told.link;
    }
    answered(&app, stored.run)
}

/// Reaches everybody at once when they are few.
pub async fn begin(
    app: &App,
    write: &mut crate::store::Write,
    stored: &mut run_store::Stored,
    now: Timestamp,
) -> Result<Option<frontdesk_contract::plan::Receipt>> {
    if stored.run.state != RunState::Running || stored.run.counts.all > INLINE || is_providers(app, stored) {
        return Ok(None);
    }
    let limit = i64::try_from(INLINE + 1).unwrap_or(i64::MAX);
    Ok(runs::reach(app, write, stored, limit, acts::Carrying::new(), now).await?)
}

/// Whether the act is the provider's to do, for those whose accounts it keeps.
fn is_providers(app: &App, stored: &run_store::Stored) -> bool {
    let when = stored.plan.when.map_or(When::Now, When::On);
    app.provider().is_some() && acts::Ask::of(stored.run.action, when).is_some()
}

/// Lets the provider do what a run asks of it, when few people are touched; with more it goes on by itself. The run
/// stands already, so it goes on even when whoever asked for it has gone.
pub async fn ask_provider(app: &App, stored: &mut run_store::Stored) -> Result<()> {
    let is_now = stored.run.state == RunState::Running && stored.run.counts.all <= INLINE;
    let Some(provider) = app.provider().filter(|_| is_now && is_providers(app, stored)).cloned() else {
        return Ok(());
    };
    let (own, id) = (app.clone(), stored.run.id);
    let limit = i64::try_from(INLINE + 1).unwrap_or(i64::MAX);
    let asking = tokio::spawn(async move { runs::reach_there(&own, &provider, id, limit).await });
    asking.await.map_err(Error::internal)??;
    if let Some(now) = app.store().run(id).await? {
        *stored = now;
    }
    Ok(())
}

/// 201 when all of it is done, 202 while something waits.
fn answered(app: &App, run: frontdesk_contract::plan::Run) -> Result<Response> {
    let run = crate::http::runs::told(app, run);
    let waits = run.effective_at.is_some() && run.action != Action::Cancel;
    let status =
        if run.state == RunState::Done && !waits { StatusCode::CREATED } else { StatusCode::ACCEPTED };
    let headers =
        AppendHeaders([(LOCATION, format!("/api/runs/{}", run.id)), (ETAG, version::tag(&run.version))]);
    Ok((status, headers, Json(run)).into_response())
}

/// A line of the audit log about a run: what is done to how many, and to whom if it is one.
pub async fn tell(
    write: &mut crate::store::Write,
    caller: &Caller,
    what: &str,
    plan: &Stored,
    run: RunId,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let after = format!("{} {}", plan.action.as_str(), plan.counts.will);
    let (by, to) = (caller.by(), store::only_person(write, plan.id).await?);
    let line = Line {
        by: &by,
        what,
        to: to.as_ref(),
        network: Some(&caller.network),
        before: None,
        after: Some(&after),
        reason,
        run: Some(run),
    };
    audit::write_line(write, &line, now).await?;
    Ok(())
}

fn is_same(one: &By, two: &By) -> bool {
    match (one, two) {
        (By::Person(one), By::Person(two)) => one.id == two.id,
        (By::Token(one), By::Token(two)) => one == two,
        _ => false,
    }
}

fn told(kind: ProblemType, detail: &str) -> Error {
    Error::Told(kind, detail.to_owned())
}

/// The plan that does again what failed, or takes back what was done.
pub fn plan_of(
    action: Action,
    people: Vec<PersonId>,
    reason: Option<frontdesk_contract::text::Reason>,
) -> NewPlan {
    NewPlan {
        action,
        targets: people.into_iter().map(|id| id.to_string()).collect(),
        key: Key::Id,
        places: Vec::new(),
        when: None,
        reason,
        heir: None,
    }
}
