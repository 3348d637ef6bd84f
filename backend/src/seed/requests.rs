//! The many requests of the example: asked over years, in several languages, most of them solved.

use frontdesk_contract::settings::ChannelSettings;
use frontdesk_contract::time::Span;
use frontdesk_contract::{Person, Priority, RequestState, Timestamp};

use super::people::{Cast, DEPARTMENTS, Figure};
use super::random::Random;
use super::stars::{PLACED, asked_at, star};
use super::story::{Opening, Story};
use super::words::{Gaps, Tongue, tongues};
use crate::settings::hours::answer_by;

const DAY: i64 = Span::days(1).0;
/// Requests are asked between 7:00 and 17:00 UTC.
const DAY_BEGINS: i64 = Span::hours(7).0;
const DAY_LASTS: i64 = Span::hours(10).0;
/// In the last minutes only the stars speak.
const QUIET: Span = Span::minutes(70);

/// Tells all requests, one after another, the oldest first.
#[derive(Debug)]
pub(super) struct Teller<'a> {
    cast: &'a Cast,
    askers: Vec<&'a Figure>,
    agents: Vec<&'a Figure>,
    tongues: Vec<Tongue>,
    channel: Option<&'a ChannelSettings>,
    workdays: Vec<i64>,
    total: u64,
    now: Timestamp,
    random: Random,
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        cast: &'a Cast,
        channel: Option<&'a ChannelSettings>,
        total: u64,
        now: Timestamp,
        random: Random,
    ) -> Self {
        let days = i64::try_from(total / 4).unwrap_or(1_000).clamp(20, 1_000);
        Self {
            cast,
            askers: cast.askers(),
            agents: cast.agents(),
            tongues: tongues(),
            channel,
            workdays: workdays_before(asked_at(PLACED, now), days),
            total,
            now,
            random,
        }
    }

    /// The request with this number, from 1.
    pub(super) fn tell(&mut self, number: u64) -> Option<Story> {
        let rank = self.total.saturating_sub(number);
        let has_stars = self.total >= PLACED;
        if has_stars && rank < PLACED {
            let told = star(rank, number, self.cast, self.now);
            return told.or_else(|| self.tell_one(number, rank, asked_at(rank, self.now)));
        }
        let at = self.asked_at(number);
        self.tell_one(number, rank, at)
    }

    /// Spread evenly over the working hours, later numbers later.
    fn asked_at(&mut self, number: u64) -> Timestamp {
        let days = i64::try_from(self.workdays.len()).unwrap_or(1);
        let step = (days * DAY_LASTS / i64::try_from(self.total.max(1)).unwrap_or(i64::MAX)).max(1);
        let begin = i64::try_from(number.saturating_sub(1)).unwrap_or(0).saturating_mul(step);
        let place = begin + self.random.between(0, step);
        let day = usize::try_from(place / DAY_LASTS).ok().and_then(|day| self.workdays.get(day));
        let day = day.or(self.workdays.last()).copied().unwrap_or_default();
        Timestamp::EPOCH.plus(Span(day + DAY_BEGINS + place % DAY_LASTS))
    }

    fn tell_one(&mut self, number: u64, rank: u64, at: Timestamp) -> Option<Story> {
        let random = &mut self.random;
        // Half of them are French, a third English, the rest Spanish, Portuguese and Japanese.
        let tongue = match random.below(100) {
            0..50 => 0,
            50..82 => 1,
            82..89 => 2,
            89..95 => 3,
            _ => 4,
        };
        let tongue = self.tongues.get(tongue)?;
        let scenario = *random.pick(&tongue.scenarios)?;
        let asker = &random.pick(&self.askers)?.person;
        let agent = &random.pick(&self.agents)?.person;
        let mentioned = &random.pick(&self.cast.figures)?.person.name;
        let gaps = Gaps::new(random, &DEPARTMENTS, mentioned);
        let priority = match random.below(100) {
            0..12 => Priority::High,
            12..58 => Priority::Medium,
            _ => Priority::Low,
        };
        let mut body = gaps.fill(scenario.body);
        for shelf in [&tongue.tried, &tongue.impact] {
            if random.happens(550) {
                body.push_str(if tongue.language == "ja" { "" } else { " " });
                body.push_str(&gaps.fill(random.pick(shelf)?));
            }
        }
        let promised = self.channel.and_then(|channel| answer_by(channel, priority, at));
        let opening = Opening {
            number,
            topic: scenario.topic,
            subject: gaps.fill(scenario.subject),
            body,
            priority,
            language: tongue.language,
            by: asker,
            at,
            answer_by: promised,
        };
        let mut story = Story::begin(opening, self.now);
        let latest = self.now.minus(QUIET);
        let mut telling =
            Telling { story: &mut story, random, tongue, gaps: &gaps, asker, agent, at, latest };
        // Among the newest fiftieth almost every second one is unsolved, among the older ones hardly any.
        let is_new = rank < self.total / 50;
        let is_unsolved = telling.random.happens(if is_new { 420 } else { 1 });
        if is_unsolved {
            telling.leave_open()?
        } else {
            telling.solve(scenario.answer)?
        }
        Some(story)
    }
}

