//! `/accounts/new`: a new account. The invitation is the next step, on the account's own page.

use frontdesk_contract::account::Stage;
use frontdesk_contract::account::creation::{Created, FIELD_MAX, Field, FieldRefusal, NewAccount};
use frontdesk_contract::{Person, PersonId, Right};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::{ApiError, Client, accounts, plans};
use crate::browser::random;
use crate::domain::draft::DraftOf;
use crate::domain::new_account::{NewAccountDraft, said_by_backend};
use crate::i18n::{Words, keys as w, t, use_words};
use crate::route::{FROM, Route};
use crate::shell::drafts::{self, Keeper};
use crate::shell::{Act, Failure, Only, announce_page, use_fetched_if, use_onward};
use crate::state::SessionState;
use crate::ui::{
    Banner, Button, ButtonKind, ErrorSummary, Input, PageHeader, TextField, Tone, Variant, When, effect_after,
};

/// The page, for whoever may manage accounts.
#[component]
pub fn NewAccountPage() -> impl IntoView {
    view! {
        <Only may=|person: &Person| person.has(Right::Accounts)>
            <Ask/>
        </Only>
    }
}

/// The fields as signals.
#[derive(Clone, Copy)]
struct Form {
    name: RwSignal<String>,
    email: RwSignal<String>,
    title: RwSignal<String>,
    department: RwSignal<String>,
    employee: RwSignal<String>,
    phone: RwSignal<String>,
    key: RwSignal<String>,
    rejected: RwSignal<Vec<(Field, FieldRefusal)>>,
    /// What the backend found wrong, in its words.
    said: RwSignal<Vec<(Field, String)>>,
}

impl Form {
    fn of(draft: NewAccountDraft) -> Self {
        let key = if draft.key.is_empty() { random::uuid() } else { draft.key };
        Self {
            name: RwSignal::new(draft.subject),
            email: RwSignal::new(draft.email),
            title: RwSignal::new(draft.title),
            department: RwSignal::new(draft.department),
            employee: RwSignal::new(draft.employee_number),
            phone: RwSignal::new(draft.phone),
            key: RwSignal::new(key),
            rejected: RwSignal::new(Vec::new()),
            said: RwSignal::new(Vec::new()),
        }
    }

    fn draft(self) -> NewAccountDraft {
        NewAccountDraft {
            subject: self.name.get(),
            email: self.email.get(),
            title: self.title.get(),
            department: self.department.get(),
            employee_number: self.employee.get(),
            phone: self.phone.get(),
            key: self.key.get(),
        }
    }

    fn error(self, field: Field, words: Words) -> Option<String> {
        let rejected = self.rejected.with(|all| all.iter().find(|(it, _)| *it == field).map(|it| it.1));
        let said = self.said.with(|all| all.iter().find(|(it, _)| *it == field).map(|it| it.1.clone()));
        rejected.map(|refusal| sentence(field, refusal, words)).or(said)
    }
}

fn sentence(field: Field, refusal: FieldRefusal, words: Words) -> String {
    match refusal {
        FieldRefusal::Missing if field == Field::Name => words.text(w::NEW_ACCOUNT_NAME_MISSING),
        FieldRefusal::Missing | FieldRefusal::Address => words.text(w::NEW_ACCOUNT_EMAIL_WRONG),
        FieldRefusal::Number => words.text(w::ERROR_PHONE_DIGITS),
        FieldRefusal::Unprintable => words.text(w::ERROR_UNPRINTABLE),
        FieldRefusal::Long(by) => words.count(w::ERROR_TOO_LONG, u64::try_from(by).unwrap_or(u64::MAX)),
    }
}

const fn id_of(field: Field) -> &'static str {
    match field {
        Field::Name => "account-name",
        Field::Email => "account-email",
        Field::Title => "account-title",
        Field::Department => "account-department",
        Field::EmployeeNumber => "account-employee",
        Field::Phone => "account-phone",
    }
}

#[component]
fn Ask() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let saved = drafts::restore::<NewAccountDraft>(state, DraftOf::Account);
    let since = saved.as_ref().map(|saved| saved.at);
    let form = Form::of(saved.map(|saved| saved.draft).unwrap_or_default());
    let snapshot = Signal::derive(move || {
        let draft = form.draft();
        if draft.is_empty() { None } else { serde_json::to_string(&draft).ok() }
    });
    let keeper = Keeper::keep(DraftOf::Account, state, snapshot, since);
    let former = use_former(form, since.is_none());
    let failure = RwSignal::new(None::<ApiError>);
    let create = use_creation(form, keeper, failure);
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if create.is_pending() {
            return;
        }
        failure.set(None);
        form.said.set(Vec::new());
        match untrack(move || form.draft()).check() {
            Ok(account) => {
                form.rejected.set(Vec::new());
                create.begin(account);
            }
            Err(rejected) => form.rejected.set(rejected),
        }
    };
    let errors = Signal::derive(move || {
        let error = |field| Some((id_of(field), form.error(field, words)?));
        Field::ALL.into_iter().filter_map(error).collect::<Vec<_>>()
    });
    let is_kept = Signal::derive(move || snapshot.with(Option::is_some));
    let on_discard = Callback::new(move |()| {
        for field in [form.name, form.email, form.title, form.department, form.employee, form.phone] {
            field.set(String::new());
        }
        form.rejected.set(Vec::new());
        form.said.set(Vec::new());
        keeper.erase();
    });
    let title = t(w::NEW_ACCOUNT_TITLE);
    announce_page(title);
    view! {
        <p class="crumbs">
            <a href=Route::Accounts.to_string()>{t(w::NAV_ACCOUNTS)}</a>
        </p>
        <PageHeader title intro=t(w::NEW_ACCOUNT_INTRO)/>
        {former}
        <form class="card new-account" novalidate on:submit=on_submit>
            <ErrorSummary title=t(w::ERROR_SUMMARY) errors/>
            <Fields form/>
            <Failure error=failure/>
            <div class="form-actions">
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=create.pending()>
                    {t(w::NEW_ACCOUNT_DO)}
                </Button>
                <When on=is_kept>
                    <span class="form-actions__apart">
                        <Button variant=Variant::Quiet on_press=on_discard>{t(w::DRAFT_DISCARD)}</Button>
                    </span>
                </When>
            </div>
        </form>
    }
}

