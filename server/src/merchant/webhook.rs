//! Signing what the shop is told: Standard Webhooks 1.0.0.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kasir_shared::{Moment, WebUrl};
use tokio::sync::Semaphore;

use crate::secret::Secret;

/// Where a merchant hears of what happens.
#[derive(Debug)]
pub struct Target {
    /// The address.
    pub url: WebUrl,
    /// The keys that sign: one, or two while rotating.
    pub keys: Vec<Key>,
    /// Who delivers there at the moment: so many at a time and no more, so that a slow shop holds up
    /// nobody but itself.
    pub turns: Semaphore,
}

/// A signing key.
pub struct Key(hmac::Key);

/// When an event is sent again, in seconds after the try before: about three days in all.
pub const GAPS_S: [i64; 10] =
    [0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];

impl Key {
    /// Reads `whsec_` and the base64 of 24 to 64 bytes.
    pub fn parse(secret: &Secret) -> Result<Self, &'static str> {
        let why = "is not whsec_ and the base64 of 24 to 64 bytes; `kasir keys new` prints one";
        let text = secret.expose().strip_prefix("whsec_").ok_or(why)?;
        let bytes = STANDARD.decode(text).map_err(|_| why)?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(why);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The most deliveries to one shop at a time.
const TURNS: usize = 8;

impl Target {
    /// A shop's address, and the keys that sign what is sent there.
    pub fn new(url: WebUrl, keys: Vec<Key>) -> Self {
        Self { url, keys, turns: Semaphore::new(TURNS) }
    }

    /// The `webhook-signature` of a body: one `v1,...` for each key.
    pub fn sign(&self, id: &str, at: Moment, body: &str) -> String {
        let signed = format!("{id}.{}.{body}", at.unix_s());
        let sign = |key: &Key| {
            format!("v1,{}", STANDARD.encode(hmac::sign(&key.0, signed.as_bytes()).as_ref()))
        };
        self.keys.iter().map(sign).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Result<Key, &'static str> {
        Key::parse(&Secret::new(text.to_owned()))
    }

    fn target(keys: Vec<Key>) -> Target {
        Target::new("https://shop.example/hooks".parse().unwrap(), keys)
    }

    #[test]
    fn the_published_vector_is_signed_as_published() {
        let target = target(vec![key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()]);
        let at = Moment::from_unix_s(1_614_265_330);
        assert_eq!(
            target.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn both_keys_sign_while_they_rotate() {
        let keys =
            ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"];
        let target = target(keys.map(|text| key(text).unwrap()).into());
        let signatures = target.sign("evt_1", Moment::from_unix_s(1), "{}");
        assert_eq!(signatures.split(' ').filter(|one| one.starts_with("v1,")).count(), 2);
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        for text in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!", "whsec_AAAA"] {
            assert!(key(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_last_try_comes_three_days_after_the_first() {
        assert_eq!(GAPS_S.iter().sum::<i64>(), 75 * 3600 + 35 * 60 + 5);
    }
}
