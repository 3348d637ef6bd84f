//! What support promises for a request: a first answer, hours, languages.

use frontdesk_contract::settings::ChannelSettings;
use frontdesk_contract::{Language, Request, Timestamp};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Words, keys as w, t, use_words};
use crate::shell::{Desk, hours};
use crate::state::SessionState;
use crate::ui::Card;

/// The promise of this channel and language, in the reader's time zone.
#[component]
pub fn PromiseCard(request: Signal<Request>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let state = expect_context::<SessionState>();
    let words = use_words();
    let asked = Memo::new(move |_| {
        request.with(|request| (request.summary.channel, request.language.clone(), request.answer_by))
    });
    let promised = move || asked.get().2.map(|answer_by| promise_text(answer_by, state.now(), words));
    let lines = move || {
        let (channel, language, _) = asked.get();
        // The hours are those around the day of reading.
        let now = state.now();
        let settings = desk.settings.get()?;
        let found = settings.channel(channel)?;
        Some(
            channel_lines(found, &language, now, words)
                .into_iter()
                .map(|line| view! { <p>{line}</p> })
                .collect_view(),
        )
    };
    let note =
        move || desk.settings.with(|settings| settings.map(|settings| hours::priority_note(settings, words)));
    view! {
        <Card title=t(w::REQUEST_PROMISE_TITLE)>
            {move || promised().map(|text| view! { <p>{text}</p> })}
            {lines}
            <p class="hint">{note}</p>
        </Card>
    }
}

fn promise_text(answer_by: Timestamp, now: Timestamp, words: Words) -> String {
    let key = if answer_by < now { w::REQUEST_PROMISE_MISSED } else { w::REQUEST_PROMISE };
    words.text_with(key, &[("date", intl::day_and_time(answer_by, &words.language()))])
}

fn channel_lines(
    channel: &ChannelSettings,
    language: &Language,
    now: Timestamp,
    words: Words,
) -> Vec<String> {
    let mut lines = hours::lines(channel, now, words);
    let name = intl::language_name(language.as_str(), &words.language());
    let is_spoken = channel.languages.iter().any(|spoken| spoken == language);
    let key = if is_spoken { w::PROMISE_LANGUAGE } else { w::PROMISE_LANGUAGE_NONE };
    lines.push(words.text_with(key, &[("language", name)]));
    lines
}
