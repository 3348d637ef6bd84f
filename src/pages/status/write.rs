//! What agents write: an incident, more about one, a maintenance. One form, one draft.

use frontdesk_contract::component::ComponentStatus;
use frontdesk_contract::status::{Impact, Incident, IncidentStatus};
use frontdesk_contract::text::{INCIDENT_NAME_MAX, TextRefusal, UPDATE_BODY_MAX};
use leptos::prelude::*;

use crate::api::{ApiError, Client, status};
use crate::browser::{focus, intl, random};
use crate::domain::draft::DraftOf;
use crate::domain::tell::{MAINTENANCE, NEW, TellDraft, TellField, TellRefusal, Told};
use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::status::component;
use crate::shell::drafts::{self, Keeper};
use crate::shell::incidents::state_text;
use crate::shell::{Act, Failure, Live};
use crate::state::SessionState;
use crate::ui::{
    Button, ButtonKind, ErrorSummary, Input, Select, SelectOption, TextArea, TextField, Variant, When,
    use_announcer,
};

const ABOUT: &str = "tell-about";
const NAME: &str = "tell-name";
const PARTS: &str = "tell-components";
const FROM: &str = "tell-from";
const UNTIL: &str = "tell-until";
const BODY: &str = "tell-body";

/// The fields as signals.
#[derive(Clone, Copy)]
pub struct TellForm {
    about: RwSignal<String>,
    name: RwSignal<String>,
    impact: RwSignal<String>,
    state: RwSignal<String>,
    parts: RwSignal<Vec<String>>,
    from: RwSignal<String>,
    until: RwSignal<String>,
    body: RwSignal<String>,
    key: RwSignal<String>,
    rejected: RwSignal<Vec<(TellField, TellRefusal)>>,
    /// When the draft was saved, if one was found.
    since: StoredValue<Option<frontdesk_contract::Timestamp>>,
}

impl TellForm {
    /// The form as it was left.
    pub fn restore(state: SessionState) -> Self {
        let saved = drafts::restore::<TellDraft>(state, DraftOf::Status);
        let since = saved.as_ref().map(|saved| saved.at);
        let draft = saved.map(|saved| saved.draft).unwrap_or_default();
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        Self {
            about: RwSignal::new(draft.about),
            name: RwSignal::new(draft.subject),
            impact: RwSignal::new(or(draft.impact, Impact::Minor.as_str())),
            state: RwSignal::new(or(draft.state, IncidentStatus::Investigating.as_str())),
            parts: RwSignal::new(draft.components),
            from: RwSignal::new(draft.from),
            until: RwSignal::new(draft.until),
            body: RwSignal::new(draft.body),
            key: RwSignal::new(or(draft.key, &random::uuid())),
            rejected: RwSignal::new(Vec::new()),
            since: StoredValue::new(since),
        }
    }

    /// Goes on with an update of this incident; what is typed stays.
    pub fn begin_about(self, id: &str) {
        self.about.set(id.to_owned());
        focus::focus_id(BODY);
    }

    fn draft(self) -> TellDraft {
        TellDraft {
            about: self.about.get(),
            subject: self.name.get(),
            impact: self.impact.get(),
            state: self.state.get(),
            components: self.parts.get(),
            from: self.from.get(),
            until: self.until.get(),
            body: self.body.get(),
            key: self.key.get(),
        }
    }

    fn empty(self) {
        for field in [self.about, self.name, self.from, self.until, self.body] {
            field.set(String::new());
        }
        self.parts.set(Vec::new());
        self.key.set(random::uuid());
        self.rejected.set(Vec::new());
    }

    fn error(self, field: TellField, words: Words) -> Signal<Option<String>> {
        Signal::derive(move || {
            let refusal =
                self.rejected.with(|rejected| rejected.iter().find(|(it, _)| *it == field).map(|it| it.1));
            refusal.map(|refusal| sentence(field, refusal, words))
        })
    }
}

