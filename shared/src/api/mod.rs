//! The endpoints: what is asked and what is answered, by who asks.

pub mod merchant;
pub mod checkout;
