//! Whether a call is signed as it should be, and if not, which known mistake would explain it.
use super::body::Node;
use super::minify::{self, SignatureMode};
use super::rsa::{Opened, PublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};

/// Lower-case hex of SHA-256.
pub(crate) fn hash(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// Whose signature it must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Signer<'a> {
    /// Without a token: RSA over `METHOD:path:hash:timestamp`.
    Key(&'a PublicKey),
    /// With a token: HMAC-SHA512 over `METHOD:path:token:hash:timestamp`.
    Secret {
        /// The client secret, as text.
        secret: &'a str,
        /// The token of the `Authorization` header.
        token: &'a str,
    },
}

/// A call, as far as its signature covers it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    /// What the signature must cover.
    pub(crate) path: &'a str,
    /// What was really called, prefix and all.
    pub(crate) called: &'a str,
    /// Scheme and host of what was called.
    pub(crate) origin: &'a str,
    pub(crate) timestamp: &'a str,
    pub(crate) signature: &'a str,
    pub(crate) raw: &'a [u8],
    pub(crate) body: Option<&'a Node>,
}

/// What a provider makes of a signature that is right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Right {
    /// Another reading of the same body would have refused it.
    pub(crate) nonportable: bool,
}

/// The pieces of a string that is signed.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) token: Option<String>,
    pub(super) hash: String,
    pub(super) timestamp: String,
}

impl Pieces {
    pub(super) fn text(&self) -> String {
        let Self { method, path, token, hash, timestamp } = self;
        match token {
            Some(token) => format!("{method}:{path}:{token}:{hash}:{timestamp}"),
            None => format!("{method}:{path}:{hash}:{timestamp}"),
        }
    }
}

impl Signed<'_> {
    fn pieces(&self, signer: &Signer<'_>, body: &[u8]) -> Pieces {
        Pieces {
            method: self.method.to_owned(),
            path: self.path.to_owned(),
            token: match signer {
                Signer::Key(_) => None,
                Signer::Secret { token, .. } => Some((*token).to_owned()),
            },
            hash: hash(body),
            timestamp: self.timestamp.to_owned(),
        }
    }

    /// Checks the signature; the error names what was expected and the mistake that was made.
    pub(crate) fn check(&self, signer: &Signer<'_>, mode: SignatureMode) -> Result<Right, String> {
        let bodies = minify::accepted(mode, self.raw, self.body);
        let nonportable = mode == SignatureMode::Strict
            && bodies.iter().any(|body| hash(body) != hash(&bodies[0]));
        let proof = Proof::of(signer, self.signature);
        let right = bodies.iter().any(|body| proof.shows(&self.pieces(signer, body).text()));
        if right && proof.encoding().is_none() {
            return Ok(Right { nonportable });
        }
        let expected = self.pieces(signer, &bodies[0]);
        let mistake = self.mistake(signer, (&proof, &expected));
        Err(format!("the signature is not over {:?}: {mistake}", shown(&expected)))
    }
}

/// The string without the token in it, which is for nobody's journal.
fn shown(pieces: &Pieces) -> String {
    let token = pieces.token.as_ref().map(|_| "(token)".to_owned());
    Pieces { token, ..pieces.clone() }.text()
}

/// A signature, opened as far as it can be.
pub(super) enum Proof<'a> {
    Rsa { encoding: Option<&'static str>, opened: Opened },
    Mac { encoding: Option<&'static str>, secret: &'a str, code: Vec<u8> },
    Unreadable,
}

impl<'a> Proof<'a> {
    fn of(signer: &Signer<'a>, signature: &str) -> Self {
        let Some((encoding, bytes)) = decoded(signature) else { return Self::Unreadable };
        match signer {
            Signer::Key(key) => Self::Rsa { encoding, opened: key.open(&bytes) },
            Signer::Secret { secret, .. } => Self::Mac { encoding, secret, code: bytes },
        }
    }

    pub(super) fn shows(&self, text: &str) -> bool {
        match self {
            Self::Rsa { opened, .. } => *opened == Opened::Sha256(Sha256::digest(text).to_vec()),
            Self::Mac { secret, code, .. } => mac(secret, text).verify_slice(code).is_ok(),
            Self::Unreadable => false,
        }
    }

