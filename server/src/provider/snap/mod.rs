//! SNAP BI, the national standard: what is the same for every provider that speaks it.

pub mod key;
pub mod sign;
mod pem;
mod der;
