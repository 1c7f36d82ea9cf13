//! What the DER of an RSA key says of it: which kind it is, how long, and what names it.
//!
//! This reads as much of X.690 as RFC 8017, RFC 5208 and RFC 5280 need for that. Whether a key is
//! sound is for the library that uses it.

use aws_lc_rs::digest::{SHA256, digest};

use super::key::KeyError;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;
/// The object identifier of `rsaEncryption`, 1.2.840.113549.1.1.1.
const RSA: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// The parameters that go with it: NULL.
const NULL: [u8; 2] = [0x05, 0x00];

/// What some DER holds.
pub(super) enum Content<'a> {
    /// A private key.
    Private {
        /// Its kind, for a person.
        kind: &'static str,
        /// The `RSAPrivateKey` of RFC 8017.
        pkcs1: &'a [u8],
        /// Its public half.
        public: RsaPublic,
    },
    /// A public key.
    Public {
        /// Its kind, for a person.
        kind: &'static str,
        /// The key.
        public: RsaPublic,
    },
}

/// Modulus and exponent, without leading zeros.
pub(super) struct RsaPublic {
    pub(super) modulus: Vec<u8>,
    pub(super) exponent: Vec<u8>,
}

impl RsaPublic {
    /// Bits of the modulus.
    pub(super) fn bits(&self) -> usize {
        let unused = self.modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
        self.modulus.len() * 8 - unused
    }

    /// The `RSAPublicKey` of RFC 8017.
    pub(super) fn pkcs1(&self) -> Vec<u8> {
        let numbers = [positive(&self.modulus), positive(&self.exponent)].concat();
        part(SEQUENCE, &numbers)
    }

    /// SHA-256 of the `SubjectPublicKeyInfo` of RFC 5280, in hex: the same for both halves of a key,
    /// in whichever form. `openssl pkey -pubout -outform DER | sha256sum` prints it too.
    pub(super) fn fingerprint(&self) -> String {
        let algorithm = part(SEQUENCE, &[RSA.as_slice(), &NULL].concat());
        let bits = part(BIT_STRING, &[&[0], self.pkcs1().as_slice()].concat());
        hex::encode(digest(&SHA256, &part(SEQUENCE, &[algorithm, bits].concat())))
    }
}

/// Reads what some DER holds.
pub(super) fn read(der: &[u8]) -> Result<Content<'_>, KeyError> {
    let mut parts = Parts::of_sequence(der)?;
    if parts.next_is(SEQUENCE) {
        return with_algorithm(parts);
    }
    let first = parts.integer()?;
    if parts.next_is(SEQUENCE) {
        return pkcs8(parts);
    }
    if parts.next_is(OCTET_STRING) {
        // The `ECPrivateKey` of RFC 5915.
        return Err(KeyError::NotRsa);
    }
    // Both of RFC 8017 are rows of numbers; the private one has its version before the modulus.
    let second = parts.integer()?;
    if !first.is_empty() {
        let public = RsaPublic { modulus: first.to_vec(), exponent: second.to_vec() };
        return Ok(Content::Public { kind: "RSA public key (PKCS#1)", public });
    }
    private("RSA private key (PKCS#1)", der)
}

/// RFC 5280 and the others that name their algorithm first.
fn with_algorithm(mut parts: Parts<'_>) -> Result<Content<'_>, KeyError> {
    let algorithm = parts.take(SEQUENCE)?;
    if parts.next_is(OCTET_STRING) {
        return Err(KeyError::Encrypted);
    }
    if parts.next_is(SEQUENCE) {
        return Err(KeyError::Certificate);
    }
    let bits = parts.take(BIT_STRING)?;
    if !algorithm.starts_with(&RSA) {
        return Err(KeyError::NotRsa);
    }
    let mut numbers = Parts::of_sequence(bits.strip_prefix(&[0]).ok_or(KeyError::NotAKey)?)?;
    let modulus = numbers.integer()?.to_vec();
    let exponent = numbers.integer()?.to_vec();
    let public = RsaPublic { modulus, exponent };
    Ok(Content::Public { kind: "RSA public key (SPKI)", public })
}

/// RFC 5208, its version already read.
fn pkcs8(mut parts: Parts<'_>) -> Result<Content<'_>, KeyError> {
    let algorithm = parts.take(SEQUENCE)?;
    let inner = parts.take(OCTET_STRING)?;
    if !algorithm.starts_with(&RSA) {
        return Err(KeyError::NotRsa);
    }
    private("RSA private key (PKCS#8)", inner)
}

fn private<'a>(kind: &'static str, pkcs1: &'a [u8]) -> Result<Content<'a>, KeyError> {
    let mut numbers = Parts::of_sequence(pkcs1)?;
    let _version = numbers.integer()?;
    let modulus = numbers.integer()?.to_vec();
    let exponent = numbers.integer()?.to_vec();
    Ok(Content::Private { kind, pkcs1, public: RsaPublic { modulus, exponent } })
}

/// What is left to read of a sequence.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    /// The parts of a sequence that is all there is.
    fn of_sequence(der: &'a [u8]) -> Result<Self, KeyError> {
        let mut whole = Self(der);
        let inner = whole.take(SEQUENCE)?;
        if whole.0.is_empty() { Ok(Self(inner)) } else { Err(KeyError::NotAKey) }
    }

    fn next_is(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// The content of the next part, which must be of this tag.
    fn take(&mut self, tag: u8) -> Result<&'a [u8], KeyError> {
        self.split(tag).ok_or(KeyError::NotAKey)
    }

    fn split(&mut self, tag: u8) -> Option<&'a [u8]> {
        let [found, length, rest @ ..] = self.0 else { return None };
        let (length, rest) = match *length {
            short @ 0..=0x7f => (usize::from(short), rest),
            long @ 0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                (digits.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        (*found == tag).then_some(content)
    }

    /// The digits of a number that is not negative, without leading zeros.
    fn integer(&mut self) -> Result<&'a [u8], KeyError> {
        let digits = self.take(INTEGER)?;
        let zeros = digits.iter().take_while(|byte| **byte == 0).count();
        let negative = zeros == 0 && digits.first().is_none_or(|byte| *byte >= 0x80);
        if negative { Err(KeyError::NotAKey) } else { Ok(&digits[zeros..]) }
    }
}

fn positive(digits: &[u8]) -> Vec<u8> {
    let sign = digits.first().is_none_or(|byte| *byte >= 0x80);
    if sign { part(INTEGER, &[&[0], digits].concat()) } else { part(INTEGER, digits) }
}

fn part(tag: u8, content: &[u8]) -> Vec<u8> {
    let digits = content.len().to_be_bytes();
    let zeros = digits.iter().take_while(|byte| **byte == 0).count();
    let mut whole = vec![tag];
    if content.len() > 0x7f {
        whole.push(0x80 | u8::try_from(digits.len() - zeros).unwrap_or(0));
    }
    // A length of nothing has its digit too.
    whole.extend_from_slice(&digits[zeros.min(digits.len() - 1)..]);
    whole.extend_from_slice(content);
    whole
}
