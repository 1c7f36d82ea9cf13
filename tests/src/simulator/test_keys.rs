//! The public test keys of `tests/vectors/keys`, as PEM: they protect nothing.

/// What the simulated merchant signs its calls to Winpay with.
pub const WINPAY_MERCHANT: &str = include_str!("../../vectors/keys/winpay-merchant.pem");
/// Its public half, which Winpay knows.
pub const WINPAY_MERCHANT_PUBLIC: &str = include_str!("../../vectors/keys/winpay-merchant.pub.pem");
/// What Winpay signs its callbacks with.
pub const WINPAY: &str = include_str!("../../vectors/keys/winpay.pem");
/// Its public half, which the merchant knows.
pub const WINPAY_PUBLIC: &str = include_str!("../../vectors/keys/winpay.pub.pem");
/// What Winpay signs with once it has changed its key.
pub const WINPAY_NEXT: &str = include_str!("../../vectors/keys/winpay-next.pem");
/// Its public half.
pub const WINPAY_NEXT_PUBLIC: &str = include_str!("../../vectors/keys/winpay-next.pub.pem");
/// A key of 1023 bits, as Winpay's sandbox has one.
pub const WINPAY_SHORT: &str = include_str!("../../vectors/keys/winpay-short.pem");
/// Its public half.
pub const WINPAY_SHORT_PUBLIC: &str = include_str!("../../vectors/keys/winpay-short.pub.pem");
/// What the simulated merchant asks NICEPAY for a token with.
pub const NICEPAY_MERCHANT: &str = include_str!("../../vectors/keys/nicepay-merchant.pem");
/// Its public half, which NICEPAY knows.
pub const NICEPAY_MERCHANT_PUBLIC: &str =
    include_str!("../../vectors/keys/nicepay-merchant.pub.pem");
/// What NICEPAY signs its SNAP notifications with.
pub const NICEPAY: &str = include_str!("../../vectors/keys/nicepay.pem");
/// Its public half, which the merchant knows.
pub const NICEPAY_PUBLIC: &str = include_str!("../../vectors/keys/nicepay.pub.pem");
/// What the simulated merchant signs its calls to Espay with.
pub const ESPAY_MERCHANT: &str = include_str!("../../vectors/keys/espay-merchant.pem");
/// Its public half, which Espay knows.
pub const ESPAY_MERCHANT_PUBLIC: &str = include_str!("../../vectors/keys/espay-merchant.pub.pem");
/// What Espay signs its callbacks with.
pub const ESPAY: &str = include_str!("../../vectors/keys/espay.pem");
/// Its public half, which the merchant knows.
pub const ESPAY_PUBLIC: &str = include_str!("../../vectors/keys/espay.pub.pem");
/// Nobody's key: forged notifications are signed with it.
pub const STRANGER: &str = include_str!("../../vectors/keys/stranger.pem");
