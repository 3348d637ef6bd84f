//! Every page by name: one parser, one printer. Paths are spelled here and nowhere else.

use std::fmt;

use frontdesk_contract::{
    ArticleId, IncidentId, NotAnId, PersonId, PlanId, Priority, ReportGroupId, ReportId, RequestId, RunId,
    TopicId,
};

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// What needs me now.
    Overview,
    /// Sign in, and then go where one wanted to.
    SignIn {
        /// The path that was asked for.
        to: Option<String>,
    },
    /// Set a password with a one-time link.
    Claim,
    /// Ask for a new password.
    Forgotten,
    /// Tell the admins that one can't sign in.
    LockedOut,
    /// Ask support.
    Support,
    /// All requests of the organization.
    Requests(RequestsView),
    /// One request.
    Request(RequestId),
    /// The levels of priority, and help to choose one.
    Priorities,
    /// Help articles and other places where people find help.
    Help,
    /// One help article.
    Article(ArticleId),
    /// Many accounts at once: a list, its dry run, the run.
    Many,
    /// What waits for a second person.
    Approvals,
    /// Who did what to whom.
    Audit,
    /// A new account.
    NewAccount,
    /// One's own password and sessions.
    Account,
    /// The accounts of the organization.
    Accounts,
    /// The account of somebody.
    AccountOf(PersonId),
    /// What becomes of accounts, explained.
    Lifecycle,
    /// How the service stands; everybody may look.
    Status,
    /// What employees report, in groups of what is alike.
    Reports,
    /// Reports that are alike.
    ReportGroup(ReportGroupId),
    /// One report.
    Report(ReportId),
    /// What one has reported.
    MyReports,
    /// The building blocks, in development builds.
    Gallery,
}

/// Which requests the list shows. Its depth comes with the history of requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RequestsView {
    /// Open ones.
    #[default]
    Open,
    /// Open ones that wait for the organization.
    Waiting,
    /// Open ones that wait for support.
    Support,
    /// On hold.
    Hold,
    /// Solved ones.
    Solved,
    /// All.
    All,
}

impl RequestsView {
    /// The views in the order of the chips.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Waiting, Self::Support, Self::Hold, Self::Solved, Self::All];

    /// The word of the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Support => "support",
            Self::Hold => "hold",
            Self::Solved => "solved",
            Self::All => "all",
        }
    }

    /// Reads the word of the address; an unknown word is the default view.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|view| view.as_str() == word).unwrap_or_default()
    }
}

/// The name of the view in the query of the list's address.
pub const VIEW: &str = "view";
/// The words searched for, in the query of the list's address.
pub const QUERY: &str = "q";
/// Which of several drafts a page opens, in the query of its address.
pub const DRAFT: &str = "draft";
/// Where people sign in who return by themselves.
pub const SIGN_IN: &str = "/sign-in";
/// Where whoever can't sign in tells the admins.
pub const LOCKED_OUT: &str = "/locked-out";
/// Where the dialog stands by itself.
pub const REPORT: &str = "/report.html";
/// Where people find what became of their reports.
pub const MY_REPORTS: &str = "/my-reports";
/// The level that a new request begins with, in the query of its address.
pub const PRIORITY: &str = "priority";
/// The page that one came to Help from, by the first word of its address.
pub const ABOUT: &str = "about";
/// Where reports stand, in the query of their list.
pub const STATE: &str = "state";
/// Whether the list shows only what is more than usual, in its query.
pub const SPIKE: &str = "spike";
/// The topic that the form begins with, in the query of its address.
pub const TOPIC: &str = "topic";
/// The act whose dialog stands open, in the query of an account's address.
pub const ACT: &str = "act";
/// Which dry run, in the query of the page of many accounts.
pub const PLAN: &str = "plan";
/// Which run, in the query of the page of many accounts.
pub const RUN: &str = "run";
/// Which rows, in the query of a page with rows.
pub const SHOW: &str = "show";
/// Behind which row, in the query of a page with rows.
pub const AFTER: &str = "after";
/// The name of the return path in the query of the sign-in page.
pub const TO: &str = "to";
/// The parameter of the address that names the Former Member for whom a new account is made.
pub const FROM: &str = "from";

