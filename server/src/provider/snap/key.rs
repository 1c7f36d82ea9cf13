//! RSA keys as integrators hand them over: our private ones sign, the providers' public ones verify.
//!
//! Some generators make moduli of 2047 bits, and Winpay's sandbox signs with one of 1023. aws-lc-rs
//! signs from 2048 bits and verifies from 1024; what falls below is left to ring.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature as aws;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand as undrawn;

use super::der::{self, Content, RsaPublic};
use super::pem;
use super::sign::SignatureError;
use crate::secret::Secret;

/// Bits that a key should have: one less than the usual 2048 is the habit of some generators.
const BITS_ENOUGH: usize = 2047;
/// The least that aws-lc-rs signs with.
const BITS_TO_SIGN: usize = 2048;
/// The least that ring verifies with, once the account allows short keys.
const BITS_MIN: usize = 1017;
/// The most that anybody here works with.
const BITS_MAX: usize = 8192;

/// A private RSA key. Cheap to clone.
#[derive(Clone)]
pub struct PrivateKey {
    signer: Arc<Signer>,
    info: KeyInfo,
}

/// A public RSA key. Cheap to clone.
#[derive(Clone)]
pub struct PublicKey {
    verifier: Arc<Verifier>,
    public: Arc<RsaPublic>,
    info: KeyInfo,
}

/// Whether keys below 2048 bits may be verified with; 2047 counts as 2048.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ShortKeys {
    /// They are refused.
    Refused,
    /// They are taken, from 1017 bits on: for a provider's sandbox.
    Allowed,
}

/// What may be said aloud of a key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyInfo {
    /// Which half it is, and in which form it was read.
    pub kind: &'static str,
    /// Bits of its modulus.
    pub bits: usize,
    /// SHA-256 of its `SubjectPublicKeyInfo`, in hex: the same for both halves of a key.
    pub fingerprint: String,
}

/// Why a text is not the key that is wanted, and what to do about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeyError {
    /// It is no key in any form.
    #[error(
        "is no RSA key: give PEM (BEGIN ... KEY), the base64 inside of it, or the base64 of the whole PEM"
    )]
    NotAKey,
    /// A public key where a private one belongs.
    #[error(
        "is a public key, and signing needs the private one of the same pair: the file that begins with BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY"
    )]
    PublicForPrivate,
    /// A private key where a public one belongs.
    #[error(
        "is a private key, and verifying needs the provider's public one; if this pair is the right one, take its public half: `openssl pkey -in FILE -pubout`"
    )]
    PrivateForPublic,
    /// A passphrase is in the way.
    #[error("is protected by a passphrase; take that off: `openssl pkey -in FILE -out PLAIN`")]
    Encrypted,
    /// A certificate where a key belongs.
    #[error("is a certificate; take the key out of it: `openssl x509 -in FILE -noout -pubkey`")]
    Certificate,
    /// OpenSSH's own format.
    #[error("is in OpenSSH's own format; make PEM of a copy of it: `ssh-keygen -p -m PEM -f COPY`")]
    OpenSsh,
    /// A key of another algorithm.
    #[error("is a key of another algorithm; SNAP BI signs with RSA")]
    NotRsa,
    /// Too short for what it is wanted for.
    #[error(
        "has {bits} bits, which is too short: make a pair of 2048 bits with `openssl genrsa -out private.pem 2048` and give the provider its public half; a provider's own short key has to be allowed by name (`allow_short_keys` in the configuration, `--allow-short-key` on the command line)"
    )]
    TooShort {
        /// Bits of its modulus.
        bits: usize,
    },
    /// Longer than anybody needs.
    #[error("has {bits} bits, and more than {BITS_MAX} are not worked with")]
    TooLong {
        /// Bits of its modulus.
        bits: usize,
    },
    /// It has the form of a key, and its numbers do not belong together.
    #[error("is damaged: its numbers do not make a key; copy it anew, whole")]
    Damaged,
}

enum Signer {
    Usual(aws::RsaKeyPair),
    OneBitShort(ring::signature::RsaKeyPair),
}

enum Verifier {
    Usual(aws::ParsedPublicKey),
    Short,
}

