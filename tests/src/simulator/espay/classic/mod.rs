//! Espay's older services: forms, a hash between `##`, and the notification of that kind.
pub(super) mod call;
pub(super) mod push;
pub(super) mod status;

use super::callback::GAPS_MS;
use super::payment::Payment;
use super::settings::EspayMerchant;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::sender::Verdict;
use jiff::tz::{TimeZone, offset};
use sha2::{Digest as _, Sha256};

/// Lower-case hex of SHA-256 over the parts between `##`, in upper case.
pub(super) fn hash(parts: &[&str]) -> String {
    let text = format!("##{}##", parts.join("##")).to_uppercase();
    hex::encode(Sha256::digest(text))
}

/// `2026-11-20 10:15:30`, in Jakarta.
pub(super) fn datetime(ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(TimeZone::fixed(offset(7))).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// What the answer to a notification of this kind is checked with.
#[derive(Clone, Debug)]
pub(crate) struct Classic {
    key: String,
    uuid: String,
}

impl Classic {
    /// The gaps between tries, in virtual time.
    pub(crate) const GAPS_MS: &'static [i64] = GAPS_MS;

    /// The form that tells of a payment, and what its answer is checked with.
    pub(super) fn form(
        merchant: &EspayMerchant,
        payment: &Payment,
        (now_ms, wrong_amount, forged): (i64, bool, bool),
    ) -> (String, Self) {
        let key = if forged { "nobodyssignature" } else { &merchant.signature_key };
        let said = datetime(now_ms);
        let amount = payment.amount + i64::from(wrong_amount);
        let failed = if payment.is_paid() { "" } else { "FAILED" };
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [
            ("rq_uuid", payment.request.as_str()),
            ("rq_datetime", &said),
            ("password", &merchant.password),
            ("signature", &hash(&[key, &said, &payment.reference, "PAYMENTREPORT"])),
            ("member_id", &payment.phone),
            ("comm_code", &payment.merchant),
            ("order_id", &payment.reference),
            ("ccy", "IDR"),
            ("amount", &format!("{amount}.00")),
            ("debit_from_bank", payment.product.bank),
            ("credit_to_bank", payment.product.bank),
            ("product_code", payment.product.code),
            ("message", failed),
            ("payment_datetime", &datetime(payment.paid_ms.unwrap_or(now_ms))),
            ("payment_ref", &payment.wallet_ref),
            ("trx_id", &payment.id),
            ("tx_status", if payment.is_paid() { "S" } else { "F" }),
        ] {
            form.append_pair(name, value);
        }
        let classic = Self { key: merchant.signature_key.clone(), uuid: payment.request.clone() };
        (form.finish(), classic)
    }

    /// Whether this is the signed answer that ends the repetition.
    pub(crate) fn heard(&self, status: u16, body: &[u8]) -> Verdict {
        let body = match Node::read(body) {
            Ok(body) if status == 200 => body,
            Ok(_) => return Verdict::Refused(format!("the receiver answered {status}")),
            Err(why) => {
                return Verdict::Refused(format!("the receiver answered {status}, and {why}"));
            }
        };
        let (code, said) = (body.text("error_code"), body.text("rs_datetime"));
        if code != "0000" {
            return Verdict::Refused(format!("the receiver answered with error_code {code:?}"));
        }
        if body.text("rq_uuid") != self.uuid {
            return Verdict::Refused("the answer has another rq_uuid".to_owned());
        }
        let right = hash(&[&self.key, &self.uuid, said, code, "PAYMENTREPORT-RS"]);
        if body.text("signature") != right {
            return Verdict::Refused(
                "the signature is not over key, rq_uuid, rs_datetime, error_code, PAYMENTREPORT-RS"
                    .to_owned(),
            );
        }
        Verdict::Taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn every_classic_hash_of_the_document_comes_out() {
        let rows: Value =
            serde_json::from_str(include_str!("../../../../vectors/espay/classic.json")).unwrap();
        for row in rows["rows"].as_array().unwrap() {
            let parts: Vec<_> =
                row["parts"].as_array().unwrap().iter().map(|p| p.as_str().unwrap()).collect();
            assert_eq!(hash(&parts), row["sha256"], "{}", row["about"]);
        }
    }

    #[test]
    fn only_a_signed_answer_with_its_own_number_is_taken() {
        let classic = Classic {
            key: "demokey012345678".to_owned(),
            uuid: "d290f1ee-6c54-4b01-90e6-d701748f0851".to_owned(),
        };
        let right = serde_json::json!({
            "rq_uuid": "d290f1ee-6c54-4b01-90e6-d701748f0851", "rs_datetime": "2026-11-20 10:16:04",
            "error_code": "0000", "error_message": "Success", "order_id": "ORD20261120001",
            "signature": "746ff1592f580c9e8f597231383f24b03e3e4e609aa29392d9e2c1d81c9c58e7",
        });
        let heard = |body: &Value| classic.heard(200, body.to_string().as_bytes());
        assert_eq!(heard(&right), Verdict::Taken);
        for name in ["rq_uuid", "rs_datetime", "error_code", "signature"] {
            let mut wrong = right.clone();
            wrong[name] = "0014".into();
            assert!(matches!(heard(&wrong), Verdict::Refused(_)), "{name}");
        }
        assert!(matches!(classic.heard(200, b"0,Success,1,ORD,x"), Verdict::Refused(_)));
    }
}
