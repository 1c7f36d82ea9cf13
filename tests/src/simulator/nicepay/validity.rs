//! `payValidDt` and `payValidTm`: until when an order may be paid, in Jakarta's time.
use super::codes::{Refusal, STORE_DATE, STORE_TIME};
use super::fields::Fields;
use super::transaction::Transaction;
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;

/// The moment the merchant wants, if it names one. Both empty is the partner's own time.
pub(super) fn read(desk: &mut Desk<'_>, fields: &Fields) -> Result<Option<i64>, Refusal> {
    let (date, time) = (fields.get("payValidDt"), fields.get("payValidTm"));
    if date.is_empty() && time.is_empty() {
        return Ok(None);
    }
    let digits =
        |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(date, 8) || jakarta::moment(date, "000000").is_none() {
        let why = format!("payValidDt must be a date (YYYYMMDD), it is {date:?}");
        return Err(Refusal::new(STORE_DATE, why));
    }
    let moment = jakarta::moment(date, time).filter(|_| digits(time, 6));
    let Some(moment) = moment else {
        let why = format!("payValidTm must be a time (HHMISS), it is {time:?}");
        return Err(Refusal::new(STORE_TIME, why));
    };
    if moment <= desk.now_ms {
        return Err(Refusal::new(STORE_DATE, format!("{date} {time} in Jakarta has passed")));
    }
    Ok(Some(moment))
}

/// The same two fields of an order.
pub(super) fn told(order: &Transaction) -> [(&'static str, String); 2] {
    let end_ms = order.deadline_ms();
    [("payValidDt", jakarta::date(end_ms)), ("payValidTm", jakarta::time(end_ms))]
}
