//! Sending: the files first, then the report, from one tab only and once, however often it is tried.

use leptos::prelude::*;

use crate::api::bearer::Bearer;
use crate::api::uploads::NotTaken;
use crate::api::{ApiError, Client, reports};
use crate::browser::{clock, focus, intl, lock, page, random, timer};
use crate::domain::draft::{DraftOf, Saved, Slot};
use crate::domain::host::ToHost;
use crate::domain::report::{Piece, ReportDraft, pause_after};
use crate::domain::upload::{Upload, wait};
use crate::i18n::{Words, keys as w, t, use_words};
use crate::report::around::Around;
use crate::report::files::Files;
use crate::report::form::ReportForm;
use crate::report::pieces;
use crate::shell::drafts::{self, Heard, Keeper};
use crate::shell::piece::NotLoaded;
use crate::shell::uploading::megabytes;
use crate::shell::uploading::{self, Failed, Watch};
use crate::shell::{Act, Connection, Failure, aside};
use crate::state::SessionState;
use crate::ui::{Banner, Button, Tone, Variant, When, effect, use_announcer};

/// The tabs of a browser send one after the other.
const LOCK: &str = "frontdesk-outbox";
/// So often a call that may pass is made again by itself.
const TRIES: u32 = 5;

/// Where the report stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It is written.
    Writing,
    /// It is on its way.
    Sending,
    /// It waits until the device is connected.
    Offline,
    /// It waits until the person has signed in again.
    SignedOut,
    /// It waits: that is why.
    Stuck(ApiError),
    /// It was sent, and this is its number.
    Sent(String),
    /// It was sent or thrown away in another tab.
    Elsewhere,
}

/// Sends, and says how far it is.
#[derive(Clone, Copy)]
pub struct Outbox {
    form: ReportForm,
    files: Files,
    keeper: Keeper,
    /// Where the report stands.
    pub stage: RwSignal<Stage>,
    is_paused: RwSignal<bool>,
    send: Act<()>,
}

impl Outbox {
    /// Of this form.
    pub fn of(form: ReportForm, files: Files, keeper: Keeper) -> Self {
        let client = expect_context::<Client>();
        let around = expect_context::<Around>();
        let connection = expect_context::<Connection>();
        let state = expect_context::<SessionState>();
        let words = use_words();
        let stage = RwSignal::new(Stage::Writing);
        let is_paused = RwSignal::new(false);
        let send = Act::new(move |()| {
            let client = client.clone();
            async move {
                stage.set(Stage::Sending);
                let next = match pieces::deliver().await {
                    Ok(deliver) => {
                        deliver(Parcel { form, files, keeper, is_paused, client, words, around }).await
                    }
                    Err(NotLoaded) => Stage::Stuck(ApiError::NotLoaded),
                };
                if matches!(next, Stage::Sent(_)) {
                    around.tell(ToHost::Sent);
                }
                if next == Stage::SignedOut {
                    state.lost();
                }
                stage.try_set(next);
            }
        });
        let outbox = Self { form, files, keeper, stage, is_paused, send };
        outbox.try_again(state);
        // The network and the session are outside: what waited for them goes on.
        effect(move || {
            let may_go = match stage.get() {
                Stage::Offline => connection.is_online(),
                Stage::SignedOut => state.is_signed_in(),
                Stage::Writing | Stage::Sending | Stage::Stuck(_) | Stage::Sent(_) | Stage::Elsewhere => {
                    false
                }
            };
            if may_go {
                outbox.go();
            }
        });
        outbox
    }

    /// What may pass by itself is tried again by itself, later and later.
    fn try_again(self, state: SessionState) {
        let failures = StoredValue::new(0_u32);
        let next = StoredValue::new_local(None::<timer::Timer>);
        // The clock is outside the reactive graph.
        effect(move || match self.stage.get() {
            Stage::Stuck(error) if may_pass(&error) => {
                failures.update_value(|failures| *failures = failures.saturating_add(1));
                let mut pause = pause_after(failures.get_value());
                if let ApiError::Throttled { retry_at: Some(at) } = error {
                    let rest = at.since(state.now_untracked()).0;
                    pause = pause.max(i32::try_from(rest).unwrap_or(i32::MAX));
                }
                // Many devices are not to come back at the same moment.
                let pause = f64::from(pause) * (1.0 + random::fraction() / 4.0);
                next.set_value(Some(timer::after(pause as i32, move || self.go())));
            }
            Stage::Writing | Stage::Sent(_) | Stage::Elsewhere | Stage::Stuck(_) => {
                failures.set_value(0);
                next.set_value(None);
            }
            Stage::Sending | Stage::Offline | Stage::SignedOut => {}
        });
        on_cleanup(move || next.dispose());
    }

