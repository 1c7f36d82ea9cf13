//! What Espay tells a merchant's server: of payments, by SNAP's service 25 or by the older form, and
//! of links that were pending.
use super::binding::Binding;
use super::classic::Classic;
use super::payment::Payment;
use super::purse::Magic;
use super::settings::{EspayCallbacks, EspayHabit, EspayMerchant};
use super::status::SERVICE_ID;
use crate::simulator::engine::Desk;
use crate::simulator::faults::{Armed, Fault};
use crate::simulator::outbox::{self, Letter, Manner};
use crate::simulator::snap::body::Node;
use crate::simulator::snap::fields::decimals;
use crate::simulator::snap::rsa::PrivateKey;
use crate::simulator::snap::sender::{Covers, Sender, Verdict, Voice};
use crate::simulator::snap::stamp;
use crate::simulator::tamper;
use crate::simulator::test_keys;
use crate::simulator::view::{Operation, Provider, Status};
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

/// Behind the registered address.
const PAYMENT: &str = "/v1.0/transfer-va/payment";
/// The same for links; its page is not public, so this is a proposal.
const BINDING: &str = "/v1.0/registration-account-binding/notify";

/// At once, after thirty seconds, and five minutes after the first try.
pub(super) const GAPS_MS: &[i64] = &[30_000, 270_000];

/// How Espay tells of payments.
const PAYMENTS: Voice = Voice {
    channel: "ESPAY",
    uuids: true,
    taken: "2002500",
    given_up: &["4042513", "4042514"],
    gaps_ms: GAPS_MS,
};
/// How Espay tells of links.
const BINDINGS: Voice = Voice { taken: "2000700", given_up: &[], ..PAYMENTS };

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    partner_service_id: &'static str,
    customer_no: &'a str,
    virtual_account_no: &'a str,
    trx_id: &'a str,
    payment_request_id: &'a str,
    paid_amount: Amount,
    total_amount: Amount,
    trx_date_time: String,
    additional_info: Info<'a>,
}

#[derive(Serialize)]
struct Amount {
    value: String,
    currency: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    product_code: &'a str,
    payment_ref: &'a str,
    transaction_status: &'static str,
}

const fn rupiah(value: String) -> Amount {
    Amount { value, currency: "IDR" }
}

/// The merchant as Espay knows it.
pub(super) fn merchant<'a>(desk: &Desk<'a>, code: &str) -> Option<&'a EspayMerchant> {
    desk.settings.espay.merchants.iter().find(|merchant| merchant.code == code)
}

/// Where a merchant is called back.
pub(super) fn registered(desk: &Desk<'_>, merchant: &EspayMerchant) -> Option<String> {
    desk.state.espay.registered.clone().or_else(|| merchant.callback_base.clone())
}

/// Tells of a payment that has ended: paid, or, where Espay is set to, failed.
pub(super) fn tell(desk: &mut Desk<'_>, payment: &Payment) {
    let failed = payment.status(desk.now_ms) == Status::Failed;
    let told = failed && !desk.settings.espay.does(EspayHabit::HidesFailures);
    if !(payment.is_paid() || told) {
        return;
    }
    let classic = desk.settings.espay.callbacks == EspayCallbacks::Classic;
    let can = |fault: Fault| !classic || fault.shapes_forms();
    let mut fault = desk.state.faults.take(Provider::Espay, Operation::Notification, can);
    let magic = Magic::of(&payment.phone);
    if fault.is_none() && magic == Some(Magic::Twice) {
        fault = Some(Armed::once(Provider::Espay, Fault::DuplicateNotification));
    }
    if fault.is_none() && magic == Some(Magic::Missigned) && !classic {
        fault = Some(Armed::once(Provider::Espay, Fault::CorruptSignature));
    }
    let forged = fault.as_ref().is_some_and(|armed| armed.fault == Fault::ForgedNotification);
    let Some(mut letter) = letter(desk, payment, (fault.as_ref(), forged)) else { return };
    if magic == Some(Magic::Late) {
        letter.due_ms += 20_000;
    }
    outbox::send(desk, letter, fault.as_ref());
}

