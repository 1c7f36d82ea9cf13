//! `POST /nicepay/direct/v2/registration`: an order is checked in NICEPAY's order and gets a tXid.
use super::call::Reply;
use super::cart::{self, Strictness};
use super::codes::{
    self, AMOUNT_MISSING, AMOUNT_NOT_INTEGER, BAD_TOKEN, DUPLICATE, FAILED, MALFORMED,
    NOT_ACTIVATED, Refusal, STORE_TOKEN, STORE_TOO_LITTLE, UNKNOWN_MERCHANT, WALLET_PARAMETER,
};
use super::fields::{Fields, Rule, digits, rupiah, text};
use super::partners::{self, Family, Partner, Reach};
use super::token::Formula;
use super::transaction::{Order, Transaction};
use super::{counter, key_of, lending, registered, validity};
use crate::simulator::engine::Desk;
use crate::simulator::faults::Fault;
use crate::simulator::view::{Operation, Provider};

/// What must be there, in the order of the codes that miss it. `amt`, `timeStamp` and `merchantToken`
/// have checks of their own for their form.
const RULES: [Rule; 8] = [
    text("amt", 4_000, AMOUNT_MISSING),
    text("currency", 3, codes::CURRENCY_MISSING),
    text("referenceNo", 40, codes::REFERENCE_MISSING),
    text("goodsNm", 100, codes::GOODS_MISSING),
    text("billingNm", 100, codes::NAME_MISSING),
    digits("billingPhone", 15, codes::PHONE_MISSING),
    text("billingEmail", 40, codes::EMAIL_MISSING),
    text("dbProcessUrl", 255, codes::NOTIFY_MISSING),
];
/// Wallets and lenders want to know where the customer is.
const CALLER: [Rule; 1] = [text("userIP", 45, codes::USER_IP_MISSING)];
const ADDRESS: [Rule; 7] = [
    text("billingCity", 50, codes::CITY_MISSING),
    text("billingState", 50, codes::STATE_MISSING),
    digits("billingPostCd", 10, codes::POST_CODE_MISSING),
    text("billingCountry", 10, codes::COUNTRY_MISSING),
    text("timeStamp", 4_000, MALFORMED),
    digits("payMethod", 2, MALFORMED),
    text("merchantToken", 255, MALFORMED),
];
const PARTNER: [Rule; 2] = [text("billingAddr", 100, MALFORMED), text("mitraCd", 4, MALFORMED)];
/// Its form is checked last, with a code of its own.
const CART: [Rule; 1] = [text("cartData", 4_000, MALFORMED)];

/// What a registration comes to, once it has been checked.
struct Checked {
    partner: &'static Partner,
    amount: i64,
    valid_ms: Option<i64>,
}

/// Registers an order.
pub(crate) fn register(desk: &mut Desk<'_>, fields: &Fields) -> Reply {
    let Checked { partner, amount, valid_ms } = match checked(desk, fields) {
        Ok(checked) => checked,
        Err(refusal) => return Reply::refused(refusal),
    };
    let order = drawn_up(desk, fields, (partner, amount)).valid_until(valid_ms);
    let order = file(desk, order);
    registered::answer(desk, &order)
}

fn checked(desk: &mut Desk<'_>, fields: &Fields) -> Result<Checked, Refusal> {
    let key = known_merchant(desk, fields)?;
    let family = Family::by_pay_method(fields.get("payMethod"));
    let store = family == Some(Family::Store);
    let mut groups: Vec<&[Rule]> = vec![&RULES];
    groups.extend((!store).then_some(&CALLER[..]));
    groups.extend([&ADDRESS[..], &PARTNER]);
    let cart: &[&[Rule]] = if store { &[] } else { &[&CART] };
    let loan: &[&[Rule]] = if family == Some(Family::Lender) { &lending::RULES } else { &[] };
    fields.all_present(&[&groups, cart, loan].concat())?;
    fields.all_well_formed(&[&groups, loan].concat())?;
    let amount = amount(fields)?;
    signed(fields, &key).map_err(|refusal| by_its_old_code(desk, store, refusal))?;
    let partner = partner(desk, fields)?;
    if fields.get("currency") != "IDR" {
        return Err(Refusal::new(MALFORMED, "currency must be IDR"));
    }
    unused_reference(desk, fields)?;
    check_cart(desk, fields, (partner, amount))?;
    let valid_ms = match partner.family {
        Family::Store => {
            enough(desk, amount)?;
            validity::read(desk, fields)?
        }
        Family::Lender => {
            lending::check(fields, partner, &mut desk.hints)?;
            let valid_ms = validity::read(desk, fields)?;
            willing(desk, partner)?;
            valid_ms
        }
        Family::Wallet | Family::Hosted => None,
    };
    Ok(Checked { partner, amount, valid_ms })
}

