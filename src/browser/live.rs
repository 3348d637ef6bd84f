//! The live stream of events: one for the whole browser, however many tabs are open.
//!
//! The tab that holds the Web Lock opens the stream and passes on what comes; when it goes, the lock
//! falls to another tab, which goes on from the last event that it saw. (Six streams over HTTP/1.1 would
//! freeze the seventh tab.)

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise};
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, EventSource, MessageEvent};

use super::boot::get;
use super::listen::{Listener, listen};
use super::random;
use super::timer::{self, Timer};

/// The name of the lock and of the channel.
const NAME: &str = "frontdesk-events";

/// Where the stream is.
const ADDRESS: &str = "/api/events?after=";

/// After this much silence the stream is dead: three heartbeats.
const SILENCE_MILLIS: i32 = 45_000;

/// The longest wait before trying again, and the first.
const WAIT_MAX_MILLIS: f64 = 30_000.0;
const WAIT_FIRST_MILLIS: f64 = 1_000.0;

/// Stops following when dropped.
#[must_use = "the stream is left when this is dropped"]
pub struct Following {
    // The browser has one thread; the wrapper lets `on_cleanup` own the handle.
    follower: SendWrapper<Rc<Follower>>,
}

/// What one tab knows and holds.
struct Follower {
    on_message: Box<dyn Fn(String)>,
    on_closed: Box<dyn Fn()>,
    channel: Option<BroadcastChannel>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    failures: i32,
    stream: Option<Stream>,
    waiting: Option<Timer>,
    hearing: Option<Listener>,
    release: Option<Function>,
    is_stopped: bool,
}

/// The open stream of the tab that has the lock.
struct Stream {
    source: EventSource,
    _listeners: [Listener; 2],
    _silence: Timer,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Follows all events after `after`. `on_message` gets the data of each, whichever tab heard
/// it; `on_closed` is called each time that the stream breaks, so that somebody asks whether the session
/// still stands. The stream is tried again by itself until the handle is dropped.
pub fn follow(
    after: u64,
    on_message: impl Fn(String) + 'static,
    on_closed: impl Fn() + 'static,
) -> Following {
    let follower = Rc::new(Follower {
        on_message: Box::new(on_message),
        on_closed: Box::new(on_closed),
        channel: BroadcastChannel::new(NAME).ok(),
        state: RefCell::new(State { last: after, ..State::default() }),
    });
    hear(&follower);
    take_turn(&follower);
    Following { follower: SendWrapper::new(follower) }
}

impl Drop for Following {
    fn drop(&mut self) {
        let state = std::mem::take(&mut *self.follower.state.borrow_mut());
        self.follower.state.borrow_mut().is_stopped = true;
        if let Some(release) = &state.release {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
        if let Some(channel) = &self.follower.channel {
            channel.close();
        }
    }
}

impl Follower {
    /// Tells the other tabs.
    fn tell(&self, text: &str) {
        if let Some(channel) = &self.channel {
            // Refused only when the channel is closed, and then nobody follows here.
            let _ = channel.post_message(&JsValue::from_str(text));
        }
    }

    /// Remembers how far we are and tells the page.
    fn received(&self, id: u64, data: String) {
        {
            let mut state = self.state.borrow_mut();
            state.last = state.last.max(id);
        }
        (self.on_message)(data);
    }
}

/// Listens to what the tab with the stream passes on: the id, a line feed, the data; nothing when it broke.
fn hear(follower: &Rc<Follower>) {
    let Some(channel) = &follower.channel else { return };
    let weak = Rc::downgrade(follower);
    let hearing = listen(channel, "message", move |event| {
        let text = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
        let Some(follower) = weak.upgrade() else { return };
        match text.as_deref().unwrap_or_default().split_once('\n') {
            Some((id, data)) => follower.received(id.parse().unwrap_or_default(), data.to_owned()),
            None => (follower.on_closed)(),
        }
    });
    follower.state.borrow_mut().hearing = Some(hearing);
}

/// Waits for the lock, opens the stream, and keeps the lock until this tab stops following.
fn take_turn(follower: &Rc<Follower>) {
    let weak = Rc::downgrade(follower);
    let granted = Closure::once_into_js(move |_lock: JsValue| -> Promise {
        Promise::new(&mut |release, _| match weak
            .upgrade()
            .filter(|follower| !follower.state.borrow().is_stopped)
        {
            Some(follower) => {
                follower.state.borrow_mut().release = Some(release);
                open(&follower);
            }
            None => {
                let _ = release.call0(&JsValue::UNDEFINED);
            }
        })
    });
    // `web-sys` has no stable `LockManager`.
    let locks = get(&get(&js_sys::global(), "navigator"), "locks");
    if let Some(request) = get(&locks, "request").dyn_ref::<Function>() {
        // The promise ends when the lock is given back; nobody waits for that.
        let _ = request.call2(&locks, &JsValue::from_str(NAME), &granted);
    }
}

/// Opens the stream where the last event ended.
fn open(follower: &Rc<Follower>) {
    let last = follower.state.borrow().last;
    let Ok(source) = EventSource::new(&format!("{ADDRESS}{last}")) else { return };
    let (weak, failing) = (Rc::downgrade(follower), Rc::downgrade(follower));
    let listeners = [
        listen(&source, "message", move |event| {
            if let (Some(follower), Some(event)) = (weak.upgrade(), event.dyn_ref::<MessageEvent>()) {
                pass_on(&follower, event);
            }
        }),
        listen(&source, "error", move |_| broke(&failing)),
    ];
    let silence = silence(follower);
    follower.state.borrow_mut().stream = Some(Stream { source, _listeners: listeners, _silence: silence });
}

/// Takes an event of the stream, and gives it to the other tabs.
fn pass_on(follower: &Rc<Follower>, event: &MessageEvent) {
    let silence = silence(follower);
    {
        let mut state = follower.state.borrow_mut();
        state.failures = 0;
        if let Some(stream) = &mut state.stream {
            stream._silence = silence;
        }
    }
    let data = event.data().as_string().unwrap_or_default();
    let id = event.last_event_id();
    follower.tell(&format!("{id}\n{data}"));
    follower.received(id.parse().unwrap_or_default(), data);
}

/// Gives up on a stream that has said nothing for too long, as after a sleep of the device.
fn silence(follower: &Rc<Follower>) -> Timer {
    let weak = Rc::downgrade(follower);
    timer::after(SILENCE_MILLIS, move || broke(&weak))
}

/// Closes the stream, says so, and tries again after a random wait that grows.
fn broke(weak: &Weak<Follower>) {
    let Some(follower) = weak.upgrade() else { return };
    let again = weak.clone();
    let stream = {
        let mut state = follower.state.borrow_mut();
        if state.is_stopped {
            return;
        }
        let ceiling = (WAIT_FIRST_MILLIS * 2_f64.powi(state.failures.min(10))).min(WAIT_MAX_MILLIS);
        state.failures = state.failures.saturating_add(1);
        let wait = (random::fraction() * ceiling) as i32;
        state.waiting = Some(timer::after(wait, move || {
            if let Some(follower) = again.upgrade().filter(|follower| !follower.state.borrow().is_stopped) {
                open(&follower);
            }
        }));
        state.stream.take()
    };
    drop(stream);
    follower.tell("");
    (follower.on_closed)();
}
