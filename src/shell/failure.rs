//! What went wrong, in a sentence: what happened, what is kept, what to do.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::browser::intl;
use crate::i18n::{Words, keys as w, t, use_words};
use crate::ui::{Banner, Button, Tone, When};

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
        ApiError::Changed { by: Some(name) } => with(w::ERROR_CONFLICT, "name", name.clone()),
        ApiError::Changed { by: None } => words.text(w::ERROR_CONFLICT_UNKNOWN),
        ApiError::StillRunning => words.text(w::ERROR_RUNNING),
        ApiError::NotPossible => words.text(w::ERROR_NOT_POSSIBLE),
        ApiError::KeyReused => words.text(w::ERROR_SENT_ALREADY),
        ApiError::LinkSpent => words.text(w::ERROR_LINK_SPENT),
        ApiError::Invalid(_) => words.text(w::ERROR_SUMMARY),
        ApiError::Throttled { retry_at: Some(time) } => {
            with(w::ERROR_THROTTLED, "time", intl::time(*time, &words.language()))
        }
        ApiError::Throttled { retry_at: None } => words.text(w::ERROR_THROTTLED_SOON),
        ApiError::Server { request_id: Some(id) } => with(w::ERROR_SERVER, "id", id.clone()),
        ApiError::Server { request_id: None } => words.text(w::ERROR_SERVER_SILENT),
        ApiError::Unreadable => words.text(w::ERROR_UNREADABLE),
    }
}

/// A page's or a part's failure, with a way to try again.
#[component]
pub fn Failure(
    #[prop(into)] error: Signal<Option<ApiError>>,
    /// Does the failed thing again.
    #[prop(optional, into)]
    on_retry: Option<Callback<()>>,
) -> impl IntoView {
    let words = use_words();
    let text = move || error.get().map(|error| explain(&error, words)).unwrap_or_default();
    let is_shown = Memo::new(move |_| error.with(Option::is_some));
    view! {
        <When on=is_shown>
            <div role="alert">
                <Banner tone=Tone::Bad>
                    <p>{text}</p>
                    {on_retry
                        .map(|retry| {
                            view! { <Button on_press=retry>{t(w::ACTION_RETRY)}</Button> }
                        })}
                </Banner>
            </div>
        </When>
    }
}
