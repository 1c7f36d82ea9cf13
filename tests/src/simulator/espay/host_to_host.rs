//! Service 54: a payment is asked for, from a linked account or not.
use super::binding::{Binding, held};
use super::done;
use super::door;
use super::fields::{
    FEE, Form, IDR, MOMENT, PHONE, RUPIAH, Rule, UP_TO_16, UP_TO_32, UP_TO_64, UP_TO_128, URL,
    check, needed, optional, with_colon, wrong,
};
use super::merchant_info::sold;
use super::payment::{PUSH_MS, Payment};
use super::products::{Product, Reach};
use super::purse::Magic;
use super::settings::{EspayHabit, EspayMerchant, PayToken};
use crate::simulator::engine::Desk;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::rupiah;
use crate::simulator::snap::sender::uuid;
use crate::simulator::snap::stamp;
use serde_json::{Value, json};

const REFERENCE: Form = ("1 to 28 letters and digits", |text| {
    (1..=28).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
});
const PAY_RETURN: Form = ("PAY_RETURN", |text| text == "PAY_RETURN");
const NO_DEEPLINK: Form = ("N", |text| text == "N");
const REDIRECT: Form = ("REDIRECT", |text| text == "REDIRECT");
const NAME: Form = ("letters, digits and spaces, at most 64", |text| {
    text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ')
});
const EMAIL: Form = ("an address of at most 64 characters", |text| {
    text.len() <= 64 && text.is_ascii() && text.contains('@')
});
const BALANCE: Form = ("CASH", |text| text == "CASH");

const RULES: [Rule; 25] = [
    needed("partnerReferenceNo", REFERENCE),
    needed("merchantId", UP_TO_64),
    needed("subMerchantId", UP_TO_32),
    needed("amount.value", RUPIAH),
    needed("amount.currency", IDR),
    needed("urlParam.url", URL),
    needed("urlParam.type", PAY_RETURN),
    needed("urlParam.isDeeplink", NO_DEEPLINK),
    optional("validUpTo", MOMENT),
    optional("pointOfInitiation", UP_TO_32),
    needed("payOptionDetails.payMethod", UP_TO_32),
    needed("payOptionDetails.payOption", UP_TO_32),
    needed("payOptionDetails.transAmount.value", RUPIAH),
    needed("payOptionDetails.transAmount.currency", IDR),
    needed("payOptionDetails.feeAmount.value", FEE),
    needed("payOptionDetails.feeAmount.currency", IDR),
    needed("additionalInfo.payType", REDIRECT),
    optional("additionalInfo.userId", UP_TO_64),
    needed("additionalInfo.userName", NAME),
    needed("additionalInfo.userEmail", EMAIL),
    needed("additionalInfo.userPhone", PHONE),
    optional("additionalInfo.productCode", UP_TO_16),
    optional("additionalInfo.balanceType", BALANCE),
    optional("bankCardToken", UP_TO_128),
    optional("additionalInfo.accountToken", UP_TO_64),
];

/// How long a payment can be paid where the merchant does not say.
const USUAL_LIFETIME_MS: i64 = 900_000;

/// What is asked for, read.
struct Wish {
    reference: String,
    amount: i64,
    product: &'static Product,
    binding: Option<Binding>,
    until_ms: i64,
}

/// Makes a payment, or says why not.
pub(super) fn pay(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let merchant = door::enter(desk, incoming, "POST")?;
    let body = incoming.read()?;
    check(body, &RULES)?;
    let wish = read(desk, &merchant, body)?;
    let known = desk.state.espay.by_reference(&merchant.code, &wish.reference).cloned();
    let payment = match known {
        Some(known) if known.is_paid() => {
            let why =
                format!("partnerReferenceNo {} was paid before, as {}", known.reference, known.id);
            return Err(Case::duplicate_reference().because(why));
        }
        Some(known) if known.status(desk.now_ms).is_open() => same(known, &wish)?,
        Some(_) | None => book(desk, &merchant, (body, wish)),
    };
    if payment.amount % 100 == 99 {
        let why = format!("{} was made all the same, since its amount ends with 99", payment.id);
        return Err(Case::new(504, 0, "Timeout").because(why));
    }
    Ok(done(Some(payment.id.clone()), answer(desk, &payment)))
}

