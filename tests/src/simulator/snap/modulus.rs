//! Powers modulo a large odd number, by Montgomery's method. It is not made to keep a secret.

/// An odd modulus, and what makes multiplying modulo it quick.
#[derive(Debug)]
pub(super) struct Modulus {
    /// Little-endian.
    limbs: Vec<u64>,
    /// -1/n modulo 2^64.
    inverse: u64,
    /// (2^64)^2k modulo n, where k is the number of limbs.
    square: Vec<u64>,
    /// How many bytes a number below it takes.
    pub(super) bytes: usize,
}

impl Modulus {
    /// Reads big-endian bytes; nothing when they are no odd number worth the name.
    pub(super) fn new(bytes: &[u8]) -> Option<Self> {
        let limbs = limbs(bytes);
        let low = *limbs.first().filter(|low| *low % 2 == 1)?;
        // Newton's iteration doubles the correct bits: 3, 6, 12, 24, 48, 96.
        let inverse = (0..5).fold(low, |guess: u64, _| {
            guess.wrapping_mul(2_u64.wrapping_sub(low.wrapping_mul(guess)))
        });
        let mut modulus =
            Self { square: Vec::new(), inverse: inverse.wrapping_neg(), bytes: bytes.len(), limbs };
        let mut square = vec![0; modulus.limbs.len()];
        square[0] = 1;
        for _ in 0..128 * modulus.limbs.len() {
            modulus.double(&mut square);
        }
        modulus.square = square;
        Some(modulus)
    }

    /// `base` to the `exponent`, both big-endian; nothing when the base is not below the modulus.
    pub(super) fn power(&self, base: &[u8], exponent: &[u8]) -> Option<Vec<u8>> {
        let mut base = limbs(base);
        if base.len() > self.limbs.len() {
            return None;
        }
        base.resize(self.limbs.len(), 0);
        if !below(&base, &self.limbs) {
            return None;
        }
        let base = self.multiply(&base, &self.square);
        let mut one = vec![0; self.limbs.len()];
        one[0] = 1;
        let mut result = self.multiply(&one, &self.square);
        for bit in exponent.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1)) {
            result = self.multiply(&result, &result);
            if bit == 1 {
                result = self.multiply(&result, &base);
            }
        }
        let result = self.multiply(&result, &one);
        let bytes: Vec<u8> = result.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
        Some(bytes[bytes.len() - self.bytes..].to_vec())
    }

    /// a * b / 2^64k modulo n.
    fn multiply(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let k = self.limbs.len();
        let mut sum = vec![0_u64; k + 2];
        for digit in a {
            add_product(&mut sum, b, *digit);
            let quotient = sum[0].wrapping_mul(self.inverse);
            add_product(&mut sum, &self.limbs, quotient);
            // The lowest limb is zero now.
            sum.remove(0);
            sum.push(0);
        }
        if sum[k] > 0 || !below(&sum[..k], &self.limbs) {
            subtract(&mut sum, &self.limbs);
        }
        sum.truncate(k);
        sum
    }

    fn double(&self, number: &mut [u64]) {
        let mut carry = 0;
        for limb in number.iter_mut() {
            let next = *limb >> 63;
            *limb = *limb << 1 | carry;
            carry = next;
        }
        if carry > 0 || !below(number, &self.limbs) {
            subtract(number, &self.limbs);
        }
    }
}

fn limbs(bytes: &[u8]) -> Vec<u64> {
    let limb = |chunk: &[u8]| chunk.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    bytes.rchunks(8).map(limb).collect()
}

fn below(a: &[u64], b: &[u64]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// `sum += b * digit`.
fn add_product(sum: &mut [u64], b: &[u64], digit: u64) {
    let mut carry = 0_u128;
    for (place, limb) in sum.iter_mut().enumerate() {
        let factor = b.get(place).copied().unwrap_or(0);
        carry += u128::from(*limb) + u128::from(factor) * u128::from(digit);
        let bytes = carry.to_le_bytes();
        *limb = u64::from_le_bytes(bytes[..8].try_into().expect("half of sixteen bytes"));
        carry >>= 64;
    }
}

/// `number -= n`, where a borrow beyond the end is what a carry before it lent.
fn subtract(number: &mut [u64], n: &[u64]) {
    let mut borrow = false;
    for (place, limb) in number.iter_mut().enumerate() {
        let digit = n.get(place).copied().unwrap_or(0);
        let (less, first) = limb.overflowing_sub(digit);
        let (less, second) = less.overflowing_sub(u64::from(borrow));
        *limb = less;
        borrow = first || second;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_small_and_of_large_numbers_come_out() {
        let power = |base: &[u8], exponent: &[u8], n: &[u8]| {
            Modulus::new(n).unwrap().power(base, exponent).unwrap()
        };
        assert_eq!(power(&[4], &[13], &[0x01, 0xf1]), [0x01, 0xbd], "4^13 mod 497 is 445");
        assert_eq!(power(&[2], &[10], &[0x01, 0x01]), [0x00, 0xfd], "1024 mod 257 is 253");
        // By Fermat, with the prime 2^127 - 1.
        let mut prime = [0xff; 16];
        prime[0] = 0x7f;
        let mut less = prime;
        less[15] = 0xfe;
        let mut one = [0; 16];
        one[15] = 1;
        assert_eq!(power(&[0x12, 0x34, 0x56], &less, &prime), one);
    }

    #[test]
    fn a_base_that_is_not_below_the_modulus_and_an_even_modulus_are_refused() {
        assert_eq!(Modulus::new(&[0x11]).unwrap().power(&[0x11], &[1]), None);
        assert!(Modulus::new(&[0x12]).is_none() && Modulus::new(&[]).is_none());
    }
}
