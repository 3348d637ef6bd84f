//! Tells chat groups of each update: signed messages (Standard Webhooks) from a queue that outlives the process.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use frontdesk_contract::Timestamp;
use frontdesk_contract::delivery::DeliveryState;
use frontdesk_contract::status::{Incident, IncidentUpdate};
use frontdesk_contract::time::Span;
use hmac::{Hmac, Mac as _};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};
use serde_json::json;
use sha2::Sha256;

use crate::app::App;
use crate::settings::status::Webhook;
use crate::store::Write;
use crate::store::deliveries::{self, Due};
use crate::upstream::addresses::Guarded;

/// How often a message is tried: the last time is about two days after the first.
pub const TRIES_MAX: u32 = 16;
/// The first pause is up to this long, each next one up to twice the one before.
const FIRST_PAUSE: Span = Span::seconds(10);
/// No pause is longer.
const LONGEST_PAUSE: Span = Span::hours(6);
/// How long a receiver may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// How often is looked when nothing is said.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Puts an update into the queue, for each chat group of the settings.
pub async fn enqueue(
    write: &mut Write,
    app: &App,
    incident: &Incident,
    update: &IncidentUpdate,
    now: Timestamp,
) -> sqlx::Result<()> {
    let webhooks = &app.decided().status.webhooks;
    if webhooks.is_empty() {
        return Ok(());
    }
    let url = format!("{}/status#{}", app.origin().as_str(), incident.id);
    // `text` is what Slack, Mattermost and others show of a message; the rest is for programs.
    let body = json!({
        "type": "incident.updated",
        "timestamp": update.created_at,
        "text": format!("{}: {}\n{}\n{url}", incident.name, update.status.as_str(), update.body),
        "data": {
            "incident": {
                "id": incident.id, "name": incident.name, "status": incident.status, "impact": incident.impact,
                "started_at": incident.started_at, "resolved_at": incident.resolved_at,
                "components": incident.components, "url": url,
            },
            "update": update,
        },
    });
    let message = format!("msg_{}", update.id);
    for webhook in webhooks {
        deliveries::insert(write, &webhook.name, &message, &body.to_string(), now).await?;
    }
    Ok(())
}

/// The headers that sign a message.
pub fn signature(secret: &[u8], message: &str, at: Timestamp, body: &str) -> (String, String) {
    let seconds = at.millis().div_euclid(1_000).to_string();
    // A key of any length is taken.
    let code = Hmac::<Sha256>::new_from_slice(secret).map(|mut code| {
        code.update(format!("{message}.{seconds}.{body}").as_bytes());
        code.finalize().into_bytes()
    });
    let code = code.map(|code| STANDARD.encode(code)).unwrap_or_default();
    (seconds, format!("v1,{code}"))
}

/// How long to wait after so many tries: anything up to twice the pause before, so that receivers that come back
/// aren't met by all at once. `share` is between 0 and 1.
pub fn pause(tries: u32, share: f64) -> Span {
    let longest = FIRST_PAUSE.0.saturating_mul(1_i64 << tries.min(20)).min(LONGEST_PAUSE.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "some hours in milliseconds"
    )]
    let pause = (longest as f64 * share.clamp(0.0, 1.0)) as i64;
    Span(pause.max(1_000))
}

/// Sends what is due.
#[derive(Debug, Clone)]
pub struct Courier {
    client: Client,
    guarded: Guarded,
}

