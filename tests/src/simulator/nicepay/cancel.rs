//! `POST /nicepay/direct/v2/cancel`: void and refund, by the rules of each wallet.
use super::call::{Reply, nulls};
use super::codes::{
    self, CANCEL_AMOUNT, CANCEL_BLOCKED, CANCEL_NOTHING, CANCEL_TOO_LATE, CANCEL_TOO_MUCH,
    CANCEL_TYPE, CANNOT_CANCEL, MALFORMED, MAY_NOT_CANCEL, MAY_NOT_CANCEL_PART, NOT_ACTIVATED,
    Refusal, UNKNOWN_MERCHANT,
};
use super::fields::{Fields, Rule, text};
use super::partners::{Family, Partner, Void};
use super::token::Formula;
use super::transaction::Transaction;
use super::{give_back, key_of};
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::tamper::Answer;
use crate::simulator::view::Status;
use serde_json::{Map, Value, json};

const RULES: [Rule; 6] = [
    text("iMid", 4_000, UNKNOWN_MERCHANT),
    text("amt", 4_000, CANCEL_AMOUNT),
    text("payMethod", 2, MALFORMED),
    text("cancelType", 2, CANCEL_TYPE),
    text("timeStamp", 4_000, MALFORMED),
    text("merchantToken", 255, MALFORMED),
];

const KEYS: &[&str] = &[
    "resultCd",
    "resultMsg",
    "tXid",
    "referenceNo",
    "transDt",
    "transTm",
    "description",
    "amt",
    "canceltXid",
    "cancelTrxSn",
    "acquirerData",
];

/// How much is asked back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Wish {
    pub(super) amount: i64,
    pub(super) partial: bool,
}

/// Gives money back, or says why not.
pub(crate) fn cancel(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let Some(order) = desk.state.nicepay.find(fields.get("tXid")).cloned() else {
        let partial = fields.get("cancelType").trim_start_matches('0') == "2";
        let code = if partial { codes::CANCEL_UNKNOWN_PARTIAL } else { codes::CANCEL_UNKNOWN_FULL };
        let why = format!("there is no tXid {:?}", fields.get("tXid"));
        return Reply::refused(Refusal::new(code, why));
    };
    let checked = checked(desk, fields, &order);
    match checked.and_then(|wish| Ok((wish, allowed(&order, wish, desk.now_ms)?))) {
        Ok((wish, becomes)) => {
            if becomes == Status::Cancelled {
                withdraw(desk, &order.id);
            } else {
                give_back(desk, &order, wish.amount, becomes);
            }
            let numbered = (order.merchant.as_str(), order.partner.family.pay_method());
            let (cancel_id, _) = desk.state.nicepay.new_id(numbered, desk.now_ms);
            Reply::accepted(Answer::Json(answer(&order, wish.amount, &cancel_id)), &order.id)
        }
        Err(refusal) => Reply::refused(refusal).about(Some(order.id)),
    }
}

/// A store's number dies before anybody paid it.
fn withdraw(desk: &mut Desk<'_>, id: &str) {
    let now_ms = desk.now_ms;
    if let Some(order) = desk.state.nicepay.find_mut(id) {
        // Whether it is still open was asked under the same lock.
        let _ = order.close(Status::Cancelled, now_ms);
    }
}

fn checked(desk: &Desk<'_>, fields: &Fields, order: &Transaction) -> Result<Wish, Refusal> {
    fields.require(&RULES)?;
    if fields.get("iMid") != order.merchant {
        return Err(Refusal::new(UNKNOWN_MERCHANT, "iMid is not the merchant of this tXid"));
    }
    let method = order.partner.family.pay_method();
    if fields.get("payMethod") != method {
        let why = format!("payMethod must be {method}, which the customer uses");
        return Err(Refusal::new(NOT_ACTIVATED, why));
    }
    if order.is_hosted() && fields.get("cancelMsg").is_empty() {
        return Err(Refusal::new(MALFORMED, "cancelMsg is missing or empty"));
    }
    let amt = fields.get("amt");
    let not_numeric = || Refusal::new(CANCEL_AMOUNT, format!("amt must be digits, it is {amt:?}"));
    let digits = (1..=12).contains(&amt.len()) && amt.bytes().all(|b| b.is_ascii_digit());
    let amount = amt.parse().ok().filter(|_| digits).ok_or_else(not_numeric)?;
    signed(desk, fields, order)?;
    let partial = match fields.get("cancelType") {
        "1" | "01" => false,
        "2" | "02" => true,
        other => {
            let why = format!("cancelType must be 1 (full) or 2 (partial), it is {other:?}");
            return Err(Refusal::new(CANCEL_TYPE, why));
        }
    };
    Ok(Wish { amount, partial })
}

