//! What a provider is answered when it asks or tells us something.

use kasir_shared::{Moment, Rupiah};

use super::Payer;

/// What we make of something that a provider sent.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It asked what an order costs: this.
    Asked(Box<Bill>),
    /// It is on disk, and need not come again.
    Kept {
        /// Since when we know of this payment: the same however often it is told.
        since: Moment,
        /// The order, where it is about one.
        bill: Option<Box<Bill>>,
    },
    /// It is on disk, but speaks of another amount than ours.
    OtherAmount(Box<Bill>),
    /// It is on disk, but speaks of a payment of an order that was paid by another one.
    PaidAlready(Box<Bill>),
    /// It was not signed by the provider.
    Forged,
    /// It cannot be read.
    Unreadable,
    /// It is about nothing of ours.
    Unknown,
    /// It could not be kept, through no fault of the provider's.
    NotKept,
}

/// An order, as a provider may hear of it.
#[derive(Clone, Debug)]
pub struct Bill {
    /// Our order number.
    pub reference: String,
    /// How much.
    pub amount: Rupiah,
    /// What it is for, in a few words of the shop's.
    pub description: String,
    /// Who pays.
    pub payer: Payer,
    /// When it was ordered.
    pub ordered_at: Moment,
    /// Whether it may be paid.
    pub due: Due,
}

/// Whether an order may be paid.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Due {
    /// It waits for its money.
    Open,
    /// It has its money.
    Paid,
    /// Its time is over, or it was called off.
    Over,
}
