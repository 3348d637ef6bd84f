//! One browser by WebDriver: sessions, and the commands that fantoccini has no words for.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::CmdError;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder};
use hyper::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time;
use url::{ParseError, Url};

use crate::place::{self, Kind};

/// What every page reports by itself: a refused script or style is written to the console.
const WATCH: &str = "document.addEventListener('securitypolicyviolation', event => \
    console.error('Policy violated: ' + event.effectiveDirective + ' by ' + event.blockedURI + ' ' + event.sample \
    + ' at ' + event.sourceFile + ':' + event.lineNumber));";

/// What Firefox has to complain about pages, since it was last asked: scripts that failed, and what a policy refused.
const COMPLAINTS: &str = "const said = Services.console.getMessageArray(); Services.console.reset(); \
    return said.filter(it => it instanceof Ci.nsIScriptError && /^http/.test(it.sourceName)).map(it => ({ \
    level: it.flags & Ci.nsIScriptError.warningFlag ? 'WARNING' : 'SEVERE', source: it.category, \
    message: it.sourceName + ' ' + it.lineNumber + ' ' + it.errorMessage }))";

/// A browser with a profile of its own, which ends with the value.
#[derive(Debug)]
pub struct Browser {
    /// The WebDriver session.
    pub client: Client,
    /// What it prefers.
    pub language: String,
    _driver: Driver,
}

impl Browser {
    /// Starts one that prefers `language`.
    pub async fn start(language: String) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder").keep();
        let driver = Driver::start(&folder).await;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder
            .capabilities(capabilities(&language, &folder))
            .connect(&driver.address)
            .await
            .unwrap_or_else(|error| panic!("no browser session: {error}"));
        let browser = Self { client, language, _driver: driver };
        if place::kind() == Kind::Chromium {
            browser.watch().await.expect("the page can be watched");
        }
        browser
    }

    /// Makes Chromium like new: no page, no memory of one, nothing allowed, nothing said. What was emulated, cut or held
    /// went with its tab.
    pub async fn clean(&self) -> Result<(), CmdError> {
        let old = self.client.windows().await?;
        let tab = self.devtools("Target.createTarget", json!({ "url": "about:blank" })).await?;
        let tab = WindowHandle::try_from(tab["targetId"].as_str().unwrap_or_default().to_owned());
        self.client.switch_to_window(tab.expect("the name of a tab")).await?;
        for tab in old {
            self.devtools("Target.closeTarget", json!({ "targetId": String::from(tab) })).await?;
        }
        while self.client.windows().await?.len() > 1 {}
        for (command, parameters) in [
            // Cookies know no port, so they would be sent to the next backend.
            ("Network.clearBrowserCookies", json!({})),
            ("Network.clearBrowserCache", json!({})),
            ("Storage.clearDataForOrigin", json!({ "origin": "*", "storageTypes": "all" })),
            ("Browser.resetPermissions", json!({})),
            ("Browser.setDownloadBehavior", json!({ "behavior": "default" })),
        ] {
            self.devtools(command, parameters).await?;
        }
        self.console().await;
        self.watch().await
    }

    /// Has each page from now on report what a policy refuses.
    async fn watch(&self) -> Result<(), CmdError> {
        let script = json!({ "source": WATCH });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", script).await.map(drop)
    }

    /// The role that assistive technology is told.
    pub async fn role(&self, element: &Element) -> String {
        self.computed(element, "computedrole").await
    }

    /// The name that assistive technology is told.
    pub async fn label(&self, element: &Element) -> String {
        self.computed(element, "computedlabel").await
    }

    async fn computed(&self, element: &Element, what: &'static str) -> String {
        let answer = self.client.issue_cmd(OfElement { element: element.element_id(), what }).await;
        answer.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// What a script answers that Firefox runs as a part of itself; other browsers refuse.
    pub async fn within_firefox(&self, script: &str) -> Result<Value, CmdError> {
        let switch = |context: &str| OfSession { path: "moz/context", body: json!({ "context": context }) };
        self.client.issue_cmd(switch("chrome")).await?;
        let answer = self.client.execute(script, Vec::new()).await;
        self.client.issue_cmd(switch("content")).await?;
        answer
    }

    /// A command of Chromium's developer tools; other browsers refuse.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Result<Value, CmdError> {
        let body = json!({ "cmd": command, "params": parameters });
        self.client.issue_cmd(OfSession { path: "goog/cdp/execute", body }).await
    }

    /// What the console said since it was last asked. WebKit's driver doesn't tell.
    pub async fn console(&self) -> Vec<Line> {
        let lines = match place::kind() {
            Kind::Chromium => {
                self.client.issue_cmd(OfSession { path: "se/log", body: json!({ "type": "browser" }) }).await
            }
            Kind::Firefox => self.within_firefox(COMPLAINTS).await,
            Kind::Webkit => Ok(Value::Null),
        };
        serde_json::from_value(lines.unwrap_or_default()).unwrap_or_default()
    }
}