    pub(super) const fn encoding(&self) -> Option<&'static str> {
        match self {
            Self::Rsa { encoding, .. } | Self::Mac { encoding, .. } => *encoding,
            Self::Unreadable => None,
        }
    }

    pub(super) fn unreadable(&self) -> Option<String> {
        match self {
            Self::Unreadable => Some("it is neither base64 nor hex".to_owned()),
            Self::Rsa { opened: Opened::Noise, .. } => {
                Some("it was made with another key, or not as PKCS#1 v1.5 signs".to_owned())
            }
            Self::Rsa { opened: Opened::Other(name), .. } => {
                Some(format!("it was made with {name}, not SHA-256"))
            }
            Self::Rsa { opened: Opened::Sha256(_), .. } => None,
            Self::Mac { code, .. } if code.len() != 64 => {
                Some(format!("it has {} bytes, HMAC-SHA512 has 64", code.len()))
            }
            Self::Mac { .. } => None,
        }
    }
}

/// The bytes, and how they were written where that is not standard base64.
fn decoded(signature: &str) -> Option<(Option<&'static str>, Vec<u8>)> {
    // Hex digits are base64 letters too.
    if let Ok(bytes) = hex::decode(signature) {
        return Some((Some("hex"), bytes));
    }
    if let Ok(bytes) = STANDARD.decode(signature) {
        return Some((None, bytes));
    }
    let url = URL_SAFE.decode(signature).or_else(|_| URL_SAFE_NO_PAD.decode(signature));
    let others = [
        ("base64 without its padding", STANDARD_NO_PAD.decode(signature)),
        ("base64 as URLs write it", url),
    ];
    let found = others.into_iter().find_map(|(name, bytes)| Some((name, bytes.ok()?)));
    found.map(|(name, bytes)| (Some(name), bytes))
}

