//! All blocks with all their states, on one page of development builds.

use leptos::prelude::*;

use super::{
    Avatar, Banner, Bars, Button, ButtonLink, Card, Checkbox, Choice, ChoiceLayout, ChoiceOption, Dialog,
    Empty, ErrorSummary, Icon, IconName, Input, Menu, MenuItem, MenuPlace, PageHeader, Pill, RelativeTime,
    Select, SelectOption, Skeleton, Switch, Tab, Tabs, TextArea, TextField, Tone, Variant, use_announcer,
};

const TONES: [(Tone, &str); 5] = [
    (Tone::Info, "Support: answering"),
    (Tone::Good, "No incident reported"),
    (Tone::Warn, "You: asked 2 hr. ago"),
    (Tone::Bad, "Still active"),
    (Tone::Mute, "On hold"),
];

const LONG: &str =
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft, and what it means";

/// The page of all blocks.
#[component]
pub fn Gallery() -> impl IntoView {
    view! {
        <div class="gallery">
            <PageHeader title=fixed("Building blocks") intro=fixed("Each block with each of its states.")>
                <Button>"Secondary"</Button>
                <Button variant=Variant::Primary>"Primary"</Button>
            </PageHeader>
            <Buttons/>
            <Marks/>
            <Messages/>
            <Fields/>
            <Choices/>
            <Layers/>
            <Rows/>
        </div>
    }
}

#[component]
fn Buttons() -> impl IntoView {
    let presses = RwSignal::new(0);
    let refused =
        fixed_some("Possible from Wednesday, November 25 at 2:32 PM GMT+1. The wait prevents accidents.");
    view! {
        <Card title=fixed("Buttons")>
            <div class="gallery__row">
                <Button on_press=move |()| presses.update(|count| *count += 1)>"Pressed " {presses} " times"</Button>
                <Button variant=Variant::Primary>"Primary"</Button>
                <Button variant=Variant::Danger>"Danger"</Button>
                <Button variant=Variant::Quiet>"Quiet"</Button>
                <ButtonLink href="#gallery">"A link"</ButtonLink>
            </div>
            <div class="gallery__row">
                <Button busy=true>"Busy"</Button>
                <Button variant=Variant::Primary busy=true>"Busy"</Button>
                <Button refused>"Remove profile fields"</Button>
                <Button variant=Variant::Primary refused>"Refused"</Button>
                <Button>{LONG}</Button>
            </div>
        </Card>
    }
}

#[component]
fn Marks() -> impl IntoView {
    let pills = TONES.map(|(tone, text)| view! { <Pill tone text=fixed(text)/> }).collect_view();
    let bars = [(0, Tone::Mute), (1, Tone::Mute), (2, Tone::Warn), (3, Tone::Bad)]
        .map(|(level, tone)| view! { <Bars level tone/> })
        .collect_view();
    let icons = [
        IconName::Brand,
        IconName::Home,
        IconName::Support,
        IconName::Requests,
        IconName::Pulse,
        IconName::Help,
        IconName::Search,
        IconName::Menu,
        IconName::Cross,
        IconName::Down,
        IconName::Person,
        IconName::Offline,
        IconName::Pen,
        IconName::Lock,
        IconName::Back,
    ]
    .map(|name| view! { <Icon name/> })
    .collect_view();
    view! {
        <Card title=fixed("Pills, bars, avatars, icons, times")>
            <div class="gallery__row">{pills} <Pill tone=Tone::Warn text=fixed(LONG)/></div>
            <div class="gallery__row">{bars} <Avatar name="Awa Mbaye"/> <Avatar name="Élise"/> {icons}</div>
            <p>
                <RelativeTime
                    text=fixed("9 min ago")
                    exact=fixed("Monday, November 23, 2026 at 9:21 AM GMT+1")
                    datetime="2026-11-23T08:21:00.000Z"
                />
            </p>
        </Card>
    }
}

