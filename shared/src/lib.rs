//! The words both sides of Kasir speak: the page in the browser, the server, and whoever reads their JSON.
//!
//! Deserialising is parsing: a value of one of these types is already what its name says. There is
//! no type for a credential here, so none can be put on the wire.

pub mod money;
pub mod moment;
pub mod locale;
pub mod id;
pub mod phone;
pub mod url;
pub mod text;
pub mod method;
pub mod event;
pub mod status;
pub mod next_action;
pub mod link;
pub mod problem;
pub mod api;

pub use event::Event;
pub use id::{AttemptId, DeliveryId, EventId, LinkId, RefundId, SessionId};
pub use link::{FailureReason, LinkStatus, LinkTrouble};
pub use locale::Locale;
pub use method::{Field, Kind, Method, MethodId};
pub use moment::Moment;
pub use money::Rupiah;
pub use next_action::{FormFields, NextAction, Submit};
pub use phone::Phone;
pub use problem::{Problem, ProblemCode};
pub use status::{SessionStatus, Status, Verdict};
pub use text::{CustomerId, Reference};
pub use url::{AppUrl, WebUrl};
