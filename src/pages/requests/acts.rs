//! What one can do about a request beside answering: escalate, watch, keep open.

use frontdesk_contract::care;
use frontdesk_contract::mail::gets_mails;
use frontdesk_contract::request::RequestChange;
use frontdesk_contract::{Kind, Request};
use leptos::prelude::*;

use crate::api::care as calls;
use crate::api::{ApiError, Client};
use crate::browser::intl;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::requests::changing::{WithReason, use_changing, use_refused};
use crate::pages::requests::row::SinceText;
use crate::pages::requests::show::Shown;
use crate::shell::{Act, Desk, Failure, use_fetched_if};
use crate::state::SessionState;
use crate::ui::{Banner, Button, Card, Tone, When, use_announcer};

/// The card.
#[component]
pub fn ActsCard(request: Signal<Request>, shown: Shown, may_write: Signal<bool>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let is_agent = state.session_untracked().is_some_and(|session| session.person.kind == Kind::Agent);
    let escalated_at = Memo::new(move |_| request.with(|request| request.care.escalated_at));
    view! {
        <Card title=t(w::REQUEST_ACTS)>
            {move || {
                escalated_at
                    .get()
                    .map(|at| {
                        view! { <Banner tone=Tone::Bad><p>{t(w::REQUEST_ESCALATED)} " · " <SinceText at/></p></Banner> }
                    })
            }}
            <When on=Signal::derive(move || may_write.get() && !is_agent)>
                <Escalate request shown/>
            </When>
            <Watch request shown/>
            <Mails request/>
        </Card>
    }
}

#[component]
fn Escalate(request: Signal<Request>, shown: Shown) -> impl IntoView {
    let changing = use_changing(request, shown);
    let refused = use_refused(request, care::can_escalate);
    view! {
        <div class="act">
            <p class="hint">{t(w::ESCALATE_TEXT)}</p>
            <WithReason
                id="escalate-reason"
                label=w::ESCALATE_DO
                hint=w::ESCALATE_HINT
                act=care::Act::Escalate
                refused
                changing
            />
        </div>
    }
}

/// Watching is personal: it changes nothing for anybody else.
#[component]
fn Watch(request: Signal<Request>, shown: Shown) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let is_watched = Memo::new(move |_| {
        let me = state.person();
        request.with(|request| {
            let is_me = |id| me.as_ref().is_some_and(|me| me.id == id);
            request.care.watchers.iter().any(|watcher| is_me(watcher.id.clone()))
        })
    });
    let toggle = Act::new(move |watches: bool| {
        let id = request.with_untracked(|request| request.summary.id);
        let call = if watches { calls::watch(id) } else { calls::unwatch(id) };
        let client = client.clone();
        async move {
            match client.send(call).await {
                Ok(()) => {
                    shown.ask_again();
                    announcer.announce(words.text(if watches { w::WATCH_DONE } else { w::WATCH_ENDED }));
                }
                Err(error) => failure.set(Some(error)),
            }
        }
    });
    let on_press = Callback::new(move |()| {
        failure.set(None);
        toggle.begin(!is_watched.get_untracked());
    });
    let names = move || {
        request.with(|request| {
            request.care.watchers.iter().map(|watcher| watcher.name.clone()).collect::<Vec<_>>()
        })
    };
    let text = move || match names() {
        names if names.is_empty() => words.text(w::WATCH_NOBODY),
        names => words.text_with(w::WATCH_BY, &[("names", intl::list(&names, &words.language()))]),
    };
    let label = move || t(if is_watched.get() { w::WATCH_STOP } else { w::WATCH_DO });
    view! {
        <div class="act">
            <p class="hint">{text}</p>
            <Failure error=failure/>
            <Button busy=toggle.pending() on_press>{label}</Button>
        </div>
    }
}

/// E-mails about this request, for whoever gets any.
#[component]
fn Mails(request: Signal<Request>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let desk = expect_context::<Desk>();
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let is_told = Memo::new(move |_| {
        let me = state.person();
        desk.sends_mail() && me.is_some_and(|me| request.with(|request| gets_mails(&me.id, request)))
    });
    let id = Memo::new(move |_| request.with(|request| request.summary.id));
    let mails = use_fetched_if(move || is_told.get().then(|| calls::mails(id.get())));
    let is_stopped = Memo::new(move |_| mails.with(|mails| mails.is_some_and(|mails| mails.stopped)));
    let toggle = Act::new(move |stops: bool| {
        let id = id.get_untracked();
        let call = if stops { calls::stop_mails(id) } else { calls::resume_mails(id) };
        let client = client.clone();
        async move {
            match client.send(call).await {
                Ok(()) => {
                    mails.ask_again();
                    announcer.announce(words.text(if stops { w::MAILS_STOPPED } else { w::MAILS_GETS }));
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    });
    let on_press = Callback::new(move |()| {
        failure.set(None);
        toggle.begin(!is_stopped.get_untracked());
    });
    let text = move || t(if is_stopped.get() { w::MAILS_STOPPED } else { w::MAILS_GETS });
    let label = move || t(if is_stopped.get() { w::MAILS_RESUME } else { w::MAILS_STOP });
    view! {
        <When on=Signal::derive(move || is_told.get() && mails.with(|mails| mails.is_some()))>
            <div class="act">
                <p class="hint">{text}</p>
                <Failure error=failure/>
                <Button busy=toggle.pending() on_press>{label}</Button>
            </div>
        </When>
    }
}

/// When the request closes by itself, and how to keep it open.
#[component]
pub fn Closing(request: Signal<Request>, shown: Shown, may_write: Signal<bool>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let changing = use_changing(request, shown);
    let closes_at = Memo::new(move |_| request.with(|request| request.care.closes_at));
    let text = move || {
        let closes_at = closes_at.get()?;
        let language = words.language();
        let date = intl::day_and_time(closes_at, &language);
        let left = intl::relative(closes_at, state.now(), &language);
        Some(words.text_with(w::CLOSING_TEXT, &[("date", date), ("left", left)]))
    };
    let on_press = Callback::new(move |()| {
        changing.run(RequestChange { act: Some(care::Act::KeepOpen), ..RequestChange::default() })
    });
    let action = ViewFn::from(move || {
        view! {
            <When on=may_write>
                <Button busy=changing.action.pending() on_press>{t(w::CLOSING_KEEP)}</Button>
            </When>
        }
    });
    view! {
        <Failure error=changing.failure/>
        <When on=Signal::derive(move || closes_at.get().is_some())>
            <Banner tone=Tone::Warn action=action.clone()>
                <p>{text}</p>
            </Banner>
        </When>
    }
}
