//! What admins do about a group: say what is known, close, join an incident, merge, ask support.

use frontdesk_contract::report::{GroupChange, Merge, ReportGroup};
use frontdesk_contract::request::NewRequest;
use frontdesk_contract::text::{SUBJECT_MAX, TextRefusal};
use frontdesk_contract::{Priority, ReportState, Subject};
use leptos::prelude::*;

use crate::api::{ApiError, Client, report_groups as api};
use crate::browser::{focus, intl, random, timer};
use crate::domain::ask::{AskDraft, AskField, Rejected};
use crate::domain::draft::DraftOf;
use crate::i18n::{Words, keys as w, t, use_words};
use crate::route::Route;
use crate::shell::ask_form::{AskForm, id_of, languages, likely_language};
use crate::shell::draft_note::DraftNote;
use crate::shell::drafts::{self, Keeper};
use crate::shell::topics::topic_options;
use crate::shell::{Act, Desk, Failure, use_fetched, use_onward};
use crate::state::SessionState;
use crate::ui::{
    Button, ButtonKind, ErrorSummary, Input, Select, SelectOption, TextArea, TextField, Variant, When,
    effect_after, use_announcer,
};

/// How long after the last key is looked, in milliseconds.
const PAUSE: i32 = 250;
/// So many groups are offered at once: the most that the backend tells; words find the others.
const MOST: &str = "200";
/// The id of the field with what is known.
const TITLE: &str = "reports-title";

/// The acts.
#[component]
pub fn Handling(group: Signal<ReportGroup>, on_done: Callback<()>) -> impl IntoView {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let change = Act::new(move |change: GroupChange| {
        let client = client.clone();
        let (id, version) = group.with_untracked(|group| (group.id, group.version.clone()));
        async move {
            failure.set(None);
            match client.send(api::change(id, &change, version)).await {
                Ok(_) => announcer.announce(words.text(w::REPORTS_SAVED)),
                Err(error) => failure.set(Some(error)),
            }
            on_done.run(());
        }
    });
    let is_closed = move || group.with(|group| group.state == ReportState::Closed);
    let on_close = Callback::new(move |()| {
        let state = if untrack(is_closed) { ReportState::New } else { ReportState::Closed };
        change.begin(GroupChange { state: Some(state), ..GroupChange::default() });
    });
    let verb = move || t(if is_closed() { w::REPORTS_REOPEN } else { w::REPORTS_CLOSE });
    view! {
        <section class="card" aria-labelledby="reports-handling">
            <h2 id="reports-handling" class="card__title">{t(w::REPORTS_HANDLING)}</h2>
            <Failure error=failure/>
            <Known group change/>
            <Incident change/>
            <Merging group/>
            <Button busy=change.pending() on_press=on_close>{verb}</Button>
            <Asking group on_done/>
        </section>
    }
}

/// What is known, in a sentence for everybody who is about to report the same.
#[component]
fn Known(group: Signal<ReportGroup>, change: Act<GroupChange>) -> impl IntoView {
    let words = use_words();
    let known =
        group.with_untracked(|group| (group.state == ReportState::Known).then(|| group.title.clone()));
    let title = RwSignal::new(known.unwrap_or_default());
    let error = RwSignal::new(None::<String>);
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match title.with_untracked(|title| title.parse::<Subject>()) {
            Ok(title) => {
                error.set(None);
                change.begin(GroupChange {
                    state: Some(ReportState::Known),
                    title: Some(title),
                    incident: None,
                });
            }
            Err(refusal) => {
                error.set(Some(title_text(refusal, words)));
                focus::focus_id(TITLE);
            }
        }
    };
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <TextField id=TITLE label=t(w::REPORTS_KNOWN) hint=t(w::REPORTS_KNOWN_HINT) value=title error max=SUBJECT_MAX/>
            <div class="form-actions">
                <Button kind=ButtonKind::Submit busy=change.pending()>{t(w::REPORTS_KNOWN_DO)}</Button>
            </div>
        </form>
    }
}

fn title_text(refusal: TextRefusal, words: Words) -> String {
    match refusal {
        TextRefusal::Empty => words.text(w::REPORTS_KNOWN_MISSING),
        TextRefusal::TooLong(by) => words.count(w::ERROR_TOO_LONG, u64::try_from(by).unwrap_or(u64::MAX)),
        TextRefusal::Unprintable => words.text(w::ERROR_UNPRINTABLE),
    }
}

