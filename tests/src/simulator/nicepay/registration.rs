//! `POST /nicepay/direct/v2/registration`: an order is checked in NICEPAY's order and gets a tXid.
use super::call::{Reply, nulls};
use super::cart::{self, Strictness};
use super::codes::{
    self, AMOUNT_MISSING, AMOUNT_NOT_INTEGER, DUPLICATE, MALFORMED, NOT_ACTIVATED, Refusal,
    UNKNOWN_MERCHANT, WALLET_PARAMETER,
};
use super::fields::{Fields, Rule, digits, rupiah, text};
use super::key_of;
use super::token::Formula;
use super::transaction::{Order, Transaction};
use super::wallets::{self, Reach, Wallet};
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::tamper::Answer;
use serde_json::json;

/// What must be there, in the order of the codes that miss it. `amt`, `timeStamp` and `merchantToken`
/// have checks of their own for their form.
const RULES: [Rule; 18] = [
    text("amt", 4_000, AMOUNT_MISSING),
    text("currency", 3, codes::CURRENCY_MISSING),
    text("referenceNo", 40, codes::REFERENCE_MISSING),
    text("goodsNm", 100, codes::GOODS_MISSING),
    text("billingNm", 100, codes::NAME_MISSING),
    digits("billingPhone", 15, codes::PHONE_MISSING),
    text("billingEmail", 40, codes::EMAIL_MISSING),
    text("dbProcessUrl", 255, codes::NOTIFY_MISSING),
    text("userIP", 45, codes::USER_IP_MISSING),
    text("billingCity", 50, codes::CITY_MISSING),
    text("billingState", 50, codes::STATE_MISSING),
    digits("billingPostCd", 10, codes::POST_CODE_MISSING),
    text("billingCountry", 10, codes::COUNTRY_MISSING),
    text("timeStamp", 4_000, MALFORMED),
    digits("payMethod", 2, MALFORMED),
    text("merchantToken", 255, MALFORMED),
    text("billingAddr", 100, MALFORMED),
    text("mitraCd", 4, MALFORMED),
];
/// Its form is checked last, with a code of its own.
const CART: [Rule; 1] = [text("cartData", 4_000, MALFORMED)];

/// Every key of an answer that NICEPAY is known to send.
const KEYS: &[&str] = &[
    "amt",
    "bankCd",
    "billingNm",
    "currency",
    "description",
    "goodsNm",
    "mitraCd",
    "payMethod",
    "payNo",
    "payValidDt",
    "payValidTm",
    "paymentExpDt",
    "paymentExpTm",
    "qrContent",
    "qrUrl",
    "referenceNo",
    "requestURL",
    "resultCd",
    "resultMsg",
    "tXid",
    "transDt",
    "transTm",
    "vacctNo",
    "vacctValidDt",
    "vacctValidTm",
];

/// Registers an order.
pub(crate) fn register(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    match checked(desk, fields) {
        Ok((wallet, amount)) => answer(&book(desk, fields, (wallet, amount))),
        Err(refusal) => Reply::refused(refusal),
    }
}

fn checked(desk: &mut Desk<'_>, fields: &Fields) -> Result<(&'static Wallet, i64), Refusal> {
    let key = known_merchant(desk, fields)?;
    fields.present(&RULES)?;
    fields.present(&CART)?;
    fields.require(&RULES)?;
    let amount = amount(fields)?;
    signed(fields, &key)?;
    let wallet = wallet(fields)?;
    if fields.get("currency") != "IDR" {
        return Err(Refusal::new(MALFORMED, "currency must be IDR"));
    }
    unused_reference(desk, fields)?;
    let quantities = wallet.code == "LINK";
    let strictness = Strictness { filled: desk.settings.strict_cart, quantities };
    cart::check(fields, amount, strictness, &mut desk.hints)?;
    Ok((wallet, amount))
}