fn signed(desk: &Desk<'_>, fields: &Fields, order: &Transaction) -> Result<(), Refusal> {
    let parts = vec![
        ("timeStamp", fields.time_stamp()?),
        ("iMid", fields.get("iMid")),
        ("tXid", fields.get("tXid")),
        ("amt", fields.get("amt")),
    ];
    let lures = vec![("referenceNo", order.reference.as_str())];
    Formula { parts, key: key_of(desk, &order.merchant), lures }.check(fields.get("merchantToken"))
}

/// What the order becomes, if the wallet gives this back at this moment.
pub(super) fn allowed(order: &Transaction, wish: Wish, now_ms: i64) -> Result<Status, Refusal> {
    let no = |code, why: &str| Err(Refusal::new(code, format!("{}: {why}", order.partner.name)));
    if order.partner.family == Family::Store {
        return withdrawable(order, wish, now_ms);
    }
    let Some(paid_ms) = order.paid_ms else {
        return no(CANNOT_CANCEL, &format!("the order is {}", order.status(now_ms).word()));
    };
    let left = order.cancellable();
    if left == 0 {
        return no(CANNOT_CANCEL, "everything was given back already");
    }
    if wish.amount == 0 {
        return no(CANCEL_NOTHING, "amt is 0");
    }
    if wish.amount > left {
        return no(CANCEL_TOO_MUCH, &format!("amt is larger than the {left} that are left"));
    }
    if order.partner.void == Void::Never {
        return no(MAY_NOT_CANCEL, "gives nothing back through NICEPAY");
    }
    if !wish.partial && wish.amount < left {
        return no(CANCEL_TYPE, &format!("a full cancel names all {left} that are left"));
    }
    if wish.partial && !order.partner.partial {
        return no(MAY_NOT_CANCEL_PART, "gives back all or nothing");
    }
    if order.partner.sleeps_at_midnight && jakarta::hour(now_ms) == 0 {
        return no(CANCEL_BLOCKED, "gives nothing back between 00:00 and 01:00");
    }
    in_time(order.partner, paid_ms, now_ms)
        .map(|full| if wish.partial || order.cancelled > 0 { Status::Refunded } else { full })
        .map_or_else(|| no(CANCEL_TOO_LATE, "it was paid too long ago"), Ok)
}

/// A store's order can be taken back whole, and only before anybody paid.
fn withdrawable(order: &Transaction, wish: Wish, now_ms: i64) -> Result<Status, Refusal> {
    let no = |code, why: &str| Err(Refusal::new(code, format!("{}: {why}", order.partner.name)));
    let status = order.status(now_ms);
    if !status.is_open() {
        return no(CANNOT_CANCEL, &format!("the order is {}", status.word()));
    }
    if wish.partial {
        return no(MAY_NOT_CANCEL_PART, "an unpaid order is taken back whole");
    }
    if wish.amount > order.amount {
        return no(CANCEL_TOO_MUCH, &format!("amt is larger than {}", order.amount));
    }
    if wish.amount < order.amount {
        return no(CANCEL_TYPE, &format!("a full cancel names all {}", order.amount));
    }
    Ok(Status::Cancelled)
}

/// Void while that is possible, refund afterwards while that is.
fn in_time(wallet: &Partner, paid_ms: i64, now_ms: i64) -> Option<Status> {
    let voidable = match wallet.void {
        Void::SameDay => jakarta::date(paid_ms) == jakarta::date(now_ms),
        Void::WithinMs(limit) => now_ms - paid_ms < limit,
        Void::Never => false,
    };
    if voidable {
        return Some(Status::Void);
    }
    wallet.refund_ms.filter(|limit| now_ms - paid_ms < *limit).map(|_| Status::Refunded)
}

/// The original's time is echoed, as the one published real answer does.
fn answer(order: &Transaction, amount: i64, cancel_id: &str) -> Map<String, Value> {
    let mut map = nulls(KEYS);
    for (key, value) in [
        ("resultCd", codes::SUCCESS.0.to_owned()),
        ("resultMsg", codes::SUCCESS.1.to_owned()),
        ("tXid", order.id.clone()),
        ("referenceNo", order.reference.clone()),
        ("transDt", jakarta::date(order.registered_ms)),
        ("transTm", jakarta::time(order.registered_ms)),
        ("description", order.description.clone()),
        ("amt", amount.to_string()),
        ("canceltXid", cancel_id.to_owned()),
        ("cancelTrxSn", format!("{cancel_id:0>32}")),
    ] {
        map.insert(key.to_owned(), json!(value));
    }
    map
}

