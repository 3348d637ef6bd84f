//! Puts values into a text, in one pass.

/// Replaces each `{name}` of `text`. What is put in is never looked at again, so braces in a person's
/// own words stay as they are; a name without a value stays too.
pub(super) fn fill(text: &str, args: &[(&str, String)]) -> String {
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let value = after.split_once('}').and_then(|(name, tail)| {
            args.iter().find(|(known, _)| *known == name).map(|(_, value)| (value, tail))
        });
        match value {
            Some((value, tail)) => {
                filled.push_str(value);
                rest = tail;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[track_caller]
    fn check(text: &str, args: &[(&str, &str)], expected: &str) {
        let args: Vec<_> = args.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        assert_eq!(fill(text, &args), expected);
    }

    #[test]
    fn each_name_is_replaced_wherever_it_stands() {
        check("{a} and {b}, then {a}", &[("a", "1"), ("b", "2")], "1 and 2, then 1");
        check("« {topic} »", &[("topic", "Vidéo")], "« Vidéo »");
        check("nothing", &[("a", "1")], "nothing");
    }

    #[test]
    fn braces_in_a_persons_own_words_are_not_expanded() {
        check("{name} changed {what}", &[("name", "{what}"), ("what", "{name}")], "{what} changed {name}");
        check("{name}", &[("name", "}{{name}")], "}{{name}");
    }

    #[test]
    fn what_has_no_value_stays() {
        check("{unknown} {a}", &[("a", "1")], "{unknown} 1");
        check("an open { brace {a", &[("a", "1")], "an open { brace {a");
        check("{{a}}", &[("a", "1")], "{1}");
    }
}
