//! Contact support: *Ask a question* by message.

use frontdesk_contract::json;
use frontdesk_contract::request::{self, NewRequest};
use frontdesk_contract::text::SUBJECT_MAX;
use frontdesk_contract::{Body, Channel, Priority, Request, RequestId, Settings, Subject};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::{ApiError, Client, requests};
use crate::browser::{focus, random, timer};
use crate::domain::ask::{AskDraft, AskField, said_by_backend};
use crate::domain::call::CallDraft;
use crate::domain::draft::DraftOf;
use crate::domain::reply::ReplyDraft;
use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::support::channels::Channels;
use crate::pages::support::check_first::KnownAlready;
use crate::pages::support::choose::{HelpMeChoose, follow_asked_level};
use crate::pages::support::doors::Doors;
use crate::pages::support::elsewhere::{Elsewhere, ToldElsewhere};
use crate::pages::support::phone::PhonePart;
use crate::route::{self, Route};
use crate::shell::ask_form::{AskForm, id_of, languages_of, likely_language};
use crate::shell::attach::Attach;
use crate::shell::call_form::consent;
use crate::shell::draft_note::DraftNote;
use crate::shell::drafts::{self, Heard, Keeper};
use crate::shell::hours::priority_note;
use crate::shell::levels::{level_key, text_key};
use crate::shell::topics::topic_options;
use crate::shell::{Act, Desk, Failure, Loaded, Only, announce_page, use_onward};
use crate::state::SessionState;
use crate::ui::{
    Button, ButtonKind, Card, Choice, ChoiceLayout, ChoiceOption, Empty, ErrorSummary, PageHeader, Select,
    SelectOption, TextArea, TextField, Variant, When, use_announcer,
};

/// How often a create that is still running is asked about, and how long in between, in milliseconds.
const ASK_AGAIN: [i32; 4] = [500, 1_000, 2_000, 4_000];

/// The page.
#[component]
pub fn ContactSupport() -> impl IntoView {
    let desk = expect_context::<Desk>();
    view! {
        <Only may=|person| request::can_ask(person).is_ok() otherwise=ViewFn::from(|| view! { <AdminsOnly/> })>
            <Loaded data=desk.settings lines=10 let:settings>
                <Ask settings/>
            </Loaded>
        </Only>
    }
}

/// Employees and agents learn who can ask, and what they can do instead.
#[component]
fn AdminsOnly() -> impl IntoView {
    let title = t(w::NOT_ALLOWED);
    announce_page(title);
    view! {
        <PageHeader title/>
        <Empty text=t(w::ERROR_SUPPORT_EMPLOYEE)/>
    }
}

#[component]
fn Ask(settings: Signal<Settings>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let restored = drafts::restore::<AskDraft>(state, DraftOf::Ask);
    let since = restored.as_ref().map(|saved| saved.at);
    let draft = restored.map(|saved| saved.draft).unwrap_or_default();
    let likely = settings.with_untracked(|settings| likely_language(settings, &words.language()));
    let form = AskForm::of(draft, likely);
    begin_about(form, settings);
    let keeper = Keeper::keep(DraftOf::Ask, state, Signal::derive(move || form.snapshot()), since);
    let news = RwSignal::new(None::<Elsewhere>);
    keeper.follow(Callback::new(move |heard| hear(form, news, heard)));
    follow_asked_level(form);
    let title = t(w::NAV_SUPPORT);
    announce_page(title);
    // Loaded anew, as the same page stands at both addresses.
    let another = route::with_draft(&Route::Support, Some(&random::uuid()));

    view! {
        <PageHeader title intro=t(w::SUPPORT_INTRO)>
            <DraftNote keeper/>
            <When on=Signal::derive(move || keeper.saved_at().is_some())>
                <a href=another.clone() rel="external">{t(w::DRAFT_ANOTHER)}</a>
            </When>
        </PageHeader>
        <ToldElsewhere news/>
        <div class="form-grid">
            <Form form keeper settings/>
            <aside class="stack" aria-label=t(w::SUPPORT_BEFORE)>
                <KnownAlready form/>
                <Before settings/>
            </aside>
        </div>
    }
}

