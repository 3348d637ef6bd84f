//! Filters and paths of SCIM (RFC 7644 §3.4.2.2 and §3.5.2) from whatever bytes come: none makes the parser fail loudly,
//! and what was read is printed as something that is read as the same.
//!
//! `cargo install cargo-fuzz`, then in `contract`: `cargo fuzz run filter --sanitizer none` (any stable Rust), for as
//! long as you like.

#![no_main]

use frontdesk_contract::scim::filter::{Filter, Path};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(filter) = text.parse::<Filter>() {
        assert_eq!(filter.to_string().parse::<Filter>().as_ref(), Ok(&filter));
    }
    let _ = text.parse::<Path>();
});