impl Route {
    /// The patterns of the route table, as the servers of the static files get them.
    pub const PATTERNS: [&'static str; 23] = [
        "/",
        "/sign-in",
        "/claim",
        "/support",
        "/requests",
        "/requests/:id",
        "/priorities",
        "/help",
        "/help/:id",
        "/accounts/bulk",
        "/accounts/approvals",
        "/audit",
        "/accounts/new",
        "/forgotten",
        "/locked-out",
        "/account",
        "/accounts",
        "/accounts/lifecycle",
        "/accounts/:id",
        "/status",
        "/reports",
        "/reports/:id",
        "/my-reports",
    ];
}

/// What an address leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Anybody: sign in.
    SignIn,
    /// Anybody: set a password with a one-time link.
    Claim,
    /// Anybody: ask for a new password.
    Forgotten,
    /// Anybody: tell the admins that one can't sign in.
    LockedOut,
    /// Whoever is signed in.
    Inside(Inside),
    /// Nothing.
    Nowhere,
}

/// A page for whoever is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inside {
    /// What needs me now.
    Overview,
    /// Ask support.
    Support,
    /// All requests.
    Requests,
    /// One request, if its number is one.
    Request(Result<RequestId, NotAnId>),
    /// The levels of priority, and help to choose one.
    Priorities,
    /// Help articles and other places where people find help.
    Help,
    /// One help article, if its name can be one.
    Article(Result<ArticleId, NotAnId>),
    /// Many accounts at once.
    Many,
    /// What waits for a second person.
    Approvals,
    /// Who did what to whom.
    Audit,
    /// A new account.
    NewAccount,
    /// One's own password and sessions.
    Account,
    /// The accounts of the organization.
    Accounts,
    /// The account of somebody, if it can be one.
    AccountOf(Result<PersonId, NotAnId>),
    /// What becomes of accounts, explained.
    Lifecycle,
    /// How the service stands; everybody may look.
    Status,
    /// What employees report, in groups of what is alike.
    Reports,
    /// Reports that are alike, if their number is one.
    ReportGroup(Result<ReportGroupId, NotAnId>),
    /// One report, if its number is one.
    Report(Result<ReportId, NotAnId>),
    /// What one has reported.
    MyReports,
    /// The building blocks, in development builds.
    Gallery,
}

impl Inside {
    /// Whether strangers see it too.
    pub const fn is_public(&self) -> bool {
        matches!(self, Self::Status)
    }
}

impl Page {
    /// Reads a path; its query is the page's own business.
    pub fn parse(path: &str) -> Self {
        let inside = match path {
            "/sign-in" => return Self::SignIn,
            "/claim" => return Self::Claim,
            "/forgotten" => return Self::Forgotten,
            "/locked-out" => return Self::LockedOut,
            "/" => Inside::Overview,
            "/support" => Inside::Support,
            "/requests" => Inside::Requests,
            "/priorities" => Inside::Priorities,
            "/help" => Inside::Help,
            "/accounts/bulk" => Inside::Many,
            "/accounts/approvals" => Inside::Approvals,
            "/audit" => Inside::Audit,
            "/accounts/new" => Inside::NewAccount,
            "/account" => Inside::Account,
            "/accounts" => Inside::Accounts,
            "/accounts/lifecycle" => Inside::Lifecycle,
            "/status" => Inside::Status,
            "/reports" => Inside::Reports,
            "/my-reports" => Inside::MyReports,
            "/gallery" if cfg!(debug_assertions) => Inside::Gallery,
            _ => match path.strip_prefix('/').and_then(|path| path.split_once('/')) {
                Some((_, part)) if part.is_empty() || part.contains('/') => return Self::Nowhere,
                Some(("reports", number)) => match number.parse() {
                    Ok(id) => Inside::Report(Ok(id)),
                    Err(_) => Inside::ReportGroup(number.parse()),
                },
                Some(("requests", number)) => Inside::Request(number.parse()),
                Some(("help", name)) => Inside::Article(decode(name).parse()),
                Some(("accounts", id)) => Inside::AccountOf(decode(id).parse()),
                Some(_) | None => return Self::Nowhere,
            },
        };
        Self::Inside(inside)
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overview => f.write_str("/"),
            Self::SignIn { to: None } => f.write_str("/sign-in"),
            Self::SignIn { to: Some(to) } => write!(f, "/sign-in?{TO}={}", encode(to)),
            Self::Claim => f.write_str("/claim"),
            Self::Support => f.write_str("/support"),
            Self::Requests(RequestsView::Open) => f.write_str("/requests"),
            Self::Requests(view) => write!(f, "/requests?{VIEW}={}", view.as_str()),
            Self::Request(id) => write!(f, "/requests/{id}"),
            Self::Priorities => f.write_str("/priorities"),
            Self::Help => f.write_str("/help"),
            Self::Article(id) => write!(f, "/help/{}", encode(id.as_str())),
            Self::Many => f.write_str("/accounts/bulk"),
            Self::Approvals => f.write_str("/accounts/approvals"),
            Self::Audit => f.write_str("/audit"),
            Self::NewAccount => f.write_str("/accounts/new"),
            Self::Forgotten => f.write_str("/forgotten"),
            Self::LockedOut => f.write_str("/locked-out"),
            Self::Account => f.write_str("/account"),
            Self::Accounts => f.write_str("/accounts"),
            Self::AccountOf(id) => write!(f, "/accounts/{}", encode(id.as_str())),
            Self::Lifecycle => f.write_str("/accounts/lifecycle"),
            Self::Status => f.write_str("/status"),
            Self::Reports => f.write_str("/reports"),
            Self::ReportGroup(id) => write!(f, "/reports/{id}"),
            Self::Report(id) => write!(f, "/reports/{id}"),
            Self::MyReports => f.write_str("/my-reports"),
            Self::Gallery => f.write_str("/gallery"),
        }
    }
}

