//! How many reports came day by day, as bars.

use leptos::prelude::*;

use crate::i18n::{keys as w, use_words};

/// The days, the oldest first, today last. The numbers are read out.
#[component]
pub fn Days(days: Vec<u32>) -> impl IntoView {
    let words = use_words();
    let most = days.iter().copied().max().unwrap_or_default().max(1);
    let numbers = days.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let label = move || words.text_with(w::REPORTS_DAYS, &[("counts", numbers.clone())]);
    let bars = days
        .into_iter()
        .map(|count| {
            let height = format!("{}%", count.saturating_mul(100) / most);
            view! { <span class="report-days__day" style:block-size=height></span> }
        })
        .collect_view();
    view! { <span class="report-days" role="img" aria-label=label>{bars}</span> }
}
