//! The shop wants something paid.

use kasir_shared::api::merchant::{CreateSession, Item};
use kasir_shared::{MethodId, ProblemCode, Rupiah, SessionStatus};

use super::{FlowError, House};
use crate::merchant::{Merchant, Unfit};
use crate::store::SessionRecord;

/// How long a session lives where the shop does not say, in seconds.
const LIFETIME_S: u32 = 24 * 60 * 60;
/// The shortest and the longest life of a session, in seconds.
const LIFETIME_LIMITS_S: std::ops::RangeInclusive<u32> = 60..=7 * 24 * 60 * 60;
const ITEMS_MAX: usize = 100;
const METADATA_MAX: usize = 20;

/// Makes a session of what the shop asked for. It is not kept yet: whoever asked keeps it together
/// with the answer to its idempotency key.
pub fn create_session(
    house: &House,
    merchant: &Merchant,
    wanted: CreateSession,
) -> Result<SessionRecord, FlowError> {
    if wanted.amount.is_zero() {
        return Err(FlowError::field(ProblemCode::AmountInvalid, "amount.value"));
    }
    check_items(&wanted.items, wanted.amount)?;
    check_texts(&wanted)?;
    if !(wanted.return_url.is_secure() || house.development)
        || !merchant.may_return_to(&wanted.return_url)
    {
        return Err(FlowError::field(ProblemCode::ReturnUrlNotAllowed, "return_url"));
    }
    let lifetime_s = wanted.expires_in.unwrap_or(LIFETIME_S);
    if !LIFETIME_LIMITS_S.contains(&lifetime_s) {
        return Err(FlowError::field(ProblemCode::InvalidField, "expires_in"));
    }
    let methods = offered(merchant, wanted.methods.as_deref(), wanted.amount)?;
    let now = house.now();
    let client_token = house.dice.token("ct_");
    Ok(SessionRecord {
        id: house.dice.id(now),
        merchant: merchant.id.clone(),
        url: house.address(&format!("/c/{client_token}")),
        client_token,
        reference: wanted.reference,
        amount: wanted.amount,
        refunded: Rupiah::ZERO,
        items: wanted.items,
        customer: wanted.customer.unwrap_or_default(),
        return_url: wanted.return_url,
        methods,
        locale: wanted.locale,
        metadata: wanted.metadata,
        status: SessionStatus::Open,
        paid_twice: false,
        version: 1,
        created_at: now,
        updated_at: now,
        expires_at: now.plus_s(i64::from(lifetime_s)),
    })
}

fn check_items(items: &[Item], amount: Rupiah) -> Result<(), FlowError> {
    let invalid = |index: usize, name: &str| {
        FlowError::field(ProblemCode::InvalidField, format!("items[{index}].{name}"))
    };
    if items.len() > ITEMS_MAX {
        return Err(FlowError::field(ProblemCode::InvalidField, "items"));
    }
    let mut sum = Some(Rupiah::ZERO);
    for (index, item) in items.iter().enumerate() {
        if !is_text(&item.name, 100) {
            return Err(invalid(index, "name"));
        }
        if item.quantity == 0 {
            return Err(invalid(index, "quantity"));
        }
        let line = item.price.checked_mul(item.quantity);
        sum = sum.zip(line).and_then(|(sum, line)| sum.checked_add(line));
    }
    if items.is_empty() || sum == Some(amount) {
        return Ok(());
    }
    let note = sum.map(|sum| sum.to_string());
    Err(FlowError::Refused {
        code: ProblemCode::ItemsMismatch,
        field: Some("items".to_owned()),
        note,
    })
}

fn check_texts(wanted: &CreateSession) -> Result<(), FlowError> {
    if let Some(customer) = &wanted.customer {
        for (name, text) in [("name", &customer.name), ("email", &customer.email)] {
            if text.as_ref().is_some_and(|text| !is_text(text, 100)) {
                return Err(FlowError::field(
                    ProblemCode::InvalidField,
                    format!("customer.{name}"),
                ));
            }
        }
        if customer.email.as_ref().is_some_and(|email| !is_email(email)) {
            return Err(FlowError::field(ProblemCode::InvalidField, "customer.email"));
        }
    }
    let sound = wanted.metadata.len() <= METADATA_MAX
        && wanted
            .metadata
            .iter()
            .all(|(name, value)| is_text(name, 40) && value.chars().count() <= 500);
    if sound { Ok(()) } else { Err(FlowError::field(ProblemCode::InvalidField, "metadata")) }
}

fn is_text(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !text.contains(char::is_whitespace)
    })
}

/// The methods a session offers: those asked for, in that order, or all the merchant accepts. At
/// least one of them must take the amount.
fn offered(
    merchant: &Merchant,
    asked: Option<&[MethodId]>,
    amount: Rupiah,
) -> Result<Vec<MethodId>, FlowError> {
    let mut methods: Vec<MethodId> = Vec::new();
    match asked {
        None => methods.extend(merchant.routes.iter().map(|route| route.method)),
        Some(asked) => {
            for (index, method) in asked.iter().enumerate() {
                if merchant.route(*method).is_none() {
                    let field = format!("methods[{index}]");
                    return Err(FlowError::field(ProblemCode::MethodNotOffered, field));
                }
                if !methods.contains(method) {
                    methods.push(*method);
                }
            }
        }
    }
    if methods.is_empty() {
        return Err(FlowError::field(ProblemCode::InvalidField, "methods"));
    }
    let routes = methods.iter().filter_map(|method| merchant.route(*method));
    let unfit: Option<Vec<Unfit>> = routes.map(|route| route.unfit(amount)).collect();
    let Some(unfit) = unfit else { return Ok(methods) };
    let too_small = unfit.iter().filter_map(|unfit| match unfit {
        Unfit::TooSmall(min) => Some(*min),
        Unfit::TooLarge(_) => None,
    });
    let too_large = unfit.iter().filter_map(|unfit| match unfit {
        Unfit::TooLarge(max) => Some(*max),
        Unfit::TooSmall(_) => None,
    });
    let (code, limit) = match too_small.min() {
        Some(min) => (ProblemCode::AmountTooSmall, Some(min)),
        None => (ProblemCode::AmountTooLarge, too_large.max()),
    };
    let note = limit.map(|limit| limit.to_string());
    Err(FlowError::Refused { code, field: Some("amount.value".to_owned()), note })
}
