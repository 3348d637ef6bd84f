//! The journeys that a browser can't tell, each with the reason: they are left out by name, and said.

use crate::browsers::Browser;
use crate::failure::Outcome;
use crate::files;
use crate::place::Place;

/// A journey that isn't told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its module and its name, as `report::a_capture_is_covered`.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// What `browser` leaves out, as `tests/e2e/left-out/` has it: nothing where it has no file.
pub fn read(place: &Place, browser: Browser) -> Outcome<Vec<LeftOut>> {
    let path = place.root.join(format!("tests/e2e/left-out/{}.txt", browser.name()));
    if !path.exists() {
        return Ok(Vec::new());
    }
    Ok(parse(&files::read(&path)?))
}

/// A name and a reason on each line; what begins with `#` is for readers.
fn parse(text: &str) -> Vec<LeftOut> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, reason) = line.split_once(' ').unwrap_or((line, ""));
            LeftOut { name: name.to_owned(), reason: reason.trim().to_owned() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_left_out_journey_exists_and_has_a_reason() {
        let place = Place::find().unwrap();
        for browser in [Browser::Chromium, Browser::Firefox, Browser::Webkit] {
            for LeftOut { name, reason } in read(&place, browser).unwrap() {
                let (module, function) =
                    name.split_once("::").unwrap_or_else(|| panic!("{name} has no module"));
                let source = place.root.join(format!("tests/e2e/tests/journeys/{module}.rs"));
                let source = files::read(&source).unwrap();
                assert!(source.contains(&format!("async fn {function}()")), "there is no {name}");
                assert!(!reason.is_empty(), "{name} has no reason");
            }
        }
    }

    #[test]
    fn chromium_leaves_nothing_out() {
        assert_eq!(read(&Place::find().unwrap(), Browser::Chromium).unwrap(), []);
    }

    #[test]
    fn lines_for_readers_are_no_journeys() {
        let read = parse("# why\n\nreport::one  it needs this\n");
        assert_eq!(read, [LeftOut { name: "report::one".to_owned(), reason: "it needs this".to_owned() }]);
    }
}
