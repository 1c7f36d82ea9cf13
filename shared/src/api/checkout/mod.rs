//! The customer's endpoints, under `/checkout/v1/{client_token}`. No cookies anywhere: the token in
//! the path is all that a page has, and all it can do with it is look, choose, pay and cancel.

pub mod view;
pub mod start;

pub use start::{StartAttempt, StartLink};
pub use view::{
    AttemptView, Balance, CheckoutView, LinkView, Linkable, LinkingView, MerchantView, Offer,
    Unavailable,
};
