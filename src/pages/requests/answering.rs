//! Who answers just now, so that nobody writes a colleague's answer again.

use frontdesk_contract::{PersonRef, RequestId, Timestamp};
use leptos::prelude::*;

use crate::api::{Client, care};
use crate::browser::intl;
use crate::i18n::{keys as w, use_words};
use crate::shell::{Act, Live};
use crate::state::SessionState;
use crate::ui::effect_after;

/// How long after a mark the next one is due: before the backend forgets the last.
const RENEWED: i64 = 12_000;

/// Colleagues who are answering. The place stays, so that nothing moves when they begin.
#[component]
pub fn AnsweringNow(id: RequestId) -> impl IntoView {
    let live = expect_context::<Live>();
    let state = expect_context::<SessionState>();
    let words = use_words();
    let names = Memo::new(move |_| {
        let (me, now) = (state.person().map(|me| me.id), state.now());
        let is_other = |person: &PersonRef| me.as_ref() != Some(&person.id);
        live.answering.with(|marks| {
            let here = marks.iter().filter(|mark| mark.0 == id && mark.2 > now && is_other(&mark.1));
            here.map(|mark| mark.1.name.clone()).collect::<Vec<_>>()
        })
    });
    let text = move || {
        let names = names.get();
        let count = u64::try_from(names.len()).unwrap_or_default();
        let all = intl::list(&names, &words.language());
        (count > 0).then(|| words.count_with(w::ANSWERING, count, &[("names", all)]))
    };
    view! {
        <p class="answering" role="status">
            {text}
        </p>
    }
}

/// Tells colleagues while `typed` changes under the reader's hands.
pub fn tell_while_typing(id: RequestId, typed: RwSignal<String>) {
    let state = expect_context::<SessionState>();
    // Nobody asked for these calls: that the session is over is told by the next one that somebody wants.
    let client = expect_context::<Client>().unheard();
    let told = StoredValue::new(None::<Timestamp>);
    let tell = Act::new(move |is_answering: bool| {
        let client = client.clone();
        let call = if is_answering { care::answering(id) } else { care::stopped(id) };
        async move {
            // A mark that is lost is renewed or forgotten by itself.
            let _ = client.send(call).await;
        }
    });
    // The backend is outside the reactive graph.
    effect_after(move |is_first: Option<()>| {
        let is_empty = typed.with(|typed| typed.trim().is_empty());
        let now = state.now_untracked();
        let last = told.get_value();
        if is_first.is_none() {
            // A draft that was found again is not being typed.
        } else if is_empty {
            if last.is_some() {
                told.set_value(None);
                tell.begin(false);
            }
        } else if last.is_none_or(|last| now.since(last).0 > RENEWED) {
            told.set_value(Some(now));
            tell.begin(true);
        }
    });
}
