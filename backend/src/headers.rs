//! The one table of response headers: what each address says about caching, framing and scripts.
//!
//! Uses the standard library and the pages beside it alone, because the build tool includes both files to
//! write the same table for CDNs (`_headers`, nginx, Caddy, CloudFront).

use super::pages::is_page;

/// What kind of thing is answered at an address. Each kind has one list of headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A page of the panel: HTML that is asked for anew each time.
    Page,
    /// The dialog's own page, which other sites of the operator may frame.
    Report,
    /// A file with a hash in its name: it never changes.
    Hashed,
    /// `/embed.js`: a script that any site may load, kept for five minutes.
    Embed,
    /// `/embed/<version>.js`: the same with a version in its name, kept forever.
    EmbedVersion,
    /// `/config.json`: never kept.
    Config,
    /// Any other file, such as an icon.
    File,
    /// An answer of the backend under `/api` or `/scim`. Handlers may set their own `Cache-Control`.
    Api,
}

/// How the answer travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// The origin is https.
    Https,
    /// The origin is http on the loopback.
    Http,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Page,
        Self::Report,
        Self::Hashed,
        Self::Embed,
        Self::EmbedVersion,
        Self::Config,
        Self::File,
        Self::Api,
    ];

    /// The kind of what is answered at `path`.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or_default();
        if is_below(path, "/api") || is_below(path, "/scim") || matches!(path, "/healthz" | "/readyz") {
            Self::Api
        } else if path == "/report.html" {
            Self::Report
        } else if path == "/embed.js" {
            Self::Embed
        } else if path.starts_with("/embed/") && name.ends_with(".js") {
            Self::EmbedVersion
        } else if path == "/config.json" {
            Self::Config
        } else if is_page(path) || name.ends_with(".html") || !name.contains('.') {
            Self::Page
        } else if is_hashed(name) {
            Self::Hashed
        } else {
            Self::File
        }
    }

    /// The headers of this kind. `frame_ancestors` are the origins that may frame the dialog's page.
    pub fn headers(self, frame_ancestors: &[String], transport: Transport) -> Vec<(&'static str, String)> {
        let mut headers: Vec<(&'static str, String)> = vec![
            ("Content-Security-Policy", self.content_security_policy(frame_ancestors)),
            ("Cache-Control", self.cache_control().to_owned()),
            ("Cross-Origin-Resource-Policy", self.resource_policy().to_owned()),
            ("Referrer-Policy", "no-referrer".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
        ];
        match self {
            Self::Page => {
                headers.push(("Cross-Origin-Opener-Policy", "same-origin".to_owned()));
                headers.push(("Permissions-Policy", PERMISSIONS.to_owned()));
                headers.push(("X-Frame-Options", "DENY".to_owned()));
            }
            Self::Report => {
                headers.push(("Cross-Origin-Opener-Policy", "unsafe-none".to_owned()));
                headers.push(("Permissions-Policy", PERMISSIONS.to_owned()));
            }
            Self::Embed | Self::EmbedVersion => {
                headers.push(("Access-Control-Allow-Origin", "*".to_owned()));
            }
            Self::Hashed | Self::Config | Self::File | Self::Api => {}
        }
        if transport == Transport::Https {
            headers.push(("Strict-Transport-Security", "max-age=31536000".to_owned()));
        }
        headers
    }

    fn content_security_policy(self, frame_ancestors: &[String]) -> String {
        match self {
            Self::Page => format!("{PAGE_POLICY}; frame-ancestors 'none'"),
            Self::Report => {
                let mut policy = format!("{PAGE_POLICY}; frame-ancestors 'self'");
                for origin in frame_ancestors {
                    policy.push(' ');
                    policy.push_str(origin);
                }
                policy
            }
            // A file that is opened by itself, such as an SVG, runs nothing.
            Self::Hashed | Self::Embed | Self::EmbedVersion | Self::Config | Self::File | Self::Api => {
                "default-src 'none'; frame-ancestors 'none'; sandbox".to_owned()
            }
        }
    }

    const fn cache_control(self) -> &'static str {
        match self {
            Self::Page | Self::Report | Self::File => "no-cache",
            Self::Hashed | Self::EmbedVersion => "public, max-age=31536000, immutable",
            Self::Embed => "public, max-age=300",
            Self::Config | Self::Api => "no-store",
        }
    }

    const fn resource_policy(self) -> &'static str {
        match self {
            Self::Embed | Self::EmbedVersion => "cross-origin",
            Self::Page | Self::Report | Self::Hashed | Self::Config | Self::File | Self::Api => "same-origin",
        }
    }
}

