//! Service 24: Espay asks the merchant's server what an order costs, when its customer has come.
use super::callback::{merchant, registered, sender};
use super::payment::Payment;
use super::status::SERVICE_ID;
use crate::simulator::Simulator;
use crate::simulator::engine::Desk;
use crate::simulator::faults::Fault;
use crate::simulator::journal::{Direction, Entry, shortened};
use crate::simulator::snap::body::Node;
use crate::simulator::snap::fields::rupiah;
use crate::simulator::snap::sender::{Headers, Voice, uuid};
use crate::simulator::snap::stamp;
use crate::simulator::view::{Operation, Provider};
use serde::Serialize;
use std::time::Duration;

/// Behind the registered address.
const INQUIRY: &str = "/v1.0/transfer-va/inquiry";
const BILLS: Voice =
    Voice { channel: "ESPAY", uuids: true, taken: "2002400", given_up: &[], gaps_ms: &[] };
/// How long a merchant may take, in real time.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    partner_service_id: &'static str,
    customer_no: &'a str,
    virtual_account_no: &'a str,
    trx_date_init: String,
    inquiry_request_id: &'a str,
}

/// A question on its way.
struct Question {
    url: String,
    headers: Headers,
    body: String,
    id: String,
    entry: Entry,
}

/// Asks, unless the merchant has said it before; the error is for the customer.
pub(crate) async fn bill(sim: &Simulator, id: &str) -> Result<(), String> {
    if !sim.is_up(Provider::Espay) {
        return Err("Espay sedang tidak dapat dihubungi.".to_owned());
    }
    let Some(question) = sim.shared.change("", |desk| question(desk, id))? else { return Ok(()) };
    let mut request = sim.shared.client.post(&question.url).timeout(PATIENCE);
    for (name, value) in &question.headers {
        request = request.header(*name, value);
    }
    let heard = match request.body(question.body.clone()).send().await {
        Ok(answer) => {
            let status = answer.status().as_u16();
            answer.bytes().await.map(|body| (status, body)).map_err(|error| error.to_string())
        }
        Err(error) => Err(error.without_url().to_string()),
    };
    sim.shared.change("", |desk| written(desk, id, (question, heard)))
}

/// The question, where it has to be asked.
fn question(desk: &mut Desk<'_>, id: &str) -> Result<Option<Question>, String> {
    let missing = || "Tagihan tidak ditemukan.".to_owned();
    let payment = desk.state.espay.find(id).ok_or_else(missing)?.clone();
    if payment.billed || !payment.status(desk.now_ms).is_open() {
        return Ok(None);
    }
    let merchant = merchant(desk, &payment.merchant).ok_or_else(missing)?;
    let base = registered(desk, merchant);
    let base = base.ok_or("Toko belum mendaftarkan alamatnya di Espay.")?;
    let url = format!("{base}{INQUIRY}");
    let serial = desk.state.espay.number();
    let request_id = uuid(&format!("inquiry {serial}"));
    let body = serde_json::to_string(&Body {
        partner_service_id: SERVICE_ID,
        customer_no: &payment.merchant,
        virtual_account_no: &payment.reference,
        trx_date_init: stamp::write(desk.now_ms),
        inquiry_request_id: &request_id,
    });
    let body = body.unwrap_or_default();
    let played = |fault| matches!(fault, Fault::CorruptSignature | Fault::ForgedNotification);
    let fault = desk.state.faults.take(Provider::Espay, Operation::Bill, played);
    let fault = fault.map(|armed| armed.fault);
    let mut sender = sender(merchant, &BILLS, fault == Some(Fault::ForgedNotification));
    sender.corrupt = fault == Some(Fault::CorruptSignature);
    let headers = sender.headers((&url, &body), desk.now_ms, serial);
    let mut entry = entry(&payment, (&url, &body, &headers));
    entry.fault = fault;
    Ok(Some(Question { url, headers, body, id: request_id, entry }))
}

