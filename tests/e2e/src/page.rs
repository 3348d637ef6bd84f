//! A page as a person perceives it: things have a role and a name, and one waits until they are there.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::key::Key;
use serde_json::{Value, json};
use tokio::time::{self, Instant};

use crate::backend::PASSWORD;
use crate::browser::Browser;
use crate::desk::Who;
use crate::place::{self, Kind};
use crate::pool;

/// How long anything may take on a slow machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often one looks again.
const GLANCE: Duration = Duration::from_millis(40);

/// Finds what has a role and a name; `computedrole` and `computedlabel` then decide.
const FIND: &str = include_str!("find.js");

/// How narrow WebKit's window gets, in pixels.
const WEBKIT_WIDTH: u32 = 500;

/// The frame of the dialog.
const FRAME: &str =
    "return document.querySelector('[data-frontdesk-dialog]')?.shadowRoot.querySelector('iframe') ?? null";

/// A browser at one page after the other. Clones are the same browser.
#[derive(Debug, Clone)]
pub struct Page {
    browser: Arc<Browser>,
    origin: String,
}

impl Page {
    /// Takes a browser for the panel at `origin`.
    pub async fn start(origin: &str, language: &str) -> Self {
        Self { browser: Arc::new(pool::take(language).await), origin: origin.to_owned() }
    }

    /// Opens an address and waits until the first page stands with its data.
    pub async fn open(&self, path: &str) {
        self.open_unready(path).await;
        self.ready().await;
    }

    /// Opens a page that isn't ours.
    pub async fn open_elsewhere(&self, address: &str) {
        self.browser.client.goto(address).await.expect("the address opens");
    }

    /// Opens an address without waiting.
    pub async fn open_unready(&self, path: &str) {
        self.browser.client.goto(&format!("{}{path}", self.origin)).await.expect("the address opens");
    }

    /// Waits until the page stands with its data.
    pub async fn ready(&self) {
        self.wait("the page is ready", async || {
            self.script("return document.documentElement.hasAttribute('data-ready')").await == json!(true)
        })
        .await;
    }

    /// Waits for a heading that isn't the painted skeleton's.
    pub async fn see_any_heading(&self) {
        let words = "return document.querySelector('.shell[aria-busy]') ? '' \
                     : document.querySelector('h1')?.textContent ?? ''";
        self.wait("a heading stands", async || self.script(words).await != "").await;
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.browser.client.refresh().await.expect("the page reloads");
        self.ready().await;
    }

    /// Opens another tab of the same browser at `path`, and goes on there.
    pub async fn open_tab(&self, path: &str) {
        let tab = self.browser.client.new_window(true).await.expect("a new tab");
        self.browser.client.switch_to_window(tab.handle).await.expect("the new tab");
        self.open(path).await;
    }

    /// Goes on in the tab that was opened at this place, from 0.
    pub async fn to_tab(&self, place: usize) {
        let tabs = self.browser.client.windows().await.expect("the tabs");
        let tab = tabs.into_iter().nth(place).unwrap_or_else(|| panic!("there is no tab {place}"));
        self.browser.client.switch_to_window(tab).await.expect("the tab");
    }

    /// Goes back in the history.
    pub async fn back(&self) {
        self.browser.client.back().await.expect("one can go back");
    }

    /// Signs in on the page that asks for it, and waits until one is inside.
    pub async fn sign_in(&self, who: Who) {
        self.fill("Email address", who.email()).await;
        self.fill("Password", PASSWORD).await;
        self.press("Sign in").await;
        self.see_thing("navigation", "Main").await;
    }

    /// Signs out by the person's own menu.
    pub async fn sign_out(&self, name: &str) {
        self.press(&format!("Menu of {name}")).await;
        self.press("Sign out").await;
        self.see_heading("Sign in").await;
    }