fn sentence(field: TellField, refusal: TellRefusal, words: Words) -> String {
    match (field, refusal) {
        (_, TellRefusal::NothingChosen) => words.text(w::STATUS_ERROR_COMPONENTS),
        (_, TellRefusal::Times) => words.text(w::STATUS_ERROR_TIMES),
        (TellField::Name, TellRefusal::Text(TextRefusal::Empty)) => words.text(w::ERROR_SUBJECT_MISSING),
        (_, TellRefusal::Text(TextRefusal::Empty)) => words.text(w::ERROR_BODY_MISSING),
        (_, TellRefusal::Text(TextRefusal::Unprintable)) => words.text(w::ERROR_UNPRINTABLE),
        (_, TellRefusal::Text(TextRefusal::TooLong(by))) => {
            words.count(w::ERROR_TOO_LONG, u64::try_from(by).unwrap_or(u64::MAX))
        }
    }
}

const fn id_of(field: TellField) -> &'static str {
    match field {
        TellField::Name => NAME,
        TellField::Components => PARTS,
        TellField::Until => UNTIL,
        TellField::Body => BODY,
    }
}

/// The form.
#[component]
pub fn Tell(
    form: TellForm,
    incidents: Memo<Vec<Incident>>,
    components: Memo<Vec<ComponentStatus>>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let snapshot = Signal::derive(move || {
        let draft = form.draft();
        if draft.is_empty() { None } else { serde_json::to_string(&draft).ok() }
    });
    let keeper = Keeper::keep(DraftOf::Status, state, snapshot, form.since.get_value());
    let publish = use_publishing(form, keeper, failure);
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if publish.is_pending() {
            return;
        }
        failure.set(None);
        let draft = untrack(move || form.draft());
        match draft.check(intl::moment(&draft.from), intl::moment(&draft.until)) {
            Ok(told) => {
                form.rejected.set(Vec::new());
                publish.begin(told);
            }
            Err(rejected) => form.rejected.set(rejected),
        }
    };
    let errors = Signal::derive(move || {
        let rejected = form.rejected.get();
        rejected
            .into_iter()
            .map(|(field, refusal)| (id_of(field), sentence(field, refusal, words)))
            .collect::<Vec<_>>()
    });
    let on_discard = Callback::new(move |()| {
        form.empty();
        keeper.erase();
        focus::focus_id(ABOUT);
    });
    view! {
        <section class="card" aria-labelledby="status-write">
            <h2 id="status-write">{t(w::STATUS_WRITE)}</h2>
            <p class="hint">{t(w::STATUS_WRITE_TEXT)}</p>
            <form class="stack" novalidate on:submit=on_submit>
                <ErrorSummary title=t(w::ERROR_SUMMARY) errors/>
                <Fields form incidents components/>
                <Failure error=failure/>
                <div class="form-actions">
                    <Button variant=Variant::Primary kind=ButtonKind::Submit busy=publish.pending()>
                        {t(w::STATUS_PUBLISH)}
                    </Button>
                    <When on=Signal::derive(move || snapshot.with(Option::is_some))>
                        <span class="form-actions__apart">
                            <Button variant=Variant::Quiet on_press=on_discard>{t(w::DRAFT_DISCARD)}</Button>
                        </span>
                    </When>
                </div>
            </form>
        </section>
    }
}

/// The fields that what it is about needs.
#[component]
fn Fields(
    form: TellForm,
    incidents: Memo<Vec<Incident>>,
    components: Memo<Vec<ComponentStatus>>,
) -> impl IntoView {
    let words = use_words();
    let is_new = Signal::derive(move || form.about.read().as_str() == NEW);
    let is_work = Signal::derive(move || form.about.read().as_str() == MAINTENANCE);
    let abouts = Signal::derive(move || {
        let mut options = vec![
            SelectOption::new(NEW, words.text(w::STATUS_ABOUT_INCIDENT)),
            SelectOption::new(MAINTENANCE, words.text(w::STATUS_ABOUT_MAINTENANCE)),
        ];
        let ours = incidents.get().into_iter().filter(|incident| !incident.is_providers());
        options.extend(ours.map(|incident| SelectOption::new(incident.id.as_str(), incident.name)));
        options
    });
    let states = Signal::derive(move || {
        let option = |state: &IncidentStatus| SelectOption::new(state.as_str(), state_text(state, words));
        IncidentStatus::WRITTEN.iter().map(option).collect::<Vec<_>>()
    });
    view! {
        <Select id=ABOUT label=t(w::STATUS_ABOUT) value=form.about options=abouts/>
        <When on=Signal::derive(move || is_new.get() || is_work.get())>
            <TextField
                id=NAME
                label=t(w::STATUS_NAME)
                value=form.name
                error=form.error(TellField::Name, words)
                max=INCIDENT_NAME_MAX
            />
            <Parts form components/>
        </When>
        <When on=is_new>
            <Impacts form/>
        </When>
        <When on=is_work>
            <TextField id=FROM label=t(w::STATUS_STARTS) value=form.from input=Input::Moment/>
            <TextField
                id=UNTIL
                label=t(w::STATUS_ENDS)
                value=form.until
                input=Input::Moment
                error=form.error(TellField::Until, words)
            />
        </When>
        <When on=Signal::derive(move || !is_work.get())>
            <Select id="tell-state" label=t(w::STATUS_STATE) value=form.state options=states/>
        </When>
        <TextArea
            id=BODY
            label=t(w::STATUS_BODY)
            value=form.body
            error=form.error(TellField::Body, words)
            max=UPDATE_BODY_MAX
        />
    }
}

