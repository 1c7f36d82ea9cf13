//! The headers of a call, in the order in which they are looked at.
use super::code::{Case, Refusal};
use super::stamp;
use crate::simulator::engine::Desk;
use crate::simulator::jakarta;
use crate::simulator::view::Provider;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use std::collections::HashSet;

/// The text of a header; empty where it is missing or no text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
}

/// All these are there; the first that is not names the code.
pub(crate) fn present(headers: &HeaderMap, names: &[&'static str]) -> Result<(), Refusal> {
    match names.iter().find(|name| text(headers, name).is_empty()) {
        Some(name) => {
            Err(Case::missing(name).because(format!("the header {name} is missing or empty")))
        }
        None => json(headers),
    }
}

fn json(headers: &HeaderMap) -> Result<(), Refusal> {
    let media = text(headers, CONTENT_TYPE.as_str()).split(';').next().unwrap_or_default();
    if media.trim().eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let why = format!("the Content-Type must be application/json, it is {media:?}");
    Err(Case::bad_format("Content-Type").because(why))
}

/// None is longer than this.
pub(crate) fn short(headers: &HeaderMap, rules: &[(&'static str, usize)]) -> Result<(), Refusal> {
    for (name, most) in rules {
        let length = text(headers, name).len();
        if length > *most {
            let why = format!("{name} has {length} characters, at most {most} fit");
            return Err(Case::bad_format(name).because(why));
        }
    }
    Ok(())
}

/// The moment that the caller says it is.
pub(crate) fn moment(headers: &HeaderMap) -> Result<i64, Refusal> {
    let given = text(headers, "x-timestamp");
    stamp::read(given).ok_or_else(|| {
        let why = format!("X-TIMESTAMP must be a moment with its offset, it is {given:?}");
        Case::bad_format("X-TIMESTAMP").because(why)
    })
}

/// The caller's clock shows about our time.
pub(crate) fn in_time(said_ms: i64, now_ms: i64, skew_s: Option<u32>) -> Result<(), Refusal> {
    let apart_s = (said_ms - now_ms).abs() / 1_000;
    match skew_s {
        Some(most) if apart_s > i64::from(most) => {
            let why = format!("X-TIMESTAMP is {apart_s} s from our time, {most} are let pass");
            Err(Case::unauthorised("Unauthorized. Timestamp").because(why))
        }
        Some(_) | None => Ok(()),
    }
}

/// The external ids of which each partner has made use, by the day.
#[derive(Debug, Default)]
pub(crate) struct ExternalIds(HashSet<(Provider, String, String)>);

/// Within what an external id must not come twice.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Scope {
    /// All calls of a partner.
    #[default]
    Partner,
    /// The calls of a partner to one service.
    Service,
}

/// The external id was not used before on this day in Jakarta; now it is.
pub(crate) fn fresh(
    desk: &mut Desk<'_>,
    (provider, scope): (Provider, Scope),
    (partner, service): (&str, u8),
    external: &str,
) -> Result<(), Refusal> {
    let service = match scope {
        Scope::Partner => String::new(),
        Scope::Service => service.to_string(),
    };
    let day = jakarta::date(desk.now_ms);
    let whose = format!("{partner} {service} {day}");
    if desk.state.external_ids.0.insert((provider, whose, external.to_owned())) {
        return Ok(());
    }
    let why = format!("X-EXTERNAL-ID {external} was used before on {day}");
    Err(Case::same_external_id().because(why))
}