fn entry(payment: &Payment, (url, body, headers): (&str, &str, &Headers)) -> Entry {
    let mut entry = Entry::new(Provider::Espay, Direction::Out, Operation::Bill);
    url.clone_into(&mut entry.path);
    entry.reference.clone_from(&payment.reference);
    entry.transaction = Some(payment.id.clone());
    entry.fields = Node::read(body.as_bytes()).map(|body| body.shown()).unwrap_or_default();
    for (name, value) in headers.iter().filter(|(name, _)| name.starts_with("x-")) {
        let value = if *name == "x-signature" { shortened(value) } else { value.clone() };
        entry.fields.insert(name.to_uppercase(), value);
    }
    entry
}

/// Writes down what was said, and books what it costs.
fn written(
    desk: &mut Desk<'_>,
    id: &str,
    (question, heard): (Question, Result<(u16, bytes::Bytes), String>),
) -> Result<(), String> {
    let mut entry = question.entry;
    let said = match &heard {
        Ok((status, body)) => {
            entry.code = status.to_string();
            Node::read(body).and_then(|body| read(desk, id, (*status, &body, &question.id)))
        }
        Err(why) => Err(format!("no answer: {why}")),
    };
    if let Err(why) = &said {
        entry.refuse(why.clone());
    }
    desk.state.journal.write(desk.now_ms, entry);
    match said {
        Ok(amount) => {
            if let Some(payment) = desk.state.espay.find_mut(id) {
                (payment.amount, payment.billed) = (amount, true);
            }
            Ok(())
        }
        Err(_) => Err(sorry(heard)),
    }
}

/// What the merchant says it costs; the error is for the journal.
fn read(
    desk: &Desk<'_>,
    id: &str,
    (status, body, asked): (u16, &Node, &str),
) -> Result<i64, String> {
    let code = body.text("responseCode");
    if code != "2002400" || status != 200 {
        return Err(format!("the merchant answered {status} with the code {code:?}"));
    }
    let payment = desk.state.espay.find(id).ok_or("there is no such payment")?;
    let data = |name: &str| body.text(&format!("virtualAccountData.{name}")).to_owned();
    for (name, right) in [
        ("partnerServiceId", SERVICE_ID),
        ("customerNo", &payment.merchant),
        ("virtualAccountNo", &payment.reference),
        ("inquiryRequestId", asked),
        ("totalAmount.currency", "IDR"),
    ] {
        let said = data(name);
        if said != right {
            return Err(format!("virtualAccountData.{name} must be {right:?}, it is {said:?}"));
        }
    }
    if data("virtualAccountName").is_empty() {
        return Err("virtualAccountData.virtualAccountName is missing or empty".to_owned());
    }
    for item in body.list("virtualAccountData.billDetails") {
        for language in ["english", "indonesia"] {
            let text = item.text(&format!("billDescription.{language}"));
            if text.is_empty() || text.chars().count() > 18 {
                return Err(format!("billDescription.{language} has 1 to 18 characters"));
            }
        }
    }
    let total = data("totalAmount.value");
    rupiah(&total, false).ok_or_else(|| format!("totalAmount.value is {total:?}"))
}

/// What a customer reads where the merchant did not say what it costs.
fn sorry(heard: Result<(u16, bytes::Bytes), String>) -> String {
    let body = heard.ok().and_then(|(_, body)| Node::read(&body).ok());
    let code = body.map(|body| body.text("responseCode").to_owned()).unwrap_or_default();
    let why = match code.as_str() {
        "4042412" => "Tagihan tidak ditemukan di toko.",
        "4042414" => "Tagihan ini sudah dibayar.",
        "4042419" => "Tagihan ini sudah kedaluwarsa.",
        _ => "Toko tidak dapat memastikan tagihan ini.",
    };
    if code.is_empty() { why.to_owned() } else { format!("{why} ({code})") }
}
