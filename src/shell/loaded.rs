//! Data that a page waits for.

use leptos::prelude::*;

use crate::api::ApiError;
use crate::i18n::{keys as w, t, use_words};
use crate::route::Route;
use crate::shell::Failure;
use crate::shell::announce::{FirstPage, announce_failed_page};
use crate::shell::fetched::Fetched;
use crate::ui::{PageHeader, Skeleton, When, effect};

/// What stands in place of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Waiting,
    Here,
    Failed,
}

/// Shows a skeleton, then the data, or why there is none.
///
/// The children are made once, with a signal of the data: a newer answer changes what it says and
/// leaves the page, its focus and what is being typed where they are. An answer that fails after a
/// good one says so above the page. (ADR 0002.)
///
/// Where the data is the page itself, so that nothing has said yet what the page is, a failure gets a
/// heading, a title and an announcement of its own.
#[component]
pub fn Loaded<T, F, V>(
    /// The data.
    data: Fetched<T>,
    /// How many lines the skeleton has.
    #[prop(default = 6)]
    lines: u8,
    children: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(Signal<T>) -> V + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let is_here = Signal::derive(move || data.with(|data| data.is_some()));
    let newest = data.data();
    let content = ViewFn::from(move || {
        let Some(first) = newest.get_untracked() else { return ().into_any() };
        children(Signal::derive(move || newest.get().unwrap_or_else(|| first.clone()))).into_any()
    });
    let on_retry = Callback::new(move |()| data.ask_again());
    view! { <Standing is_here error=data.error() busy=data.asking() on_retry lines content/> }
}

/// The same for every type, and for parts of the panel itself.
#[component]
pub(super) fn Standing(
    is_here: Signal<bool>,
    error: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
    on_retry: Callback<()>,
    lines: u8,
    content: ViewFn,
) -> impl IntoView {
    let first = expect_context::<FirstPage>();
    let stage = Memo::new(move |_| match (is_here.get(), error.with(Option::is_some)) {
        (true, _) => Stage::Here,
        (false, false) => Stage::Waiting,
        (false, true) => Stage::Failed,
    });
    use_arrival(stage);
    let is_page = Signal::derive(move || stage.get() == Stage::Failed && !first.has_page());
    view! {
        <When on=is_page>
            <FailedPage error/>
        </When>
        <Failure error on_retry busy/>
        <When on=is_page>
            <p>
                <a href=Route::Overview.to_string()>{t(w::NAV_HOME)}</a>
            </p>
        </When>
        {move || match stage.get() {
            Stage::Waiting => view! { <Waiting lines/> }.into_any(),
            Stage::Failed => ().into_any(),
            Stage::Here => content.run(),
        }}
    }
}

/// The heading of a page that has nothing else to show; the sentence stands below it.
#[component]
pub fn FailedPage(#[prop(into)] error: Signal<Option<ApiError>>) -> impl IntoView {
    let words = use_words();
    let title = Signal::derive(move || {
        words.text(match error.get() {
            Some(ApiError::NotFound) => w::NOT_FOUND,
            Some(ApiError::Gone { .. }) => w::GONE,
            Some(ApiError::Forbidden) => w::NOT_ALLOWED,
            Some(_) | None => w::ERROR_PAGE,
        })
    });
    announce_failed_page(title);
    view! { <PageHeader title/> }
}

/// Tells the first page that this part has its answer, good or bad.
fn use_arrival(stage: Memo<Stage>) {
    let part = FirstPage::part();
    // `<html data-ready>` is outside the reactive graph.
    effect(move || {
        if stage.get() != Stage::Waiting {
            part.arrive();
        }
    });
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
