//! SNAP BI, seen by a merchant who calls and is called back.
pub(crate) mod partner;
mod winpay;
mod winpay_callback;
mod winpay_fault;
mod winpay_order;
mod line;
mod nicepay;
