//! The list: pasted, or a file; which column is what; what is to be done, when and why. Then a dry run.

use frontdesk_contract::account::act::Action;
use frontdesk_contract::plan::{Key as NameKey, NewPlan, Plan};
use frontdesk_contract::text::TextRefusal;
use frontdesk_contract::{Right, Timestamp};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::{ApiError, Client, plans};
use crate::browser::{intl, slices, timer};
use crate::domain::draft::DraftOf;
use crate::domain::many::{self, ACTIONS, KEPT_MAX, ManyDraft, ManyField, ManyRefusal, Wanted};
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::pages::many::columns::Columns;
use crate::pages::many::reading::{Reading, Source};
use crate::pages::many::recent::Recent;
use crate::route::{self, Route};
use crate::shell::acts::action_key;
use crate::shell::drafts::{self, Keeper};
use crate::shell::selection;
use crate::shell::{Act, Failure, announce_page, use_onward};
use crate::state::SessionState;
use crate::ui::{
    Banner, Button, ButtonKind, ButtonLink, Choice, ChoiceLayout, ChoiceOption, ErrorSummary, Input,
    PageHeader, TextArea, TextField, Tone, Variant, When, effect, effect_after,
};

const LIST: &str = "many-list";
const FILE: &str = "many-file";
const ACTION: &str = "many-action";
const WHEN: &str = "many-when";
const DATE: &str = "many-date";
const REASON: &str = "many-reason";

/// The words of the choices.
const PASTE: &str = "paste";
const BY_FILE: &str = "file";
const SELECTED: &str = "selection";
const AT_ONCE: &str = "now";
const DATED: &str = "date";

/// How long after the last key the list is read, in milliseconds.
const PAUSE: i32 = 300;
/// A list that grows by more bytes at once was pasted. A key gives four at most.
const TYPED_MAX: usize = 4;

/// The fields as signals.
#[derive(Clone, Copy)]
pub struct Form {
    source: RwSignal<String>,
    body: RwSignal<String>,
    /// Who was selected in the directory.
    selected: StoredValue<Vec<String>>,
    file: RwSignal<Option<slices::ChosenFile>>,
    pub has_heading: RwSignal<bool>,
    /// The number of the column, from 0.
    pub column: RwSignal<String>,
    /// The word of what it holds.
    pub key: RwSignal<String>,
    action: RwSignal<String>,
    timing: RwSignal<String>,
    date: RwSignal<String>,
    reason: RwSignal<String>,
    reading: Reading,
    rejected: RwSignal<Vec<(ManyField, ManyRefusal)>>,
}

impl Form {
    /// An act that the address names is what one comes for.
    fn of(draft: ManyDraft, wanted: Option<Action>) -> Self {
        let selected: Vec<String> = selection::read().iter().map(ToString::to_string).collect();
        // Whoever comes from the directory with a selection means it.
        let source = match draft.source.as_str() {
            _ if !selected.is_empty() => SELECTED,
            BY_FILE => BY_FILE,
            _ => PASTE,
        };
        Self {
            source: RwSignal::new(source.to_owned()),
            body: RwSignal::new(draft.body),
            selected: StoredValue::new(selected),
            file: RwSignal::new(None),
            has_heading: RwSignal::new(false),
            column: RwSignal::new("0".to_owned()),
            key: RwSignal::new(NameKey::Email.as_str().to_owned()),
            action: RwSignal::new(wanted.map_or(draft.action, |action| action.as_str().to_owned())),
            timing: RwSignal::new(if draft.is_dated { DATED } else { AT_ONCE }.to_owned()),
            date: RwSignal::new(draft.when),
            reason: RwSignal::new(draft.reason),
            reading: Reading::new(),
            rejected: RwSignal::new(Vec::new()),
        }
    }

    fn draft(self) -> ManyDraft {
        ManyDraft {
            source: self.source.get(),
            body: self.body.get(),
            action: self.action.get(),
            is_dated: self.timing.with(|timing| timing == DATED),
            when: self.date.get(),
            reason: self.reason.get(),
        }
    }

