//! What an act does to the person and to others. Each line names where it is known from; what nobody
//! can know is said to be unknown (FACTS.md, "Where a consequence comes from").

use serde::{Deserialize, Serialize};

use super::act::{Action, When};
use super::handover::Belongings;
use super::{Lifecycle, WAIT};
use crate::Timestamp;
use crate::time::Span;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Effect {
    /// Sessions end, and sign-in is refused.
    Sessions,
    /// Profile and content stay visible; coworkers see that the profile is deactivated.
    Visible,
    /// Memberships end for good at this time.
    Memberships,
    /// Groups lose their only owner; from an unknown source, groups of which nobody here knows who owns them.
    Ownerless,
    /// People lose their manager.
    Unmanaged,
    /// Open requests to support that the person asked.
    Requests,
    /// Acts that the person asked for and that go on, are paused, or wait for their date.
    Jobs,
    /// Acts that the person asked for and that wait for a second person.
    Approvals,
    /// Lists that the person shares.
    Views,
    /// Somebody takes these over.
    Takeover,
    /// Tokens of machines and webhooks, which go on whoever knows them.
    Machines,
    /// Problem reports of the person that are open.
    Reports,
    /// Rights of an admin lie unused until somebody has them.
    Rights,
    /// It can be reactivated until the profile fields are removed.
    Reversible,
    /// The person can sign in again, with all data.
    Returns,
    /// The name becomes Former Member, and all profile fields go.
    Anonymous,
    /// The real name stays readable inside posts and comments.
    Mentions,
    /// Content that is deleted.
    Content,
    /// Comments of others that are deleted with it.
    Comments,
    /// Nothing brings it back.
    Final,
    /// Nothing is deleted before this time, and it can be cancelled until then.
    Waits,
    /// An invitation with a link goes out.
    Link,
    /// Nothing can be removed or deleted.
    Held,
    /// What can't be undone is possible again; memberships that are overdue end at once.
    Unheld,
    /// What waited for its time is taken back.
    Cancelled,
}

/// Where it is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ConsequenceSource))]
pub enum Source {
    /// Groups, owners, managers, sessions.
    Directory,
    /// What Frontdesk itself keeps.
    Frontdesk,
    /// The provider's own figures.
    Provider,
    /// The rule of the life cycle.
    Rule,
    /// Nobody here can know.
    Unknown,
}

/// One line of what an act does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consequence {
    /// What happens.
    pub effect: Effect,
    /// Where it is known from.
    pub source: Source,
    /// To how many things; none where it isn't counted or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Some of them by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// What stands around an account; added up for many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Circle {
    /// Sessions that are open.
    pub sessions: u64,
    /// Groups that the person is in.
    pub groups: u64,
    /// Groups that have no other owner: how many.
    pub owned_alone: u64,
    /// Some of these by name.
    pub owned_names: Vec<String>,
    /// Groups of which nobody here knows who owns them: how many.
    pub owner_unknown: u64,
    /// Some of these by name.
    pub owner_unknown_names: Vec<String>,
    /// People whose manager it is.
    pub reports: u64,
    /// Some of these by name.
    pub report_names: Vec<String>,
    /// What is in the person's name and must go on without them.
    pub belongings: Belongings,
    /// Who takes it over, where somebody was chosen.
    pub heir: Option<String>,
    /// Tokens of machines and webhooks of the organization, by name.
    pub machines: Vec<String>,
    /// Problem reports of the person that are open.
    pub problems: u64,
    /// How many have rights of an admin.
    pub admins: u64,
    /// Content by the provider's count.
    pub content: Option<u64>,
    /// Comments of others on it by the provider's count.
    pub comments: Option<u64>,
}

/// So many names are told; the rest is a number.
pub const NAMES: usize = 5;

impl Circle {
    /// Adds what stands around another account.
    pub fn add(&mut self, other: Self) {
        let sum = |one: Option<u64>, two: Option<u64>| Some(one?.saturating_add(two?));
        self.sessions += other.sessions;
        self.groups += other.groups;
        self.owned_alone += other.owned_alone;
        self.owner_unknown += other.owner_unknown;
        self.reports += other.reports;
        self.belongings = self.belongings.and(other.belongings);
        self.problems += other.problems;
        self.admins += other.admins;
        self.content = sum(self.content, other.content);
        self.comments = sum(self.comments, other.comments);
        self.owned_names.extend(other.owned_names);
        self.owner_unknown_names.extend(other.owner_unknown_names);
        self.report_names.extend(other.report_names);
        self.owned_names.truncate(NAMES);
        self.owner_unknown_names.truncate(NAMES);
        self.report_names.truncate(NAMES);
    }
}

