//! SNAP BI, the national standard: what is the same for every provider that speaks it.

pub mod key;
pub mod sign;
pub mod diagnose;
mod pem;
mod der;
pub mod time;
pub mod text;
pub mod amount;
pub mod code;
pub mod call;
pub mod token;
pub mod reply;
pub mod prefix;
pub(crate) mod json;
pub mod rendering;
