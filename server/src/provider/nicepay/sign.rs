//! NICEPAY's `merchantToken`: SHA-256 over a call's values in a fixed order, our key last, in
//! lower-case hex.
//!
//! The values are the very texts of the message, without separators. Each operation has an order of
//! its own (documents section 2.5; where the pages contradict each other, published tokens decide).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Context, SHA256};

use crate::secret::Secret;

/// Signs as one merchant.
#[derive(Clone, Debug)]
pub struct Signer {
    imid: String,
    key: Secret,
}

impl Signer {
    /// Signs as the merchant `imid` with its `merchantKey`.
    pub const fn new(imid: String, key: Secret) -> Self {
        Self { imid, key }
    }

    /// The merchant.
    pub fn imid(&self) -> &str {
        &self.imid
    }

    /// For a registration, a payment step and an inquiry.
    pub fn order(&self, time_stamp: &str, reference: &str, amount: &str) -> String {
        self.token(&[time_stamp, &self.imid, reference, amount])
    }

    /// For a cancel: over the `tXid`, not the order number, and the amount to give back.
    pub fn cancel(&self, time_stamp: &str, transaction: &str, amount: &str) -> String {
        self.token(&[time_stamp, &self.imid, transaction, amount])
    }

    /// For linking an AstraPay account: over the phone, and without the time.
    pub fn link_enable(&self, reference: &str, phone: &str) -> String {
        self.token(&[&self.imid, reference, phone])
    }

    /// For a payment with a linked AstraPay account: without the time.
    pub fn link_initiate(&self, reference: &str, amount: &str) -> String {
        self.token(&[&self.imid, reference, amount])
    }

    /// Whether `token` is what NICEPAY signs a notification of this `tXid` and amount with. Takes
    /// the same time wherever the token differs.
    pub fn signed_notification(&self, token: &str, transaction: &str, amount: &str) -> bool {
        let expected = self.token(&[&self.imid, transaction, amount]);
        verify_slices_are_equal(token.as_bytes(), expected.as_bytes()).is_ok()
    }

    fn token(&self, values: &[&str]) -> String {
        let mut hash = Context::new(&SHA256);
        for value in values {
            hash.update(value.as_bytes());
        }
        hash.update(self.key.expose().as_bytes());
        hex::encode(hash.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Vector, Vectors};
    use super::*;

    fn verifies(signer: &Signer, vector: &Vector) -> bool {
        let values: Vec<&str> = vector.values.iter().map(String::as_str).collect();
        let token = match (vector.operation.as_str(), values.as_slice()) {
            ("registration" | "payment" | "inquiry", [time, reference, amount]) => {
                signer.order(time, reference, amount)
            }
            ("cancel", [time, transaction, amount]) => signer.cancel(time, transaction, amount),
            ("link_enable", [reference, phone]) => signer.link_enable(reference, phone),
            ("link_initiate", [reference, amount]) => signer.link_initiate(reference, amount),
            ("notification", [transaction, amount]) => {
                return signer.signed_notification(&vector.token, transaction, amount);
            }
            _ => panic!("{} is no row we know", vector.source),
        };
        token == vector.token
    }

    #[test]
    fn every_published_token_verifies_or_is_known_not_to() {
        let vectors = Vectors::published();
        assert!(vectors.rows.iter().any(|vector| !vector.verifies));
        for vector in &vectors.rows {
            let signer = Signer::new(vector.imid.clone(), Secret::new(vectors.key.clone()));
            assert_eq!(verifies(&signer, vector), vector.verifies, "{}", vector.source);
        }
    }

    #[test]
    fn a_token_of_another_length_or_spelling_is_no_token() {
        let signer = Signer::new("IONPAYTEST".to_owned(), Secret::new("key".to_owned()));
        let token = signer.token(&["IONPAYTEST", "tx", "1"]);
        assert!(signer.signed_notification(&token, "tx", "1"));
        for wrong in ["", &token[..63], &token.to_ascii_uppercase(), &format!("{token}0")] {
            assert!(!signer.signed_notification(wrong, "tx", "1"), "{wrong}");
        }
    }
}
