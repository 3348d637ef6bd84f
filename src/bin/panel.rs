//! Starts the panel; `boot.js` has fetched the words.

fn main() {
    frontdesk::browser::panic::install();
    frontdesk::app::mount();
}