/// Somebody else claims that an order was paid.
pub(crate) fn forge(desk: &mut Desk<'_>, id: &str) {
    let Some(payment) = desk.state.espay.find(id).cloned() else { return };
    let claimed = Payment { end: Some(Status::Paid), ..payment };
    let Some(mut letter) = letter(desk, &claimed, (None, true)) else { return };
    letter.tries = usize::MAX;
    let fault = Armed::once(Provider::Espay, Fault::ForgedNotification);
    desk.state.outbox.post(letter, Some(&fault));
}

/// An inquiry may ask for the notification once more (`Y`), or say that the merchant has it (`N`).
pub(super) fn asked_for(desk: &mut Desk<'_>, payment: &Payment, wish: &str) {
    match wish {
        "Y" if payment.is_paid() => {
            if let Some(letter) = letter(desk, payment, (None, false)) {
                desk.state.outbox.post(letter, None);
            }
        }
        "N" => {
            if let Some(payment) = desk.state.espay.find_mut(&payment.id) {
                (payment.told, payment.suspect) = (true, false);
            }
        }
        _ => {}
    }
}

fn letter(
    desk: &Desk<'_>,
    payment: &Payment,
    (fault, forged): (Option<&Armed>, bool),
) -> Option<Letter> {
    let merchant = merchant(desk, &payment.merchant)?;
    let base = registered(desk, merchant)?;
    let fault = fault.map(|armed| armed.fault);
    let (url, body, manner) = match desk.settings.espay.callbacks {
        EspayCallbacks::Snap => {
            let sender = sender(merchant, &PAYMENTS, forged);
            (format!("{base}{PAYMENT}"), body(payment, fault), Manner::Snap(sender))
        }
        EspayCallbacks::Classic => {
            let wrong = fault == Some(Fault::WrongAmount) || lies(payment);
            let form = Classic::form(merchant, payment, (desk.now_ms, wrong, forged));
            (base, form.0, Manner::Classic(form.1))
        }
    };
    Some(Letter {
        provider: Provider::Espay,
        transaction: payment.id.clone(),
        reference: payment.reference.clone(),
        url,
        manner,
        body,
        due_ms: desk.now_ms,
        tries: 0,
        overtaken: false,
        fault: None,
    })
}

/// Who signs, and how.
pub(super) fn sender(merchant: &EspayMerchant, voice: &'static Voice, forged: bool) -> Sender {
    static KEYS: LazyLock<[Arc<PrivateKey>; 2]> = LazyLock::new(|| {
        [test_keys::ESPAY, test_keys::STRANGER]
            .map(|pem| Arc::new(PrivateKey::read(pem).expect("a test key can be read")))
    });
    let [own, stranger] = &*KEYS;
    Sender {
        voice,
        covers: Covers::Body,
        name: merchant.code.clone(),
        key: Arc::clone(if forged { stranger } else { own }),
        corrupt: false,
        stale: None,
    }
}

/// Amounts that end with 13 are told wrongly.
const fn lies(payment: &Payment) -> bool {
    payment.amount % 100 == 13
}

fn body(payment: &Payment, fault: Option<Fault>) -> String {
    let told = payment.amount + i64::from(lies(payment));
    let body = Body {
        partner_service_id: SERVICE_ID,
        customer_no: &payment.merchant,
        virtual_account_no: &payment.reference,
        trx_id: &payment.id,
        payment_request_id: &payment.request,
        paid_amount: rupiah(decimals(told)),
        total_amount: rupiah(decimals(told)),
        trx_date_time: stamp::write(payment.paid_ms.unwrap_or(payment.created_ms)),
        additional_info: Info {
            product_code: payment.product.code,
            payment_ref: &payment.wallet_ref,
            transaction_status: if payment.is_paid() { "S" } else { "F" },
        },
    };
    let Some(fault) = fault.filter(|fault| fault.bends_letters()) else {
        return serde_json::to_string(&body).unwrap_or_default();
    };
    let mut bent = serde_json::to_value(&body).unwrap_or_default();
    if let Value::Object(map) = &mut bent {
        tamper::bend_snap(fault, map);
    }
    bent.to_string()
}

