//! The form: what went wrong, where, who is hit, what goes with it.

use frontdesk_contract::report::Scope;
use frontdesk_contract::text::{BODY_MAX, PAGE_TEXT_MAX};
use leptos::prelude::*;

use crate::api::reports::Basics;
use crate::i18n::{keys as w, t, use_words};
use crate::report::files::Files;
use crate::report::form::ReportForm;
use crate::report::pieces::{self, OfForm};
use crate::shell::piece::Part;
use crate::shell::refused::body_text;
use crate::ui::{
    Checkbox, Choice, ChoiceLayout, ChoiceOption, ErrorSummary, Select, SelectOption, TextArea, TextField,
};

/// The id of the only field that has to be filled in.
pub const BODY: &str = "report-body";

/// All fields.
#[component]
pub fn Write(form: ReportForm, files: Files, settings: Signal<Basics>) -> impl IntoView {
    let words = use_words();
    let error =
        Signal::derive(move || form.wrong.get().map(|wrong| body_text(wrong, w::ERROR_BODY_MISSING, words)));
    let errors = Signal::derive(move || error.get().map(|text| (BODY, text)).into_iter().collect::<Vec<_>>());
    let topics = Signal::derive(move || {
        let language = words.language();
        settings.with(|settings| {
            let option = |topic: &frontdesk_contract::Topic| {
                SelectOption::new(topic.id.as_str(), topic.name.in_language(&language))
            };
            settings.topics.iter().map(option).collect()
        })
    });
    let scopes = Signal::derive(move || {
        let option = |scope: Scope, key| ChoiceOption {
            value: scope.as_str().to_owned(),
            label: words.text(key),
            text: String::new(),
            refused: None,
        };
        vec![
            option(Scope::Me, w::REPORT_SCOPE_ME),
            option(Scope::Team, w::REPORT_SCOPE_TEAM),
            option(Scope::Everyone, w::REPORT_SCOPE_EVERYONE),
        ]
    });
    view! {
        <ErrorSummary title=t(w::ERROR_SUMMARY) errors/>
        <Part load=pieces::known props=OfForm { form, files, settings } lines=0/>
        <TextArea id=BODY label=t(w::REPORT_WHAT) value=form.body error rows=4 max=BODY_MAX/>
        <Part load=pieces::media props=OfForm { form, files, settings } lines=2/>
        <div class="report__row">
            <TextField id="report-page" label=t(w::REPORT_WHERE) value=form.page max=PAGE_TEXT_MAX/>
            <Select
                id="report-topic"
                label=t(w::REPORT_TOPIC)
                prompt=t(w::REPORT_TOPIC_NONE)
                value=form.topic
                options=topics
            />
        </div>
        <Choice id="report-scope" legend=t(w::REPORT_SCOPE) value=form.scope options=scopes layout=ChoiceLayout::Row/>
        <Checkbox id="report-contact" label=t(w::REPORT_CONTACT) hint=t(w::REPORT_CONTACT_HINT) checked=form.contact/>
        <Part load=pieces::leaves props=form lines=1/>
    }
}