/// A live incident that it is.
#[component]
fn Incident(change: Act<GroupChange>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let words = use_words();
    let value = RwSignal::new(String::new());
    let options = Signal::derive(move || {
        let live = desk.incidents.get().map(|live| live.incidents).unwrap_or_default();
        live.into_iter()
            .map(|incident| SelectOption::new(incident.id.as_str(), incident.name))
            .collect::<Vec<_>>()
    });
    let refused =
        Signal::derive(move || value.read().is_empty().then(|| words.text(w::REPORTS_INCIDENT_NONE)));
    let on_press = Callback::new(move |()| {
        if let Ok(incident) = value.get_untracked().parse() {
            change.begin(GroupChange { incident: Some(incident), ..GroupChange::default() });
        }
    });
    view! {
        <When on=Signal::derive(move || !options.read().is_empty())>
            <div class="report-act">
                <Select id="reports-incident" label=t(w::REPORTS_INCIDENT) value options prompt=t(w::REPORTS_CHOOSE)/>
                <Button busy=change.pending() refused on_press>{t(w::REPORTS_INCIDENT_DO)}</Button>
            </div>
        </When>
    }
}

/// Another group that it belongs to.
#[component]
fn Merging(group: Signal<ReportGroup>) -> impl IntoView {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let onward = use_onward();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let value = RwSignal::new(String::new());
    let typed = RwSignal::new(String::new());
    let asked = RwSignal::new(String::new());
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The network is outside the reactive graph; it is asked once the fingers rest.
    effect_after(move |before: Option<()>| {
        let text = typed.get();
        if before.is_some() {
            pause.set_value(Some(timer::after(PAUSE, move || asked.set(text.trim().to_owned()))));
        }
    });
    let others = use_fetched(move || api::groups(&[("q", asked.get()), ("limit", MOST.to_owned())]));
    let options = Signal::derive(move || {
        let own = group.with(|group| group.id);
        let all = others.get().map(|page| page.items).unwrap_or_default();
        let others = all.into_iter().filter(|group| group.id != own);
        others.map(|group| SelectOption::new(group.id.to_string(), group.title)).collect::<Vec<_>>()
    });
    let merge = Act::new(move |merge: Merge| {
        let (client, onward) = (client.clone(), onward.clone());
        let id = group.with_untracked(|group| group.id);
        async move {
            match client.send(api::merge(id, &merge, &random::uuid())).await {
                Ok(whole) => {
                    announcer.announce(words.text(w::REPORTS_SAVED));
                    onward.go(&Route::ReportGroup(whole.id));
                }
                Err(error) => failure.set(Some(error)),
            }
        }
    });
    let refused = Signal::derive(move || value.read().is_empty().then(|| words.text(w::REPORTS_MERGE_NONE)));
    let on_press = Callback::new(move |()| {
        failure.set(None);
        if let Ok(into) = value.get_untracked().parse() {
            merge.begin(Merge { into });
        }
    });
    view! {
        <When on=Signal::derive(move || !options.read().is_empty() || !asked.read().is_empty())>
            <div class="report-act">
                <TextField id="reports-merge-search" label=t(w::REPORTS_MERGE_SEARCH) value=typed input=Input::Search/>
                <Select id="reports-merge" label=t(w::REPORTS_MERGE) value options prompt=t(w::REPORTS_CHOOSE)/>
                <Button busy=merge.pending() refused on_press>{t(w::REPORTS_MERGE_DO)}</Button>
            </div>
        </When>
        <Failure error=failure/>
    }
}

/// A request to support about all of them.
#[component]
fn Asking(group: Signal<ReportGroup>, on_done: Callback<()>) -> impl IntoView {
    let is_asked = Memo::new(move |_| group.with(|group| group.request.is_some()));
    let is_open = RwSignal::new(false);
    let on_press = Callback::new(move |()| is_open.set(true));
    view! {
        <When on=Signal::derive(move || !is_asked.get() && !is_open.get())>
            <Button on_press>{t(w::REPORTS_REQUEST)}</Button>
        </When>
        <When on=Signal::derive(move || !is_asked.get() && is_open.get())>
            <AskForAll group on_done/>
        </When>
    }
}

