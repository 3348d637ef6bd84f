//! The dialog on a page of another site, whose own server signs who sits before it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use frontdesk_e2e::{Desk, Page, Who, desk, place};
use hmac::{Hmac, Mac as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::report::red_picture;

const WHAT: &str = "The canteen’s menu on the intranet is last week’s.";
const FIELD: &str = "What isn’t working?";

/// What the host's server says to its page; the last one again and again.
type Tokens = Arc<Mutex<Vec<String>>>;

/// A page of another site.
struct Host {
    origin: String,
    secret: String,
    tokens: Tokens,
}

#[tokio::test]
async fn a_page_on_another_site_says_who_reports() {
    desk(async |desk| {
        let host = Host::stand(desk).await;
        host.says([host.sign(&host.secret, "employee@acme.example", &host.origin, 300)]);
        let page = host.opened(desk).await;
        page.see_thing("button", "Send report").await;
        page.fill(FIELD, WHAT).await;
        let picture: PathBuf = red_picture(&page, &desk.folder).await;
        page.give_file(&picture).await;
        page.see("The whole picture is covered").await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;

        let employee = desk.signed_in(Who::Employee).await;
        let all = employee.ask_backend("/api/reports").await;
        let newest = &all["items"][0];
        assert_eq!((&newest["body"], &newest["source"]), (&json!(WHAT), &json!("dialog")), "{all}");
        assert_eq!(newest["uploads"][0]["kind"], json!("image/png"), "{newest}");
        // The token has made its report: the next one needs another, and the page is asked for it.
        host.says([host.sign(&host.secret, "employee@acme.example", &host.origin, 300)]);
        page.press("Report something else").await;
        page.see_thing("button", "Send report").await;
        page.fill(FIELD, "And the one before.").await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        page.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn a_token_that_runs_out_while_one_writes_is_asked_for_anew() {
    desk(async |desk| {
        let host = Host::stand(desk).await;
        // The time begins when the browser is there, whatever that takes.
        let page = host.visited(desk).await;
        let end = now() + 18;
        let first = host.sign_until(&host.secret, "employee@acme.example", &host.origin, end);
        let second = host.sign(&host.secret, "employee@acme.example", &host.origin, 300);
        host.says([first, second]);
        open_dialog(&page).await;
        page.see_thing("button", "Send report").await;
        page.fill(FIELD, WHAT).await;
        page.wait("the first token is over", async || now() > end).await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        page.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn a_page_that_can_no_longer_say_who_reports_is_told_and_nothing_is_lost() {
    desk(async |desk| {
        let host = Host::stand(desk).await;
        // The time begins when the browser is there, whatever that takes.
        let page = host.visited(desk).await;
        let end = now() + 18;
        let first = host.sign_until(&host.secret, "employee@acme.example", &host.origin, end);
        host.says([first, "<h1>Signed out</h1>".to_owned()]);
        open_dialog(&page).await;
        page.see_thing("button", "Send report").await;
        page.fill(FIELD, WHAT).await;
        page.wait("the first token is over", async || now() > end).await;
        page.press("Send report").await;
        page.see("The page around this dialog can no longer say who you are.").await;
        page.see(WHAT).await;
        // The page knows its person again: the next opening sends what waits.
        host.says([host.sign(&host.secret, "employee@acme.example", &host.origin, 300)]);
        page.leave_frame().await;
        page.script("Frontdesk.close(); Frontdesk.open()").await;
        page.enter_frame().await;
        page.see("Your report number is P-").await;
        page.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn a_page_that_cannot_say_who_reports_leaves_nobody_in_silence() {
    desk(async |desk| {
        let host = Host::stand(desk).await;
        host.says(["<h1>Not found</h1>".to_owned()]);
        let page = host.opened(desk).await;
        page.see("The page around this dialog could not say who you are").await;
        page.see_thing("link", "Signed in already? Open this in a tab of its own").await;
        page.leave_frame().await;
        // Of another key, for another page, of an agent, and of nobody.
        for token in [
            host.sign("guessed", "employee@acme.example", &host.origin, 300),
            host.sign(&host.secret, "employee@acme.example", "https://evil.example", 300),
            host.sign(&host.secret, "agent@acme.example", &host.origin, 300),
            host.sign(&host.secret, "nobody@acme.example", &host.origin, 300),
        ] {
            host.says([token]);
            page.script("Frontdesk.close(); Frontdesk.open()").await;
            page.enter_frame().await;
            page.see("was not accepted").await;
            page.leave_frame().await;
        }
        page.forgive().await;
    })
    .await;
}

impl Host {
    /// A host that the desk knows, and that may show the dialog.
    async fn stand(desk: &mut Desk) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        desk.backend.kill().await;
        let made = Command::new(place::backend())
            .args(["token", "--scope", "report", "--name", &origin, "--data"])
            .arg(desk.folder.join("data"))
            .output()
            .expect("the command");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let said = String::from_utf8(made.stdout).expect("text");
        let secret = said.lines().last().unwrap_or_default().trim().to_owned();
        desk.backend.restart_with(&["--frame-ancestor", &origin]).await;
        let tokens = Tokens::default();
        serve(listener, &desk.origin, tokens.clone());
        Self { origin, secret, tokens }
    }

    fn says(&self, tokens: impl IntoIterator<Item = String>) {
        *self.tokens.lock().expect("the tokens") = tokens.into_iter().collect();
    }

    fn sign(&self, secret: &str, email: &str, aud: &str, seconds: u64) -> String {
        self.sign_until(secret, email, aud, now() + seconds)
    }

    /// As a server of anybody's does it (RFC 7519, HS256).
    fn sign_until(&self, secret: &str, email: &str, aud: &str, exp: u64) -> String {
        let nanos = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_nanos();
        let claims = json!({ "sub": "7", "email": email, "aud": aud, "exp": exp, "jti": nanos.to_string() });
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut code = Hmac::<Sha256>::new_from_slice(&Sha256::digest(secret)).expect("a key");
        code.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(code.finalize().into_bytes()))
    }

    /// A browser at the host's page.
    async fn visited(&self, desk: &Desk) -> Page {
        let page = desk.browser("en-US").await;
        page.open_elsewhere(&self.origin).await;
        page.see_heading("The canteen").await;
        page
    }

    /// A browser at the host's page, in the dialog.
    async fn opened(&self, desk: &Desk) -> Page {
        let page = self.visited(desk).await;
        open_dialog(&page).await;
        page
    }
}

async fn open_dialog(page: &Page) {
    page.press("Report a problem").await;
    page.enter_frame().await;
    page.see_heading("Something isn’t working?").await;
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs()
}

fn serve(listener: TcpListener, desk: &str, tokens: Tokens) {
    let policy =
        format!("default-src 'none'; img-src data:; script-src {desk}; frame-src {desk}; connect-src 'self'");
    let page = format!(
        "<!doctype html><html lang=en><title>The canteen</title><link rel=icon href=data:,>\
         <script src='{desk}/embed.js' data-frontdesk data-token='/frontdesk-token' defer></script>\
         <h1>The canteen</h1><button data-frontdesk-open>Report a problem</button>"
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4_096];
            let read = stream.read(&mut asked).await.unwrap_or_default();
            let is_token = asked.get(..read).is_some_and(|asked| asked.starts_with(b"GET /frontdesk-token"));
            let (kind, body) = if is_token {
                ("text/plain", next(&tokens))
            } else {
                ("text/html; charset=utf-8", page.clone())
            };
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-security-policy: {policy}\r\n\
                 cache-control: no-store\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
}

fn next(tokens: &Tokens) -> String {
    let mut tokens = tokens.lock().expect("the tokens");
    if tokens.len() > 1 { tokens.remove(0) } else { tokens.first().cloned().unwrap_or_default() }
}
