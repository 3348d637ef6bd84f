//! Acts on accounts in words: stages, verbs, reasons, and what an act does to whom.

use frontdesk_contract::Timestamp;
use frontdesk_contract::account::Stage;
use frontdesk_contract::account::act::{Action, Reason};
use frontdesk_contract::account::consequence::{Consequence, Effect, Source};

use crate::browser::intl;
use crate::i18n::{Key, Plural, Words, keys as w};
use crate::ui::Tone;

/// The word for a stage.
pub const fn stage_key(stage: Stage) -> Key {
    match stage {
        Stage::Provisioned => w::STAGE_NOT_INVITED,
        Stage::Invited => w::STAGE_INVITED,
        Stage::Active => w::STAGE_ACTIVE,
        Stage::Deactivated => w::STAGE_DEACTIVATED,
        Stage::Former => w::STAGE_FORMER,
    }
}

/// How the pill of a stage looks.
pub const fn stage_tone(stage: Stage) -> Tone {
    match stage {
        Stage::Provisioned | Stage::Invited => Tone::Info,
        Stage::Active => Tone::Good,
        Stage::Deactivated | Stage::Former => Tone::Mute,
    }
}

/// The verb of an act.
pub const fn action_key(action: Action) -> Key {
    match action {
        Action::Invite => w::ACCOUNTS_ACT_INVITE,
        Action::Remind => w::ACCOUNTS_ACT_REMIND,
        Action::Deactivate => w::ACCOUNTS_ACT_DEACTIVATE,
        Action::Reactivate => w::ACCOUNTS_ACT_REACTIVATE,
        Action::Remove => w::REMOVE_DO,
        Action::Delete => w::DELETE_DO,
        Action::Withdraw => w::ACCOUNTS_ACT_WITHDRAW,
        Action::Hold => w::ACCOUNTS_ACT_HOLD,
        Action::Lift => w::ACCOUNTS_ACT_LIFT,
        Action::Cancel => w::ACCOUNTS_ACT_CANCEL,
    }
}

/// Why an act isn't possible, and from when or since when.
pub fn reason_text(action: Action, reason: Reason, date: Option<Timestamp>, words: Words) -> String {
    let dated = |key: Key, other: Key| match date {
        Some(date) => words.text_with(key, &[("date", intl::day_and_time(date, &words.language()))]),
        None => words.text(other),
    };
    let key = match reason {
        Reason::Right => w::ERROR_FORBIDDEN,
        Reason::Oneself if action == Action::Deactivate => w::REASON_SELF,
        Reason::Oneself => w::REASON_ONESELF,
        Reason::Last => w::REASON_LAST_ADMIN,
        Reason::Active if action == Action::Remove => w::REASON_REMOVE_ACTIVE,
        Reason::Active => w::REASON_DELETE_ACTIVE,
        Reason::Deactivated => w::REASON_DEACTIVATED,
        Reason::Early => return dated(w::REASON_REMOVE_EARLY, w::REASON_REMOVE_ACTIVE),
        Reason::Former => return dated(w::REASON_REACTIVATE_FORMER, w::REASON_FORMER),
        Reason::Hold => w::REASON_HOLD,
        Reason::Claimed => w::REASON_CLAIMED,
        Reason::Uninvited => w::REASON_UNINVITED,
        Reason::Nothing => w::REASON_NOTHING,
        Reason::Past => w::REASON_PAST,
        Reason::Dateless => w::REASON_DATELESS,
        Reason::Moved => w::REASON_MOVED,
        Reason::Declined => w::REASON_DECLINED,
        Reason::Unreachable => w::REASON_UNREACHABLE,
        Reason::Unchanged => w::REASON_UNCHANGED,
        Reason::Unsure => w::REASON_UNSURE,
        Reason::Missing => w::REASON_MISSING,
    };
    words.text(key)
}

/// A line of what an act does, and where it is known from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What happens.
    pub text: String,
    /// Where it is known from.
    pub source: Source,
}

