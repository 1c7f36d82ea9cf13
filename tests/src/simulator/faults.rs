//! Ways to go wrong, armed by a test or by a person at the demo, and played once each.
use super::view::{Operation, Provider};
use serde::{Deserialize, Serialize};

/// One way to go wrong.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Processed; the connection closes without an answer.
    LostReply,
    /// The connection closes before anything is processed.
    LostRequest,
    /// Processed; the answer comes `ms` of real time later.
    Delay,
    /// HTTP 500, by default without processing.
    ServerError,
    /// The provider's own "server busy" answer, without processing: 9002, or SNAP's 429.
    Busy,
    /// SNAP's "internal server error, please retry", by default without processing.
    InternalError,
    /// Processed; SNAP's "request in progress".
    InProgress,
    /// Processed; the code has eight digits, as one sample of the standard prints it.
    EightDigits,
    /// HTTP 200 around the code of a general error, by default without processing.
    CodeDisagrees,
    /// A gateway's HTML page with 502, by default without processing.
    BadGateway,
    /// A gateway's HTML page in place of the answer, by default without processing.
    Html,
    /// Processed; the answer breaks off in the middle.
    Truncated,
    /// Processed; the answer is padded to 50 MB.
    Enormous,
    /// Processed; texts in the answer become numbers and lists. In SNAP, also in a notification:
    /// numbers only.
    WrongTypes,
    /// A 307 to the same place, by default without processing.
    Redirect,
    /// Processed; the answer comes at one byte per second.
    Slow,
    /// The notification comes twice.
    DuplicateNotification,
    /// The notification comes `ms` of virtual time later, by default ten minutes.
    LateNotification,
    /// The notification comes after the next one of the same transaction.
    ReorderedNotification,
    /// A notification of a payment with a token of another key. Unaimed: after the next payment
    /// step, though nobody paid. Aimed at `notification`: in place of the next true one's token.
    ForgedNotification,
    /// Another amount, properly signed. Unaimed: in the next notification. Aimed: in that answer.
    WrongAmount,
    /// The notification never comes.
    NoNotification,
    /// The transaction is paid, or the refund is notified, and the notification has been delivered
    /// before the call that leads to it is answered.
    NotificationBeforeReply,
    /// The browser is not sent back to the merchant.
    NoCallback,
    /// The lender takes no order: Akulaku at the registration, others at the payment step.
    LenderRefuses,
    /// Processed; the answer has fields that no document names. In SNAP, also a notification.
    UnknownFields,
    /// Processed; a SNAP answer or notification has no additionalInfo.
    InfoMissing,
    /// The signature of the notification is right but for one letter, each time it is sent.
    CorruptSignature,
    /// When the notification is repeated it carries the time and signature of the first try.
    StaleTimestamp,
    /// Processed; the answer leaves out what is null.
    NullsMissing,
}

/// A fault that waits for its occasion.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Armed {
    /// Whose conversation is disturbed.
    pub provider: Provider,
    /// How.
    pub fault: Fault,
    /// How often.
    #[serde(default = "once")]
    pub times: u32,
    /// Which call is disturbed; without it the next that can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// Milliseconds, for the faults that take their time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// Process the request although the answer says otherwise (`server_error`, html, redirect).
    #[serde(default)]
    pub processed: bool,
}

const fn once() -> u32 {
    1
}

impl Armed {
    /// A fault for the next occasion, once.
    pub const fn once(provider: Provider, fault: Fault) -> Self {
        Self { provider, fault, times: 1, operation: None, ms: None, processed: false }
    }

    /// Aims it at one operation.
    #[must_use]
    pub const fn at(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Whether the request is processed before the fault shows.
    pub(crate) const fn lets_process(&self) -> bool {
        match self.fault {
            Fault::LostRequest | Fault::Busy => false,
            Fault::ServerError
            | Fault::InternalError
            | Fault::CodeDisagrees
            | Fault::BadGateway
            | Fault::Html
            | Fault::Redirect => self.processed,
            Fault::LostReply
            | Fault::Delay
            | Fault::Truncated
            | Fault::Enormous
            | Fault::WrongTypes
            | Fault::Slow
            | Fault::DuplicateNotification
            | Fault::LateNotification
            | Fault::ReorderedNotification
            | Fault::ForgedNotification
            | Fault::WrongAmount
            | Fault::NoNotification
            | Fault::NotificationBeforeReply
            | Fault::NoCallback
            | Fault::LenderRefuses
            | Fault::UnknownFields
            | Fault::NullsMissing
            | Fault::InProgress
            | Fault::EightDigits
            | Fault::InfoMissing
            | Fault::CorruptSignature
            | Fault::StaleTimestamp => true,
        }
    }

    fn concerns(&self, operation: Operation) -> bool {
        match self.operation {
            Some(aimed) => aimed == operation,
            None => self.fault.strikes_unaimed(operation),
        }
    }
}

/// What is armed, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    armed: Vec<Armed>,
}

impl Faults {
    /// Arms a fault; nothing when it could never be played where it is aimed.
    pub(crate) fn arm(&mut self, armed: Armed) -> Option<()> {
        if armed.operation.is_some_and(|operation| !armed.fault.fits(operation)) {
            return None;
        }
        if armed.times > 0 {
            self.armed.push(armed);
        }
        Some(())
    }

    /// Plays the oldest armed fault that fits and that the caller can play.
    pub(crate) fn take(
        &mut self,
        provider: Provider,
        operation: Operation,
        can_play: impl Fn(Fault) -> bool,
    ) -> Option<Armed> {
        let place = self.armed.iter().position(|armed| {
            armed.provider == provider && armed.concerns(operation) && can_play(armed.fault)
        })?;
        let played = self.armed[place].clone();
        self.armed[place].times -= 1;
        if self.armed[place].times == 0 {
            self.armed.remove(place);
        }
        Some(played)
    }

    pub(crate) fn list(&self) -> Vec<Armed> {
        self.armed.clone()
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn armed(fault: Fault) -> Armed {
        Armed::once(Provider::Nicepay, fault)
    }

    #[test]
    fn a_fault_that_could_never_be_played_is_not_armed() {
        let mut faults = Faults::default();
        assert!(faults.arm(armed(Fault::NoNotification).at(Operation::Inquiry)).is_none());
        assert!(faults.arm(armed(Fault::WrongTypes).at(Operation::Payment)).is_none());
        assert!(faults.list().is_empty());
    }

    #[test]
    fn an_aimed_fault_waits_for_its_operation_and_is_played_as_often_as_it_was_armed() {
        let mut faults = Faults::default();
        let fault = Armed { times: 2, ..armed(Fault::LostReply).at(Operation::Cancel) };
        faults.arm(fault).unwrap();
        let mut take =
            |operation| faults.take(Provider::Nicepay, operation, Fault::shapes_answers).is_some();
        assert!(!take(Operation::Registration));
        assert!(take(Operation::Cancel));
        assert!(take(Operation::Cancel));
        assert!(!take(Operation::Cancel));
    }

    #[test]
    fn an_unaimed_wrong_amount_is_for_a_notification_and_not_for_an_answer() {
        let mut faults = Faults::default();
        faults.arm(armed(Fault::WrongAmount)).unwrap();
        assert!(faults.take(Provider::Nicepay, Operation::Inquiry, |_| true).is_none());
        assert!(faults.take(Provider::Nicepay, Operation::Notification, |_| true).is_some());
    }
}
