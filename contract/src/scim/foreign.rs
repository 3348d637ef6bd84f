//! People as somebody else's provider tells them (FACTS.md, "Accounts"): identifiers as texts or numbers, dates as
//! epoch or ISO 8601, `manager.managerId`, extensions spelled in any case, `active` left out.

use serde_json::{Map, Value};

use super::abilities::truth;
use super::user::{Certainty, Invitation, LifecycleFacts};
use super::{ENTERPRISE, INVITATION, LIFECYCLE};
use crate::Timestamp;
use crate::account::{FORMER_MEMBER, Lifecycle, Stage};
use crate::id::ID_MAX;

/// Epoch numbers above this count milliseconds: as seconds they would lie thousands of years ahead.
const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// A person as it was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// The provider's identifier, as text.
    pub id: String,
    /// As it was told, to be written back.
    pub told_id: Value,
    /// Whether the account can be used; none when the provider doesn't say.
    pub active: Option<bool>,
    /// What `If-Match` is compared with.
    pub version: Option<String>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub changed: Option<Timestamp>,
    /// Invitation and claim, where the provider knows them.
    pub invitation: Option<Invitation>,
    /// The life, where the provider keeps it as we do.
    pub facts: Option<LifecycleFacts>,
    /// All of it, with the names that we know spelled as the standard has them.
    pub body: Map<String, Value>,
}

/// Why a record is no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPerson {
    /// It is no object.
    #[error("A record is no object")]
    NotAnObject,
    /// It has no identifier that could be asked for again.
    #[error("A record has no identifier that can be used")]
    NoId,
}

impl Foreign {
    /// Reads a record.
    pub fn read(value: Value) -> Result<Self, NotAPerson> {
        let Value::Object(fields) = value else { return Err(NotAPerson::NotAnObject) };
        let mut body = Map::new();
        for (name, value) in fields {
            body.insert(known_name(&name).map_or(name, str::to_owned), value);
        }
        let id = body.get("id").and_then(identifier).ok_or(NotAPerson::NoId)?;
        let told_id = body.insert("id".to_owned(), Value::String(id.clone())).unwrap_or_default();
        straighten_manager(&mut body);
        let meta = body.get("meta");
        let part = |name: &str| meta.and_then(|meta| meta.get(name));
        Ok(Self {
            active: body.get("active").and_then(truth),
            version: part("version").and_then(Value::as_str).map(str::to_owned),
            created: part("created").and_then(date),
            changed: part("lastModified").and_then(date),
            invitation: body.get(INVITATION).map(invitation),
            facts: body.get(LIFECYCLE).and_then(|facts| serde_json::from_value(facts.clone()).ok()),
            id,
            told_id,
            body,
        })
    }

    /// Whether the account can be used. A provider that never says so has no accounts that can't.
    pub fn is_active(&self) -> bool {
        self.active.unwrap_or(true)
    }

    /// A text of the record.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }

    /// What is known of the life when the account is seen for the first time. What the provider doesn't say is taken
    /// from its dates, always to the later, safer one; without any date, from `now`.
    pub fn life(&self, now: Timestamp) -> (Lifecycle, Certainty) {
        let made = self.created.unwrap_or(now).min(now);
        let changed = self.changed.or(self.created).unwrap_or(now).min(now);
        let mut life = Lifecycle { active: self.is_active(), ..Lifecycle::default() };
        match &self.invitation {
            Some(told) => {
                life.claimed_at = told.claim_date.or(told.claimed.then_some(changed));
                life.invited_at = told.invite_date.or(told.invited.then_some(changed)).or(life.claimed_at);
            }
            // Nothing says that nobody was told.
            None => (life.invited_at, life.claimed_at) = (Some(made), Some(made)),
        }
        // Reminders of an invitation that somebody else sent are theirs to send.
        life.reminders = crate::account::REMINDERS.len();
        if let Some(facts) = &self.facts {
            life.deactivated_at = facts.deactivated_at.or((!life.active).then_some(changed));
            life.memberships_removed_at = facts.memberships_removed_at;
            life.fields_removed_at =
                facts.fields_removed_at.or((facts.stage == Stage::Former).then_some(changed));
            life.leaves_at = facts.termination_date;
            return (life, Certainty::Known);
        }
        if life.active {
            return (life, Certainty::Known);
        }
        life.deactivated_at = Some(changed);
        let is_nameless = self.text("userName").is_none() || !self.body.contains_key("emails");
        let name = self
            .text("displayName")
            .or_else(|| self.body.get("name").and_then(|name| name.get("formatted")).and_then(Value::as_str));
        if is_nameless && name == Some(FORMER_MEMBER) {
            life.fields_removed_at = Some(changed);
        }
        (life, Certainty::Estimate)
    }
}