    /// Begins, or goes on.
    pub fn go(self) {
        // A moment later, as the same act may be about to end.
        aside(async move {
            timer::sleep(0).await;
            self.send.begin(());
        });
    }

    /// Throws the report away, here and on the device.
    pub fn erase(self) {
        let Self { form, files, keeper, stage, .. } = self;
        aside(async move {
            files.clear().await;
            keeper.stop();
            keeper.erase();
            form.sending.set(None);
            page::reload();
        });
        stage.set(Stage::Sending);
    }

    /// Back to writing, as long as nothing can have arrived.
    pub fn write_on(self) {
        if !self.form.is_posted.get_untracked() {
            self.form.sending.set(None);
            self.stage.set(Stage::Writing);
        }
    }
}

/// Whether a failure may be over by itself.
const fn may_pass(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::StillRunning
            | ApiError::Server { .. }
            | ApiError::Timeout { .. }
            | ApiError::Throttled { .. }
            | ApiError::NotLoaded
            | ApiError::Unreadable
    )
}

/// What is kept about a file while it is sent.
struct OfPiece {
    form: ReportForm,
    keeper: Keeper,
    id: String,
    is_paused: RwSignal<bool>,
    around: Around,
}

impl Watch for OfPiece {
    fn bearer(&self) -> Option<Bearer> {
        self.around.bearer()
    }

    fn moved(&self, upload: &Upload) {
        self.form.change_piece(&self.id, |piece| piece.upload = Some(upload.clone()));
        self.keeper.save_now();
    }

    fn is_paused(&self) -> bool {
        self.is_paused.try_get_untracked() == Some(true)
    }

    fn is_dropped(&self) -> bool {
        let is_there = self.form.sending.try_with_untracked(Option::is_some) == Some(true);
        !is_there
    }
}

/// A report that is to be sent, and who sends it.
pub struct Parcel {
    form: ReportForm,
    files: Files,
    keeper: Keeper,
    is_paused: RwSignal<bool>,
    client: Client,
    words: Words,
    around: Around,
}

/// Sends the files, then the report.
pub async fn deliver(Parcel { form, files, keeper, is_paused, client, words, around }: Parcel) -> Stage {
    // Another tab may have sent it already, or while this one waits for its turn.
    let is_gone = || !keeper.is_there() && keeper.is_kept();
    files.settle().await;
    // A picture that can't be sent as it was covered has taken the report back.
    if form.sending.with_untracked(Option::is_none) {
        return Stage::Writing;
    }
    if is_gone() {
        return Stage::Elsewhere;
    }
    keeper.save_now();
    let _turn = lock::hold(LOCK).await;
    if is_gone() {
        return Stage::Elsewhere;
    }
    // It goes on from where the other tab came to.
    keeper.catch_up();
    for Piece { id, name, upload, .. } in form.pieces.get_untracked() {
        if upload.as_ref().is_some_and(Upload::is_done) {
            continue;
        }
        let Some(bytes) = files.bytes(&id).await else {
            // Whoever meant to send it must know that it is gone before anything is.
            files.tell(words.text_with(w::REPORT_FILE_VANISHED, &[("file", name)]));
            files.remove(&id).await;
            form.sending.set(None);
            return Stage::Writing;
        };
        let upload = upload.filter(|upload| upload.size == bytes.size()).unwrap_or(Upload::new(bytes.size()));
        let watch = OfPiece { form, keeper, id: id.clone(), is_paused, around };
        match uploading::send(&bytes, &name, upload, &watch).await {
            Ok(_) => {}
            Err(Failed::Offline) => return Stage::Offline,
            Err(Failed::NotTaken(NotTaken::Other(ApiError::SignedOut))) => return Stage::SignedOut,
            Err(Failed::NotTaken(NotTaken::Other(error))) => return Stage::Stuck(error),
            Err(Failed::GaveUp) => return Stage::Stuck(ApiError::Server { request_id: None }),
            Err(failed) => {
                let key = match failed {
                    Failed::NotTaken(NotTaken::Kind) => w::REPORT_FILE_KIND,
                    Failed::NotTaken(NotTaken::Size | NotTaken::Full) => w::REPORT_FILE_ROOM,
                    _ => w::REPORT_FILE_VANISHED,
                };
                files.tell(words.text_with(key, &[("file", name)]));
                form.sending.set(None);
                return Stage::Writing;
            }
        }
    }
    let Some(mut report) = form.sending.get_untracked() else { return Stage::Writing };
    let address = |piece: Piece| piece.upload.and_then(|upload| upload.address);
    let addresses = form.pieces.get_untracked().into_iter().filter_map(address);
    report.uploads =
        addresses.filter_map(|address| crate::api::uploads::id_of(&address).parse().ok()).collect();
    form.is_posted.set(true);
    keeper.save_now();
    let mut tries = 0;
    loop {
        let error = match client.send(reports::create(&report, &form.key.get_untracked())).await {
            Ok(reports::Taken { id }) => {
                files.clear().await;
                keeper.stop();
                keeper.erase();
                form.sending.set(None);
                return Stage::Sent(id.to_string());
            }
            Err(error) => error,
        };
        tries += 1;
        match error {
            ApiError::Offline => return Stage::Offline,
            ApiError::SignedOut => return Stage::SignedOut,
            ApiError::StillRunning
            | ApiError::Server { .. }
            | ApiError::Timeout { .. }
            | ApiError::Throttled { .. }
                if tries < TRIES =>
            {
                timer::sleep((random::fraction() * f64::from(wait(tries))) as i32).await;
            }
            // Refused, so it hasn't arrived, and can be changed.
            ApiError::Invalid(_) => {
                form.is_posted.set(false);
                return Stage::Stuck(error);
            }
            error => return Stage::Stuck(error),
        }
    }
}