/// Tells of a link that the merchant waits for.
pub(super) fn tell_of_binding(desk: &mut Desk<'_>, binding: &Binding) {
    let Some(merchant) = merchant(desk, &binding.merchant) else { return };
    let Some(base) = registered(desk, merchant) else { return };
    let body = json!({
        "partnerReferenceNo": binding.reference,
        "merchantId": binding.merchant,
        "additionalInfo": {
            "productCode": binding.product.code,
            "phoneNo": binding.phone,
            "accountToken": binding.token,
            "bindingStatus": "SUCCESS",
        },
    });
    let letter = Letter {
        provider: Provider::Espay,
        transaction: binding.consent.clone(),
        reference: binding.reference.clone(),
        url: format!("{base}{BINDING}"),
        manner: Manner::Snap(sender(merchant, &BINDINGS, false)),
        body: body.to_string(),
        due_ms: desk.now_ms,
        tries: 0,
        overtaken: false,
        fault: None,
    };
    desk.state.outbox.post(letter, None);
}

/// What Espay makes of what a merchant said to a notification.
pub(crate) fn answered(desk: &mut Desk<'_>, letter: &Letter, (verdict, said): (&Verdict, &[u8])) {
    let suspects = desk.settings.espay.does(EspayHabit::SuspectsTheUnanswered);
    let genuine = letter.fault != Some(Fault::ForgedNotification);
    let Some(payment) = desk.state.espay.find_mut(&letter.transaction) else { return };
    if !genuine || !payment.is_paid() || payment.told {
        return;
    }
    match verdict {
        Verdict::Taken => (payment.told, payment.suspect) = (true, false),
        Verdict::GivenUp(_) => {
            let body = Node::read(said);
            let paid_before = body.is_ok_and(|body| body.text("responseCode") == "4042514");
            payment.suspect = !paid_before;
            if paid_before {
                super::give_back(desk, &letter.transaction);
            }
        }
        Verdict::Refused(_) => payment.suspect = suspects && letter.tries >= GAPS_MS.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::products;
    use super::*;
    use crate::simulator::snap::rsa::PublicKey;
    use crate::simulator::snap::sign::hash;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    const SIGNATURES: &str = include_str!("../../../vectors/espay/signatures.json");
    const PUBLIC: &str = include_str!("../../../vectors/snap/keys/rfc7515-a2-public.pem");

    fn row(about: &str) -> Value {
        let table: Value = serde_json::from_str(SIGNATURES).unwrap();
        let rows = table["rows"].as_array().unwrap().iter();
        rows.clone().find(|row| row["about"].as_str().unwrap().starts_with(about)).unwrap().clone()
    }

    #[test]
    fn the_notification_of_the_document_is_written_byte_for_byte() {
        let payment = Payment {
            id: "ESP1763612130ABCDE".to_owned(),
            request: "7b0d2c3e-5d3b-4a53-9a2f-0c7d9e4f1a22".to_owned(),
            wallet_ref: "OVO0011223344".to_owned(),
            merchant: "SGWDEMOSHOP".to_owned(),
            product: products::by_code("OVOLINK").unwrap(),
            reference: "ORD20261120001".to_owned(),
            amount: 150_000,
            billed: true,
            phone: String::new(),
            token: None,
            return_url: None,
            until_ms: 0,
            created_ms: 0,
            paid_ms: stamp::read("2026-11-20T10:16:02+07:00"),
            end: Some(Status::Paid),
            reason: None,
            told: false,
            suspect: false,
        };
        assert_eq!(body(&payment, None), row("D:")["body"]);
    }

    #[test]
    fn every_signature_of_the_document_verifies_over_its_text() {
        let key = PublicKey::read(PUBLIC).unwrap();
        let table: Value = serde_json::from_str(SIGNATURES).unwrap();
        for row in table["rows"].as_array().unwrap() {
            let text = |name: &str| row[name].as_str().unwrap();
            let body = hash(text("body").as_bytes());
            assert_eq!(body, text("body_sha256"));
            let said = format!("{}:{}:{body}:{}", text("method"), text("path"), text("timestamp"));
            let signature = STANDARD.decode(text("signature")).unwrap();
            assert!(key.verifies(&said, &signature), "{}", row["about"]);
            assert!(!key.verifies(&said.to_uppercase(), &signature));
        }
    }
}
