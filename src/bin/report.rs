//! Starts the dialog's own page, whose words stand in report.html until the dialog is built.

fn main() {
    frontdesk::browser::panic::install();
}
