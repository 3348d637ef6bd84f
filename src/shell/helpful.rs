//! "Was this helpful?" below a page that explains something.

use frontdesk_contract::feedback::{Feedback, FeedbackPage, NewFeedback};
use leptos::prelude::*;

use crate::api::{ApiError, Client, feedback};
use crate::browser::{intl, random};
use crate::i18n::{keys as w, t, use_words};
use crate::shell::{Act, Failure, use_fetched};

/// Asks, keeps the answer, lets it be changed, and tells admins how many said what. It stands in nobody's way:
/// what was said before is shown once it is known.
#[component]
pub fn Helpful(
    /// The page that asks.
    page: FeedbackPage,
) -> impl IntoView {
    let client = expect_context::<Client>();
    let words = use_words();
    let before = {
        let page = page.clone();
        use_fetched(move || feedback::show(&page))
    };
    let said = RwSignal::new(None::<Feedback>);
    let failure = RwSignal::new(None::<ApiError>);
    let newest = Memo::new(move |_| said.get().or_else(|| before.get()));
    let say = Act::new(move |helpful: bool| {
        let (client, page) = (client.clone(), page.clone());
        failure.set(None);
        async move {
            let new = NewFeedback { page, helpful };
            match client.send(feedback::say(&new, &random::uuid())).await {
                Ok(answer) => drop(said.try_set(Some(answer))),
                Err(error) => drop(failure.try_set(Some(error))),
            }
        }
    });
    let choice = move |helpful: bool| {
        let is_chosen =
            move || newest.with(|newest| newest.as_ref().and_then(|it| it.helpful) == Some(helpful));
        let label = t(if helpful { w::HELP_USEFUL_YES } else { w::HELP_USEFUL_NO });
        view! {
            <button
                class="chip"
                type="button"
                aria-pressed=move || is_chosen().to_string()
                aria-busy=move || say.pending().get().then_some("true")
                on:click=move |_| say.begin(helpful)
            >
                {label}
            </button>
        }
    };
    let counts = move || {
        let counts = newest.with(|newest| newest.as_ref()?.counts)?;
        let number = |count| intl::number(count, &words.language());
        let args = [("yes", number(counts.yes)), ("no", number(counts.no))];
        Some(view! { <p class="hint">{words.text_with(w::HELP_USEFUL_COUNTS, &args)}</p> })
    };
    view! {
        <section class="helpful" aria-labelledby="helpful-title">
            <h2 class="helpful__title" id="helpful-title">{t(w::HELP_USEFUL)}</h2>
            {choice(true)}
            {choice(false)}
            <p class="hint" role="status">
                {move || said.with(Option::is_some).then(|| words.text(w::HELP_USEFUL_SAVED))}
            </p>
            {counts}
            <Failure error=failure/>
        </section>
    }
}
