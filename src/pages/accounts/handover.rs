//! The leaver is an admin: what they have of the organization's, and who takes it over in the same step.

use leptos::prelude::*;

use frontdesk_contract::plan::NewPlan;

use crate::api::{Client, plans};
use crate::i18n::{keys as w, t, use_words};
use crate::pages::accounts::dialog::{Acting, Step};
use crate::shell::Act;
use crate::shell::handing::{belongings_text, heir_options};
use crate::ui::{Select, When, effect_after, use_announcer};

const HEIR: &str = "act-heir";

/// The choice, where there is something to hand over. It stays while each choice is looked at anew.
#[component]
pub fn HandingOver(acting: Acting) -> impl IntoView {
    let words = use_words();
    let handover =
        Memo::new(move |_| acting.plan.with(|plan| plan.as_ref().and_then(|plan| plan.handover.clone())));
    let is_shown = Signal::derive(move || handover.with(Option::is_some));
    let things = move || {
        handover.with(|handover| {
            let things = belongings_text(handover.as_ref()?.what, words);
            Some(words.text_with(w::HANDOVER_WHAT, &[("things", things)]))
        })
    };
    let options = Signal::derive(move || {
        handover
            .with(|handover| handover.as_ref().map(|handover| heir_options(handover, words)))
            .unwrap_or_default()
    });
    let hint = Signal::derive(move || {
        let is_alone = options.with(|options| options.len() < 2);
        words.text(if is_alone { w::HANDOVER_NONE } else { w::HANDOVER_HINT })
    });
    // The network is outside the reactive graph: another choice is another look.
    effect_after(move |before: Option<String>| {
        let heir = acting.typed.heir.get();
        if before.is_some_and(|before| before != heir) {
            acting.choose.begin(());
        }
        heir
    });
    view! {
        <When on=is_shown>
            <section class="stack" aria-labelledby="act-handover">
                <h3 id="act-handover">{t(w::HANDOVER_TITLE)}</h3>
                <p>{things}</p>
                <Select id=HEIR label=t(w::HANDOVER_TO) hint value=acting.typed.heir options/>
            </section>
        </When>
    }
}

/// Looks anew with whoever is chosen, until what is shown is what is chosen.
pub fn use_choosing(acting: impl Fn() -> Option<Acting> + Copy + Send + Sync + 'static) -> Act<()> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    Act::new(move |()| {
        let client = client.clone();
        async move {
            loop {
                let Some(acting) = acting() else { return };
                let Some(Some(shown)) = acting.plan.try_get_untracked() else { return };
                let heir = acting.typed.heir.get_untracked();
                let new = NewPlan { when: shown.when, ..acting.new_plan() };
                let answer = client.send(plans::look(&new)).await;
                // Meanwhile one may have gone back, closed the dialog, or chosen somebody else.
                if acting.step.try_get_untracked() != Some(Step::Check) {
                    return;
                }
                let is_chosen = acting.typed.heir.try_with_untracked(|now| *now == heir);
                match (answer, is_chosen) {
                    (_, None) => return,
                    (_, Some(false)) => {}
                    (Ok(plan), Some(true)) => {
                        acting.plan.set(Some(plan));
                        announcer.announce(words.text(w::HANDOVER_LOOKED));
                        return;
                    }
                    (Err(error), Some(true)) => {
                        acting.failure.set(Some(error));
                        return;
                    }
                }
            }
        }
    })
}
