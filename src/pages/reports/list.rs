//! What employees report, in groups of what is alike.

use frontdesk_contract::report::{ReportCounts, ReportGroup, can_handle};
use frontdesk_contract::{Page, ReportState};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::api::report_groups as api;
use crate::browser::timer;
use crate::i18n::{keys as w, t, t_count, use_words};
use crate::pages::reports::days::Days;
use crate::pages::reports::stands::{Ago, Eye, LockedOutPill, SpikePill, StatePill, state_key};
use crate::route::{AFTER, QUERY, Route, SPIKE, STATE, TOPIC, with_query};
use crate::shell::topics::topic_options;
use crate::shell::{Desk, Live, Loaded, Only, announce_page, use_fetched};
use crate::ui::{
    ButtonLink, Card, Checkbox, Empty, Input, PageHeader, Select, SelectOption, TextField, When, effect_after,
};

/// How long after the last key a search is made, in milliseconds.
const PAUSE: i32 = 250;

/// What the address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    state: String,
    topic: String,
    words: String,
    spike: String,
    after: String,
}

impl Asked {
    /// As the address has it, with another name for the cursor where the backend is asked.
    fn pairs(self, cursor: &'static str) -> [(&'static str, String); 5] {
        [
            (STATE, self.state),
            (TOPIC, self.topic),
            (QUERY, self.words),
            (SPIKE, self.spike),
            (cursor, self.after),
        ]
    }

    fn address(self) -> String {
        with_query(&Route::Reports, &self.pairs(AFTER))
    }
}

/// The page, for admins.
#[component]
pub fn ReportList() -> impl IntoView {
    view! {
        <Only may=|person| can_handle(person).is_ok()>
            <List/>
        </Only>
    }
}

#[component]
fn List() -> impl IntoView {
    let live = expect_context::<Live>();
    let address = use_query_map();
    let asked = Memo::new(move |_| {
        address.with(|map| Asked {
            state: map.get(STATE).unwrap_or_default(),
            topic: map.get(TOPIC).unwrap_or_default(),
            words: map.get(QUERY).unwrap_or_default(),
            spike: map.get(SPIKE).unwrap_or_default(),
            after: map.get(AFTER).unwrap_or_default(),
        })
    });
    let found = use_fetched(move || {
        live.reports.track();
        api::groups(&asked.get().pairs("cursor"))
    });
    let counts = use_fetched(move || {
        live.reports.track();
        api::counts()
    });
    let title = t(w::NAV_REPORTS);
    announce_page(title);
    view! {
        <PageHeader title intro=t(w::REPORTS_INTRO)/>
        <div class="stack">
            <Loaded data=counts lines=2 let:counts>
                <Today counts/>
            </Loaded>
            <Filters asked/>
            <Loaded data=found lines=8 let:page>
                <Groups page asked/>
            </Loaded>
        </div>
    }
}

/// How many came today, beside the days before.
#[component]
fn Today(counts: Signal<ReportCounts>) -> impl IntoView {
    let today = Signal::derive(move || {
        u64::from(counts.with(|counts| counts.days.last().copied()).unwrap_or_default())
    });
    let spike = move || counts.with(|counts| counts.spike).map(|spike| view! { <SpikePill spike/> });
    view! {
        <Card>
            <div class="report-today">
                <p>{t_count(w::REPORTS_TODAY, today)} " " {spike}</p>
                {move || view! { <Days days=counts.get().days/> }}
            </div>
        </Card>
    }
}

