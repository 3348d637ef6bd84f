//! CloudFront: a response headers policy per kind of file, and the function that knows the pages.

use serde_json::json;

use super::headers::Kind;
use super::{Site, expression, pages};

/// Each policy under its name, for `aws cloudfront create-response-headers-policy`.
pub(super) fn policies(site: &Site) -> Vec<(&'static str, String)> {
    [
        ("frontdesk-page", Kind::Page),
        ("frontdesk-report", Kind::Report),
        ("frontdesk-hashed", Kind::Hashed),
        ("frontdesk-embed", Kind::Embed),
        ("frontdesk-embed-version", Kind::EmbedVersion),
        ("frontdesk-config", Kind::Config),
        ("frontdesk-file", Kind::File),
    ]
    .into_iter()
    .map(|(name, kind)| (name, policy(site, name, kind)))
    .collect()
}

fn policy(site: &Site, name: &str, kind: Kind) -> String {
    let mut security = serde_json::Map::new();
    let mut custom = Vec::new();
    for (header, value) in site.headers(kind) {
        match header {
            // CloudFront takes these only in its own words.
            "Content-Security-Policy" => {
                security.insert(
                    "ContentSecurityPolicy".to_owned(),
                    json!({ "Override": true, "ContentSecurityPolicy": value }),
                );
            }
            "X-Content-Type-Options" => {
                security.insert("ContentTypeOptions".to_owned(), json!({ "Override": true }));
            }
            "Referrer-Policy" => {
                security.insert(
                    "ReferrerPolicy".to_owned(),
                    json!({ "Override": true, "ReferrerPolicy": value }),
                );
            }
            "X-Frame-Options" => {
                security.insert("FrameOptions".to_owned(), json!({ "Override": true, "FrameOption": value }));
            }
            "Strict-Transport-Security" => {
                let seconds: u64 =
                    value.rsplit('=').next().and_then(|number| number.parse().ok()).unwrap_or(0);
                security.insert(
                    "StrictTransportSecurity".to_owned(),
                    json!({ "Override": true, "IncludeSubdomains": false, "Preload": false, "AccessControlMaxAgeSec": seconds }),
                );
            }
            _ => custom.push(json!({ "Header": header, "Value": value, "Override": true })),
        }
    }
    let policy = json!({
        "Name": name,
        "Comment": "Written by cargo xtask build.",
        "SecurityHeadersConfig": security,
        "CustomHeadersConfig": { "Quantity": custom.len(), "Items": custom },
    });
    format!("{policy:#}\n")
}

/// The function for viewer requests: pages are index.html, everything else stays what it is.
pub(super) fn function() -> String {
    let patterns: Vec<String> =
        pages::PAGES.iter().map(|pattern| format!("/{}/", expression(pattern).replace('/', "\\/"))).collect();
    format!(
        "// For viewer requests of the default behavior: the panel's pages are all index.html.\n\
         var pages = [{}];\n\
         function handler(event) {{\n\
         \x20 var request = event.request;\n\
         \x20 if (pages.some(function (page) {{ return page.test(request.uri); }})) {{\n\
         \x20   request.uri = \"/index.html\";\n\
         \x20 }}\n\
         \x20 return request;\n\
         }}\n",
        patterns.join(", ")
    )
}