/// What is seen while the report is on its way or waits.
#[component]
pub fn OnItsWay(outbox: Outbox) -> impl IntoView {
    let words = use_words();
    let Outbox { form, stage, is_paused, send, .. } = outbox;
    let error = Signal::derive(move || match stage.get() {
        Stage::Stuck(error) => Some(error),
        Stage::Writing
        | Stage::Sending
        | Stage::Offline
        | Stage::SignedOut
        | Stage::Sent(_)
        | Stage::Elsewhere => None,
    });
    let retry = Callback::new(move |()| outbox.go());
    let erase = Callback::new(move |()| outbox.erase());
    let write = Callback::new(move |()| outbox.write_on());
    let toggle = Callback::new(move |()| is_paused.update(|is_paused| *is_paused = !*is_paused));
    let is_moving = Signal::derive(move || send.pending().get() && !form.pieces.read().is_empty());
    let is_resting = Signal::derive(move || is_paused.get() || !send.pending().get());
    let may_write = Signal::derive(move || !form.is_posted.get());
    let body = move || form.sending.get().map(|report| report.body.to_string()).unwrap_or_default();
    view! {
        <section class="stack" aria-labelledby="report-sending">
            <h2 id="report-sending" tabindex="-1">
                {move || words.text(if send.pending().get() { w::REPORT_SENDING } else { w::REPORT_WAITING })}
            </h2>
            <div role="status">
                <When on=Signal::derive(move || stage.get() == Stage::Offline)>
                    <Banner tone=Tone::Warn><p>{t(w::REPORT_OFFLINE)}</p></Banner>
                </When>
            </div>
            <Failure error on_retry=retry busy=send.pending()/>
            <When on=Signal::derive(move || error.with(|error| error.as_ref().is_some_and(may_pass)))>
                <p class="hint">{t(w::REPORT_RETRIES)}</p>
            </When>
            <blockquote class="report__quote">{body}</blockquote>
            <ul class="pieces" role="list">
                <For each=move || form.pieces.get() key=|piece| piece.id.clone() let:piece>
                    <Moving form piece is_resting/>
                </For>
            </ul>
            <div class="form-actions">
                <When on=is_moving>
                    <Button on_press=toggle>
                        {move || words.text(if is_paused.get() { w::REPORT_RESUME } else { w::REPORT_PAUSE })}
                    </Button>
                </When>
                <When on=may_write>
                    <Button on_press=write>{t(w::REPORT_WRITE_ON)}</Button>
                </When>
                <span class="form-actions__apart">
                    <Button variant=Variant::Quiet on_press=erase>{t(w::REPORT_ERASE)}</Button>
                </span>
            </div>
        </section>
    }
}

