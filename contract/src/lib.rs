//! What panel and backend agree on: types on the wire and the rules both sides obey.
//!
//! No input or output, no clock: a rule that depends on the time takes `now` as an argument.
//! The backend enforces each rule; the panel calls the same function to say beforehand what the
//! backend will answer, and why.
//!
//! Reading order: [`id`] and [`time`] are the atoms; [`person`] and [`session`] say who acts;
//! [`settings`] what the operator decided; [`request`] is the first job, [`account`] with [`plan`], [`scim`] and [`audit`]
//! the second, [`report`] with [`likeness`] and [`upload`] the third; [`problem`] is every way in which the backend says no.

#![warn(missing_docs)]

pub mod id;
pub mod json;
pub mod time;

pub mod language;
pub mod person;
pub mod session;

pub mod advice;
pub mod priority;
pub mod settings;
pub mod topic;

pub mod call;
pub mod care;
pub mod chat;
pub mod listing;
pub mod markup;
pub mod request;
pub mod text;
pub mod thread;
pub mod upload;

pub mod account;
pub mod audit;
pub mod plan;
pub mod scim;

pub mod check_first;
pub mod component;
pub mod delivery;
pub mod feedback;
pub mod follow;
pub mod forgotten;
pub mod help;
pub mod mail;
pub mod maintenance;
pub mod status;

pub mod likeness;
pub mod report;
pub mod words;

pub mod event;
pub mod page;
pub mod problem;

pub use care::Care;
pub use id::{
    ArticleId, ComponentId, EventId, FollowId, IncidentId, MaintenanceId, MessageId, NotAnId, PersonId,
    PlanId, ReportGroupId, ReportId, RequestId, RunId, TopicId, Version,
};
pub use language::{Language, Localized};
pub use listing::{Sort, SortBy};
pub use page::{Cursor, Page};
pub use person::{Kind, Person, PersonRef, Right, Role};
pub use priority::Priority;
pub use problem::{FieldError, Problem, ProblemType};
pub use report::{Report, ReportState};
pub use request::{Channel, Request, RequestState, RequestSummary, WaitingFor};
pub use session::Session;
pub use settings::Settings;
pub use text::{Body, Subject};
pub use thread::{Author, Message, ThreadItem};
pub use time::Timestamp;
pub use topic::Topic;
pub use upload::{MediaKind, Upload, UploadId};
