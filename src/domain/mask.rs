//! Secrets in what a page tells about itself: addresses and the texts of errors are masked before they are shown
//! or sent (DESIGN.md, rule 7).

/// What stands in the place of a secret.
pub const MASK: &str = "•••";
/// So many digits in a row are a number of somebody.
const DIGITS: usize = 6;
/// So many letters and digits in a row, mixed, are a token.
const TOKEN: usize = 16;
/// What is named so is a secret, whatever it looks like.
const NAMES: [&str; 15] = [
    "token",
    "key",
    "password",
    "passwd",
    "pwd",
    "secret",
    "code",
    "session",
    "sid",
    "auth",
    "signature",
    "otp",
    "apikey",
    "sessionid",
    "authorization",
];
/// Ways to sign in that stand before the secret itself.
const SCHEMES: [&str; 4] = ["bearer", "basic", "digest", "token"];

/// The text without e-mail addresses, tokens, long digits and the values of what is named like a secret.
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_secret_next = false;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|sign| !is_part(sign)).unwrap_or(rest.len());
        if end == 0 {
            // `Bearer x`, `token=x` and `"token": "x"`: what stands between the name and the value keeps it in mind.
            is_secret_next = is_secret_next && matches!(first, '=' | ':' | '"' | '\'' | ' ');
            masked.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (word, after) = rest.split_at(end);
        let is_scheme = SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme));
        if is_secret_next && is_scheme && !is_set(after) {
            masked.push_str(word);
        } else if is_secret_next || is_secret(word) {
            masked.push_str(MASK);
            is_secret_next = false;
        } else {
            masked.push_str(word);
            is_secret_next = word.eq_ignore_ascii_case("bearer") || is_name(word) && is_set(after);
        }
        rest = after;
    }
    masked
}

/// What words, addresses and tokens are made of. Dots and the like belong to them; what separates the parts of
/// an address doesn't.
fn is_part(sign: char) -> bool {
    sign.is_alphanumeric() || matches!(sign, '@' | '.' | '_' | '-' | '+' | '%' | '~' | '•')
}

fn is_secret(word: &str) -> bool {
    is_mail(word) || has_digits(word) || is_token(word)
}

fn is_mail(word: &str) -> bool {
    let word = word.trim_matches('.');
    word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
        || word
            .to_ascii_lowercase()
            .split_once("%40")
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
}

/// A long number, also one that is written in groups: `4970-1012-3456`.
fn has_digits(word: &str) -> bool {
    let mut count = 0;
    for sign in word.chars() {
        match sign {
            '0'..='9' => count += 1,
            '-' | '.' | '_' => {}
            _ => count = 0,
        }
        // Days and versions are shorter: 2026-11-25 has eight digits, so a date alone is left.
        if count > DIGITS && !is_day(word) {
            return true;
        }
    }
    false
}

/// `2026-11-25`, also as the beginning of a time.
fn is_day(word: &str) -> bool {
    let day = word.get(..10).unwrap_or_default();
    let is_day = day
        .char_indices()
        .all(|(index, sign)| if matches!(index, 4 | 7) { sign == '-' } else { sign.is_ascii_digit() });
    is_day && day.len() == 10 && word.len() <= 13
}

fn is_token(word: &str) -> bool {
    // File names are long too: each of their parts counts by itself, unless it is a JSON Web Token.
    word.starts_with("eyJ")
        || word.split(['.', '%', '~']).any(|part| {
            part.chars().count() >= TOKEN
                && part.chars().any(|sign| sign.is_ascii_digit())
                && part.chars().any(char::is_alphabetic)
        })
}

/// Whether the word ends with the name of a secret: `access_token`, `clientSecret`, `JSESSIONID`.
fn is_name(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    NAMES.iter().any(|name| {
        let Some(before) = lower.strip_suffix(name) else { return false };
        let is_apart = before.chars().next_back().is_none_or(|sign| !sign.is_alphanumeric());
        let is_hump = word
            .get(before.len()..)
            .is_some_and(|own| own.starts_with(|sign: char| sign.is_ascii_uppercase()))
            && word
                .get(..before.len())
                .is_some_and(|own| own.ends_with(|sign: char| sign.is_ascii_lowercase()));
        is_apart || is_hump || matches!(*name, "token" | "sessionid")
    })
}

/// Whether a value follows.
fn is_set(after: &str) -> bool {
    after.trim_start_matches(['"', '\'', ' ']).starts_with(['=', ':'])
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(mask(text), expected);
    }

    #[test]
    fn plain_words_stay() {
        for text in [
            "",
            "TypeError: x is undefined at app.js:120:7",
            "https://intranet.example/news/2026-11-25/all-hands",
            "Upload failed at 90 % after 12.5 s",
            "Chrome 156.0",
            "Ça ne marche pas : réessayez",
            "The key is under the mat",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn secrets_go() {
        check("for awa.mbaye@acme.example, twice", "for •••, twice");
        check("user=awa%40acme.example&x=1", "user=•••&x=1");
        check("/orders/49701012345", "/orders/•••");
        check("call 0170-123-4567", "call •••");
        check("/r?token=abc&page=2", "/r?token=•••&page=2");
        check("access_token: \"abc\"", "access_token: \"•••\"");
        check("Authorization: Bearer abc.def", "Authorization: Bearer •••");
        check("id 3f2a9c1e5b7d4f60aa", "id •••");
        check("eyJhbGciOi.eyJzdWIi.sig", "•••");
        check("password=hunter2", "password=•••");
        check("/r?apiKey=abc&clientSecret=def", "/r?apiKey=•••&clientSecret=•••");
        check("JSESSIONID=abc; userPassword=\"def\"", "JSESSIONID=•••; userPassword=\"•••\"");
        check("Authorization: Basic YWJj", "Authorization: Basic •••");
        check("monkey=banana, Basic=yes", "monkey=banana, Basic=yes");
    }

    proptest! {
        #[test]
        fn masking_twice_is_masking_once(text in any::<String>()) {
            let once = mask(&text);
            prop_assert_eq!(mask(&once), once);
        }

        #[test]
        fn no_address_and_no_long_number_is_left(
            before in "[a-z ]{0,8}", name in "[a-z]{1,8}", host in "[a-z]{1,8}", number in "[0-9]{7,20}",
        ) {
            let masked = mask(&format!("{before} {name}@{host}.example {number}"));
            prop_assert!(!masked.contains('@') && !masked.contains(&number), "{}", masked);
        }

        #[test]
        fn what_is_named_like_a_secret_is_one(value in "[a-zA-Z0-9]{1,20}", at in 0..NAMES.len()) {
            let masked = mask(&format!("/x?{}={value}&y=1", NAMES[at]));
            prop_assert_eq!(masked, format!("/x?{}={}&y=1", NAMES[at], MASK));
        }
    }
}