fn mac(secret: &str, text: &str) -> Hmac<Sha512> {
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).expect("any key will do");
    mac.update(text.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::snap::rsa::PrivateKey;
    use crate::simulator::test_keys;

    /// Winpay's published callback: its key has 1023 bits, its body two texts that begin with spaces.
    const GOLDEN_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIGeMA0GCSqGSIb3DQEBAQUAA4GMADCBiAKBgHGK10J1oBbCD75Wy8P5rL8zzCz9
lpHZ7OIHVaO4vlX0tjpKD887ldaTLl4Vdhc6I88OHscV/ijQ7OQ07IpWLAoSm7VK
puiUDt9xUx9dCHAIrH6DDNOI95z2b6jxwh81ZTC+LCDsEb5b797dmxa7Kv8kABjo
Nt8JR33E9p3d7uzrAgMBAAE=
-----END PUBLIC KEY-----";
    const GOLDEN_BODY: &str = r#"{"partnerServiceId":"    9042","customerNo":"00000009","virtualAccountNo":"    904200000009","virtualAccountName":"WINPAY - fiandi","trxId":"INV-000000023220","paymentRequestId":"45539","paidAmount":{"value":"10000.00","currency":"IDR"},"trxDateTime":"2024-01-11T08:57:55+07:00","additionalInfo":{"contractId":"si1cd5671d-2ffe-4cca-aff0-b8ee9bc1c041","channel":"BSI"}}"#;
    const GOLDEN: Signed<'_> = Signed {
        method: "POST",
        path: "/sandbox_prod/url_listener.php/v1.0/transfer-va/payment",
        called: "/sandbox_prod/url_listener.php/v1.0/transfer-va/payment",
        origin: "https://shop.example",
        timestamp: "2024-01-11T08:57:55+07:00",
        signature: "Zng8tJgtK2lPd8CP89KyO1OGEKXn1tFfXevTGIn5IhHYDpobp7+4uvuczP5HwldghO5mzkh03v6wnggoZev8M2RyKegbrRaIr66KbAgr6sfKfH9MfkXFcEKpF/am8QMr4oExKPdYTdGEr6pq6m1CzUjFQsyu9z6JuMGrjXrxFXU=",
        raw: GOLDEN_BODY.as_bytes(),
        body: None,
    };

    #[test]
    fn the_golden_callback_verifies_and_its_three_forgeries_do_not() {
        let key = PublicKey::read(GOLDEN_KEY).unwrap();
        let check = |signed: Signed<'_>| signed.check(&Signer::Key(&key), SignatureMode::Raw);
        let published = "17ccdcc12438dc602a48feb7dc8e6dc70b291582ab4ceec4e9b20c07769d2b38";
        assert_eq!(hash(GOLDEN.raw), published);
        assert_eq!(check(GOLDEN), Ok(Right { nonportable: false }));
        check(Signed { path: "/v1.0/transfer-va/payment", ..GOLDEN }).unwrap_err();
        let other = GOLDEN_BODY.replace("\"00000009\"", "\"00000008\"");
        check(Signed { raw: other.as_bytes(), ..GOLDEN }).unwrap_err();
        let collapsed = GOLDEN_BODY.replace("    ", " ");
        check(Signed { raw: collapsed.as_bytes(), ..GOLDEN }).unwrap_err();
    }

    #[test]
    fn the_published_midtrans_signatures_verify() {
        let key = PublicKey::read(
            "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlWbtlh3eM+bW3n5AFj42
wddC4L7tQqbLiCFbTv8K67yng9iwK5mEn+UMXiRhvB2JVWFafCPPxFamsiVG3Mjn
eGjC0BYgmpmw4qXnAnyO3nCdCuPtmZ3ljhKvSTPdWZxrcLi1Xa9V/+Pzb8hrjb5i
wMn6SZFNeMmZYgFKiSeueo6TPln2PoTqXCzs1HtsM8eUVe8GAsjJe/3dYl992nyX
OpG21GgNu8o5T3WOptPg6GdDTWkTWUu483yRbVVy04Pz4L8DDZTDv+WcsAViDn1r
A/jB1Auj/UGKx2ovGcBH/a/hor5TbABbODU6cPTHT54K3sSZtvZNV4eFDB1f/4wd
fwIDAQAB
-----END PUBLIC KEY-----",
        )
        .unwrap();
        let signature = "WzW49tYIgKIBmBi/gVBHGLAkhEaZlXM11zcZxAiyHji6TLPjPbwLu3Z45it25AIeG0XDItcdTSkds47zFEMh6IP0PXPIP1+Ey4RmX/o2fuYRF/xBHvfvKnMmANMTS1axsXBSW3EHqYpbVrkCcqNnB3u+wu63us9WIhRZaWgxgQ2PJLaiVHIwgu9u7jxkWX7Bg4rerZH3RKdQfIJAAJsSN13efR7VdSAyzU7QaKjgislxrLqmesYNJkbD03XLjHdo6YWuzAVV7xdZRpLiGkIAkW7luXTBZYBO+4oENZAPQYzrLeN1qRY1Sr7BgLONCA2QA26BB6SYW4R7qofS9+RyOQ==";
        let signature = STANDARD.decode(signature).unwrap();
        assert!(key.verifies("G1234325-SNAP|2024-03-01T08:27:49.024Z", &signature));
        let symmetric = Signed {
            path: "/v1.0/qr/qr-mpm-generate",
            timestamp: "2024-03-05T10:37:16.196Z",
            signature: "wmzT7yjg1SxxCsxNsFgCR9SYXiZGGbceF6fV8xe97sAMHxZ+7OEBMIBmvb6Sj6GcksGp3iv77DiomgSbcST3XQ==",
            raw: br#"{"partnerReferenceNo":"2020102900000000000001","amount":{"value":"12345678.00","currency":"IDR"},"feeAmount":{"value":"12345678.00","currency":"IDR"},"merchantId":"00007100010926","terminalId":"213141251124","validityPeriod":"2009-07-03T12:08:56-07:00"}"#,
            ..GOLDEN
        };
        let signer = Signer::Secret { secret: "myclientsecret", token: "myaccesstoken" };
        let right = Right { nonportable: false };
        assert_eq!(symmetric.check(&signer, SignatureMode::Minify), Ok(right));
        let other = Signer::Secret { secret: "myclientsecret", token: "another" };
        symmetric.check(&other, SignatureMode::Minify).unwrap_err();
    }

    const BODY: &str = "{\"url\":\"https://m.example/cb?a=1&b=<2>\",\"name\":\"Caf\u{e9} Baru\",\"a\":{\"z\":\"1\"}}";

    /// What the check says of a body of which another form was hashed, in this string.
    fn said(hashed: &str, text: impl Fn(&str) -> String) -> String {
        let body = Node::read(BODY.as_bytes()).unwrap();
        let key = PublicKey::read(test_keys::WINPAY_MERCHANT_PUBLIC).unwrap();
        let text = text(&hash(hashed.as_bytes()));
        let signature = PrivateKey::read(test_keys::WINPAY_MERCHANT).unwrap().sign(&text);
        let signed = Signed {
            path: "/v1.0/debit/status",
            called: "/winpay/snap/v1.0/debit/status",
            signature: &signature,
            raw: BODY.as_bytes(),
            body: Some(&body),
            ..GOLDEN
        };
        match signed.check(&Signer::Key(&key), SignatureMode::Minify) {
            Ok(_) => "right".to_owned(),
            Err(why) => why,
        }
    }

    fn usual(hash: &str) -> String {
        format!("POST:/v1.0/debit/status:{hash}:{}", GOLDEN.timestamp)
    }

    #[test]
    fn every_known_mistake_of_serialising_is_named() {
        assert_eq!(said(BODY, usual), "right");
        let escaped = BODY.replace('\u{e9}', "\\u00e9");
        let html = BODY.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e");
        let sorted = "{\"a\":{\"z\":\"1\"},\"name\":\"Caf\u{e9} Baru\",\"url\":\"https://m.example/cb?a=1&b=<2>\"}";
        for (hashed, mistake) in [
            (BODY.replace('/', "\\/"), "slashes escaped"),
            (BODY.replace(' ', ""), "lost their spaces"),
            (escaped.replace('/', "\\/"), "as PHP does by itself"),
            (escaped.clone(), "slashes left alone"),
            (escaped.replace("\":", "\": ").replace(",\"", ", \""), "as Python writes by itself"),
            (html, "as Go does"),
            (sorted.to_owned(), "keys sorted"),
            (String::new(), "no body at all"),
            ("{}".to_owned(), "it hashes {}"),
        ] {
            let said = said(&hashed, usual);
            assert!(said.contains(mistake), "{mistake}: {said}");
            assert!(said.contains("POST:/v1.0/debit/status:"), "it says what was expected: {said}");
        }
    }

    /// A string made from the hash of the body.
    type Mistaken = Box<dyn Fn(&str) -> String>;

    #[test]
    fn every_known_mistake_in_the_string_is_named() {
        let stamp = GOLDEN.timestamp;
        let whole = "https://shop.example/winpay/snap/v1.0";
        let cases: [(Mistaken, &str); 9] = [
            (Box::new(|h| usual(h).replace("/v1.0", "/snap/v1.0")), "prefix /snap"),
            (Box::new(|h| usual(h).replace("/v1.0", "/winpay/snap/v1.0")), "prefix and all"),
            (Box::new(move |h| usual(h).replace("/v1.0", whole)), "whole URL"),
            (Box::new(|h| usual(h).replace("POST", "post")), "lower case"),
            (Box::new(|h| usual(&h.to_uppercase())), "upper case"),
            (Box::new(|h| usual(&STANDARD.encode(hex::decode(h).unwrap()))), "hash is in base64"),
            (Box::new(move |h| usual(h).replace(stamp, "2024-01-11T01:57:55Z")), "time in UTC"),
            (
                Box::new(move |h| usual(h).replace(stamp, "2024-01-11T08:57:55.000+07:00")),
                "with milliseconds and sends",
            ),
            (Box::new(|h| usual(h).replace("status:", "status::")), "empty token"),
        ];
        for (text, mistake) in cases {
            let said = said(BODY, text);
            assert!(said.contains(mistake), "{mistake}: {said}");
        }
        let said = said(BODY, |_| "something else".to_owned());
        assert!(said.contains("no known mistake"), "{said}");
    }

    #[test]
    fn a_signature_in_another_coat_or_of_another_key_is_named() {
        let key = PublicKey::read(test_keys::WINPAY_MERCHANT_PUBLIC).unwrap();
        let good = PrivateKey::read(test_keys::WINPAY_MERCHANT).unwrap();
        let signature = good.sign(&usual(&hash(BODY.as_bytes())));
        let bytes = STANDARD.decode(&signature).unwrap();
        let stranger = PrivateKey::read(test_keys::STRANGER).unwrap();
        let foreign = stranger.sign(&usual(&hash(BODY.as_bytes())));
        for (signature, mistake) in [
            (hex::encode(&bytes), "hex, not base64 of the right bytes"),
            (URL_SAFE.encode(&bytes), "as URLs write it, not base64 of the right bytes"),
            (signature.trim_end_matches('=').to_owned(), "without its padding"),
            (signature[..300].to_owned(), "another key"),
            (foreign, "another key"),
            ("?".to_owned(), "neither base64 nor hex"),
        ] {
            let signed = Signed {
                path: "/v1.0/debit/status",
                signature: &signature,
                raw: BODY.as_bytes(),
                ..GOLDEN
            };
            let said = signed.check(&Signer::Key(&key), SignatureMode::Minify).unwrap_err();
            assert!(said.contains(mistake), "{mistake}: {said}");
        }
        let lower = signature.to_lowercase();
        let signed = Signed { path: "/v1.0/debit/status", signature: &lower, ..GOLDEN };
        signed.check(&Signer::Key(&key), SignatureMode::Minify).unwrap_err();
    }
}
