//! The words of e-mails, in the languages that we have; other languages get English.

use chrono::{DateTime, Utc};
use frontdesk_contract::status::IncidentStatus;
use frontdesk_contract::{Language, Timestamp};

/// What an e-mail can say. What stands in braces is put in.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// The language.
    pub tag: &'static str,
    /// Before everything that is said to somebody by name.
    pub hello: &'static str,
    /// The subject about a request.
    pub request: &'static str,
    /// Support has written.
    pub answered: &'static str,
    /// What comes after the beginning of a long text.
    pub cut: &'static str,
    /// Somebody solved it.
    pub solved: &'static str,
    /// It closes soon.
    pub reminded: &'static str,
    /// It was closed by itself.
    pub closed: &'static str,
    /// Where to read it.
    pub read: &'static str,
    /// Why one gets it.
    pub why_request: &'static str,
    /// How to get no more of them.
    pub stop_request: &'static str,
    /// The subject about an incident.
    pub incident: &'static str,
    /// Where an incident stands.
    pub stands: &'static str,
    /// Where to read it.
    pub page: &'static str,
    /// Why one gets it.
    pub why_incident: &'static str,
    /// How to get no more of them.
    pub stop_incident: &'static str,
    /// The subject of an invitation.
    pub invitation: &'static str,
    /// What it says.
    pub invited: &'static str,
    /// The subject of a reminder.
    pub reminder: &'static str,
    /// What it says.
    pub reminded_of: &'static str,
    /// The subject about a forgotten password.
    pub password: &'static str,
    /// What it says.
    pub forgotten: &'static str,
    /// What to do when one didn't ask.
    pub not_you: &'static str,
    /// The subject about somebody who can't sign in.
    pub locked_out: &'static str,
    /// What it says.
    pub locked_out_text: &'static str,
    /// Where to read it.
    pub read_locked_out: &'static str,
    /// Why one gets it.
    pub why_locked_out: &'static str,
    /// Where a link leads that stops e-mails: before the button.
    pub stop_title: &'static str,
    /// The same about a request.
    pub stop_text_request: &'static str,
    /// The same about an incident.
    pub stop_text_incident: &'static str,
    /// The button.
    pub stop_button: &'static str,
    /// After it.
    pub stopped_title: &'static str,
    /// How to take it back.
    pub stopped_text_request: &'static str,
    /// The same about an incident.
    pub stopped_text_incident: &'static str,
    /// A link that nobody knows.
    pub unknown_title: &'static str,
    /// What to do then.
    pub unknown_text: &'static str,
    /// Somebody came too often.
    pub throttled_title: &'static str,
    /// What to do then.
    pub throttled_text: &'static str,
    investigating: &'static str,
    identified: &'static str,
    monitoring: &'static str,
    resolved: &'static str,
}

static ENGLISH: Words = Words {
    tag: "en",
    hello: "Hello {name},",
    request: "[{number}] {subject}",
    answered: "{name}, support, answered:",
    cut: "The rest stands on the page.",
    solved: "{name} marked the request as solved. If it isn’t, answer on its page.",
    reminded: "The request waits for an answer of your organization. Without one it closes by itself on {date}.",
    closed: "Nobody had answered for a while, so the request was closed by itself.",
    read: "Read and answer: {url}",
    why_request: "You get this because you asked or watch this request. Replies to this e-mail are read by nobody.",
    stop_request: "No more e-mails about this request: {url}",
    incident: "{service}: {name} ({state})",
    stands: "{name}. Where it stands: {state}.",
    page: "The status page: {url}",
    why_incident: "You get this because you follow this incident or one of its components. Replies to this e-mail are read by nobody.",
    stop_incident: "No more e-mails about this incident: {url}",
    invitation: "Your account for {service}",
    invited: "{organization} has an account for {service} for you. This link is yours alone: choose a password with it. It works once, until {date}.",
    reminder: "Your account for {service} is waiting",
    reminded_of: "{organization} has an account for {service} for you, and it waits to be claimed. This link is yours alone: choose a password with it. It works once, until {date}; links of earlier e-mails don’t work any more.",
    password: "A new password for {service}",
    forgotten: "Somebody asked for a new password for your account. If it was you, choose one with this link. It works once, until {date}.",
    not_you: "If it wasn’t you, there is nothing to do: your password stays as it is.",
    locked_out: "Somebody can’t sign in to {service}",
    locked_out_text: "Somebody has told that they can’t sign in to {service}, and nobody has handled it yet.",
    read_locked_out: "What they wrote is not in this e-mail. Read and answer it: {url}",
    why_locked_out: "You get this because you handle problem reports, once an hour at the most. Whoever runs the backend can switch these e-mails off. Replies to this e-mail are read by nobody.",
    stop_title: "Stop e-mails",
    stop_text_request: "You get no more e-mails about the request {number}. All others stay as they are.",
    stop_text_incident: "You get no more e-mails about this incident. All others stay as they are.",
    stop_button: "Stop these e-mails",
    stopped_title: "Stopped",
    stopped_text_request: "No more e-mails about the request {number} are sent to you. On its page you can take that back.",
    stopped_text_incident: "No more e-mails about this incident are sent to you. Its updates stay on the status page.",
    unknown_title: "This link stops nothing",
    unknown_text: "It isn’t whole, or what it was about is gone. Copy it from the e-mail in full and open it again.",
    throttled_title: "Too many tries",
    throttled_text: "Nothing has changed. Open the link again in a quarter of an hour.",
    investigating: "Investigating",
    identified: "Identified",
    monitoring: "Monitoring",
    resolved: "Resolved",
};

