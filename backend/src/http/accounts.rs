//! What SCIM lacks about accounts: verdicts, the clock, what stands around a person, counts.

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::account::Stage;
use frontdesk_contract::account::act::{Action, Verdict, When, judge};
use frontdesk_contract::account::clock::{is_behind, marks};
use frontdesk_contract::account::consequence::NAMES;
use frontdesk_contract::account::page::{
    AccountCounts, AccountDetails, Asked, Department, InGroup, Possible, SESSIONS,
};
use frontdesk_contract::{PersonId, PersonRef, ProblemType, Version};

use crate::app::App;
use crate::http::address::Part;
use crate::http::again;
use crate::http::caller::Caller;
use crate::http::error::{Error, Result};
use crate::http::version;
use crate::store::erase::would_erase_there;
use crate::store::{accounts, audit, groups, mirror, runs, sessions};

/// How many accounts stand where.
#[utoipa::path(get, path = "/api/accounts/counts", tag = "accounts",
    responses((status = 200, description = "The counts.", body = AccountCounts)))]
pub async fn counts(State(app): State<App>, _caller: Caller) -> Result<Json<AccountCounts>> {
    let now = app.now();
    let mut counts = app.store().waiting_counts(now).await?;
    counts.behind = app.store().clock_mark().await?.filter(|newest| is_behind(*newest, now));
    for (stage, count) in app.store().people_counts().await? {
        match stage {
            Stage::Provisioned => counts.provisioned = count,
            Stage::Invited => counts.invited = count,
            Stage::Active => counts.active = count,
            Stage::Deactivated => counts.deactivated = count,
            Stage::Former => counts.former = count,
        }
    }
    Ok(Json(counts))
}

/// The departments, by name, with how many accounts belong to each.
#[utoipa::path(get, path = "/api/accounts/departments", tag = "accounts",
    responses((status = 200, description = "The departments.", body = Vec<Department>)))]
pub async fn departments(State(app): State<App>, _caller: Caller) -> Result<Json<Vec<Department>>> {
    Ok(Json(app.store().departments().await?))
}

/// An account with its clock, what can be done and what not, and what stands around it.
#[utoipa::path(get, path = "/api/accounts/{id}", tag = "accounts",
    params(("id" = PersonId, Path, description = "The SCIM id of the person.")),
    responses((status = 200, description = "The account. `ETag` is its version.", body = AccountDetails),
        (status = 410, description = "It was deleted; when and by whom.")))]
pub async fn show(State(app): State<App>, caller: Caller, Part(id): Part<PersonId>) -> Result<Response> {
    let now = app.now();
    let Some(account) = app.store().account_of(&id).await? else { return Err(gone(&app, &id).await?) };
    let mut connection = app.store().read().acquire().await?;
    let circle = accounts::circle(&mut connection, &account).await?;
    let keyholders = accounts::keyholders(&mut connection).await?;
    let others = accounts::other_approvers(&mut connection, caller.person()).await?;
    let (actor, subject) = (caller.actor(), account.subject());
    let possible = |action: Action| {
        let verdict = judge(action, When::Now, &subject, &actor, keyholders, now);
        let refusal = match verdict {
            Verdict::Refused(refusal) => Some(refusal),
            Verdict::Will | Verdict::Already => None,
        };
        Possible {
            action,
            possible: verdict == Verdict::Will,
            reason: refusal.map(|refusal| refusal.reason),
            date: refusal.and_then(|refusal| refusal.date),
            approval: app.decided().accounts.approval(action, 1, others),
        }
    };
    let memberships = groups::of_person(&mut connection, &id).await?;
    let comeback = again::lists(&mut connection, &account).await?;
    let open = sessions::open(&mut connection, &id, SESSIONS).await?;
    let manager = match (account.manager(), &account.manager_name) {
        (Some(id), Some(name)) => id.parse().ok().map(|id| PersonRef { id, name: name.clone() }),
        _ => None,
    };
    let asked = runs::waiting_for(&mut connection, &id, now).await?;
    let asked = asked
        .into_iter()
        .map(|run| Asked {
            run: run.id,
            action: run.action,
            by: run.by,
            at: run.created_at,
            until: run.approve_by,
        })
        .collect();
    let links = mirror::links(&mut connection, std::slice::from_ref(&id)).await?;
    // Where the provider keeps the account, it is the provider's schema that says what goes.
    let is_theirs =
        app.provider().is_some() && links.get(&id).is_some_and(|link| link.missing_since.is_none());
    let known = if is_theirs { app.store().mirror().await? } else { None };
    let abilities = known.and_then(|known| known.abilities);
    let is_estimate = links.get(&id).is_some_and(|link| link.is_estimate);
    let version = Version::numbered(account.version);
    let text = |name: &str| account.resource.get(name).and_then(|value| value.as_str()).map(str::to_owned);
    let details = AccountDetails {
        title: text("title"),
        department: account.enterprise("department").map(str::to_owned),
        employee_number: account.enterprise("employeeNumber").map(str::to_owned),
        time_zone: text("timezone"),
        manager,
        stage: account.stage(),
        held_at: account.life.held_at,
        claimed_at: account.life.claimed_at,
        managed_by: account.managed_by.clone(),
        left_open: account.life.is_left_open(now),
        marks: marks(&account.life),
        actions: Action::ALL.map(possible).to_vec(),
        sessions: circle.sessions,
        last_used_at: open.first().map(|session| session.used_at),
        open,
        groups: memberships
            .into_iter()
            .map(|group| InGroup { name: group.name, ownership: group.ownership })
            .collect(),
        reports: circle.reports,
        reports_first: accounts::reports_of(&mut connection, &id, NAMES).await?,
        belongings: circle.belongings,
        problems: circle.problems,
        content: circle.content,
        comments: circle.comments,
        comeback,
        fields: (account.stage() == Stage::Deactivated)
            .then(|| would_erase_there(&account, abilities.as_ref())),
        estimate: is_estimate && account.stage() == Stage::Deactivated,
        waits_for: account.waits_for_run,
        asked,
        version: version.clone(),
        id: account.id,
        name: account.name,
        email: account.email,
    };
    Ok((AppendHeaders([(ETAG, version::tag(&version))]), Json(details)).into_response())
}

/// 410 with when and by whom for what was deleted, 404 for what never was.
async fn gone(app: &App, id: &PersonId) -> Result<Error> {
    let Some(at) = app.store().deleted_at(id).await? else { return Ok(ProblemType::NotFound.into()) };
    let filter = audit::Filter {
        subject: Some(id.clone()),
        what: Some("account.".to_owned()),
        ..audit::Filter::default()
    };
    let lines = app.store().audit(&filter, 20).await?;
    let asked = lines
        .iter()
        .find(|line| matches!(line.what.as_str(), "account.delete" | "account.withdraw" | "scim.delete"));
    let by = asked.and_then(|line| line.by.name.clone());
    Ok(Error::Gone { at, by })
}
