//! Asking for a call later, on the request's page.

use frontdesk_contract::call::{CallSheet, CallState, NewCall, can_ask_for_call, can_record};
use frontdesk_contract::{Channel, Request, Settings};
use leptos::prelude::*;

use crate::api::{ApiError, Client, calls};
use crate::browser::random;
use crate::domain::call::{CallDraft, CallRejected, said_by_backend};
use crate::domain::draft::DraftOf;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::calls::fields::CallFields;
use crate::shell::call_form::{CallForm, consent, id_of, refusal_text, sentence};
use crate::shell::draft_note::DraftNote;
use crate::shell::drafts::{self, Keeper};
use crate::shell::{Act, Desk, Failure};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, ErrorSummary, Variant, When, use_announcer};

/// *Request phone support* on a request that has no call: a button that opens the fields.
#[component]
pub fn AskForCall(
    request: Signal<Request>,
    /// Where the answer goes.
    data: RwSignal<Option<CallSheet>>,
    /// How the newest call stands, if there is one.
    newest: Signal<Option<CallState>>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let desk = expect_context::<Desk>();
    let words = use_words();
    let id = request.with_untracked(|request| request.summary.id);
    let restored = drafts::restore::<CallDraft>(state, DraftOf::Call(id));
    let since = restored.as_ref().map(|saved| saved.at);
    let is_open = RwSignal::new(restored.is_some());
    let form = CallForm::of(restored.map(|saved| saved.draft).unwrap_or_default());
    let snapshot = Signal::derive(move || {
        let draft = form.draft();
        if draft.is_empty() { None } else { serde_json::to_string(&draft).ok() }
    });
    let keeper = Keeper::keep(DraftOf::Call(id), state, snapshot, since);
    let refused = Signal::derive(move || {
        let person = state.person()?;
        desk.settings.with(|settings| {
            let settings = settings?;
            let (topic, stands) =
                request.with(|request| (settings.topic(&request.summary.topic), request.summary.state));
            let is_enabled = settings.channel(Channel::Phone).is_some_and(|channel| channel.enabled);
            let refusal = can_ask_for_call(&person, topic?, is_enabled, stands, newest.get()).err()?;
            Some(refusal_text(refusal, words))
        })
    });
    let on_open = Callback::new(move |()| is_open.set(true));
    let may_fill = Signal::derive(move || is_open.get() && refused.with(Option::is_none));
    let settings = Memo::new(move |_| desk.settings.get());
    view! {
        <When on=Signal::derive(move || !may_fill.get())>
            <Button refused on_press=on_open>{t(w::PHONE_REQUEST)}</Button>
        </When>
        <When on=may_fill>
            {move || {
                settings.get().map(|settings| view! { <Fields request form keeper data settings/> })
            }}
        </When>
    }
}

#[component]
fn Fields(
    request: Signal<Request>,
    form: CallForm,
    keeper: Keeper,
    data: RwSignal<Option<CallSheet>>,
    settings: Settings,
) -> impl IntoView {
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let rejected = RwSignal::new(CallRejected::new());
    let send = use_asking(request, form, keeper, data, failure, rejected);
    let settings = StoredValue::new(settings);
    let may_send = Signal::derive(move || {
        settings.with_value(|settings| can_record(&settings.phone, form.recording.get()).is_ok())
    });
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if send.is_pending() || !may_send.get_untracked() {
            return;
        }
        failure.set(None);
        let shown = settings.with_value(|settings| consent(settings, words));
        match untrack(move || form.draft()).check(&shown) {
            Ok(call) => {
                rejected.set(CallRejected::new());
                keeper.save_now();
                send.begin(call);
            }
            Err(wrong) => rejected.set(wrong),
        }
    };
    let errors = Signal::derive(move || {
        let told = |(field, refusal): &(_, _)| (id_of(*field), sentence(*field, refusal, words));
        rejected.with(|all| all.iter().map(told).collect::<Vec<_>>())
    });
    let shown = Signal::derive(move || settings.get_value());
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <ErrorSummary title=t(w::ERROR_SUMMARY) errors/>
            <CallFields form settings=shown rejected=rejected.into()/>
            <DraftNote keeper/>
            <Failure error=failure/>
            <When on=may_send>
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=send.pending()>
                    {t(w::PHONE_CONFIRM)}
                </Button>
            </When>
        </form>
    }
}

/// Asks for the call, once.
fn use_asking(
    request: Signal<Request>,
    form: CallForm,
    keeper: Keeper,
    data: RwSignal<Option<CallSheet>>,
    failure: RwSignal<Option<ApiError>>,
    rejected: RwSignal<CallRejected>,
) -> Act<NewCall> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let id = request.with_untracked(|request| request.summary.id);
    Act::new(move |call: NewCall| {
        let client = client.clone();
        let (place, key) = (keeper.place(), form.key.get_untracked());
        async move {
            match client.send(calls::create(id, &call, &key)).await {
                Ok(sheet) => {
                    keeper.stop();
                    place.clear();
                    data.set(Some(sheet));
                    announcer.announce(words.text(w::CALL_CHANGED));
                }
                Err(error) => {
                    if error == ApiError::KeyReused {
                        form.key.set(random::uuid());
                    }
                    let said = match &error {
                        ApiError::Invalid(errors) => said_by_backend(errors),
                        _ => None,
                    };
                    match said {
                        Some(said) => rejected.set(said),
                        None => failure.set(Some(error)),
                    }
                }
            }
        }
    })
}