impl Courier {
    /// A courier that goes to public addresses alone, and to this machine where the operator says so.
    pub fn new(allow_loopback: bool) -> reqwest::Result<Self> {
        let guarded = Guarded { allow_loopback };
        let client = Client::builder()
            .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would look names up by itself.
            .no_proxy()
            .dns_resolver(Arc::new(guarded))
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN)
            .build()?;
        Ok(Self { client, guarded })
    }

    /// Sends until the backend stops.
    pub async fn run(self, app: App) {
        let mut hints = app.hints();
        loop {
            if let Err(error) = self.deliver(&app, app.now()).await {
                tracing::error!(%error, "messages to chat groups could not be sent");
            }
            let pause = match app.store().next_delivery().await {
                Ok(Some(next)) => u64::try_from(next.since(app.now()).0.max(100)).unwrap_or(u64::MAX),
                Ok(None) | Err(_) => u64::MAX,
            };
            tokio::select! {
                () = app.stopping().cancelled() => return,
                () = tokio::time::sleep(Duration::from_millis(pause).min(LOOK_EVERY)) => {}
                hint = hints.changed() => if hint.is_err() { return },
            }
        }
    }

    /// Sends what is due at `now`, and writes down what became of it.
    pub async fn deliver(&self, app: &App, now: Timestamp) -> sqlx::Result<()> {
        for due in app.store().due_deliveries(now).await? {
            let ended = match app.decided().status.webhook(&due.webhook) {
                Some(webhook) => self.send(webhook, &due, now).await,
                None => Ended::never("the settings have no such webhook"),
            };
            let (state, next_at) = match ended.what {
                Next::Done => (DeliveryState::Delivered, now),
                Next::Never => (DeliveryState::Failed, now),
                Next::Again(_) if due.tries + 1 >= TRIES_MAX => (DeliveryState::Failed, now),
                Next::Again(least) => {
                    let pause = pause(due.tries, rand::random());
                    (DeliveryState::Waiting, now.plus(pause.max(least)))
                }
            };
            let mut write = app.store().write().await?;
            deliveries::tried(&mut write, due.id, state, &ended.answer, next_at, now).await?;
            write.commit().await?;
        }
        Ok(())
    }

    async fn send(&self, webhook: &Webhook, due: &Due, now: Timestamp) -> Ended {
        let Some(secret) = webhook.secret.bytes() else { return Ended::never("the secret is none") };
        let Ok(url) = Url::parse(&webhook.url) else { return Ended::never("the address is none") };
        if !url.host_str().is_some_and(|host| self.guarded.allows_host(host)) {
            return Ended::never("the address is private");
        }
        let (seconds, signature) = signature(&secret, &due.message, now, &due.body);
        let sent = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &due.message)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(due.body.clone())
            .send()
            .await;
        match sent {
            Ok(response) => Ended::with(response.status(), wanted_pause(&response)),
            Err(error) => Ended::without(&error),
        }
    }
}

/// What a try ended with.
struct Ended {
    what: Next,
    answer: String,
}

/// What comes after a try.
enum Next {
    Done,
    Never,
    /// Again, but not before.
    Again(Span),
}

impl Ended {
    fn never(answer: &str) -> Self {
        Self { what: Next::Never, answer: answer.to_owned() }
    }

    fn with(status: StatusCode, wanted: Span) -> Self {
        let what = match status {
            status if status.is_success() => Next::Done,
            // The receiver says that it doesn't want any more.
            StatusCode::GONE => Next::Never,
            _ => Next::Again(wanted),
        };
        Self { what, answer: status.as_u16().to_string() }
    }

    fn without(error: &reqwest::Error) -> Self {
        // The whole text of an error may carry the address, and with it its secret path.
        let answer = if error.is_timeout() {
            "no answer in time"
        } else if error.is_connect() {
            "can't be reached"
        } else {
            "the answer was cut off"
        };
        Self { what: Next::Again(Span(0)), answer: answer.to_owned() }
    }
}

/// How long the receiver asks to wait, in seconds; a date is not read.
fn wanted_pause(response: &reqwest::Response) -> Span {
    let header = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds: i64 = header.and_then(|text| text.trim().parse().ok()).unwrap_or_default();
    Span::seconds(seconds.clamp(0, LONGEST_PAUSE.0 / 1_000))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_message_is_signed_as_the_standard_says() {
        // The example of the Standard Webhooks specification.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let at = Timestamp::from_millis(1_614_265_330_000).expect("a time");
        let (seconds, signature) =
            signature(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, "{\"test\": 2432232314}");
        assert_eq!(seconds, "1614265330");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    proptest! {
        #[test]
        fn pauses_grow_and_end(tries in 0u32..40, share in 0.0f64..=1.0) {
            let pause = pause(tries, share);
            prop_assert!(pause >= Span::seconds(1) && pause <= LONGEST_PAUSE);
            prop_assert!(pause <= super::pause(tries + 1, share));
        }
    }
}
