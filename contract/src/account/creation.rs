//! A new account, made by hand: somebody comes, or comes back after their profile fields were removed (seed 003).

use serde::{Deserialize, Serialize};

use crate::PersonId;

/// The longest value of a field, in characters.
pub const FIELD_MAX: usize = 200;

/// What `POST /api/accounts` takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAccount {
    /// The name as people say it.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub name: String,
    /// The address to sign in with.
    #[cfg_attr(feature = "openapi", schema(min_length = 3, max_length = 200))]
    pub email: String,
    /// What the person does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub title: String,
    /// The department.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub department: String,
    /// The number of the employee.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub employee_number: String,
    /// The phone number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub phone: String,
}

/// What it is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Created {
    /// Who.
    pub id: PersonId,
}

/// A field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// The name.
    Name,
    /// The address.
    Email,
    /// What the person does.
    Title,
    /// The department.
    Department,
    /// The number of the employee.
    EmployeeNumber,
    /// The phone number.
    Phone,
}

impl Field {
    /// All fields, in the order of the form.
    pub const ALL: [Self; 6] =
        [Self::Name, Self::Email, Self::Title, Self::Department, Self::EmployeeNumber, Self::Phone];

    /// The field as problems point at it.
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::Name => "/name",
            Self::Email => "/email",
            Self::Title => "/title",
            Self::Department => "/department",
            Self::EmployeeNumber => "/employeeNumber",
            Self::Phone => "/phone",
        }
    }
}

/// What is wrong with a field; its words say what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldRefusal {
    /// Nothing stands in it.
    #[error("Fill this in")]
    Missing,
    /// It is too long by so many characters.
    #[error("Shorten this by {0} characters")]
    Long(usize),
    /// It has characters that can't be shown.
    #[error("Remove the characters that can't be shown")]
    Unprintable,
    /// It is no e-mail address.
    #[error("Enter an address such as name@example.com")]
    Address,
    /// It is no phone number.
    #[error("Enter a phone number, with digits")]
    Number,
}

impl NewAccount {
    /// The value of a field.
    pub fn value(&self, field: Field) -> &str {
        match field {
            Field::Name => &self.name,
            Field::Email => &self.email,
            Field::Title => &self.title,
            Field::Department => &self.department,
            Field::EmployeeNumber => &self.employee_number,
            Field::Phone => &self.phone,
        }
    }

    /// Without white space around what was typed.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        let text = |field| self.value(field).split_whitespace().collect::<Vec<_>>().join(" ");
        Self {
            name: text(Field::Name),
            email: text(Field::Email),
            title: text(Field::Title),
            department: text(Field::Department),
            employee_number: text(Field::EmployeeNumber),
            phone: text(Field::Phone),
        }
    }

    /// What is wrong, in the order of the form; nothing when it can be made.
    pub fn check(&self) -> Vec<(Field, FieldRefusal)> {
        let wrong = |field: Field| refusal(field, self.value(field)).map(|refusal| (field, refusal));
        Field::ALL.into_iter().filter_map(wrong).collect()
    }
}

fn refusal(field: Field, value: &str) -> Option<FieldRefusal> {
    let value = value.trim();
    let is_required = matches!(field, Field::Name | Field::Email);
    if value.is_empty() {
        return is_required.then_some(FieldRefusal::Missing);
    }
    let length = value.chars().count();
    if length > FIELD_MAX {
        return Some(FieldRefusal::Long(length - FIELD_MAX));
    }
    if value.chars().any(char::is_control) {
        return Some(FieldRefusal::Unprintable);
    }
    match field {
        Field::Email if !is_address(value) => Some(FieldRefusal::Address),
        Field::Phone if !value.chars().any(|sign| sign.is_ascii_digit()) => Some(FieldRefusal::Number),
        Field::Name
        | Field::Email
        | Field::Title
        | Field::Department
        | Field::EmployeeNumber
        | Field::Phone => None,
    }
}

/// Whether mail could reach it: something before and after one `@`, and no white space. The rest only mail knows.
fn is_address(text: &str) -> bool {
    let is_plain =
        |part: &str| !part.is_empty() && !part.contains(|sign: char| sign.is_whitespace() || sign == '@');
    text.rsplit_once('@').is_some_and(|(name, host)| {
        is_plain(name) && is_plain(host) && !host.starts_with('.') && !host.ends_with('.')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hana() -> NewAccount {
        NewAccount {
            name: "Hana Kobayashi".to_owned(),
            email: "hana@acme.example".to_owned(),
            ..NewAccount::default()
        }
    }

    #[test]
    fn a_name_and_an_address_are_enough() {
        assert_eq!(hana().check(), []);
        let wrong = NewAccount::default().check();
        assert_eq!(wrong, [(Field::Name, FieldRefusal::Missing), (Field::Email, FieldRefusal::Missing)]);
    }

    #[test]
    fn what_is_wrong_is_told_at_its_field() {
        let check = |account: NewAccount, field, refusal| assert_eq!(account.check(), [(field, refusal)]);
        for email in ["hana", "@acme", "hana@", "a b@acme", "a@b@c", "a@.example"] {
            check(NewAccount { email: email.to_owned(), ..hana() }, Field::Email, FieldRefusal::Address);
        }
        check(NewAccount { phone: "call me".to_owned(), ..hana() }, Field::Phone, FieldRefusal::Number);
        check(NewAccount { title: "a\0b".to_owned(), ..hana() }, Field::Title, FieldRefusal::Unprintable);
        check(NewAccount { name: "x".repeat(FIELD_MAX + 2), ..hana() }, Field::Name, FieldRefusal::Long(2));
    }

    proptest! {
        #[test]
        fn trimming_makes_nothing_worse(name in any::<String>(), email in any::<String>()) {
            let account = NewAccount { name, email, ..NewAccount::default() };
            let trimmed = account.trimmed();
            prop_assert_eq!(&trimmed.trimmed(), &trimmed);
            if account.check().is_empty() {
                prop_assert!(trimmed.check().is_empty());
            }
        }
    }
}
