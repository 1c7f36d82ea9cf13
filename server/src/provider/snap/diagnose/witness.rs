//! What verifies a signature, in the right way and in the wrong ones.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature as ring;

use super::{Case, Mistake, Scheme, SecretForm};
use crate::provider::snap::key::PublicKey;
use crate::secret::Secret;

/// Bytes of an HMAC-SHA512.
const MAC_BYTES: usize = 64;
/// Bytes of other keyed hashes, which are tried.
const OTHER_MAC_BYTES: [usize; 2] = [20, 32];
/// Bytes of RSA signatures in use: 1024, 2048, 3072 and 4096 bits.
const RSA_BYTES: [usize; 4] = [128, 256, 384, 512];

/// What is told by a signature's size alone.
const SYMMETRIC: Mistake = Mistake {
    name: "other_type",
    what: "signed with the client secret (64 bytes are an HMAC-SHA512), not with an RSA key",
    instead: "this service wants the asymmetric signature; or verify with --secret and --access-token",
    make: |_| Vec::new(),
};
const ASYMMETRIC: Mistake = Mistake {
    name: "other_type",
    what: "signed with an RSA key, not with the client secret",
    instead: "this service wants HMAC-SHA512 with the client secret; or verify with --key",
    make: |_| Vec::new(),
};
const OTHER_KEY: Mistake = Mistake {
    name: "other_key",
    what: "signed with an RSA key of another size than this one",
    instead: "compare sizes and fingerprints: `kasir check` prints them; sandbox and production keys differ",
    make: |_| Vec::new(),
};
const CUT_OFF: Mistake = Mistake {
    name: "cut_off",
    what: "the signature has a length that no signature has",
    instead: "give the whole header: 88 characters for HMAC-SHA512, 344 for a key of 2048 bits",
    make: |_| Vec::new(),
};
const NOT_BASE64: Mistake = Mistake {
    name: "not_base64",
    what: "the signature is not base64",
    instead: "give the header X-SIGNATURE as it is, without a name before it",
    make: |_| Vec::new(),
};

/// What verifies.
pub enum Witness {
    /// The public key of whoever signed, for the asymmetric type.
    Key(PublicKey),
    /// The client secret, for the symmetric type.
    Secret(Secret),
}

impl Witness {
    /// Whether the signature of a case stands.
    pub fn confirms(&self, case: &Case) -> bool {
        let Ok(signature) = STANDARD.decode(&case.signature) else { return false };
        match self {
            Self::Key(key) => key_confirms(key, case, &signature),
            Self::Secret(secret) => secret_confirms(secret, case, &signature),
        }
    }

    /// What the size of a signature says.
    pub(super) fn misfit(&self, case: &Case) -> Option<&'static Mistake> {
        // Hex is base64 of something else as well; no real base64 has hex digits alone.
        let in_hex = hex::decode(&case.signature).ok();
        let Some(signature) = in_hex.or_else(|| STANDARD.decode(&case.signature).ok()) else {
            return Some(&NOT_BASE64);
        };
        let bytes = signature.len();
        match self {
            Self::Key(key) if bytes == key.numbers().n.len() => None,
            Self::Key(_) if bytes == MAC_BYTES => Some(&SYMMETRIC),
            Self::Key(_) if RSA_BYTES.contains(&bytes) => Some(&OTHER_KEY),
            Self::Secret(_) if bytes == MAC_BYTES || OTHER_MAC_BYTES.contains(&bytes) => None,
            Self::Secret(_) if RSA_BYTES.contains(&bytes) => Some(&ASYMMETRIC),
            Self::Key(_) | Self::Secret(_) => Some(&CUT_OFF),
        }
    }
}

fn key_confirms(key: &PublicKey, case: &Case, signature: &[u8]) -> bool {
    let algorithm = match case.scheme {
        Scheme::Standard => &ring::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        Scheme::Sha1 => &ring::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Scheme::OtherSize => &ring::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        Scheme::Pss => &ring::RSA_PSS_2048_8192_SHA256,
    };
    key.numbers().verify(algorithm, &case.text(), signature).is_ok()
}

fn secret_confirms(secret: &Secret, case: &Case, signature: &[u8]) -> bool {
    let algorithm = match case.scheme {
        Scheme::Standard => hmac::HMAC_SHA512,
        Scheme::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Scheme::OtherSize => hmac::HMAC_SHA256,
        Scheme::Pss => return false,
    };
    let text = secret.expose();
    let key = match case.secret_form {
        SecretForm::Text => text.as_bytes().to_vec(),
        SecretForm::LineEnd => format!("{text}\n").into_bytes(),
        SecretForm::Decoded => match STANDARD.decode(text) {
            Ok(bytes) => bytes,
            Err(_) => return false,
        },
    };
    hmac::verify(&hmac::Key::new(algorithm, &key), &case.text(), signature).is_ok()
}
