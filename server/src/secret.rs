//! Credentials, and the box that keeps them at rest.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroize;

use crate::dice::Dice;

/// A credential. It has no `Serialize` and no `Display`; to use it, say [`Secret::expose`].
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being printed.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The credential itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What a secret is, as far as anybody may say it aloud: enough to tell whether two are the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fingerprint {
    /// How many characters it has.
    pub characters: usize,
    /// How its SHA-256 begins, in hex.
    pub sha256_start: String,
}

impl Secret {
    /// What tells it from others.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut sha256_start = hex::encode(digest(&SHA256, self.0.as_bytes()));
        sha256_start.truncate(12);
        Fingerprint { characters: self.0.chars().count(), sha256_start }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "text, {} characters, SHA-256 {}…", self.characters, self.sha256_start)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Seals credentials for the database with AES-256-GCM, and opens them again.
///
/// The key's id is written with what it sealed, so that keys can rotate: the first key seals, every
/// key opens.
pub struct Vault {
    keys: Vec<VaultKey>,
}

struct VaultKey {
    id: String,
    key: LessSafeKey,
}

/// A credential as the database holds it: `v1.<key id>.<base64 of nonce and ciphertext>`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed(pub String);

/// Why a vault or something sealed cannot be used.
#[derive(Debug, thiserror::Error, Eq, PartialEq)]
pub enum VaultError {
    /// A vault needs a key to seal with.
    #[error("a vault needs at least one key")]
    NoKey,
    /// A key must be the base64 of 32 bytes.
    #[error("vault key {id} is not the base64 of 32 bytes; make one with `kasir keys new`")]
    BadKey {
        /// Which key.
        id: String,
    },
    /// The key that sealed it is not configured any more.
    #[error("sealed by key {id}, which is not configured")]
    UnknownKey {
        /// Which key.
        id: String,
    },
    /// It was changed, or belongs to something else.
    #[error("sealed text is damaged or belongs to something else")]
    Damaged,
}

impl Vault {
    /// A vault of these keys, each an id and the base64 of 32 bytes; the first one seals.
    pub fn new(keys: &[(String, Secret)]) -> Result<Self, VaultError> {
        let keys = keys
            .iter()
            .map(|(id, secret)| VaultKey::new(id, secret))
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(VaultError::NoKey) } else { Ok(Self { keys }) }
    }

    /// Seals `secret` for one `owner` (the row it is stored in), so that a sealed text moved to
    /// another row does not open.
    pub fn seal(
        &self,
        secret: &Secret,
        owner: &str,
        dice: &dyn Dice,
    ) -> Result<Sealed, VaultError> {
        let VaultKey { id, key } = self.keys.first().ok_or(VaultError::NoKey)?;
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&dice.draw()[..NONCE_LEN]);
        let mut text = secret.expose().as_bytes().to_vec();
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(owner),
            &mut text,
        )
        .map_err(|_| VaultError::Damaged)?;
        Ok(Sealed(format!("v1.{id}.{}", STANDARD.encode([&nonce[..], &text].concat()))))
    }

    /// Whether the key that seals now has sealed it. What an older key sealed is sealed again when it
    /// is next used, so that the older key can be taken away one day.
    pub fn is_current(&self, sealed: &Sealed) -> bool {
        let id = sealed.0.split('.').nth(1);
        self.keys.first().is_some_and(|key| id == Some(key.id.as_str()))
    }

    /// Opens what was sealed for `owner`.
    pub fn open(&self, sealed: &Sealed, owner: &str) -> Result<Secret, VaultError> {
        let mut parts = sealed.0.splitn(3, '.');
        let (Some("v1"), Some(id), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VaultError::Damaged);
        };
        let key = self.keys.iter().find(|key| key.id == id);
        let key = key.ok_or_else(|| VaultError::UnknownKey { id: id.to_owned() })?;
        let mut bytes = STANDARD.decode(text).map_err(|_| VaultError::Damaged)?;
        if bytes.len() < NONCE_LEN {
            return Err(VaultError::Damaged);
        }
        let mut text = bytes.split_off(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(&bytes).map_err(|_| VaultError::Damaged)?;
        let open = key
            .key
            .open_in_place(nonce, Aad::from(owner), &mut text)
            .map_err(|_| VaultError::Damaged)?;
        String::from_utf8(open.to_vec()).map(Secret::new).map_err(|_| VaultError::Damaged)
    }
}

impl VaultKey {
    fn new(id: &str, secret: &Secret) -> Result<Self, VaultError> {
        let bad = || VaultError::BadKey { id: id.to_owned() };
        let bytes = STANDARD.decode(secret.expose().trim()).map_err(|_| bad())?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| bad())?;
        Ok(Self { id: id.to_owned(), key: LessSafeKey::new(key) })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::SeededDice;

    fn key(id: &str, byte: u8) -> (String, Secret) {
        (id.to_owned(), Secret::new(STANDARD.encode([byte; 32])))
    }

    #[test]
    fn a_credential_never_prints() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".to_owned())), "[redacted]");
    }

    #[test]
    fn what_one_key_sealed_opens_after_the_keys_rotated() {
        let dice = SeededDice::new(1);
        let old = Vault::new(&[key("a", 1)]).unwrap();
        let sealed =
            old.seal(&Secret::new("IONPAYTEST123412345".to_owned()), "lnk_1", &dice).unwrap();
        let rotated = Vault::new(&[key("b", 2), key("a", 1)]).unwrap();
        assert_eq!(rotated.open(&sealed, "lnk_1").unwrap().expose(), "IONPAYTEST123412345");
        assert!(old.is_current(&sealed) && !rotated.is_current(&sealed));
        let without = Vault::new(&[key("b", 2)]).unwrap();
        assert_eq!(
            without.open(&sealed, "lnk_1").unwrap_err(),
            VaultError::UnknownKey { id: "a".to_owned() }
        );
    }

    #[test]
    fn what_was_moved_or_changed_does_not_open() {
        let vault = Vault::new(&[key("a", 1)]).unwrap();
        let sealed =
            vault.seal(&Secret::new("token".to_owned()), "lnk_1", &SeededDice::new(1)).unwrap();
        assert_eq!(vault.open(&sealed, "lnk_2").unwrap_err(), VaultError::Damaged);
        let mut changed = sealed.0;
        let last = if changed.ends_with("A=") { "B=" } else { "A=" };
        changed.replace_range(changed.len() - 2.., last);
        for text in [changed.as_str(), "", "v1", "v1.a.", "v1.a.!!", "v2.a.AAAA"] {
            assert_eq!(
                vault.open(&Sealed(text.to_owned()), "lnk_1").unwrap_err(),
                VaultError::Damaged,
                "{text}"
            );
        }
    }

    #[test]
    fn a_vault_refuses_keys_that_are_none() {
        assert_eq!(Vault::new(&[]).unwrap_err(), VaultError::NoKey);
        let short = ("a".to_owned(), Secret::new(STANDARD.encode([0; 16])));
        assert_eq!(Vault::new(&[short]).unwrap_err(), VaultError::BadKey { id: "a".to_owned() });
    }
}
