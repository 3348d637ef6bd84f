//! What an act does, line by line, each with where it is known from.

use frontdesk_contract::account::act::Action;
use frontdesk_contract::account::consequence::Consequence;
use leptos::prelude::*;

use crate::i18n::use_words;
use crate::shell::acts::{Told, source_key, told};
use crate::state::SessionState;

/// The lines.
#[component]
pub fn Consequences(action: Action, #[prop(into)] lines: Signal<Vec<Consequence>>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let line = move |Told { text, source }: Told| {
        let source = words.text(source_key(source));
        view! {
            <li>
                {text}
                " "
                <span class="hint">{source}</span>
            </li>
        }
    };
    let all = move || {
        let told = lines.with(|lines| told(action, lines, state.now(), words));
        told.into_iter().map(line).collect_view()
    };
    view! { <ul class="effects">{all}</ul> }
}