fn read(desk: &mut Desk<'_>, merchant: &EspayMerchant, body: &Node) -> Result<Wish, Refusal> {
    if body.text("merchantId") != merchant.code {
        let why = format!("merchantId must be {}, the merchant code", merchant.code);
        return Err(Case::new(404, 8, "Invalid Merchant").because(why));
    }
    if body.text("subMerchantId") != merchant.api_key {
        let why = "subMerchantId must be the API key";
        return Err(Case::unauthorised("Unauthorized. [API key]").because(why));
    }
    let amount = money(body, "amount.value");
    if money(body, "payOptionDetails.transAmount.value") != amount {
        let why = "payOptionDetails.transAmount differs from amount";
        return Err(wrong("payOptionDetails.transAmount", why));
    }
    let product = product(desk, body)?;
    let binding = token(desk, merchant, body)?;
    let binding = binding.map(|token| held(desk, merchant, &token)).transpose()?;
    if let Some(binding) = binding.as_ref().filter(|binding| binding.product != product) {
        let why = format!("the token is of {}, not of {}", binding.product.code, product.code);
        return Err(Case::new(404, 18, "Inconsistent Request").because(why));
    }
    if let Some(binding) = &binding {
        able(desk, binding, amount)?;
    }
    let until_ms = until(desk, (body, product))?;
    let reference = body.text("partnerReferenceNo").to_owned();
    if reference.len() > 20 {
        desk.hints.push("an order_id of classic services has at most 20 characters".to_owned());
    }
    Ok(Wish { reference, amount, product, binding, until_ms })
}

fn money(body: &Node, name: &str) -> i64 {
    rupiah(body.text(name), false).unwrap_or_default()
}