    /// The number of the column.
    pub fn column(self) -> usize {
        self.column.with(|column| column.parse().unwrap_or_default())
    }

    fn error(self, field: ManyField, words: Words) -> Signal<Option<String>> {
        Signal::derive(move || {
            let found = self.rejected.with(|all| all.iter().find(|(it, _)| *it == field).map(|it| it.1));
            found.map(|refusal| sentence(field, refusal, words))
        })
    }
}

fn sentence(field: ManyField, refusal: ManyRefusal, words: Words) -> String {
    match (field, refusal) {
        (_, ManyRefusal::TooMany) => words.text(w::MANY_LIST_TOO_MANY),
        (_, ManyRefusal::Past) => words.text(w::REASON_PAST),
        (_, ManyRefusal::Text(TextRefusal::TooLong(by))) => {
            words.count(w::ERROR_TOO_LONG, u64::try_from(by).unwrap_or(u64::MAX))
        }
        (_, ManyRefusal::Text(TextRefusal::Unprintable)) => words.text(w::ERROR_UNPRINTABLE),
        (ManyField::List, ManyRefusal::Missing | ManyRefusal::Text(TextRefusal::Empty)) => {
            words.text(w::MANY_LIST_MISSING)
        }
        (ManyField::Action, ManyRefusal::Missing | ManyRefusal::Text(TextRefusal::Empty)) => {
            words.text(w::MANY_ACTION_MISSING)
        }
        (ManyField::When, ManyRefusal::Missing | ManyRefusal::Text(TextRefusal::Empty)) => {
            words.text(w::MANY_DATE_MISSING)
        }
        (ManyField::Reason, ManyRefusal::Missing | ManyRefusal::Text(TextRefusal::Empty)) => {
            words.text(w::ERROR_REASON_MISSING)
        }
    }
}

/// The page without a dry run: the form for whoever may act, and the newest runs for whoever may look.
#[component]
pub fn Begin() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let title = t(w::MANY_TITLE);
    announce_page(title);
    let may_act = Memo::new(move |_| {
        state.person().is_some_and(|person| person.has(Right::Accounts) || person.has(Right::Erase))
    });
    view! {
        <PageHeader title intro=t(w::MANY_INTRO)>
            <ButtonLink href=Route::Approvals.to_string()>{t(w::MANY_APPROVALS)}</ButtonLink>
        </PageHeader>
        <div class="many-grid">
            {move || may_act.get().then(|| view! { <Ask/> })}
            <Recent/>
        </div>
    }
}

#[component]
fn Ask() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let saved = drafts::restore::<ManyDraft>(state, DraftOf::Many);
    let since = saved.as_ref().map(|saved| saved.at);
    let wanted = use_query_map().with_untracked(|query| Action::parse(&query.get(route::ACT)?));
    let wanted = wanted.filter(|action| ACTIONS.contains(action));
    let form = Form::of(saved.map(|saved| saved.draft).unwrap_or_default(), wanted);
    let snapshot = Signal::derive(move || {
        let draft = form.draft().kept();
        if draft.is_empty() { None } else { serde_json::to_string(&draft).ok() }
    });
    let keeper = Keeper::keep(DraftOf::Many, state, snapshot, since);
    follow_list(form);
    follow_sheet(form);
    let failure = RwSignal::new(None::<ApiError>);
    let look = use_look(keeper, failure);
    let submit = move || {
        if look.is_pending() {
            return;
        }
        failure.set(None);
        match untrack(move || check(form, state.now_untracked())) {
            Ok(new) => {
                form.rejected.set(Vec::new());
                look.begin(new);
            }
            Err(rejected) => form.rejected.set(rejected),
        }
    };
    // Whoever asks before the list is read means all of it.
    let is_asked = RwSignal::new(false);
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_asked.set(true);
    };
    // The network is outside the reactive graph.
    effect(move || {
        if is_asked.get() && !form.reading.is_behind() {
            is_asked.set(false);
            submit();
        }
    });
    let is_busy = Signal::derive(move || is_asked.get() || look.pending().get());
    let errors = Signal::derive(move || {
        let is_file = form.source.with(|source| source == BY_FILE);
        let rejected = form.rejected.get().into_iter();
        rejected
            .map(|(field, refusal)| (id_of(field, is_file), sentence(field, refusal, words)))
            .collect::<Vec<_>>()
    });
    let sheet = Memo::new(move |_| form.reading.sheet.get());
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <ErrorSummary title=t(w::ERROR_SUMMARY) errors/>
            <section class="card">
                <List form/>
                {move || {
                    let first = sheet.get()?;
                    let newest = Signal::derive(move || sheet.get().unwrap_or_else(|| first.clone()));
                    (!newest.read_untracked().table.is_empty()).then(|| view! { <Columns form sheet=newest/> })
                }}
            </section>
            <section class="card">
                <What form/>
            </section>
            <Failure error=failure/>
            <div class="form-actions">
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=is_busy>
                    {t(w::MANY_ASK)}
                </Button>
            </div>
            <p class="hint">{t(w::MANY_ASK_HINT)}</p>
        </form>
    }
}

