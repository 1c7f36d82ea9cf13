//! The words both sides of Kasir speak.
