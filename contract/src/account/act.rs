//! What may be done to an account, by whom and from when; and why not.

use serde::{Deserialize, Serialize};

use super::{Lifecycle, Stage};
use crate::forgotten::may_make_link;
use crate::plan::Breaker;
use crate::time::Span;
use crate::{PersonId, Right, Timestamp};

/// Something that is done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Action {
    /// Tells the person about the account.
    Invite,
    /// Tells the person again.
    Remind,
    /// Ends all sessions and refuses sign-in, now or on a date.
    Deactivate,
    /// Opens the account again.
    Reactivate,
    /// Removes the profile fields: the account becomes a Former Member.
    Remove,
    /// Deletes the account with its content, after a waiting period.
    Delete,
    /// Takes back an invitation that nobody used: deactivates and deletes in one step.
    Withdraw,
    /// Keeps everything that can't be undone from happening.
    Hold,
    /// Lifts the hold.
    Lift,
    /// Takes back what waits for its time: a dated deactivation, a deletion.
    Cancel,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 10] = [
        Self::Invite,
        Self::Remind,
        Self::Deactivate,
        Self::Reactivate,
        Self::Remove,
        Self::Delete,
        Self::Withdraw,
        Self::Hold,
        Self::Lift,
        Self::Cancel,
    ];

    /// Whether it makes a one-time link.
    pub const fn makes_link(self) -> bool {
        match self {
            Self::Invite | Self::Remind => true,
            Self::Deactivate
            | Self::Reactivate
            | Self::Remove
            | Self::Delete
            | Self::Withdraw
            | Self::Hold
            | Self::Lift
            | Self::Cancel => false,
        }
    }

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Remind => "remind",
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::Remove => "remove",
            Self::Delete => "delete",
            Self::Withdraw => "withdraw",
            Self::Hold => "hold",
            Self::Lift => "lift",
            Self::Cancel => "cancel",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }

    /// The right that it needs (DESIGN.md, "Who uses it").
    pub const fn right(self) -> Right {
        match self {
            Self::Invite
            | Self::Remind
            | Self::Deactivate
            | Self::Reactivate
            | Self::Withdraw
            | Self::Cancel => Right::Accounts,
            Self::Remove | Self::Delete | Self::Hold | Self::Lift => Right::Erase,
        }
    }

    /// Whether nothing brings back what it takes.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Remove | Self::Delete | Self::Withdraw)
    }

    /// Whether it isn't done without saying why.
    pub const fn needs_reason(self) -> bool {
        self.is_final() || matches!(self, Self::Hold | Self::Lift)
    }

    /// Whether it ends somebody's access.
    pub const fn ends_access(self) -> bool {
        matches!(self, Self::Deactivate) || self.is_final()
    }

    /// The action that takes it back, if there is one.
    pub const fn undo(self) -> Option<Self> {
        match self {
            Self::Deactivate => Some(Self::Reactivate),
            Self::Delete => Some(Self::Cancel),
            Self::Hold => Some(Self::Lift),
            Self::Invite
            | Self::Remind
            | Self::Reactivate
            | Self::Remove
            | Self::Withdraw
            | Self::Lift
            | Self::Cancel => None,
        }
    }
}

