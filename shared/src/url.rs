//! Addresses that a customer's browser may be sent to, and no others.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest address we pass on.
const LENGTH_MAX: usize = 2048;

/// A web address: `https`, or `http` on this very machine (`127.0.0.1`, `localhost`, `[::1]`).
///
/// Plain HTTP on loopback serves the demo and tests; a server outside of development refuses it by
/// asking [`WebUrl::is_secure`]. User names, control characters and backslashes are refused, since
/// browsers and servers read them differently.
#[derive(Clone, Eq, PartialEq, Hash)]
pub struct WebUrl(String);

/// An address that opens an app: a scheme of a wallet we know, or the wallet's own `https` link.
///
/// Never `javascript:`, `data:` or any scheme that is not on the list.
#[derive(Clone, Eq, PartialEq, Hash)]
pub struct AppUrl(String);

/// A text that is no address of the kind.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotAUrl;

/// Schemes that wallets in Indonesia register for their apps.
pub const APP_SCHEMES: &[&str] = &[
    "ovo",
    "dana",
    "shopeeid",
    "shopeepay",
    "airpay",
    "linkaja",
    "astrapay",
    "gojek",
    "gopay",
    "speedcash",
];

fn is_sound(text: &str) -> bool {
    text.len() <= LENGTH_MAX
        && text.bytes().all(|byte| {
            byte.is_ascii_graphic()
                && !matches!(byte, b'\\' | b'"' | b'<' | b'>' | b'`' | b'^' | b'{' | b'}' | b'|')
        })
}

/// What stands between the scheme and the path: host and port, without a user.
fn authority(text: &str) -> &str {
    let rest = text.split_once(':').and_then(|(_, rest)| rest.strip_prefix("//"));
    rest.unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default()
}

fn host_of(authority: &str) -> Option<&str> {
    if let Some(v6) = authority.strip_prefix('[') {
        let (host, port) = v6.split_once(']')?;
        let sound = host.bytes().all(|b| b.is_ascii_hexdigit() || b == b':');
        return authority.get(..host.len() + 2).filter(|_| sound && is_port(port));
    }
    let (host, port) =
        authority.find(':').map_or((authority, ""), |colon| authority.split_at(colon));
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    (host.split('.').all(label) && is_port(port)).then_some(host)
}

fn is_port(text: &str) -> bool {
    match text.strip_prefix(':') {
        Some(port) => port.parse::<u16>().is_ok_and(|port| port > 0) && !port.starts_with('+'),
        None => text.is_empty(),
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
        || host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

impl WebUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is `https`. Everything else is this machine, for the demo and tests.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Host name or address, without port.
    pub fn host(&self) -> &str {
        host_of(authority(&self.0)).unwrap_or_default()
    }

    /// Scheme, host and port: `https://shop.example`. Written as a browser writes an origin: a
    /// default port is left out and the host is in lower case.
    pub fn origin(&self) -> String {
        let scheme = if self.is_secure() { "https" } else { "http" };
        let default_port = if self.is_secure() { ":443" } else { ":80" };
        let authority = authority(&self.0).to_ascii_lowercase();
        format!("{scheme}://{}", authority.strip_suffix(default_port).unwrap_or(&authority))
    }
}

impl AppUrl {
    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The scheme, in lower case.
    pub fn scheme(&self) -> String {
        self.0.split(':').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The web address, where the app is opened by one.
    pub fn as_web(&self) -> Option<WebUrl> {
        self.0.parse().ok()
    }
}

impl FromStr for WebUrl {
    type Err = NotAUrl;

    fn from_str(text: &str) -> Result<Self, NotAUrl> {
        let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
        let secure = lower.starts_with("https://");
        if !is_sound(text) || !(secure || lower.starts_with("http://")) {
            return Err(NotAUrl);
        }
        let host = host_of(authority(text)).ok_or(NotAUrl)?;
        if !secure && !is_loopback(host) {
            return Err(NotAUrl);
        }
        let scheme = if secure { "https" } else { "http" };
        // One spelling of the scheme, so that prefixes and origins compare as text.
        Ok(Self([scheme, text.get(scheme.len()..).unwrap_or_default()].concat()))
    }
}

impl FromStr for AppUrl {
    type Err = NotAUrl;

    fn from_str(text: &str) -> Result<Self, NotAUrl> {
        if text.parse::<WebUrl>().is_ok_and(|web| web.is_secure()) {
            return Ok(Self(text.to_owned()));
        }
        let (scheme, rest) = text.split_once(':').ok_or(NotAUrl)?;
        let known = APP_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str());
        (known && rest.starts_with("//") && is_sound(text))
            .then(|| Self(text.to_owned()))
            .ok_or(NotAUrl)
    }
}

impl fmt::Display for NotAUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "an address starts with https:// and has no user name, spaces or control characters",
        )
    }
}

