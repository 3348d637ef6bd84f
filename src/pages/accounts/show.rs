//! One account: its clock, what can be done, what is known of it, and what was done. Each part is a file of its own.

use frontdesk_contract::account::Stage;
use frontdesk_contract::account::act::can_read;
use frontdesk_contract::account::page::AccountDetails;
use frontdesk_contract::audit::AuditEntry;
use frontdesk_contract::{NotAnId, Page, PersonId, Timestamp};
use leptos::prelude::*;

use crate::api::{ApiError, accounts};
use crate::browser::intl;
use crate::domain::account_list::{AccountState, View};
use crate::i18n::{keys as w, t, t_with, use_words};
use crate::pages::accounts::acts::ActsCard;
use crate::pages::accounts::again::AgainCard;
use crate::pages::accounts::clock::ClockCard;
use crate::pages::accounts::facts::{Circle, Facts};
use crate::pages::accounts::history::History;
use crate::route::{self, Route};
use crate::shell::acts::{stage_key, stage_tone};
use crate::shell::loaded::FailedPage;
use crate::shell::{Failure, Fetched, Live, Loaded, Only, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{Avatar, Banner, ButtonLink, PageHeader, Pill, Tone, When, effect_after};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub struct Shown {
    /// The account, as the backend said last.
    pub account: Signal<AccountDetails>,
    /// The same, to be asked again.
    pub fetched: Fetched<AccountDetails>,
    /// What was done to it.
    pub history: Fetched<Page<AuditEntry>>,
}

impl Shown {
    /// Asks the backend how things stand now.
    pub fn ask_again(self) {
        self.fetched.ask_again();
        self.history.ask_again();
    }
}

/// The page; another person in the address is another page, made anew.
#[component]
pub fn AccountPage(
    /// The identifier in the address.
    id: Result<PersonId, NotAnId>,
) -> impl IntoView {
    let content = move || match &id {
        Ok(id) => view! { <Named id=id.clone()/> }.into_any(),
        Err(_) => view! { <NoSuchAccount/> }.into_any(),
    };
    view! { <Only may=|person| can_read(&person.rights)>{content.clone()}</Only> }
}

/// An address that names nobody.
#[component]
fn NoSuchAccount() -> impl IntoView {
    let title = t(w::NOT_FOUND);
    announce_page(title);
    view! {
        <PageHeader title/>
        <p>{t(w::ERROR_NOT_FOUND)}</p>
    }
}

#[component]
fn Named(id: PersonId) -> impl IntoView {
    let live = expect_context::<Live>();
    let whose = id.clone();
    // Any run may be about this account: whoever else acts on it is seen here at once.
    let history = use_fetched(move || {
        live.runs.track();
        accounts::history(&whose, None)
    });
    let fetched = use_fetched(move || {
        live.everything.track();
        live.runs.track();
        accounts::show(&id)
    });
    let error = fetched.error();
    // What was deleted is shown no more, whatever stood here before.
    let is_gone = Memo::new(move |_| error.with(|error| matches!(error, Some(ApiError::Gone { .. }))));
    view! {
        <p class="crumbs">
            <a href=Route::Accounts.to_string()>{t(w::NAV_ACCOUNTS)}</a>
        </p>
        {move || {
            if is_gone.get() {
                view! { <FailedPage error/> <Failure error/> }.into_any()
            } else {
                view! {
                    <Loaded data=fetched lines=10 let:account>
                        <Standing shown=Shown { account, fetched, history }/>
                    </Loaded>
                }
                    .into_any()
            }
        }}
    }
}

/// The page once its data is there.
#[component]
fn Standing(shown: Shown) -> impl IntoView {
    let Shown { account, fetched, .. } = shown;
    let title = Signal::derive(move || account.with(|account| account.name.clone()));
    announce_page(title);
    ask_when_due(shown);
    let id = account.with_untracked(|account| account.id.clone());
    view! {
        <Header account/>
        <Warnings account/>
        <div class="request">
            <div class="stack">
                <ClockCard shown/>
                <AgainCard shown/>
                <ActsCard shown id/>
            </div>
            <aside class="stack" aria-label=t(w::REQUEST_FACTS)>
                <Facts account/>
                <Circle account/>
                <History shown/>
            </aside>
        </div>
        <p>
            <a href=Route::Lifecycle.to_string()>{t(w::ACCOUNTS_LIFECYCLE)}</a>
        </p>
        {move || fetched.asking().get().then(|| view! { <span class="visually-hidden">{t(w::LOADING)}</span> })}
    }
}

/// Asks again when a moment has come at which something is possible or happens by itself.
fn ask_when_due(shown: Shown) {
    let session = expect_context::<SessionState>();
    let due = Memo::new(move |_| {
        let now = session.now();
        shown.account.with(|account| {
            let dates = account.actions.iter().filter_map(|possible| possible.date);
            let dates = dates.chain(account.marks.iter().map(|mark| mark.at));
            dates.filter(|at| *at <= now).max()
        })
    });
    // The network is outside the reactive graph.
    effect_after(move |before: Option<Option<Timestamp>>| {
        let due = due.get();
        if before.is_some_and(|before| before < due) {
            shown.ask_again();
        }
        due
    });
}

/// Who, where the account stands, and the way back to those who stand alike.
#[component]
fn Header(account: Signal<AccountDetails>) -> impl IntoView {
    let words = use_words();
    let name = Memo::new(move |_| account.with(|account| account.name.clone()));
    let stage = Memo::new(move |_| account.with(|account| account.stage));
    let about = move || {
        account.with(|account| {
            let number = account.employee_number.as_ref();
            let number =
                number.map(|number| words.text_with(w::ACCOUNTS_EMPLOYEE_IS, &[("number", number.clone())]));
            let parts =
                [Some(account.email.clone()), account.title.clone(), account.department.clone(), number];
            let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
            parts.join(" · ")
        })
    };
    let pill = move || {
        let stage = stage.get();
        view! { <Pill tone=stage_tone(stage) text=t(stage_key(stage))/> }
    };
    let alike = move || AccountState::of(View::At(stage.get())).address();
    view! {
        <header class="person-header">
            {move || view! { <Avatar name=name.get()/> }}
            <div class="page-header__words">
                <div class="person-header__name">
                    <h1 class="page-header__title" tabindex="-1">{name}</h1>
                    <a class="person-header__stage" href=alike>{pill}</a>
                </div>
                <p class="page-header__intro">{about}</p>
            </div>
        </header>
    }
}

/// What one must know before any act.
#[component]
fn Warnings(account: Signal<AccountDetails>) -> impl IntoView {
    let words = use_words();
    let provider =
        Signal::derive(move || account.with(|account| account.managed_by.clone().unwrap_or_default()));
    let is_managed = Signal::derive(move || !provider.read().is_empty());
    let left = Signal::derive(move || account.with(|account| account.left_open));
    let is_former = Signal::derive(move || account.with(|account| account.stage == Stage::Former));
    let is_estimate = Signal::derive(move || account.with(|account| account.estimate));
    let held = move || {
        let at = account.with(|account| account.held_at)?;
        let date = intl::day_and_time(at, &words.language());
        Some(words.text_with(w::ACCOUNTS_HELD_SINCE, &[("date", date)]))
    };
    let own = account.with_untracked(|account| account.id.to_string());
    let anew = ViewFn::from(move || {
        let href = route::with_query(&Route::NewAccount, &[(route::FROM, own.clone())]);
        view! { <ButtonLink href>{t(w::ACCOUNTS_FORMER_NEW)}</ButtonLink> }
    });
    let is_held = Signal::derive(move || account.with(|account| account.held_at.is_some()));
    view! {
        <When on=left>
            <Banner tone=Tone::Warn label=t(w::ACCOUNTS_LEFT)>
                <p>{t(w::ACCOUNTS_LEFT_HERE)}</p>
            </Banner>
        </When>
        <When on=is_held>
            <Banner tone=Tone::Info label=t(w::ACCOUNTS_HELD)>
                <p>{held} ". " {t(w::REASON_HOLD)}</p>
            </Banner>
        </When>
        <When on=is_former>
            <Banner tone=Tone::Mute label=t(w::STAGE_FORMER) action=anew.clone()>
                <p>{t(w::ACCOUNTS_FORMER_TEXT)}</p>
            </Banner>
        </When>
        <When on=is_estimate>
            <Banner tone=Tone::Info label=t(w::ACCOUNTS_ESTIMATE)>
                <p>{t(w::ACCOUNTS_ESTIMATE_TEXT)}</p>
            </Banner>
        </When>
        <When on=is_managed>
            <Banner tone=Tone::Info>
                <p>{t_with(w::REASON_SYNCED, [("provider", provider)])}</p>
            </Banner>
        </When>
    }
}