/// What an act does, line by line (seed 003, "Deactivated Accounts", "Former Members", "Deleted Accounts").
///
/// `life` is the account's when there is one, so that times are exact; many have none in common.
pub fn consequences(
    action: Action,
    when: When,
    circle: &Circle,
    life: Option<&Lifecycle>,
    deletion: Span,
    now: Timestamp,
) -> Vec<Consequence> {
    let line = |effect, source| Consequence { effect, source, count: None, names: Vec::new(), at: None };
    let rule = |effect| line(effect, Source::Rule);
    let at = |effect, at| Consequence { at, ..rule(effect) };
    let mut lines = Vec::new();
    match action {
        Action::Deactivate => {
            let start = match when {
                When::Now => now,
                When::On(at) => at,
            };
            lines.push(sessions(circle, start));
            lines.push(rule(Effect::Visible));
            lines.push(Consequence {
                count: Some(circle.groups),
                at: Some(start.plus(WAIT)),
                ..line(Effect::Memberships, Source::Directory)
            });
            others(&mut lines, circle);
            lines.push(rule(Effect::Reversible));
        }
        Action::Reactivate => lines.push(rule(Effect::Returns)),
        Action::Remove => {
            lines.extend([rule(Effect::Anonymous), rule(Effect::Mentions), rule(Effect::Final)]);
        }
        Action::Delete => {
            lines.push(content(Effect::Content, circle.content));
            lines.push(content(Effect::Comments, circle.comments));
            lines.push(rule(Effect::Final));
            lines.push(at(Effect::Waits, Some(now.plus(deletion))));
        }
        Action::Withdraw => {
            lines.push(sessions(circle, now));
            others(&mut lines, circle);
            lines.push(rule(Effect::Final));
        }
        Action::Invite | Action::Remind => lines.push(rule(Effect::Link)),
        Action::Hold => lines.push(rule(Effect::Held)),
        Action::Lift => lines.push(rule(Effect::Unheld)),
        Action::Cancel => {
            let waits = life.and_then(|life| life.deletion_at.or(life.scheduled_for));
            lines.push(at(Effect::Cancelled, waits));
        }
    }
    lines
}

fn sessions(circle: &Circle, at: Timestamp) -> Consequence {
    Consequence {
        effect: Effect::Sessions,
        source: Source::Directory,
        count: Some(circle.sessions),
        names: Vec::new(),
        at: Some(at),
    }
}

fn others(lines: &mut Vec<Consequence>, circle: &Circle) {
    let has = circle.belongings;
    let heirs = circle.heir.as_slice();
    // What nobody has can't be handed over, whoever was chosen.
    let taken_over = if heirs.is_empty() { 0 } else { has.total() };
    let machines = if circle.admins == 0 { 0 } else { circle.machines.len() as u64 };
    let told = circle.machines.get(..NAMES).unwrap_or(&circle.machines);
    lines.extend(left_behind(circle));
    let named = [
        (Effect::Requests, Source::Frontdesk, has.requests, &[][..]),
        (Effect::Jobs, Source::Frontdesk, has.jobs, &[][..]),
        (Effect::Approvals, Source::Frontdesk, has.approvals, &[][..]),
        (Effect::Views, Source::Frontdesk, has.views, &[][..]),
        (Effect::Takeover, Source::Frontdesk, taken_over, heirs),
        (Effect::Reports, Source::Frontdesk, circle.problems, &[][..]),
        (Effect::Rights, Source::Frontdesk, circle.admins, &[][..]),
        (Effect::Machines, Source::Unknown, machines, told),
    ];
    lines.extend(counted(named));
}

/// Groups that keep no owner and people who keep no manager.
pub fn left_behind(circle: &Circle) -> Vec<Consequence> {
    let named = [
        (Effect::Ownerless, Source::Directory, circle.owned_alone, &circle.owned_names[..]),
        (Effect::Ownerless, Source::Unknown, circle.owner_unknown, &circle.owner_unknown_names[..]),
        (Effect::Unmanaged, Source::Directory, circle.reports, &circle.report_names[..]),
    ];
    counted(named).collect()
}

/// The lines of those that there are some of.
fn counted<'a>(
    named: impl IntoIterator<Item = (Effect, Source, u64, &'a [String])>,
) -> impl Iterator<Item = Consequence> {
    named.into_iter().filter(|(_, _, count, _)| *count > 0).map(|(effect, source, count, names)| {
        Consequence { effect, source, count: Some(count), names: names.to_vec(), at: None }
    })
}