/// A form in which nothing is typed yet begins with the topic of its address: "Not listed? Send a request".
fn begin_about(form: AskForm, settings: Signal<Settings>) {
    let asked = use_query_map().with_untracked(|query| query.get(route::TOPIC)).unwrap_or_default();
    let is_topic =
        settings.with_untracked(|settings| settings.topics.iter().any(|topic| topic.id.as_str() == asked));
    let is_untouched = untrack(move || form.subject.read().is_empty() && form.body.read().is_empty());
    if is_topic && is_untouched {
        form.topic.set(asked);
    }
}

/// Does here what another tab did with the draft.
fn hear(form: AskForm, news: RwSignal<Option<Elsewhere>>, heard: Heard) {
    match heard {
        Heard::Changed(json) => {
            if let Ok(draft) = json::read(&json) {
                form.put(draft);
            }
        }
        Heard::Apart => form.part(),
        Heard::Sent(id) => {
            // That tab told which words it sends before it did.
            let is_sent = |sent: &NewRequest| late_words(form, sent, sent).is_none();
            let is_kept = !form.sending.with_untracked(|sending| sending.as_ref().is_some_and(is_sent));
            if is_kept {
                form.part()
            } else {
                form.empty()
            }
            news.set(Some(Elsewhere::Sent { id, is_kept }));
        }
        Heard::Discarded => {
            form.empty();
            news.set(Some(Elsewhere::Discarded));
        }
    }
}

/// The form itself.
#[component]
fn Form(form: AskForm, keeper: Keeper, settings: Signal<Settings>) -> impl IntoView {
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let send = use_sending(form, keeper, failure);

    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if send.is_pending() {
            return;
        }
        failure.set(None);
        let draft = untrack(move || form.draft());
        match settings.with_untracked(|settings| draft.check(settings, &consent(settings, words))) {
            Ok(request) => {
                form.rejected.set(Vec::new());
                if form.sending.with_untracked(Option::is_none) {
                    form.sending.set(Some(request.clone()));
                }
                keeper.save_now();
                send.begin(request);
            }
            Err(rejected) => form.rejected.set(rejected),
        }
    };
    // The page was left while the answer was on its way: the person had pressed Send, so it goes on.
    // Words that were changed since wait for another press.
    let unchanged = untrack(move || {
        settings.with(|settings| form.draft().check(settings, &consent(settings, words))).ok()
    });
    if let Some(request) = form.sending.get_untracked().filter(|sent| unchanged.as_ref() == Some(sent)) {
        send.begin(request);
    }
    let on_discard = Callback::new(move |()| {
        form.clear(keeper);
        focus::focus_id(id_of(AskField::Topic));
    });
    let may_discard = Memo::new(move |_| !form.draft().is_empty());
    let channel = Memo::new(move |_| settings.with(|settings| form.draft().channel(settings)));
    let label = move || {
        t(match channel.get() {
            Channel::Chat => w::CHAT_START,
            Channel::Phone => w::PHONE_CONFIRM,
            Channel::Message => w::SUPPORT_SEND,
        })
    };

    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <ErrorSummary title=t(w::ERROR_SUMMARY) errors=form.errors(words)/>
            <Doors form settings/>
            <What form settings/>
            <Levels form/>
            <Answer form settings channel/>
            <Channels settings/>
            <When on=Signal::derive(move || !form.chat.get())>
                <PhonePart form settings/>
            </When>
            <Attach id=id_of(AskField::Files) files=form.files keeper/>
            <Failure error=failure/>
            <div class="form-actions">
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=send.pending()>
                    {label}
                </Button>
                <When on=may_discard>
                    <span class="form-actions__apart">
                        <Button variant=Variant::Quiet on_press=on_discard>{t(w::DRAFT_DISCARD)}</Button>
                    </span>
                </When>
            </div>
        </form>
    }
}

/// Topic, sentence, and what happened.
#[component]
fn What(form: AskForm, settings: Signal<Settings>) -> impl IntoView {
    let words = use_words();
    let topics = Signal::derive(move || settings.with(|settings| topic_options(&settings.topics, words)));
    view! {
        <div class="form-row">
        <Select
            id=id_of(AskField::Topic)
            label=t(w::SUPPORT_TOPIC)
            prompt=t(w::SUPPORT_TOPIC_PROMPT)
            value=form.topic
            options=topics
            error=form.error(AskField::Topic, words)
        />
        <TextField
            id=id_of(AskField::Subject)
            label=t(w::SUPPORT_SUBJECT)
            value=form.subject
            error=form.error(AskField::Subject, words)
            max=SUBJECT_MAX
        />
        </div>
        <TextArea
            id=id_of(AskField::Body)
            label=t(w::SUPPORT_BODY)
            hint=t(w::SUPPORT_BODY_HINT)
            value=form.body
            error=form.error(AskField::Body, words)
            rows=6
        />
    }
}

