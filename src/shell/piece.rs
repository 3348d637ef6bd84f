//! Parts of the panel that come over the network when they are first needed. (ADR 0008.)

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;

use crate::api::ApiError;
use crate::browser::boot;
use crate::i18n::{Words, use_words};
use crate::shell::loaded::Standing;
use crate::shell::{Act, Failure};
use crate::ui::Skeleton;

/// A piece of the program didn't come.
#[derive(Debug, thiserror::Error)]
#[error("A part of the panel didn't come")]
pub struct NotLoaded;

impl From<leptos::wasm_split::SplitLoaderError> for NotLoaded {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// What a piece brings: a function that shows something of it.
pub type Show<P> = fn(P) -> AnyView;

/// Fetches a piece, once.
pub type Load<P> = fn() -> Loading<Show<P>>;

/// Something of a piece on its way.
pub type Loading<T> = Pin<Box<dyn Future<Output = Result<T, NotLoaded>>>>;

/// Makes a [`Load`] of a function that shows something. What only that function needs is split off into the
/// piece named first, where the build splits at all, which the feature says; all functions with the same name come
/// in one piece. `as` in place of the properties names any other function type.
macro_rules! piece {
    ($(#[$doc:meta])* if $feature:tt $visible:vis fn $load:ident = $piece:ident / $name:ident ($props:ty) by $show:expr) => {
        $crate::shell::piece::piece! {
            $(#[$doc])* if $feature $visible fn $load = $piece / $name as $crate::shell::piece::Show<$props>, $show
        }
    };
    ($(#[$doc:meta])* if $feature:tt $visible:vis fn $load:ident = $piece:ident / $name:ident as $part:ty, $show:expr) => {
        #[cfg(feature = $feature)]
        #[leptos::wasm_split::wasm_split($piece, wasm_split_path = ::leptos::wasm_split, fallible)]
        fn $name() -> Result<$part, $crate::shell::piece::NotLoaded> {
            Ok($show)
        }

        $(#[$doc])*
        $visible fn $load() -> $crate::shell::piece::Loading<$part> {
            #[cfg(feature = $feature)]
            let loaded = $name();
            #[cfg(not(feature = $feature))]
            let loaded = std::future::ready(Ok($show as $part));
            Box::pin(loaded)
        }
    };
}
pub(crate) use piece;

/// Something of a piece that came, with its properties: one type whatever they are, so that what fetches and shows
/// pieces is in the program once.
type Shown = Arc<dyn Fn() -> AnyView + Send + Sync>;

/// Brings it.
type Bring<T> = Arc<dyn Fn() -> Loading<T> + Send + Sync>;

fn bring<P: Clone + Send + Sync + 'static>(load: Load<P>, props: P) -> Bring<Shown> {
    Arc::new(move || {
        let (loading, props) = (load(), props.clone());
        Box::pin(async move {
            let show = loading.await?;
            let shown: Shown = Arc::new(move || show(props.clone()));
            Ok(shown)
        })
    })
}

/// Brings what the pages need beside their piece: their words and their sheet. Says whether they are here then.
fn beside(words: Words) -> Pin<Box<dyn Future<Output = bool>>> {
    let dressed = boot::dress();
    Box::pin(async move { words.complete().await && dressed.await })
}

/// A piece that is fetched, and fetched again when it doesn't come.
#[derive(Clone, Copy)]
pub(super) struct Coming<T: 'static> {
    /// What it brings, once it is here.
    pub shown: RwSignal<Option<T>>,
    /// Why it isn't here.
    pub error: RwSignal<Option<ApiError>>,
    /// Fetches it again.
    pub fetch: Act<()>,
}

/// Fetches a piece now, with words and sheet of the pages unless it makes do with those of the program.
pub(super) fn fetch<T: Send + Sync + 'static>(bring: Bring<T>, is_first: bool) -> Coming<T> {
    let words = use_words();
    let shown = RwSignal::new(None::<T>);
    let error = RwSignal::new(None::<ApiError>);
    let fetch = Act::new(move |()| {
        let bring = Arc::clone(&bring);
        async move {
            let is_dressed = is_first || beside(words).await;
            let brought = if is_dressed { bring().await } else { Err(NotLoaded) };
            // The place may have gone meanwhile.
            let _ = error.try_set(brought.as_ref().err().map(|NotLoaded| ApiError::NotLoaded));
            let _ = shown.try_set(brought.ok());
        }
    });
    fetch.begin(());
    Coming { shown, error, fetch }
}

/// Shows what a piece brings, once it is here; where it doesn't come, says so and tries again. The page waits for it.
#[component]
pub fn Piece<P>(
    /// The piece.
    load: Load<P>,
    /// What its function is given.
    props: P,
    /// How many lines the skeleton has.
    #[prop(default = 6)]
    lines: u8,
    /// Whether the words and the sheet that come with the program are enough for it.
    #[prop(optional)]
    is_first: bool,
) -> impl IntoView
where
    P: Clone + Send + Sync + 'static,
{
    whole(bring(load, props), lines, is_first)
}

fn whole(bring: Bring<Shown>, lines: u8, is_first: bool) -> AnyView {
    let Coming { shown, error, fetch } = fetch(bring, is_first);
    let is_here = Signal::derive(move || shown.with(Option::is_some));
    let on_retry = Callback::new(move |()| fetch.begin(()));
    let content = ViewFn::from(move || shown.get_untracked().map(|shown| shown()));
    view! { <Standing is_here error busy=fetch.pending() on_retry lines content/> }.into_any()
}

/// As [`Piece`], for a part of a page that stands without it.
#[component]
pub fn Part<P>(
    /// The piece.
    load: Load<P>,
    /// What its function is given.
    props: P,
    /// How many lines the skeleton has; none where the part may turn out to be empty.
    #[prop(default = 2)]
    lines: u8,
) -> impl IntoView
where
    P: Clone + Send + Sync + 'static,
{
    part(bring(load, props), lines)
}

fn part(bring: Bring<Shown>, lines: u8) -> AnyView {
    let Coming { shown, error, fetch } = fetch(bring, false);
    let on_retry = Callback::new(move |()| fetch.begin(()));
    let content = move || match shown.get() {
        Some(shown) => shown(),
        None if lines > 0 && error.with(Option::is_none) => view! { <Skeleton lines/> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <Failure error on_retry busy=fetch.pending()/>
        {content}
    }
    .into_any()
}