fn content(effect: Effect, count: Option<u64>) -> Consequence {
    let source = if count.is_some() { Source::Provider } else { Source::Unknown };
    Consequence { effect, source, count, names: Vec::new(), at: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(lines: &[Consequence]) -> Vec<Effect> {
        lines.iter().map(|line| line.effect).collect()
    }

    #[test]
    fn a_figure_that_nobody_knows_is_not_invented() {
        let circle = Circle::default();
        let now = Timestamp::EPOCH;
        let lines = consequences(Action::Delete, When::Now, &circle, None, Span::hours(24), now);
        let content = lines.first().expect("a line");
        assert_eq!((content.source, content.count), (Source::Unknown, None));
        let known = Circle { content: Some(12), comments: Some(41), ..circle };
        let lines = consequences(Action::Delete, When::Now, &known, None, Span::hours(24), now);
        assert_eq!(lines.get(1).map(|line| (line.source, line.count)), Some((Source::Provider, Some(41))));
        assert_eq!(lines.last().and_then(|line| line.at), Some(now.plus(Span::hours(24))));
    }

    #[test]
    fn a_deactivation_tells_who_is_touched_and_when_memberships_end() {
        let circle = Circle {
            sessions: 3,
            groups: 14,
            owned_alone: 1,
            owned_names: vec!["Design guild".to_owned()],
            reports: 2,
            ..Circle::default()
        };
        let start = Timestamp::EPOCH.plus(Span::hours(5));
        let lines = consequences(
            Action::Deactivate,
            When::On(start),
            &circle,
            None,
            Span::hours(24),
            Timestamp::EPOCH,
        );
        assert_eq!(
            effects(&lines),
            [
                Effect::Sessions,
                Effect::Visible,
                Effect::Memberships,
                Effect::Ownerless,
                Effect::Unmanaged,
                Effect::Reversible
            ]
        );
        assert_eq!(lines.get(2).and_then(|line| line.at), Some(start.plus(Span::hours(96))));
    }

    #[test]
    fn what_a_leaver_has_is_named_and_so_is_who_takes_it_over() {
        let belongings = Belongings { requests: 2, jobs: 1, approvals: 0, views: 3 };
        let circle =
            Circle { belongings, problems: 4, machines: vec!["Directory".to_owned()], ..Circle::default() };
        let look = |circle: &Circle| {
            let now = Timestamp::EPOCH;
            consequences(Action::Deactivate, When::Now, circle, None, Span::hours(24), now)
        };
        let has = [Effect::Requests, Effect::Jobs, Effect::Views, Effect::Reports];
        let lines = look(&circle);
        assert_eq!(effects(&lines).get(3..7), Some(&has[..]), "an employee knows no token");
        let circle = Circle { heir: Some("Chloé Laurent".to_owned()), admins: 1, ..circle };
        let lines = look(&circle);
        let takeover = lines.iter().find(|line| line.effect == Effect::Takeover).expect("a line");
        assert_eq!((takeover.count, takeover.names.len()), (Some(6), 1));
        let machines = lines.iter().find(|line| line.effect == Effect::Machines).expect("a line");
        assert_eq!((machines.source, machines.count), (Source::Unknown, Some(1)));
        let nothing = Circle { belongings: Belongings::default(), ..circle };
        assert!(!effects(&look(&nothing)).contains(&Effect::Takeover));
    }

    #[test]
    fn groups_without_known_owners_are_never_said_to_keep_or_lose_one() {
        let circle = Circle { owned_alone: 1, owner_unknown: 7, ..Circle::default() };
        let mut sum = circle.clone();
        sum.add(circle);
        let lines =
            consequences(Action::Deactivate, When::Now, &sum, None, Span::hours(24), Timestamp::EPOCH);
        let owners = lines.iter().filter(|line| line.effect == Effect::Ownerless);
        let owners: Vec<_> = owners.map(|line| (line.source, line.count)).collect();
        assert_eq!(owners, [(Source::Directory, Some(2)), (Source::Unknown, Some(14))]);
    }

    #[test]
    fn one_unknown_figure_makes_the_sum_unknown() {
        let mut sum = Circle { content: Some(0), comments: Some(0), ..Circle::default() };
        sum.add(Circle { content: Some(3), comments: None, ..Circle::default() });
        assert_eq!((sum.content, sum.comments), (Some(3), None));
    }
}