/// The three levels with the seed's definition and an example beside each.
#[component]
fn Levels(form: AskForm) -> impl IntoView {
    let words = use_words();
    let desk = expect_context::<Desk>();
    let options = Signal::derive(move || {
        let service = desk.settings.get().map(|settings| settings.service).unwrap_or_default();
        Priority::ALL.map(|level| level_option(level, &service, words)).to_vec()
    });
    let note = Signal::derive(move || {
        desk.settings
            .with(|settings| settings.map(|settings| priority_note(settings, words)))
            .unwrap_or_default()
    });
    view! {
        <Choice
            id=id_of(AskField::Priority)
            legend=t(w::PRIORITY_FIELD)
            hint=note
            value=form.priority
            options
            error=form.error(AskField::Priority, words)
            layout=ChoiceLayout::Stack
        />
        <HelpMeChoose form/>
    }
}

fn level_option(level: Priority, service: &str, words: Words) -> ChoiceOption {
    let example = match level {
        Priority::High => w::PRIORITY_HIGH_EXAMPLE_1,
        Priority::Medium => w::PRIORITY_MEDIUM_EXAMPLE_2,
        Priority::Low => w::PRIORITY_LOW_EXAMPLE_1,
    };
    let example = words.text_with(example, &[("service", service.to_owned())]);
    ChoiceOption {
        value: level.as_str().to_owned(),
        label: words.text(level_key(level)),
        text: format!(
            "{} {}",
            words.text(text_key(level)),
            words.text_with(w::PRIORITY_EXAMPLE, &[("example", example)])
        ),
        refused: None,
    }
}

/// How many people, and in which language support should answer.
#[component]
fn Answer(form: AskForm, settings: Signal<Settings>, channel: Memo<Channel>) -> impl IntoView {
    let words = use_words();
    let options = Signal::derive(move || {
        let language = words.language();
        let option = |tag: &frontdesk_contract::Language| {
            SelectOption::new(tag.as_str(), crate::browser::intl::language_name(tag.as_str(), &language))
        };
        settings.with(|settings| languages_of(settings, channel.get()).iter().map(option).collect())
    });
    view! {
        <TextField
            id=id_of(AskField::Affected)
            label=t(w::SUPPORT_AFFECTED)
            hint=t(w::SUPPORT_AFFECTED_HINT)
            value=form.affected
            error=form.error(AskField::Affected, words)
        />
        <Select
            id=id_of(AskField::Language)
            label=t(w::SUPPORT_LANGUAGE)
            value=form.language
            options
            error=form.error(AskField::Language, words)
        />
    }
}

/// What helps support to answer, and where to learn for those who aren't ready to ask.
#[component]
fn Before(settings: Signal<Settings>) -> impl IntoView {
    let training = move || settings.with(|settings| settings.links.training.clone());
    view! {
        <Card title=t(w::SUPPORT_BEFORE)>
            <ul class="marks">
                <li>{t(w::SUPPORT_BEFORE_1)}</li>
                <li>{t(w::SUPPORT_BEFORE_2)}</li>
                <li>{t(w::SUPPORT_BEFORE_3)}</li>
            </ul>
            {move || {
                training().map(|href| view! { <p><a href=href rel="external noopener">{t(w::SUPPORT_NOT_YET)}</a></p> })
            }}
        </Card>
    }
}

