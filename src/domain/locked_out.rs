//! What whoever can't sign in tells the admins: from what was chosen and typed to what is sent.

use frontdesk_contract::Body;
use frontdesk_contract::report::NewPublicReport;
use frontdesk_contract::text::EmailText;
use serde::{Deserialize, Serialize};

use crate::domain::report::BodyWrong;

/// What was chosen and typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LockedOutDraft {
    /// The word of what happens.
    pub trouble: String,
    /// More about it.
    pub body: String,
    /// Where to answer.
    pub email: String,
    /// The `Idempotency-Key` of the report that this becomes.
    pub key: String,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The password isn't accepted.
    Password,
    /// The account doesn't let its person in.
    Closed,
    /// The link of an invitation or for a password doesn't work, or never came.
    Link,
    /// The page doesn't open.
    Blank,
    /// Anything else, in words.
    Other,
}

impl Trouble {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Password, Self::Closed, Self::Link, Self::Blank, Self::Other];

    /// The word of the form and of the draft.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Closed => "closed",
            Self::Link => "link",
            Self::Blank => "blank",
            Self::Other => "other",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trouble| trouble.as_str() == word)
    }
}

/// What is wrong with what was chosen and typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wrong {
    /// Nothing was chosen.
    pub is_unchosen: bool,
    /// The words.
    pub body: Option<BodyWrong>,
    /// The address is none.
    pub is_no_email: bool,
}

impl LockedOutDraft {
    /// Whether there is nothing worth keeping.
    pub fn is_empty(&self) -> bool {
        self.trouble.is_empty() && self.body.trim().is_empty() && self.email.trim().is_empty()
    }

    /// Checks it; the only way to get what is sent. `name` says what was chosen in the person's own language: the
    /// admins read it above the words. `page` is where it was written.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(&self, page: &str, name: impl Fn(Trouble) -> String) -> Result<NewPublicReport, Wrong> {
        let trouble = Trouble::parse(&self.trouble);
        let typed = self.body.trim();
        let told = match trouble {
            Some(Trouble::Other) | None => typed.to_owned(),
            Some(trouble) => [name(trouble).as_str(), typed].join("\n\n").trim_end().to_owned(),
        };
        let email = self.email.trim();
        let address = email.parse::<EmailText>().ok().filter(|_| email.contains('@'));
        let mut wrong = Wrong {
            is_unchosen: trouble.is_none(),
            body: None,
            is_no_email: !email.is_empty() && address.is_none(),
        };
        match told.parse::<Body>() {
            Ok(body) if wrong == Wrong::default() => {
                Ok(NewPublicReport { body, page: page.parse().ok(), email: address, locked_out: true })
            }
            Ok(_) => Err(wrong),
            Err(refusal) => {
                let refusal = BodyWrong::from(refusal);
                // Where nothing is chosen nobody knows yet whether words are needed.
                let is_early = wrong.is_unchosen && refusal == BodyWrong::Missing;
                wrong.body = (!is_early).then_some(refusal);
                Err(wrong)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use frontdesk_contract::text::BODY_MAX;

    use super::*;

    fn draft(trouble: &str, body: &str, email: &str) -> LockedOutDraft {
        let own = str::to_owned;
        LockedOutDraft { trouble: own(trouble), body: own(body), email: own(email), key: own("k") }
    }

    fn check(draft: &LockedOutDraft) -> Result<NewPublicReport, Wrong> {
        draft.check("/locked-out", |trouble| format!("({})", trouble.as_str()))
    }

    #[test]
    fn what_was_chosen_stands_above_the_words() {
        let sent = check(&draft("password", " Since Monday ", " noe@acme.example ")).expect("a report");
        assert_eq!(sent.body.as_str(), "(password)\n\nSince Monday");
        assert_eq!(sent.email.as_ref().map(EmailText::as_str), Some("noe@acme.example"));
        assert!(sent.locked_out && sent.page.is_some());
        assert_eq!(check(&draft("blank", "", "")).expect("a report").body.as_str(), "(blank)");
        assert_eq!(check(&draft("other", "A loop", "")).expect("a report").body.as_str(), "A loop");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = check(&draft("", "", "noe")).expect_err("wrong");
        assert_eq!(wrong, Wrong { is_unchosen: true, body: None, is_no_email: true });
        let wrong = check(&draft("other", " ", "")).expect_err("wrong");
        assert_eq!(wrong.body, Some(BodyWrong::Missing), "something else has to be said");
        let wrong = check(&draft("blank", &"x".repeat(BODY_MAX), "")).expect_err("wrong");
        assert_eq!(wrong.body, Some(BodyWrong::TooLong("(blank)\n\n".len())));
    }

    #[test]
    fn an_untouched_form_is_not_kept() {
        assert!(draft("", " ", "").is_empty());
        assert!(!draft("blank", "", "").is_empty() && !draft("", "", "a").is_empty());
        for trouble in Trouble::ALL {
            assert_eq!(Trouble::parse(trouble.as_str()), Some(trouble));
        }
    }
}
