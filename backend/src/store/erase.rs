//! Erasing a person from our own copies (DESIGN.md, rule 8): one function, for whoever becomes a Former Member
//! and for whoever is deleted. A test searches the files for what was known of the person.

use std::collections::BTreeSet;

use frontdesk_contract::account::page::ProfileFields;
use frontdesk_contract::account::{FORMER_MEMBER, Step};
use frontdesk_contract::scim::abilities::Abilities;
use frontdesk_contract::{PersonId, Timestamp};
use serde_json::{Map, Value, json};

use crate::scim::schema::Resource;
use crate::store::accounts::{self, Account, digits, employee_key};
use crate::store::{Write, calls, grams, groups, reports, sessions, uploads};

/// The name that a deleted account leaves.
pub const DELETED: &str = "Deleted account";
/// The fields that are masked and not taken away.
const MASKED: [&str; 3] = ["userName", "displayName", "name"];

/// What the account is afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A Former Member: it stands without a profile.
    Former,
    /// Deleted: nothing of it is found any more.
    Deleted,
}

/// What was taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// Fields that are gone.
    pub deleted: Vec<String>,
    /// Fields that say something else now.
    pub masked: Vec<String>,
    /// Fields that still hold what they held, as read back.
    pub kept: Vec<String>,
}

/// Erases a person everywhere. The account is written as it stands afterwards.
pub async fn erase(
    write: &mut Write,
    account: &mut Account,
    ending: Ending,
    now: Timestamp,
) -> sqlx::Result<Erased> {
    let before = account.clone();
    let id = before.id.clone();
    sessions::close_all(write, &[&id]).await?;
    groups::end_memberships(write, &id).await?;
    calls::end_with_accounts(write, &[&id]).await?;
    calls::forget(write, &id).await?;
    for sql in [
        "DELETE FROM claims WHERE person = ?",
        "DELETE FROM rights WHERE person = ?",
        "DELETE FROM snapshots WHERE person = ?",
        "DELETE FROM answers WHERE person = ?",
        "DELETE FROM audit_words WHERE person = ?",
        "DELETE FROM audit_changes WHERE person = ?",
        "DELETE FROM views WHERE owner = ? AND shared = 0",
        "DELETE FROM readers WHERE person = ?",
        "DELETE FROM reads WHERE person = ?",
        "DELETE FROM feedback WHERE person = ?",
        "DELETE FROM watches WHERE person = ?",
        "DELETE FROM follows WHERE person = ?",
        "DELETE FROM answering WHERE person = ?",
        "DELETE FROM chat_marks WHERE person = ?",
        "DELETE FROM forgotten WHERE person = ?",
        "DELETE FROM mails WHERE person = ?",
        "DELETE FROM mail_threads WHERE person = ?",
        "UPDATE ratings SET comment = NULL WHERE person = ?",
        "UPDATE people SET password = NULL, default_password = 0, content = NULL WHERE id = ?",
    ] {
        sqlx::query(sql).bind(id.as_str()).execute(&mut **write).await?;
    }
    uploads::forget_person(write, &id, now).await?;
    reports::forget_person(write, &id, &[&before.name, &before.email]).await?;
    forget_words(write, &before).await?;
    let shown = match ending {
        Ending::Former => FORMER_MEMBER,
        Ending::Deleted => DELETED,
    };
    account.resource = masked(&id, shown);
    account.rights.clear();
    account.managed_by = None;
    account.content = None;
    account.life = account.life.after(Step::FieldsRemoved, now);
    accounts::save(write, account, now).await?;
    if ending == Ending::Deleted {
        grams::forget(write, &id).await?;
        sqlx::query("UPDATE people SET deleted_at = ?, due_at = NULL, user_key = NULL WHERE id = ?")
            .bind(now.millis())
            .bind(id.as_str())
            .execute(&mut **write)
            .await?;
    }
    let read_back = accounts::find(write, &id).await?;
    Ok(compared(&before.resource, read_back.as_ref().map(|account| &account.resource)))
}

/// What would be taken away from the profile, as [`erase`] does it.
pub fn would_erase(account: &Account) -> ProfileFields {
    let after = masked(&account.id, FORMER_MEMBER);
    let Erased { deleted, masked, .. } = compared(&account.resource, Some(&after));
    ProfileFields { deleted, masked, fixed: Vec::new() }
}

/// What would be taken away at the provider that keeps the account, by its own schemas; and of our copy what these
/// don't name.
pub fn would_erase_there(account: &Account, abilities: Option<&Abilities>) -> ProfileFields {
    let ours = would_erase(account);
    let Some(abilities) = abilities else { return ours };
    let Some(mut theirs) = abilities.profile_fields() else { return ours };
    let is_named = |path: &String| {
        let all = [&theirs.deleted, &theirs.masked, &theirs.fixed];
        all.into_iter().flatten().any(|known| known.eq_ignore_ascii_case(path))
    };
    let unnamed = |path: &String| !is_named(path) && !abilities.is_read_only(path);
    let more: Vec<String> = ours.deleted.into_iter().filter(unnamed).collect();
    theirs.deleted.extend(more);
    theirs
}

