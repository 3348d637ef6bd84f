//! Whether the server has another release of the panel than the one that runs here.

/// Whether `page`, as the server has it now, starts other files than `own`. A page that isn't ours, such as a
/// proxy's question who one is, says nothing.
pub fn is_another(page: &str, own: &[String]) -> bool {
    let is_ours = page.contains(" data-wasm=\"");
    is_ours && own.iter().any(|name| !page.contains(&format!("\"{name}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<link rel="stylesheet" href="panel.1.css"><script src="boot.1.js" data-wasm="panel.1.wasm"></script>"#;

    #[track_caller]
    fn check(page: &str, own: &[&str], expected: bool) {
        let own: Vec<String> = own.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(is_another(page, &own), expected, "{page}");
    }

    #[test]
    fn a_release_is_known_by_the_names_of_its_files() {
        check(PAGE, &["panel.1.css", "boot.1.js", "panel.1.wasm"], false);
        check(PAGE, &["panel.1.css", "boot.1.js", "panel.2.wasm"], true);
        check(PAGE, &["panel.0.css", "boot.1.js", "panel.1.wasm"], true);
        check(PAGE, &["/panel.1.css"], true);
    }

    #[test]
    fn a_page_of_somebody_else_says_nothing() {
        check("<h1>Sign in to the network</h1>", &["panel.1.wasm"], false);
        check("", &["panel.1.wasm"], false);
        check(PAGE, &[], false);
    }
}