#[cfg(test)]
mod tests {
    use super::super::partners::by_code;
    use super::super::transaction::Order;
    use super::*;

    const HOUR: i64 = 3_600_000;
    const DAY: i64 = 24 * HOUR;
    /// 2026-11-20 10:00 in Jakarta.
    const PAID: i64 = 1_795_143_600_000;

    fn order(code: &str) -> Transaction {
        let wallet = by_code(code).unwrap();
        let order =
            Order { merchant: "M", partner: wallet, amount: 10_000, text: &|_| String::new() };
        let mut order = Transaction::register("t".to_owned(), &order, PAID);
        order.approve(PAID).unwrap();
        order
    }

    const FULL: Wish = Wish { amount: 10_000, partial: false };
    const PART: Wish = Wish { amount: 4_000, partial: true };

    #[test]
    fn each_wallet_gives_back_by_its_own_rules() {
        use Status::{Refunded, Void};
        let rows = [
            ("OVOE", FULL, 13 * HOUR, Ok(Void)),
            ("OVOE", FULL, 14 * HOUR, Err(CANCEL_TOO_LATE)),
            ("OVOE", PART, HOUR, Err(MAY_NOT_CANCEL_PART)),
            ("DANA", FULL, DAY - 1, Ok(Void)),
            ("DANA", FULL, DAY, Ok(Refunded)),
            ("DANA", FULL, 30 * DAY - 1, Ok(Refunded)),
            ("DANA", FULL, 30 * DAY, Err(CANCEL_TOO_LATE)),
            ("DANA", PART, HOUR, Ok(Refunded)),
            ("DANA", FULL, 14 * HOUR, Err(CANCEL_BLOCKED)),
            ("DANA", FULL, 15 * HOUR - 1, Err(CANCEL_BLOCKED)),
            ("DANA", FULL, 15 * HOUR, Ok(Void)),
            ("ESHP", FULL, 13 * HOUR, Ok(Void)),
            ("ESHP", FULL, 14 * HOUR, Ok(Refunded)),
            ("ESHP", FULL, 365 * DAY, Err(CANCEL_TOO_LATE)),
            ("ESHP", PART, HOUR, Err(MAY_NOT_CANCEL_PART)),
            ("LINK", FULL, 30 * DAY - 1, Ok(Void)),
            ("LINK", FULL, 30 * DAY, Err(CANCEL_TOO_LATE)),
            ("LINK", PART, HOUR, Err(MAY_NOT_CANCEL_PART)),
            ("ASTR", FULL, HOUR, Err(MAY_NOT_CANCEL)),
        ];
        for (code, wish, after, expected) in rows {
            let said = allowed(&order(code), wish, PAID + after).map_err(|refusal| refusal.code);
            assert_eq!(said, expected, "{code} {wish:?} after {after} ms");
        }
    }

    #[test]
    fn amounts_that_cannot_be_given_back_are_refused() {
        let rows = [(0, false, CANCEL_NOTHING), (10_001, false, CANCEL_TOO_MUCH)];
        for (amount, partial, code) in rows {
            let said = allowed(&order("DANA"), Wish { amount, partial }, PAID);
            assert_eq!(said.unwrap_err().code, code, "{amount}");
        }
        let less = Wish { amount: 9_999, partial: false };
        assert_eq!(allowed(&order("DANA"), less, PAID).unwrap_err().code, CANCEL_TYPE);
    }

    #[test]
    fn parts_never_add_up_to_more_than_was_paid() {
        let mut dana = order("DANA");
        dana.give_back(4_000, Status::Refunded);
        let rest = Wish { amount: 6_001, partial: true };
        assert_eq!(allowed(&dana, rest, PAID).unwrap_err().code, CANCEL_TOO_MUCH);
        let rest = Wish { amount: 6_000, partial: false };
        assert_eq!(allowed(&dana, rest, PAID), Ok(Status::Refunded));
        dana.give_back(6_000, Status::Refunded);
        assert_eq!(allowed(&dana, PART, PAID).unwrap_err().code, CANNOT_CANCEL);
    }

    #[test]
    fn an_order_that_nobody_paid_cannot_be_cancelled() {
        let wallet = by_code("OVOE").unwrap();
        let order =
            Order { merchant: "M", partner: wallet, amount: 10_000, text: &|_| String::new() };
        let order = Transaction::register("t".to_owned(), &order, PAID);
        let refusal = allowed(&order, FULL, PAID).unwrap_err();
        assert_eq!(
            (refusal.code, refusal.why.as_str()),
            (CANNOT_CANCEL, "OVO: the order is initiated")
        );
    }
}
