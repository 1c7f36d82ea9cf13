//! The shop's server's endpoints, under `/v1`, with `Authorization: Bearer sk_...`.
//!
//! Every POST takes an `Idempotency-Key`.

pub mod session;
pub mod attempt;
pub mod refund;
pub mod event;
pub mod link;

pub use attempt::{Attempt, AttemptDetail, TimelineEntry};
pub use event::{EventList, EventType, SentEvent};
pub use link::{Link, LinkDetail, LinkList};
pub use refund::{CreateRefund, Refund, RefundStatus};
pub use session::{CreateSession, Customer, Item, Session, SessionList};