    /// What the backend answers to this person's GET.
    pub async fn ask_backend(&self, path: &str) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1]; fetch({}).then(answer => answer.json()).then(done, \
             error => done(String(error)));",
            json!(path)
        );
        self.script_async(&script).await
    }

    /// How many requests the backend finds by these words.
    pub async fn count_requests(&self, words: &str) -> usize {
        let query: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
        let page = self.ask_backend(&format!("/api/requests?q={query}")).await;
        page.get("items").and_then(Value::as_array).unwrap_or_else(|| panic!("no list: {page}")).len()
    }

    /// Types into the field with this name, in place of what was there.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.field(name).await;
        let _ = field.clear().await;
        self.focus(&field).await;
        if text.is_empty() {
            // Clearing alone tells the page nothing: a person presses a key.
            self.type_text("x").await;
            self.key(Key::Backspace).await;
        }
        self.type_text(text).await;
    }

    /// Types where the focus is.
    pub async fn type_text(&self, text: &str) {
        // Drivers refuse what is beyond the basic plane, and type long texts letter by letter.
        let is_plain = text.chars().all(|sign| u32::from(sign) < 0xFFFF && !sign.is_control());
        if place::kind() == Kind::Chromium && (!is_plain || text.len() > 200) {
            self.browser
                .devtools("Input.insertText", json!({ "text": text }))
                .await
                .expect("text is inserted");
            return;
        }
        self.hold_focus().await;
        let active = self.browser.client.active_element().await.expect("the focus is somewhere");
        active.send_keys(text).await.expect("text is typed");
    }

    /// Presses a key where the focus is.
    pub async fn key(&self, key: Key) {
        self.hold_focus().await;
        let press = async || {
            let active = self.browser.client.active_element().await.expect("the focus is somewhere");
            active.send_keys(&String::from(char::from(key))).await
        };
        // What had the focus may go in between; then no key was pressed.
        if press().await.is_err_and(|error| error.is_stale_element_reference()) {
            press().await.expect("a key is pressed");
        }
    }

    /// Gives the page the keyboard again where Tab has led out of it. In Firefox the next places are the tools of
    /// its window: keys of its driver would reach the page nevertheless, but no button and no choice hears them.
    async fn hold_focus(&self) {
        if place::kind() == Kind::Firefox {
            self.within_firefox(HOLD_FOCUS).await;
        }
    }

    /// Moves the focus with the Tab key until it is on what has this role and name.
    pub async fn tab_to(&self, role: &str, name: &str) {
        for _ in 0..150 {
            let focus = self.focused().await;
            if focus == (role.to_owned(), name.to_owned()) {
                return;
            }
            self.key(Key::Tab).await;
        }
        panic!("Tab never reaches the {role} “{name}”.\n{}", self.outline().await);
    }

    /// Moves the focus with the Tab key until it is on what has this role and a name that begins so.
    pub async fn tab_to_first(&self, role: &str, beginning: &str) {
        for _ in 0..150 {
            let (is, name) = self.focused().await;
            if is == role && name.starts_with(beginning) {
                return;
            }
            self.key(Key::Tab).await;
        }
        panic!("Tab never reaches the {role} “{beginning}…”.\n{}", self.outline().await);
    }

    /// The role and the name of what has the focus.
    pub async fn focused(&self) -> (String, String) {
        let Ok(element) = self.browser.client.active_element().await else { return Default::default() };
        let (mut role, mut label) = (self.browser.role(&element).await, self.browser.label(&element).await);
        if place::kind() == Kind::Webkit && matches!(role.as_str(), "button" | "textbox" | "") {
            let own = "const { tagName, type } = arguments[0]; return tagName === 'SELECT' ? 'combobox' : \
                       type === 'number' ? 'spinbutton' : tagName === 'SUMMARY' ? 'DisclosureTriangle' : null";
            let element = serde_json::to_value(&element).expect("an element");
            let own = self.browser.client.execute(own, vec![element]).await.unwrap_or_default();
            role = own.as_str().map_or(role, str::to_owned);
        }
        // ARIA has no role for either, and Firefox says none where Chromium says its own.
        if role.is_empty() {
            if element.tag_name().await.is_ok_and(|tag| tag == "summary") {
                "DisclosureTriangle".clone_into(&mut role);
                // It also takes the triangle for a part of the name.
                label = label.trim_start_matches(['▸', '▾', ' ']).to_owned();
            } else if element.attr("type").await.is_ok_and(|kind| kind.as_deref() == Some("password")) {
                "textbox".clone_into(&mut role);
            }
        }
        (role, label)
    }

    /// Waits until what has the focus has this role and name.
    pub async fn see_focus(&self, role: &str, name: &str) {
        let wanted = (role.to_owned(), name.to_owned());
        self.wait(&format!("the focus is on the {role} “{name}”"), async || {
            self.focused().await == wanted
        })
        .await;
    }

    /// Presses the button or link with this name.
    pub async fn press(&self, name: &str) {
        self.click(&["button", "link", "menuitem", "tab"], name).await;
    }

    /// Presses the first thing with this role whose name begins so.
    pub async fn press_first(&self, role: &str, beginning: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.browser.client.execute(FIND, vec![json!([role]), json!(beginning)]).await;
            for element in self.elements(&found.unwrap_or_default()) {
                if self.browser.label(&element).await.starts_with(beginning) && element.click().await.is_ok()
                {
                    return;
                }
            }
            if Instant::now() > deadline {
                panic!("There is no {role} “{beginning}…”.\n{}", self.outline().await);
            }
            pause().await;
        }
    }

    /// Chooses a line of an open menu.
    pub async fn choose_item(&self, name: &str) {
        self.click(&["menuitemradio", "menuitem"], name).await;
    }

    /// Moves the focus with the Tab key until it is on the choice that begins with this name, or on another of its
    /// group, from which the arrows lead there.
    pub async fn tab_to_choice(&self, name: &str) {
        for _ in 0..150 {
            let (role, label) = self.focused().await;
            if role == "radio" && is_called(&role, &label, name) {
                return;
            }
            let key = if role == "radio" && !label.starts_with("Message") { Key::Down } else { Key::Tab };
            self.key(key).await;
        }
        panic!("Tab never reaches the choice “{name}”.\n{}", self.outline().await);
    }

    /// Moves the focus with the Tab key to the next group of choices.
    pub async fn tab_to_next_group(&self) {
        for _ in 0..150 {
            self.key(Key::Tab).await;
            if self.focused().await.0 == "radio" {
                return;
            }
        }
        panic!("Tab reaches no choice.\n{}", self.outline().await);
    }

    /// Opens what is folded away behind these words.
    pub async fn open_details(&self, name: &str) {
        let script = "const summary = [...document.querySelectorAll('summary')].find(it => \
                      it.textContent.trim().startsWith(arguments[0])); summary?.click(); return !!summary";
        self.wait(&format!("“{name}” can be unfolded"), async || {
            let done = self.browser.client.execute(script, vec![json!(name)]).await;
            done.is_ok_and(|done| done == json!(true))
        })
        .await;
    }

    /// Waits until the choice with this name is the one that is made.
    pub async fn see_choice(&self, name: &str) {
        self.wait(&format!("“{name}” is chosen"), async || {
            let Some(choice) = self.look(&["radio"], name).await else { return false };
            choice.is_selected().await.unwrap_or_default()
        })
        .await;
    }

    /// Waits until the button with this name says that it is pressed.
    pub async fn see_pressed(&self, name: &str) {
        self.wait(&format!("“{name}” is pressed"), async || {
            let Some(button) = self.look(&["button"], name).await else { return false };
            button.attr("aria-pressed").await.ok().flatten().as_deref() == Some("true")
        })
        .await;
    }

    /// What the field holds.
    pub async fn field_text(&self, name: &str) -> String {
        self.field(name).await.prop("value").await.ok().flatten().unwrap_or_default()
    }

    /// The status of this person's GET.
    pub async fn ask_status(&self, path: &str) -> u64 {
        let script = format!(
            "const done = arguments[arguments.length - 1]; fetch({}).then(answer => done(answer.status), \
             error => done(String(error)));",
            json!(path)
        );
        self.script_async(&script).await.as_u64().unwrap_or_default()
    }

    /// Presses the button twice, as fast as a browser can be told to.
    pub async fn press_twice(&self, name: &str) {
        let button = self.find(&["button"], name).await;
        let script = "arguments[0].click(); arguments[0].click();";
        let button = serde_json::to_value(&button).expect("an element");
        self.browser.client.execute(script, vec![button]).await.expect("two presses");
    }

    /// Chooses a radio button or ticks a box by its name.
    pub async fn choose(&self, name: &str) {
        let element = self.find(&["radio", "checkbox", "switch", "option"], name).await;
        if element.click().await.is_err() {
            // The control is drawn by its label.
            let script = "(arguments[0].closest('label') || arguments[0].labels[0]).click()";
            let element = serde_json::to_value(&element).expect("an element");
            self.browser.client.execute(script, vec![element]).await.expect("the label can be pressed");
        }
    }

    /// Chooses a file in the field with this label.
    pub async fn choose_file(&self, label: &str, file: &Path) {
        let script = "const label = [...document.querySelectorAll('label')].find(it => \
                      it.textContent.trim() === arguments[0]); return label?.control ? [label.control] : []";
        self.wait(&format!("a file can be chosen in “{label}”"), async || {
            let found = self.browser.client.execute(script, vec![json!(label)]).await.unwrap_or_default();
            let Some(field) = self.elements(&found).into_iter().next() else { return false };
            field.send_keys(&file.display().to_string()).await.is_ok()
        })
        .await;
    }

    /// Picks an option of a list by the words of both.
    pub async fn pick(&self, list: &str, option: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.find(&["combobox", "listbox"], list).await;
            let Err(error) = element.select_by_label(option).await else { return };
            // The choices may still be on their way.
            assert!(Instant::now() < deadline, "“{list}” has no “{option}”: {error}");
            pause().await;
        }
    }

    /// Picks the option at this place of a list, from 0, once it is there.
    pub async fn pick_at(&self, list: &str, place: usize) {
        self.wait(&format!("“{list}” has an option at {place}"), async || {
            let element = self.find(&["combobox", "listbox"], list).await;
            element.select_by_index(place).await.is_ok()
        })
        .await;
    }

    /// Whether the switch with this name is on.
    pub async fn is_on(&self, name: &str) -> bool {
        let element = self.find(&["switch"], name).await;
        let element = serde_json::to_value(&element).expect("an element");
        let state = self.browser.client.execute("return arguments[0].checked", vec![element]).await;
        state.expect("a state") == json!(true)
    }

    /// Waits until these words can be read.
    pub async fn see(&self, words: &str) {
        self.wait(&format!("“{words}” can be read"), async || self.text().await.contains(words)).await;
    }

    /// Waits until these words can't be read any more.
    pub async fn see_no(&self, words: &str) {
        self.wait(&format!("“{words}” is gone"), async || !self.text().await.contains(words)).await;
    }

    /// Waits for something with a role and a name.
    pub async fn see_thing(&self, role: &str, name: &str) {
        self.find(&[role], name).await;
    }

    /// Waits until nothing has this role and name any more.
    pub async fn see_no_thing(&self, role: &str, name: &str) {
        self.wait(&format!("the {role} “{name}” is gone"), async || !self.has(role, name).await).await;
    }

    /// Waits until the page has this heading.
    pub async fn see_heading(&self, name: &str) {
        self.see_thing("heading", name).await;
    }

    /// Waits until the field holds this text.
    pub async fn see_field(&self, name: &str, text: &str) {
        self.wait(&format!("“{name}” holds “{text}”"), async || {
            let Some(field) = self.look(&FIELDS, name).await else { return false };
            field.prop("value").await.ok().flatten().as_deref() == Some(text)
        })
        .await;
    }

    /// Waits until the address is this path with its query.
    pub async fn see_path(&self, path: &str) {
        self.wait(&format!("the address is {path}"), async || self.path().await == path).await;
    }

    /// The path and the query of the address.
    pub async fn path(&self) -> String {
        let url = self.browser.client.current_url().await.expect("the address");
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// All words that can be read.
    pub async fn text(&self) -> String {
        self.script("return document.body ? document.body.innerText : ''")
            .await
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Whether something with this role and name is there now.
    pub async fn has(&self, role: &str, name: &str) -> bool {
        self.look(&[role], name).await.is_some()
    }

    /// What a script returns.
    pub async fn script(&self, script: &str) -> Value {
        self.browser.client.execute(script, Vec::new()).await.unwrap_or_default()
    }

    /// A script that ends by calling its last argument.
    pub async fn script_async(&self, script: &str) -> Value {
        self.browser.client.execute_async(script, Vec::new()).await.expect("the script runs")
    }

    /// Waits until the page has painted all that it was about to change, and what should have the focus has it.
    pub async fn rest(&self) {
        let script =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(null)))";
        self.script_async(script).await;
    }

    /// A command of Chromium's developer tools.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let answer = self.browser.devtools(command, parameters).await;
        answer.unwrap_or_else(|error| panic!("{command}, which only Chromium knows: {error}"))
    }

    async fn within_firefox(&self, script: &str) -> Value {
        let answer = self.browser.within_firefox(script).await;
        answer.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Draws the page so wide, and in this look: `light` or `dark`.
    pub async fn look_like(&self, width: u32, look: &str) {
        // Without motion, so that nothing is seen on its way from one color to the other.
        if place::kind() == Kind::Webkit {
            // It knows no colors but those of the machine, and its window gets no narrower than this.
            let width = width.max(WEBKIT_WIDTH);
            self.browser.client.set_window_rect(0, 0, width, 900).await.expect("the window takes a size");
        } else if place::kind() == Kind::Firefox {
            let script = format!(
                "Services.prefs.setIntPref('ui.prefersReducedMotion', 1); \
                 const shown = gBrowser.selectedBrowser; shown.browsingContext.prefersColorSchemeOverride = '{look}'; \
                 shown.style.maxWidth = '{width}px'; \
                 window.resizeBy(Math.max({width}, 600) - window.innerWidth, 900 - shown.clientHeight); return null"
            );
            self.within_firefox(&script).await;
            self.wait(&format!("the page is {width} wide"), async || {
                self.script("return innerWidth").await == json!(width)
            })
            .await;
        } else {
            let metrics =
                json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
            self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
            let features = json!({ "features": [
                { "name": "prefers-color-scheme", "value": look },
                { "name": "prefers-reduced-motion", "value": "reduce" },
            ] });
            self.devtools("Emulation.setEmulatedMedia", features).await;
        }
        self.wait("nothing moves", async || {
            self.script(
                "return document.getAnimations().every(animation => animation.playState !== 'running')",
            )
            .await
                == json!(true)
        })
        .await;
    }

    /// Draws the page as it goes to paper.
    pub async fn see_as_paper(&self) {
        if place::kind() == Kind::Firefox {
            let script = "gBrowser.selectedBrowser.browsingContext.mediumOverride = 'print'; return null";
            self.within_firefox(script).await;
        } else {
            self.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
        }
    }

    /// Puts what is downloaded from now on into a folder.
    pub async fn download_to(&self, folder: &Path) {
        let folder = folder.display().to_string();
        if place::kind() == Kind::Firefox {
            let script = format!(
                "Services.prefs.setIntPref('browser.download.folderList', 2); \
                 Services.prefs.setStringPref('browser.download.dir', {}); return null",
                json!(folder)
            );
            self.within_firefox(&script).await;
        } else {
            self.devtools("Page.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": folder }))
                .await;
        }
    }

    /// Cuts the network, or gives it back.
    pub async fn network(&self, is_there: Network) {
        let offline = is_there == Network::Cut;
        if place::kind() == Kind::Firefox {
            assert!(is_there != Network::Slow, "Firefox can't be told to be slow");
            self.within_firefox(if offline { CUT } else { MEND }).await;
            return;
        }
        self.devtools("Network.enable", json!({})).await;
        let speed = if is_there == Network::Slow { 60_000 } else { -1 };
        let conditions =
            json!({ "offline": offline, "latency": 0, "downloadThroughput": speed, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// Lets so many bytes a second out; without a limit below 0. Only Chromium can be told.
    pub async fn upload_speed(&self, speed: i64) {
        self.devtools("Network.enable", json!({})).await;
        let conditions =
            json!({ "offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed });
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// Lets the device keep so many bytes of these pages and no more. Only Chromium can be told.
    pub async fn room(&self, bytes: u64) {
        let quota = json!({ "origin": self.origin, "quotaSize": bytes });
        self.devtools("Storage.overrideQuotaForOrigin", quota).await;
    }

    /// Keeps every answer of the API on its way, or lets them come.
    pub async fn hold_answers(&self, is_held: bool) {
        if place::kind() == Kind::Firefox {
            self.within_firefox(if is_held { HOLD } else { LET_GO }).await;
            return;
        }
        let (command, parameters) = if is_held {
            (
                "Fetch.enable",
                json!({ "patterns": [{ "urlPattern": "*/api/*" }, { "urlPattern": "*/scim/*" }] }),
            )
        } else {
            ("Fetch.disable", json!({}))
        };
        self.devtools(command, parameters).await;
    }

    /// Forgets the cookies, as an ended session would.
    pub async fn lose_session(&self) {
        match place::kind() {
            Kind::Firefox => drop(self.within_firefox("Services.cookies.removeAll(); return null").await),
            Kind::Chromium => drop(self.devtools("Network.clearBrowserCookies", json!({})).await),
            Kind::Webkit => drop(self.browser.client.delete_all_cookies().await),
        }
    }

    /// Sends the page's form, even where the panel has noticed by itself that the session is over and
    /// its question stands over the form already.
    pub async fn submit(&self) {
        self.script("document.querySelector('main form').requestSubmit()").await;
    }

    /// A picture of the whole page, however long it is.
    pub async fn whole_picture(&self) -> Vec<u8> {
        let parameters = json!({ "captureBeyondViewport": true });
        let answer = self.devtools("Page.captureScreenshot", parameters).await;
        let data = answer.get("data").and_then(Value::as_str).unwrap_or_default();
        base64::engine::general_purpose::STANDARD.decode(data).unwrap_or_default()
    }

    /// A picture of what is in view.
    pub async fn picture(&self) -> Vec<u8> {
        self.browser.client.screenshot().await.unwrap_or_default()
    }

    /// Types in place of what the field with the focus holds.
    pub async fn retype(&self, text: &str) {
        self.script("document.activeElement.select()").await;
        self.type_text(text).await;
    }

    /// Gives the page a file, as choosing it does.
    pub async fn give_file(&self, path: &std::path::Path) {
        let field = Locator::Css("input[type=file]");
        let field = self.browser.client.wait().for_element(field).await.expect("a field for files");
        field.send_keys(&path.display().to_string()).await.expect("a file is chosen");
    }

    /// Goes into the frame of the dialog, which stands in a shadow of the page; back with [`Self::leave_frame`].
    pub async fn enter_frame(&self) {
        self.wait("the dialog's frame can be entered", async || {
            let found = self.browser.client.execute(FRAME, Vec::new()).await.unwrap_or_default();
            match self.elements(&json!([found])).into_iter().next() {
                Some(frame) => frame.enter_frame().await.is_ok(),
                None => false,
            }
        })
        .await;
    }

    /// Back to the page around.
    pub async fn leave_frame(&self) {
        self.browser.client.clone().enter_parent_frame().await.expect("the page around");
    }

    /// Drags from one place of the picture with this name to another: shares of its width and height.
    pub async fn drag_over(&self, name: &str, from: (f64, f64), to: (f64, f64)) {
        let element = self.find(&["img", "image"], name).await;
        let element = serde_json::to_value(&element).expect("an element");
        let script = "const [element, from, to] = arguments; element.scrollIntoView({ block: 'center' }); \
                      const box = element.getBoundingClientRect(); \
                      const at = ([x, y]) => ({ clientX: box.left + x * box.width, clientY: box.top + y * box.height, \
                        pointerId: 1, isPrimary: true, button: 0, bubbles: true, cancelable: true }); \
                      element.setPointerCapture = () => {}; \
                      element.dispatchEvent(new PointerEvent('pointerdown', at(from))); \
                      element.dispatchEvent(new PointerEvent('pointermove', at(to))); \
                      element.dispatchEvent(new PointerEvent('pointerup', at(to)));";
        let places = vec![element, json!([from.0, from.1]), json!([to.0, to.1])];
        self.browser.client.execute(script, places).await.expect("the pointer moves");
    }

    /// Draws a finger over the picture with this name, as [`Self::drag_over`] does a pointer. The browser itself takes
    /// it for a finger: what it would scroll or zoom, it does.
    pub async fn touch_over(&self, name: &str, from: (f64, f64), to: (f64, f64)) {
        let element = self.find(&["img", "image"], name).await;
        let [left, top, width, height] = self.box_of(&element).await;
        let at = |(x, y): (f64, f64)| (left + x * width, top + y * height);
        let (from, to) = (at(from), at(to));
        let between = |share: f64| (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
        self.touch("touchStart", &[from]).await;
        for share in [0.25, 0.5, 0.75, 1.0] {
            self.touch("touchMove", &[between(share)]).await;
        }
        self.touch("touchEnd", &[]).await;
    }

    /// Spreads two fingers that stand on the picture with this name: a browser takes fingers that are close together
    /// for one, so they go on beyond a small picture.
    pub async fn spread_over(&self, name: &str) {
        let element = self.find(&["img", "image"], name).await;
        let [left, top, width, height] = self.box_of(&element).await;
        let at = |share: f64| (left + width * (0.5 + share), top + height * (0.5 + share));
        // One finger is there a little before the other.
        self.touch("touchStart", &[at(-0.4)]).await;
        self.touch("touchStart", &[at(-0.4), at(0.4)]).await;
        for share in [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4] {
            self.touch("touchMove", &[at(-share), at(share)]).await;
        }
        self.touch("touchEnd", &[]).await;
    }

    /// Taps the button, link or choice with this name.
    pub async fn tap(&self, name: &str) {
        let element = self.find(&["button", "link", "checkbox", "radio"], name).await;
        let [left, top, width, height] = self.box_of(&element).await;
        self.touch("touchStart", &[(left + width / 2.0, top + height / 2.0)]).await;
        self.touch("touchEnd", &[]).await;
    }

    async fn touch(&self, kind: &str, fingers: &[(f64, f64)]) {
        let point = |(id, (x, y)): (usize, &(f64, f64))| json!({ "id": id, "x": x, "y": y });
        let points: Vec<Value> = fingers.iter().enumerate().map(point).collect();
        if kind == "touchStart" && points.len() == 1 {
            let fingers = json!({ "enabled": true, "maxTouchPoints": 2 });
            self.devtools("Emulation.setTouchEmulationEnabled", fingers).await;
        }
        self.devtools("Input.dispatchTouchEvent", json!({ "type": kind, "touchPoints": points })).await;
    }

    /// Where an element is once it stands in the middle: left, top, width, height.
    async fn box_of(&self, element: &Element) -> [f64; 4] {
        let element = serde_json::to_value(element).expect("an element");
        let script = "const [element] = arguments; element.scrollIntoView({ block: 'center', behavior: 'instant' }); \
                      const box = element.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]";
        let found = self.browser.client.execute(script, vec![element]).await.expect("a place");
        serde_json::from_value(found).expect("four numbers")
    }

    /// The field with this name, once it is there.
    async fn field(&self, name: &str) -> Element {
        self.find(&FIELDS, name).await
    }

    async fn focus(&self, element: &Element) {
        let element = serde_json::to_value(element).expect("an element");
        self.browser.client.execute("arguments[0].focus()", vec![element]).await.expect("the focus moves");
    }

    async fn click(&self, roles: &[&str], name: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.find(roles, name).await;
            if place::kind() == Kind::Webkit {
                // Its driver doesn't always bring into view what it then can't press.
                self.box_of(&element).await;
            }
            let Err(error) = element.click().await else { return };
            // It moved, or was drawn anew between finding and pressing.
            if Instant::now() > deadline {
                panic!("“{name}” can't be pressed: {error}\n{}", self.outline().await);
            }
            // It may stand under the bar at the top, where a person would scroll.
            self.script("window.scrollBy(0, -160); return null").await;
            pause().await;
        }
    }

    /// Waits for what has one of the roles and the name.
    async fn find(&self, roles: &[&str], name: &str) -> Element {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(element) = self.look(roles, name).await {
                return element;
            }
            if Instant::now() > deadline {
                panic!("There is no {} “{name}”.\n{}", roles.join(" or "), self.outline().await);
            }
            pause().await;
        }
    }

    async fn look(&self, roles: &[&str], name: &str) -> Option<Element> {
        let found = self.browser.client.execute(FIND, vec![json!(roles), json!(name)]).await.ok()?;
        for element in self.elements(&found) {
            let (role, label) = (self.browser.role(&element).await, self.browser.label(&element).await);
            // In a frame of another site Chromium's driver tells nothing. WebKit's calls a list a button and a number a
            // text, and knows no name of what stands in a list. There the element is what it was looked for as.
            let is_webkit = place::kind() == Kind::Webkit;
            let has_role = role.is_empty() || is_webkit || roles.contains(&normal_role(&role));
            let is_named = is_called(&role, label.trim(), name);
            if has_role && (is_named || role.is_empty() || is_webkit && label.is_empty()) {
                return Some(element);
            }
        }
        None
    }

    /// The elements that a script returned.
    fn elements(&self, found: &Value) -> Vec<Element> {
        let ids = found.as_array().into_iter().flatten();
        ids.filter_map(|candidate| candidate.as_object()?.values().next()?.as_str().map(str::to_owned))
            .map(|id| Element::from_element_id(self.browser.client.clone(), id.into()))
            .collect()
    }

    /// Waits until a condition holds.
    pub async fn wait(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds().await {
            if Instant::now() > deadline {
                panic!("It never came true that {what}.\n{}", self.outline().await);
            }
            pause().await;
        }
    }

    /// What is on the page, for the message of a failed test.
    pub async fn outline(&self) -> String {
        let path = self.path().await;
        let text: String = self.text().await.chars().take(3_000).collect();
        format!("At {path}:\n{text}\n")
    }

    /// What the page complained about: a violated policy, an error on the console, a crash.
    pub async fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self
            .browser
            .console()
            .await
            .into_iter()
            .filter(|line| line.level == "SEVERE" && !is_refusal(&line.message))
            .map(|line| line.message)
            .collect();
        if self.script("return document.documentElement.hasAttribute('data-crashed')").await == json!(true) {
            faults.push(format!("the crash page:\n{}", self.text().await));
        }
        faults
    }

    /// Forgets what the page complained about so far: this test provoked it.
    pub async fn forgive(&self) {
        drop(self.browser.console().await);
    }

    /// What the console said since it was last read.
    pub async fn console(&self) -> String {
        let lines = self.browser.console().await;
        lines.into_iter().map(|line| line.message).collect::<Vec<_>>().join("\n")
    }

    /// Puts a picture, the text and the source into `<target>/e2e-failures`.
    pub async fn keep_remains(&self, name: &str) {
        let folder = place::out().join("e2e-failures");
        let _ = fs::create_dir_all(&folder);
        let _ = fs::write(folder.join(format!("{name}.png")), self.picture().await);
        let source = self.browser.client.source().await.unwrap_or_default();
        let _ = fs::write(folder.join(format!("{name}.html")), source);
        let mut text = self.outline().await;
        for line in self.browser.console().await {
            let _ = writeln!(text, "{} {} {}", line.level, line.source, line.message);
        }
        let _ = fs::write(folder.join(format!("{name}.txt")), text);
    }

    /// Leaves the browser to the next journey.
    pub async fn leave(self) {
        if let Some(browser) = Arc::into_inner(self.browser) {
            pool::give_back(browser).await;
        }
    }

    /// Ends the browser.
    pub async fn close(self) {
        let _ = self.browser.client.clone().close().await;
    }
}

/// Firefox gives its page the keyboard.
const HOLD_FOCUS: &str = "const shown = gBrowser.selectedBrowser; \
    if (document.activeElement !== shown) shown.focus(); return null";

/// Firefox keeps what it asks the API for, and lets it go.
const HOLD: &str = "const held = []; const watch = { observe(channel) { channel.QueryInterface(Ci.nsIHttpChannel); \
    if (/^\\/(api|scim)\\//.test(channel.URI.pathQueryRef)) { channel.suspend(); held.push(channel) } } }; \
    Services.obs.addObserver(watch, 'http-on-modify-request'); window.heldByTest = { held, watch }; return null";
const LET_GO: &str = "const { held, watch } = window.heldByTest; \
    Services.obs.removeObserver(watch, 'http-on-modify-request'); \
    for (const channel of held) channel.resume(); return null";

/// Firefox cuts what it asks for, also of this machine, and tells its pages that they are offline; and the way back.
const CUT: &str = "Services.io.manageOfflineStatus = false; Services.io.offline = true; \
    const watch = { observe(channel) { channel.QueryInterface(Ci.nsIChannel).cancel(Cr.NS_ERROR_OFFLINE) } }; \
    Services.obs.addObserver(watch, 'http-on-modify-request'); window.cutByTest = watch; return null";
const MEND: &str = "Services.obs.removeObserver(window.cutByTest, 'http-on-modify-request'); \
    Services.io.offline = false; return null";

/// The network as a page finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// There.
    There,
    /// Cut.
    Cut,
    /// As on a bad day on a train: 60 kB a second.
    Slow,
}

const FIELDS: [&str; 4] = ["textbox", "searchbox", "combobox", "spinbutton"];

/// Browsers disagree on the name of a list that opens.
fn normal_role(role: &str) -> &str {
    match role {
        "ComboBoxSelect" | "popupbutton" => "combobox",
        other => other,
    }
}

/// A card to choose is called by its first words: the rest says what it means.
fn is_called(role: &str, label: &str, name: &str) -> bool {
    let [label, name] = [label, name].map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    label == name || (role == "radio" && label.strip_prefix(&name).is_some_and(|rest| rest.starts_with(' ')))
}

/// The backend saying no or nothing, which the panel puts into words: the console repeats each such answer.
fn is_refusal(message: &str) -> bool {
    let is_said =
        ["Failed to load resource", "can’t establish a connection"].iter().any(|it| message.contains(it));
    message.contains("/api/") && is_said
}

async fn pause() {
    time::interval_at(Instant::now() + GLANCE, GLANCE).tick().await;
}