/// Whether `text` is an origin that may stand in the policy: a scheme, a host, perhaps a port.
pub fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_host = !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'[' | b']' | b':'));
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    matches!(scheme, "https" | "http") && is_host && is_port
}

const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(self), geolocation=(), \
                           gyroscope=(), magnetometer=(), microphone=(self), payment=(), usb=()";

const PAGE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                           connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; \
                           frame-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
                           require-trusted-types-for 'script'; trusted-types default";

fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a part of the name is at least eight hexadecimal digits, as Trunk and the build tool write it.
fn is_hashed(name: &str) -> bool {
    name.split(['-', '.', '_']).any(|part| {
        part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(path: &str, kind: Kind) {
        assert_eq!(Kind::of(path), kind, "{path}");
    }

    fn header(kind: Kind, name: &str) -> Option<String> {
        let ancestors = ["https://intranet.example".to_owned()];
        let headers = kind.headers(&ancestors, Transport::Http);
        headers.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    #[test]
    fn every_address_has_its_kind() {
        is("/", Kind::Page);
        is("/requests/FD-1042", Kind::Page);
        is("/requests/x.y", Kind::Page);
        is("/requests/panel-1a2b3c4d5e6f7081.js", Kind::Page);
        is("/404.html", Kind::Page);
        is("/report.html", Kind::Report);
        is("/panel-1a2b3c4d5e6f7081.js", Kind::Hashed);
        is("/panel-1a2b3c4d5e6f7081_bg.wasm", Kind::Hashed);
        is("/lang/en.0123abcd.json", Kind::Hashed);
        is("/embed.js", Kind::Embed);
        is("/embed/1.js", Kind::EmbedVersion);
        is("/config.json", Kind::Config);
        is("/icon.svg", Kind::File);
        is("/api", Kind::Api);
        is("/api/session", Kind::Api);
        is("/apiary", Kind::Page);
        is("/scim/v2/Users", Kind::Api);
    }

    #[test]
    fn no_kind_allows_inline_code() {
        for kind in Kind::ALL {
            let policy = header(kind, "Content-Security-Policy").unwrap_or_default();
            assert!(policy.starts_with("default-src 'none'"), "{kind:?}: {policy}");
            assert!(
                !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
                "{kind:?}: {policy}"
            );
        }
    }

    #[test]
    fn only_the_dialog_can_be_framed() {
        let policy = header(Kind::Report, "Content-Security-Policy").unwrap_or_default();
        assert!(policy.ends_with("frame-ancestors 'self' https://intranet.example"), "{policy}");
        let policy = header(Kind::Page, "Content-Security-Policy").unwrap_or_default();
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    }

    #[test]
    fn only_https_promises_https() {
        assert_eq!(header(Kind::Page, "Strict-Transport-Security"), None);
        let headers = Kind::Page.headers(&[], Transport::Https);
        assert!(headers.iter().any(|(name, _)| *name == "Strict-Transport-Security"));
    }

    #[test]
    fn an_origin_carries_nothing_else() {
        for text in ["https://intranet.example", "http://127.0.0.1:8080", "https://[::1]:443"] {
            assert!(is_origin(text), "{text}");
        }
        for text in [
            "intranet.example",
            "https://",
            "https://a/b",
            "https://a; script-src *",
            "ftp://a",
            "https://a:b",
        ] {
            assert!(!is_origin(text), "{text}");
        }
    }
}
