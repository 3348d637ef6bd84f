//! Which part of the dialog comes in which piece of the program: words and *Send* come first. (ADR 0008.)

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::*;

use crate::api::reports::Basics;
use crate::domain::draft::Slot;
use crate::report::details::Details;
use crate::report::door::Door;
use crate::report::files::{self, Files};
use crate::report::form::ReportForm;
use crate::report::known::Known;
use crate::report::leaves::Leaves;
use crate::report::media::Media;
use crate::report::sending::{self, Done, OnItsWay, Outbox, Parcel, Stage, Waiting};
use crate::shell::piece::piece;

/// What the parts of the form are about.
#[derive(Clone, Copy)]
pub struct OfForm {
    /// The form.
    pub form: ReportForm,
    /// Its files.
    pub files: Files,
    /// What may be added, and the topics.
    pub settings: Signal<Basics>,
}

/// A report that waits beside the one that is open.
#[derive(Clone)]
pub struct OfWaiting {
    /// Where it lies.
    pub slot: Slot,
    /// The numbers of those that went out.
    pub gone: RwSignal<Vec<String>>,
}

/// Brings a parcel on its way, and says where it stands then.
pub type Deliver = fn(Parcel) -> Pin<Box<dyn Future<Output = Stage>>>;

/// Looks through the files on the device.
pub type LookThrough = fn(Files) -> Pin<Box<dyn Future<Output = ()>>>;

piece! {
    /// What is known already.
    if "report-pieces" pub fn known = media / known_part (OfForm) by |OfForm { form, settings, .. }| {
        view! { <Known form settings/> }.into_any()
    }
}
piece! {
    /// Pictures, videos and other files.
    if "report-pieces" pub fn media = media / media_part (OfForm) by |OfForm { form, files, settings }| {
        view! { <Media form files settings/> }.into_any()
    }
}
piece! {
    /// Where, which topic, who is hit, contact.
    if "report-pieces" pub fn details = details / details_part (OfForm) by |OfForm { form, settings, .. }| {
        view! { <Details form settings/> }.into_any()
    }
}
piece! {
    /// What was left on the device.
    if "report-pieces" pub fn left_over = media / left_over_part as LookThrough, |files| Box::pin(files::look_through(files))
}
piece! {
    /// What will be sent.
    if "report-pieces" pub fn leaves = media / leaves_part (ReportForm) by |form| view! { <Leaves form/> }.into_any()
}
piece! {
    /// Sending.
    if "report-pieces" pub fn deliver = sending / deliver_part as Deliver, |parcel| Box::pin(sending::deliver(parcel))
}
piece! {
    /// What is seen while the report is on its way or waits.
    if "report-pieces" pub fn on_its_way = sending / on_its_way_part (Outbox) by |outbox| {
        view! { <OnItsWay outbox/> }.into_any()
    }
}
piece! {
    /// Another report that waits on the device.
    if "report-pieces" pub fn waiting = sending / waiting_part (OfWaiting) by |OfWaiting { slot, gone }| {
        view! { <Waiting which=slot gone/> }.into_any()
    }
}
piece! {
    /// What is seen when it was sent.
    if "report-pieces" pub fn done = sending / done_part (String) by |number| view! { <Done number/> }.into_any()
}
piece! {
    /// For whoever isn't signed in.
    if "report-pieces" pub fn door = door / door_part (()) by |()| view! { <Door/> }.into_any()
}

/// Fetches what is needed for adding and for sending before it is asked for: the device may go offline.
pub async fn fetch() {
    let _ = media().await;
    let _ = deliver().await;
}
