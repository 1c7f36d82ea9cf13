//! The payment page.
