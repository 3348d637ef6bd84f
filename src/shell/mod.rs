//! What every page stands in.

pub mod announce;
pub mod connection;
pub mod desk;
pub mod drafts;
pub mod failure;
pub mod fetched;
pub mod hours;
pub mod live;
pub mod loaded;
pub mod onward;
pub mod piece;
pub mod refused;
pub mod release;
pub mod selection;
pub mod submit;
pub mod tabs;
pub mod topics;
pub mod uploading;

pub mod acts;
pub mod changes;
pub mod helpful;
pub mod levels;

pub mod sign_in_form;

pub mod address;
pub mod again;
pub mod ask_form;
pub mod attach;
pub mod attached;
pub mod call_form;
pub mod draft_note;
pub mod extras;
pub mod frame;
pub mod guard;
pub mod handing;
pub mod incidents;
pub mod keys;
pub mod menus;
pub mod notices;
pub mod offline;
pub mod outside;
pub mod own_words;
pub mod palette;
pub mod rail;
pub mod status_pill;
pub mod top;

pub use announce::announce_page;
pub use connection::Connection;
pub use desk::Desk;
pub use failure::{Failure, explain};
pub use fetched::{Act, Fetched, aside, use_fetched, use_fetched_if};
pub use frame::Frame;
pub use guard::{Guarded, Only};
pub use live::Live;
pub use loaded::Loaded;
pub use onward::use_onward;
pub use release::Release;
pub use submit::{Checked, submit};