/// The names that are looked at, as the standard spells them.
fn known_name(name: &str) -> Option<&'static str> {
    const NAMES: [&str; 8] =
        ["id", "active", "meta", "userName", "displayName", "name", "emails", "externalId"];
    let extensions = [ENTERPRISE, INVITATION, LIFECYCLE];
    NAMES.into_iter().chain(extensions).find(|known| known.eq_ignore_ascii_case(name))
}

/// An identifier as text. Numbers with a fraction, and such as no address could carry, are none.
pub fn identifier(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_u64() || number.is_i64() => number.to_string(),
        _ => return None,
    };
    let is_plain = text.len() <= ID_MAX && !text.chars().any(char::is_control);
    (is_plain && segment(&text).is_some()).then_some(text)
}

/// An identifier as one segment of an address, so that `/../` stays a name and leads nowhere else. None for what can't
/// be one: `.` and `..` mean another place however they are written.
pub fn segment(id: &str) -> Option<String> {
    if matches!(id, "" | "." | "..") {
        return None;
    }
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(text)
}

/// A date as either dialect writes it: ISO 8601, with or without a zone, or an epoch in seconds or milliseconds.
pub fn date(value: &Value) -> Option<Timestamp> {
    let epoch = |number: i64| {
        let millis =
            if number.unsigned_abs() >= MILLISECONDS_FROM { number } else { number.checked_mul(1_000)? };
        Timestamp::from_millis(millis).filter(|_| number != 0)
    };
    match value {
        Value::Number(number) => {
            #[expect(clippy::cast_possible_truncation, reason = "a fraction of a second says nothing here")]
            let whole = number.as_i64().or_else(|| number.as_f64().map(|number| number as i64));
            epoch(whole?)
        }
        Value::String(text) => {
            let text = text.trim();
            let iso = || text.parse().or_else(|_| format!("{}Z", text.replacen(' ', "T", 1)).parse()).ok();
            text.parse::<i64>().map_or_else(|_| iso(), epoch)
        }
        _ => None,
    }
}

fn invitation(value: &Value) -> Invitation {
    let flag = |name: &str| value.get(name).and_then(truth).unwrap_or(false);
    let at = |name: &str| value.get(name).and_then(date);
    Invitation {
        invited: flag("invited"),
        invite_date: at("inviteDate"),
        claimed: flag("claimed"),
        claim_date: at("claimDate"),
        can_delete: flag("canDelete"),
    }
}