#[component]
fn Messages() -> impl IntoView {
    let announcer = use_announcer();
    let banners = TONES
        .map(|(tone, text)| {
            view! {
                <Banner tone label=fixed(text) action=|| view! { <Button>"See the incident"</Button> }>
                    <b>"Video uploads fail for some people."</b>
                    " It touches 2 of your open requests."
                </Banner>
            }
        })
        .collect_view();
    view! {
        {banners}
        <Banner>
            <p>"Without a label and without an action."</p>
        </Banner>
        <Card title=fixed("Nothing, and not yet")>
            <Empty text=fixed("No request matches these filters.")>
                <Button>"Clear filters"</Button>
            </Empty>
            <Skeleton lines=4/>
            <div class="gallery__row">
                <Button on_press=move |()| announcer.announce("Said politely")>"Announce"</Button>
                <Button on_press=move |()| announcer.alert("Said at once")>"Alert"</Button>
            </div>
        </Card>
    }
}

#[component]
fn Fields() -> impl IntoView {
    let subject = RwSignal::new("Uploads stop at 90 % for the whole Lyon office".to_owned());
    let wrong = RwSignal::new(String::new());
    let body = RwSignal::new("Since this morning, videos over 50 MB stop at 90 %.".to_owned());
    let topic = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let shared = RwSignal::new(false);
    let errors = RwSignal::new(Vec::new());
    let check = move |()| {
        errors.set(vec![
            ("gallery-wrong", "Say what happened".to_owned()),
            ("gallery-topic", "Choose a topic".to_owned()),
        ]);
    };
    let topics = Signal::stored(vec![
        SelectOption { value: "video".to_owned(), label: "Video".to_owned() },
        SelectOption { value: "long".to_owned(), label: LONG.to_owned() },
    ]);
    view! {
        <Card title=fixed("Fields")>
            <ErrorSummary errors title=fixed("There is a problem")/>
            <div class="form-row">
                <Select id="gallery-topic" label=fixed("Topic") value=topic options=topics prompt=fixed("Choose a topic")/>
                <TextField id="gallery-subject" label=fixed("Summary in one sentence") value=subject max=50/>
            </div>
            <TextField
                id="gallery-wrong"
                label=fixed("Wrong")
                hint=fixed("A hint above the field.")
                error=fixed_some("Say what happened")
                value=wrong
            />
            <TextArea id="gallery-body" label=fixed("What happened?") value=body rows=4 max=40/>
            <TextField id="gallery-password" label=fixed("Password") input=Input::CurrentPassword value=password/>
            <Checkbox
                id="gallery-shared"
                label=fixed("Shared device")
                hint=fixed("Nothing stays here after you sign out.")
                checked=shared
            />
            <Switch id="gallery-switch" label=fixed("Allow recording") hint=fixed("Until the call starts.") checked=shared/>
            <Switch
                id="gallery-switch-refused"
                label=fixed("Request phone support")
                refused=fixed_some("No phone support for “Billing”.")
                checked=shared
            />
            <div class="form-actions">
                <Button variant=Variant::Primary on_press=check>"Send to support"</Button>
                <span class="form-actions__apart">
                    <Button variant=Variant::Quiet>"Discard draft"</Button>
                </span>
            </div>
        </Card>
    }
}

#[component]
fn Choices() -> impl IntoView {
    let priority = RwSignal::new("medium".to_owned());
    let channel = RwSignal::new("message".to_owned());
    let option = |value: &str, label: &str, text: &str, refused: Option<&str>| ChoiceOption {
        value: value.to_owned(),
        label: label.to_owned(),
        text: text.to_owned(),
        refused: refused.map(str::to_owned),
    };
    let priorities = vec![
        option(
            "high",
            "High",
            "People can’t do their work, nothing works around it, and it has to be dealt with at once.",
            None,
        ),
        option(
            "medium",
            "Medium",
            "Some people can’t do all of their work, but there is a workaround.",
            None,
        ),
        option("low", "Low", "The problem comes and goes and can be worked around.", None),
    ];
    let channels = vec![
        option("message", "Message", "Usually within 4 hours", None),
        option("phone", "Call me", "Today until 6:00 PM GMT+1", None),
        option(
            "chat",
            "Chat",
            "In writing, at once",
            Some("Chat is reaching organizations step by step; yours doesn’t have it yet."),
        ),
    ];
    view! {
        <Card title=fixed("Choices")>
            <Choice
                id="gallery-priority"
                legend=fixed("Priority: how does this affect your company?")
                hint=fixed("The priority makes the answer neither faster nor slower.")
                value=priority
                options=Signal::stored(priorities)
            />
            <Choice
                id="gallery-channel"
                legend=fixed("How should support answer?")
                error=fixed_some("Choose how support should answer")
                value=channel
                options=Signal::stored(channels)
                layout=ChoiceLayout::Row
            />
        </Card>
    }
}