static FRENCH: Words = Words {
    tag: "fr",
    hello: "Bonjour {name},",
    request: "[{number}] {subject}",
    answered: "{name}, de l’assistance, a répondu\u{a0}:",
    cut: "La suite se trouve sur la page.",
    solved: "{name} a marqué la demande comme résolue. Si elle ne l’est pas, répondez sur sa page.",
    reminded: "La demande attend une réponse de votre organisation. Sans réponse, elle se fermera d’elle-même le {date}.",
    closed: "Faute de réponse pendant un certain temps, la demande s’est fermée d’elle-même.",
    read: "Lire et répondre\u{a0}: {url}",
    why_request: "Vous recevez cet e-mail car cette demande est la vôtre ou que vous la suivez. Personne ne lit les réponses à cet e-mail.",
    stop_request: "Ne plus recevoir d’e-mails sur cette demande\u{a0}: {url}",
    incident: "{service}\u{a0}: {name} ({state})",
    stands: "{name}. État\u{a0}: {state}.",
    page: "La page de statut\u{a0}: {url}",
    why_incident: "Vous recevez cet e-mail car vous suivez cet incident ou l’un de ses composants. Personne ne lit les réponses à cet e-mail.",
    stop_incident: "Ne plus recevoir d’e-mails sur cet incident\u{a0}: {url}",
    invitation: "Votre compte {service}",
    invited: "Votre organisation ({organization}) a un compte {service} pour vous. Ce lien n’est que pour vous\u{a0}: il sert à choisir un mot de passe. Il fonctionne une seule fois, jusqu’au {date}.",
    reminder: "Votre compte {service} vous attend",
    reminded_of: "Votre organisation ({organization}) a un compte {service} pour vous, et il vous attend. Ce lien n’est que pour vous\u{a0}: il sert à choisir un mot de passe. Il fonctionne une seule fois, jusqu’au {date}\u{202f}; les liens des e-mails précédents ne fonctionnent plus.",
    password: "Un nouveau mot de passe pour {service}",
    forgotten: "Quelqu’un a demandé un nouveau mot de passe pour votre compte. Si c’est vous, choisissez-le avec ce lien. Il fonctionne une seule fois, jusqu’au {date}.",
    not_you: "Si ce n’est pas vous, il n’y a rien à faire\u{a0}: votre mot de passe reste tel quel.",
    locked_out: "Quelqu’un n’arrive pas à se connecter à {service}",
    locked_out_text: "Quelqu’un a signalé ne pas pouvoir se connecter à {service}, et personne ne s’en est encore occupé.",
    read_locked_out: "Ce qui a été écrit ne figure pas dans cet e-mail. Lire et répondre\u{a0}: {url}",
    why_locked_out: "Vous recevez cet e-mail car vous traitez les signalements, une fois par heure au plus. La personne qui exploite le service peut désactiver ces e-mails. Personne ne lit les réponses à cet e-mail.",
    stop_title: "Arrêter les e-mails",
    stop_text_request: "Vous ne recevrez plus d’e-mails sur la demande {number}. Tous les autres restent inchangés.",
    stop_text_incident: "Vous ne recevrez plus d’e-mails sur cet incident. Tous les autres restent inchangés.",
    stop_button: "Arrêter ces e-mails",
    stopped_title: "C’est arrêté",
    stopped_text_request: "Vous ne recevez plus d’e-mails sur la demande {number}. Vous pouvez revenir sur ce choix sur sa page.",
    stopped_text_incident: "Vous ne recevez plus d’e-mails sur cet incident. Les nouvelles restent sur la page de statut.",
    unknown_title: "Ce lien n’arrête rien",
    unknown_text: "Il n’est pas complet, ou ce dont il s’agissait n’existe plus. Copiez-le en entier depuis l’e-mail et ouvrez-le à nouveau.",
    throttled_title: "Trop d’essais",
    throttled_text: "Rien n’a changé. Ouvrez le lien à nouveau dans un quart d’heure.",
    investigating: "Recherche en cours",
    identified: "Cause trouvée",
    monitoring: "Sous surveillance",
    resolved: "Résolu",
};

impl Words {
    /// The words for somebody who reads this language; English where there are none in it.
    pub fn of(language: &Language) -> &'static Self {
        match language.as_str().split('-').next() {
            Some("fr") => &FRENCH,
            Some(_) | None => &ENGLISH,
        }
    }

    /// Where an incident stands, in a word. One that this release doesn't know stays as it is.
    pub fn state<'a>(&self, status: &'a IncidentStatus) -> &'a str {
        match status {
            IncidentStatus::Investigating => self.investigating,
            IncidentStatus::Identified => self.identified,
            IncidentStatus::Monitoring => self.monitoring,
            IncidentStatus::Resolved => self.resolved,
            IncidentStatus::Other(word) => word,
        }
    }
}

/// Puts in what stands in braces, once: what is put in is never looked through.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else { break };
        text.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value));
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// A moment as everybody can read it, wherever they are.
pub fn moment(at: Timestamp) -> String {
    let at = DateTime::<Utc>::from_timestamp_millis(at.millis()).unwrap_or_default();
    at.format("%Y-%m-%d, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_never_looked_through() {
        assert_eq!(fill("{a} and {b}!", &[("a", "{b}"), ("b", "2")]), "{b} and 2!");
        assert_eq!(fill("{c}.", &[("a", "1")]), ".");
    }

    #[test]
    fn languages_without_words_get_english() {
        let of = |tag: &str| Words::of(&tag.parse().expect("a language")).tag;
        assert_eq!((of("fr-ca"), of("FR"), of("ja"), of("en-gb")), ("fr", "fr", "en", "en"));
    }

    #[test]
    fn a_moment_names_its_zone() {
        let at: Timestamp = "2026-11-23T09:05:00Z".parse().expect("a time");
        assert_eq!(moment(at), "2026-11-23, 09:05 UTC");
    }
}
