//! The mark of a device without connection, with what waits to be sent.

use leptos::prelude::*;

use crate::domain::draft::DraftOf;
use crate::i18n::{keys as w, t, t_with};
use crate::route::{self, Route};
use crate::shell::Connection;
use crate::shell::drafts::{self, DraftsChanged, Listed};
use crate::state::SessionState;
use crate::ui::{Icon, IconName, When};

/// Says that the device is offline, that nothing is lost, and what was to be sent. (There is no service worker:
/// it is sent when its page is open and the device is connected.)
#[component]
pub fn OfflineBar() -> impl IntoView {
    let connection = expect_context::<Connection>();
    view! {
        <div role="status">
            <When on=Signal::derive(move || !connection.is_online())>
                <div class="shell-bar">
                    <Icon name=IconName::Offline/>
                    <p>{t(w::ERROR_OFFLINE)}</p>
                    <Waiting/>
                </div>
            </When>
        </div>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let DraftsChanged(changes) = expect_context::<DraftsChanged>();
    let links = move || {
        changes.track();
        let waiting = drafts::list(state).into_iter().filter(|listed| listed.gist.is_waiting());
        waiting.map(|listed| view! { " " <DraftLink listed/> }).collect_view()
    };
    view! {
        <p>
            {move || {
                let links = links();
                (!links.is_empty()).then(|| view! { {t(w::OFFLINE_WAITING)} {links} })
            }}
        </p>
    }
}

/// A draft by what it is for, and the way to it.
#[component]
pub fn DraftLink(listed: Listed) -> impl IntoView {
    let Listed { of, slot, .. } = listed;
    let (route, label) = match of {
        DraftOf::Report => {
            let href = route::report(slot.name());
            return view! { <a href=href rel="external">{t(w::DRAFT_REPORT)}</a> }.into_any();
        }
        DraftOf::Ask => (Route::Support, t(w::DRAFT_ASK)),
        DraftOf::Status => (Route::Status, t(w::DRAFT_STATUS)),
        DraftOf::Many => (Route::Many, t(w::DRAFT_LIST)),
        DraftOf::ReportAnswer(id) => {
            (Route::Report(id), t_with(w::DRAFT_REPORT_ANSWER, [("id", Signal::stored(id.to_string()))]))
        }
        DraftOf::ReportGroup(id) => (Route::ReportGroup(id), t(w::DRAFT_REPORT_GROUP)),
        DraftOf::ReportRequest(id) => (Route::ReportGroup(id), t(w::DRAFT_REPORT_REQUEST)),
        DraftOf::Account => (Route::NewAccount, t(w::DRAFT_ACCOUNT)),
        DraftOf::Reply(id) | DraftOf::Chat(id) => {
            (Route::Request(id), t_with(w::DRAFT_REPLY, [("id", Signal::stored(id.to_string()))]))
        }
        DraftOf::Call(id) => {
            (Route::Request(id), t_with(w::DRAFT_CALL, [("id", Signal::stored(id.to_string()))]))
        }
    };
    view! { <a href=route::with_draft(&route, slot.name())>{label}</a> }.into_any()
}