/// For a Former Member who comes back: fills in what of the old profile isn't erased, and says how much that is. What
/// was typed before stays.
fn use_former(form: Form, is_fresh: bool) -> impl Fn() -> Option<AnyView> + Clone + Send + Sync + 'static {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| query.get(FROM)?.parse::<PersonId>().ok()));
    let former = use_fetched_if(move || asked.get().map(|id| accounts::show(&id)));
    let left = Memo::new(move |_| {
        former.with(|account| {
            let account = account.filter(|account| account.stage == Stage::Former)?;
            let left = [&account.title, &account.department, &account.employee_number];
            Some(left.map(|text| text.clone().unwrap_or_default()))
        })
    });
    // What is filled in can be changed, so it isn't derived.
    effect_after(move |before: Option<bool>| {
        let is_done = before.unwrap_or(!is_fresh);
        let Some(left) = left.get().filter(|_| !is_done) else { return is_done };
        for (field, text) in [form.title, form.department, form.employee].into_iter().zip(left) {
            if field.with_untracked(String::is_empty) {
                field.set(text);
            }
        }
        true
    });
    move || {
        let left = left.get()?;
        let is_nothing = left.iter().all(String::is_empty);
        let key = if is_nothing { w::NEW_ACCOUNT_FORMER_NOTHING } else { w::NEW_ACCOUNT_FORMER };
        Some(view! { <Banner tone=Tone::Info><p>{t(key)}</p></Banner> }.into_any())
    }
}

#[component]
fn Fields(form: Form) -> impl IntoView {
    let words = use_words();
    let error = move |field| Signal::derive(move || form.error(field, words));
    let max = FIELD_MAX;
    view! {
        <TextField
            id=id_of(Field::Name)
            label=t(w::NEW_ACCOUNT_NAME)
            hint=t(w::NEW_ACCOUNT_NAME_HINT)
            value=form.name
            error=error(Field::Name)
            max
        />
        <TextField
            id=id_of(Field::Email)
            label=t(w::SIGN_IN_EMAIL)
            hint=t(w::NEW_ACCOUNT_EMAIL_HINT)
            value=form.email
            error=error(Field::Email)
            max
        />
        <TextField
            id=id_of(Field::Title)
            label=t(w::NEW_ACCOUNT_JOB)
            value=form.title
            error=error(Field::Title)
            max
        />
        <TextField
            id=id_of(Field::Department)
            label=t(w::NEW_ACCOUNT_DEPARTMENT)
            value=form.department
            error=error(Field::Department)
            max
        />
        <TextField
            id=id_of(Field::EmployeeNumber)
            label=t(w::NEW_ACCOUNT_EMPLOYEE)
            value=form.employee
            error=error(Field::EmployeeNumber)
            max
        />
        <TextField
            id=id_of(Field::Phone)
            label=t(w::NEW_ACCOUNT_PHONE)
            value=form.phone
            error=error(Field::Phone)
            input=Input::Phone
            max
        />
    }
}

fn use_creation(form: Form, keeper: Keeper, failure: RwSignal<Option<ApiError>>) -> Act<NewAccount> {
    let client = expect_context::<Client>();
    let onward = use_onward();
    let words = use_words();
    let sent = StoredValue::new(None::<NewAccount>);
    Act::new(move |account: NewAccount| {
        let (client, onward) = (client.clone(), onward.clone());
        let place = keeper.place();
        // Another body needs another key; that nobody is made twice, the address sees to.
        if sent.with_value(|sent| sent.as_ref().is_some_and(|sent| *sent != account)) {
            form.key.set(random::uuid());
        }
        sent.set_value(Some(account.clone()));
        let key = form.key.get_untracked();
        async move {
            match client.send(plans::create_account(&account, &key)).await {
                Ok(created) => {
                    let Created { id } = created;
                    if onward.is_still_here() {
                        keeper.stop();
                    }
                    place.clear();
                    onward.go(&Route::AccountOf(id));
                }
                Err(ApiError::Invalid(errors)) => {
                    let mut said = said_by_backend(errors);
                    // Its sentence is English; what it says of the address has words here.
                    for (field, text) in &mut said {
                        if *field == Field::Email {
                            *text = words.text(w::NEW_ACCOUNT_EMAIL_TAKEN);
                        }
                    }
                    let _ = form.said.try_set(said);
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    })
}