#[component]
fn Layers() -> impl IntoView {
    let open = RwSignal::new(false);
    let text = RwSignal::new(String::new());
    let selected = RwSignal::new("thread".to_owned());
    let tabs = vec![
        Tab { id: "thread", label: fixed("Thread") },
        Tab { id: "history", label: fixed("History") },
        Tab { id: "files", label: fixed("Files") },
    ];
    let theme = RwSignal::new("light");
    let items = Signal::derive(move || {
        let choice = |name: &'static str| {
            MenuItem::choice(name.to_owned(), theme.get() == name, Callback::new(move |()| theme.set(name)))
        };
        vec![
            MenuItem::heading("Theme".to_owned()),
            choice("light"),
            choice("dark"),
            MenuItem::separator(),
            MenuItem::link("Help".to_owned(), "#help".to_owned()),
            MenuItem::action("Sign out".to_owned(), Callback::new(|()| {})),
        ]
    });
    let button = ViewFn::from(|| view! { <Avatar name="Awa Mbaye"/> });
    view! {
        <Card title=fixed("Dialog, menu, tabs")>
            <div class="gallery__row">
                <Button on_press=move |()| open.set(true)>"Open the dialog"</Button>
                <Menu label=fixed("Your menu") button items place=MenuPlace::Below/>
            </div>
            <Dialog open title=fixed("Something isn’t working?")>
                <TextField id="gallery-dialog" label=fixed("What isn’t working?") value=text/>
                <div class="form-actions">
                    <Button variant=Variant::Primary on_press=move |()| open.set(false)>"Send report"</Button>
                </div>
            </Dialog>
            <Tabs tabs selected>
                <p>{move || format!("The panel of {}.", selected.read())}</p>
            </Tabs>
        </Card>
    }
}

#[component]
fn Rows() -> impl IntoView {
    let row = |title: &'static str, tone: Tone, waiting: &'static str, level: u8, bars: Tone| {
        view! {
            <tr>
                <td>
                    <a class="cell-title" href="#row" title=title>{title}</a>
                    <span class="cell-sub">"FD-1042 · Video · touches an incident"</span>
                </td>
                <td>
                    <Pill tone text=fixed(waiting)/>
                </td>
                <td>
                    <span class="priority">
                        <Bars level tone=bars/>
                        <span class="priority__text">"High, support: Medium"</span>
                    </span>
                </td>
                <td>
                    <span class="cell-person">
                        <Avatar name="Chloé Laurent"/>
                        <span class="cell-person__name">"Chloé Laurent"</span>
                    </span>
                </td>
                <td class="cell-end">"9 min ago"</td>
            </tr>
        }
    };
    view! {
        <nav class="filters" aria-label="Views">
            <a class="chip" href="#open" aria-current="page">"Open 14"</a>
            <a class="chip" href="#waiting">"Waiting for you 3"</a>
            <a class="chip" href="#solved">"Solved"</a>
            <a class="chip" href="#all">"All 1,284"</a>
        </nav>
        <div class="table-wrap">
            <table class="table requests-table">
                <thead>
                    <tr>
                        <th scope="col">"Request"</th>
                        <th scope="col">"Waiting for"</th>
                        <th scope="col">"Priority"</th>
                        <th scope="col">"Asked by"</th>
                        <th scope="col" class="cell-end">"Last change"</th>
                    </tr>
                </thead>
                <tbody>
                    {row("Video upload stops at 90 %", Tone::Warn, "You: asked 2 hr. ago", 3, Tone::Bad)}
                    {row("Two people can’t sign in with SSO", Tone::Info, "Support: answering", 2, Tone::Warn)}
                    {row(LONG, Tone::Mute, "On hold until Friday, November 27 at 9:00 AM GMT+1", 1, Tone::Mute)}
                </tbody>
            </table>
        </div>
    }
}

/// A text that never changes.
fn fixed(text: &str) -> Signal<String> {
    Signal::stored(text.to_owned())
}

/// An error or a reason that never changes.
fn fixed_some(text: &str) -> Signal<Option<String>> {
    Signal::stored(Some(text.to_owned()))
}