/// A file on its way, with its speed while it moves.
#[component]
fn Moving(form: ReportForm, piece: Piece, is_resting: Signal<bool>) -> impl IntoView {
    let words = use_words();
    let Piece { id, name, size, .. } = piece;
    let id = StoredValue::new(id);
    let sent = Memo::new(move |_| {
        form.pieces.with(|pieces| {
            let piece = pieces.iter().find(|piece| id.with_value(|id| piece.id == *id));
            piece.and_then(|piece| piece.upload.as_ref()).map_or(0, |upload| upload.offset)
        })
    });
    // Between two pieces that arrived; what came before the first may have been a wait for other files.
    let last = StoredValue::new((0.0, 0));
    let speed = Memo::new(move |_| {
        let (sent, is_resting, now) = (sent.get(), is_resting.get(), clock::monotonic_millis());
        let (since, from) = last.get_value();
        last.set_value((now, sent));
        let is_moving = !is_resting && from > 0 && sent > from && now > since;
        if is_moving { ((sent - from) as f64 * 1_000.0 / (now - since)) as u64 } else { 0 }
    });
    let said = move || {
        let share = sent.get() as f64 / size.max(1) as f64;
        let share = intl::percent((share * 100.0).floor() / 100.0, &words.language());
        let rest = megabytes(size.saturating_sub(sent.get()), words);
        match speed.get() {
            0 => words.text_with(w::REPORT_SENDING_PIECE, &[("share", share), ("rest", rest)]),
            speed => {
                let speed = megabytes(speed, words);
                words.text_with(w::ATTACH_SPEED, &[("share", share), ("speed", speed), ("rest", rest)])
            }
        }
    };
    let label = name.clone();
    view! {
        <li class="piece">
            <div class="piece__line">
                <span class="piece__name">{name}</span>
                <span class="piece__size">{said}</span>
            </div>
            <progress class="piece__progress" max=size.to_string() prop:value=move || sent.get() as f64 aria-label=label></progress>
        </li>
    }
}

/// The number to quote, and where the answer will be.
#[component]
pub fn Done(number: String) -> impl IntoView {
    let announcer = use_announcer();
    let words = use_words();
    let text = words.text_with(w::REPORT_SENT, &[("number", number)]);
    announcer.announce(text.clone());
    // The focus is the browser's.
    effect(|| {
        request_animation_frame(|| {
            focus::focus_id("report-sent");
        });
    });
    let mine = crate::route::MY_REPORTS;
    let another = crate::route::report(Some(&random::uuid()));
    view! {
        <section class="stack">
            <h2 id="report-sent" tabindex="-1">{text}</h2>
            <p class="form-actions">
                <a class="button" data-variant="primary" href=mine target="_blank">{t(w::REPORT_MINE)}</a>
                <a class="button" href=another>{t(w::REPORT_ANOTHER)}</a>
            </p>
        </section>
    }
}

/// Another report that waits on this device: it goes out by itself, after the ones before it.
#[component]
pub fn Waiting(which: Slot, gone: RwSignal<Vec<String>>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    drafts::provide_slot(which);
    let saved =
        drafts::restore::<ReportDraft>(state, DraftOf::Report).filter(|saved| saved.draft.sending.is_some());
    let Some(Saved { at, draft }) = saved else { return };
    let form = ReportForm::of(draft);
    let keeper = Keeper::keep(DraftOf::Report, state, Signal::derive(move || form.snapshot()), Some(at));
    let files = Files::of(form, keeper, state, words);
    let outbox = Outbox::of(form, files, keeper);
    keeper.follow(Callback::new(move |heard| match heard {
        Heard::Changed(json) => {
            if let Ok(draft) = frontdesk_contract::json::read::<ReportDraft>(&json) {
                form.put(draft);
            }
        }
        Heard::Apart => {}
        Heard::Sent(_) | Heard::Discarded => {
            keeper.stop();
            outbox.stage.set(Stage::Elsewhere);
        }
    }));
    // Whoever reads the page is outside this report.
    effect(move || {
        if let Stage::Sent(number) = outbox.stage.get() {
            gone.update(|gone| gone.push(number));
        }
    });
    outbox.go();
}
