//! The one door through which randomness enters.

use std::sync::Mutex;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kasir_shared::Moment;
use kasir_shared::id::{Id, Named};
use ulid::Ulid;

/// Draws random bytes.
pub trait Dice: Send + Sync {
    /// Sixteen random bytes.
    fn draw(&self) -> [u8; 16];
}

impl dyn Dice + '_ {
    /// A new id, which sorts by the moment it was made in.
    pub fn id<K: Named>(&self, at: Moment) -> Id<K> {
        let ms = u64::try_from(at.unix_ms).unwrap_or_default();
        let unique = Ulid::from_parts(ms, u128::from_be_bytes(self.draw())).to_string();
        match Id::from_unique(&unique) {
            Ok(id) => id,
            Err(_) => unreachable!("a ULID is 26 letters and digits"),
        }
    }

    /// A token that nobody can guess: a prefix and 256 random bits.
    pub fn token(&self, prefix: &str) -> String {
        let bytes = [self.draw(), self.draw()].concat();
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemDice;

impl Dice for SystemDice {
    fn draw(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        // Without randomness there are no tokens; going on would hand out guessable ones.
        assert!(
            SystemRandom::new().fill(&mut bytes).is_ok(),
            "the operating system gives no randomness"
        );
        bytes
    }
}

/// Dice that fall the same way for the same seed; for tests.
#[derive(Debug)]
pub struct SeededDice(Mutex<u64>);

impl SeededDice {
    /// Dice of that seed.
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Dice for SeededDice {
    fn draw(&self) -> [u8; 16] {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // SplitMix64: enough to tell runs apart, and nothing more is asked of it.
        let mut next = || {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        ((u128::from(next()) << 64) | u128::from(next())).to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use kasir_shared::SessionId;

    use super::*;

    #[test]
    fn ids_of_later_moments_sort_later_and_fit_every_provider() {
        let dice: &dyn Dice = &SeededDice::new(7);
        let earlier: SessionId = dice.id(Moment::from_unix_s(1));
        let later: SessionId = dice.id(Moment::from_unix_s(2));
        assert!(earlier.as_str() < later.as_str());
        assert!(later.as_str().len() <= SessionId::LENGTH_MAX);
    }

    #[test]
    fn tokens_differ_and_are_long() {
        let dice: &dyn Dice = &SystemDice;
        let (one, two) = (dice.token("ct_"), dice.token("ct_"));
        assert_ne!(one, two);
        assert_eq!(one.len(), 3 + 43);
    }
}
