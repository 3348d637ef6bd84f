//! The page that shows the dialog, when it stands in a frame: what it tells, and what it is told.

use leptos::prelude::*;

use crate::api::bearer::Bearer;
use crate::browser::{host, page, timer};
use crate::domain::host::{About, FromHost, Look, ToHost};
use crate::domain::mask::mask;

/// How long one waits until the dialog is out of the way of a capture, in milliseconds, and how often one looks.
const PATIENCE: i32 = 3_000;
const GLANCE: i32 = 50;
/// How long one waits until its server has signed who sits here, in milliseconds.
const SIGNING: i32 = 10_000;

/// The page around, in context.
#[derive(Clone, Copy)]
pub struct Around {
    about: RwSignal<Option<About>>,
    /// The origin of that page, once it has said something; it is told nothing before.
    origin: StoredValue<Option<String>>,
    hidden: StoredValue<Option<Look>>,
    opened: RwSignal<u32>,
    /// Its answer to who sits here.
    told: StoredValue<Option<Option<String>>>,
    bearer: StoredValue<Option<Bearer>>,
    unknown: RwSignal<Option<Unknown>>,
}

/// Why the page around can't say who sits here, though it says that its server signs that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It gave nothing that is a token, or nothing in time.
    Silent,
    /// The backend doesn't take its token.
    Refused,
}

impl Around {
    /// Says that the dialog stands, and listens for as long as the caller stands.
    pub fn begin() -> Self {
        let around = Self {
            about: RwSignal::new(None),
            origin: StoredValue::new(None),
            hidden: StoredValue::new(None),
            opened: RwSignal::new(0),
            told: StoredValue::new(None),
            bearer: StoredValue::new(None),
            unknown: RwSignal::new(None),
        };
        let heard = host::hear(move |json, origin| around.take(&json, origin));
        let heard = StoredValue::new_local(heard);
        on_cleanup(move || heard.dispose());
        page::set_mark("data-framed", host::is_framed());
        // Nothing is in it that anybody could learn from.
        host::tell(&ToHost::Ready.json(), "*");
        around
    }

    /// What the page around told about itself, with secrets masked; follows changes.
    pub fn about(&self) -> Option<About> {
        self.about.get()
    }

    /// How often the page around has opened the dialog; follows changes.
    pub fn opened(&self) -> u32 {
        self.opened.get()
    }

    /// Whether the dialog stands in a frame that can be closed.
    pub fn is_framed(&self) -> bool {
        host::is_framed()
    }

    /// Tells the page around, and nobody else.
    pub fn tell(&self, what: ToHost) {
        if let Some(origin) = self.origin.get_value() {
            host::tell(&what.json(), &origin);
        }
    }

    /// Gets the dialog out of the way of a capture, and says how the page behind it looks. A page that doesn't answer
    /// isn't waited for long.
    pub async fn hide(&self) -> Option<Look> {
        self.hidden.set_value(None);
        self.origin.get_value()?;
        self.tell(ToHost::Hide);
        let mut waited = 0;
        while waited < PATIENCE && self.hidden.with_value(Option::is_none) {
            timer::sleep(GLANCE).await;
            waited += GLANCE;
        }
        self.hidden.get_value()
    }

    /// Whether the page around may be asked who sits here; follows changes.
    pub fn may_ask(&self) -> bool {
        self.about.with(|about| about.as_ref().is_some_and(|about| about.signs))
            && self.unknown.read().is_none()
    }

    /// Why it couldn't say who sits here; follows changes.
    pub fn unknown(&self) -> Option<Unknown> {
        self.unknown.get()
    }

    /// Its word on who sits here, for each call.
    pub fn bearer(&self) -> Option<Bearer> {
        self.bearer.try_get_value().flatten()
    }

    /// Asks the page around who sits here; whether it gave a token. The one before is no longer said.
    pub async fn ask(&self) -> bool {
        self.bearer.set_value(None);
        self.told.set_value(None);
        self.tell(ToHost::Token);
        let mut waited = 0;
        while waited < SIGNING && self.told.with_value(Option::is_none) {
            timer::sleep(GLANCE).await;
            waited += GLANCE;
        }
        let token = self.told.try_get_value().flatten().flatten();
        let bearer = token.zip(self.origin.get_value()).map(|(token, host)| Bearer { token, host });
        let is_told = bearer.is_some();
        self.bearer.set_value(bearer);
        if !is_told {
            self.unknown.set(Some(Unknown::Silent));
        }
        is_told
    }

    /// The backend doesn't take the token.
    pub fn refused(&self) {
        self.bearer.set_value(None);
        self.unknown.set(Some(Unknown::Refused));
    }

    fn take(&self, json: &str, origin: String) {
        // Whoever has said hello is the page around; another one in its place is a page that has gone.
        if self.origin.with_value(|known| known.as_ref().is_some_and(|known| *known != origin)) {
            return;
        }
        match FromHost::read(json) {
            Some(FromHost::Hello(about)) => {
                self.origin.set_value(Some(origin));
                let errors = about.errors.iter().map(|error| mask(error)).collect();
                self.opened.update(|opened| *opened = opened.wrapping_add(1));
                self.unknown.set(None);
                self.about.set(Some(About { page: mask(&about.page), errors, ..about }));
            }
            Some(FromHost::Token(token)) => self.told.set_value(Some(token)),
            Some(FromHost::Hidden(look)) => self.hidden.set_value(Some(look)),
            Some(FromHost::Closed) | None => {}
        }
    }
}
