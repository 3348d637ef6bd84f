//! Acts on people: plans that only look, runs that do, approvals by a second person.

use frontdesk_contract::account::creation::{Created, NewAccount};
use frontdesk_contract::plan::{
    Decision, Links, LookAgain, NewLinks, NewPlan, NewRun, Outcome, Plan, PlanRow, RowVerdict, Run,
    RunChange, RunRow, RunState, Waiting,
};
use frontdesk_contract::text::Reason;
use frontdesk_contract::{Cursor, Page, PersonId, PlanId, RunId, Version};
use serde::Serialize;

use crate::api::Endpoint;
use crate::route::encode;

const PLANS: &str = "/api/plans";
const RUNS: &str = "/api/runs";

/// Looks what an act would do to whom. Nothing of it happens, so it may be asked twice.
pub fn look(plan: &NewPlan) -> Endpoint<Plan> {
    Endpoint::post(PLANS, plan)
}

/// A plan as it was shown.
pub fn show(id: PlanId) -> Endpoint<Plan> {
    Endpoint::get(format!("{PLANS}/{id}"))
}

/// Rows of a plan: those of a verdict, or all.
pub fn rows(
    id: PlanId,
    verdict: Option<RowVerdict>,
    after: Option<&Cursor>,
    limit: usize,
) -> Endpoint<Page<PlanRow>> {
    Endpoint::get(page(
        format!("{PLANS}/{id}/rows"),
        "verdict",
        verdict.map(RowVerdict::as_str),
        after,
        limit,
    ))
}

/// Does what a plan showed. A plan is run once, whatever the key.
pub fn run(id: PlanId, run: &NewRun, key: &str) -> Endpoint<Run> {
    Endpoint::post(format!("{PLANS}/{id}/runs"), run).keyed(key)
}

/// The newest runs first.
pub fn runs(state: Option<RunState>, after: Option<&Cursor>, limit: usize) -> Endpoint<Page<Run>> {
    Endpoint::get(page(RUNS.to_owned(), "state", state.map(RunState::as_str), after, limit))
}

/// How far a run is.
pub fn show_run(id: RunId) -> Endpoint<Run> {
    Endpoint::get(format!("{RUNS}/{id}"))
}

/// Pauses a run, lets it go on, or stops it.
pub fn change(id: RunId, state: RunState, version: Version) -> Endpoint<Run> {
    Endpoint::patch(format!("{RUNS}/{id}"), &RunChange { state }).if_match(version)
}

/// What became of the people of a run: those with an outcome, or all.
pub fn results(
    id: RunId,
    outcome: Option<Outcome>,
    after: Option<&Cursor>,
    limit: usize,
) -> Endpoint<Page<RunRow>> {
    Endpoint::get(page(format!("{RUNS}/{id}/rows"), "outcome", outcome.map(Outcome::as_str), after, limit))
}

/// The address of the file with all rows of a plan.
pub fn rows_file(id: PlanId) -> String {
    format!("{PLANS}/{id}/rows.csv")
}

/// The address of the file with all results of a run.
pub fn file(id: RunId) -> String {
    format!("{RUNS}/{id}/rows.csv")
}

/// Of whom another plan is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Of those for whom nothing could be done: the same act.
    Retry,
    /// Of those for whom it was done: the act that takes it back.
    Undo,
}

/// Looks again at the people of a plan, as they stand now, with somebody who takes over what leavers have.
pub fn look_anew(id: PlanId, heir: Option<PersonId>) -> Endpoint<Plan> {
    Endpoint::post(format!("{PLANS}/{id}/plans"), &LookAgain { heir })
}

/// Makes a plan of what became of a run.
pub fn look_again(id: RunId, again: Again, reason: Option<&Reason>) -> Endpoint<Plan> {
    #[derive(Serialize)]
    struct Body<'a> {
        what: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'a str>,
    }
    let what = match again {
        Again::Retry => "retry",
        Again::Undo => "undo",
    };
    Endpoint::post(format!("{RUNS}/{id}/plans"), &Body { what, reason: reason.map(Reason::as_str) })
}

/// Makes an account that nobody was told of yet.
pub fn create_account(account: &NewAccount, key: &str) -> Endpoint<Created> {
    Endpoint::post("/api/accounts", account).keyed(key)
}

/// Makes the links that a run of invitations hands on, behind a row; those before end.
pub fn links(id: RunId, after: u64) -> Endpoint<Links> {
    Endpoint::post(format!("{RUNS}/{id}/links"), &NewLinks { after })
}

/// What waits for a second person.
pub fn approvals() -> Endpoint<Vec<Waiting>> {
    Endpoint::get("/api/approvals")
}

/// Approves or refuses what was shown. A decision is made once, so it may be sent twice.
pub fn decide(id: RunId, decision: &Decision) -> Endpoint<Run> {
    Endpoint::post(format!("{RUNS}/{id}/approval"), decision)
}

fn page(mut path: String, filter: &str, word: Option<&str>, after: Option<&Cursor>, limit: usize) -> String {
    path.push_str("?limit=");
    path.push_str(&limit.to_string());
    if let Some(word) = word {
        path = path + "&" + filter + "=" + word;
    }
    if let Some(Cursor(cursor)) = after {
        path = path + "&cursor=" + &encode(cursor);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_asked_for_by_what_they_say() {
        let all = rows(PlanId(7), None, None, 50);
        assert_eq!(all.raw.path, "/api/plans/7/rows?limit=50");
        let next = Cursor("50".to_owned());
        let refused = rows(PlanId(7), Some(RowVerdict::Refused), Some(&next), 50);
        assert_eq!(refused.raw.path, "/api/plans/7/rows?limit=50&verdict=refused&cursor=50");
        assert_eq!(runs(Some(RunState::Running), None, 5).raw.path, "/api/runs?limit=5&state=running");
        assert_eq!(
            results(RunId(3), Some(Outcome::Failed), None, 9).raw.path,
            "/api/runs/3/rows?limit=9&outcome=failed"
        );
    }

    #[test]
    fn what_is_done_again_says_what() {
        let undo = look_again(RunId(3), Again::Undo, None);
        assert_eq!(undo.raw.body.as_deref(), Some(r#"{"what":"undo"}"#));
        let retry = look_again(RunId(3), Again::Retry, "x".parse().ok().as_ref());
        assert_eq!(retry.raw.body.as_deref(), Some(r#"{"what":"retry","reason":"x"}"#));
    }
}