#[component]
fn AskForAll(group: Signal<ReportGroup>, on_done: Callback<()>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let state = expect_context::<SessionState>();
    let words = use_words();
    let (id, start) = group.with_untracked(|group| (group.id, first_words(group, words)));
    let of = DraftOf::ReportRequest(id);
    let restored = drafts::restore::<AskDraft>(state, of);
    let since = restored.as_ref().map(|saved| saved.at);
    let settings = untrack(move || desk.settings.get());
    let likely = settings.and_then(|settings| likely_language(&settings, &untrack(|| words.language())));
    let form = AskForm::of(restored.map_or_else(|| start.clone(), |saved| saved.draft), likely);
    // What stands there by itself is no draft.
    let snapshot = Signal::derive(move || {
        let is_typed = form.subject.get() != start.subject || form.body.get() != start.body;
        is_typed.then(|| form.snapshot()).flatten()
    });
    let keeper = Keeper::keep(of, state, snapshot, since);
    let failure = RwSignal::new(None::<ApiError>);
    let ask = use_asking(group, form, keeper, failure, on_done);
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if ask.is_pending() {
            return;
        }
        failure.set(None);
        let draft = untrack(move || form.draft());
        let Some(settings) = untrack(move || desk.settings.get()) else { return };
        match draft.check(&settings, "") {
            Ok(request) => {
                form.rejected.set(Rejected::new());
                keeper.save_now();
                ask.begin(request);
            }
            Err(rejected) => form.rejected.set(rejected),
        }
    };
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <h3>{t(w::REPORTS_REQUEST)}</h3>
            <p class="hint">{t(w::REPORTS_REQUEST_HINT)}</p>
            <ErrorSummary title=t(w::ERROR_SUMMARY) errors=form.errors(words)/>
            <Failure error=failure/>
            <Fields form/>
            <DraftNote keeper/>
            <div class="form-actions">
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=ask.pending()>{t(w::SUPPORT_SEND)}</Button>
            </div>
        </form>
    }
}

#[component]
fn Fields(form: AskForm) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let words = use_words();
    let topics = Signal::derive(move || {
        desk.settings.with(|settings| {
            settings.map(|settings| topic_options(&settings.topics, words)).unwrap_or_default()
        })
    });
    let levels = Signal::derive(move || {
        [
            (Priority::High, w::PRIORITY_HIGH),
            (Priority::Medium, w::PRIORITY_MEDIUM),
            (Priority::Low, w::PRIORITY_LOW),
        ]
        .map(|(level, key)| SelectOption::new(level.as_str(), words.text(key)))
        .to_vec()
    });
    let tongues = Signal::derive(move || {
        let panel = words.language();
        let all = desk.settings.with(|settings| settings.map(languages).unwrap_or_default());
        let named = |tag: &str| intl::language_name(tag, &panel);
        all.iter()
            .map(|language| SelectOption::new(language.as_str(), named(language.as_str())))
            .collect::<Vec<_>>()
    });
    let error = move |field| form.error(field, words);
    view! {
        <Select id=id_of(AskField::Topic) label=t(w::SUPPORT_TOPIC) value=form.topic options=topics
            prompt=t(w::SUPPORT_TOPIC_PROMPT) error=error(AskField::Topic)/>
        <TextField id=id_of(AskField::Subject) label=t(w::SUPPORT_SUBJECT) value=form.subject
            error=error(AskField::Subject) max=SUBJECT_MAX/>
        <TextArea id=id_of(AskField::Body) label=t(w::SUPPORT_BODY) value=form.body rows=6 error=error(AskField::Body)/>
        <Select id=id_of(AskField::Priority) label=t(w::PRIORITY_FIELD) hint=t(w::PRIORITY_NOTE_SHORT) value=form.priority
            options=levels prompt=t(w::REPORTS_CHOOSE) error=error(AskField::Priority)/>
        <Select id=id_of(AskField::Language) label=t(w::SUPPORT_LANGUAGE) value=form.language options=tongues
            prompt=t(w::REPORTS_CHOOSE) error=error(AskField::Language)/>
    }
}

/// What the form begins with.
fn first_words(group: &ReportGroup, words: Words) -> AskDraft {
    let mut body = words.count(w::REPORTS_COUNT, group.reports);
    if let Some(page) = &group.page {
        body.push_str("\n\n");
        body.push_str(page);
    }
    AskDraft {
        topic: group.topic.as_ref().map(ToString::to_string).unwrap_or_default(),
        subject: group.title.clone(),
        body,
        key: random::uuid(),
        ..AskDraft::default()
    }
}

fn use_asking(
    group: Signal<ReportGroup>,
    form: AskForm,
    keeper: Keeper,
    failure: RwSignal<Option<ApiError>>,
    on_done: Callback<()>,
) -> Act<NewRequest> {
    let client = expect_context::<Client>();
    let onward = use_onward();
    Act::new(move |request: NewRequest| {
        let (client, onward) = (client.clone(), onward.clone());
        let (place, key, id) =
            (keeper.place(), form.key.get_untracked(), group.with_untracked(|group| group.id));
        async move {
            match client.send(api::ask(id, &request, &key)).await {
                Ok(made) => {
                    keeper.erase();
                    place.clear();
                    onward.go(&Route::Request(made.summary.id));
                }
                Err(error) => {
                    if error == ApiError::KeyReused {
                        form.key.set(random::uuid());
                    }
                    failure.set(Some(error));
                    on_done.run(());
                }
            }
        }
    })
}