const fn id_of(field: ManyField, is_file: bool) -> &'static str {
    match field {
        ManyField::List if is_file => FILE,
        ManyField::List => LIST,
        ManyField::Action => ACTION,
        ManyField::When => DATE,
        ManyField::Reason => REASON,
    }
}

/// Reads what was pasted at once, what is typed when the fingers rest, and a file when it is chosen.
fn follow_list(form: Form) {
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // Reading takes time, and a file is outside the reactive graph.
    effect_after(move |before: Option<usize>| {
        pause.set_value(None);
        match form.source.get().as_str() {
            SELECTED => form.reading.read(Source::Nothing),
            BY_FILE => form.reading.read(form.file.get().map_or(Source::Nothing, Source::File)),
            _ => {
                let body = form.body.get();
                let length = body.len();
                if length.abs_diff(before.unwrap_or_default()) > TYPED_MAX {
                    form.reading.read(Source::Text(body));
                } else {
                    form.reading.rest();
                    let read = move || form.reading.read(Source::Text(body));
                    pause.set_value(Some(timer::after(PAUSE, read)));
                }
                return length;
            }
        }
        before.unwrap_or_default()
    });
}

/// Takes the likeliest meaning of the columns for each new list; by hand it can be changed.
fn follow_sheet(form: Form) {
    // What is guessed can be changed by hand, so it isn't derived.
    effect(move || {
        let Some(sheet) = form.reading.sheet.get() else { return };
        let guess = many::guess(&sheet.table);
        form.has_heading.set(guess.has_heading);
        form.column.set(guess.column.to_string());
        form.key.set(guess.key.as_str().to_owned());
    });
    effect_after(move |before: Option<usize>| {
        let column = form.column();
        let sheet = form.reading.sheet.get_untracked();
        if before.is_some_and(|before| before != column)
            && let Some(key) = sheet.and_then(|sheet| many::guess_key(&sheet.table, column))
        {
            form.key.set(key.as_str().to_owned());
        }
        column
    });
}

/// Who is named, and what is to be done to them.
fn check(form: Form, now: Timestamp) -> Result<NewPlan, Vec<(ManyField, ManyRefusal)>> {
    let draft = form.draft();
    let is_selection = form.source.with(|source| source == SELECTED);
    let (names, places) = match form.reading.sheet.get() {
        _ if is_selection => (form.selected.get_value(), Vec::new()),
        Some(sheet) => {
            let (table, has_heading, column) = (&sheet.table, form.has_heading.get(), form.column());
            (many::names(table, has_heading, column), many::places(table, has_heading, column))
        }
        None => (Vec::new(), Vec::new()),
    };
    let Wanted { action, when, reason } = draft.check(names.len(), intl::moment(&draft.when), now)?;
    let key = form.key.with(|key| key.parse().unwrap_or(NameKey::Email));
    let key = if is_selection { NameKey::Id } else { key };
    Ok(NewPlan { action, targets: names, key, places, when, reason, heir: None })
}

