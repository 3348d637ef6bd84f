//! Where a call comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderName;
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
        let forwarded: Vec<&str> = parts
            .headers
            .get_all(FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        Ok(Self(client_of(peer.ip(), &forwarded, app.trusted_proxies())))
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

/// Walks from the peer outwards, as far as each is a proxy that we trust.
fn client_of(peer: IpAddr, forwarded: &[&str], trusted: &[IpNet]) -> IpAddr {
    let is_trusted =
        |address: IpAddr| trusted.iter().any(|network| network.contains(&address.to_canonical()));
    let mut client = peer;
    for text in forwarded.iter().rev() {
        if !is_trusted(client) {
            break;
        }
        let Ok(next) = text.trim().parse() else { break };
        client = next;
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, forwarded: &[&str], trusted: &[&str], client: &str) {
        let trusted: Vec<IpNet> = trusted.iter().map(|text| text.parse().expect("a network")).collect();
        let found = client_of(peer.parse().expect("an address"), forwarded, &trusted);
        assert_eq!(found.to_string(), client);
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        check("203.0.113.9", &["198.51.100.1"], &[], "203.0.113.9");
        check("10.0.0.1", &["198.51.100.1"], &["10.0.0.0/8"], "198.51.100.1");
        check("10.0.0.1", &["6.6.6.6", "198.51.100.1"], &["10.0.0.0/8"], "198.51.100.1");
        check("10.0.0.1", &["198.51.100.1", "10.0.0.2"], &["10.0.0.0/8"], "198.51.100.1");
        check("10.0.0.1", &["nonsense"], &["10.0.0.0/8"], "10.0.0.1");
    }

    #[test]
    fn a_client_of_ipv6_is_its_network() {
        let client = Client("2001:db8:1:2:3:4:5:6".parse().expect("an address"));
        assert_eq!(client.network(), "2001:db8:1:2::/64");
    }
}
