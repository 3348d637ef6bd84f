//! The rail on the left: pages that this role has and that exist.

use frontdesk_contract::account::act::can_read;
use frontdesk_contract::plan::ApprovalCounts;
use frontdesk_contract::{Kind, Person, Right, Role, report, request};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::counts;
use crate::browser::intl;
use crate::i18n::{Key, Plural, keys as w, t, use_words};
use crate::route::{RequestsView, Route};
use crate::shell::extras::Help;
use crate::shell::{Fetched, Live, use_fetched_if};
use crate::state::SessionState;
use crate::ui::{Icon, IconName};

/// A line of the rail.
struct Line {
    route: Route,
    name: Key,
    icon: IconName,
    /// Whether the person has this page.
    may: fn(&Person) -> bool,
}

/// What a role has no page for is not in its rail (DESIGN.md, "Who uses it").
fn lines() -> [Line; 10] {
    [
        Line {
            route: Route::Overview,
            name: w::NAV_OVERVIEW,
            icon: IconName::Home,
            may: |person| person.role() != Role::Employee,
        },
        // The first page of employees is what became of their reports.
        Line {
            route: Route::Overview,
            name: w::NAV_MY_REPORTS,
            icon: IconName::Report,
            may: |person| person.role() == Role::Employee,
        },
        Line {
            route: Route::Support,
            name: w::NAV_SUPPORT,
            icon: IconName::Support,
            may: |person| request::can_ask(person).is_ok(),
        },
        Line {
            route: Route::Requests(RequestsView::Open),
            name: w::NAV_REQUESTS,
            icon: IconName::Requests,
            may: |person| request::can_read(person).is_ok(),
        },
        Line { route: Route::Priorities, name: w::NAV_PRIORITIES, icon: IconName::Flag, may: |_| true },
        Line {
            route: Route::Accounts,
            name: w::NAV_ACCOUNTS,
            icon: IconName::People,
            may: |person| can_read(&person.rights),
        },
        Line {
            route: Route::Reports,
            name: w::NAV_REPORTS,
            icon: IconName::Report,
            may: |person| report::can_handle(person).is_ok(),
        },
        Line {
            route: Route::MyReports,
            name: w::NAV_MY_REPORTS,
            icon: IconName::Report,
            may: |person| person.role() == Role::Auditor,
        },
        Line { route: Route::Status, name: w::NAV_STATUS, icon: IconName::Pulse, may: |_| true },
        Line {
            route: Route::Audit,
            name: w::NAV_AUDIT,
            icon: IconName::Log,
            may: |person| person.has(Right::Audit),
        },
    ]
}

#[component]
pub fn Rail() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let person = Memo::new(move |_| state.person());
    let counts = Counts::follow(person);
    let links = move || {
        let Some(person) = person.get() else { return Vec::new() };
        lines()
            .into_iter()
            .filter(|line| (line.may)(&person))
            .map(|line| view! { <RailLink line counts/> })
            .collect()
    };
    view! {
        <nav class="rail" id="rail" aria-label=t(w::NAV_MAIN)>
            <a class="rail__brand" href=Route::Overview.to_string()>
                <span class="rail__mark"><Icon name=IconName::Brand/></span>
                "Frontdesk"
            </a>
            <ul class="rail__links" role="list">{links}</ul>
            <div class="rail__foot">
                <Help/>
            </div>
        </nav>
    }
}

/// What waits for somebody, by the line that leads there; live by the stream.
#[derive(Clone, Copy)]
struct Counts {
    state: SessionState,
    approvals: Fetched<ApprovalCounts>,
    reports: Fetched<counts::Reports>,
}

impl Counts {
    fn follow(person: Memo<Option<Person>>) -> Self {
        let live = expect_context::<Live>();
        let is = move |may: fn(&Person) -> bool| person.with(|person| person.as_ref().is_some_and(may));
        let approvals = use_fetched_if(move || {
            live.runs.track();
            is(|person| person.has(Right::Approve) && can_read(&person.rights)).then(counts::approvals)
        });
        let reports = use_fetched_if(move || {
            live.reports.track();
            is(|person| report::can_handle(person).is_ok()).then(counts::reports)
        });
        Self { state: expect_context::<SessionState>(), approvals, reports }
    }

    /// The number of a line, and what it counts; nothing where nothing waits. Follows changes.
    fn of(self, route: &Route) -> Signal<Option<(u64, Plural)>> {
        let Self { state, approvals, reports } = self;
        let some = |count: Option<u64>, key: Plural| Some((count.filter(|count| *count > 0)?, key));
        if matches!(route, Route::Requests(_)) {
            // The number says what waits for the organization; an agent's own work is on their overview.
            Signal::derive(move || {
                let is_member = state.person().is_some_and(|person| person.kind == Kind::Member);
                some(state.waiting().filter(|_| is_member), w::NAV_REQUESTS_WAIT)
            })
        } else if matches!(route, Route::Accounts) {
            Signal::derive(move || {
                some(approvals.with(|counts| Some(counts?.waiting_for_you)), w::NAV_APPROVALS_WAIT)
            })
        } else if matches!(route, Route::Reports) {
            Signal::derive(move || some(reports.with(|counts| Some(counts?.new)), w::NAV_REPORTS_NEW))
        } else {
            Signal::stored(None)
        }
    }
}

#[component]
fn RailLink(line: Line, counts: Counts) -> impl IntoView {
    let words = use_words();
    let path = use_location().pathname;
    let href = line.route.to_string();
    let count = counts.of(&line.route);
    let own = href.clone();
    let current = move || is_current(&own, &path.read()).then_some("page");
    let name = line.name;
    // Its parts are read as one sentence, which begins with what is seen (WCAG 2.5.3).
    let label = move || count.get().map(|(count, key)| [words.text(name), words.count(key, count)].join(" "));
    let number = move || {
        count.get().map(|(count, _)| {
            view! { <span class="rail__count">{intl::number(count, &words.language())}</span> }
        })
    };
    view! {
        <li>
            <a class="rail__link" href=href aria-current=current aria-label=label>
                <Icon name=line.icon/>
                <span>{t(name)}</span>
                " "
                {number}
            </a>
        </li>
    }
}

/// Whether the page at `path` belongs to the line at `href`.
fn is_current(href: &str, path: &str) -> bool {
    if href == "/" {
        path == "/"
    } else {
        path == href || path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_belongs_to_requests_and_nothing_to_the_overview_but_itself() {
        assert!(is_current("/requests", "/requests/FD-1"));
        assert!(is_current("/requests", "/requests"));
        assert!(!is_current("/requests", "/requestsx"));
        assert!(!is_current("/", "/requests"));
    }
}