/// A cart must be there for wallets and lenders; at a store it may be.
pub(super) fn check_cart(
    desk: &mut Desk<'_>,
    fields: &Fields,
    (partner, amount): (&Partner, i64),
) -> Result<(), Refusal> {
    if fields.get("cartData").is_empty() && fields.not_text("cartData").is_none() {
        return Ok(());
    }
    let quantities = partner.code == "LINK" || partner.family == Family::Lender;
    let filled = desk.settings.strict_cart && partner.family != Family::Store;
    cart::check(fields, amount, Strictness { filled, quantities }, &mut desk.hints)
}

fn enough(desk: &Desk<'_>, amount: i64) -> Result<(), Refusal> {
    let least = desk.settings.nicepay_v2.store_minimum;
    if amount < least {
        let why = format!("a store takes no less than {least}, amt is {amount}");
        return Err(Refusal::new(STORE_TOO_LITTLE, why));
    }
    Ok(())
}

/// A lender whose order begins here may turn it down here.
fn willing(desk: &mut Desk<'_>, lender: &Partner) -> Result<(), Refusal> {
    if lender.begins_at_registration && refused_by_lender(desk, Operation::Registration) {
        return Err(Refusal::new(FAILED, format!("{} took no order", lender.name)));
    }
    Ok(())
}

/// Whether the lender was told to take no order now.
pub(super) fn refused_by_lender(desk: &mut Desk<'_>, operation: Operation) -> bool {
    let unwilling = |fault| fault == Fault::LenderRefuses;
    desk.state.faults.take(Provider::Nicepay, operation, unwilling).is_some()
}

/// Stores once had a code of their own for a bad token.
fn by_its_old_code(desk: &Desk<'_>, store: bool, refusal: Refusal) -> Refusal {
    let old = store && desk.settings.nicepay_v2.legacy_codes && refusal.code == BAD_TOKEN;
    if old { Refusal::new(STORE_TOKEN, refusal.why) } else { refusal }
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

pub(super) fn signed(fields: &Fields, key: &str) -> Result<(), Refusal> {
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

fn partner(desk: &Desk<'_>, fields: &Fields) -> Result<&'static Partner, Refusal> {
    let (method, code) = (fields.get("payMethod"), fields.get("mitraCd"));
    let family = Family::by_pay_method(method).filter(|family| *family != Family::Hosted);
    let Some(family) = family else {
        let why = format!("payMethod {method:?} is not activated; 03, 05 and 06 are");
        return Err(Refusal::new(NOT_ACTIVATED, why));
    };
    let found = partners::of(family, code);
    if let Some(partner) = found.filter(|_| desk.settings.nicepay_v2.inactive.contains(&code)) {
        let why = format!("{} is not activated for this merchant", partner.name);
        return Err(Refusal::new(NOT_ACTIVATED, why));
    }
    match (found, family) {
        (Some(wallet), _) if wallet.reach == Reach::Linked => {
            let why = format!("{} is paid through linkInitiate.do, not registered", wallet.name);
            Err(Refusal::new(WALLET_PARAMETER, why))
        }
        (Some(partner), _) => Ok(partner),
        (None, Family::Wallet) => {
            let why = format!("mitraCd {code:?} is not one of OVOE, DANA, LINK, ESHP");
            Err(Refusal::new(WALLET_PARAMETER, why))
        }
        (None, Family::Store | Family::Lender | Family::Hosted) => {
            let why = format!("mitraCd {code:?} is no partner of payMethod {method}");
            Err(Refusal::new(NOT_ACTIVATED, why))
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

/// Writes a wallet's order into the books.
pub(crate) fn book(
    desk: &mut Desk<'_>,
    fields: &Fields,
    what: (&'static Partner, i64),
) -> Transaction {
    let order = drawn_up(desk, fields, what);
    desk.state.nicepay.add(order.clone());
    order
}

/// An order with a number, which is not in the books yet.
pub(super) fn drawn_up(
    desk: &mut Desk<'_>,
    fields: &Fields,
    (partner, amount): (&'static Partner, i64),
) -> Transaction {
    let merchant = fields.get("iMid");
    let numbered = (merchant, partner.family.pay_method());
    let (id, registered_ms) = desk.state.nicepay.new_id(numbered, desk.now_ms);
    let text = |name: &str| fields.get(name).to_owned();
    let order = Order { merchant, partner, amount, text: &text };
    Transaction::register(id, &order, registered_ms)
}

/// Writes an order into the books. A store's gets its number.
fn file(desk: &mut Desk<'_>, mut order: Transaction) -> Transaction {
    counter::number(desk, &mut order);
    desk.state.nicepay.add(order.clone());
    order
}