/// Why an action isn't possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = RefusalReason))]
pub enum Reason {
    /// Whoever asks has not the right.
    Right,
    /// It is one's own account.
    Oneself,
    /// Nobody would be left who may manage accounts or admins.
    Last,
    /// It must be deactivated first.
    Active,
    /// It is deactivated; reactivate it first.
    Deactivated,
    /// Its four days are not over.
    Early,
    /// Its profile fields are gone, so it can't come back.
    Former,
    /// It is on hold.
    Hold,
    /// The person has claimed it.
    Claimed,
    /// Nobody was told of it yet.
    Uninvited,
    /// Nothing waits that could be taken back.
    Nothing,
    /// The date is over.
    Past,
    /// The action takes no date.
    Dateless,
    /// The account changed at the provider since it was shown.
    Moved,
    /// The provider refuses this.
    Declined,
    /// The provider can't be reached; nothing was changed.
    Unreachable,
    /// The provider took the change and did not make it.
    Unchanged,
    /// Nobody knows whether the provider made the change.
    Unsure,
    /// The provider has the account no more.
    Missing,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 19] = [
        Self::Right,
        Self::Oneself,
        Self::Last,
        Self::Active,
        Self::Deactivated,
        Self::Early,
        Self::Former,
        Self::Hold,
        Self::Claimed,
        Self::Uninvited,
        Self::Nothing,
        Self::Past,
        Self::Dateless,
        Self::Moved,
        Self::Declined,
        Self::Unreachable,
        Self::Unchanged,
        Self::Unsure,
        Self::Missing,
    ];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Oneself => "oneself",
            Self::Last => "last",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Early => "early",
            Self::Former => "former",
            Self::Hold => "hold",
            Self::Claimed => "claimed",
            Self::Uninvited => "uninvited",
            Self::Nothing => "nothing",
            Self::Past => "past",
            Self::Dateless => "dateless",
            Self::Moved => "moved",
            Self::Declined => "declined",
            Self::Unreachable => "unreachable",
            Self::Unchanged => "unchanged",
            Self::Unsure => "unsure",
            Self::Missing => "missing",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }

    /// The reason in English, for whoever reads the API without the panel.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Right => "This needs a right that you do not have",
            Self::Oneself => "You cannot do this to your own account. Ask another admin",
            Self::Last => "This is the last admin account of your organization. Add another admin first",
            Self::Active => "Deactivate this account first",
            Self::Deactivated => "This account is deactivated. Reactivate it first",
            Self::Early => "Possible 4 days after deactivation. The wait prevents accidents",
            Self::Former => "Profile fields were removed, so this account cannot come back. Create a new one",
            Self::Hold => "On legal hold: nothing can be removed or deleted until the hold is lifted",
            Self::Claimed => "The person has claimed this account already",
            Self::Uninvited => "Nobody was invited to this account yet",
            Self::Nothing => "Nothing waits that could be taken back",
            Self::Past => "This date is over. Choose a later one",
            Self::Dateless => "Only a deactivation takes a date",
            Self::Moved => {
                "The account changed at your accounts’ provider since this was shown. Look at it again"
            }
            Self::Declined => {
                "Your accounts’ provider refuses this. The account is shown as it stands there now"
            }
            Self::Unreachable => {
                "Your accounts’ provider does not answer as it should. Nothing was changed; try again later"
            }
            Self::Unchanged => "Your accounts’ provider accepted the change, but the account is as it was",
            Self::Unsure => {
                "Your accounts’ provider gave no answer. We do not know whether the change was made; look at the account before you try again"
            }
            Self::Missing => "Your accounts’ provider has this account no more",
        }
    }
}

/// A reason, and the date from which it holds no more or since when it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refusal {
    /// Why not.
    pub reason: Reason,
    /// For [`Reason::Early`] from when it is possible; for [`Reason::Former`] and [`Reason::Hold`] since when it isn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self { reason, date: None }
    }
}

/// What an action would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It would change something.
    Will,
    /// Everything stands so already.
    Already,
    /// It isn't possible.
    Refused(Refusal),
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person; none for a machine.
    pub person: Option<PersonId>,
    /// What the actor may do.
    pub rights: Vec<Right>,
}

/// To whom it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The account.
    pub id: PersonId,
    /// Its life.
    pub life: Lifecycle,
    /// What its person may do.
    pub rights: Vec<Right>,
}

/// How many open accounts have the rights that nobody can do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keyholders {
    /// Those who may manage accounts.
    pub accounts: u64,
    /// Those who may make admins.
    pub admins: u64,
}

impl Keyholders {
    /// Whether nobody would be left without this account.
    pub fn need(&self, subject: &Subject) -> bool {
        let opens = subject.life.active;
        let is_last = |right, count| subject.rights.contains(&right) && count <= 1;
        opens && (is_last(Right::Accounts, self.accounts) || is_last(Right::Admins, self.admins))
    }

    /// How many are left when this account is closed.
    #[must_use]
    pub fn without(self, subject: &Subject) -> Self {
        if !subject.life.active {
            return self;
        }
        let less = |right, count: u64| count.saturating_sub(u64::from(subject.rights.contains(&right)));
        Self { accounts: less(Right::Accounts, self.accounts), admins: less(Right::Admins, self.admins) }
    }
}

/// When something is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// On a date.
    On(Timestamp),
}

