//! Data that a page waits for.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::i18n::{keys as w, t};
use crate::shell::Failure;
use crate::shell::announce::FirstPage;
use crate::ui::Skeleton;

/// What stands in place of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Waiting,
    Here,
    Failed(ApiError),
}

/// Shows a skeleton, then the data, or why there is none.
///
/// The children are made once, with a signal of the data: a newer answer changes what it says and
/// leaves the page, its focus and what is being typed where they are. An answer that fails after a
/// good one says so above the page. (ADR 0002.)
#[component]
pub fn Loaded<T, F, V>(
    /// The data.
    resource: LocalResource<Result<T, ApiError>>,
    /// How many lines the skeleton has.
    #[prop(default = 6)]
    lines: u8,
    children: F,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    F: Fn(Signal<T>) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let newest = Memo::new(move |before: Option<&Option<T>>| match resource.get() {
        Some(Ok(data)) => Some(data),
        Some(Err(_)) | None => before.cloned().flatten(),
    });
    let error = Memo::new(move |_| match resource.get() {
        Some(Err(error)) => Some(error),
        Some(Ok(_)) | None => None,
    });
    let stage = Memo::new(move |_| match (newest.with(Option::is_some), error.get()) {
        (true, _) => Stage::Here,
        (false, None) => Stage::Waiting,
        (false, Some(error)) => Stage::Failed(error),
    });
    use_arrival(stage);
    let on_retry = Callback::new(move |()| resource.refetch());
    move || match stage.get() {
        Stage::Waiting => view! { <Waiting lines/> }.into_any(),
        Stage::Failed(error) => view! { <Failure error=Some(error) on_retry/> }.into_any(),
        Stage::Here => {
            let Some(first) = newest.get_untracked() else { return ().into_any() };
            let data = Signal::derive(move || newest.get().unwrap_or_else(|| first.clone()));
            let stale = Signal::derive(move || error.get());
            view! {
                <Failure error=stale on_retry/>
                {children(data).into_any()}
            }
            .into_any()
        }
    }
}

/// Tells the first page that this part has its answer, good or bad.
fn use_arrival(stage: Memo<Stage>) {
    let first = expect_context::<FirstPage>();
    let is_waiting = StoredValue::new(true);
    first.wait();
    let arrive = move || {
        if is_waiting.try_get_value() == Some(true) {
            is_waiting.set_value(false);
            first.arrive();
        }
    };
    // `<html data-ready>` is outside the reactive graph.
    Effect::new(move |_| {
        if stage.get() != Stage::Waiting {
            arrive();
        }
    });
    on_cleanup(arrive);
}

#[component]
fn Waiting(lines: u8) -> impl IntoView {
    view! {
        <div role="status">
            <span class="visually-hidden">{t(w::LOADING)}</span>
            <Skeleton lines/>
        </div>
    }
}