impl std::error::Error for NotAUrl {}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Shows only the origin: what follows may hold a token.
impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/..", self.origin())
    }
}

/// Shows only the scheme: what follows may hold a token.
impl fmt::Debug for AppUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:..", self.scheme())
    }
}

impl Serialize for WebUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Serialize for AppUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WebUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for AppUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
fn uri_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("uri".to_owned())))
        .max_length(Some(LENGTH_MAX))
        .into()
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for WebUrl {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        uri_schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for WebUrl {}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for AppUrl {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        uri_schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for AppUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_web_address_is_https_or_this_machine() {
        for text in [
            "https://shop.example",
            "HTTPS://shop.example/a?b=c#d",
            "https://shop.example:8443/",
            "http://127.0.0.1:8090/orders/1",
            "http://localhost/",
            "http://[::1]:8080/",
        ] {
            assert!(text.parse::<WebUrl>().is_ok(), "{text}");
        }
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        for text in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "//shop.example",
            "/orders",
            "http://shop.example",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "https://",
            "https:///path",
            "https://user@shop.example",
            "https://shop.example@evil.example",
            "https://shop.example\\@evil.example",
            "https://shop .example",
            "https://shop.example/\n",
            "https://shop.example:0",
            "https://shop.example:99999",
            "https://shop..example",
            "https://[::1",
            "https://tökö.example",
            "ftp://shop.example",
        ] {
            assert_eq!(text.parse::<WebUrl>(), Err(NotAUrl), "{text}");
        }
    }

    #[test]
    fn an_origin_is_what_a_browser_calls_it() {
        for (url, origin) in [
            ("https://Shop.example/a", "https://shop.example"),
            ("https://shop.example:443/a", "https://shop.example"),
            ("http://127.0.0.1:8090?x", "http://127.0.0.1:8090"),
        ] {
            assert_eq!(url.parse::<WebUrl>().unwrap().origin(), origin);
        }
        assert_eq!("https://shop.example:8443/".parse::<WebUrl>().unwrap().host(), "shop.example");
    }

    #[test]
    fn an_app_opens_by_a_known_scheme_or_its_own_web_link() {
        for text in [
            "ovo://pay?x=1",
            "astrapay://payment/1",
            "ShopeeID://x",
            "https://wsa.example/universal",
        ] {
            assert!(text.parse::<AppUrl>().is_ok(), "{text}");
        }
        for text in [
            "",
            "javascript:alert(1)",
            "JavaScript://x%0aalert(1)",
            "intent://x#Intent;scheme=ovo;end",
            "evil://x",
            "ovo:javascript",
            "data:text/html,x",
            "http://127.0.0.1/",
            "ovo://a b",
        ] {
            assert_eq!(text.parse::<AppUrl>(), Err(NotAUrl), "{text}");
        }
    }

    #[test]
    fn printing_an_address_for_a_log_leaves_out_what_may_be_secret() {
        let url: WebUrl = "https://pay.example/c/ct_secret?x=y".parse().unwrap();
        assert_eq!(format!("{url:?}"), "https://pay.example/..");
    }
}
