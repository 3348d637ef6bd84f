//! Who forgot their password, on Overview: an admin makes a one-time link and hands it over.

use frontdesk_contract::Right;
use frontdesk_contract::forgotten::{AskedForPassword, PasswordLink};
use leptos::prelude::*;

use crate::api::{ApiError, Client, session};
use crate::browser::{clipboard, intl};
use crate::i18n::{keys as w, t, t_with, use_words};
use crate::pages::many::wording::Ago;
use crate::shell::{Act, Failure, use_fetched_if};
use crate::state::SessionState;
use crate::ui::{Banner, Button, Card, Tone, When, use_announcer};

/// The card; nothing where nobody asked.
#[component]
pub fn Forgot() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let may = state.session_untracked().is_some_and(|session| session.person.has(Right::Accounts));
    let asked = use_fetched_if(move || may.then(session::asked));
    let people = Memo::new(move |_| asked.get().unwrap_or_default());
    // Whoever was helped stays until the page is left, so that the link can be copied.
    let is_shown = Signal::derive(move || people.with(|people| !people.is_empty()));
    view! {
        <When on=is_shown>
            <Card title=t(w::FORGOTTEN_CARD)>
                <ul class="known" role="list">
                    <For each=move || people.get() key=|one| one.person.id.clone() let:one>
                        <li>
                            <Line one/>
                        </li>
                    </For>
                </ul>
            </Card>
        </When>
    }
}

#[component]
fn Line(one: AskedForPassword) -> impl IntoView {
    let client = expect_context::<Client>();
    let words = use_words();
    let link = RwSignal::new(None::<PasswordLink>);
    let failure = RwSignal::new(None::<ApiError>);
    let AskedForPassword { person, email, at, may } = one;
    let id = person.id.clone();
    let make = Act::new(move |()| {
        let (client, id) = (client.clone(), id.clone());
        failure.set(None);
        async move {
            match client.send(session::password_link(&id)).await {
                Ok(made) => {
                    let _ = link.try_set(Some(made));
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    });
    let refused = Signal::derive(move || (!may).then(|| words.text(w::FORGOTTEN_NOT)));
    let on_press = Callback::new(move |()| make.begin(()));
    let name = person.name.clone();
    view! {
        <div>
            <b>{person.name}</b>
            <p>{email} " · " <Ago at/></p>
            <Failure error=failure/>
            {move || match link.get() {
                Some(made) => view! { <Made made/> }.into_any(),
                None => {
                    let label = t_with(w::FORGOTTEN_MAKE, [("name", Signal::stored(name.clone()))]);
                    view! { <Button busy=make.pending() refused on_press>{label}</Button> }.into_any()
                }
            }}
        </div>
    }
}

/// The link, told once.
#[component]
fn Made(made: PasswordLink) -> impl IntoView {
    let announcer = use_announcer();
    let words = use_words();
    let PasswordLink { link, ends_at } = made;
    let text = link.clone();
    let copy = Act::new(move |()| {
        let text = text.clone();
        async move {
            let is_done = clipboard::copy(&text).await.is_ok();
            announcer.announce(words.text(if is_done {
                w::FORGOTTEN_COPIED
            } else {
                w::FORGOTTEN_COPY_BY_HAND
            }));
        }
    });
    let until = move || {
        words.text_with(w::FORGOTTEN_MADE, &[("date", intl::day_and_time(ends_at, &words.language()))])
    };
    let on_press = Callback::new(move |()| copy.begin(()));
    view! {
        <Banner tone=Tone::Good>
            <p role="status">{until}</p>
            <code class="audit__verify" tabindex="0">{link}</code>
            <Button on_press>{t(w::FORGOTTEN_COPY)}</Button>
        </Banner>
    }
}
