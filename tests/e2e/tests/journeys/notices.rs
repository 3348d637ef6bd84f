//! Notifications of the system: nobody is asked for them before they are used.

use frontdesk_e2e::{Who, desk};
use serde_json::json;

/// Notes how often the person is asked, who always agrees, and what they are shown.
const AGREE: &str = "window.asked = 0; window.shown = []; \
    window.Notification = class { constructor(title, options) { shown.push(title + ': ' + options.body) } \
      static get permission() { return asked ? 'granted' : 'default' } \
      static async requestPermission() { asked += 1; return 'granted' } }; return null";

#[tokio::test]
async fn notifications_are_asked_for_on_use_alone_and_then_shown() {
    desk(async |desk| {
        let admin = desk.open("/sign-in").await;
        admin.script(AGREE).await;
        admin.sign_in(Who::Admin).await;
        admin.press_first("link", "Requests").await;
        admin.see_heading("Requests").await;
        for page in ["Accounts", "Status"] {
            admin.press(page).await;
            admin.see_heading(page).await;
        }
        admin.see_thing("button", "Notify this device").await;
        assert_eq!(admin.script("return asked").await, json!(0), "only looked at");
        admin.press("Notify this device").await;
        admin.see_thing("button", "Stop notifying this device").await;
        assert_eq!(admin.script("return asked").await, json!(1), "pressed once");

        let agent = desk.signed_in(Who::Agent).await;
        agent.press("Status").await;
        agent.fill("What fails or is planned, in one sentence", "Sign-in is slow").await;
        agent.choose("Sign-in").await;
        agent.pick("How bad is it?", "Fails for everyone").await;
        agent.fill("What people should know", "We are looking into it.").await;
        agent.press("Publish").await;
        agent.see_heading("Sign-in is slow").await;
        admin.press("Follow Sign-in is slow").await;
        admin.see("You follow this: its updates come to Overview.").await;
        assert_eq!(admin.script("return shown.length").await, json!(0), "what was just read is no news");
        agent.press("Add an update Sign-in is slow").await;
        agent.pick("Where it stands", "Resolved").await;
        agent.fill("What people should know", "It is fast again.").await;
        agent.press("Publish").await;
        admin
            .wait("a notification is shown", async || {
                let shown = admin.script("return shown.join('\\n')").await;
                shown == json!("Resolved: Sign-in is slow: It is fast again.")
            })
            .await;
        admin.press("Stop notifying this device").await;
        admin.see_thing("button", "Notify this device").await;
        assert_eq!(admin.script("return asked").await, json!(1));
    })
    .await;
}
