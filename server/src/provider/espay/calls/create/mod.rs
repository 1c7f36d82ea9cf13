//! `POST /apimerchant/v1.0/debit/payment-host-to-host` (service 54): places an order that is paid on a
//! page, with a linked wallet or without.

use bytes::Bytes;
use kasir_shared::{AppUrl, MethodId, WebUrl};
use serde::{Deserialize, Serialize};

use super::super::account::is_email;
use super::super::dialect::TokenFields;
use super::super::methods::Product;
use super::super::status::{Flag, Found, Subject};
use super::super::text::customer_name;
use super::super::{Espay, is_reference};
use super::{Call, Heard, Host, Talk, merchant_info, status};
use crate::provider::snap::amount::Amount;
use crate::provider::snap::call::{self, Service};
use crate::provider::snap::code::{self, Course, Errand};
use crate::provider::snap::time;
use crate::provider::words::{present, unreadable};
use crate::provider::{
    Dialogue, FailureReason, Next, Occasion, Order, ProviderError, Refusal, Started,
};
use crate::secret::Secret;

const NUMBER: u8 = 54;
const CREATE: Call = Call {
    service: Service {
        number: NUMBER,
        operation: "create",
        path: "/apimerchant/v1.0/debit/payment-host-to-host",
    },
    host: Host::HostToHost,
};
/// The longest `bankCardToken` and the longest `accountToken`.
const TOKEN_MAX: (usize, usize) = (128, 64);
/// The longest address, by the standard.
const URL_MAX: usize = 512;
/// An order whose time is over so soon is not sent again.
const LEFT_MIN_S: i64 = 30;
/// Cases by which the wallet says that it does not accept the agreement, with their HTTP status: the
/// customer's token is invalid, or not known, or has to be set up anew.
const AGREEMENT_OVER: [(u16, u8); 5] = [(401, 2), (401, 3), (401, 4), (403, 10), (403, 22)];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Question<'a> {
    partner_reference_no: &'a str,
    merchant_id: &'a str,
    sub_merchant_id: &'a str,
    amount: Amount,
    url_param: UrlParam<'a>,
    valid_up_to: String,
    point_of_initiation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_card_token: Option<&'a str>,
    pay_option_details: Through<'a>,
    additional_info: AdditionalInfo<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UrlParam<'a> {
    url: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    is_deeplink: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Through<'a> {
    #[serde(rename = "payMethod")]
    bank: &'a str,
    #[serde(rename = "payOption")]
    product: &'a str,
    trans_amount: Amount,
    fee_amount: Amount,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdditionalInfo<'a> {
    pay_type: &'static str,
    user_name: String,
    user_email: &'a str,
    user_phone: String,
    product_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_token: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    partner_reference_no: Option<String>,
    web_redirect_url: Option<String>,
    app_redirect_url: Option<String>,
}

/// What an answer has to fit.
struct Sent {
    espay: Espay,
    subject: Subject,
    /// Whether an agreement was sent along.
    linked: bool,
    lifetime_s: u32,
}

/// Places an order. Where nobody knows the product's bank code, the list of products is asked for
/// first; silence to that can move no money.
pub(crate) fn ask(
    espay: &Espay,
    order: &Order,
    product: &Product,
    now: Occasion,
) -> Result<Dialogue<Started>, ProviderError> {
    let valid_up_to = product.valid_up_to(order.issued_at, order.expires_at);
    if now.at.plus_s(LEFT_MIN_S) > valid_up_to {
        return Ok(Dialogue::Done(Started::Orphaned));
    }
    let talk = Talk::new(espay, now);
    let known = order.catalogue.as_ref().and_then(|catalogue| catalogue.product(&product.code));
    if let Some(known) = known {
        return place(espay, talk, (order, product), &known.bank);
    }
    // What cannot be sent is not worth a question before it.
    body(espay, (order, product), "")?;
    let (again, order, product) = (espay.clone(), order.clone(), product.clone());
    let asked =
        merchant_info::look(talk, &espay.account.api_key, move |talk, catalogue| match catalogue
            .product(&product.code)
        {
            Some(found) => place(&again, talk, (&order, &product), &found.bank),
            None => Ok(Dialogue::Done(Started::Refused(not_sold(&product.code)))),
        })?;
    Ok(asked.or_if_unheard(Started::Busy))
}

