//! Data of the backend on a page, and acts on it. (ADR 0002.)
//!
//! What is the same for every type is written once behind boxed closures, so that the wasm carries
//! one copy of it.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use frontdesk_contract::json;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;

use crate::api::endpoint::RawRequest;
use crate::api::{ApiError, Client, Endpoint};
use crate::ui::effect;

/// What the backend said last, and why it didn't say more.
pub struct Fetched<T: 'static> {
    data: RwSignal<Option<T>>,
    error: RwSignal<Option<ApiError>>,
    again: Trigger,
    is_asking: RwSignal<bool>,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetched<T> {}

impl<T: Clone + Send + Sync + 'static> Fetched<T> {
    /// The newest answer; follows changes.
    pub fn get(&self) -> Option<T> {
        self.data.get()
    }

    /// Looks at the newest answer; follows changes.
    pub fn with<R>(&self, look: impl FnOnce(Option<&T>) -> R) -> R {
        self.data.with(|data| look(data.as_ref()))
    }

    /// The newest answer, as a signal.
    pub fn data(&self) -> RwSignal<Option<T>> {
        self.data
    }

    /// Why the newest question has no answer; follows changes.
    pub fn error(&self) -> RwSignal<Option<ApiError>> {
        self.error
    }

    /// Asks again.
    pub fn ask_again(&self) {
        self.again.notify();
    }

    /// Whether the newest question has no answer yet; follows changes.
    pub fn asking(&self) -> RwSignal<bool> {
        self.is_asking
    }
}

/// Asks `call` now, and again whenever what it reads changes. Answers to older questions are dropped.
pub fn use_fetched<T>(call: impl Fn() -> Endpoint<T> + 'static) -> Fetched<T>
where
    T: DeserializeOwned + PartialEq + Send + Sync + 'static,
{
    use_fetched_if(move || Some(call()))
}

/// As [`use_fetched`]; where `call` is `None` nothing is asked and what is there stays.
pub fn use_fetched_if<T>(call: impl Fn() -> Option<Endpoint<T>> + 'static) -> Fetched<T>
where
    T: DeserializeOwned + PartialEq + Send + Sync + 'static,
{
    let data = RwSignal::new(None::<T>);
    let error = RwSignal::new(None);
    let again = Trigger::new();
    let is_asking = RwSignal::new(false);
    let take = move |body: String| {
        let answer: T = json::read(&body).map_err(|_| ApiError::Unreadable)?;
        if data.with_untracked(|data| data.as_ref() != Some(&answer)) {
            data.set(Some(answer));
        }
        Ok(())
    };
    let ask = move || {
        again.track();
        call().map(|endpoint| endpoint.raw)
    };
    follow(Box::new(ask), Rc::new(take), error, is_asking);
    Fetched { data, error, again, is_asking }
}

/// Asks whenever the question changes.
fn follow(
    ask: Box<dyn Fn() -> Option<RawRequest>>,
    take: Rc<dyn Fn(String) -> Result<(), ApiError>>,
    error: RwSignal<Option<ApiError>>,
    is_asking: RwSignal<bool>,
) {
    let client = expect_context::<Client>();
    let newest = StoredValue::new(0_u32);
    // The network is outside the reactive graph.
    effect(move || {
        let Some(request) = ask() else { return };
        let number = newest.get_value().wrapping_add(1);
        newest.set_value(number);
        is_asking.set(true);
        let (client, take) = (client.clone(), take.clone());
        spawn_local(async move {
            let answer = client.send_raw(request).await;
            // A page that has gone has no newest question any more.
            if newest.try_get_value() == Some(number) {
                error.set(answer.and_then(|body| take(body)).err());
                is_asking.set(false);
            }
        });
    });
}

/// What an act does with its input.
type Run<I> = Arc<dyn Fn(I) -> Pin<Box<dyn Future<Output = ()>>> + Send + Sync>;

/// Something that is done once at a time: while it is under way, it isn't begun again.
pub struct Act<I: 'static> {
    run: StoredValue<Run<I>>,
    is_pending: RwSignal<bool>,
}

impl<I> Clone for Act<I> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I> Copy for Act<I> {}

impl<I: 'static> Act<I> {
    /// An act; it goes on until it is done even when the page, and with it the page's signals, is gone.
    pub fn new<Fut>(run: impl Fn(I) -> Fut + Send + Sync + 'static) -> Self
    where
        Fut: Future<Output = ()> + 'static,
    {
        let run: Run<I> = Arc::new(move |input| Box::pin(run(input)));
        Self { run: StoredValue::new(run), is_pending: RwSignal::new(false) }
    }

    /// Begins, unless it is under way.
    pub fn begin(&self, input: I) {
        if !self.is_pending.get_untracked() {
            let run = self.run.get_value();
            finish(self.is_pending, run(input));
        }
    }

    /// Whether it is under way; follows changes.
    pub fn pending(&self) -> RwSignal<bool> {
        self.is_pending
    }

    /// Whether it is under way.
    pub fn is_pending(&self) -> bool {
        self.is_pending.get_untracked()
    }
}

/// Does something that has to be done whatever becomes of the page, such as keeping or erasing a file.
pub fn aside(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    spawn_local(future);
}

fn finish(is_pending: RwSignal<bool>, future: Pin<Box<dyn Future<Output = ()>>>) {
    is_pending.set(true);
    // Contexts stay within reach. The page's signals may be gone when an answer comes: what follows an
    // `await` reads them by `try_…` alone.
    let scoped = ScopedFuture::new(async move {
        future.await;
        is_pending.set(false);
    });
    spawn_local(scoped);
}
