//! What other servers must say, from the backend's own table: `_headers` and `_redirects` in `dist/` for
//! Netlify and Cloudflare Pages, and `dist-config/` for nginx, Caddy, CloudFront and the rest of the two.
//!
//! Each address has its own rule, so that no two rules ever have to be merged by a server.

mod cloudfront;
mod netlify;
mod servers;

use super::Wish;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::place::Place;

#[path = "../../../../backend/src/headers.rs"]
pub mod headers;
#[path = "../../../../backend/src/pages.rs"]
pub mod pages;

use headers::{Kind, Transport};

/// What is answered at one address.
struct Rule {
    /// The path, in which a part that begins with `:` stands for anything.
    path: String,
    /// The file that is answered.
    file: String,
    kind: Kind,
}

/// The whole site.
struct Site {
    rules: Vec<Rule>,
    frame_ancestors: Vec<String>,
}

type Headers = Vec<(&'static str, String)>;

impl Site {
    fn of(wish: &Wish) -> Outcome<Self> {
        if let Some(text) = wish.frame_ancestors.iter().find(|text| !headers::is_origin(text)) {
            return Err(Failure::new(format!("`{text}` is not an origin such as https://intranet.example.")));
        }
        let rule = |path: String, file: String| Rule { kind: Kind::of(&path), path, file };
        let mut rules: Vec<Rule> = pages::PAGES
            .iter()
            .map(|pattern| rule((*pattern).to_owned(), "/index.html".to_owned()))
            .collect();
        for file in files::below(&wish.dist)? {
            let name = file.strip_prefix(&wish.dist).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            if !name.ends_with(".br") && !name.ends_with(".gz") && !name.starts_with('_') {
                rules.push(rule(format!("/{name}"), format!("/{name}")));
            }
        }
        Ok(Self { rules, frame_ancestors: wish.frame_ancestors.clone() })
    }

    /// All headers of a kind.
    fn headers(&self, kind: Kind) -> Headers {
        kind.headers(&self.frame_ancestors, Transport::Https)
    }

    /// The headers that every kind has alike.
    fn common(&self) -> Headers {
        let mut common = self.headers(Kind::File);
        common.retain(|header| Kind::ALL.iter().all(|kind| self.headers(*kind).contains(header)));
        common
    }

    /// The headers that a kind has beside the common ones.
    fn own(&self, kind: Kind) -> Headers {
        let common = self.common();
        self.headers(kind).into_iter().filter(|header| !common.contains(header)).collect()
    }
}

/// Writes the configuration for all servers.
pub(super) fn write(place: &Place, wish: &Wish) -> Outcome {
    let site = Site::of(wish)?;
    files::write(&wish.dist.join("_headers"), netlify::headers(&site))?;
    files::write(&wish.dist.join("_redirects"), netlify::redirects())?;
    if !wish.mode.is_release() {
        return Ok(());
    }
    let config = place.dist_config();
    files::remove_folder(&config)?;
    files::write(&config.join("netlify.toml"), netlify::toml())?;
    for root in ["api", "scim"] {
        files::write(&config.join(format!("cloudflare/functions/{root}/[[path]].js")), netlify::function())?;
    }
    files::write(&config.join("nginx.conf"), servers::nginx(&site))?;
    files::write(&config.join("Caddyfile"), servers::caddy(&site))?;
    for (name, policy) in cloudfront::policies(&site) {
        files::write(&config.join(format!("cloudfront/{name}.json")), policy)?;
    }
    files::write(&config.join("cloudfront/pages.js"), cloudfront::function())?;
    Ok(())
}

/// A pattern such as `/requests/:id` as a regular expression.
fn expression(pattern: &str) -> String {
    let parts: Vec<String> = pattern
        .split('/')
        .map(|part| if part.starts_with(':') { "[^/]+".to_owned() } else { part.replace('.', "\\.") })
        .collect();
    format!("^{}$", parts.join("/"))
}

/// Whether a path stands for many.
fn is_pattern(path: &str) -> bool {
    path.contains("/:")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let rule = |path: &str, file: &str| Rule {
            path: path.to_owned(),
            file: file.to_owned(),
            kind: Kind::of(path),
        };
        Site {
            rules: vec![
                rule("/", "/index.html"),
                rule("/requests/:id", "/index.html"),
                rule("/panel.0123456789abcdef.js", "/panel.0123456789abcdef.js"),
            ],
            frame_ancestors: vec!["https://intranet.example".to_owned()],
        }
    }

    #[test]
    fn every_server_sends_the_policy_of_the_table() {
        let site = site();
        let policies: String = cloudfront::policies(&site).into_iter().map(|(_, policy)| policy).collect();
        let policy = "require-trusted-types-for 'script'";
        for text in [netlify::headers(&site), servers::nginx(&site), servers::caddy(&site), policies] {
            assert!(text.contains(policy), "{text}");
        }
    }

    #[test]
    fn a_pattern_stands_for_one_part_only() {
        assert_eq!(expression("/requests/:id"), "^/requests/[^/]+$");
        assert_eq!(expression("/"), "^/$");
        assert!(is_pattern("/requests/:id") && !is_pattern("/requests"));
    }

    #[test]
    fn pages_are_rewritten_one_by_one() {
        let redirects = netlify::redirects();
        assert!(redirects.contains("/requests/:id  /index.html  200"), "{redirects}");
        assert!(!redirects.contains("/*"), "a missing asset must stay missing: {redirects}");
    }
}
