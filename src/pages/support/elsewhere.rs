//! What became of a draft in another tab.

use frontdesk_contract::RequestId;
use leptos::prelude::*;

use crate::i18n::{keys as w, t, t_with};
use crate::route::Route;
use crate::ui::{Banner, Tone};

/// What another tab did with the draft that stood here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    /// It was sent.
    Sent {
        /// The request that it is now.
        id: RequestId,
        /// Whether other words stand here than those that were sent.
        is_kept: bool,
    },
    /// It was thrown away.
    Discarded,
}

/// Says so, with the way to what it is now.
#[component]
pub fn ToldElsewhere(news: RwSignal<Option<Elsewhere>>) -> impl IntoView {
    view! { <div role="status">{move || news.get().map(|news| view! { <Told news/> })}</div> }
}

#[component]
fn Told(news: Elsewhere) -> impl IntoView {
    let (text, request) = match news {
        Elsewhere::Sent { id, is_kept } => {
            let key = if is_kept { w::DRAFT_ELSEWHERE_KEPT } else { w::DRAFT_ELSEWHERE_SENT };
            (t_with(key, [("id", Signal::stored(id.to_string()))]), Some(id))
        }
        Elsewhere::Discarded => (t(w::DRAFT_ELSEWHERE_DISCARDED), None),
    };
    let link = request.map(|id| {
        let label = t_with(w::DRAFT_ELSEWHERE_OPEN, [("id", Signal::stored(id.to_string()))]);
        view! {
            <p>
                <a href=Route::Request(id).to_string()>{label}</a>
            </p>
        }
    });
    view! {
        <Banner tone=Tone::Info>
            <p>{text}</p>
            {link}
        </Banner>
    }
}