/// A line of the console.
#[derive(Debug, Clone, serde::Deserialize)]
pub struct Line {
    /// `SEVERE` is an error.
    pub level: String,
    /// The words, with the address and the line before them.
    pub message: String,
    /// Where it came from, such as `network`.
    #[serde(default)]
    pub source: String,
}

fn capabilities(language: &str, folder: &Path) -> Capabilities {
    let value = match place::kind() {
        Kind::Chromium => {
            let mut options = json!({
                "args": [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--disable-background-networking",
                    "--disable-component-update",
                    // The list under the address bar is a page, too, and as dear as one of ours.
                    "--disable-features=PreloadTopChromeWebUI,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
                    "--no-first-run",
                    "--force-color-profile=srgb",
                    // Whoever asks to see the screen gets the tab of the dialog; the microphone is a tone.
                    "--use-fake-ui-for-media-stream",
                    "--use-fake-device-for-media-stream",
                    "--auto-select-tab-capture-source-by-title=working?",
                    "--window-size=1280,900",
                    format!("--lang={language}"),
                    format!("--user-data-dir={}", folder.join("profile").display()),
                ],
                "prefs": {
                    "intl.accept_languages": language,
                    // What one journey types is never offered to the next.
                    "autofill.profile_enabled": false,
                },
            });
            if let (Some(binary), Some(options)) = (place::binary(), options.as_object_mut()) {
                options.insert("binary".to_owned(), json!(binary));
            }
            json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } })
        }
        Kind::Firefox => {
            let mut options = json!({
                "args": ["-headless", "--width=1280", "--height=900"],
                "prefs": {
                    "intl.accept_languages": language,
                    // Everything of these tests is on this machine: offline means that too.
                    "network.disable-localhost-when-offline": true,
                },
            });
            if let (Some(binary), Some(options)) = (place::binary(), options.as_object_mut()) {
                options.insert("binary".to_owned(), json!(binary));
            }
            json!({ "moz:firefoxOptions": options })
        }
        Kind::Webkit => json!({
            "webkitgtk:browserOptions": { "binary": place::binary(), "args": ["--automation"] }
        }),
    };
    value.as_object().cloned().unwrap_or_default()
}

/// The WebDriver program, and who looks after it.
#[derive(Debug)]
struct Driver {
    address: String,
    _child: Child,
    _keeper: Child,
}

/// What is left to a shell, as nothing of ours runs after a SIGKILL: when this process wants no more of the driver, or is
/// gone itself, end all that the driver has started, and take away what they wrote.
const KEEPER: &str = "cat; kill -9 \"-$1\"; rm -rf \"$2\" || sleep 1; rm -rf \"$2\"";

impl Driver {
    /// Starts one on a free port, which keeps its files in `folder`.
    async fn start(folder: &Path) -> Self {
        let port = free_port();
        let mut command = Command::new(place::driver());
        match place::kind() {
            Kind::Chromium | Kind::Webkit => command.arg(format!("--port={port}")),
            Kind::Firefox => command.args(["--port", &port.to_string(), "--allow-system-access"]),
        };
        command.env("TZ", "Europe/Paris").env("TMPDIR", folder).process_group(0).kill_on_drop(true);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{} can't be started: {error}", place::driver().display()));
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper", &child.id().unwrap_or_default().to_string()])
            .arg(folder)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        if place::kind() == Kind::Webkit {
            listens(port).await;
        } else {
            let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
            while let Some(line) = lines.next_line().await.expect("the driver's words") {
                if line.contains("started successfully") || line.contains("Listening on") {
                    break;
                }
            }
            // The pipe stays read, so that a talkative driver never waits for us.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        }
        Self { address: format!("http://127.0.0.1:{port}"), _child: child, _keeper: keeper }
    }
}

/// Waits for a driver that doesn't say when it is ready.
async fn listens(port: u16) {
    let mut glances = time::interval(Duration::from_millis(40));
    let asked = async {
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            glances.tick().await;
        }
    };
    time::timeout(Duration::from_secs(20), asked).await.expect("the driver listens");
}

fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    socket.local_addr().expect("its address").port()
}

/// A command about an element that takes nothing.
#[derive(Debug)]
struct OfElement {
    element: ElementRef,
    what: &'static str,
}

impl WebDriverCompatibleCommand for OfElement {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/element/{}/{}", self.element.as_ref(), self.what))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::GET, None)
    }
}

/// A command about the whole session.
#[derive(Debug)]
struct OfSession {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for OfSession {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
