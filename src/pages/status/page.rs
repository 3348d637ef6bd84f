//! How the service stands: for everybody, signed in or not.

use frontdesk_contract::component::ComponentStatus;
use frontdesk_contract::status::{self as rules, Incident, StatusPage as Shown};
use leptos::prelude::*;

use crate::api::status;
use crate::browser::{focus, intl, page as address, timer};
use crate::i18n::{keys as w, t, t_with, use_words};
use crate::pages::status::component::Component;
use crate::pages::status::deliveries::Deliveries;
use crate::pages::status::incident::IncidentCard;
use crate::pages::status::maintenance::Maintenances;
use crate::pages::status::ours::provide_ours;
use crate::pages::status::write::{Tell, TellForm};
use crate::route;
use crate::shell::incidents::when;
use crate::shell::notices::NotifyButton;
use crate::shell::{Desk, Live, Loaded, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{Banner, Empty, PageHeader, Tone, When, effect};

/// How often the page is read, so that the age of a provider's word is true, in milliseconds.
const EVERY: i32 = 30_000;

/// The page.
#[component]
pub fn StatusPage() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let live = use_context::<Live>();
    let fetched = use_fetched(move || {
        if let Some(live) = live {
            live.status.track();
        }
        status::page()
    });
    let reading = StoredValue::new_local(timer::every(EVERY, move || fetched.ask_again()));
    on_cleanup(move || reading.dispose());
    if live.is_none() {
        // Strangers hear no heartbeat: the clock of the server comes with the page. It is outside the graph.
        effect(move || {
            if let Some(now) = fetched.with(|page| page.map(|page| page.now)) {
                state.set_clock(now);
            }
        });
    }
    let title = t(w::NAV_STATUS);
    announce_page(title);
    view! {
        <PageHeader title intro=t(w::STATUS_SCOPE)/>
        <Loaded data=fetched lines=10 let:page>
            <Content page/>
        </Loaded>
    }
}

#[component]
fn Content(page: Signal<Shown>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    // Parts of the page that haven't changed stay as they are, with their focus.
    let incidents = Memo::new(move |_| page.with(|page| page.live.incidents.clone()));
    let past = Memo::new(move |_| page.with(|page| page.past.clone()));
    let maintenances = Memo::new(move |_| page.with(|page| page.maintenances.clone()));
    let components = Memo::new(move |_| page.with(|page| page.components.clone()));
    let may_tell = Memo::new(move |_| state.person().is_some_and(|person| rules::can_tell(&person).is_ok()));
    let form = TellForm::restore(state);
    provide_ours(state);
    // An address such as /status#ID leads to what stands there now. The browser is outside the graph.
    request_animation_frame(|| {
        if let Some(id) = address::fragment() {
            focus::scroll_into_view(&id);
        }
    });
    view! {
        <div class="status">
            <Unsure page/>
            <section class="stack" aria-labelledby="status-live">
                <h2 id="status-live">{t(w::STATUS_LIVE)}</h2>
                <Nothing page incidents/>
                {move || incidents.get().into_iter().map(|incident| view! { <IncidentCard incident form/> }).collect_view()}
            </section>
            <When on=may_tell>
                <Tell form incidents components/>
            </When>
            <Maintenances maintenances components/>
            <Components components/>
            <Ask/>
            <Past past form/>
            <Informed page/>
            <Deliveries/>
        </div>
    }
}

/// That nobody can be sure, and since when.
#[component]
fn Unsure(page: Signal<Shown>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let since = Memo::new(move |_| page.with(|page| page.live.unsure_at(state.now())));
    let time = Signal::derive(move || {
        since.get().map(|since| when(since, state.now(), &words.language())).unwrap_or_default()
    });
    view! {
        <div role="status">
            <When on=Signal::derive(move || since.with(Option::is_some))>
                <Banner tone=Tone::Warn label=t(w::STATUS_LEVEL_UNKNOWN)>
                    <p>{t_with(w::STATUS_UNSURE, [("time", time)])}</p>
                </Banner>
            </When>
        </div>
    }
}

/// That nothing is reported, where somebody can be sure of it.
#[component]
fn Nothing(page: Signal<Shown>, incidents: Memo<Vec<Incident>>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let is_calm =
        move || incidents.with(Vec::is_empty) && page.with(|page| page.live.unsure_at(state.now()).is_none());
    view! {
        <When on=Signal::derive(is_calm)>
            <p>{t(w::STATUS_PILL_NONE)}</p>
        </When>
    }
}

/// The components, core features first.
#[component]
fn Components(components: Memo<Vec<ComponentStatus>>) -> impl IntoView {
    let some = move |is_core: bool| {
        let wanted = components.get().into_iter().filter(|component| component.core == is_core);
        wanted.map(|component| view! { <Component component/> }).collect_view()
    };
    let has = move |is_core: bool| {
        Signal::derive(move || components.with(|all| all.iter().any(|component| component.core == is_core)))
    };
    view! {
        <When on=has(true)>
            <section class="stack" aria-labelledby="status-core">
                <h2 id="status-core">{t(w::STATUS_CORE)}</h2>
                <div class="status__components">{some(true)}</div>
            </section>
        </When>
        <When on=has(false)>
            <section class="stack" aria-labelledby="status-others">
                <h2 id="status-others">{t(w::STATUS_OTHERS)}</h2>
                <div class="status__components">{some(false)}</div>
            </section>
        </When>
    }
}

/// Seed 000: who has a problem that isn't listed here sends a request.
#[component]
fn Ask() -> impl IntoView {
    view! {
        <p class="status__ask">
            <a href=route::support_about(None)>{t(w::STATUS_ASK)}</a>
        </p>
    }
}

#[component]
fn Past(past: Memo<Vec<Incident>>, form: TellForm) -> impl IntoView {
    view! {
        <section class="stack" aria-labelledby="status-past">
            <h2 id="status-past">{t(w::STATUS_PAST)}</h2>
            {move || {
                let past = past.get();
                if past.is_empty() {
                    view! { <Empty text=t(w::STATUS_PAST_NONE)/> }.into_any()
                } else {
                    past.into_iter().map(|incident| view! { <IncidentCard incident form/> }).collect_view().into_any()
                }
            }}
        </section>
    }
}

/// Whose word it is and how old, the feed, and notifications of the system.
#[component]
fn Informed(page: Signal<Shown>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let text = move || {
        let (provider, read_at) = page.with(|page| (page.live.provider.clone(), page.live.updated_at));
        let ago = intl::relative(read_at.min(state.now()), state.now(), &words.language());
        match provider.map(|provider| provider.name).filter(|name| !name.is_empty()) {
            Some(name) => words.text_with(w::STATUS_PROVIDER, &[("provider", name), ("ago", ago)]),
            None => words.text_with(w::STATUS_OWN, &[("ago", ago)]),
        }
    };
    let notify = use_context::<Desk>().map(|_| view! { <NotifyButton/> });
    view! {
        <footer class="status__foot">
            <p>{text} " " <a href=status::FEED rel="external">{t(w::STATUS_ATOM)}</a></p>
            {notify}
        </footer>
    }
}