/// The key of the merchant that calls.
pub(crate) fn known_merchant(desk: &Desk<'_>, fields: &Fields) -> Result<String, Refusal> {
    let merchant = fields.get("iMid");
    let key = key_of(desk, merchant);
    if key.is_empty() {
        let why = format!("iMid {merchant:?} is not a merchant here");
        return Err(Refusal::new(UNKNOWN_MERCHANT, why));
    }
    Ok(key.to_owned())
}

/// The amount, when it is one.
pub(crate) fn amount(fields: &Fields) -> Result<i64, Refusal> {
    rupiah(fields.get("amt")).ok_or_else(|| {
        let why = format!("amt must be 1 to 12 digits, it is {:?}", fields.get("amt"));
        Refusal::new(AMOUNT_NOT_INTEGER, why)
    })
}

fn signed(fields: &Fields, key: &str) -> Result<(), Refusal> {
    let parts = vec![
        ("timeStamp", fields.time_stamp()?),
        ("iMid", fields.get("iMid")),
        ("referenceNo", fields.get("referenceNo")),
        ("amt", fields.get("amt")),
    ];
    let lures =
        vec![("billingPhone", fields.get("billingPhone")), ("goodsNm", fields.get("goodsNm"))];
    Formula { parts, key, lures }.check(fields.get("merchantToken"))
}

fn wallet(fields: &Fields) -> Result<&'static Wallet, Refusal> {
    let (method, code) = (fields.get("payMethod"), fields.get("mitraCd"));
    if method != "05" {
        let why = format!("payMethod {method:?} is not activated, only 05 (e-wallet) is");
        return Err(Refusal::new(NOT_ACTIVATED, why));
    }
    match wallets::by_code(code) {
        Some(wallet) if wallet.reach == Reach::Linked => {
            let why = format!("{} is paid through linkInitiate.do, not registered", wallet.name);
            Err(Refusal::new(WALLET_PARAMETER, why))
        }
        Some(wallet) => Ok(wallet),
        None => {
            let why = format!("mitraCd {code:?} is not one of OVOE, DANA, LINK, ESHP");
            Err(Refusal::new(WALLET_PARAMETER, why))
        }
    }
}

/// The order number was not used before, where the merchant wants that checked.
pub(crate) fn unused_reference(desk: &Desk<'_>, fields: &Fields) -> Result<(), Refusal> {
    let (merchant, reference) = (fields.get("iMid"), fields.get("referenceNo"));
    let checks = desk.settings.refuse_duplicate_references;
    if checks && desk.state.nicepay.knows_reference(merchant, reference) {
        return Err(Refusal::new(DUPLICATE, format!("referenceNo {reference} was used before")));
    }
    Ok(())
}

/// Writes the order into the books.
pub(crate) fn book(
    desk: &mut Desk<'_>,
    fields: &Fields,
    (wallet, amount): (&'static Wallet, i64),
) -> Transaction {
    let merchant = fields.get("iMid");
    let (id, registered_ms) = desk.state.nicepay.new_id(merchant, desk.now_ms);
    let text = |name: &str| fields.get(name).to_owned();
    let order = Order { merchant, wallet, amount, text: &text };
    let transaction = Transaction::register(id, &order, registered_ms);
    desk.state.nicepay.add(transaction.clone());
    transaction
}

fn answer(transaction: &Transaction) -> Reply {
    let mut map = nulls(KEYS);
    for (key, value) in [
        ("resultCd", codes::SUCCESS.0.to_owned()),
        ("resultMsg", codes::SUCCESS.1.to_owned()),
        ("tXid", transaction.id.clone()),
        ("referenceNo", transaction.reference.clone()),
        ("payMethod", "05".to_owned()),
        ("amt", transaction.amount.to_string()),
        ("transDt", jakarta::date(transaction.registered_ms)),
        ("transTm", jakarta::time(transaction.registered_ms)),
        ("description", transaction.description.clone()),
    ] {
        map.insert(key.to_owned(), json!(value));
    }
    Reply::accepted(Answer::Json(map), &transaction.id)
}
