//! Which page comes in which piece of the program. (ADR 0008.)

use leptos::prelude::*;

use crate::pages::account::Account;
use crate::pages::accounts::lifecycle::Lifecycle;
use crate::pages::accounts::list::AccountList;
use crate::pages::accounts::show::AccountPage;
use crate::pages::audit::Audit;
use crate::pages::claim::ClaimPage;
use crate::pages::forgotten::ForgottenPage;
use crate::pages::help::article::HelpArticle;
use crate::pages::help::list::Help;
use crate::pages::locked_out::LockedOutPage;
use crate::pages::many::approvals::Approvals;
use crate::pages::many::page::Many;
use crate::pages::new_account::NewAccountPage;
use crate::pages::overview::Overview;
use crate::pages::priorities::Priorities;
use crate::pages::reports::group::GroupPage;
use crate::pages::reports::list::ReportList;
use crate::pages::reports::mine::MyReports;
use crate::pages::reports::one::OneReport;
use crate::pages::requests::list::RequestList;
use crate::pages::requests::show::RequestPage;
use crate::pages::sign_in::SignIn;
use crate::pages::status::page::StatusPage;
use crate::pages::support::ask::ContactSupport;
use crate::route::Inside;
use crate::shell::piece::{Load, piece};

/// The piece that an inner page stands in; `None` where it comes with the panel itself.
pub fn piece_of(page: &Inside) -> Option<Load<Inside>> {
    match page {
        Inside::Overview => Some(overview),
        Inside::Support => Some(support),
        Inside::Requests | Inside::Request(_) => Some(requests),
        Inside::Priorities => Some(priorities),
        Inside::Help | Inside::Article(_) => Some(help),
        Inside::Status => Some(status),
        Inside::Account => Some(account),
        Inside::Accounts | Inside::AccountOf(_) => Some(accounts),
        Inside::Lifecycle => Some(lifecycle),
        Inside::Many | Inside::Approvals => Some(many),
        Inside::Audit => Some(audit),
        Inside::Reports | Inside::ReportGroup(_) | Inside::Report(_) | Inside::MyReports => Some(reports),
        Inside::NewAccount => Some(new_account),
        Inside::Gallery => None,
    }
}

piece! { if "pieces" fn overview = overview / overview_page (Inside) by |_| view! { <Overview/> }.into_any() }
piece! { if "pieces" fn support = support / support_page (Inside) by |_| view! { <ContactSupport/> }.into_any() }
piece! {
    if "pieces" fn requests = requests / requests_page (Inside) by |page| {
        if let Inside::Request(id) = page {
            view! { <RequestPage id/> }.into_any()
        } else {
            view! { <RequestList/> }.into_any()
        }
    }
}
piece! {
    if "pieces" fn reports = reports / reports_page (Inside) by |page| {
        if let Inside::Report(id) = page {
            view! { <OneReport id/> }.into_any()
        } else if let Inside::ReportGroup(id) = page {
            view! { <GroupPage id/> }.into_any()
        } else if page == Inside::MyReports {
            view! { <MyReports/> }.into_any()
        } else {
            view! { <ReportList/> }.into_any()
        }
    }
}
piece! { if "pieces" fn priorities = guide / priorities_page (Inside) by |_| view! { <Priorities/> }.into_any() }
piece! {
    if "pieces" fn help = guide / help_page (Inside) by |page| {
        if let Inside::Article(id) = page {
            view! { <HelpArticle id/> }.into_any()
        } else {
            view! { <Help/> }.into_any()
        }
    }
}
piece! { if "pieces" fn status = status / status_page (Inside) by |_| view! { <StatusPage/> }.into_any() }
piece! {
    if "pieces" fn accounts = accounts / accounts_page (Inside) by |page| {
        if let Inside::AccountOf(id) = page {
            view! { <AccountPage id/> }.into_any()
        } else {
            view! { <AccountList/> }.into_any()
        }
    }
}
piece! { if "pieces" fn lifecycle = guide / lifecycle_page (Inside) by |_| view! { <Lifecycle/> }.into_any() }
piece! {
    if "pieces" fn many = many / many_page (Inside) by |page| {
        if page == Inside::Approvals { view! { <Approvals/> }.into_any() } else { view! { <Many/> }.into_any() }
    }
}
piece! { if "pieces" fn new_account = many / new_account_page (Inside) by |_| view! { <NewAccountPage/> }.into_any() }
piece! { if "pieces" fn audit = audit / audit_page (Inside) by |_| view! { <Audit/> }.into_any() }
piece! { if "pieces" fn account = own / account_page (Inside) by |_| view! { <Account/> }.into_any() }
piece! {
    /// The page where one signs in.
    if "pieces" pub(crate) fn sign_in = door / sign_in_page (()) by |()| view! { <SignIn/> }.into_any()
}
piece! {
    /// The page of a one-time link.
    if "pieces" pub(crate) fn claim = door / claim_page (()) by |()| view! { <ClaimPage/> }.into_any()
}
piece! {
    /// The page for a forgotten password.
    if "pieces" pub(crate) fn forgotten = door / forgotten_page (()) by |()| view! { <ForgottenPage/> }.into_any()
}
piece! {
    /// The page for whoever can't sign in.
    if "pieces" pub(crate) fn locked_out = door / locked_out_page (()) by |()| view! { <LockedOutPage/> }.into_any()
}