/// What an act does, in words.
pub fn told(action: Action, lines: &[Consequence], now: Timestamp, words: Words) -> Vec<Told> {
    let groups_end = lines.iter().find(|line| line.effect == Effect::Memberships).and_then(|line| line.at);
    let mut told = Vec::new();
    for line in lines {
        let mut say = |text: String, source: Source| told.push(Told { text, source });
        match line.effect {
            Effect::Sessions => {
                let text = match line.at.filter(|at| *at > now) {
                    Some(at) => dated(w::EFFECT_SESSIONS_ON, at, words),
                    None => words.text(w::DEACTIVATE_1),
                };
                say(text, Source::Rule);
                if let Some(text) = counted(w::EFFECT_SESSIONS, line, words) {
                    say(text, line.source);
                }
            }
            Effect::Visible => {
                say(words.text(w::DEACTIVATE_2), line.source);
                say(words.text(w::DEACTIVATE_3), line.source);
            }
            Effect::Memberships => {
                if let Some(at) = line.at {
                    say(dated(w::DEACTIVATE_4, at, words), Source::Rule);
                }
                if let Some(text) = counted(w::EFFECT_GROUPS, line, words) {
                    say(text, line.source);
                }
            }
            Effect::Ownerless => {
                let is_unknown = line.source == Source::Unknown;
                let key = if is_unknown { w::EFFECT_OWNERLESS_UNKNOWN } else { w::EFFECT_OWNERLESS };
                say(named(key, line, words), line.source);
            }
            Effect::Unmanaged => say(named(w::EFFECT_UNMANAGED, line, words), line.source),
            Effect::Requests => say(named(w::EFFECT_REQUESTS, line, words), line.source),
            Effect::Jobs => say(named(w::EFFECT_JOBS, line, words), line.source),
            Effect::Approvals => say(named(w::EFFECT_APPROVALS, line, words), line.source),
            Effect::Views => say(named(w::EFFECT_VIEWS, line, words), line.source),
            Effect::Takeover => {
                let name = line.names.first().cloned().unwrap_or_default();
                say(words.text_with(w::EFFECT_TAKEOVER, &[("name", name)]), line.source);
            }
            Effect::Reports => say(named(w::EFFECT_REPORTS, line, words), line.source),
            Effect::Machines => say(named(w::EFFECT_MACHINES, line, words), line.source),
            Effect::Rights => say(named(w::EFFECT_RIGHTS, line, words), line.source),
            Effect::Reversible => {
                let text = match groups_end {
                    Some(at) => dated(w::DEACTIVATE_5, at, words),
                    None => words.text(w::EFFECT_REVERSIBLE),
                };
                say(text, line.source);
            }
            Effect::Returns => say(words.text(w::REACTIVATE_1), line.source),
            Effect::Anonymous => {
                say(words.text(w::REMOVE_1), line.source);
                say(words.text(w::REMOVE_2), line.source);
            }
            Effect::Mentions => say(words.text(w::REMOVE_3), line.source),
            Effect::Content => {
                say(words.text(w::DELETE_1), Source::Rule);
                say(words.text(w::DELETE_2), Source::Rule);
                let text = counted(w::EFFECT_CONTENT, line, words);
                say(text.unwrap_or_else(|| words.text(w::EFFECT_CONTENT_UNKNOWN)), line.source);
            }
            Effect::Comments => {
                let text = counted(w::EFFECT_COMMENTS, line, words);
                say(text.unwrap_or_else(|| words.text(w::EFFECT_COMMENTS_UNKNOWN)), line.source);
            }
            Effect::Final => {
                let key = match action {
                    Action::Remove => w::REMOVE_4,
                    Action::Delete => w::DELETE_3,
                    Action::Invite
                    | Action::Remind
                    | Action::Deactivate
                    | Action::Reactivate
                    | Action::Withdraw
                    | Action::Hold
                    | Action::Lift
                    | Action::Cancel => w::EFFECT_FINAL,
                };
                say(words.text(key), line.source);
            }
            Effect::Waits => {
                if let Some(at) = line.at {
                    say(dated(w::DELETE_WAIT, at, words), line.source);
                }
            }
            Effect::Link => say(words.text(w::EFFECT_LINK), line.source),
            Effect::Held => say(words.text(w::EFFECT_HELD), line.source),
            Effect::Unheld => say(words.text(w::EFFECT_UNHELD), line.source),
            Effect::Cancelled => {
                let text = match line.at {
                    Some(at) => dated(w::EFFECT_CANCELLED_ON, at, words),
                    None => words.text(w::EFFECT_CANCELLED),
                };
                say(text, line.source);
            }
        }
    }
    told
}

/// Where a line is known from.
pub const fn source_key(source: Source) -> Key {
    match source {
        Source::Directory => w::EFFECT_SOURCE_DIRECTORY,
        Source::Frontdesk => w::EFFECT_SOURCE_FRONTDESK,
        Source::Provider => w::EFFECT_SOURCE_PROVIDER,
        Source::Rule => w::EFFECT_SOURCE_RULE,
        Source::Unknown => w::EFFECT_SOURCE_UNKNOWN,
    }
}

fn dated(key: Key, at: Timestamp, words: Words) -> String {
    words.text_with(key, &[("date", intl::day_and_time(at, &words.language()))])
}

/// With the number, where there is one.
fn counted(plural: Plural, line: &Consequence, words: Words) -> Option<String> {
    line.count.map(|count| words.count(plural, count))
}

/// With the number and the names; those that aren't told by name are said to be there.
fn named(plural: Plural, line: &Consequence, words: Words) -> String {
    let count = line.count.unwrap_or_default();
    let text = words.count(plural, count);
    if line.names.is_empty() {
        return text;
    }
    let names = intl::list(&line.names, &words.language());
    let told = u64::try_from(line.names.len()).unwrap_or(u64::MAX);
    let key = if count > told { w::EFFECT_NAMES_MORE } else { w::EFFECT_NAMES };
    words.text_with(key, &[("text", text), ("names", names)])
}
