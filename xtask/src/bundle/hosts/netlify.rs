//! `_headers` and `_redirects`, which Netlify and Cloudflare Pages share, and how each forwards to the backend.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Headers, Site, pages};

/// The headers of each address. Headers that all have alike stand once.
pub(super) fn headers(site: &Site) -> String {
    let mut text = "/*\n".to_owned();
    lines(&mut text, &site.common());
    for rule in &site.rules {
        let _ = writeln!(text, "{}", rule.path);
        lines(&mut text, &site.own(rule.kind));
    }
    text
}

/// One line per page: whatever else is missing is answered by 404.html.
pub(super) fn redirects() -> String {
    pages::PAGES
        .iter()
        .filter(|pattern| **pattern != "/")
        .map(|pattern| format!("{pattern}  /index.html  200\n"))
        .collect()
}

/// Netlify's own file: what is published, and where the backend is.
pub(super) fn toml() -> String {
    let mut text =
        "# Put this beside dist/ and name your backend. Netlify ends a forwarded answer after a while,\n\
                    # so the live stream reconnects now and then; nothing is lost by that.\n\
                    [build]\npublish = \"dist\"\n"
            .to_owned();
    for root in ["api", "scim"] {
        let _ = write!(
            text,
            "\n[[redirects]]\nfrom = \"/{root}/*\"\nto = \"https://backend.example/{root}/:splat\"\nstatus = 200\nforce = true\n"
        );
    }
    text
}

/// The Function of Cloudflare Pages that forwards to the backend: its `_redirects` can't.
pub(super) fn function() -> &'static str {
    "// Set BACKEND, such as https://backend.example, among the project's variables.\n\
     export async function onRequest({ request, env }) {\n\
     \x20 const url = new URL(request.url);\n\
     \x20 const target = new URL(url.pathname + url.search, env.BACKEND);\n\
     \x20 const forwarded = new Request(target, request);\n\
     \x20 forwarded.headers.set(\"X-Forwarded-Host\", url.host);\n\
     \x20 forwarded.headers.set(\"X-Forwarded-For\", request.headers.get(\"CF-Connecting-IP\") ?? \"\");\n\
     \x20 return fetch(forwarded, { redirect: \"manual\" });\n\
     }\n"
}

fn lines(text: &mut String, headers: &Headers) {
    let mut seen = BTreeSet::new();
    for (name, value) in headers.iter().filter(|(name, _)| seen.insert(*name)) {
        let _ = writeln!(text, "  {name}: {value}");
    }
}