/// The merchant does not have the product that is configured.
fn not_sold(product: &str) -> Refusal {
    let code = format!("{product} is not among the merchant's products");
    Refusal { code, reason: FailureReason::NotSupported }
}

fn place(
    espay: &Espay,
    talk: Talk,
    (order, product): (&Order, &Product),
    bank: &str,
) -> Result<Dialogue<Started>, ProviderError> {
    let body = body(espay, (order, product), bank)?;
    let valid_up_to = product.valid_up_to(order.issued_at, order.expires_at);
    let sent = Sent {
        espay: espay.clone(),
        subject: Subject {
            reference: order.reference.clone(),
            method: order.method,
            amount: order.amount,
            issued_at: order.issued_at,
        },
        linked: order.mandate.is_some(),
        lifetime_s: valid_up_to.seconds_after(talk.at()),
    };
    talk.ask(&CREATE, body, move |talk, heard| sent.read(talk, heard))
}

fn body(
    espay: &Espay,
    (order, product): (&Order, &Product),
    bank: &str,
) -> Result<Bytes, ProviderError> {
    let unsendable = |why| Err(ProviderError::Unsendable { why });
    if !is_reference(&order.reference) {
        return unsendable("order number is not 1 to 20 letters and digits");
    }
    if order.amount.is_zero() {
        return unsendable("amount is nothing");
    }
    if order.return_url.as_str().len() > URL_MAX {
        return unsendable("our own address is too long");
    }
    let account = &espay.account;
    let (bank_card_token, account_token) =
        tokens(order.mandate.as_ref(), account.dialect.token_fields)?;
    let email = order.payer.email.as_deref().filter(|email| is_email(email));
    call::body(&Question {
        partner_reference_no: &order.reference,
        merchant_id: &account.merchant_code,
        sub_merchant_id: account.api_key.expose(),
        amount: Amount::of(order.amount),
        url_param: UrlParam {
            url: order.return_url.as_str(),
            kind: "PAY_RETURN",
            is_deeplink: "N",
        },
        valid_up_to: time::jakarta(product.valid_up_to(order.issued_at, order.expires_at)),
        point_of_initiation: "Website",
        bank_card_token,
        pay_option_details: Through {
            bank,
            product: &product.code,
            trans_amount: Amount::of(order.amount),
            fee_amount: Amount::of(kasir_shared::Rupiah::ZERO),
        },
        additional_info: AdditionalInfo {
            pay_type: "REDIRECT",
            user_name: customer_name(order.payer.name.as_deref()),
            user_email: email.unwrap_or(&account.customer_email),
            user_phone: espay.phone(order.payer.phone.as_ref().unwrap_or(&account.customer_phone)),
            product_code: &product.code,
            balance_type: product.balance_type.as_deref(),
            account_token,
        },
    })
}

/// `bankCardToken` and `additionalInfo.accountToken`. Where both are sent, one that is too long for
/// the narrower field is sent in the other alone.
fn tokens(
    mandate: Option<&Secret>,
    fields: TokenFields,
) -> Result<(Option<&str>, Option<&str>), ProviderError> {
    let Some(token) = mandate.map(Secret::expose) else { return Ok((None, None)) };
    let (card, account) = (token.len() <= TOKEN_MAX.0, token.len() <= TOKEN_MAX.1);
    match fields {
        TokenFields::Both if card => Ok((Some(token), Some(token).filter(|_| account))),
        TokenFields::BankCardToken if card => Ok((Some(token), None)),
        TokenFields::AccountToken if account => Ok((None, Some(token))),
        TokenFields::Both | TokenFields::BankCardToken | TokenFields::AccountToken => {
            Err(ProviderError::Unsendable { why: "the agreement's token is too long" })
        }
    }
}

