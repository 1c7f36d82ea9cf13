//! Service 54: a payment is asked for, and gets a contract.
use super::channels::{self, Channel, Reach};
use super::contract::Contract;
use super::door::{self, Caller};
use crate::simulator::engine::Desk;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{formed, is_reference, present, rupiah};
use crate::simulator::snap::stamp;
use crate::simulator::view::Status;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

const MANDATORY: [&str; 10] = [
    "partnerReferenceNo",
    "amount",
    "amount.value",
    "amount.currency",
    "urlParam",
    "validUpTo",
    "additionalInfo",
    "additionalInfo.channel",
    "additionalInfo.customerPhone",
    "additionalInfo.customerName",
];
const URL_PARTS: [&str; 3] = ["url", "type", "isDeeplink"];

const MINUTE_MS: i64 = 60_000;
/// Three months, counted as the longest three are.
const THREE_MONTHS_MS: i64 = 92 * 24 * 60 * MINUTE_MS;

/// Makes a contract, or says why not.
pub(super) fn create(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let (caller, body) = door::enter(desk, incoming)?;
    complete(body)?;
    let wish = well_formed(body, desk.now_ms)?;
    let partner = &caller.partner.partner_id;
    if let Some(known) = desk.state.winpay.by_reference(partner, wish.reference) {
        let why =
            format!("partnerReferenceNo {} was used before, for {}", wish.reference, known.id);
        return Err(Case::duplicate_reference().because(why));
    }
    let contract = book(desk, &caller, (body, &wish));
    Ok(Done {
        elsewhere: None,
        message: "Success",
        fields: answer(desk, &contract),
        warning: caller.warning,
        transaction: Some(contract.id),
    })
}

fn complete(body: &Node) -> Result<(), Refusal> {
    present(body, &MANDATORY)?;
    for (place, item) in body.list("urlParam").iter().enumerate() {
        if let Some(part) = URL_PARTS.iter().find(|part| item.lacks(part)) {
            let why = format!("urlParam[{place}].{part} is missing or empty");
            return Err(Case::missing(&format!("urlParam.{part}")).because(why));
        }
    }
    Ok(())
}

/// What is asked for, read.
struct Wish<'a> {
    reference: &'a str,
    amount: i64,
    channel: &'static Channel,
    valid_up_to: &'a str,
    valid_up_to_ms: i64,
}

fn well_formed(body: &Node, now_ms: i64) -> Result<Wish<'_>, Refusal> {
    let reference = ("5 to 50 letters, digits, _ or -", |text: &str| is_reference(text, 5, 50));
    let reference = formed(body, "partnerReferenceNo", reference)?;
    let amount = ("10000.00 or 10000", |text: &str| rupiah(text, true).is_some());
    let amount = rupiah(formed(body, "amount.value", amount)?, true).unwrap_or_default();
    formed(body, "amount.currency", ("IDR", |text: &str| text == "IDR"))?;
    for (place, item) in body.list("urlParam").iter().enumerate() {
        url_param(item).map_err(|refusal| Refusal {
            why: format!("urlParam[{place}].{}", refusal.why),
            ..refusal
        })?;
    }
    let valid_up_to = formed(
        body,
        "validUpTo",
        ("a moment with its offset", |text: &str| stamp::read(text).is_some()),
    )?;
    let valid_up_to_ms = stamp::read(valid_up_to).unwrap_or_default();
    let left_ms = valid_up_to_ms - now_ms;
    if left_ms <= MINUTE_MS || left_ms > THREE_MONTHS_MS {
        let why = format!(
            "validUpTo must be more than 1 minute and at most 3 months from now, it is {} s",
            left_ms / 1_000
        );
        return Err(Case::bad_format("validUpTo").because(why));
    }
    let known =
        ("one of SC, OVO, DANA, SPAY, ASTRA", |text: &str| channels::by_code(text).is_some());
    let channel = formed(body, "additionalInfo.channel", known)?;
    formed(body, "additionalInfo.customerPhone", ("8 to 15 digits", is_phone))?;
    let name = "5 to 25 letters, digits, hyphens or spaces";
    formed(body, "additionalInfo.customerName", (name, is_name))?;
    let channel = channels::by_code(channel).unwrap_or(&channels::CHANNELS[0]);
    Ok(Wish { reference, amount, channel, valid_up_to, valid_up_to_ms })
}

fn url_param(item: &Node) -> Result<(), Refusal> {
    formed(item, "url", ("an http or https URL of at most 512 characters", is_url))?;
    let known = |text: &str| matches!(text, "PAY_NOTIFY" | "PAY_RETURN");
    formed(item, "type", ("PAY_NOTIFY or PAY_RETURN", known))?;
    formed(item, "isDeeplink", ("N", |text: &str| text == "N"))?;
    Ok(())
}

fn is_url(text: &str) -> bool {
    let web = text.starts_with("https://") || text.starts_with("http://");
    web && text.len() <= 512 && text.parse::<http::Uri>().is_ok()
}

fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b.is_ascii_whitespace();
    (5..=25).contains(&text.len()) && text.bytes().all(plain)
}

fn book(desk: &mut Desk<'_>, caller: &Caller, (body, wish): (&Node, &Wish<'_>)) -> Contract {
    let url = |kind: &str| {
        let wanted = |item: &&Node| item.text("type") == kind;
        body.list("urlParam").iter().find(wanted).map(|item| item.text("url").to_owned())
    };
    let contract = Contract {
        id: desk.state.winpay.new_id(wish.channel, desk.now_ms),
        partner: caller.partner.partner_id.clone(),
        merchant_id: caller.partner.merchant_id.clone(),
        channel: wish.channel,
        reference: wish.reference.to_owned(),
        amount: wish.amount,
        phone: body.text("additionalInfo.customerPhone").to_owned(),
        notify_url: url("PAY_NOTIFY"),
        return_url: url("PAY_RETURN"),
        valid_up_to: wish.valid_up_to.to_owned(),
        valid_up_to_ms: wish.valid_up_to_ms,
        created_ms: desk.now_ms,
        payment_no: None,
        end: None::<Status>,
    };
    desk.state.winpay.add(contract.clone());
    contract
}

fn answer(desk: &Desk<'_>, contract: &Contract) -> Map<String, Value> {
    let page = page(desk, contract);
    let app = match (contract.channel.app_scheme, contract.channel.reach) {
        (Some(scheme), Reach::Page) if desk.settings.winpay.app_links => {
            format!("{scheme}://pay?tx={}", contract.id)
        }
        (Some(_) | None, Reach::Page | Reach::Push) => String::new(),
    };
    let answer = json!({
        "partnerReferenceNo": contract.reference,
        "appRedirectUrl": app,
        "webRedirectUrl": page,
        "additionalInfo": {
            "contractId": contract.id,
            "expiredTime": contract.valid_up_to,
            "channel": contract.channel.code,
            "instructions": [],
        },
    });
    answer.as_object().cloned().unwrap_or_default()
}

/// The wallet's own page; its query has `&` and `=` within, as the real one's has.
fn page(desk: &Desk<'_>, contract: &Contract) -> String {
    match contract.channel.reach {
        Reach::Push => String::new(),
        Reach::Page => {
            let medium = STANDARD.encode(&contract.id);
            let (origin, method, id) = (desk.origin, contract.channel.method, &contract.id);
            format!("{origin}/wallet/{method}?type=start&tx={id}&source=web&medium_index={medium}")
        }
    }
}
