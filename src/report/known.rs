//! What is known already comes first: to say "me too" is less work than to report it again. And what is known of the
//! page around need not be typed.

use frontdesk_contract::{IncidentId, ReportGroupId};
use leptos::prelude::*;

use crate::api::reports::{Basics, KnownIncident, KnownReports};
use crate::api::{ApiError, Client, reports};
use crate::browser::{random, timer};
use crate::domain::mask::mask;
use crate::domain::report::likely_topic;
use crate::i18n::{keys as w, t, t_with, use_words};
use crate::report::around::Around;
use crate::report::form::ReportForm;
use crate::shell::{Act, Failure, use_fetched};
use crate::ui::{Banner, Button, Tone, effect, effect_after, use_announcer};

/// How long after the last key is looked, in milliseconds.
const PAUSE: i32 = 400;

/// Something that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Incident(IncidentId),
    Problem(ReportGroupId),
}

/// A banner for each live incident of the topic, of all topics where none is chosen, and for what the admins know
/// with words like those that are typed.
#[component]
pub fn Known(form: ReportForm, settings: Signal<Basics>) -> impl IntoView {
    let words = use_words();
    follow_page(form, settings);
    let typed = move || (form.body.get(), mask(&form.page.get()));
    let asked = RwSignal::new(untrack(typed));
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The network is outside the reactive graph; it is asked once the fingers rest.
    effect(move || {
        let text = typed();
        pause.set_value(Some(timer::after(PAUSE, move || {
            if asked.with_untracked(|asked| *asked != text) {
                asked.set(text);
            }
        })));
    });
    // Failing to find what is known already never stands in the way of reporting.
    let found = use_fetched(move || {
        let (body, page) = asked.get();
        reports::known(&form.topic.get(), &body, &page, &words.language())
    });
    let incidents = Memo::new(move |_| found.get().map(|found| found.incidents).unwrap_or_default());
    let problems = Memo::new(move |_| found.get().map(|found| found.known).unwrap_or_default());
    let incident = |KnownIncident { id, name }: KnownIncident| view! { <Line what=What::Incident(id) name/> };
    let problem =
        |KnownReports { id, title }: KnownReports| view! { <Line what=What::Problem(id) name=title/> };
    view! {
        {move || incidents.get().into_iter().map(incident).collect_view()}
        {move || problems.get().into_iter().map(problem).collect_view()}
    }
}

#[component]
fn Line(what: What, name: String) -> impl IntoView {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let key = StoredValue::new(random::uuid());
    let is_joined = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let named = StoredValue::new(name.clone());
    let joined = move || words.text_with(w::REPORT_JOINED, &[("incident", named.get_value())]);
    let join = Act::new(move |()| {
        let call = match &what {
            What::Incident(id) => reports::join_incident(id, &key.get_value()),
            What::Problem(id) => reports::join_group(*id, &key.get_value()),
        };
        let client = client.clone();
        async move {
            failure.set(None);
            match client.send(call).await {
                Ok(_) => {
                    is_joined.try_set(true);
                    announcer.announce(joined());
                }
                Err(error) => drop(failure.try_set(Some(error))),
            }
        }
    });
    let on_press = Callback::new(move |()| join.begin(()));
    let action = ViewFn::from(move || {
        (!is_joined.get())
            .then(|| view! { <Button busy=join.pending() on_press>{t(w::REPORT_KNOWN_JOIN)}</Button> })
    });
    let text = t_with(w::REPORT_KNOWN, [("incident", Signal::stored(name))]);
    view! {
        <Banner tone=Tone::Warn action>
            <p>{move || if is_joined.get() { joined() } else { text.get() }}</p>
        </Banner>
        <Failure error=failure/>
    }
}

/// Fills in the page and guesses the topic, where the person has written nothing there.
fn follow_page(form: ReportForm, settings: Signal<Basics>) {
    let around = expect_context::<Around>();
    let words = use_words();
    // The page around is outside the reactive graph: it tells about itself each time it opens the dialog. What was
    // filled in from it follows it to its next page, until a word is written; what was typed stays.
    effect_after(move |filled: Option<(String, String)>| {
        let mut filled = filled.unwrap_or_default();
        let Some(about) = around.about() else { return filled };
        let is_untouched = form.body.with_untracked(|body| body.trim().is_empty());
        let may_follow = |field: RwSignal<String>, filled: &String| {
            field.with_untracked(|now| now.is_empty() || is_untouched && now == filled)
        };
        if may_follow(form.page, &filled.0) && !about.page.is_empty() {
            form.page.set(about.page.clone());
            filled.0.clone_from(&about.page);
        }
        if may_follow(form.topic, &filled.1) {
            let known = [about.page, about.title].join(" ");
            let guess = settings.with_untracked(|settings| {
                likely_topic(&settings.topics, &words.language(), &known).map(|topic| topic.id.to_string())
            });
            if let Some(topic) = guess {
                form.topic.set(topic.clone());
                filled.1 = topic;
            }
        }
        filled
    });
}
