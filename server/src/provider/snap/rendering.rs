//! What a signature may cover where somebody wrote the body anew between signing and sending.
//!
//! Verifying in several writings takes nothing from a signature: each of them says the same, and only
//! the holder of the key can have signed any.

use bytes::Bytes;

use super::json::{Escapes, Json, Layout};
use super::key::PublicKey;
use super::sign;

/// How much is tried.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tolerance {
    /// The bytes as they came, and the same without white space between tokens.
    Strict,
    /// Also what programs in use write: slashes and everything beyond ASCII as they are, the latter
    /// escaped, or both.
    Tolerant,
}

/// The signed parts beside the body.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The method.
    pub method: &'a str,
    /// The path that was called.
    pub path: &'a str,
    /// `X-TIMESTAMP`.
    pub timestamp: &'a str,
}

/// Whether a signature stands over one of the body's writings: as it came first.
pub fn verifies(
    key: &PublicKey,
    signature: &str,
    around: Around<'_>,
    (body, tolerance): (&Bytes, Tolerance),
) -> bool {
    let Around { method, path, timestamp } = around;
    let stands = |body: &[u8]| {
        let text = sign::without_token(method, path, body, timestamp);
        key.verify(&text, signature).is_ok()
    };
    stands(body) || writings(body, tolerance).iter().any(|body| stands(body))
}

/// The writings of a body, other than as it came.
fn writings(body: &[u8], tolerance: Tolerance) -> Vec<Vec<u8>> {
    let Some(json) = Json::read(body) else { return Vec::new() };
    let mut writings = vec![json.write(Layout::COMPACT)];
    if tolerance == Tolerance::Tolerant {
        writings.extend([(false, false), (false, true), (true, true)].map(|(slashes, unicode)| {
            let escapes = Escapes { slashes, unicode, html: false };
            json.escaped(escapes).write(Layout::COMPACT)
        }));
    }
    writings.retain(|writing| writing != body);
    writings.dedup();
    writings
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::provider::snap::key::{PrivateKey, ShortKeys};
    use crate::secret::Secret;

    const RENDERINGS: &str = include_str!("../../../../tests/vectors/espay/renderings.json");
    const KEY: &str = include_str!("../../../../tests/vectors/snap/keys/rfc7515-a2-pkcs1.pem");
    const PUBLIC: &str =
        include_str!("../../../../tests/vectors/nicepay/snap/rfc7515-a2-public.pem");
    const AROUND: Around<'_> =
        Around { method: "POST", path: "/notify", timestamp: "2026-11-20T10:15:30+07:00" };

    #[derive(Deserialize)]
    struct File {
        rows: Vec<Row>,
    }

    #[derive(Deserialize)]
    struct Row {
        body: String,
    }

    fn bodies() -> Vec<Bytes> {
        let file: File = serde_json::from_str(RENDERINGS).unwrap();
        file.rows.into_iter().map(|row| Bytes::from(row.body)).collect()
    }

    fn stands(signed: &[u8], sent: &Bytes, tolerance: Tolerance) -> bool {
        let key = PrivateKey::read(&Secret::new(KEY.to_owned())).unwrap();
        let public = PublicKey::read(PUBLIC, ShortKeys::Refused).unwrap();
        let Around { method, path, timestamp } = AROUND;
        let signature = key.sign(&sign::without_token(method, path, signed, timestamp));
        verifies(&public, &signature, AROUND, (sent, tolerance))
    }

    #[test]
    fn another_value_stands_in_no_writing() {
        let body = bodies().remove(0);
        let text = std::str::from_utf8(&body).unwrap();
        for other in [
            text.replace("BAL/0001", "BAL/0002"),
            text.replace("\"BAL/0001\"", "\"BAL/0001 \""),
            format!("{text}x"),
            String::new(),
        ] {
            assert!(!stands(&body, &Bytes::from(other), Tolerance::Tolerant));
        }
    }

    #[test]
    fn every_writing_stands_for_every_other_that_is_in_use() {
        let bodies = bodies();
        let compact = &bodies[..3];
        for signed in compact {
            for sent in &bodies {
                assert!(stands(signed, sent, Tolerance::Tolerant), "{signed:?} {sent:?}");
            }
        }
    }

    #[test]
    fn a_strict_reader_takes_white_space_away_and_nothing_else() {
        let bodies = bodies();
        assert!(stands(&bodies[0], &bodies[0], Tolerance::Strict));
        assert!(stands(&bodies[0], &bodies[3], Tolerance::Strict));
        assert!(stands(&bodies[3], &bodies[3], Tolerance::Strict));
        assert!(!stands(&bodies[0], &bodies[2], Tolerance::Strict));
        assert!(!stands(&bodies[2], &bodies[0], Tolerance::Strict));
    }

    #[test]
    fn blanks_inside_a_text_are_part_of_it() {
        let (padded, bare) =
            (Bytes::from_static(br#"{"a": "   ESPAY"}"#), Bytes::from_static(br#"{"a":"ESPAY"}"#));
        assert!(stands(br#"{"a":"   ESPAY"}"#, &padded, Tolerance::Strict));
        assert!(!stands(&bare, &padded, Tolerance::Tolerant));
    }
}