/// How bad it is, in the words of the components: that is what the page will show of them.
#[component]
fn Impacts(form: TellForm) -> impl IntoView {
    use frontdesk_contract::component::Level;
    let words = use_words();
    let options = Signal::derive(move || {
        let option = |impact: &Impact| {
            let key = match impact {
                Impact::None => w::STATUS_IMPACT_NONE,
                other => component::told(Level::of_impact(other)).0,
            };
            SelectOption::new(impact.as_str(), words.text(key))
        };
        Impact::WRITTEN.iter().map(option).collect::<Vec<_>>()
    });
    view! { <Select id="tell-impact" label=t(w::STATUS_IMPACT) value=form.impact options/> }
}

/// The components as boxes to tick.
#[component]
fn Parts(form: TellForm, components: Memo<Vec<ComponentStatus>>) -> impl IntoView {
    let words = use_words();
    let error = form.error(TellField::Components, words);
    let boxes = move || {
        let language = words.language();
        let part = |component: ComponentStatus| {
            let name = component.name.in_language(&language).to_owned();
            view! { <Part form id=component.id.to_string() name/> }
        };
        components.get().into_iter().map(part).collect_view()
    };
    view! {
        <fieldset class="field" id=PARTS tabindex="-1">
            <legend class="field__label">{t(w::STATUS_COMPONENTS)}</legend>
            <div class="status__parts">{boxes}</div>
            <When on=Signal::derive(move || error.with(Option::is_some))>
                <p class="field__error">{move || error.get()}</p>
            </When>
        </fieldset>
    }
}

#[component]
fn Part(form: TellForm, id: String, name: String) -> impl IntoView {
    let control = format!("tell-part-{id}");
    let own = StoredValue::new(id);
    let is_ticked = move || own.with_value(|id| form.parts.read().contains(id));
    let on_change = move |event| {
        let is_on = event_target_checked(&event);
        form.parts.update(|parts| {
            parts.retain(|known| own.with_value(|id| known != id));
            if is_on {
                parts.push(own.get_value());
            }
        });
    };
    view! {
        <div class="checkbox">
            <input class="checkbox__mark" type="checkbox" id=control.clone() prop:checked=is_ticked on:change=on_change/>
            <label class="checkbox__label" for=control>{name}</label>
        </div>
    }
}

/// Publishes once, whatever happens on the way: the key stays with the draft until an answer has come.
fn use_publishing(form: TellForm, keeper: Keeper, failure: RwSignal<Option<ApiError>>) -> Act<Told> {
    let client = expect_context::<Client>();
    let live = expect_context::<Live>();
    let announcer = use_announcer();
    let words = use_words();
    Act::new(move |told: Told| {
        let client = client.clone();
        let (key, place) = (form.key.get_untracked(), keeper.place());
        async move {
            let call = match &told {
                Told::Incident(new) => status::tell(new, &key),
                Told::Update(id, new) => status::update(id, new, &key),
                Told::Maintenance(new) => status::plan(new, &key),
            };
            match client.send(call).await {
                Ok(_) => {
                    // The page may be gone.
                    if form.about.try_get_untracked().is_some() {
                        form.empty();
                        keeper.erase();
                    }
                    place.clear();
                    announcer.announce(words.text(w::STATUS_PUBLISHED));
                    live.status.notify();
                }
                Err(error) => {
                    // The first words were taken; these are others.
                    if error == ApiError::KeyReused && form.key.try_get_untracked().is_some() {
                        form.key.set(random::uuid());
                    }
                    failure.set(Some(error));
                }
            }
        }
    })
}