/// Sends the form: once, whatever happens on the way.
fn use_sending(form: AskForm, keeper: Keeper, failure: RwSignal<Option<ApiError>>) -> Act<NewRequest> {
    let client = expect_context::<Client>();
    let state = expect_context::<SessionState>();
    let announcer = use_announcer();
    let words = use_words();
    let onward = use_onward();
    Act::new(move |request: NewRequest| {
        let (client, onward) = (client.clone(), onward.clone());
        let (place, key, first) = (keeper.place(), form.key.get_untracked(), form.sending.get_untracked());
        async move {
            // The page may be gone when the answer comes: nothing after it may count on its signals.
            match create_once(&client, &request, &key, first).await {
                Ok(sent) => {
                    let id = sent.request.summary.id;
                    let late = late_words(form, &request, &sent.made);
                    keep_late_call(state, id, &request, &sent.made);
                    let is_kept = late.as_deref().is_none_or(|late| keep_as_reply(state, id, late));
                    if !is_kept {
                        // No room on the device: the words stay where they are.
                        return failure.set(Some(ApiError::KeyReused));
                    }
                    keeper.stop();
                    place.sent(id);
                    form.clear(keeper);
                    let key = if late.is_some() { w::REQUEST_SENT_FIRST } else { w::REQUEST_SENT };
                    announcer.announce(words.text_with(key, &[("id", id.to_string())]));
                    onward.go(&Route::Request(id));
                }
                Err(ApiError::Invalid(errors)) => {
                    form.sending.set(None);
                    form.rejected.set(said_by_backend(&errors));
                }
                Err(error) => {
                    if error == ApiError::KeyReused {
                        // Told, and the words are kept: pressing Send again makes a request of its own.
                        form.key.set(random::uuid());
                        form.sending.set(None);
                    }
                    failure.set(Some(error));
                }
            }
        }
    })
}

/// What became of a form.
struct Sent {
    request: Request,
    /// The words that it was made of: an earlier try may have arrived with other ones.
    made: NewRequest,
}

/// Creates the request, or finds the one that an earlier try with the same key made.
async fn create_once(
    client: &Client,
    request: &NewRequest,
    key: &str,
    first: Option<NewRequest>,
) -> Result<Sent, ApiError> {
    match (create_patiently(client, request, key).await, first) {
        // An earlier try arrived, and the words were changed since: its answer is asked for again.
        (Err(ApiError::KeyReused), Some(first)) if first != *request => {
            let request = create_patiently(client, &first, key).await?;
            Ok(Sent { request, made: first })
        }
        (answer, _) => Ok(Sent { request: answer?, made: request.clone() }),
    }
}

/// What stands in the form now, or was sent last, and isn't in the request that was made.
fn late_words(form: AskForm, request: &NewRequest, made: &NewRequest) -> Option<String> {
    let subject = form.subject.try_get_untracked().unwrap_or_else(|| request.subject.to_string());
    let body = form.body.try_get_untracked().unwrap_or_else(|| request.body.to_string());
    let (subject, body) = (subject.trim(), body.trim());
    // Compared as they would be sent: with one kind of line break, and a sentence on one line.
    let has_subject =
        subject.is_empty() || subject.parse().is_ok_and(|subject: Subject| subject == made.subject);
    let has_body = body.is_empty() || body.parse().is_ok_and(|body: Body| body == made.body);
    match (has_subject, has_body) {
        (true, true) => None,
        (true, false) => Some(body.to_owned()),
        (false, true) => Some(subject.to_owned()),
        (false, false) => Some(format!("{subject}\n\n{body}")),
    }
}

/// Words that came too late for the request wait as an answer in its thread. Whether they were kept.
fn keep_as_reply(state: SessionState, id: RequestId, body: &str) -> bool {
    let draft = ReplyDraft { body: body.to_owned(), key: random::uuid(), ..ReplyDraft::default() };
    drafts::leave(state, DraftOf::Reply(id), draft)
}

/// A call that was added too late for the request waits on its page, not asked for yet.
fn keep_late_call(state: SessionState, id: RequestId, asked: &NewRequest, made: &NewRequest) {
    if let (Some(call), None) = (&asked.call, &made.call) {
        let draft = CallDraft {
            wanted: true,
            // Allowed anew there, under the words that are shown there.
            recording: false,
            country: call.country.as_ref().map(ToString::to_string).unwrap_or_default(),
            number: call.number.to_string(),
            from: call.from.to_string(),
            key: random::uuid(),
        };
        // Without room on the device the number is typed again.
        let _ = drafts::leave(state, DraftOf::Call(id), draft);
    }
}

/// Waits while the backend still works on the first call with this key.
async fn create_patiently(client: &Client, request: &NewRequest, key: &str) -> Result<Request, ApiError> {
    for pause in ASK_AGAIN {
        match client.send(requests::create(request, key)).await {
            Err(ApiError::StillRunning) => timer::sleep(pause).await,
            answer => return answer,
        }
    }
    client.send(requests::create(request, key)).await
}
