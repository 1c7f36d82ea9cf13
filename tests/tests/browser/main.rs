//! Stories in a real browser: a customer with a phone or at a desk, and the town around.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod driver;
mod device;
mod browser;
mod story;

mod made_up;
mod linked_wallets;

mod wallets;
mod routes;
mod way_back;
mod apps;
mod push;
mod ends;
mod once;
mod guard;
mod linked;
mod scenes;
mod access;
#[cfg(feature = "pictures")]
mod pictures;
