//! NICEPAY's services, one file each.

pub(super) mod create;
pub(super) mod status;
pub(super) mod refund;

use crate::provider::snap::call::Service;

/// Places an order, and is the payment step at once.
const CREATE: Service =
    Service { number: 54, operation: "payment", path: "/api/v1.0/debit/payment-host-to-host" };
/// Says how an order stands.
const STATUS: Service =
    Service { number: 55, operation: "inquiry", path: "/api/v1.0/debit/status" };
/// Gives money back.
const REFUND: Service = Service { number: 58, operation: "refund", path: "/api/v1.0/debit/refund" };

/// The service that an order was placed with, as other services ask for it.
const PLACED_WITH: &str = "54";
/// The longest `referenceNo`.
const TRANSACTION_MAX: usize = 40;

/// Whether a text is a `referenceNo`: opaque, but letters and digits and not too long.
pub(super) fn is_transaction(text: &str) -> bool {
    (1..=TRANSACTION_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}
