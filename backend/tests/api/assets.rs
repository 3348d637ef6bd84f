//! The panel's files.

use std::path::Path;

use frontdesk_backend::operator;
use frontdesk_backend::server::{self, Options, Running};
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use crate::app::{Answer, Caller, NOW, options};

struct Served {
    folder: TempDir,
    running: Running,
}

impl Served {
    async fn start() -> Self {
        Self::start_with(|options| options).await
    }

    async fn start_with(change: impl FnOnce(Options) -> Options) -> Self {
        let folder = TempDir::new().unwrap();
        let panel = folder.path().join("dist");
        std::fs::create_dir_all(panel.join("lang")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(panel.join(name), text).unwrap();
        write("index.html", "the panel");
        write("report.html", "the dialog");
        write("404.html", "nothing here");
        write("config.json", "{}");
        write("_headers", "secret");
        write("panel-0123456789abcdef_bg.wasm", "plain wasm");
        write("panel-0123456789abcdef_bg.wasm.br", "brotli wasm");
        write("panel-0123456789abcdef_bg.wasm.gz", "gzip wasm");
        write("lang/en.0123abcd.json", "[]");
        std::fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        let mut options = options(&folder.path().join("data"), NOW.parse().unwrap());
        options.panel = Some(panel);
        let running = server::start(change(options)).await.unwrap();
        Self { folder, running }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.caller().send(Method::GET, path, None, headers).await
    }

    fn caller(&self) -> Caller {
        Caller::of(format!("http://{}", self.running.address()))
    }

    fn panel(&self) -> std::path::PathBuf {
        self.folder.path().join("dist")
    }
}

#[tokio::test]
async fn the_panels_addresses_answer_its_page() {
    let served = Served::start().await;
    for path in
        ["/", "/sign-in", "/requests/FD-1042", "/requests/x.y", "/requests/a-0123456789abcdef.js", "/claim"]
    {
        let answer = served.get(path, &[]).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "the panel"), "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
    }
}

#[tokio::test]
async fn what_is_missing_is_404_and_never_the_panel() {
    let served = Served::start().await;
    for path in [
        "/nothing",
        "/panel-ffffffffffffffff.js",
        "/requests/FD-1/x",
        "/_headers",
        "/.git",
        "/lang",
        "/lang/",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
    ] {
        let answer = served.get(path, &[]).await;
        assert_eq!((answer.status, answer.text.as_str()), (404, "nothing here"), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn the_smallest_form_that_is_accepted_is_sent() {
    let served = Served::start().await;
    let path = "/panel-0123456789abcdef_bg.wasm";
    for (accepted, text, encoding) in [
        ("gzip, deflate, br, zstd", "brotli wasm", "br"),
        ("gzip", "gzip wasm", "gzip"),
        ("br;q=0, gzip", "gzip wasm", "gzip"),
        ("identity", "plain wasm", ""),
    ] {
        let answer = served.get(path, &[("accept-encoding", accepted)]).await;
        assert_eq!((answer.text.as_str(), answer.header("content-encoding")), (text, encoding), "{accepted}");
        assert_eq!(answer.header("content-type"), "application/wasm");
        assert_eq!(answer.header("vary"), "Accept-Encoding");
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    }
}

#[tokio::test]
async fn a_page_that_is_known_is_not_sent_again() {
    let served = Served::start().await;
    let tag = served.get("/", &[]).await.header("etag").to_owned();
    let again = served.get("/", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    std::fs::write(served.panel().join("index.html"), "the new panel").unwrap();
    assert_eq!(served.get("/", &[("if-none-match", &tag)]).await.text, "the new panel");
}

#[tokio::test]
async fn only_the_dialog_may_be_framed_by_those_who_were_named() {
    let served = Served::start_with(|options| Options {
        frame_ancestors: vec!["https://intranet.example".to_owned()],
        ..options
    })
    .await;
    let dialog = served.get("/report.html", &[]).await;
    assert!(
        dialog.header("content-security-policy").ends_with("frame-ancestors 'self' https://intranet.example")
    );
    let panel = served.get("/", &[]).await;
    assert!(panel.header("content-security-policy").ends_with("frame-ancestors 'none'"));
}

#[tokio::test]
async fn files_are_read_only() {
    let served = Served::start().await;
    let answer = served.caller().send(Method::POST, "/", None, &[]).await;
    answer.is_problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), "GET, HEAD");
    assert_eq!(served.caller().send(Method::HEAD, "/", None, &[]).await.status, 200);
}

#[tokio::test]
async fn behind_https_the_cookie_is_bound_to_the_host() {
    let served =
        Served::start_with(|options| Options { origin: "https://desk.example".parse().ok(), ..options })
            .await;
    let answer = served.get("/", &[]).await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    let app = served.running.app();
    let data = served.folder.path().join("data");
    let link = operator::add_admin(&data, "first@acme.example", app.origin(), app.now()).await.unwrap();
    let (address, token) = link.split_once('#').unwrap();
    assert_eq!(address, "https://desk.example/claim");
    let claim = json!({"token": token, "password": "five green doors"});
    let claimed = served.caller().post("/api/claims", &claim).await;
    let (cookie, rest) = claimed.header("set-cookie").split_once(';').unwrap();
    assert!(cookie.starts_with("__Host-frontdesk="), "{cookie}");
    assert!(rest.starts_with(" Path=/; Secure; HttpOnly; SameSite=Strict"), "{rest}");
    let caller = Caller { cookie: Some(cookie.to_owned()), ..served.caller() };
    let gone = caller.delete("/api/session").await;
    assert!(
        gone.header("set-cookie").starts_with("__Host-frontdesk=; Path=/; Secure; HttpOnly; SameSite=Strict")
    );
}

#[tokio::test]
async fn a_folder_without_a_panel_is_refused() {
    let folder = TempDir::new().unwrap();
    let options = Options {
        panel: Some(folder.path().to_owned()),
        ..options(&folder.path().join("data"), NOW.parse().unwrap())
    };
    let error = server::start(options).await.expect_err("a refusal");
    assert!(error.to_string().contains("index.html is missing"), "{error}");
    assert!(!Path::exists(&folder.path().join("data")), "nothing was touched");
}
