//! The other fields of the form, none of which has to be filled in: where, which topic, who is hit, contact.

use frontdesk_contract::report::Scope;
use frontdesk_contract::text::PAGE_TEXT_MAX;
use leptos::prelude::*;

use crate::api::reports::Basics;
use crate::i18n::{keys as w, t, use_words};
use crate::report::form::ReportForm;
use crate::shell::topics::topic_options;
use crate::ui::{Checkbox, Choice, ChoiceLayout, ChoiceOption, Select, TextField};

/// These fields.
#[component]
pub fn Details(form: ReportForm, settings: Signal<Basics>) -> impl IntoView {
    let words = use_words();
    let topics = Signal::derive(move || settings.with(|settings| topic_options(&settings.topics, words)));
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
    }
}
