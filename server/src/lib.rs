//! Kasir's back end: it holds the merchants' credentials, makes the signed calls to the payment
//! providers, and remembers every payment.

pub mod clock;
pub mod dice;
pub mod secret;
pub mod config;
pub mod provider;
pub mod payment;
pub mod store;
pub mod merchant;
pub mod courier;
pub mod health;
pub mod flow;
pub mod desk;
pub mod web;
pub mod service;