/// Whether `actor` may do this to `subject`, and whether it would change anything.
///
/// Seed 003: removing fields and deleting ask for a deactivated account, removing for one that has been so for
/// four days; a Former Member never comes back. FACTS.md: nobody deactivates or deletes their own account, the last
/// account that may manage accounts can't go, a hold stops what can't be undone, *Withdraw invitation* is for
/// accounts that nobody claimed. Nobody invites to more rights than they have themselves.
pub fn judge(
    action: Action,
    when: When,
    subject: &Subject,
    actor: &Actor,
    keyholders: Keyholders,
    now: Timestamp,
) -> Verdict {
    match refusal(action, when, subject, actor, keyholders, now) {
        Some(refusal) => Verdict::Refused(refusal),
        None if is_already(action, when, &subject.life) => Verdict::Already,
        None => Verdict::Will,
    }
}

fn refusal(
    action: Action,
    when: When,
    subject: &Subject,
    actor: &Actor,
    keyholders: Keyholders,
    now: Timestamp,
) -> Option<Refusal> {
    let life = &subject.life;
    if !actor.rights.contains(&action.right()) {
        return Some(Reason::Right.into());
    }
    // Whoever invites holds the link: it must not lead to rights that they don't have.
    if action.makes_link() && !may_make_link(&actor.rights, &subject.rights) {
        return Some(Reason::Right.into());
    }
    if action.ends_access() && actor.person.as_ref() == Some(&subject.id) {
        return Some(Reason::Oneself.into());
    }
    match (action, when) {
        (Action::Deactivate, When::On(at)) if at <= now => return Some(Reason::Past.into()),
        (Action::Deactivate, When::On(_)) | (_, When::Now) => {}
        (_, When::On(_)) => return Some(Reason::Dateless.into()),
    }
    let former = || Refusal { reason: Reason::Former, date: life.fields_removed_at };
    let held = life.held_at.map(|date| Refusal { reason: Reason::Hold, date: Some(date) });
    let stage = life.stage();
    match action {
        Action::Invite | Action::Remind => match stage {
            Stage::Provisioned if action == Action::Remind => Some(Reason::Uninvited.into()),
            Stage::Provisioned | Stage::Invited => None,
            Stage::Active => Some(Reason::Claimed.into()),
            Stage::Deactivated => Some(Reason::Deactivated.into()),
            Stage::Former => Some(former()),
        },
        Action::Deactivate => match stage {
            Stage::Provisioned | Stage::Invited | Stage::Active => {
                keyholders.need(subject).then(|| Reason::Last.into())
            }
            Stage::Deactivated | Stage::Former => None,
        },
        Action::Reactivate => (stage == Stage::Former).then(former),
        Action::Remove => match stage {
            Stage::Provisioned | Stage::Invited | Stage::Active => Some(Reason::Active.into()),
            Stage::Deactivated => held.or_else(|| early(life, now)),
            Stage::Former => None,
        },
        Action::Delete => match stage {
            Stage::Provisioned | Stage::Invited | Stage::Active => Some(Reason::Active.into()),
            Stage::Deactivated | Stage::Former => held,
        },
        Action::Withdraw => {
            if life.claimed_at.is_some() {
                return Some(Reason::Claimed.into());
            }
            match stage {
                Stage::Former => Some(former()),
                Stage::Provisioned | Stage::Invited | Stage::Active | Stage::Deactivated => {
                    held.or_else(|| keyholders.need(subject).then(|| Reason::Last.into()))
                }
            }
        }
        Action::Hold | Action::Lift => None,
        Action::Cancel => {
            let waits = life.scheduled_for.is_some() || life.deletion_at.is_some();
            (!waits).then(|| Reason::Nothing.into())
        }
    }
}

fn early(life: &Lifecycle, now: Timestamp) -> Option<Refusal> {
    match life.removable_at() {
        Some(from) if from <= now => None,
        date => Some(Refusal { reason: Reason::Early, date }),
    }
}

fn is_already(action: Action, when: When, life: &Lifecycle) -> bool {
    match action {
        Action::Invite | Action::Remind | Action::Withdraw | Action::Cancel => false,
        Action::Deactivate => match when {
            When::Now => !life.active,
            When::On(at) => !life.active || life.scheduled_for == Some(at),
        },
        Action::Reactivate => life.active,
        Action::Remove => life.fields_removed_at.is_some(),
        Action::Delete => life.deletion_at.is_some(),
        Action::Hold => life.held_at.is_some(),
        Action::Lift => life.held_at.is_none(),
    }
}

/// Whether somebody with these rights may see the accounts at all: whoever acts on them, approves, or audits.
pub fn can_read(rights: &[Right]) -> bool {
    let reading = [Right::Accounts, Right::Erase, Right::Approve, Right::Audit, Right::Admins];
    rights.iter().any(|right| reading.contains(right))
}

