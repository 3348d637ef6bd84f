//! The building blocks as a person meets them: by keyboard, by reader, by eye.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that finds nothing fails")]

use frontdesk::browser::focus;
use frontdesk::i18n::provide_words_of;
use frontdesk::ui::{
    Button, ButtonKind, Choice, ChoiceOption, Dialog, ErrorSummary, LiveRegions, Menu, MenuItem, Tab, Tabs,
    TextField, provide_announcer, use_announcer,
};
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Element, HtmlElement, HtmlInputElement, KeyboardEvent, KeyboardEventInit};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn a_wrong_field_is_described_by_its_hint_and_then_its_error() {
    let error = RwSignal::new(None::<String>);
    let value = RwSignal::new(String::new());
    let page = open(move || {
        view! { <TextField id="subject" label=text("Summary") hint=text("One sentence") error value/> }
    });
    let field = page.find("#subject");
    assert_eq!(field.get_attribute("aria-describedby").as_deref(), Some("subject-hint"));
    assert_eq!(field.get_attribute("aria-invalid"), None);

    error.set(Some("Say what happened".to_owned()));
    settled().await;
    assert_eq!(field.get_attribute("aria-describedby").as_deref(), Some("subject-hint subject-error"));
    assert_eq!(field.get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!(page.text("#subject-error"), "Say what happened");
}

#[wasm_bindgen_test]
async fn what_is_typed_reaches_the_signal_and_is_never_cut() {
    let value = RwSignal::new(String::new());
    let page = open(move || view! { <TextField id="short" label=text("Short") value max=5/> });
    type_into(&page.find("#short"), "longer than five");
    settled().await;
    assert_eq!(value.get_untracked(), "longer than five");
    assert_eq!(page.text(".field__count"), "16/5");
}

#[wasm_bindgen_test]
async fn the_error_summary_takes_the_focus_and_leads_to_the_field() {
    let errors = RwSignal::new(Vec::new());
    let value = RwSignal::new(String::new());
    let page = open(move || {
        view! {
            <ErrorSummary errors title=text("There is a problem")/>
            <TextField id="body" label=text("What happened?") value/>
        }
    });
    errors.set(vec![("body", "Say what happened".to_owned())]);
    settled().await;
    let summary = page.find("[role=alert]");
    assert!(is_focused(&summary));

    page.press("[role=alert] a");
    assert!(is_focused(&page.find("#body")));

    // The same errors again, after another try: the focus comes back.
    errors.set(Vec::new());
    settled().await;
    errors.set(vec![("body", "Say what happened".to_owned())]);
    settled().await;
    assert!(is_focused(&page.find("[role=alert]")));
}

#[wasm_bindgen_test]
async fn a_choice_follows_the_person_and_the_signal() {
    let value = RwSignal::new("low".to_owned());
    let page = open(move || view! { <Choice id="level" legend=text("Priority") value options=levels()/> });
    assert!(page.is_checked("#level-1"));

    page.press("#level");
    settled().await;
    assert_eq!(value.get_untracked(), "high");

    value.set("low".to_owned());
    settled().await;
    assert!(page.is_checked("#level-1"));
    assert!(!page.is_checked("#level"));
}

#[wasm_bindgen_test]
async fn a_refused_choice_can_be_reached_and_read_but_not_made() {
    let value = RwSignal::new("low".to_owned());
    let page = open(move || view! { <Choice id="way" legend=text("How?") value options=levels()/> });
    let refused = page.find("#way-2");
    assert_eq!(refused.get_attribute("aria-disabled").as_deref(), Some("true"));
    assert!(page.text("#way-2-text").contains("Not switched on yet"));
    assert!(focus::focus(refused.unchecked_ref()));
    assert!(is_focused(&refused));

    page.press("#way-2");
    settled().await;
    assert_eq!(value.get_untracked(), "low");
    assert!(!page.is_checked("#way-2"));
    assert!(page.is_checked("#way-1"));
}

#[wasm_bindgen_test]
async fn a_refused_button_keeps_its_verb_says_why_and_does_nothing() {
    let presses = RwSignal::new(0);
    let refused = RwSignal::new(Some("Deactivate this account first".to_owned()));
    let page = open(move || {
        view! { <Button refused on_press=move |()| presses.update(|count| *count += 1)>"Delete"</Button> }
    });
    let button = page.find("button");
    assert!(focus::focus(button.unchecked_ref()));
    assert!(is_focused(&button));
    assert_eq!(button.text_content().as_deref(), Some("Delete"));
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
    let reason = button.get_attribute("aria-describedby").unwrap();
    assert_eq!(page.text(&format!("#{reason}")), "Deactivate this account first");
    page.press("button");
    assert_eq!(presses.get_untracked(), 0);

    refused.set(None);
    settled().await;
    assert_eq!(button.get_attribute("aria-describedby"), None);
    page.press("button");
    assert_eq!(presses.get_untracked(), 1);
}

#[wasm_bindgen_test]
async fn a_busy_submit_sends_its_form_once() {
    let busy = RwSignal::new(false);
    let sent = RwSignal::new(0);
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        sent.update(|count| *count += 1);
        busy.set(true);
    };
    let page = open(move || {
        view! {
            <form on:submit=on_submit>
                <Button kind=ButtonKind::Submit busy>"Send"</Button>
            </form>
        }
    });
    page.press("button");
    settled().await;
    page.press("button");
    settled().await;
    assert_eq!(sent.get_untracked(), 1);
    assert_eq!(page.find("button").get_attribute("aria-busy").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn a_dialog_gives_the_focus_back_to_its_opener() {
    let is_open = RwSignal::new(false);
    let value = RwSignal::new(String::new());
    let page = open(move || {
        view! {
            <button id="opener" on:click=move |_| is_open.set(true)>"Open"</button>
            <Dialog open=is_open title=text("Something isn’t working?")>
                <TextField id="in-dialog" label=text("What?") value/>
            </Dialog>
        }
    });
    let opener = page.find("#opener");
    focus::focus(opener.unchecked_ref());
    page.press("#opener");
    settled().await;
    let dialog = page.find("dialog");
    assert!(dialog.matches(":modal").unwrap());
    assert!(is_focused(&page.find("#in-dialog")));
    let title = dialog.get_attribute("aria-labelledby").unwrap();
    assert_eq!(page.text(&format!("#{title}")), "Something isn’t working?");

    // A click beside it keeps it, and what was typed.
    type_into(&page.find("#in-dialog"), "kept");
    dialog.unchecked_ref::<HtmlElement>().click();
    settled().await;
    assert!(dialog.matches(":modal").unwrap());

    page.press(".dialog__close");
    settled().await;
    assert!(!dialog.matches(":modal").unwrap());
    assert!(!is_open.get_untracked());
    assert!(is_focused(&opener));
    assert_eq!(value.get_untracked(), "kept");
}

#[wasm_bindgen_test]
async fn a_menu_is_walked_with_arrows_home_and_end() {
    let chosen = RwSignal::new(String::new());
    let page = open(move || menu(chosen));
    let trigger = page.find("[aria-haspopup=menu]");
    focus::focus(trigger.unchecked_ref());
    assert_eq!(trigger.get_attribute("aria-expanded").as_deref(), Some("false"));

    key(&trigger, "ArrowDown");
    settled().await;
    assert_eq!(trigger.get_attribute("aria-expanded").as_deref(), Some("true"));
    assert_eq!(focused_text(), "First");
    for (pressed, expected) in [
        ("ArrowDown", "Second"),
        ("ArrowDown", "Third"),
        ("ArrowDown", "First"),
        ("ArrowUp", "Third"),
        ("Home", "First"),
        ("End", "Third"),
    ] {
        key(&focused(), pressed);
        assert_eq!(focused_text(), expected, "after {pressed}");
    }

    key(&focused(), "Escape");
    settled().await;
    assert!(is_focused(&trigger));
    assert_eq!(trigger.get_attribute("aria-expanded").as_deref(), Some("false"));
    assert!(page.try_find("[role=menu]").is_none());

    key(&trigger, "ArrowUp");
    settled().await;
    assert_eq!(focused_text(), "Third");
    key(&focused(), "Enter");
    settled().await;
    assert_eq!(chosen.get_untracked(), "third");
    assert!(is_focused(&trigger));
}

#[wasm_bindgen_test]
async fn a_menu_closes_when_the_focus_leaves_it() {
    let page = open(move || {
        view! {
            {menu(RwSignal::new(String::new()))}
            <button id="elsewhere">"Elsewhere"</button>
        }
    });
    page.press("[aria-haspopup=menu]");
    settled().await;
    assert_eq!(focused_text(), "First");
    focus::focus(page.find("#elsewhere").unchecked_ref());
    settled().await;
    assert!(page.try_find("[role=menu]").is_none());
    assert!(is_focused(&page.find("#elsewhere")));
}

#[wasm_bindgen_test]
async fn tabs_are_walked_with_arrows_and_have_one_stop() {
    let selected = RwSignal::new("one".to_owned());
    let page = open(move || {
        let tabs = vec![
            Tab { id: "one", label: text("One") },
            Tab { id: "two", label: text("Two") },
            Tab { id: "three", label: text("Three") },
        ];
        view! { <Tabs tabs selected><p>{selected}</p></Tabs> }
    });
    focus::focus(page.find("#tab-one").unchecked_ref());
    for (pressed, expected) in [
        ("ArrowRight", "two"),
        ("ArrowRight", "three"),
        ("ArrowRight", "one"),
        ("ArrowLeft", "three"),
        ("Home", "one"),
        ("End", "three"),
    ] {
        key(&focused(), pressed);
        settled().await;
        assert_eq!(selected.get_untracked(), expected, "after {pressed}");
        assert_eq!(focus::active_id().unwrap(), format!("tab-{expected}"));
    }
    assert_eq!(page.count("[role=tab][tabindex='0']"), 1);
    assert_eq!(page.find("#tab-three").get_attribute("aria-selected").as_deref(), Some("true"));
    let panel = page.find("[role=tabpanel]");
    assert_eq!(panel.get_attribute("aria-labelledby").as_deref(), Some("tab-three"));
}

#[wasm_bindgen_test]
async fn the_same_words_twice_are_announced_twice() {
    let page = open(move || {
        let announcer = use_announcer();
        view! {
            <LiveRegions/>
            <button on:click=move |_| announcer.announce("Draft saved")>"Save"</button>
        }
    });
    page.press("button");
    settled().await;
    let first = page.text("[role=status]");
    page.press("button");
    settled().await;
    let second = page.text("[role=status]");
    assert_eq!(first, "Draft saved");
    assert_ne!(first, second);
    assert_eq!(second.trim_end(), "Draft saved");
}

/// A mounted part of a page, taken away at the end of the test.
struct Page {
    host: HtmlElement,
    _mounted: Box<dyn std::any::Any>,
}

impl Page {
    fn try_find(&self, selector: &str) -> Option<Element> {
        self.host.query_selector(selector).unwrap()
    }

    #[track_caller]
    fn find(&self, selector: &str) -> Element {
        self.try_find(selector).unwrap_or_else(|| panic!("no {selector} in {}", self.host.inner_html()))
    }

    fn count(&self, selector: &str) -> usize {
        focus::inside(&self.host, selector).len()
    }

    #[track_caller]
    fn text(&self, selector: &str) -> String {
        self.find(selector).text_content().unwrap_or_default()
    }

    #[track_caller]
    fn press(&self, selector: &str) {
        self.find(selector).unchecked_into::<HtmlElement>().click();
    }

    #[track_caller]
    fn is_checked(&self, selector: &str) -> bool {
        self.find(selector).unchecked_into::<HtmlInputElement>().checked()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.host.remove();
    }
}

/// Mounts a part of a page with what every page provides.
fn open<V: IntoView + 'static>(part: impl FnOnce() -> V + 'static) -> Page {
    let document = web_sys::window().unwrap().document().unwrap();
    let host: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    document.body().unwrap().append_child(&host).unwrap();
    let mounted: UnmountHandle<_> = mount_to(host.clone(), move || {
        let words = include_str!(concat!(env!("OUT_DIR"), "/words.en.json"));
        provide_words_of("en", serde_json::from_str(words).unwrap());
        provide_announcer();
        part()
    });
    Page { host, _mounted: Box::new(mounted) }
}

/// Waits until effects have run and what they asked of the browser is done: two frames.
async fn settled() {
    leptos::task::tick().await;
    frame().await;
    frame().await;
}

async fn frame() {
    let frame = js_sys::Promise::new(&mut |resolve, _| {
        web_sys::window().unwrap().request_animation_frame(&resolve).unwrap();
    });
    wasm_bindgen_futures::JsFuture::from(frame).await.unwrap();
}

fn type_into(field: &Element, words: &str) {
    field.unchecked_ref::<HtmlInputElement>().set_value(words);
    let options = web_sys::EventInit::new();
    options.set_bubbles(true);
    let event = web_sys::Event::new_with_event_init_dict("input", &options).unwrap();
    field.dispatch_event(&event).unwrap();
}

fn key(target: &Element, name: &str) {
    let options = KeyboardEventInit::new();
    options.set_key(name);
    options.set_bubbles(true);
    options.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
    target.dispatch_event(&event).unwrap();
}

fn focused() -> Element {
    focus::active().unwrap().unchecked_into()
}

fn focused_text() -> String {
    focused().text_content().unwrap_or_default()
}

fn is_focused(element: &Element) -> bool {
    focus::active().is_some_and(|active| active.is_same_node(Some(element)))
}

fn text(words: &str) -> Signal<String> {
    Signal::stored(words.to_owned())
}

fn levels() -> Signal<Vec<ChoiceOption>> {
    let option = |value: &str, refused: Option<&str>| ChoiceOption {
        value: value.to_owned(),
        label: value.to_uppercase(),
        text: format!("What {value} means"),
        refused: refused.map(str::to_owned),
    };
    Signal::stored(vec![
        option("high", None),
        option("low", None),
        option("chat", Some("Not switched on yet")),
    ])
}

fn menu(chosen: RwSignal<String>) -> impl IntoView {
    let item = move |label: &str, value: &'static str| {
        MenuItem::action(label.to_owned(), Callback::new(move |()| chosen.set(value.to_owned())))
    };
    let items = Signal::stored(vec![
        MenuItem::heading("Acts".to_owned()),
        item("First", "first"),
        MenuItem::separator(),
        item("Second", "second"),
        item("Third", "third"),
    ]);
    let button = ViewFn::from(|| "Acts");
    view! { <Menu label=text("Acts") button items/> }
}
