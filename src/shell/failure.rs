//! What went wrong, in a sentence: what happened, what is kept, what to do.

use frontdesk_contract::{FieldError, Timestamp};
use leptos::prelude::*;

use crate::api::ApiError;
use crate::browser::intl;
use crate::i18n::{Words, keys as w, t, use_words};
use crate::shell::Connection;
use crate::state::SessionState;
use crate::ui::{Announcer, Banner, Button, Tone, When, effect, effect_after};

/// The sentence for an error.
pub fn explain(error: &ApiError, words: Words) -> String {
    let with = |key, name, value: String| words.text_with(key, &[(name, value)]);
    match error {
        ApiError::Offline => words.text(w::ERROR_OFFLINE),
        ApiError::Timeout { seconds } => with(w::ERROR_UNCONFIRMED, "seconds", seconds.to_string()),
        ApiError::SignedOut => words.text(w::ERROR_SESSION),
        ApiError::BadCredentials => words.text(w::ERROR_CREDENTIALS),
        ApiError::Forbidden => words.text(w::ERROR_FORBIDDEN),
        ApiError::NotFound => words.text(w::ERROR_NOT_FOUND),
        ApiError::Gone { at, by } => gone_text(*at, by.as_deref(), words),
        ApiError::Changed { by: Some(name) } => with(w::ERROR_CONFLICT, "name", name.clone()),
        ApiError::Changed { by: None } => words.text(w::ERROR_CONFLICT_UNKNOWN),
        ApiError::StillRunning => words.text(w::ERROR_RUNNING),
        ApiError::NotPossible => words.text(w::ERROR_NOT_POSSIBLE),
        ApiError::KeyReused => words.text(w::ERROR_SENT_ALREADY),
        ApiError::LinkSpent => words.text(w::ERROR_LINK_SPENT),
        ApiError::Invalid(errors) if errors.is_empty() => words.text(w::ERROR_INVALID_SILENT),
        ApiError::Invalid(errors) => with(w::ERROR_INVALID, "detail", details(errors)),
        ApiError::Throttled { retry_at: Some(time) } => {
            with(w::ERROR_THROTTLED, "time", intl::time(*time, &words.language()))
        }
        ApiError::Throttled { retry_at: None } => words.text(w::ERROR_THROTTLED_SOON),
        ApiError::Server { request_id: Some(id) } => with(w::ERROR_SERVER, "id", id.clone()),
        ApiError::Server { request_id: None } => words.text(w::ERROR_SERVER_SILENT),
        ApiError::Unreadable => words.text(w::ERROR_UNREADABLE),
        ApiError::NotLoaded => words.text(w::ERROR_NOT_LOADED),
    }
}

/// When it was deleted, and who asked for it, as far as that is told.
fn gone_text(at: Option<Timestamp>, by: Option<&str>, words: Words) -> String {
    let Some(at) = at else { return words.text(w::ERROR_GONE) };
    let date = intl::exact(at, &words.language());
    match by {
        Some(name) => words.text_with(w::ERROR_GONE_BY, &[("date", date), ("name", name.to_owned())]),
        None => words.text_with(w::ERROR_GONE_AT, &[("date", date)]),
    }
}

/// What the backend said about fields that the form doesn't have, one after the other.
fn details(errors: &[FieldError]) -> String {
    let details: Vec<&str> = errors.iter().map(|error| error.detail.as_str()).collect();
    details.join("; ")
}

/// A page's or a part's failure, with a way to try again.
///
/// A sentence whose cause is gone isn't left standing: once the device is connected again, or the person
/// signed in again, what can be tried again is, and any other sentence goes.
#[component]
pub fn Failure(
    #[prop(into)] error: Signal<Option<ApiError>>,
    /// Does the failed thing again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
    /// Whether it is being done again.
    #[prop(optional, into)]
    busy: Signal<bool>,
) -> impl IntoView {
    let words = use_words();
    let text = move || error.get().map(|error| explain(&error, words)).unwrap_or_default();
    let is_over = use_end(error);
    let is_shown = move || error.with(Option::is_some) && (on_retry.is_some() || !is_over.get());
    let may_help = Signal::derive(move || error.with(|error| error.as_ref().is_some_and(is_passing)));
    let is_retried = use_repetition(error);
    let on_press = on_retry.map(|retry| {
        // The network is outside the reactive graph.
        effect(move || {
            if is_over.get() {
                untrack(|| retry.run(()));
            }
        });
        Callback::new(move |()| {
            is_retried.set_value(true);
            retry.run(());
        })
    });
    view! {
        <When on=Signal::derive(is_shown)>
            <div role="alert">
                <Banner tone=Tone::Bad>
                    <p>{text}</p>
                    {on_press
                        .map(|on_press| {
                            view! {
                                <When on=may_help>
                                    <Button busy on_press>{t(w::ACTION_RETRY)}</Button>
                                </When>
                            }
                        })}
                </Banner>
            </div>
        </When>
    }
}

/// Whether asking again may have another outcome.
fn is_passing(error: &ApiError) -> bool {
    !matches!(error, ApiError::NotFound | ApiError::Gone { .. } | ApiError::Forbidden)
}

/// Whether what made the call fail is over.
fn use_end(error: Signal<Option<ApiError>>) -> Memo<bool> {
    let state = use_context::<SessionState>();
    let connection = use_context::<Connection>();
    Memo::new(move |_| match error.get() {
        Some(ApiError::Offline | ApiError::NotLoaded) => {
            connection.is_some_and(|connection| connection.is_online())
        }
        Some(ApiError::SignedOut) => state.is_some_and(|state| state.is_signed_in()),
        Some(_) | None => false,
    })
}

/// Reads the sentence out again when trying again by hand ended alike: on the page nothing has changed. The
/// value is to be set before each try.
fn use_repetition(error: Signal<Option<ApiError>>) -> StoredValue<bool> {
    let words = use_words();
    let announcer = use_context::<Announcer>();
    let is_retried = StoredValue::new(false);
    // What readers hear is outside the reactive graph.
    effect_after(move |before: Option<Option<ApiError>>| {
        let now = error.get();
        if let (Some(now), Some(announcer)) = (&now, announcer)
            && is_retried.get_value()
            && before.flatten().as_ref() == Some(now)
        {
            announcer.alert(untrack(|| explain(now, words)));
        }
        is_retried.set_value(false);
        now
    });
    is_retried
}