fn use_look(keeper: Keeper, failure: RwSignal<Option<ApiError>>) -> Act<NewPlan> {
    let client = expect_context::<Client>();
    let onward = use_onward();
    Act::new(move |new: NewPlan| {
        let (client, onward) = (client.clone(), onward.clone());
        let place = keeper.place();
        async move {
            match client.send(plans::look(&new)).await {
                Ok(plan) => {
                    let plan: Plan = plan;
                    // The dry run has all of it from now on.
                    if onward.is_still_here() {
                        keeper.stop();
                        place.clear();
                        selection::clear();
                    }
                    onward.go_to(&route::plan(plan.id));
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    })
}

/// Where the list is.
#[component]
fn List(form: Form) -> impl IntoView {
    let words = use_words();
    let sources = Signal::derive(move || {
        let option = |value: &str, label, text| ChoiceOption {
            value: value.to_owned(),
            label: words.text(label),
            text: words.text(text),
            refused: None,
        };
        let count = form.selected.with_value(Vec::len) as u64;
        let selection = (count > 0).then(|| ChoiceOption {
            text: words.text_with(
                w::MANY_SOURCE_SELECTION_TEXT,
                &[("count", intl::number(count, &words.language()))],
            ),
            ..option(SELECTED, w::MANY_SOURCE_SELECTION, w::MANY_SOURCE_SELECTION_TEXT)
        });
        let mut all: Vec<ChoiceOption> = selection.into_iter().collect();
        all.push(option(PASTE, w::MANY_SOURCE_PASTE, w::MANY_SOURCE_PASTE_TEXT));
        all.push(option(BY_FILE, w::MANY_SOURCE_FILE, w::MANY_SOURCE_FILE_TEXT));
        all
    });
    let is_file = Signal::derive(move || form.source.with(|source| source == BY_FILE));
    let is_text = Signal::derive(move || form.source.with(|source| source == PASTE));
    let is_long = Signal::derive(move || is_text.get() && form.body.with(String::len) > KEPT_MAX);
    let error = form.error(ManyField::List, words);
    let rows = Signal::derive(move || {
        let rows = form.reading.rows.get()?;
        let rows = intl::number(rows as u64, &words.language());
        Some(words.text_with(w::MANY_READING, &[("rows", rows)]))
    });
    view! {
        <Choice
            id="many-source"
            legend=t(w::MANY_SOURCE)
            value=form.source
            options=sources
            layout=ChoiceLayout::Row
        />
        <When on=is_text>
            <TextArea id=LIST label=t(w::MANY_LIST) hint=t(w::MANY_LIST_HINT) value=form.body error rows=6/>
        </When>
        <When on=is_file>
            <FileField form error/>
        </When>
        <When on=is_long>
            <Banner tone=Tone::Warn>
                <p>{t(w::MANY_LIST_LONG)}</p>
            </Banner>
        </When>
        <p class="hint" role="status">{rows}</p>
    }
}

/// A file, read where it is: it doesn't leave the device.
#[component]
fn FileField(form: Form, error: Signal<Option<String>>) -> impl IntoView {
    let words = use_words();
    let on_change = move |event: leptos::ev::Event| {
        if let Some(file) = slices::chosen(&event) {
            form.file.set(Some(file));
        }
    };
    let chosen = move || {
        let file = form.file.get()?;
        let rows = form.reading.sheet.with(|sheet| sheet.as_ref().map(|sheet| sheet.table.len()))?;
        let rows = intl::number(rows as u64, &words.language());
        Some(words.text_with(w::MANY_FILE_READ, &[("name", file.name()), ("rows", rows)]))
    };
    let wrong = Signal::derive(move || {
        let unreadable = form.reading.is_unreadable.get().then(|| words.text(w::MANY_FILE_UNREADABLE));
        unreadable.or_else(|| error.get())
    });
    let is_wrong = Signal::derive(move || wrong.with(Option::is_some));
    view! {
        <div class="field" data-invalid=move || is_wrong.get().then_some("true")>
            <label class="field__label" for=FILE id=format!("{FILE}-label")>{t(w::MANY_FILE)}</label>
            <input
                class="input"
                type="file"
                id=FILE
                accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values"
                aria-invalid=move || is_wrong.get().then_some("true")
                aria-describedby=format!("{FILE}-told")
                on:change=on_change
            />
            <p class="field__hint" id=format!("{FILE}-told")>
                {chosen}
                <span class="field__error">{move || wrong.get()}</span>
            </p>
        </div>
    }
}

/// What is to be done, when and why.
#[component]
fn What(form: Form) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let actions = Signal::derive(move || {
        let person = state.person();
        let option = |action: Action| {
            let may = person.as_ref().is_some_and(|person| person.has(action.right()));
            ChoiceOption {
                value: action.as_str().to_owned(),
                label: words.text(action_key(action)),
                text: words.text(meaning(action)),
                refused: (!may).then(|| words.text(w::ERROR_FORBIDDEN)),
            }
        };
        ACTIONS.map(option).to_vec()
    });
    let timings = Signal::derive(move || {
        let option = |value: &str, label| ChoiceOption {
            value: value.to_owned(),
            label: words.text(label),
            text: String::new(),
            refused: None,
        };
        vec![option(AT_ONCE, w::MANY_WHEN_NOW), option(DATED, w::MANY_DATE)]
    });
    let takes_date = Signal::derive(move || form.action.with(|action| action == Action::Deactivate.as_str()));
    let is_dated = Signal::derive(move || takes_date.get() && form.timing.with(|timing| timing == DATED));
    let zone = intl::time_zone();
    let date_label = Signal::derive(move || words.text_with(w::MANY_DATE_FIELD, &[("zone", zone.clone())]));
    view! {
        <Choice
            id=ACTION
            legend=t(w::MANY_ACTION)
            error=form.error(ManyField::Action, words)
            value=form.action
            options=actions
            layout=ChoiceLayout::Row
        />
        <When on=takes_date>
            <Choice id=WHEN legend=t(w::MANY_WHEN) value=form.timing options=timings layout=ChoiceLayout::Row/>
        </When>
        <When on=is_dated>
            <TextField
                id=DATE
                label=date_label
                value=form.date
                error=form.error(ManyField::When, words)
                input=Input::Moment
            />
        </When>
        <TextArea
            id=REASON
            label=t(w::MANY_REASON)
            hint=t(w::MANY_REASON_HINT)
            value=form.reason
            error=form.error(ManyField::Reason, words)
            rows=2
        />
    }
}

/// What an act means, in a sentence.
const fn meaning(action: Action) -> Key {
    match action {
        Action::Deactivate => w::MANY_TEXT_DEACTIVATE,
        Action::Invite => w::MANY_TEXT_INVITE,
        Action::Remind => w::MANY_TEXT_REMIND,
        Action::Reactivate => w::MANY_TEXT_REACTIVATE,
        Action::Cancel => w::MANY_TEXT_CANCEL,
        Action::Withdraw => w::MANY_TEXT_WITHDRAW,
        Action::Hold => w::MANY_TEXT_HOLD,
        Action::Lift => w::MANY_TEXT_LIFT,
        Action::Remove => w::MANY_TEXT_REMOVE,
        Action::Delete => w::MANY_TEXT_DELETE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_for_many_has_a_meaning_of_its_own() {
        let mut seen: Vec<Key> = Vec::new();
        for action in ACTIONS {
            let key = meaning(action);
            assert!(!seen.contains(&key), "{action:?}");
            seen.push(key);
        }
    }
}
