//! A new account before it is made.

use frontdesk_contract::account::creation::{Field, FieldRefusal, NewAccount};
use frontdesk_contract::problem::FieldError;
use serde::{Deserialize, Serialize};

/// What was typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewAccountDraft {
    /// The name.
    pub subject: String,
    /// The address.
    pub email: String,
    /// What the person does.
    pub title: String,
    /// The department.
    pub department: String,
    /// The number of the employee.
    pub employee_number: String,
    /// The phone number.
    pub phone: String,
    /// The `Idempotency-Key` of the account that this becomes.
    pub key: String,
}

impl NewAccountDraft {
    /// Whether there is anything worth keeping.
    pub fn is_empty(&self) -> bool {
        let typed =
            [&self.subject, &self.email, &self.title, &self.department, &self.employee_number, &self.phone];
        typed.iter().all(|text| text.trim().is_empty())
    }

    /// Checks every field; the only way to get what is sent.
    ///
    /// # Errors
    /// What is wrong, in the order of the form.
    pub fn check(&self) -> Result<NewAccount, Vec<(Field, FieldRefusal)>> {
        let account = NewAccount {
            name: self.subject.clone(),
            email: self.email.clone(),
            title: self.title.clone(),
            department: self.department.clone(),
            employee_number: self.employee_number.clone(),
            phone: self.phone.clone(),
        }
        .trimmed();
        let wrong = account.check();
        if wrong.is_empty() { Ok(account) } else { Err(wrong) }
    }
}

/// The fields that the backend found wrong, with what it says.
pub fn said_by_backend(errors: Vec<FieldError>) -> Vec<(Field, String)> {
    let field = |pointer: &str| Field::ALL.into_iter().find(|field| field.pointer() == pointer);
    errors.into_iter().filter_map(|error| Some((field(&error.pointer)?, error.detail))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_becomes_an_account_without_spaces_around() {
        let draft = NewAccountDraft {
            subject: " Hana  Kobayashi ".to_owned(),
            email: " hana@acme.example".to_owned(),
            ..NewAccountDraft::default()
        };
        let account = draft.check().expect("an account");
        assert_eq!((account.name.as_str(), account.email.as_str()), ("Hana Kobayashi", "hana@acme.example"));
        assert!(!draft.is_empty() && NewAccountDraft::default().is_empty());
        assert_eq!(NewAccountDraft::default().check().expect_err("nothing").len(), 2);
    }

    #[test]
    fn the_backend_points_at_fields() {
        let error = |pointer: &str| FieldError { pointer: pointer.to_owned(), detail: "x".to_owned() };
        let said = said_by_backend(vec![error("/email"), error("/hat")]);
        assert_eq!(said, [(Field::Email, "x".to_owned())]);
    }
}
