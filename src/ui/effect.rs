//! Effects: what the reactive graph does to the world outside of it. Leptos writes the loop that runs an effect once
//! for each closure; here it is written once for all of them, which makes the wasm smaller.

use leptos::prelude::*;

/// Runs `run` soon, and again whenever what it reads changes, for as long as the owner stands.
pub fn effect(run: impl FnMut() + 'static) {
    boxed(Box::new(run));
}

/// As [`effect`], with what `run` gave the time before.
pub fn effect_after<T: 'static>(mut run: impl FnMut(Option<T>) -> T + 'static) {
    let mut before = None;
    effect(move || before = Some(run(before.take())));
}

fn boxed(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| run());
}