/// FACTS.md: `displayName` and `name.formatted` "Former Member", `userName` `former-<id>@invalid`.
fn masked(id: &PersonId, shown: &str) -> Map<String, Value> {
    let masked = json!({
        "userName": format!("former-{id}@invalid"), "displayName": shown, "name": {"formatted": shown},
    });
    masked.as_object().cloned().unwrap_or_default()
}

/// Names and words of the person in what is about others or about nobody.
async fn forget_words(write: &mut Write, before: &Account) -> sqlx::Result<()> {
    let mut given: Vec<String> = vec![before.id.to_string(), before.email.to_lowercase()];
    given.extend(before.enterprise("employeeNumber").map(employee_key));
    let phones = before.resource.get("phoneNumbers").and_then(Value::as_array).cloned().unwrap_or_default();
    given.extend(phones.iter().filter_map(|phone| phone.get("value")?.as_str().map(digits)));
    for text in given.iter().filter(|text| !text.is_empty()) {
        sqlx::query("UPDATE plan_rows SET given = '' WHERE given IS NOT NULL AND lower(trim(given)) = ?")
            .bind(text)
            .execute(&mut **write)
            .await?;
    }
    let formatted = before.resource.get("name").and_then(|name| name.get("formatted"));
    let formatted = formatted.and_then(Value::as_str).unwrap_or_default();
    let mut names = BTreeSet::from([before.name.as_str(), formatted, before.email.as_str()]);
    names.retain(|name| !name.trim().is_empty());
    // Whose manager it was when that was noted.
    for known in names.iter().copied().chain([before.id.as_str()]) {
        sqlx::query(
            "UPDATE snapshots SET body = json_set(body, '$.manager', ?2) \
             WHERE coalesce(json_extract(body, '$.managerId'), json_extract(body, '$.manager')) = ?1",
        )
        .bind(known)
        .bind(FORMER_MEMBER)
        .execute(&mut **write)
        .await?;
    }
    for name in names {
        for sql in [
            "UPDATE plans SET reason = NULL WHERE instr(lower(reason), lower(?)) > 0",
            "UPDATE runs SET decision_reason = NULL WHERE instr(lower(decision_reason), lower(?)) > 0",
            "UPDATE runs SET words = NULL WHERE instr(lower(words), lower(?)) > 0",
            "UPDATE mails SET words = NULL WHERE instr(lower(words), lower(?)) > 0",
            "UPDATE runs SET emergency = '' WHERE instr(lower(emergency), lower(?)) > 0",
            // A run has one reason for many people, so each is read once.
            "WITH RECURSIVE told (words) AS (SELECT min(words) FROM audit_words WHERE field = 'reason' UNION ALL \
             SELECT (SELECT min(a.words) FROM audit_words a WHERE a.field = 'reason' AND a.words > told.words) \
             FROM told WHERE told.words IS NOT NULL) \
             DELETE FROM audit_words WHERE field = 'reason' \
             AND words IN (SELECT words FROM told WHERE instr(lower(words), lower(?)) > 0)",
            "DELETE FROM audit_changes WHERE instr(lower(words), lower(?)) > 0",
        ] {
            sqlx::query(sql).bind(name).execute(&mut **write).await?;
        }
        // As JSON writes it, because they are kept as JSON.
        let quoted = Value::String(name.to_owned()).to_string();
        let masked = Value::String(FORMER_MEMBER.to_owned()).to_string();
        sqlx::query(
            "UPDATE plans SET consequences = replace(consequences, ?1, ?2) WHERE instr(consequences, ?1) > 0",
        )
        .bind(&quoted)
        .bind(&masked)
        .execute(&mut **write)
        .await?;
    }
    Ok(())
}

/// Which fields went, from the schema, and which are still there.
fn compared(before: &Map<String, Value>, after: Option<&Map<String, Value>>) -> Erased {
    let mut erased = Erased::default();
    let mut name = |path: String, field: &str, was: &Value, is: Option<&Value>| match is {
        None => erased.deleted.push(path),
        Some(is) if is == was => erased.kept.push(path),
        Some(_) if MASKED.contains(&field) => erased.masked.push(path),
        Some(_) => erased.kept.push(path),
    };
    for (field, was) in before {
        let is = after.and_then(|after| after.get(field));
        match Resource::User.extension(field) {
            Some((urn, _)) => {
                let inner = was.as_object().cloned().unwrap_or_default();
                for (part, was) in &inner {
                    name(format!("{urn}:{part}"), part, was, is.and_then(|is| is.get(part)));
                }
            }
            None => name(field.clone(), field, was, is),
        }
    }
    erased
}
