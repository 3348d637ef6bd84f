//! Attributes of accounts by name, and what was changed of them.

use frontdesk_contract::audit::Changed;

use crate::i18n::{Words, keys as w};

/// An attribute by name; one without a name of its own as SCIM has it.
pub fn field_name(path: &str, words: Words) -> String {
    let last = path.rsplit(':').next().unwrap_or(path);
    let key = match last {
        "userName" => w::FIELD_USER_NAME,
        "displayName" => w::FIELD_DISPLAY_NAME,
        "name" => w::FIELD_NAME,
        "emails" => w::FIELD_EMAILS,
        "phoneNumbers" => w::FIELD_PHONES,
        "addresses" => w::FIELD_ADDRESSES,
        "title" => w::FIELD_TITLE,
        "photos" => w::FIELD_PHOTOS,
        "timezone" => w::ACCOUNTS_ZONE,
        "department" => w::ACCOUNTS_DEPARTMENT,
        "employeeNumber" => w::ACCOUNTS_EMPLOYEE,
        "manager" => w::ACCOUNTS_MANAGER,
        other => return other.to_owned(),
    };
    words.text(key)
}

/// What was changed, attribute by attribute: before and after.
pub fn changes_text(changes: &[Changed], words: Words) -> Vec<String> {
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| words.text(w::AUDIT_NOTHING));
    let line = |change: &Changed| {
        let args = [
            ("field", field_name(&change.path, words)),
            ("before", value(&change.before)),
            ("after", value(&change.after)),
        ];
        words.text_with(w::AUDIT_CHANGED, &args)
    };
    changes.iter().map(line).collect()
}
