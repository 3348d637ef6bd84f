//! The two doors of seed 000: *Ask a question*, and *Chat with us*, which says when it is closed.

use frontdesk_contract::{Channel, Settings};
use leptos::prelude::*;

use crate::api::chats;
use crate::browser::intl;
use crate::i18n::{keys as w, t, use_words};
use crate::shell::ask_form::AskForm;
use crate::shell::use_fetched_if;
use crate::ui::{Button, When};

/// The doors. Both lead to the same form, and nothing typed is lost between them.
#[component]
pub fn Doors(form: AskForm, settings: Signal<Settings>) -> impl IntoView {
    let words = use_words();
    let is_enabled = Memo::new(move |_| {
        settings.with(|settings| settings.channel(Channel::Chat).is_some_and(|channel| channel.enabled))
    });
    let offer = use_fetched_if(move || is_enabled.get().then(chats::offer));
    let refused = Signal::derive(move || {
        if !is_enabled.get() {
            return Some(words.text(w::CHAT_ROLLOUT));
        }
        // Until it is known whether somebody is there, the door is not said to be closed.
        let offer = offer.get().filter(|offer| !offer.is_open)?;
        Some(match offer.opens_at {
            Some(opens_at) => {
                let when = intl::day_and_time(opens_at, &words.language());
                words.text_with(w::CHAT_CLOSED, &[("when", when)])
            }
            None => words.text(w::CHAT_CLOSED_UNKNOWN),
        })
    });
    let line = move || {
        let waiting = offer.get().filter(|offer| offer.is_open)?.waiting;
        Some(words.count(w::CHAT_LINE, waiting))
    };
    let is_chat = form.chat;
    let on_ask = Callback::new(move |()| is_chat.set(false));
    let on_chat = Callback::new(move |()| is_chat.set(true));
    let is_asking = Signal::derive(move || !is_chat.get());
    view! {
        <div class="doors">
            <When on=is_asking>
                <h2 class="doors__open">{t(w::SUPPORT_ASK)}</h2>
                <Button refused on_press=on_chat>{t(w::SUPPORT_CHAT)}</Button>
            </When>
            <When on=is_chat>
                <Button on_press=on_ask>{t(w::SUPPORT_ASK)}</Button>
                <h2 class="doors__open">{t(w::SUPPORT_CHAT)}</h2>
            </When>
        </div>
        <div role="status">
            <When on=is_chat>
                <p>{t(w::CHAT_INTRO)} " " {line}</p>
                <p class="hint">{refused}</p>
            </When>
        </div>
    }
}