/// A manager is told by `value`, by `managerId`, or by the identifier alone. What else is told stays, to be written back.
fn straighten_manager(body: &mut Map<String, Value>) {
    let Some(Value::Object(enterprise)) = body.get_mut(ENTERPRISE) else { return };
    let Some(manager) = enterprise.remove("manager") else { return };
    let mut fields = match manager {
        Value::Object(fields) => fields,
        other => Map::from_iter([("value".to_owned(), other)]),
    };
    let id = fields.get("value").or_else(|| fields.get("managerId")).and_then(identifier);
    if let Some(id) = id {
        fields.insert("value".to_owned(), Value::String(id));
        enterprise.insert("manager".to_owned(), Value::Object(fields));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-26T06:00:00Z".parse().expect("a time")
    }

    fn read(value: Value) -> Foreign {
        Foreign::read(value).expect("a person")
    }

    #[test]
    fn identifiers_are_texts_or_numbers() {
        assert_eq!(read(json!({"id": 100_035_214_756_324_u64})).id, "100035214756324");
        assert_eq!(read(json!({"ID": "a b/../c"})).id, "a b/../c");
        for id in [
            json!(null),
            json!(1.5),
            json!(""),
            json!(".."),
            json!({}),
            json!("a\nb"),
            json!("x".repeat(201)),
        ] {
            assert_eq!(Foreign::read(json!({"id": id})), Err(NotAPerson::NoId), "{id}");
        }
        assert_eq!(Foreign::read(json!([])), Err(NotAPerson::NotAnObject));
    }

    #[test]
    fn an_identifier_never_leads_elsewhere() {
        assert_eq!(segment("/../Groups/1?x=1#y").as_deref(), Some("%2F..%2FGroups%2F1%3Fx%3D1%23y"));
        assert_eq!(segment("%2e%2e").as_deref(), Some("%252e%252e"));
        assert_eq!(segment("é").as_deref(), Some("%C3%A9"));
        assert_eq!((segment(".."), segment("."), segment("")), (None, None, None));
    }

    #[test]
    fn dates_have_two_dialects() {
        let at = |value: Value| date(&value).map(|at| at.to_string());
        for value in [
            json!(1_614_850_000),
            json!("1614850000"),
            json!(1_614_850_000_000_i64),
            json!(1_614_850_000.7),
            json!("2021-03-04T09:26:40Z"),
            json!("2021-03-04T09:26:40"),
            json!("2021-03-04 09:26:40"),
            json!("2021-03-04T10:26:40+01:00"),
        ] {
            assert_eq!(at(value.clone()).as_deref(), Some("2021-03-04T09:26:40.000Z"), "{value}");
        }
        for value in [json!(0), json!("soon"), json!(true), json!(null), json!(i64::MAX), json!(-4.8e110)] {
            assert_eq!(at(value.clone()), None, "{value}");
        }
    }

    #[test]
    fn a_manager_has_three_spellings() {
        for manager in [json!({"value": "7"}), json!({"managerId": 7}), json!("7"), json!(7)] {
            let person = read(json!({"id": "1", ENTERPRISE.to_uppercase(): {"manager": manager}}));
            assert_eq!(person.body[ENTERPRISE]["manager"]["value"], "7", "{manager}");
        }
        let person =
            read(json!({"id": "1", ENTERPRISE: {"manager": {"displayName": "Ada"}, "department": "x"}}));
        assert_eq!(person.body[ENTERPRISE], json!({"department": "x"}));
    }

    #[test]
    fn a_life_is_guessed_to_the_safer_date() {
        let closed = json!({"id": "1", "active": "False", "meta": {"created": 1_600_000_000, "lastModified": "2026-11-20T00:00:00Z"}});
        let (life, certainty) = read(closed).life(now());
        assert_eq!((life.stage(), certainty), (Stage::Deactivated, Certainty::Estimate));
        assert_eq!(life.deactivated_at.map(|at| at.to_string()).as_deref(), Some("2026-11-20T00:00:00.000Z"));
        let (life, _) = read(json!({"id": "1", "active": false})).life(now());
        assert_eq!(life.deactivated_at, Some(now()), "without a date, the wait begins now");
        let (life, _) =
            read(json!({"id": "1", "active": false, "meta": {"lastModified": "2031-01-01T00:00:00Z"}}))
                .life(now());
        assert_eq!(life.deactivated_at, Some(now()), "no date lies ahead");
        let (life, certainty) = read(json!({"id": "1"})).life(now());
        assert_eq!((life.stage(), certainty), (Stage::Active, Certainty::Known));
        let (life, _) = read(
            json!({"id": "1", INVITATION: {"invited": true, "inviteDate": 1_614_850_000, "claimed": false}}),
        )
        .life(now());
        assert_eq!(life.stage(), Stage::Invited);
        let (life, _) = read(json!({"id": "1", "active": false, "displayName": FORMER_MEMBER})).life(now());
        assert_eq!(life.stage(), Stage::Former);
    }

    proptest! {
        #[test]
        fn no_record_makes_the_reader_fail_loudly(text in any::<String>(), number in any::<f64>(), name in "id|active|meta|name|emails|[a-z]{1,5}") {
            for value in [json!(text), json!(number), json!([text]), json!({"value": text}), json!({"created": number, "lastModified": text})] {
                if let Ok(person) = Foreign::read(json!({"id": "1", name.as_str(): value, ENTERPRISE: value, INVITATION: value, LIFECYCLE: value})) {
                    let (life, _) = person.life(now());
                    prop_assert!(life.deactivated_at.is_none_or(|at| at <= now()));
                    prop_assert!(life.active || life.deactivated_at.is_some());
                }
            }
        }

        #[test]
        fn a_segment_is_one_segment(id in any::<String>()) {
            if let Some(segment) = segment(&id) {
                prop_assert!(segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
                prop_assert!(segment != "." && segment != "..");
            }
        }
    }
}
