//! SNAP BI, the national standard, as every simulated provider that speaks it reads it.
//!
//! Written from the standard and from what providers publish; where those are silent it follows what
//! `providers/winpay-snap.md` proposes.
pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod code;
mod der;
pub(crate) mod fields;
pub(crate) mod headers;
mod minify;
mod mistakes;
mod modulus;
pub(crate) mod rsa;
pub(crate) mod sender;
pub(crate) mod sign;
pub(crate) mod stamp;

pub use minify::SignatureMode;