/// What goes on in one request.
struct Telling<'a> {
    story: &'a mut Story,
    random: &'a mut Random,
    tongue: &'a Tongue,
    gaps: &'a Gaps,
    asker: &'a Person,
    agent: &'a Person,
    at: Timestamp,
    latest: Timestamp,
}

impl Telling<'_> {
    /// Time goes on by some minutes.
    fn later(&mut self, from: i64, to: i64) -> Timestamp {
        let next = self.at.plus(Span::minutes(self.random.between(from, to)));
        // What would end in the future happens quicker instead, and before what the stars say last.
        let rest = self.latest.since(self.at);
        self.at = if next <= self.latest { next } else { self.at.plus(Span(rest.0.max(0) / 5)) };
        self.at
    }

    fn text(&mut self, shelf: fn(&Tongue) -> &Vec<&'static str>) -> Option<String> {
        let text = self.random.pick(shelf(self.tongue))?;
        Some(self.gaps.fill(text))
    }

    fn solve(&mut self, answer: &str) -> Option<()> {
        if self.random.happens(120) {
            let (at, level) = (self.later(5, 60), [Priority::Low, Priority::Medium, Priority::High]);
            let level = *self.random.pick(&level)?;
            self.story.judge(self.agent, at, level, "As the examples of the priorities say");
        }
        if self.random.happens(350) {
            let (at, question) = (self.later(10, 180), self.text(|tongue| &tongue.question)?);
            self.story.write(self.agent, at, question);
            let (at, details) = (self.later(15, 900), self.text(|tongue| &tongue.details)?);
            self.story.write(self.asker, at, details);
        }
        if self.random.happens(200) {
            let (at, note) = (self.later(3, 60), self.text(|tongue| &tongue.note)?);
            self.story.note(self.agent, at, note);
        }
        let (at, answer) = (self.later(20, 1_500), self.gaps.fill(answer));
        self.story.write(self.agent, at, answer);
        if self.random.happens(600) {
            let (at, thanks) = (self.later(10, 2_000), self.text(|tongue| &tongue.thanks)?);
            self.story.write(self.asker, at, thanks);
            self.story.turn(self.asker, at, RequestState::Solved, None);
        } else {
            let at = self.later(600, 3_000);
            self.story.turn(self.agent, at, RequestState::Solved, None);
        }
        Some(())
    }

    fn leave_open(&mut self) -> Option<()> {
        match self.random.below(100) {
            // Not answered yet.
            0..40 => {}
            // Answered, and the organization has said more.
            40..65 => {
                let (at, question) = (self.later(10, 120), self.text(|tongue| &tongue.question)?);
                self.story.write(self.agent, at, question);
                let (at, details) = (self.later(15, 200), self.text(|tongue| &tongue.details)?);
                self.story.write(self.asker, at, details);
            }
            // Support asked something.
            65..76 => {
                let (at, question) = (self.later(10, 120), self.text(|tongue| &tongue.question)?);
                self.story.write(self.agent, at, question);
            }
            // On hold.
            _ => {
                let (at, question) = (self.later(10, 120), self.text(|tongue| &tongue.question)?);
                self.story.write(self.agent, at, question);
                let at = self.later(10, 300);
                self.story.turn(self.agent, at, RequestState::Hold, Some("Waits for the next release"));
            }
        }
        Some(())
    }
}

/// The beginnings of so many days from Monday to Friday before a time, the oldest first, in milliseconds.
fn workdays_before(time: Timestamp, days: i64) -> Vec<i64> {
    let last = time.millis().div_euclid(DAY) - 1;
    let mut workdays: Vec<i64> = (0..)
        .map(|back| last - back)
        // 1970-01-01 was a Thursday.
        .filter(|day| (day + 3).rem_euclid(7) < 5)
        .take(usize::try_from(days).unwrap_or(1))
        .map(|day| day * DAY)
        .collect();
    workdays.reverse();
    workdays
}
