//! Names that somebody else gave to this machine (DNS rebinding).
//!
//! A page of another site can let its own name point to the loopback. To the browser it then reads answers
//! of its own origin, and no cookie is needed to sign in with a password that everybody knows. So while
//! browsers open us on the loopback, only names of the loopback are answered. The port is not compared: no
//! foreign name can lend it, and a tunnel has another. Behind https the name is the proxy's to check, and
//! the cookie belongs to it.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use frontdesk_contract::ProblemType;

use crate::app::App;
use crate::http::error::Error;

/// Lets a call pass when it is meant for us.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.origin().is_loopback() || is_for_loopback(&request) {
        next.run(request).await
    } else {
        let detail = format!("Open {} instead", app.origin().as_str());
        Error::Told(ProblemType::ForeignHost, detail).into_response()
    }
}

/// Whether every name that the call carries is one of the loopback: `Host`, and the address itself, which
/// has `:authority` over HTTP/2.
fn is_for_loopback(request: &Request) -> bool {
    let mut names = Vec::new();
    for value in request.headers().get_all(HOST) {
        names.push(value.to_str().ok().and_then(|text| text.parse::<Authority>().ok()));
    }
    names.extend(request.uri().authority().cloned().map(Some));
    !names.is_empty() && names.iter().all(|name| name.as_ref().is_some_and(|name| is_loopback(name.host())))
}

/// Whether a host can only be this machine: `localhost` and what is below it (RFC 6761), or a number.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[track_caller]
    fn passes(address: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().uri(address);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        is_for_loopback(&request.body(Body::empty()).expect("a request"))
    }

    #[test]
    fn names_of_this_machine_pass() {
        for host in
            ["127.0.0.1:8080", "localhost", "LocalHost:9", "desk.localhost:8080", "[::1]:8080", "127.9.9.9"]
        {
            assert!(passes("/", &[host]), "{host}");
        }
        assert!(passes("http://localhost:8080/", &[]), "HTTP/2 has no Host");
    }

    #[test]
    fn names_of_others_do_not() {
        for host in [
            "evil.example",
            "evil.example:8080",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "10.0.0.1:8080",
            "notlocalhost",
            "127.0.0.1@evil.example",
            "",
            "a b",
        ] {
            assert!(!passes("/", &[host]), "{host}");
        }
        assert!(!passes("/", &[]));
        assert!(!passes("/", &["localhost", "evil.example"]));
        assert!(!passes("http://evil.example/", &["localhost"]));
    }
}