impl PrivateKey {
    /// Reads a private key in any of the forms that keys travel in.
    pub fn read(secret: &Secret) -> Result<Self, KeyError> {
        let der = pem::unwrap(secret.expose())?;
        let Content::Private { kind, pkcs1, public } = der::read(&der)? else {
            return Err(KeyError::PublicForPrivate);
        };
        let info = public.info(kind);
        let signer = match info.bits {
            bits @ ..BITS_ENOUGH => return Err(KeyError::TooShort { bits }),
            BITS_ENOUGH => Signer::OneBitShort(
                ring::signature::RsaKeyPair::from_der(pkcs1).map_err(|_| KeyError::Damaged)?,
            ),
            BITS_TO_SIGN..=BITS_MAX => {
                Signer::Usual(aws::RsaKeyPair::from_der(pkcs1).map_err(|_| KeyError::Damaged)?)
            }
            bits => return Err(KeyError::TooLong { bits }),
        };
        // What signs once signs always: a key that cannot is found here, and not over an order.
        signer.sign(b"").ok_or(KeyError::Damaged)?;
        Ok(Self { signer: Arc::new(signer), info })
    }

    /// What may be said aloud of it.
    pub fn info(&self) -> KeyInfo {
        self.info.clone()
    }

    /// The asymmetric signature: base64 of RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn sign(&self, text: &str) -> String {
        // Were there ever none, an empty signature is one that everybody refuses.
        STANDARD.encode(self.signer.sign(text.as_bytes()).unwrap_or_default())
    }
}

impl PublicKey {
    /// Reads a public key in any of the forms that keys travel in.
    pub fn read(text: &str, short: ShortKeys) -> Result<Self, KeyError> {
        let der = pem::unwrap(text)?;
        let Content::Public { kind, public } = der::read(&der)? else {
            return Err(KeyError::PrivateForPublic);
        };
        let info = public.info(kind);
        let verifier = match (info.bits, short) {
            (bits @ ..BITS_MIN, _) | (bits @ BITS_MIN..BITS_ENOUGH, ShortKeys::Refused) => {
                return Err(KeyError::TooShort { bits });
            }
            (BITS_MIN..BITS_ENOUGH, ShortKeys::Allowed) => Verifier::Short,
            (BITS_ENOUGH..=BITS_MAX, ShortKeys::Refused | ShortKeys::Allowed) => {
                // The algorithm named after 2048 bits takes 2047 for too short.
                let algorithm = &aws::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY;
                let parsed = aws::ParsedPublicKey::new(algorithm, public.pkcs1());
                Verifier::Usual(parsed.map_err(|_| KeyError::Damaged)?)
            }
            (bits, ShortKeys::Refused | ShortKeys::Allowed) => {
                return Err(KeyError::TooLong { bits });
            }
        };
        Ok(Self { verifier: Arc::new(verifier), public: Arc::new(public), info })
    }

    /// What may be said aloud of it.
    pub fn info(&self) -> KeyInfo {
        self.info.clone()
    }

    /// Modulus and exponent.
    pub(super) fn numbers(&self) -> ring::signature::RsaPublicKeyComponents<&[u8]> {
        let RsaPublic { modulus: n, exponent: e } = &*self.public;
        ring::signature::RsaPublicKeyComponents { n, e }
    }

    /// Whether a signature stands: base64 of RSASSA-PKCS1-v1_5 with SHA-256 over this very text.
    pub fn verify(&self, text: &str, signature: &str) -> Result<(), SignatureError> {
        let signature = STANDARD.decode(signature).map_err(|_| SignatureError::NotBase64)?;
        let stands = match &*self.verifier {
            Verifier::Usual(key) => key.verify_sig(text.as_bytes(), &signature).is_ok(),
            Verifier::Short => {
                let algorithm = &ring::signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY;
                self.numbers().verify(algorithm, text.as_bytes(), &signature).is_ok()
            }
        };
        if stands { Ok(()) } else { Err(SignatureError::Mismatch) }
    }
}

impl KeyInfo {
    /// Whether it is shorter than keys should be.
    pub fn is_short(&self) -> bool {
        self.bits < BITS_ENOUGH
    }
}

impl fmt::Display for KeyInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {} bits, SHA-256 {}", self.kind, self.bits, self.fingerprint)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.info, f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.info, f)
    }
}

impl Signer {
    fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Usual(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                let hash = digest(&SHA256, text);
                key.sign_digest(&aws::RSA_PKCS1_SHA256, &hash, &mut signature).ok()?;
                Some(signature)
            }
            Self::OneBitShort(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                // ring asks for chance, and this padding draws none: a text has one signature.
                let unused = undrawn::SystemRandom::new();
                key.sign(&ring::signature::RSA_PKCS1_SHA256, &unused, text, &mut signature).ok()?;
                Some(signature)
            }
        }
    }
}