/// An incident on the status page.
pub fn incident(id: &IncidentId) -> String {
    format!("{}#{}", Route::Status, encode(id.as_str()))
}

/// A dry run.
pub fn plan(id: PlanId) -> String {
    format!("{}?{PLAN}={id}", Route::Many)
}

/// A run.
pub fn run(id: RunId) -> String {
    format!("{}?{RUN}={id}", Route::Many)
}

/// The form with the topic filled in.
pub fn support_about(topic: Option<&TopicId>) -> String {
    let path = Route::Support.to_string();
    topic.map_or_else(|| path.clone(), |topic| format!("{path}?{TOPIC}={}", encode(topic.as_str())))
}

/// The page of `route` with the draft in this slot; the slot's name needs no encoding.
pub fn with_draft(route: &Route, slot: Option<&str>) -> String {
    slot.map_or_else(|| route.to_string(), |slot| format!("{route}?{DRAFT}={slot}"))
}

/// The dialog *Something isn't working?*, which is a page of its own, with the draft in this slot.
pub fn report(slot: Option<&str>) -> String {
    slot.map_or_else(|| REPORT.to_owned(), |slot| format!("{REPORT}?{DRAFT}={slot}"))
}

/// A new request that begins with `level`.
pub fn ask_with(level: Priority) -> String {
    format!("{}?{PRIORITY}={}", Route::Support, level.as_str())
}

/// Help, with what is about the page at `path` first.
pub fn help_from(path: &str) -> String {
    let help = Route::Help.to_string();
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    match first {
        "help" => help,
        "" => format!("{help}?{ABOUT}=overview"),
        page => format!("{help}?{ABOUT}={}", encode(&decode(page))),
    }
}

/// The page of `route` with these pairs in its query; what is empty is left out. The names need no encoding.
pub fn with_query(route: &Route, pairs: &[(&str, String)]) -> String {
    let mut path = route.to_string();
    let mut mark = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.trim().is_empty()) {
        path.push(mark);
        path.push_str(name);
        path.push('=');
        path.push_str(&encode(value));
        mark = '&';
    }
    path
}

/// A path on this origin that is safe to go to after signing in; anything else is the overview.
///
/// `//host` and `/\host` lead to another site, so they are refused.
pub fn safe_return(to: &str) -> String {
    let mut chars = to.chars();
    let is_local = chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && !to.contains("//")
        && !to.contains("/.")
        && !to.chars().any(char::is_control)
        && !to.starts_with(&Route::SignIn { to: None }.to_string());
    if is_local { to.to_owned() } else { Route::Overview.to_string() }
}

/// Percent-encodes a value for a query (RFC 3986 §2.3: unreserved characters stay).
pub fn encode(value: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from(*HEX.get(usize::from(nibble)).unwrap_or(&b'0'));
            out.push('%');
            out.push(digit(byte >> 4));
            out.push(digit(byte & 15));
        }
    }
    out
}

