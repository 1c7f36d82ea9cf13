//! Where each fault can be played: on which call, which answer, which notification.
use super::faults::Fault;
use super::view::Operation;

/// Calls that a merchant's server reads the answer of.
const fn is_api(operation: Operation) -> bool {
    match operation {
        Operation::Token
        | Operation::Registration
        | Operation::Inquiry
        | Operation::Cancel
        | Operation::Confirm
        | Operation::LinkInitiate
        | Operation::MerchantInfo
        | Operation::AuthCode
        | Operation::Binding
        | Operation::AccountInquiry
        | Operation::Balance
        | Operation::Unbinding => true,
        Operation::Payment
        | Operation::LinkEnable
        | Operation::Till
        | Operation::Callback
        | Operation::Notification
        | Operation::Bill => false,
    }
}

impl Fault {
    /// Whether it can be played on an operation at all.
    pub const fn fits(self, operation: Operation) -> bool {
        let sent = matches!(operation, Operation::Notification);
        let asked = matches!(operation, Operation::Bill);
        match self {
            Self::LostReply
            | Self::LostRequest
            | Self::Delay
            | Self::ServerError
            | Self::BadGateway
            | Self::Html
            | Self::Truncated
            | Self::Enormous
            | Self::Redirect
            | Self::Slow => {
                !sent && !asked && !matches!(operation, Operation::Till | Operation::Callback)
            }
            Self::Busy
            | Self::InternalError
            | Self::InProgress
            | Self::EightDigits
            | Self::CodeDisagrees
            | Self::NullsMissing => is_api(operation),
            Self::WrongAmount | Self::WrongTypes | Self::UnknownFields | Self::InfoMissing => {
                sent || is_api(operation)
            }
            Self::DuplicateNotification
            | Self::LateNotification
            | Self::ReorderedNotification
            | Self::StaleTimestamp
            | Self::NoNotification => sent,
            Self::CorruptSignature => sent || asked,
            Self::ForgedNotification => {
                sent || asked
                    || matches!(
                        operation,
                        Operation::Registration | Operation::Payment | Operation::LinkInitiate
                    )
            }
            Self::NotificationBeforeReply => {
                matches!(
                    operation,
                    Operation::Registration
                        | Operation::Payment
                        | Operation::Cancel
                        | Operation::LinkInitiate
                )
            }
            Self::NoCallback => matches!(operation, Operation::Payment),
            Self::LenderRefuses => {
                matches!(operation, Operation::Registration | Operation::Payment)
            }
        }
    }

    pub(super) fn strikes_unaimed(self, operation: Operation) -> bool {
        let sent = operation == Operation::Notification;
        if operation == Operation::Bill {
            return false;
        }
        if self == Self::WrongAmount {
            return sent;
        }
        if self == Self::ForgedNotification {
            return matches!(operation, Operation::Payment | Operation::LinkInitiate);
        }
        if sent && matches!(self, Self::WrongTypes | Self::UnknownFields | Self::InfoMissing) {
            return false;
        }
        self.fits(operation)
    }

    /// Whether it is played on the answer of a call.
    pub(crate) const fn shapes_answers(self) -> bool {
        match self {
            Self::LostReply
            | Self::LostRequest
            | Self::Delay
            | Self::ServerError
            | Self::Busy
            | Self::BadGateway
            | Self::Html
            | Self::Truncated
            | Self::Enormous
            | Self::WrongTypes
            | Self::Redirect
            | Self::Slow
            | Self::WrongAmount
            | Self::UnknownFields
            | Self::NullsMissing => true,
            Self::InternalError
            | Self::InProgress
            | Self::EightDigits
            | Self::CodeDisagrees
            | Self::InfoMissing
            | Self::DuplicateNotification
            | Self::LateNotification
            | Self::ReorderedNotification
            | Self::ForgedNotification
            | Self::NoNotification
            | Self::NotificationBeforeReply
            | Self::NoCallback
            | Self::LenderRefuses
            | Self::CorruptSignature
            | Self::StaleTimestamp => false,
        }
    }

    /// The same for the answer of a SNAP call.
    pub(crate) const fn shapes_snap_answers(self) -> bool {
        match self {
            Self::InternalError
            | Self::InProgress
            | Self::EightDigits
            | Self::CodeDisagrees
            | Self::InfoMissing => true,
            // No answer of theirs has a null.
            Self::NullsMissing => false,
            Self::LostReply
            | Self::LostRequest
            | Self::Delay
            | Self::ServerError
            | Self::Busy
            | Self::BadGateway
            | Self::Html
            | Self::Truncated
            | Self::Enormous
            | Self::WrongTypes
            | Self::Redirect
            | Self::Slow
            | Self::WrongAmount
            | Self::UnknownFields
            | Self::DuplicateNotification
            | Self::LateNotification
            | Self::ReorderedNotification
            | Self::ForgedNotification
            | Self::NoNotification
            | Self::NotificationBeforeReply
            | Self::NoCallback
            | Self::LenderRefuses
            | Self::CorruptSignature
            | Self::StaleTimestamp => self.shapes_answers(),
        }
    }

    /// Whether it can be played on a notification that is a form.
    pub(crate) const fn shapes_forms(self) -> bool {
        !matches!(
            self,
            Self::CorruptSignature
                | Self::StaleTimestamp
                | Self::LenderRefuses
                | Self::WrongTypes
                | Self::UnknownFields
                | Self::InfoMissing
        )
    }

    /// Whether it changes what a SNAP notification says.
    pub(crate) const fn bends_letters(self) -> bool {
        matches!(
            self,
            Self::WrongAmount | Self::WrongTypes | Self::UnknownFields | Self::InfoMissing
        )
    }
}
