//! The other side: what a provider, a shop and a customer would do.
#![expect(clippy::expect_used, reason = "what only tests and the demo run may panic")]

pub mod simulator;
pub mod shop;
pub mod made_up;
pub mod story;
mod papers;
pub mod town;
