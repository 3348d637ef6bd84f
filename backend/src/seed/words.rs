//! What people write in the example, by language. The texts themselves are in `words/`.

use super::random::Random;

/// All that is written in one language.
#[derive(Debug, Clone, Default)]
pub(super) struct Tongue {
    pub(super) language: &'static str,
    pub(super) scenarios: Vec<Scenario>,
    pub(super) tried: Vec<&'static str>,
    pub(super) impact: Vec<&'static str>,
    pub(super) question: Vec<&'static str>,
    pub(super) details: Vec<&'static str>,
    pub(super) thanks: Vec<&'static str>,
    pub(super) note: Vec<&'static str>,
}

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scenario {
    pub(super) topic: &'static str,
    pub(super) subject: &'static str,
    pub(super) body: &'static str,
    pub(super) answer: &'static str,
}

/// What stands in the gaps of the texts of one request.
#[derive(Debug, Clone)]
pub(super) struct Gaps {
    place: &'static str,
    team: &'static str,
    group: &'static str,
    person: String,
    count: u64,
    code: String,
}

const PLACES: [&str; 20] = [
    "Lyon",
    "Paris",
    "Lisboa",
    "São Paulo",
    "Tokyo",
    "Osaka",
    "Madrid",
    "Dakar",
    "Montréal",
    "Berlin",
    "Chicago",
    "Nairobi",
    "Bengaluru",
    "Casablanca",
    "Porto",
    "Nantes",
    "Sevilla",
    "Kyoto",
    "Toulouse",
    "Recife",
];
const GROUPS: [&str; 16] = [
    "Team news",
    "Design guild",
    "Welcome desk",
    "Safety first",
    "Canteen",
    "Sales Europe",
    "Night shift",
    "Project Atlas",
    "Ideas",
    "Carpool",
    "Works council",
    "Launch 2026",
    "IT announcements",
    "Photos",
    "Store managers",
    "Leadership",
];

/// The tongues of the example, each as often as it is spoken there.
pub(super) fn tongues() -> Vec<Tongue> {
    vec![
        tongue("fr", include_str!("words/fr.txt")),
        tongue("en", include_str!("words/en.txt")),
        tongue("es", include_str!("words/es.txt")),
        tongue("pt", include_str!("words/pt.txt")),
        tongue("ja", include_str!("words/ja.txt")),
    ]
}

fn tongue(language: &'static str, text: &'static str) -> Tongue {
    let mut tongue = Tongue { language, ..Tongue::default() };
    let mut section = "";
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
            continue;
        }
        let shelf = match section {
            "tried" => &mut tongue.tried,
            "impact" => &mut tongue.impact,
            "question" => &mut tongue.question,
            "details" => &mut tongue.details,
            "thanks" => &mut tongue.thanks,
            "note" => &mut tongue.note,
            topic => {
                let mut parts = line.splitn(3, '|');
                if let (Some(subject), Some(body), Some(answer)) = (parts.next(), parts.next(), parts.next())
                {
                    tongue.scenarios.push(Scenario { topic, subject, body, answer });
                }
                continue;
            }
        };
        shelf.push(line);
    }
    tongue
}

impl Gaps {
    /// Something for each gap.
    pub(super) fn new(random: &mut Random, departments: &[&'static str], person: &str) -> Self {
        const FIGURES: [u64; 14] = [2, 3, 4, 6, 7, 9, 12, 15, 20, 24, 38, 57, 120, 240];
        Self {
            place: random.pick(&PLACES).copied().unwrap_or_default(),
            team: random.pick(departments).copied().unwrap_or_default(),
            group: random.pick(&GROUPS).copied().unwrap_or_default(),
            person: person.split(' ').next().unwrap_or_default().to_owned(),
            count: random.pick(&FIGURES).copied().unwrap_or(2),
            code: format!("FR-{:04X}", random.below(0x1_0000)),
        }
    }

    /// The text without gaps.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, tail)) = after.split_once('}') else { break };
            match name {
                "place" => filled.push_str(self.place),
                "team" => filled.push_str(self.team),
                "group" => filled.push_str(self.group),
                "person" => filled.push_str(&self.person),
                "code" => filled.push_str(&self.code),
                _ => filled.push_str(&self.count.to_string()),
            }
            rest = tail;
        }
        filled.push_str(rest);
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tongue_has_something_of_everything() {
        let settings = crate::settings::parse(crate::settings::EXAMPLE).expect("settings");
        for tongue in tongues() {
            let language = tongue.language;
            assert!(tongue.scenarios.len() >= 6, "{language}");
            for scenario in &tongue.scenarios {
                let topic = scenario.topic.parse().expect("a topic");
                assert!(settings.topic(&topic).is_some(), "{language}: {topic}");
                assert!(!scenario.answer.is_empty(), "{language}: {}", scenario.subject);
            }
            for shelf in [
                &tongue.tried,
                &tongue.impact,
                &tongue.question,
                &tongue.details,
                &tongue.thanks,
                &tongue.note,
            ] {
                assert!(!shelf.is_empty(), "{language}");
            }
        }
    }

    #[test]
    fn no_gap_stays_open() {
        let mut random = Random::new(1);
        for tongue in tongues() {
            for scenario in tongue.scenarios {
                let gaps = Gaps::new(&mut random, &["Design"], "Awa Mbaye");
                for text in [scenario.subject, scenario.body, scenario.answer] {
                    let filled = gaps.fill(text);
                    assert!(!filled.contains(['{', '}']), "{filled}");
                }
            }
        }
    }
}
