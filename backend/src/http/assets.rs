//! The panel's files: compressed beforehand, pages by their patterns, everything else 404.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::ProblemType;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::headers::Kind;
use crate::http::error::Error;
use crate::http::version;
use crate::pages::is_page;

/// Answers whatever no other address does.
pub async fn answer(State(app): State<App>, request: Request) -> Response {
    let path = request.uri().path();
    if Kind::of(path) == Kind::Api {
        return Error::Plain(ProblemType::NotFound).into_response();
    }
    let Some(panel) = app.panel() else {
        return Error::Plain(ProblemType::NotFound).into_response();
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Error::MethodNotAllowed("GET, HEAD").into_response();
    }
    let file = if is_page(path) { Some(panel.join("index.html")) } else { file_of(panel, path) };
    if let Some(file) = file
        && let Some(response) = read(&file, path, request.headers()).await
    {
        return response;
    }
    not_found(panel, request.headers()).await
}

/// The file that `path` names, if the name is one of ours: nothing above the folder, nothing hidden.
fn file_of(panel: &Path, path: &str) -> Option<PathBuf> {
    let mut file = panel.to_path_buf();
    for part in path.strip_prefix('/')?.split('/') {
        let is_plain =
            part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if part.is_empty() || !is_plain || part.starts_with(['.', '_']) || part.ends_with('.') {
            return None;
        }
        file.push(part);
    }
    Some(file)
}

async fn read(file: &Path, path: &str, headers: &HeaderMap) -> Option<Response> {
    let (bytes, encoding) = read_encoded(file, headers).await?;
    let mut response = if Kind::of(path) == Kind::Hashed {
        Body::from(bytes).into_response()
    } else {
        let tag = format!("\"{}\"", hex(&Sha256::digest(&bytes)));
        let mut response = if version::is_known(headers.get(IF_NONE_MATCH), &tag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            Body::from(bytes).into_response()
        };
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(ETAG, tag);
        }
        response
    };
    let media_type = mime_guess::from_path(file).first_or_octet_stream();
    let media_type = match media_type.type_().as_str() {
        "text" => format!("{media_type}; charset=utf-8"),
        _ => media_type.to_string(),
    };
    let answer = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&media_type) {
        answer.insert(CONTENT_TYPE, value);
    }
    answer.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(encoding) = encoding {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Some(response)
}

/// Reads the smallest form of the file that the browser takes.
async fn read_encoded(file: &Path, headers: &HeaderMap) -> Option<(Vec<u8>, Option<&'static str>)> {
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        if accepts(headers.get(ACCEPT_ENCODING), encoding) {
            let mut name = file.as_os_str().to_owned();
            name.push(".");
            name.push(ending);
            if let Ok(bytes) = tokio::fs::read(&name).await {
                return Some((bytes, Some(encoding)));
            }
        }
    }
    tokio::fs::read(file).await.ok().map(|bytes| (bytes, None))
}

/// Whether the header names `encoding` with a weight above zero.
fn accepts(header: Option<&HeaderValue>, encoding: &str) -> bool {
    let Some(Ok(text)) = header.map(HeaderValue::to_str) else { return false };
    text.split(',').any(|choice| {
        let mut parts = choice.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let is_refused = parts.any(|weight| {
            weight.strip_prefix("q=").is_some_and(|q| q.parse::<f32>().is_ok_and(|q| q <= 0.0))
        });
        is_named && !is_refused
    })
}

async fn not_found(panel: &Path, headers: &HeaderMap) -> Response {
    let page = read(&panel.join("404.html"), "/404.html", headers).await;
    let mut response = page.unwrap_or_else(|| "There is nothing at this address.\n".into_response());
    response.headers_mut().remove(ETAG);
    if response.status() == StatusCode::NOT_MODIFIED {
        return StatusCode::NOT_FOUND.into_response();
    }
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_the_folder() {
        let of = |path: &str| file_of(Path::new("dist"), path);
        assert_eq!(of("/lang/en.json"), Some(PathBuf::from("dist/lang/en.json")));
        for path in
            ["/../secret", "/a/../b", "/.env", "/_headers", "//etc/passwd", "/a%2f..", "/c:", "/a\\b", "/"]
        {
            assert_eq!(of(path), None, "{path}");
        }
    }

    #[test]
    fn an_encoding_with_weight_zero_is_refused() {
        let accepts = |text: &'static str| accepts(Some(&HeaderValue::from_static(text)), "br");
        assert!(accepts("gzip, br"));
        assert!(accepts("gzip, BR;q=0.5"));
        assert!(!accepts("gzip, br;q=0"));
        assert!(!accepts("gzip"));
        assert!(!accepts("brotli"));
    }
}
