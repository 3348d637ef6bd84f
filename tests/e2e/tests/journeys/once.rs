//! Nothing is done twice: not by a double click, a lost answer, or a backend that stops in the middle.

use frontdesk_e2e::page::Network;
use frontdesk_e2e::{Page, Who, desk};

use crate::asking::fill_in;

#[tokio::test]
async fn a_double_click_makes_one_request() {
    desk(async |desk| {
        let subject = "Doubleclick: the calendar is a day behind";
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, subject).await;
        admin.press_twice("Send to support").await;
        admin.see_heading(subject).await;
        assert_eq!(admin.count_requests("Doubleclick").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_makes_one_request() {
    desk(async |desk| {
        let subject = "Lostanswer: badges can't be printed";
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, subject).await;
        lose_next_answer(&admin).await;
        admin.press("Send to support").await;
        admin.see("What you typed is kept").await;
        assert_eq!(admin.count_requests("Lostanswer").await, 1);
        admin.press("Send to support").await;
        admin.see_heading(subject).await;
        assert_eq!(admin.count_requests("Lostanswer").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_reload_while_sending_makes_one_request() {
    desk(async |desk| {
        let subject = "Reloadsent: the lift display is wrong";
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, subject).await;
        lose_next_answer(&admin).await;
        admin.press("Send to support").await;
        admin.see("What you typed is kept").await;
        admin.reload().await;
        // The person had pressed Send, so it goes on.
        admin.see_heading(subject).await;
        assert_eq!(admin.count_requests("Reloadsent").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_backend_that_stops_in_the_middle_loses_nothing() {
    desk(async |desk| {
        let subject = "Powercut: nobody can book a room";
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, subject).await;
        desk.backend.kill().await;
        admin.press("Send to support").await;
        admin.see("What you typed is kept").await;
        desk.backend.restart().await;
        admin.press("Send to support").await;
        admin.see_heading(subject).await;
        assert_eq!(admin.count_requests("Powercut").await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_without_a_network_is_kept_and_sent_once() {
    desk(async |desk| {
        let subject = "Offline: the door badge reader is dead";
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, subject).await;
        admin.network(Network::Cut).await;
        admin.press("Send to support").await;
        admin.see("You are offline").await;
        admin.network(Network::There).await;
        admin.press("Send to support").await;
        admin.see_heading(subject).await;
        assert_eq!(admin.count_requests("Offline").await, 1);
    })
    .await;
}

/// The backend does what it is asked next; its answer never arrives.
async fn lose_next_answer(page: &Page) {
    page.script(
        "const real = window.fetch; \
         window.fetch = (...call) => real.call(window, ...call).then(answer => { \
           const method = (call[0] && call[0].method) || (call[1] && call[1].method) || 'GET'; \
           if (method !== 'POST') return answer; \
           window.fetch = real; \
           throw new window.TypeError('Failed to fetch'); \
         });",
    )
    .await;
}
