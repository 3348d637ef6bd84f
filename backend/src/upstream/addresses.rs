//! Where messages of ours may go: to addresses that everybody can reach, never into the operator's own network.
//!
//! A name is looked up by us and connected to by the same answer, so that it can't mean another machine a moment later.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Looks names up, and keeps of the answer what may be connected to.
#[derive(Debug, Clone, Copy)]
pub struct Guarded {
    /// Whether this machine itself may be connected to.
    pub allow_loopback: bool,
}

/// A name leads nowhere that may be connected to.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to no public address")]
pub struct Private;

impl Guarded {
    /// Whether this address may be connected to.
    pub fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self.allow_loopback && canonical(address).is_loopback())
    }

    /// Whether the host of an address, when it is a number, may be connected to. A name is judged when it is looked up.
    pub fn allows_host(self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse::<IpAddr>().map_or(true, |address| self.allows(address))
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guarded = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| guarded.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err(Private.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// An IPv4 address that is written as one of IPv6 is what it means.
fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// Whether everybody can reach it (IANA special-purpose registries).
pub fn is_public(address: IpAddr) -> bool {
    match canonical(address) {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Global unicast is 2000::/3; in it, documentation, 6to4 and Teredo carry what they are told to.
    let is_global = (a & 0xE000) == 0x2000;
    is_global && !(a == 0x2002 || (a == 0x2001 && (b == 0x0DB8 || b < 0x0200)) || a == 0x3FFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().expect("an address"))
    }

    #[test]
    fn only_public_addresses_are_connected_to() {
        for text in
            ["93.184.216.34", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"]
        {
            assert!(public(text), "{text}");
        }
        for text in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!public(text), "{text}");
        }
    }

    #[test]
    fn the_loopback_is_a_decision() {
        let (closed, open) = (Guarded { allow_loopback: false }, Guarded { allow_loopback: true });
        for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"] {
            assert!(!closed.allows_host(host), "{host}");
            assert!(open.allows_host(host), "{host}");
        }
        assert!(!open.allows_host("10.0.0.1"), "the loopback alone");
        assert!(closed.allows_host("chat.example"), "a name is judged when it is looked up");
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused() {
        let name = |text: &str| text.parse::<Name>().expect("a name");
        assert!(Guarded { allow_loopback: false }.resolve(name("localhost")).await.is_err());
        assert!(Guarded { allow_loopback: true }.resolve(name("localhost")).await.is_ok());
    }
}
