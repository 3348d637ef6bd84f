//! What became of messages to chat groups, for admins; nothing where there are none.

use frontdesk_contract::delivery::{Delivery, DeliveryState};
use frontdesk_contract::status::can_see_deliveries;
use leptos::prelude::*;

use crate::api::status;
use crate::browser::intl;
use crate::i18n::{keys as w, t, use_words};
use crate::shell::{Live, use_fetched};
use crate::state::SessionState;

/// The log.
#[component]
pub fn Deliveries() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let may_see =
        state.session_untracked().is_some_and(|session| can_see_deliveries(&session.person).is_ok());
    may_see.then(|| view! { <Log/> })
}

#[component]
fn Log() -> impl IntoView {
    let live = use_context::<Live>();
    let log = use_fetched(move || {
        if let Some(live) = live {
            live.status.track();
        }
        status::deliveries()
    });
    move || {
        let items = log.get().map(|page| page.items).unwrap_or_default();
        (!items.is_empty()).then(|| {
            let rows = items.into_iter().map(|delivery| view! { <Line delivery/> }).collect_view();
            view! {
                <details class="status__table">
                    <summary>{t(w::STATUS_DELIVERIES)}</summary>
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{t(w::STATUS_DELIVERIES_GROUP)}</th>
                                <th scope="col">{t(w::STATUS_DELIVERIES_STATE)}</th>
                                <th scope="col">{t(w::STATUS_DELIVERIES_ANSWER)}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </details>
            }
        })
    }
}

#[component]
fn Line(delivery: Delivery) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let (became, next_at, created_at) = (delivery.state, delivery.next_at, delivery.created_at);
    let text = move || match became {
        DeliveryState::Delivered => words.text(w::STATUS_DELIVERIES_DELIVERED),
        DeliveryState::Failed => words.text(w::STATUS_DELIVERIES_FAILED),
        DeliveryState::Waiting => {
            let next = next_at.map(|next| intl::relative(next, state.now(), &words.language()));
            words.text_with(w::STATUS_DELIVERIES_WAITING, &[("when", next.unwrap_or_default())])
        }
    };
    let time = move || intl::day_and_time(created_at, &words.language());
    view! {
        <tr>
            <th scope="row">{delivery.webhook} " · " {time}</th>
            <td>{text}</td>
            <td>{delivery.answer.unwrap_or_default()}</td>
        </tr>
    }
}