impl RsaPublic {
    fn info(&self, kind: &'static str) -> KeyInfo {
        KeyInfo { kind, bits: self.bits(), fingerprint: self.fingerprint() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::super::sign;
    use super::*;

    const RFC_7515: &str = include_str!("../../../../tests/vectors/snap/keys/rfc7515-a2-pkcs1.pem");
    const ONE_BIT_SHORT: &str =
        include_str!("../../../../tests/vectors/snap/keys/short-by-one-bit-pkcs1.pem");
    const WINPAY: &str =
        include_str!("../../../../tests/vectors/snap/keys/winpay-sandbox-1023.pem");
    const MIDTRANS: &str = include_str!("../../../../tests/vectors/snap/keys/midtrans-demo.pem");
    const SIGNATURES: &str = include_str!("../../../../tests/vectors/snap/signatures.json");
    const FINGERPRINT: &str = "6fd13c2435a361e7c588cd17f55f5ad3df0177a66c1727a6a200845f4d7ab88c";

    #[derive(Deserialize)]
    struct Vectors {
        rows: Vec<Vector>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Vector {
        source: String,
        #[serde(default)]
        key: Option<String>,
        #[serde(default)]
        secret: Option<String>,
        #[serde(default)]
        text: Option<String>,
        #[serde(default)]
        method: String,
        #[serde(default)]
        path: String,
        #[serde(default)]
        token: Option<String>,
        #[serde(default)]
        body: String,
        #[serde(default)]
        timestamp: String,
        signature: String,
        verifies: bool,
    }

    impl Vector {
        fn text(&self) -> String {
            let (method, path, time) = (&self.method, &self.path, &self.timestamp);
            let body = self.body.as_bytes();
            match (&self.text, &self.token) {
                (Some(text), _) => text.clone(),
                (None, Some(token)) => sign::with_token(method, path, token, body, time),
                (None, None) => sign::without_token(method, path, body, time),
            }
        }
    }

    fn private(text: &str) -> Result<PrivateKey, KeyError> {
        PrivateKey::read(&Secret::new(text.to_owned()))
    }

    fn public(text: &str) -> Result<PublicKey, KeyError> {
        PublicKey::read(text, ShortKeys::Refused)
    }

    fn der_of(text: &str) -> Vec<u8> {
        pem::unwrap(text).unwrap().to_vec()
    }

    fn pem(label: &str, der: &[u8]) -> String {
        let packed = STANDARD.encode(der);
        let lines: Vec<&str> =
            packed.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }

    fn rsa_public(text: &str) -> RsaPublic {
        match der::read(&der_of(text)).unwrap() {
            Content::Private { public, .. } | Content::Public { public, .. } => public,
        }
    }

    /// The public half of a private key, as it would be given to a provider.
    fn half(pem_of_private: &str) -> String {
        pem("RSA PUBLIC KEY", &rsa_public(pem_of_private).pkcs1())
    }

    fn pkcs8() -> String {
        let key = aws::RsaKeyPair::from_der(&der_of(RFC_7515)).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> =
            aws_lc_rs::encoding::AsDer::as_der(&key).unwrap();
        pem("PRIVATE KEY", der.as_ref())
    }

    /// What files, environment variables and dashboards make of a PEM.
    fn forms(pem: &str) -> Vec<String> {
        let bare: String =
            pem.lines().filter(|line| !line.starts_with("-----")).collect::<Vec<_>>().concat();
        vec![
            pem.to_owned(),
            pem.replace('\n', "\r\n"),
            pem.replace('\n', "\\n"),
            pem.replace('\n', "\\r\\n"),
            pem.replace('\n', " "),
            format!("\"{}\"", pem.replace('\n', "\\n")),
            format!("'{pem}'\n"),
            format!("Bag Attributes: none\n{pem}"),
            STANDARD.encode(pem),
            format!("{}\n", STANDARD.encode(pem)),
            bare.trim_end_matches('=').to_owned(),
            bare,
        ]
    }

    #[test]
    fn every_published_signature_verifies_or_is_known_not_to() {
        let vectors: Vectors = serde_json::from_str(SIGNATURES).unwrap();
        assert!(vectors.rows.iter().any(|vector| !vector.verifies));
        for vector in vectors.rows {
            let (text, signature) = (vector.text(), &vector.signature);
            let rfc = half(RFC_7515);
            let verdict = match (vector.key.as_deref(), vector.secret) {
                (Some(name), None) => {
                    let key = match name {
                        "winpay-sandbox-1023.pem" => WINPAY,
                        "midtrans-demo.pem" => MIDTRANS,
                        "rfc7515-a2-pkcs1.pem" => &rfc,
                        other => panic!("{other} is no key of ours"),
                    };
                    PublicKey::read(key, ShortKeys::Allowed).unwrap().verify(&text, signature)
                }
                (None, Some(secret)) => {
                    let secret = Secret::new(secret);
                    assert_eq!(sign::mac(&secret, &text) == *signature, vector.verifies);
                    sign::verify_mac(&secret, &text, signature)
                }
                (_, _) => panic!("{} has either a key or a secret", vector.source),
            };
            assert_eq!(verdict.is_ok(), vector.verifies, "{}", vector.source);
        }
    }

    #[test]
    fn a_key_signs_what_another_program_signed_with_it() {
        let vectors: Vectors = serde_json::from_str(SIGNATURES).unwrap();
        let key = private(RFC_7515).unwrap();
        let ours = |vector: &&Vector| vector.key.as_deref() == Some("rfc7515-a2-pkcs1.pem");
        let vector = vectors.rows.iter().find(ours).unwrap();
        assert_eq!(key.sign(&vector.text()), vector.signature);
    }

    #[test]
    fn a_key_is_read_in_whichever_form_it_comes() {
        let spki = pem("PUBLIC KEY", &spki_of(&rsa_public(RFC_7515)));
        for form in forms(RFC_7515).into_iter().chain(forms(&pkcs8())) {
            let info = private(&form).unwrap_or_else(|why| panic!("{why}: {form}")).info();
            assert_eq!((info.bits, info.fingerprint.as_str()), (2048, FINGERPRINT));
        }
        for form in forms(&half(RFC_7515)).into_iter().chain(forms(&spki)) {
            let info = public(&form).unwrap_or_else(|why| panic!("{why}: {form}")).info();
            assert_eq!((info.bits, info.fingerprint.as_str()), (2048, FINGERPRINT));
        }
        assert_eq!(private(RFC_7515).unwrap().info().kind, "RSA private key (PKCS#1)");
        assert_eq!(private(&pkcs8()).unwrap().info().kind, "RSA private key (PKCS#8)");
        assert_eq!(public(&half(RFC_7515)).unwrap().info().kind, "RSA public key (PKCS#1)");
        assert_eq!(public(&spki).unwrap().info().kind, "RSA public key (SPKI)");
    }

    fn spki_of(public: &RsaPublic) -> Vec<u8> {
        use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
        let key = aws_lc_rs::rsa::PublicKeyComponents {
            n: public.modulus.as_slice(),
            e: public.exponent.as_slice(),
        };
        let der: PublicKeyX509Der<'_> = key.as_der().unwrap();
        let whole = der.as_ref().to_vec();
        assert_eq!(hex::encode(digest(&SHA256, &whole)), public.fingerprint());
        whole
    }

    #[test]
    fn one_half_is_not_taken_for_the_other() {
        let (secret, open) = (RFC_7515, half(RFC_7515));
        for form in forms(&open).into_iter().chain(forms(MIDTRANS)) {
            assert_eq!(private(&form).unwrap_err(), KeyError::PublicForPrivate);
        }
        for form in forms(secret).into_iter().chain(forms(&pkcs8())) {
            assert_eq!(public(&form).unwrap_err(), KeyError::PrivateForPublic);
        }
    }

    #[test]
    fn what_is_no_rsa_key_is_refused_with_what_to_do() {
        let generated = aws::EcdsaKeyPair::generate(&aws::ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let ec = generated.to_pkcs8v1().unwrap();
        let legacy = RFC_7515.replacen(
            "KEY-----\n",
            "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
            1,
        );
        for (text, why) in [
            (String::new(), KeyError::NotAKey),
            ("hunter2".to_owned(), KeyError::NotAKey),
            ("-----BEGIN PRIVATE KEY-----".to_owned(), KeyError::NotAKey),
            (STANDARD.encode("not a key"), KeyError::NotAKey),
            ("A".repeat(100_000), KeyError::NotAKey),
            (STANDARD.encode([0x30, 0x03, 0x02, 0x01]), KeyError::NotAKey),
            (STANDARD.encode([0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), KeyError::NotAKey),
            (pem("PRIVATE KEY", ec.as_ref()), KeyError::NotRsa),
            (legacy, KeyError::Encrypted),
            (pem("ENCRYPTED PRIVATE KEY", b"anything"), KeyError::Encrypted),
            (pem("OPENSSH PRIVATE KEY", b"openssh-key-v1"), KeyError::OpenSsh),
        ] {
            assert_eq!(private(&text).unwrap_err(), why, "{text}");
        }
        // The outlines of an encrypted key and of a certificate, without their labels.
        let encrypted = [0x30, 0x06, 0x30, 0x02, 0x05, 0x00, 0x04, 0x00];
        let certificate = [0x30, 0x06, 0x30, 0x02, 0x05, 0x00, 0x30, 0x00];
        assert_eq!(private(&STANDARD.encode(encrypted)).unwrap_err(), KeyError::Encrypted);
        assert_eq!(public(&STANDARD.encode(certificate)).unwrap_err(), KeyError::Certificate);
    }

    #[test]
    fn a_key_with_a_bit_turned_over_is_damaged() {
        let mut der = der_of(RFC_7515);
        let last = der.len() - 1;
        der[last] ^= 1;
        assert_eq!(private(&pem("RSA PRIVATE KEY", &der)).unwrap_err(), KeyError::Damaged);
        der.truncate(last);
        assert_eq!(private(&pem("RSA PRIVATE KEY", &der)).unwrap_err(), KeyError::NotAKey);
    }

    #[test]
    fn a_modulus_of_2047_bits_signs_and_verifies_like_any_other() {
        let key = private(ONE_BIT_SHORT).unwrap();
        let public = public(&half(ONE_BIT_SHORT)).unwrap();
        assert_eq!((key.info().bits, public.info().bits), (2047, 2047));
        assert!(!public.info().is_short());
        let signature = key.sign("POST:/v1.0/debit/status");
        assert_eq!(public.verify("POST:/v1.0/debit/status", &signature), Ok(()));
        assert_eq!(signature, key.sign("POST:/v1.0/debit/status"));
        assert_eq!(public.verify("post:/x", &signature), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_short_key_is_refused_where_it_is_not_allowed_by_name() {
        assert_eq!(public(WINPAY).unwrap_err(), KeyError::TooShort { bits: 1023 });
        assert!(PublicKey::read(WINPAY, ShortKeys::Allowed).unwrap().info().is_short());
        let tiny = RsaPublic { modulus: vec![0xff; 64], exponent: vec![1, 0, 1] };
        let tiny = PublicKey::read(&pem("RSA PUBLIC KEY", &tiny.pkcs1()), ShortKeys::Allowed);
        assert_eq!(tiny.unwrap_err(), KeyError::TooShort { bits: 512 });
        let vast = RsaPublic { modulus: vec![0xff; 1025], exponent: vec![1, 0, 1] };
        assert_eq!(
            public(&pem("RSA PUBLIC KEY", &vast.pkcs1())).unwrap_err(),
            KeyError::TooLong { bits: 8200 }
        );
    }

    #[test]
    fn a_signature_in_another_spelling_is_no_signature() {
        let key = private(RFC_7515).unwrap();
        let public = public(&half(RFC_7515)).unwrap();
        let signature = key.sign("text");
        assert_eq!(public.verify("text", &signature), Ok(()));
        let bytes = STANDARD.decode(&signature).unwrap();
        for wrong in [
            String::new(),
            hex::encode(&bytes),
            signature.to_ascii_lowercase(),
            signature[..340].to_owned(),
            signature.trim_end_matches('=').to_owned(),
            format!("{signature}\n"),
            format!(" {signature}"),
        ] {
            assert!(public.verify("text", &wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            for text in [text, STANDARD.encode(&bytes), pem("PRIVATE KEY", &bytes)] {
                prop_assert!(private(&text).is_err());
                prop_assert!(public(&text).is_err());
            }
        }

        #[test]
        fn no_change_of_a_byte_makes_reading_panic_or_keeps_its_name(
            at in 0_usize..250,
            byte in any::<u8>(),
        ) {
            let mut der = rsa_public(RFC_7515).pkcs1();
            let changed = der[at] != byte;
            der[at] = byte;
            if let (Ok(key), true) = (public(&pem("RSA PUBLIC KEY", &der)), changed) {
                prop_assert_ne!(key.info().fingerprint, FINGERPRINT);
            }
        }
    }

    #[test]
    fn a_key_never_prints_more_than_what_names_it() {
        let printed = format!("{:?}", private(RFC_7515).unwrap());
        assert!(printed.contains(FINGERPRINT), "{printed}");
        assert!(printed.len() < 200, "{printed}");
        let aloud = private(RFC_7515).unwrap().info().to_string();
        assert_eq!(aloud, format!("RSA private key (PKCS#1), 2048 bits, SHA-256 {FINGERPRINT}"));
    }
}
