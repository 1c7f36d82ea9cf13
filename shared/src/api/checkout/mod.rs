//! The customer's endpoints, under `/checkout/v1/{client_token}`. No cookies anywhere: the token in
//! the path is all that a page has, and all it can do with it is look, choose, pay and cancel.

pub mod view;
pub mod start;

pub use start::StartAttempt;
pub use view::{AttemptView, CheckoutView, LinkView, MerchantView, Offer, Unavailable};