/// Reads what [`encode`] wrote. What was written otherwise stays as it is.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
#[expect(unreachable_pub, reason = "the servers include this file too")]
#[path = "../backend/src/pages.rs"]
mod served;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_know_every_page() {
        let mut ours = Route::PATTERNS.to_vec();
        let mut theirs = served::PAGES.to_vec();
        ours.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(ours, theirs);
    }

    #[test]
    fn every_printed_path_is_read_again() {
        let id = RequestId(7);
        let inside = |route: &Route| Page::parse(route.to_string().split('?').next().unwrap_or_default());
        assert_eq!(inside(&Route::Overview), Page::Inside(Inside::Overview));
        assert_eq!(inside(&Route::Support), Page::Inside(Inside::Support));
        assert_eq!(inside(&Route::Account), Page::Inside(Inside::Account));
        assert_eq!(inside(&Route::Many), Page::Inside(Inside::Many));
        assert_eq!(inside(&Route::Approvals), Page::Inside(Inside::Approvals));
        assert_eq!(inside(&Route::Requests(RequestsView::All)), Page::Inside(Inside::Requests));
        assert_eq!(inside(&Route::Request(id)), Page::Inside(Inside::Request(Ok(id))));
        assert_eq!(inside(&Route::SignIn { to: Some("/support".to_owned()) }), Page::SignIn);
        assert_eq!(inside(&Route::Claim), Page::Claim);
        assert_eq!(inside(&Route::Forgotten), Page::Forgotten);
        assert_eq!(inside(&Route::LockedOut), Page::LockedOut);
        assert_eq!(inside(&Route::NewAccount), Page::Inside(Inside::NewAccount));
        assert_eq!(inside(&Route::Status), Page::Inside(Inside::Status));
        for pattern in Route::PATTERNS {
            assert_ne!(Page::parse(&pattern.replace(":id", "FD-1")), Page::Nowhere, "{pattern}");
        }
        for name in ["video-sizes", "sizes_of_vidéos", "100%"] {
            let article = Ok(name.parse().expect("a name"));
            let route = Route::Article(name.parse().expect("a name"));
            assert_eq!(inside(&route), Page::Inside(Inside::Article(article)));
        }
        for id in ["2819c223-7f76-453a-919d-413861904646", "a%b?c#d", "élan"] {
            let route = Route::AccountOf(id.parse().expect("an identifier"));
            let path = route.to_string();
            assert_eq!(Page::parse(&path), Page::Inside(Inside::AccountOf(Ok(id.parse().expect("one")))));
        }
        assert_eq!(inside(&Route::Lifecycle), Page::Inside(Inside::Lifecycle));
        assert_eq!(inside(&Route::Reports), Page::Inside(Inside::Reports));
        assert_eq!(inside(&Route::MyReports), Page::Inside(Inside::MyReports));
        assert_eq!(inside(&Route::Report(ReportId(7))), Page::Inside(Inside::Report(Ok(ReportId(7)))));
        let group = ReportGroupId(7);
        assert_eq!(inside(&Route::ReportGroup(group)), Page::Inside(Inside::ReportGroup(Ok(group))));
        for path in
            ["", "/nothing", "/requests/", "/requests/FD-1/x", "//", "/help/", "/help/a/b", "/nothing/a"]
        {
            assert_eq!(Page::parse(path), Page::Nowhere, "{path:?}");
        }
    }

    #[test]
    fn help_knows_where_one_comes_from() {
        assert_eq!(help_from("/"), "/help?about=overview");
        assert_eq!(help_from("/requests/FD-1"), "/help?about=requests");
        assert_eq!(help_from("/help/video-sizes"), "/help");
        assert_eq!(ask_with(Priority::High), "/support?priority=high");
        let pairs = [("q", "a b".to_owned()), (ABOUT, " ".to_owned()), ("x", "é".to_owned())];
        assert_eq!(with_query(&Route::Help, &pairs), "/help?q=a%20b&x=%C3%A9");
        assert_eq!(with_query(&Route::Help, &[]), "/help");
    }

    #[test]
    fn the_way_back_never_leaves_this_site() {
        assert_eq!(safe_return("/support?a=b"), "/support?a=b");
        for to in [
            "",
            "https://evil.example",
            "/.//evil.example",
            "/../evil",
            "//evil.example",
            "/\\evil.example",
            "/a\nb",
            "javascript:alert(1)",
            "/sign-in?to=/",
        ] {
            assert_eq!(safe_return(to), "/", "{to:?}");
        }
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        for text in ["", "a b", "é&=%+", "動画", "%zz"] {
            assert_eq!(decode(&encode(text)), text);
        }
        for text in ["%", "%4", "%zz", "a%ff"] {
            let _ = decode(text);
        }
        for view in RequestsView::ALL {
            assert_eq!(RequestsView::parse(view.as_str()), view);
        }
    }
}
