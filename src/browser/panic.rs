//! What happens when the program fails.

use std::panic;

use super::page;

/// From now on a panic shows the crash page, which says that the drafts are kept.
pub fn install() {
    panic::set_hook(Box::new(|info| page::crash(&info.to_string())));
}