/// What the operator decided about second persons and waiting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountPolicy {
    /// The actions that a second person must approve, whatever the number.
    pub approve: Vec<Action>,
    /// Above so many people at once each action must be approved.
    pub approve_above: u64,
    /// After so many hours an approval that nobody gave lapses.
    pub approval_hours: u32,
    /// For so many hours a deletion waits and can be cancelled.
    pub deletion_hours: u32,
    /// Above so many people the number must be typed.
    pub type_above: u64,
    /// A run stops by itself after so many failures.
    pub stop_after: u64,
    /// A run stops by itself when more than so many of a hundred fail.
    pub stop_share: u64,
}

impl Default for AccountPolicy {
    fn default() -> Self {
        Self {
            approve: vec![Action::Remove, Action::Delete],
            approve_above: 1_000,
            approval_hours: 72,
            deletion_hours: 24,
            type_above: 20,
            stop_after: 50,
            stop_share: 20,
        }
    }
}

impl AccountPolicy {
    /// How long an approval can be given.
    pub const fn approval_span(&self) -> Span {
        Span::hours(self.approval_hours as i64)
    }

    /// How long a deletion waits.
    pub const fn deletion_span(&self) -> Span {
        Span::hours(self.deletion_hours as i64)
    }

    /// When a run stops by itself.
    pub const fn breaker(&self) -> Breaker {
        Breaker { number: self.stop_after, share: self.stop_share }
    }

    /// Whether a second person must agree, told before it is asked.
    ///
    /// FACTS.md: if nobody else may approve, the act says so before it is asked.
    pub fn approval(&self, action: Action, people: u64, others: u64) -> Approval {
        let is_needed = self.approve.contains(&action) || people > self.approve_above;
        match (is_needed, others) {
            (false, _) => Approval::Free,
            (true, 0) => Approval::Alone,
            (true, _) => Approval::Other,
        }
    }
}

