//! Keeps webhooks off our own network: a shop names the address, so it could name ours.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use kasir_shared::WebUrl;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Resolves names to public addresses only.
///
/// It is not asked about addresses that are written as numbers; [`may_visit`] sees to those.
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("no public address".into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether a shop's address may be visited at all: https, on its usual port, and not a number that
/// stands for one of our own machines, however it is written.
pub fn may_visit(url: &WebUrl) -> bool {
    let Ok(url) = url::Url::parse(url.as_str()) else { return false };
    let public = match url.host() {
        Some(url::Host::Domain(_)) => true,
        Some(url::Host::Ipv4(ip)) => is_public(ip.into()),
        Some(url::Host::Ipv6(ip)) => is_public(ip.into()),
        None => false,
    };
    public && url.scheme() == "https" && matches!(url.port(), None | Some(443 | 8443))
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or_else(|| is_public_v6(ip), is_public_v4),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared_by_carriers = a == 100 && (64..128).contains(&b);
    let benchmarks = a == 198 && (b == 18 || b == 19);
    let protocols = a == 192 && b == 0 && c == 0;
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || shared_by_carriers
        || benchmarks
        || protocols)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // Only 2000::/3 is given out; of that, tunnels and documentation lead elsewhere.
    let [first, second, ..] = ip.segments();
    let given_out = first & 0xe000 == 0x2000;
    let tunnels = first == 0x2002 || first == 0x2001 && (second == 0 || second == 0x0db8);
    given_out && !tunnels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_of_our_own_network_is_visited() {
        for url in [
            "https://127.0.0.1/hook",
            "https://2130706433/hook",
            "https://0x7f.1/hook",
            "https://0177.0.0.1/hook",
            "https://0.0.0.0/hook",
            "https://10.1.2.3/hook",
            "https://172.16.0.1/hook",
            "https://192.168.1.1/hook",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/hook",
            "https://[::1]/hook",
            "https://[::ffff:127.0.0.1]/hook",
            "https://[fc00::1]/hook",
            "https://[fe80::1]/hook",
            "https://[2002:7f00:1::]/hook",
            "https://shop.example:22/hook",
            "http://127.0.0.1/hook",
        ] {
            // Some spellings are refused even earlier, as no address of the web at all.
            assert!(!url.parse().is_ok_and(|url| may_visit(&url)), "{url}");
        }
        for url in
            ["https://shop.example/hook", "https://8.8.8.8/hook", "https://shop.example:8443/"]
        {
            assert!(may_visit(&url.parse().unwrap()), "{url}");
        }
    }
}
