//! Who sits before the dialog, as the page around has it signed by its own server: a report token.

/// A report token, with the origin of the page that handed it over.
#[derive(Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The token, never logged.
    pub token: String,
    /// The origin of that page: the backend compares it with the one that the token was made for.
    pub host: String,
}

impl Bearer {
    /// The headers that say it.
    pub fn headers(&self) -> [(&'static str, String); 2] {
        [("Authorization", format!("Bearer {}", self.token)), ("X-Frontdesk-Host", self.host.clone())]
    }
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bearer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_said_with_its_page_and_never_shown() {
        let bearer = Bearer { token: "a.b.c".to_owned(), host: "https://intranet.example".to_owned() };
        let [(name, value), (of, host)] = bearer.headers();
        assert_eq!((name, value.as_str()), ("Authorization", "Bearer a.b.c"));
        assert_eq!((of, host.as_str()), ("X-Frontdesk-Host", "https://intranet.example"));
        assert!(!format!("{bearer:?}").contains("a.b.c"));
    }
}