fn product(desk: &Desk<'_>, body: &Node) -> Result<&'static Product, Refusal> {
    let (bank, code) =
        (body.text("payOptionDetails.payMethod"), body.text("payOptionDetails.payOption"));
    let Some(product) = sold(desk, code) else {
        return Err(wrong("payOptionDetails.payOption", format!("{code:?} is not sold")));
    };
    if product.bank != bank {
        let why = format!("{code} is of the bank code {}, not {bank}", product.bank);
        return Err(wrong("payOptionDetails.payMethod", why));
    }
    let again = body.text("additionalInfo.productCode");
    if !again.is_empty() && again != code {
        let why = format!("productCode {again:?} differs from payOption {code:?}");
        return Err(wrong("additionalInfo.productCode", why));
    }
    Ok(product)
}

/// The token of the account that pays, where it stands where it is looked for.
fn token(
    desk: &Desk<'_>,
    merchant: &EspayMerchant,
    body: &Node,
) -> Result<Option<String>, Refusal> {
    let (card, account) = (body.text("bankCardToken"), body.text("additionalInfo.accountToken"));
    let token = match desk.settings.espay.pay_token {
        PayToken::BankCardToken => card,
        PayToken::AccountToken => account,
        PayToken::Either if card.is_empty() => account,
        PayToken::Either if account.is_empty() || account == card => card,
        PayToken::Either => {
            let why = format!("{} sends two tokens that differ", merchant.code);
            return Err(wrong("additionalInfo.accountToken", why));
        }
    };
    Ok(Some(token.to_owned()).filter(|token| !token.is_empty()))
}

/// The account may pay, and, where that is looked at here, has enough.
fn able(desk: &mut Desk<'_>, binding: &Binding, amount: i64) -> Result<(), Refusal> {
    let magic = Magic::of(&binding.phone);
    if magic == Some(Magic::Inactive) {
        return Err(Case::new(403, 5, "Do Not Honor").because("the account is not active"));
    }
    let cash = desk.state.espay.purses.of(binding.product.method, &binding.phone).cash;
    let poor = cash < amount || magic == Some(Magic::Poor);
    if poor && desk.settings.espay.does(EspayHabit::RefusesPoorAtOnce) {
        let why = format!("the account has {cash} rupiah, {amount} are to be paid");
        return Err(Case::new(403, 14, "Insufficient Funds").because(why));
    }
    Ok(())
}

fn until(desk: &Desk<'_>, (body, product): (&Node, &Product)) -> Result<i64, Refusal> {
    let said = stamp::read(&with_colon(body.text("validUpTo")));
    let until_ms = said.unwrap_or(desk.now_ms + USUAL_LIFETIME_MS);
    if until_ms <= desk.now_ms {
        return Err(wrong("validUpTo", "validUpTo has passed"));
    }
    let push_ms = desk.now_ms + PUSH_MS;
    Ok(if product.reach == Reach::Push { until_ms.min(push_ms) } else { until_ms })
}

/// The same order once more, as one asks whose first call was not answered.
fn same(known: Payment, wish: &Wish) -> Result<Payment, Refusal> {
    let token = wish.binding.as_ref().map(|binding| &binding.token);
    let alike = (known.amount, known.product) == (wish.amount, wish.product);
    if alike && known.token.as_ref() == token {
        return Ok(known);
    }
    let why = format!("{} is another payment, and still open", known.id);
    Err(Case::new(404, 18, "Inconsistent Request").because(why))
}

/// A payment that is not booked yet.
pub(super) fn new(desk: &mut Desk<'_>, merchant: &str, product: &'static Product) -> Payment {
    let digits = desk.state.espay.draw(15, desk.now_ms).to_uppercase();
    let id = format!("ESP{digits}");
    Payment {
        request: uuid(&id),
        wallet_ref: format!("{}{:010}", product.wallet.to_uppercase(), desk.state.espay.number()),
        id,
        merchant: merchant.to_owned(),
        product,
        reference: String::new(),
        amount: 0,
        billed: false,
        phone: String::new(),
        token: None,
        return_url: None,
        until_ms: desk.now_ms + USUAL_LIFETIME_MS,
        created_ms: desk.now_ms,
        paid_ms: None,
        end: None,
        reason: None,
        told: false,
        suspect: false,
    }
}

fn book(desk: &mut Desk<'_>, merchant: &EspayMerchant, (body, wish): (&Node, Wish)) -> Payment {
    let payment = Payment {
        reference: wish.reference,
        amount: wish.amount,
        phone: match &wish.binding {
            Some(binding) => binding.phone.clone(),
            None => body.text("additionalInfo.userPhone").to_owned(),
        },
        token: wish.binding.map(|binding| binding.token),
        return_url: Some(body.text("urlParam.url").to_owned()),
        until_ms: wish.until_ms,
        ..new(desk, &merchant.code, wish.product)
    };
    desk.state.espay.payments.push(payment.clone());
    payment
}

fn answer(desk: &mut Desk<'_>, payment: &Payment) -> Value {
    let (origin, id) = (desk.origin, &payment.id);
    let mut answer = json!({
        "partnerReferenceNo": payment.reference,
        "webRedirectUrl": format!("{origin}/espay/pay/{id}"),
        "approvalCode": desk.state.espay.draw(6, desk.now_ms),
    });
    if let Some(scheme) =
        payment.product.app_scheme.filter(|_| desk.settings.espay.does(EspayHabit::AppLinks))
    {
        answer["appRedirectUrl"] = json!(format!("{scheme}://pay?tx={id}"));
    }
    if desk.settings.espay.does(EspayHabit::QrCodes) || payment.product.reach == Reach::Page {
        let app = format!("{origin}/app/{}?tx={id}", payment.product.method);
        answer["qrContent"] = json!(app);
    }
    answer
}
