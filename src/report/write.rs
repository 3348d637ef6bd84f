//! The form: what went wrong, and around it what follows from pieces of its own.

use frontdesk_contract::text::BODY_MAX;
use leptos::prelude::*;

use crate::api::reports::Basics;
use crate::i18n::{keys as w, t, use_words};
use crate::report::files::Files;
use crate::report::form::ReportForm;
use crate::report::pieces::{self, OfForm};
use crate::shell::piece::Part;
use crate::shell::refused::body_text;
use crate::ui::{ErrorSummary, TextArea};

/// The id of the only field that has to be filled in.
pub const BODY: &str = "report-body";

/// All fields.
#[component]
pub fn Write(form: ReportForm, files: Files, settings: Signal<Basics>) -> impl IntoView {
    let words = use_words();
    let error =
        Signal::derive(move || form.wrong.get().map(|wrong| body_text(wrong, w::ERROR_BODY_MISSING, words)));
    let errors = Signal::derive(move || error.get().map(|text| (BODY, text)).into_iter().collect::<Vec<_>>());
    let of_form = OfForm { form, files, settings };
    view! {
        <ErrorSummary title=t(w::ERROR_SUMMARY) errors/>
        <Part load=pieces::known props=of_form lines=0/>
        <TextArea id=BODY label=t(w::REPORT_WHAT) value=form.body error rows=4 max=BODY_MAX/>
        <Part load=pieces::media props=of_form lines=2/>
        <Part load=pieces::details props=of_form lines=4/>
        <Part load=pieces::leaves props=form lines=1/>
    }
}
