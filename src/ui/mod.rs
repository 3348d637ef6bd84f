//! Building blocks that know nothing of the product: texts, signals and callbacks in, markup out.
//!
//! Each block has all its states; development builds show them together in `gallery`. Looks are in
//! `style/ui`, one sheet for each family.
#![warn(missing_docs)]

pub mod avatar;
pub mod banner;
pub mod bars;
pub mod button;
pub mod card;
pub mod checkbox;
pub mod choice;
pub mod dialog;
pub mod effect;
pub mod empty;
pub mod error_summary;
pub mod field;
pub mod icon;
pub mod live_regions;
pub mod menu;
pub mod page_header;
pub mod pill;
pub mod relative_time;
pub mod select;
pub mod skeleton;
pub mod switch;
pub mod tabs;
pub mod text_area;
pub mod text_field;
pub mod tone;
pub mod when;

#[cfg(debug_assertions)]
pub mod gallery;

pub use avatar::Avatar;
pub use banner::Banner;
pub use bars::Bars;
pub use button::{Button, ButtonKind, ButtonLink, Variant};
pub use card::Card;
pub use checkbox::Checkbox;
pub use choice::{Choice, ChoiceLayout, ChoiceOption};
pub use dialog::Dialog;
pub use effect::{effect, effect_after};
pub use empty::Empty;
pub use error_summary::ErrorSummary;
pub use icon::{Icon, IconName};
pub use live_regions::{Announcer, LiveRegions, provide_announcer, use_announcer};
pub use menu::{Menu, MenuItem, MenuPlace};
pub use page_header::PageHeader;
pub use pill::Pill;
pub use relative_time::RelativeTime;
pub use select::{Select, SelectOption};
pub use skeleton::Skeleton;
pub use switch::Switch;
pub use tabs::{Tab, Tabs};
pub use text_area::TextArea;
pub use text_field::{Input, TextField};
pub use tone::Tone;
pub use when::When;