/// Whether a second person must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Approval {
    /// Nobody needs to.
    Free,
    /// Another person who may approve must.
    Other,
    /// Somebody must, and there is nobody else: only the emergency approval is left.
    Alone,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::account::clock::{Due, due};
    use crate::account::{Step, WAIT};

    const MANY: Keyholders = Keyholders { accounts: 3, admins: 3 };

    fn at(hour: i64) -> Timestamp {
        Timestamp::EPOCH.plus(Span::hours(hour))
    }

    fn boss() -> Actor {
        Actor { person: "boss".parse().ok(), rights: Right::ALL.to_vec() }
    }

    fn subject(life: Lifecycle) -> Subject {
        Subject { id: "hana".parse().expect("an id"), life, rights: Vec::new() }
    }

    fn ask(action: Action, life: Lifecycle, now: Timestamp) -> Verdict {
        judge(action, When::Now, &subject(life), &boss(), MANY, now)
    }

    #[track_caller]
    fn is_refused(verdict: Verdict, reason: Reason, date: Option<Timestamp>) {
        assert_eq!(verdict, Verdict::Refused(Refusal { reason, date }));
    }

    fn active() -> Lifecycle {
        Lifecycle::provisioned().after(Step::Invited, at(0)).after(Step::Claimed, at(0))
    }

    #[test]
    fn fields_are_removable_after_ninety_six_hours_and_not_a_moment_before() {
        let life = active().after(Step::Deactivated, at(10));
        let from = at(10 + 96);
        is_refused(ask(Action::Remove, active(), at(10)), Reason::Active, None);
        is_refused(ask(Action::Remove, life, from.minus(Span(1))), Reason::Early, Some(from));
        assert_eq!(ask(Action::Remove, life, from), Verdict::Will);
    }

    #[test]
    fn four_days_are_ninety_six_hours_across_daylight_saving() {
        // Paris put its clocks back on 25 October 2026: the same wall clock comes 97 hours later.
        let deactivated: Timestamp = "2026-10-23T14:32:00+02:00".parse().expect("a time");
        let life = active().after(Step::Deactivated, deactivated);
        let from: Timestamp = "2026-10-27T13:32:00+01:00".parse().expect("a time");
        assert_eq!(life.removable_at(), Some(from));
        assert_eq!(ask(Action::Remove, life, from), Verdict::Will);
        is_refused(ask(Action::Remove, life, from.minus(Span(1))), Reason::Early, Some(from));
    }

    #[test]
    fn only_a_deactivated_account_is_deleted() {
        is_refused(ask(Action::Delete, active(), at(1)), Reason::Active, None);
        assert_eq!(ask(Action::Delete, active().after(Step::Deactivated, at(1)), at(1)), Verdict::Will);
    }

    #[test]
    fn an_invitation_is_withdrawn_only_while_nobody_claimed_it() {
        let invited = Lifecycle::provisioned().after(Step::Invited, at(0));
        assert_eq!(ask(Action::Withdraw, invited, at(1)), Verdict::Will);
        is_refused(ask(Action::Withdraw, active(), at(1)), Reason::Claimed, None);
        is_refused(ask(Action::Remind, Lifecycle::provisioned(), at(1)), Reason::Uninvited, None);
    }

    #[test]
    fn nobody_ends_their_own_access() {
        let mut own = subject(active());
        own.id = "boss".parse().expect("an id");
        for action in Action::ALL.into_iter().filter(|action| action.ends_access()) {
            is_refused(judge(action, When::Now, &own, &boss(), MANY, at(1)), Reason::Oneself, None);
        }
    }

    #[test]
    fn the_last_who_may_manage_accounts_stays() {
        let mut last = subject(active());
        last.rights = vec![Right::Accounts];
        let one = Keyholders { accounts: 1, admins: 2 };
        let dated = When::On(at(9));
        is_refused(judge(Action::Deactivate, When::Now, &last, &boss(), one, at(1)), Reason::Last, None);
        is_refused(judge(Action::Deactivate, dated, &last, &boss(), one, at(1)), Reason::Last, None);
        let machine = Actor { person: None, rights: vec![Right::Accounts] };
        is_refused(judge(Action::Deactivate, When::Now, &last, &machine, one, at(1)), Reason::Last, None);
        assert_eq!(judge(Action::Deactivate, When::Now, &last, &boss(), MANY, at(1)), Verdict::Will);
        last.rights = vec![Right::Admins];
        let one = Keyholders { accounts: 2, admins: 1 };
        is_refused(judge(Action::Deactivate, When::Now, &last, &boss(), one, at(1)), Reason::Last, None);
    }

    #[test]
    fn each_action_needs_its_right() {
        for action in Action::ALL {
            let rights = Right::ALL.into_iter().filter(|right| *right != action.right()).collect();
            let actor = Actor { person: None, rights };
            let verdict = judge(action, When::Now, &subject(active()), &actor, MANY, at(1));
            is_refused(verdict, Reason::Right, None);
        }
    }

    #[test]
    fn an_invitation_is_no_way_to_rights_that_one_lacks() {
        let mut invited = subject(Lifecycle::provisioned().after(Step::Invited, at(0)));
        invited.rights = vec![Right::Accounts, Right::Erase];
        let clerk = Actor { person: "clerk".parse().ok(), rights: vec![Right::Accounts] };
        is_refused(judge(Action::Remind, When::Now, &invited, &clerk, MANY, at(1)), Reason::Right, None);
        assert_eq!(judge(Action::Remind, When::Now, &invited, &boss(), MANY, at(1)), Verdict::Will);
        invited.rights = vec![Right::Accounts];
        assert_eq!(judge(Action::Remind, When::Now, &invited, &clerk, MANY, at(1)), Verdict::Will);
    }

    #[test]
    fn only_a_deactivation_takes_a_date_and_no_past_one() {
        let on = |action, hour| judge(action, When::On(at(hour)), &subject(active()), &boss(), MANY, at(5));
        assert_eq!(on(Action::Deactivate, 6), Verdict::Will);
        is_refused(on(Action::Deactivate, 5), Reason::Past, None);
        is_refused(on(Action::Hold, 6), Reason::Dateless, None);
    }

    #[test]
    fn an_act_says_beforehand_that_nobody_else_may_approve() {
        let policy = AccountPolicy::default();
        assert_eq!(policy.approval(Action::Delete, 1, 0), Approval::Alone);
        assert_eq!(policy.approval(Action::Delete, 1, 1), Approval::Other);
        assert_eq!(policy.approval(Action::Deactivate, 1, 0), Approval::Free);
        assert_eq!(policy.approval(Action::Deactivate, 1_001, 2), Approval::Other);
    }

    #[test]
    fn words_round_trip() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
            assert_eq!(serde_json::to_string(&action).expect("json"), format!("\"{}\"", action.as_str()));
        }
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
            assert_eq!(serde_json::to_string(&reason).expect("json"), format!("\"{}\"", reason.as_str()));
        }
    }

    /// A life as the backend leads it: acts that are allowed, and what is due by then.
    struct Story {
        life: Option<Lifecycle>,
        now: Timestamp,
        latest: Option<Timestamp>,
    }

    impl Story {
        fn act(&mut self, action: Action, when: When) {
            let Some(life) = self.life else { return };
            let verdict = judge(action, when, &subject(life), &boss(), MANY, self.now);
            if verdict != Verdict::Will {
                return;
            }
            let step = match (action, when) {
                (Action::Invite | Action::Remind, _) => Step::Invited,
                (Action::Deactivate, When::On(at)) => Step::Scheduled(at),
                (Action::Deactivate, When::Now) => Step::Deactivated,
                (Action::Reactivate, _) => Step::Reactivated,
                (Action::Remove, _) => Step::FieldsRemoved,
                (Action::Delete, _) => Step::DeletionBegun(self.now.plus(Span::hours(24))),
                (Action::Hold, _) => Step::Held,
                (Action::Lift, _) => Step::HoldLifted,
                (Action::Cancel, _) => Step::Cancelled,
                (Action::Withdraw, _) => {
                    assert_eq!(life.claimed_at, None);
                    assert_eq!(life.held_at, None);
                    self.life = None;
                    return;
                }
            };
            self.step(life, step);
        }

        fn step(&mut self, life: Lifecycle, step: Step) {
            let after = life.after(step, self.now);
            if life.held_at.is_some() {
                assert_eq!(life.fields_removed_at, after.fields_removed_at, "a hold was passed");
                if after.held_at.is_some() && !after.active {
                    assert_eq!(after.deletion_at, None, "a deletion waits on a hold");
                }
            }
            if step == Step::Deactivated {
                self.latest = Some(self.now);
            }
            if step == Step::FieldsRemoved {
                let latest = self.latest.expect("deactivated once");
                assert!(self.now.since(latest) >= WAIT, "a Former Member after {:?}", self.now.since(latest));
                assert!(!life.active);
            }
            if step == Step::Reactivated {
                assert_ne!(life.stage(), Stage::Former);
                for days in 0..400 {
                    let later = self.now.plus(Span::days(days));
                    assert!(!matches!(due(&after, later), Some(what) if what != Due::Reminder), "{after:?}");
                }
            }
            if life.stage() == Stage::Former {
                assert_eq!(after.stage(), Stage::Former, "{step:?} brought a Former Member back");
            }
            self.life = Some(after);
        }

        fn wait(&mut self, span: Span) {
            self.now = self.now.plus(span);
            while let Some(life) = self.life {
                match due(&life, self.now) {
                    None => break,
                    Some(Due::Deletion) => {
                        assert!(!life.active, "an open account was deleted");
                        assert_eq!(life.held_at, None);
                        self.life = None;
                    }
                    Some(Due::Deactivation) => self.step(life, Step::Deactivated),
                    Some(Due::Memberships) => self.step(life, Step::MembershipsRemoved),
                    Some(Due::Reminder) => self.step(life, Step::Reminded),
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn no_history_hurts_whoever_comes_back(steps in prop::collection::vec((0usize..13, 0i64..200), 1..60)) {
            let mut story = Story { life: Some(Lifecycle::provisioned()), now: at(0), latest: None };
            for (what, hours) in steps {
                match Action::ALL.get(what) {
                    Some(action) => story.act(*action, When::Now),
                    None if what == 10 => story.act(Action::Deactivate, When::On(story.now.plus(Span::hours(hours + 1)))),
                    None if what == 11 => {
                        if let Some(life) = story.life.filter(|life| life.active) {
                            story.step(life, Step::Claimed);
                        }
                    }
                    None => story.wait(Span::hours(hours)),
                }
            }
        }

        #[test]
        fn closing_many_at_once_leaves_somebody_who_may(count in 1u64..6, others in 0u64..3) {
            let mut left = Keyholders { accounts: count, admins: others + count };
            let mut closed = 0;
            for number in 0..count {
                let mut next = subject(active());
                next.id = format!("p{number}").parse().expect("an id");
                next.rights = vec![Right::Accounts, Right::Admins];
                if judge(Action::Deactivate, When::Now, &next, &boss(), left, at(1)) == Verdict::Will {
                    left = left.without(&next);
                    closed += 1;
                }
            }
            prop_assert_eq!(closed, count - 1);
            prop_assert!(left.accounts >= 1 && left.admins >= 1);
        }
    }
}
