//! A person in two letters.

use leptos::prelude::*;

/// The initials of a name that stands beside them.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "props are owned")]
pub fn Avatar(
    /// Whose, or which.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    // Drawn by the style sheet: letters in the page would be part of the name of a button around them.
    view! { <span class="avatar" aria-hidden="true" data-initials=initials(&name)></span> }
}

/// The first letters of the first and the last word. The style sheet makes them capital.
fn initials(name: &str) -> String {
    let mut words =
        name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Awa Mbaye"), "AM");
        assert_eq!(initials("chloé de la laurent"), "cl");
        assert_eq!(initials("Hana"), "H");
        assert_eq!(initials("  “Élise” (x) Ørsted "), "ÉØ");
        assert_eq!(initials("🙂"), "");
        assert_eq!(initials(""), "");
    }
}
