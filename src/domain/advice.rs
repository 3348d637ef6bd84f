//! What the assistant for priorities was told, as the words of its address and of its fields.

use frontdesk_contract::advice::{Answers, Loss, People, Since};

/// A question of the assistant on its own page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// What can't be done?
    Loss,
    /// How many people are touched?
    People,
    /// Is a key person touched?
    Person,
    /// Is there a way round?
    Way,
    /// Can it wait?
    Wait,
    /// Since when?
    Since,
}

/// The answer yes.
pub const YES: &str = "yes";
/// The answer no.
pub const NO: &str = "no";

impl Question {
    /// The questions in their order.
    pub const ALL: [Self; 6] = [Self::Loss, Self::People, Self::Person, Self::Way, Self::Wait, Self::Since];

    /// The name in the query of the address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::People => "people",
            Self::Person => "person",
            Self::Way => "way",
            Self::Wait => "wait",
            Self::Since => "since",
        }
    }

    /// The words of its answers, as they are listed.
    pub fn answers(self) -> Vec<&'static str> {
        match self {
            Self::Loss => Loss::ALL.iter().map(|answer| answer.as_str()).collect(),
            Self::People => People::ALL.iter().map(|answer| answer.as_str()).collect(),
            Self::Since => Since::ALL.iter().map(|answer| answer.as_str()).collect(),
            Self::Person | Self::Way | Self::Wait => vec![YES, NO],
        }
    }

    /// `word` if it answers the question, nothing otherwise.
    pub fn read(self, word: &str) -> String {
        self.answers().into_iter().find(|answer| *answer == word).unwrap_or_default().to_owned()
    }
}

/// All answers, once there is one to each question.
pub fn answers(answer_to: impl Fn(Question) -> String) -> Option<Answers> {
    let says_yes = |question| match answer_to(question).as_str() {
        YES => Some(true),
        NO => Some(false),
        _ => None,
    };
    Some(Answers {
        loss: Loss::parse(&answer_to(Question::Loss))?,
        people: People::parse(&answer_to(Question::People))?,
        has_key_person: says_yes(Question::Person)?,
        has_way_round: says_yes(Question::Way)?,
        can_wait: says_yes(Question::Wait)?,
        since: Since::parse(&answer_to(Question::Since))?,
    })
}

/// The answer of a form to *Who is touched?* that is no number.
pub const KEY_PERSON: &str = "person";
/// The answers of a form to *Can one work around it, or wait?*
pub const URGENCIES: [&str; 3] = ["now", "wait", "way"];

/// What the three questions of the form come to. A form doesn't ask since when: what it is about is taken to be
/// there all the time, so that nothing is suggested too low.
pub fn short_answers(loss: &str, who: &str, urgency: &str) -> Option<Answers> {
    let has_key_person = who == KEY_PERSON;
    let people = if has_key_person { People::Few } else { People::parse(who)? };
    let (has_way_round, can_wait) = match urgency {
        "now" => (false, false),
        "wait" => (false, true),
        "way" => (true, true),
        _ => return None,
    };
    Some(Answers {
        loss: Loss::parse(loss)?,
        people,
        has_key_person,
        has_way_round,
        can_wait,
        since: Since::Longer,
    })
}

#[cfg(test)]
mod tests {
    use frontdesk_contract::Priority;
    use frontdesk_contract::advice::advise;

    use super::*;

    #[test]
    fn an_address_with_every_answer_is_an_answer() {
        let given = |question: Question| {
            question.read(match question {
                Question::Loss => "key",
                Question::People => "few",
                Question::Person => "yes",
                Question::Way | Question::Wait => "no",
                Question::Since => "today",
            })
        };
        let told = answers(given).expect("answers");
        assert_eq!(advise(told).level(), Priority::High);
        for missing in Question::ALL {
            let without = |question| if question == missing { String::new() } else { given(question) };
            assert_eq!(answers(without), None, "{missing:?}");
        }
    }

    #[test]
    fn a_word_that_answers_nothing_is_no_answer() {
        for question in Question::ALL {
            for word in ["", "maybe", "<b>", "YES"] {
                assert_eq!(question.read(word), "", "{question:?} {word}");
            }
            for word in question.answers() {
                assert_eq!(question.read(word), word);
            }
        }
    }

    #[track_caller]
    fn check(loss: &str, who: &str, urgency: &str, level: Priority) {
        let told = short_answers(loss, who, urgency).expect("answers");
        assert_eq!(advise(told).level(), level, "{loss} {who} {urgency}");
    }

    #[test]
    fn three_questions_tell_the_levels_apart() {
        check("work", "few", "now", Priority::High);
        check("key", "everyone", "now", Priority::High);
        check("key", "person", "now", Priority::High);
        check("key", "some", "now", Priority::Medium);
        check("key", "person", "way", Priority::Medium);
        check("secondary", "some", "way", Priority::Medium);
        check("secondary", "few", "way", Priority::Low);
        assert_eq!(short_answers("key", "", "now"), None);
        assert_eq!(short_answers("key", "few", "soon"), None);
    }
}
