//! The assistant that helps to choose a priority: from answers to a level, and to the sentence that led there.
//!
//! Seed 000 names for each level what it means and gives eight examples. A level needs all that its sentence
//! says: high is what keeps people from their work, or a key feature that fails for everyone or for a key
//! person, where nothing works around it and it can't wait (FACTS.md, "Priority by impact and urgency").

use crate::Priority;

macro_rules! words {
    ($name:ident: $($variant:ident = $word:literal),+) => {
        impl $name {
            /// All answers, as the question lists them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word of an address.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// Reads the word of an address.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|answer| answer.as_str() == word)
            }
        }
    };
}

/// What can't be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// A secondary feature, or something small.
    Secondary,
    /// A key feature, such as making a group or starting a live video.
    Key,
    /// People can't do their work.
    Work,
}
words!(Loss: Work = "work", Key = "key", Secondary = "secondary");

/// How many people are touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum People {
    /// One or a few: under 5 % of all.
    Few,
    /// Some.
    Some,
    /// Everyone.
    Everyone,
}
words!(People: Everyone = "everyone", Some = "some", Few = "few");

/// Whether it is there all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Since {
    /// It comes and goes.
    Passing,
    /// All the time since today.
    Today,
    /// All the time for longer.
    Longer,
}
words!(Since: Passing = "passing", Today = "today", Longer = "longer");

/// What the assistant was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// What can't be done.
    pub loss: Loss,
    /// How many people are touched.
    pub people: People,
    /// Whether a key person, such as the CEO, is among them.
    pub has_key_person: bool,
    /// Whether something works around it.
    pub has_way_round: bool,
    /// Whether it can wait.
    pub can_wait: bool,
    /// Whether it is there all the time.
    pub since: Since,
}

/// A sentence of the rules. Its words are in the catalogs of the panel, most of them under the name of the level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sentence {
    /// High: people can't do their work, nothing works around it, and it has to be dealt with at once.
    WorkStops,
    /// High, the second example: a key feature fails for everyone.
    KeyFeatureForAll,
    /// High, the third example: a key person can't use a key feature.
    KeyPerson,
    /// Medium: people can't do all of their work, but there is a way round; or a secondary feature fails for some.
    PartOfTheWork,
    /// Medium, the first example: some people can't use a key feature.
    KeyFeatureForSome,
    /// Medium, the second example: a secondary feature misbehaves.
    SecondaryFeature,
    /// Medium, as it can wait: high has to be dealt with at once.
    CanWait,
    /// Low: it comes and goes, can be worked around, and touches few people and no key feature.
    Passing,
    /// Low, the first example: one person doesn't always see something.
    NotAlways,
    /// Low, the second example: a few people can't do something in one way, and can in another.
    AnotherWay,
}

impl Sentence {
    /// All sentences that the assistant quotes.
    pub const ALL: [Self; 10] = [
        Self::WorkStops,
        Self::KeyFeatureForAll,
        Self::KeyPerson,
        Self::PartOfTheWork,
        Self::KeyFeatureForSome,
        Self::SecondaryFeature,
        Self::CanWait,
        Self::Passing,
        Self::NotAlways,
        Self::AnotherWay,
    ];

    /// The level that the sentence is about.
    pub const fn level(self) -> Priority {
        match self {
            Self::WorkStops | Self::KeyFeatureForAll | Self::KeyPerson => Priority::High,
            Self::PartOfTheWork | Self::KeyFeatureForSome | Self::SecondaryFeature | Self::CanWait => {
                Priority::Medium
            }
            Self::Passing | Self::NotAlways | Self::AnotherWay => Priority::Low,
        }
    }
}

