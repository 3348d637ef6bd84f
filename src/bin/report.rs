//! Starts the dialog on its own page; `boot.js` has fetched the words.

fn main() {
    frontdesk::browser::panic::install();
    frontdesk::report::mount();
}
