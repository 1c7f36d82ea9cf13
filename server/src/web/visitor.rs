//! What a request says about who sent it: language, address, the form it wants its answer in.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use axum::http::{HeaderMap, Uri};
use ipnet::IpNet;
use kasir_shared::Locale;

/// The address that a connection came from; the accept loop puts it on every request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// One parameter of a query.
pub fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query()?.as_bytes();
    form_urlencoded::parse(query).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The language that was asked for in so many words, or else the browser's.
pub fn asked_locale(uri: &Uri, headers: &HeaderMap) -> Option<Locale> {
    explicit_locale(uri).or_else(|| browser_locale(headers))
}

/// The language in the query.
pub fn explicit_locale(uri: &Uri) -> Option<Locale> {
    parameter(uri, "locale").and_then(|tag| Locale::from_tag(&tag))
}

/// The browser's language.
pub fn browser_locale(headers: &HeaderMap) -> Option<Locale> {
    headers.get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(Locale::from_accept_language)
}

/// Whether the body is a form, which wants a page for an answer.
pub fn is_form(headers: &HeaderMap) -> bool {
    has_type(headers, "application/x-www-form-urlencoded")
}

/// Whether the body is of this media type, whatever its parameters.
pub fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

/// The address of the browser: the peer's, or what proxies that we trust say of it. The list is read
/// from its end, since only its end was written by a proxy of ours.
pub fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    if !is_trusted(&peer) {
        return peer;
    }
    let lists = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<IpAddr> =
        lists.flat_map(|list| list.split(',')).map_while(|hop| hop.trim().parse().ok()).collect();
    hops.iter().rev().find(|hop| !is_trusted(hop)).or_else(|| hops.first()).copied().unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed_about_addresses() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for (peer, forwarded, address_is) in [
            ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "10.0.0.7", "10.0.0.7"),
        ] {
            assert_eq!(
                address(ip(peer), &headers(forwarded), &trusted),
                ip(address_is),
                "{forwarded}"
            );
        }
    }
}
