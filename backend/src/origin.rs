//! Where browsers see us: one origin, always.

use std::net::SocketAddr;
use std::str::FromStr;

use crate::headers::{Transport, is_origin};
use crate::http::host::is_loopback;

/// Scheme, host and port of the addresses that browsers open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    text: String,
    transport: Transport,
    is_loopback: bool,
}

/// Why a text is not an origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write the origin as https://desk.example, without a path")]
pub struct NotAnOrigin;

impl Origin {
    /// The origin of a backend that listens at `address` and is opened directly.
    pub fn of_address(address: SocketAddr) -> Self {
        Self {
            text: format!("http://{address}"),
            transport: Transport::Http,
            is_loopback: address.ip().is_loopback(),
        }
    }

    /// As the `Origin` header has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Https or http.
    pub const fn transport(&self) -> Transport {
        self.transport
    }

    /// Whether only this machine can open it.
    pub const fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let text = text.trim_end_matches('/').to_ascii_lowercase();
        if !is_origin(&text) {
            return Err(NotAnOrigin);
        }
        let Some((scheme, authority)) = text.split_once("://") else { return Err(NotAnOrigin) };
        let transport = if scheme == "https" { Transport::Https } else { Transport::Http };
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => authority,
        };
        let is_loopback = is_loopback(host);
        // Browsers leave the port out when it is the scheme's own.
        let default_port = if transport == Transport::Https { ":443" } else { ":80" };
        let text = text.strip_suffix(default_port).map(str::to_owned).unwrap_or(text);
        Ok(Self { text, transport, is_loopback })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        let origin = |text: &str| text.parse::<Origin>().map(|origin| origin.as_str().to_owned());
        assert_eq!(origin("https://Desk.example/"), Ok("https://desk.example".to_owned()));
        assert_eq!(origin("https://desk.example:443"), Ok("https://desk.example".to_owned()));
        assert_eq!(origin("http://127.0.0.1:8080"), Ok("http://127.0.0.1:8080".to_owned()));
        assert_eq!(origin("desk.example"), Err(NotAnOrigin));
        assert_eq!(origin("https://desk.example/panel"), Err(NotAnOrigin));
    }

    #[test]
    fn the_loopback_is_known_by_name_and_by_number() {
        let is_loopback = |text: &str| text.parse::<Origin>().is_ok_and(|origin| origin.is_loopback());
        assert!(is_loopback("http://localhost:8080"));
        assert!(is_loopback("http://127.8.0.1"));
        assert!(is_loopback("http://[::1]:80"));
        assert!(is_loopback("http://desk.localhost:8080"));
        assert!(!is_loopback("http://10.0.0.1"));
        assert!(!is_loopback("https://localhost.example"));
    }
}
