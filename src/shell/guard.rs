//! Who may see what. This is presentation: the backend decides (DESIGN.md, rule 5).

use frontdesk_contract::{Person, PersonId};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::{ApiError, Client, session};
use crate::browser::page as address;
use crate::i18n::{keys as w, t};
use crate::route::Route;
use crate::shell::loaded::FailedPage;
use crate::shell::outside::Outside;
use crate::shell::{Act, Failure, Frame, announce_page};
use crate::state::SessionState;
use crate::state::session::Phase;
use crate::ui::{PageHeader, Skeleton};

/// What stands there, by the session. A session that ended keeps its page.
#[derive(Debug, Clone, PartialEq, Eq)]
enum View {
    Waiting,
    Unreachable,
    SignIn,
    Outside,
    Inside(PersonId),
}

/// The pages of whoever is signed in; anybody else is asked to sign in and comes back here.
#[component]
pub fn Guarded(
    /// The page at the address.
    page: ViewFn,
    /// Whether strangers see it too.
    #[prop(into)]
    is_public: Signal<bool>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let navigate = use_navigate();

    let view = Memo::new(move |_| match state.phase() {
        Phase::Checking => View::Waiting,
        Phase::Unreachable(_) => View::Unreachable,
        Phase::SignedOut if is_public.get() => View::Outside,
        Phase::SignedOut => View::SignIn,
        Phase::SignedIn(session) | Phase::Ended(session) => View::Inside(session.person.id),
    });
    let ask = Act::new(move |()| ask_who(client.clone(), state));
    let on_retry = Callback::new(move |()| ask.begin(()));
    if state.session_untracked().is_none() {
        ask.begin(());
    }

    move || match view.get() {
        View::Waiting => view! { <main class="main"><Skeleton lines=8/></main> }.into_any(),
        View::Unreachable => view! { <Unreachable on_retry busy=ask.pending()/> }.into_any(),
        View::SignIn => {
            let to = Some(address::path_with_query()).filter(|path| *path != Route::Overview.to_string());
            let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate(&Route::SignIn { to }.to_string(), options);
            ().into_any()
        }
        View::Outside => view! { <Outside page=page.clone()/> }.into_any(),
        View::Inside(_) => view! { <Frame page=page.clone()/> }.into_any(),
    }
}

/// Nobody knows who is signed in, as the backend can't be asked.
#[component]
fn Unreachable(on_retry: Callback<()>, busy: RwSignal<bool>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let error = Signal::derive(move || match state.phase() {
        Phase::Unreachable(error) => Some(error),
        Phase::Checking | Phase::SignedOut | Phase::SignedIn(_) | Phase::Ended(_) => None,
    });
    view! {
        <main class="main">
            <FailedPage error/>
            <Failure error on_retry busy/>
        </main>
    }
}

async fn ask_who(client: Client, state: SessionState) {
    match client.send(session::show()).await {
        Ok(session) => state.signed_in(session),
        Err(ApiError::SignedOut) => state.ended(),
        Err(error) => state.unreachable(error),
    }
}

/// Shows its children to whoever `may` see them, and *Not allowed* to anybody else.
#[component]
pub fn Only(
    /// The rule, from the contract.
    may: fn(&Person) -> bool,
    /// What stands there instead; the general sentence when left out.
    #[prop(optional, into)]
    otherwise: Option<ViewFn>,
    children: ChildrenFn,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let is_allowed = Memo::new(move |_| state.person().is_some_and(|person| may(&person)));
    move || match (is_allowed.get(), &otherwise) {
        (true, _) => children().into_any(),
        (false, Some(otherwise)) => otherwise.run(),
        (false, None) => view! { <NotAllowed/> }.into_any(),
    }
}

#[component]
fn NotAllowed() -> impl IntoView {
    let title = t(w::NOT_ALLOWED);
    announce_page(title);
    view! {
        <PageHeader title/>
        <p>{t(w::ERROR_FORBIDDEN)}</p>
        <p>
            <a href=Route::Overview.to_string()>{t(w::NAV_HOME)}</a>
        </p>
    }
}