/// What narrows the list; it stands in the address.
#[component]
fn Filters(asked: Memo<Asked>) -> impl IntoView {
    let navigate = use_navigate();
    let desk = expect_context::<Desk>();
    let words = use_words();
    let go = Callback::new(move |next: Asked| {
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&Asked { after: String::new(), ..next }.address(), options);
    });
    let state = RwSignal::new(asked.with_untracked(|asked| asked.state.clone()));
    let topic = RwSignal::new(asked.with_untracked(|asked| asked.topic.clone()));
    let typed = RwSignal::new(asked.with_untracked(|asked| asked.words.clone()));
    let spike = RwSignal::new(asked.with_untracked(|asked| !asked.spike.is_empty()));
    let chosen = Memo::new(move |_| Asked {
        state: state.get(),
        topic: topic.get(),
        words: typed.get().trim().to_owned(),
        spike: if spike.get() { "true".to_owned() } else { String::new() },
        after: String::new(),
    });
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The address is outside the reactive graph. It follows what is chosen once the fingers rest.
    effect_after(move |before: Option<Asked>| {
        let next = chosen.get();
        if before.is_some_and(|before| before != next) {
            let wanted = next.clone();
            pause.set_value(Some(timer::after(PAUSE, move || go.run(wanted))));
        }
        next
    });
    // Going back, or a link to this page, changes the address under the fields.
    effect_after(move |before: Option<Asked>| {
        let now = asked.get();
        let bare = Asked { after: String::new(), ..now.clone() };
        if before.is_some() && chosen.get_untracked() != bare {
            state.set(now.state.clone());
            topic.set(now.topic.clone());
            typed.set(now.words.clone());
            spike.set(!now.spike.is_empty());
        }
        now
    });
    let states = Signal::derive(move || {
        ReportState::ALL.map(|state| SelectOption::new(state.as_str(), words.text(state_key(state)))).to_vec()
    });
    let topics = Signal::derive(move || {
        desk.settings.with(|settings| {
            settings.map(|settings| topic_options(&settings.topics, words)).unwrap_or_default()
        })
    });
    view! {
        <search class="report-filters">
            <TextField id="reports-search" label=t(w::REPORTS_SEARCH) value=typed input=Input::Search/>
            <Select id="reports-state" label=t(w::REPORTS_STATE) value=state options=states prompt=t(w::REQUESTS_ALL)/>
            <Select id="reports-topic" label=t(w::SUPPORT_TOPIC) value=topic options=topics prompt=t(w::REQUESTS_ANY_TOPIC)/>
            <Checkbox id="reports-spike" label=t(w::REPORTS_ONLY_SPIKES) checked=spike/>
        </search>
    }
}

#[component]
fn Groups(page: Signal<Page<ReportGroup>>, asked: Memo<Asked>) -> impl IntoView {
    let is_plain = move || asked.get() == Asked::default();
    let older = move || {
        page.with(|page| page.next.clone()).map(|next| {
            let href = Asked { after: next.0, ..asked.get() }.address();
            view! { <p><ButtonLink href>{t(w::REPORTS_OLDER)}</ButtonLink></p> }
        })
    };
    let is_later = Signal::derive(move || asked.with(|asked| !asked.after.is_empty()));
    let newest = move || Asked { after: String::new(), ..asked.get() }.address();
    view! {
        {move || {
            let groups = page.get().items;
            if groups.is_empty() {
                let text = t(if is_plain() { w::EMPTY_REPORTS } else { w::REPORTS_NONE });
                return view! { <Empty text/> }.into_any();
            }
            let rows = groups.into_iter().map(|group| view! { <Row group/> }).collect_view();
            view! { <ul class="report-groups" role="list">{rows}</ul> }.into_any()
        }}
        <When on=is_later>
            <p>
                <a href=newest>{t(w::REPORTS_NEWEST)}</a>
            </p>
        </When>
        {older}
    }
}

#[component]
fn Row(group: ReportGroup) -> impl IntoView {
    let href = Route::ReportGroup(group.id).to_string();
    let (reports, new) = (Signal::stored(group.reports), Signal::stored(group.new_reports));
    let page = group.page.clone();
    view! {
        <li class="report-group">
            <div class="report-group__words">
                <a href=href dir="auto">{group.title}</a>
                <p class="hint">
                    {t_count(w::REPORTS_COUNT, reports)}
                    {(group.new_reports > 0).then(|| view! { " · " {t_count(w::REPORTS_NEW, new)} })}
                    " · " <Ago at=group.last_at/>
                    {page.map(|page| view! { " · " <span dir="ltr">{page}</span> })}
                </p>
            </div>
            <div class="report-group__marks">
                <LockedOutPill count=group.locked_out/>
                {group.spike.map(|spike| view! { <SpikePill spike/> })}
                <StatePill state=group.state eye=Eye::Admin/>
            </div>
            <Days days=group.days/>
        </li>
    }
}
