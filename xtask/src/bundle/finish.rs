//! Writing the real names and the integrity of the files into a page.

use super::BOOT;
use super::name::Assets;
use super::split::Pieces;
use crate::failure::{Failure, Outcome};
use crate::words::Languages;

/// The page for an address that doesn't exist, where the server of the files answers by itself.
const NOT_FOUND: &str = include_str!("not_found.html");

/// The page with names, integrity and languages filled in.
pub fn page(html: &str, assets: &Assets, languages: &Languages, pieces: &Pieces) -> Outcome<String> {
    let mut rest = html;
    let mut finished = String::with_capacity(html.len() + 2_000);
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        finished.push_str(before);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        match tag {
            tag if tag.starts_with("<script ") || tag.starts_with("<link ") => {
                finished.push_str(&finished_tag(tag, assets, languages, pieces)?);
            }
            _ => finished.push_str(tag),
        }
        rest = after;
    }
    finished.push_str(rest);
    if finished.contains("<style") || finished.contains("<script>") {
        return Err(Failure::new(
            "A page has an inline script or style, which the policy refuses (QUALITY.md).",
        ));
    }
    Ok(finished)
}

/// The page for an address that doesn't exist.
pub fn not_found(assets: &Assets) -> String {
    let sheet = assets.iter().find(|(name, _)| name.ends_with("panel.css"));
    let link = sheet.map(|(_, sheet)| {
        format!("<link rel=\"stylesheet\" href=\"/{}\" integrity=\"{}\">", sheet.name, sheet.integrity)
    });
    NOT_FOUND.replace("<!-- sheet -->", &link.unwrap_or_default())
}

fn finished_tag(tag: &str, assets: &Assets, languages: &Languages, pieces: &Pieces) -> Outcome<String> {
    let mut tag = tag.to_owned();
    let Some(address) = attribute(&tag, "href").or_else(|| attribute(&tag, "src")).map(str::to_owned) else {
        return Ok(tag);
    };
    if address == format!("/{BOOT}") {
        let wasm = attribute(&tag, "data-wasm").map(|path| path.trim_start_matches('/').to_owned());
        let wasm =
            wasm.ok_or_else(|| Failure::new("The start script of a page names no wasm (Trunk.toml)."))?;
        tag = set(&tag, "data-wasm-integrity", &assets.get(&wasm)?.integrity);
        tag = set(&tag, "data-languages", &escaped(&languages.json()));
        tag = set(&tag, "data-pieces", &escaped(&pieces.json()));
    }
    let mut known = None;
    for (old, asset) in assets.iter() {
        let (old, new) = (format!("\"/{old}\""), format!("\"/{}\"", asset.name));
        if tag.contains(&old) {
            if old == format!("\"{address}\"") {
                known = Some(asset);
            }
            tag = tag.replace(&old, &new);
        }
    }
    // Chromium ignores the integrity of a preloaded fetch; boot.js states it when it fetches.
    match known {
        Some(asset) if attribute(&tag, "as") != Some("fetch") => Ok(set(&tag, "integrity", &asset.integrity)),
        _ => Ok(tag),
    }
}

/// The value of an attribute in double quotes.
fn attribute<'tag>(tag: &'tag str, name: &str) -> Option<&'tag str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag.get(start..)?.split('"').next()
}

/// The tag with the attribute set, whether it was there or not.
fn set(tag: &str, name: &str, value: &str) -> String {
    match attribute(tag, name) {
        Some(old) => tag.replacen(&format!(" {name}=\"{old}\""), &format!(" {name}=\"{value}\""), 1),
        None => {
            let open = tag.trim_end_matches('>').trim_end_matches('/').trim_end();
            format!("{open} {name}=\"{value}\">")
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_set_where_it_stands() {
        assert_eq!(set(r#"<script src="/a" x="">"#, "x", "1"), r#"<script src="/a" x="1">"#);
        assert_eq!(set(r#"<link href="/a"/>"#, "x", "1"), r#"<link href="/a" x="1">"#);
    }

    #[test]
    fn an_attribute_is_not_found_inside_another() {
        assert_eq!(attribute(r#"<script data-src="/no" src="/yes">"#, "src"), Some("/yes"));
        assert_eq!(attribute(r#"<script defer>"#, "src"), None);
    }

    #[test]
    fn json_survives_in_an_attribute() {
        assert_eq!(escaped(r#"{"en":"/a&b"}"#), "{&quot;en&quot;:&quot;/a&amp;b&quot;}");
    }
}