/// The sentence of the rules that fits, and with it the level.
///
/// A head count alone never lowers the level: that few people are touched leads to low only together with
/// everything else that low needs. Where work stops, or a key person is stopped, it changes nothing.
pub const fn advise(answers: Answers) -> Sentence {
    let Answers { loss, people, has_key_person, has_way_round, can_wait, since } = answers;
    let comes_and_goes = matches!(since, Since::Passing);
    match (loss, has_way_round, can_wait) {
        (Loss::Work, false, false) => Sentence::WorkStops,
        (Loss::Key, false, false) if has_key_person => Sentence::KeyPerson,
        (Loss::Key, false, false) => match people {
            People::Everyone => Sentence::KeyFeatureForAll,
            People::Some | People::Few => Sentence::KeyFeatureForSome,
        },
        (Loss::Work | Loss::Key, true, _) => Sentence::PartOfTheWork,
        (Loss::Work | Loss::Key, false, true) => Sentence::CanWait,
        (Loss::Secondary, has_way_round, true) if matches!(people, People::Few) => {
            match (has_way_round, comes_and_goes) {
                (true, true) => Sentence::Passing,
                (true, false) => Sentence::AnotherWay,
                (false, true) => Sentence::NotAlways,
                (false, false) => Sentence::SecondaryFeature,
            }
        }
        (Loss::Secondary, true, _) => Sentence::PartOfTheWork,
        (Loss::Secondary, false, _) => Sentence::SecondaryFeature,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORST: Answers = Answers {
        loss: Loss::Work,
        people: People::Everyone,
        has_key_person: true,
        has_way_round: false,
        can_wait: false,
        since: Since::Longer,
    };

    /// Every way to answer: few enough to look at all of them.
    fn all() -> Vec<Answers> {
        let mut all = Vec::new();
        for (loss, people, since) in Loss::ALL.iter().flat_map(|loss| {
            let since = move |people| Since::ALL.iter().map(move |since| (*loss, people, *since));
            People::ALL.iter().copied().flat_map(since)
        }) {
            for flags in 0..8 {
                let [has_key_person, has_way_round, can_wait] =
                    [flags & 1 != 0, flags & 2 != 0, flags & 4 != 0];
                all.push(Answers { loss, people, has_key_person, has_way_round, can_wait, since });
            }
        }
        assert_eq!(all.len(), 216);
        all
    }

    /// Whether nothing in `one` is worse than in `other`.
    fn is_no_worse(one: Answers, other: Answers) -> bool {
        one.loss <= other.loss
            && one.people <= other.people
            && one.has_key_person <= other.has_key_person
            && one.has_way_round >= other.has_way_round
            && one.can_wait >= other.can_wait
            && one.since <= other.since
    }

    #[track_caller]
    fn check(example: &str, answers: Answers, sentence: Sentence, level: Priority) {
        assert_eq!(advise(answers), sentence, "{example}");
        assert_eq!(sentence.level(), level, "{example}");
    }

    /// Seed 000: three examples of high, two of medium, three of low.
    #[test]
    fn the_eight_examples_have_the_level_that_they_are_examples_of() {
        let pressing = Answers { has_key_person: false, since: Since::Today, ..WORST };
        check("Nobody can sign in.", pressing, Sentence::WorkStops, Priority::High);
        check(
            "A key feature fails for everyone: no group can be created.",
            Answers { loss: Loss::Key, ..pressing },
            Sentence::KeyFeatureForAll,
            Priority::High,
        );
        check(
            "A key person, such as the CEO, can't start a live video.",
            Answers { loss: Loss::Key, people: People::Few, has_key_person: true, ..pressing },
            Sentence::KeyPerson,
            Priority::High,
        );
        check(
            "Some people can't start a live video.",
            Answers { loss: Loss::Key, people: People::Some, ..pressing },
            Sentence::KeyFeatureForSome,
            Priority::Medium,
        );
        let small = Answers { loss: Loss::Secondary, can_wait: true, ..pressing };
        check(
            "A secondary feature misbehaves: downloading a video fails on a Mac.",
            Answers { people: People::Some, ..small },
            Sentence::SecondaryFeature,
            Priority::Medium,
        );
        check(
            "One person doesn't always see a conversation of a group.",
            Answers { people: People::Few, since: Since::Passing, ..small },
            Sentence::NotAlways,
            Priority::Low,
        );
        check(
            "On Android phones a few people can't download a video; on a computer they can.",
            Answers { people: People::Few, has_way_round: true, ..small },
            Sentence::AnotherWay,
            Priority::Low,
        );
        check(
            "A small problem with the APIs or with help for developers.",
            Answers { people: People::Few, has_way_round: true, since: Since::Longer, ..small },
            Sentence::AnotherWay,
            Priority::Low,
        );
    }

    #[test]
    fn what_is_worse_is_never_less_urgent() {
        for one in all() {
            for other in all().into_iter().filter(|other| is_no_worse(one, *other)) {
                assert!(advise(one).level() <= advise(other).level(), "{one:?}\n{other:?}");
            }
        }
    }

    #[test]
    fn a_head_count_alone_never_lowers_the_level() {
        for answers in all() {
            let few = advise(Answers { people: People::Few, ..answers }).level();
            let level = advise(answers).level();
            assert!(few <= level, "a count can only raise it: {answers:?}");
            if few < level && few == Priority::Low {
                let speaks_for_low = answers.loss == Loss::Secondary
                    && answers.can_wait
                    && (answers.has_way_round || answers.since == Since::Passing);
                assert!(speaks_for_low, "few people, and nothing else, made it low: {answers:?}");
            }
            if few < level && level == Priority::High {
                assert_eq!((answers.loss, answers.people), (Loss::Key, People::Everyone), "{answers:?}");
                assert!(!answers.has_key_person, "{answers:?}");
            }
        }
        for people in People::ALL.iter().copied() {
            let one = Answers { people, has_key_person: false, ..WORST };
            assert_eq!(advise(one).level(), Priority::High, "whose work stops is not counted: {people:?}");
            let chief = Answers { loss: Loss::Key, people, ..WORST };
            assert_eq!(advise(chief).level(), Priority::High, "a key person is not counted: {people:?}");
        }
    }

    #[test]
    fn high_needs_all_that_its_sentences_say() {
        for answers in all().into_iter().filter(|answers| advise(*answers).level() == Priority::High) {
            assert!(!answers.has_way_round && !answers.can_wait, "{answers:?}");
            assert_ne!(answers.loss, Loss::Secondary, "{answers:?}");
        }
    }

    #[test]
    fn low_touches_few_people_and_no_key_feature() {
        for answers in all().into_iter().filter(|answers| advise(*answers).level() == Priority::Low) {
            assert_eq!((answers.loss, answers.people), (Loss::Secondary, People::Few), "{answers:?}");
            assert!(answers.can_wait, "{answers:?}");
        }
    }

    #[test]
    fn every_sentence_and_every_question_makes_a_difference() {
        for sentence in Sentence::ALL {
            assert!(all().into_iter().any(|answers| advise(answers) == sentence), "{sentence:?}");
        }
        let differs = |change: fn(Answers) -> Answers| {
            all().into_iter().any(|answers| advise(answers).level() != advise(change(answers)).level())
        };
        assert!(differs(|answers| Answers { loss: Loss::Secondary, ..answers }));
        assert!(differs(|answers| Answers { people: People::Some, ..answers }));
        assert!(differs(|answers| Answers { has_key_person: true, ..answers }));
        assert!(differs(|answers| Answers { has_way_round: true, ..answers }));
        assert!(differs(|answers| Answers { can_wait: true, ..answers }));
        assert!(differs(|answers| Answers { since: Since::Passing, ..answers }));
    }

    #[test]
    fn answers_are_read_back_from_their_words() {
        for loss in Loss::ALL {
            assert_eq!(Loss::parse(loss.as_str()), Some(*loss));
        }
        for people in People::ALL {
            assert_eq!(People::parse(people.as_str()), Some(*people));
        }
        for since in Since::ALL {
            assert_eq!(Since::parse(since.as_str()), Some(*since));
        }
        assert_eq!(People::parse("nobody"), None);
    }
}