impl Sent {
    fn read(self, talk: Talk, heard: Heard) -> Result<Dialogue<Started>, ProviderError> {
        let answer = heard?;
        if self.linked && agreement_is_over(&answer) {
            let code = answer.verbatim().to_owned();
            let refusal = Refusal { code, reason: FailureReason::LinkGone };
            return Ok(Dialogue::Done(Started::Refused(refusal)));
        }
        match course(&answer) {
            Course::Read => self.placed(talk, &answer.body()?),
            Course::Refused => Ok(Dialogue::Done(Started::Refused(answer.refusal()))),
            Course::Mend => Err(answer.mistake()),
            Course::Again => Ok(Dialogue::Done(Started::Busy)),
            Course::Taken => self.taken(talk),
            Course::Unsure | Course::NotKnown => {
                unreadable("nobody knows whether the order was placed")
            }
        }
    }

    fn placed(self, talk: Talk, answer: &Answer) -> Result<Dialogue<Started>, ProviderError> {
        let theirs = present(answer.partner_reference_no.as_ref());
        if theirs.is_some_and(|theirs| theirs != self.subject.reference) {
            return unreadable("partnerReferenceNo is not ours");
        }
        match present(answer.web_redirect_url.as_ref()) {
            Some(web) => {
                let app = present(answer.app_redirect_url.as_ref());
                Ok(Dialogue::Done(self.started(next(self.subject.method, web, app)?)))
            }
            // An agreement may have been charged without a page; nobody else can have paid.
            None if self.linked => self.taken(talk),
            None => unreadable("there is no address to pay at"),
        }
    }

    /// The number is taken: an earlier call of ours was heard, whose answer was lost. What may have
    /// been charged is watched; an order that nobody has the way to is placed under another number.
    fn taken(self, talk: Talk) -> Result<Dialogue<Started>, ProviderError> {
        let (espay, subject) = (self.espay.clone(), self.subject.clone());
        status::look(&espay, talk, &subject, move |_, found| {
            Ok(Dialogue::Done(match found {
                Found::At(Flag::Success) => self.started(Next::Wait),
                Found::At(Flag::Failed) => {
                    let (code, reason) = ("F".to_owned(), FailureReason::Declined);
                    Started::Refused(Refusal { code, reason })
                }
                Found::At(flag) if flag.is_in_doubt() => self.started(Next::Wait),
                Found::At(Flag::InProcess) if self.linked => self.started(Next::Wait),
                Found::At(_) => Started::ReferenceTaken,
                Found::Nothing | Found::Other(_) | Found::Busy => {
                    return unreadable("nobody knows what is under the order number");
                }
            }))
        })
    }

    const fn started(&self, next: Next) -> Started {
        Started::Placed { transaction: None, next, lifetime_s: Some(self.lifetime_s) }
    }
}

fn agreement_is_over(answer: &code::Answer) -> bool {
    answer.code.is_some_and(|code| {
        code.service == NUMBER && AGREEMENT_OVER.contains(&(code.http, code.case))
    })
}

/// The standard's table, and what is on its way with a page to follow.
fn course(answer: &code::Answer) -> Course {
    match answer.code {
        Some(code) if (code.http, code.service, code.case) == (202, NUMBER, 0) => Course::Read,
        Some(_) | None => answer.course_at(NUMBER, Errand::Create),
    }
}

/// Where the customer goes: the wallet's own app where the address is one of its own, and a page.
fn next(method: MethodId, web: &str, app: Option<&str>) -> Result<Next, ProviderError> {
    let Ok(web_url) = web.parse::<WebUrl>() else {
        return unreadable("webRedirectUrl is no web address");
    };
    let own = |url: &AppUrl| method.row().app.as_ref().is_some_and(|app| app.owns(url));
    let app = app.and_then(|text| text.parse().ok()).filter(own);
    Ok(match app {
        Some(app_url) => Next::OpenApp { app_url, web_url },
        None => Next::Redirect(web_url),
    })
}

#[cfg(test)]
mod tests;
