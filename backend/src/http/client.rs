//! Where a call comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderName;
use axum::http::header::FORWARDED;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::app::App;
use crate::http::error::Error;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client(pub IpAddr);

impl FromRequestParts<App> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let ConnectInfo(peer) =
            ConnectInfo::<SocketAddr>::from_request_parts(parts, app).await.map_err(Error::internal)?;
        let elements = |name| {
            let values = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
            values.flat_map(|value| value.split(',')).collect::<Vec<_>>()
        };
        let (old, standard) = (elements(FORWARDED_FOR), elements(FORWARDED));
        Ok(Self(client_of(peer.ip(), &old, &standard, app.trusted_proxies())))
    }
}

impl Client {
    /// What tries are counted by: the address; of IPv6 the network, since one client has all of it.
    pub fn network(self) -> String {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let network = Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
                format!("{network}/64")
            }
        }
    }
}

/// The client as our proxies tell it, by `X-Forwarded-For` or by `Forwarded` (RFC 7239).
///
/// A proxy writes one of the two and may pass on the other as the client sent it. So when they tell
/// different clients, neither is believed and it is the peer.
fn client_of(peer: IpAddr, old: &[&str], standard: &[&str], trusted: &[IpNet]) -> IpAddr {
    let by_old = outermost(peer, old.iter().map(|element| node(element)), trusted);
    let by_standard = outermost(peer, standard.iter().map(|element| node(for_of(element)?)), trusted);
    match (old.is_empty(), standard.is_empty()) {
        (_, true) => by_old,
        (true, false) => by_standard,
        (false, false) if by_old == by_standard => by_old,
        (false, false) => peer,
    }
}

/// Walks from the peer outwards, as far as each is a proxy that we trust.
fn outermost(
    peer: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = Option<IpAddr>>,
    trusted: &[IpNet],
) -> IpAddr {
    let is_trusted =
        |address: IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    let mut client = peer;
    for next in forwarded.rev() {
        if !is_trusted(client) {
            break;
        }
        let Some(next) = next else { break };
        client = next;
    }
    client
}

/// What stands behind `for=` in an element of `Forwarded`, without its quotes.
fn for_of(element: &str) -> Option<&str> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    Some(value.trim().trim_matches('"'))
}

/// An address with or without a port: some proxies write `203.0.113.9:4711` and `[2001:db8::1]:4711`.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().ok().or_else(with_port).or_else(in_brackets)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn find(peer: &str, old: &[&str], standard: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|text| text.parse().expect("a network")).collect();
        client_of(peer.parse().expect("an address"), old, standard, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let find = |peer, forwarded, trusted| find(peer, forwarded, &[], trusted);
        assert_eq!(find("203.0.113.9", &["198.51.100.1"], &[]), "203.0.113.9");
        assert_eq!(find("10.0.0.1", &["198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(find("10.0.0.1", &["6.6.6.6", "198.51.100.1"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(find("10.0.0.1", &["198.51.100.1", "10.0.0.2"], &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(find("10.0.0.1", &["nonsense"], &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn an_address_may_come_with_its_port() {
        let find = |forwarded: &str| find("10.0.0.1", &[forwarded], &[], &["10.0.0.0/8"]);
        assert_eq!(find("203.0.113.9:4711"), "203.0.113.9");
        assert_eq!(find("[2001:db8::1]:4711"), "2001:db8::1");
        assert_eq!(find("[2001:db8::1]"), "2001:db8::1");
        assert_eq!(find("2001:db8::1"), "2001:db8::1");
        assert_eq!(find("203.0.113.9:"), "10.0.0.1");
        assert_eq!(find("unknown"), "10.0.0.1");
    }

    #[test]
    fn the_standard_header_is_read_too() {
        let find = |forwarded: &[&str]| find("10.0.0.1", &[], forwarded, &["10.0.0.0/8"]);
        assert_eq!(find(&["for=203.0.113.9;proto=https;by=10.0.0.1"]), "203.0.113.9");
        assert_eq!(find(&["by=10.0.0.1; For=\"[2001:db8::1]:4711\""]), "2001:db8::1");
        assert_eq!(find(&["for=6.6.6.6", " for=203.0.113.9", "for=10.0.0.2"]), "203.0.113.9");
        assert_eq!(find(&["for=_hidden"]), "10.0.0.1");
        assert_eq!(find(&["proto=https"]), "10.0.0.1");
    }

    #[test]
    fn a_header_that_the_proxy_only_passes_on_is_not_believed() {
        let find = |old, standard| find("10.0.0.1", &[old], &[standard], &["10.0.0.0/8"]);
        assert_eq!(find("203.0.113.9", "for=203.0.113.9"), "203.0.113.9");
        assert_eq!(find("203.0.113.9", "for=6.6.6.6"), "10.0.0.1");
    }

    proptest! {
        #[test]
        fn no_header_makes_the_parser_fail_loudly(text in any::<String>()) {
            let elements: Vec<&str> = text.split(',').collect();
            let _ = find("10.0.0.1", &elements, &elements, &["0.0.0.0/0", "::/0"]);
        }
    }

    #[test]
    fn a_client_of_ipv6_is_its_network() {
        let client = Client("2001:db8:1:2:3:4:5:6".parse().expect("an address"));
        assert_eq!(client.network(), "2001:db8:1:2::/64");
    }
}
