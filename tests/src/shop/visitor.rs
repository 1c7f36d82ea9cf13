//! Who is looking: the language, the cart and the last order, from the address and the cookies.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, HeaderValue};
use axum::http::request::Parts;

use super::cart::Cart;
use super::words::Lang;

/// The demo's Kasir and shop share a host, and cookies do not know ports: hence the prefix.
const CART: &str = "sangrai_cart";
const LANG: &str = "sangrai_lang";
const ORDER: &str = "sangrai_order";
const MONTH_S: u32 = 30 * 24 * 60 * 60;

/// A visitor of the shop.
#[derive(Clone, Debug, Default)]
pub(super) struct Visitor {
    pub(super) lang: Lang,
    pub(super) cart: Cart,
    /// The order they made last.
    pub(super) order: Option<String>,
    /// Whether the address asked for the language, which is then remembered.
    pub(super) lang_asked: bool,
    /// The path, for a link to this page in the other language.
    pub(super) path: String,
    /// The query without the language.
    query: Vec<(String, String)>,
}

impl Visitor {
    fn read(parts: &Parts) -> Self {
        let mut visitor = Self { path: parts.uri.path().to_owned(), ..Self::default() };
        for (name, value) in cookies(parts) {
            match name {
                CART => visitor.cart = Cart::from_cookie(value),
                LANG => visitor.lang = Lang::parse(value).unwrap_or_default(),
                ORDER => visitor.order = Some(value.to_owned()),
                _ => {}
            }
        }
        let query = parts.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match Lang::parse(&value) {
                Some(lang) if name == "lang" => {
                    visitor.lang = lang;
                    visitor.lang_asked = true;
                }
                _ => visitor.query.push((name.into_owned(), value.into_owned())),
            }
        }
        visitor
    }

    /// This page in the other language.
    pub(super) fn other_way(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query).append_pair("lang", self.lang.other().0);
        format!("{}?{}", self.path, query.finish())
    }

    /// What the address asks for under `name`.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(asked, _)| asked == name).map(|(_, value)| value.as_str())
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::read(parts))
    }
}

fn cookies(parts: &Parts) -> impl Iterator<Item = (&str, &str)> {
    let texts = parts.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

pub(super) fn cart_cookie(cart: &Cart) -> HeaderValue {
    cookie(CART, &cart.to_cookie())
}

pub(super) fn lang_cookie(lang: Lang) -> HeaderValue {
    cookie(LANG, lang.tag())
}

/// Callers pass order numbers that [`is_order_number`] knows.
pub(super) fn order_cookie(order: &str) -> HeaderValue {
    cookie(ORDER, order)
}

fn cookie(name: &str, value: &str) -> HeaderValue {
    let text = format!("{name}={value}; Path=/; Max-Age={MONTH_S}; HttpOnly; SameSite=Lax");
    HeaderValue::from_str(&text).expect("our cookies are letters, digits and a few signs")
}

/// `SU-` and eight of the letters and digits that [`new_order_number`] uses.
pub(super) fn is_order_number(text: &str) -> bool {
    let digit = |letter: u8| DIGITS.contains(&letter);
    text.strip_prefix("SU-").is_some_and(|rest| rest.len() == 8 && rest.bytes().all(digit))
}

/// No I, L, O or U: a customer may have to read the number out.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A number nobody can guess, since whoever knows it may see the order. The form carries it, so that
/// pressing twice orders once.
pub(super) fn new_order_number() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    let mut random = RandomState::new().hash_one(());
    let mut number = "SU-".to_owned();
    for _ in 0..8 {
        number.push(char::from(DIGITS[usize::from(random.to_le_bytes()[0] & 31)]));
        random >>= 5;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn visitor(address: &str, cookie: &str) -> Visitor {
        let request = Request::get(address).header(COOKIE, cookie).body(()).expect("a request");
        Visitor::read(&request.into_parts().0)
    }

    #[test]
    fn the_address_outranks_the_cookie_in_the_language() {
        assert_eq!(visitor("/", "sangrai_lang=en").lang, Lang::En);
        assert_eq!(visitor("/?lang=id", "sangrai_lang=en").lang, Lang::Id);
        assert_eq!(visitor("/?lang=xx", "a=b; sangrai_lang=en").lang, Lang::En);
    }

    #[test]
    fn the_other_language_keeps_what_else_was_asked() {
        let visitor = visitor("/conversation?order=SU-1&lang=en&x=%26", "");
        assert_eq!(visitor.other_way(), "/conversation?order=SU-1&x=%26&lang=id");
        assert_eq!(visitor.asked("order"), Some("SU-1"));
    }

    #[test]
    fn order_numbers_are_the_shops_own() {
        let (one, other) = (new_order_number(), new_order_number());
        assert!(is_order_number(&one), "{one}");
        assert_ne!(one, other);
        for wrong in ["SU-", "SU-0000000", "SU-00000000;", "su-00000000", "SU-0000000U", ""] {
            assert!(!is_order_number(wrong), "{wrong}");
        }
    }
}
