//! The digit that NICEPAY's inquiry has for a status. It means another thing for each `payMethod`.
use super::partners::Family;
use crate::simulator::view::Status;

/// A status in the words of a `payMethod`.
pub(crate) const fn digit(family: Family, status: Status) -> &'static str {
    match family {
        Family::Wallet => wallet_digit(status),
        Family::Store => match status {
            Status::Paid | Status::Void | Status::Refunded => "0",
            Status::Initiated | Status::Unpaid => "3",
            Status::Processing => "5",
            Status::Expired | Status::Cancelled | Status::Failed => "4",
        },
        // The list has no digit for time that ran out.
        Family::Lender => match status {
            Status::Paid => "0",
            Status::Void => "1",
            Status::Refunded => "2",
            Status::Unpaid | Status::Processing => "3",
            Status::Failed | Status::Cancelled | Status::Expired => "8",
            Status::Initiated => "9",
        },
        // Nothing is written of an order whose customer has chosen nothing.
        Family::Hosted => match status {
            Status::Failed | Status::Cancelled | Status::Expired => "8",
            Status::Initiated
            | Status::Unpaid
            | Status::Processing
            | Status::Paid
            | Status::Void
            | Status::Refunded => "9",
        },
    }
}

const fn wallet_digit(status: Status) -> &'static str {
    match status {
        Status::Paid => "0",
        Status::Void => "1",
        Status::Refunded => "2",
        Status::Unpaid => "3",
        Status::Processing => "4",
        Status::Expired => "5",
        Status::Failed | Status::Cancelled => "8",
        Status::Initiated => "9",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_means_another_thing_for_each_pay_method() {
        let of = |status| [Family::Wallet, Family::Store, Family::Lender].map(|f| digit(f, status));
        assert_eq!(of(Status::Processing), ["4", "5", "3"]);
        assert_eq!(of(Status::Expired), ["5", "4", "8"]);
        assert_eq!(of(Status::Unpaid), ["3", "3", "3"]);
        assert_eq!(of(Status::Initiated), ["9", "3", "9"]);
    }
}
