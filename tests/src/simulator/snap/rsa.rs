//! RSA as both sides use it: a signature is opened, and compared with what it should hold.
//!
//! Opening it, rather than asking a library whether it verifies, lets us tell what was signed
//! instead; and no library here takes a key of 1023 bits, such as Winpay's sandbox has.
use super::der;
use super::modulus::Modulus;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// How a signature made with SHA-256 names that, before the digest.
pub(super) const SHA256: &[u8] =
    b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
/// The same for SHA-1.
pub(super) const SHA1: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
/// The same for SHA-512.
pub(super) const SHA512: &[u8] =
    b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40";

/// Somebody's public key.
#[derive(Debug)]
pub(crate) struct PublicKey {
    modulus: Modulus,
    exponent: Vec<u8>,
}

/// What a signature holds, when a public key opens it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Opened {
    /// A digest of SHA-256.
    Sha256(Vec<u8>),
    /// A digest of another algorithm, by its name.
    Other(&'static str),
    /// Nothing that PKCS#1 v1.5 pads like this.
    Noise,
}

impl PublicKey {
    /// Reads a `SubjectPublicKeyInfo` in PEM.
    pub(crate) fn read(pem: &str) -> Option<Self> {
        let (modulus, exponent) = der::public(&der::unwrap_pem(pem)?)?;
        Some(Self { modulus: Modulus::new(&modulus)?, exponent })
    }

    /// Whether this is the signature of this text.
    pub(crate) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        self.open(signature) == Opened::Sha256(Sha256::digest(text).to_vec())
    }

    /// What a signature holds.
    pub(super) fn open(&self, signature: &[u8]) -> Opened {
        if signature.len() != self.modulus.bytes {
            return Opened::Noise;
        }
        match self.modulus.power(signature, &self.exponent) {
            Some(message) => unpad(&message),
            None => Opened::Noise,
        }
    }
}

/// `00 01 FF.. 00`, the algorithm, the digest: exactly, from the first byte to the last.
fn unpad(message: &[u8]) -> Opened {
    let algorithms = [(SHA256, 32, "SHA-256"), (SHA1, 20, "SHA-1"), (SHA512, 64, "SHA-512")];
    for (prefix, length, name) in algorithms {
        let Some(start) = message.len().checked_sub(prefix.len() + length) else { continue };
        let (padding, rest) = message.split_at(start);
        let Some(digest) = rest.strip_prefix(prefix) else { continue };
        let filled = padding.len() >= 11
            && padding.starts_with(&[0, 1])
            && padding.ends_with(&[0])
            && padding[2..padding.len() - 1].iter().all(|byte| *byte == 0xff);
        match (filled, name) {
            (true, "SHA-256") => return Opened::Sha256(digest.to_vec()),
            (true, other) => return Opened::Other(other),
            (false, _) => {}
        }
    }
    Opened::Noise
}

/// A key that signs.
#[derive(Debug)]
pub(crate) struct PrivateKey(Kind);

#[derive(Debug)]
enum Kind {
    Long(Box<KeyPair>),
    /// Shorter than any library signs with.
    Short(Modulus, Vec<u8>),
}

impl PrivateKey {
    /// Reads a PKCS#8 key in PEM.
    pub(crate) fn read(pem: &str) -> Option<Self> {
        let der = der::unwrap_pem(pem)?;
        if let Ok(pair) = KeyPair::from_pkcs8(&der) {
            return Some(Self(Kind::Long(Box::new(pair))));
        }
        let (modulus, exponent) = der::private(&der)?;
        Some(Self(Kind::Short(Modulus::new(&modulus)?, exponent)))
    }

    /// The signature of a text, in base64.
    pub(crate) fn sign(&self, text: &str) -> String {
        let signature = match &self.0 {
            Kind::Long(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
                    .expect("a key of 2048 bits signs");
                signature
            }
            Kind::Short(modulus, exponent) => {
                let message = padded(modulus.bytes, text);
                modulus.power(&message, exponent).expect("a padded message is below the modulus")
            }
        };
        STANDARD.encode(signature)
    }
}

fn padded(length: usize, text: &str) -> Vec<u8> {
    let filling = length - 3 - SHA256.len() - 32;
    let mut message = vec![0, 1];
    message.resize(2 + filling, 0xff);
    message.push(0);
    message.extend_from_slice(SHA256);
    message.extend_from_slice(&Sha256::digest(text));
    message
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::test_keys;

    fn decoded(signature: &str) -> Vec<u8> {
        STANDARD.decode(signature).unwrap()
    }

    #[test]
    fn long_and_short_keys_sign_what_their_public_halves_verify() {
        for (private, public) in [
            (test_keys::WINPAY, test_keys::WINPAY_PUBLIC),
            (test_keys::WINPAY_SHORT, test_keys::WINPAY_SHORT_PUBLIC),
        ] {
            let signature = decoded(&PrivateKey::read(private).unwrap().sign("text"));
            let key = PublicKey::read(public).unwrap();
            assert!(key.verifies("text", &signature));
            assert!(!key.verifies("Text", &signature));
            assert!(!key.verifies("text", &signature[1..]));
            let stranger = PublicKey::read(test_keys::NICEPAY_PUBLIC).unwrap();
            assert_eq!(stranger.open(&signature), Opened::Noise);
        }
    }

    #[test]
    fn padding_that_is_not_filled_to_the_brim_is_noise() {
        let good = padded(128, "text");
        assert!(matches!(unpad(&good), Opened::Sha256(_)));
        let mut holed = good.clone();
        holed[40] = 0;
        assert_eq!(unpad(&holed), Opened::Noise);
        let mut shifted = good[8..].to_vec();
        shifted.extend_from_slice(&[0; 8]);
        assert_eq!(unpad(&shifted), Opened::Noise);
    }
}
