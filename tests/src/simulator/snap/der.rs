//! Just enough DER to take the numbers out of an RSA key.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// The bytes inside a PEM block, whatever it is called.
pub(super) fn unwrap_pem(pem: &str) -> Option<Vec<u8>> {
    let body: String =
        pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    STANDARD.decode(body).ok()
}

/// Modulus and exponent of a `SubjectPublicKeyInfo`.
pub(super) fn public(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (info, _) = value(der, SEQUENCE)?;
    let (_, rest) = value(info, SEQUENCE)?;
    let (bits, _) = value(rest, BIT_STRING)?;
    // The first byte says how many bits of the last one are not used: none.
    let (key, _) = value(bits.get(1..)?, SEQUENCE)?;
    let (modulus, rest) = value(key, INTEGER)?;
    let (exponent, _) = value(rest, INTEGER)?;
    Some((unsigned(modulus), unsigned(exponent)))
}

/// Modulus and private exponent of a PKCS#8 key.
pub(super) fn private(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (info, _) = value(der, SEQUENCE)?;
    let (_, rest) = value(info, INTEGER)?;
    let (_, rest) = value(rest, SEQUENCE)?;
    let (octets, _) = value(rest, OCTET_STRING)?;
    let (key, _) = value(octets, SEQUENCE)?;
    let (_, rest) = value(key, INTEGER)?;
    let (modulus, rest) = value(rest, INTEGER)?;
    let (_, rest) = value(rest, INTEGER)?;
    let (exponent, _) = value(rest, INTEGER)?;
    Some((unsigned(modulus), unsigned(exponent)))
}

/// The content of the value that comes first, when it is of this kind, and what follows it.
fn value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        (digits.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)), rest)
    };
    (found == tag).then(|| rest.split_at_checked(length))?
}

/// Without the zero that keeps a large number from looking negative.
fn unsigned(integer: &[u8]) -> Vec<u8> {
    integer.strip_prefix(&[0]).unwrap_or(integer).to_vec()
}
