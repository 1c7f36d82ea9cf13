//! `kasir check --online`: asks a provider for the least that takes our credentials, and says in words
//! what is wrong.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::Response;
use http::header::DATE;
use kasir_server::courier::{CourierError, Peer};
use kasir_server::flow::House;
use kasir_server::provider::dialogue::Look;
use kasir_server::provider::{KeyFacts, NamedKey, Occasion, Provider, ProviderError};
use kasir_shared::Moment;

/// Seconds that two clocks may differ by before somebody minds.
const CLOCK_OFF_S: i64 = 60;

/// What came of asking.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Found {
    /// Whether the account can be used.
    pub(crate) accepted: bool,
    /// What to tell a person.
    pub(crate) lines: Vec<String>,
}

/// What is remembered of an answer.
#[derive(Clone, Copy, Debug)]
struct Seen {
    status: u16,
    /// Seconds that our clock is ahead of the provider's.
    ahead_s: Option<i64>,
}

/// Asks.
pub(crate) async fn ask(house: &House, provider: &dyn Provider) -> Found {
    let now = house.clock.now();
    let dialogue = match provider.probe(Occasion { at: now, chance: house.dice.draw() }) {
        Ok(dialogue) => dialogue,
        Err(error) => return found(&Err(error.into()), None, provider),
    };
    let last = Arc::new(Mutex::new(None::<Seen>));
    let look: Look = Arc::new({
        let (last, clock) = (Arc::clone(&last), Arc::clone(&house.clock));
        move |answer| {
            let seen = seen(answer, clock.now());
            *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        }
    });
    let carried = house.courier.carry(Peer::of(provider), dialogue.watched(&look)).await;
    let last = *last.lock().unwrap_or_else(PoisonError::into_inner);
    found(&carried.outcome, last, provider)
}

fn seen(answer: &Response<Bytes>, now: Moment) -> Seen {
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    let ahead_s = date.map(|date| now.unix_s().saturating_sub(date.timestamp().as_second()));
    Seen { status: answer.status().as_u16(), ahead_s }
}

/// What an outcome means to whoever configured the account.
fn found(outcome: &Result<(), CourierError>, seen: Option<Seen>, provider: &dyn Provider) -> Found {
    let mut lines = Vec::new();
    let clock = seen.and_then(|seen| seen.ahead_s).and_then(clock);
    match outcome {
        Ok(()) => lines.push(format!("online:       {} accepts us", provider.name())),
        Err(error) => {
            lines.push(format!("online:       {error}"));
            lines.push(format!("  {}", advice(error, seen)));
            let keys = provider.keys().into_iter().filter(|_| is_about_credentials(error));
            lines.extend(keys.filter_map(compare));
        }
    }
    let accepted = outcome.is_ok() && clock.is_none();
    lines.extend(clock);
    Found { accepted, lines }
}

/// What to do about an error.
fn advice(error: &CourierError, seen: Option<Seen>) -> String {
    let address = "is base_url the documents' address, with the prefix that this host wants (/snap, /nicepay) and no other?";
    match (error, seen) {
        (CourierError::Provider(ProviderError::Misconfigured { code, .. }), _) => {
            credentials(code).to_owned()
        }
        (CourierError::Provider(ProviderError::Unsendable { .. }), _) => {
            "the account's configuration makes a request that cannot be sent".to_owned()
        }
        (CourierError::Provider(_), Some(Seen { status: 404 | 405, .. })) => {
            format!("the host knows no such path: {address}")
        }
        (CourierError::Provider(_), Some(Seen { status, .. })) if status >= 500 => {
            format!("it has trouble of its own (HTTP {status}); try again later")
        }
        (CourierError::Provider(_), _) => {
            format!("somebody else answers there: {address}")
        }
        (_, None) => "nobody was reached: is base_url's host right, and may this machine call it? Providers keep lists of addresses that may".to_owned(),
        (_, Some(_)) => "it stopped answering in the middle; try again".to_owned(),
    }
}

/// What a provider's own code says is wrong: seven digits are SNAP BI's, four are NICEPAY's.
fn credentials(code: &str) -> &'static str {
    match (code.get(..3), code.get(5..7), code) {
        (Some("401"), Some("00"), _) => {
            "the signature is refused: the provider has another public key or client secret than those below, or knows them under another partner id; or it signs another path, or the clocks differ (kasir sign snap prints what we sign)"
        }
        (Some("401"), Some(_), _) => {
            "the access token is refused: are client id and client secret those of this host?"
        }
        (Some("403"), Some("01"), _) => {
            "the merchant is not set up for this service: write to the provider"
        }
        (Some("404"), Some("16" | "08"), _) => {
            "the partner id is unknown on this host: sandbox and production have different ones"
        }
        (Some("409"), Some("00"), _) => {
            "the external id was used today: somebody else calls with this partner id"
        }
        (Some("400"), Some(_), _) => {
            "the provider wants another message: is base_url the documents' address?"
        }
        (_, _, "9010" | "9225" | "9525") => {
            "the signature is refused: merchant_key is not this imid's on this host (kasir sign nicepay prints what we sign)"
        }
        (_, _, "9011") => {
            "imid is unknown on this host: sandbox and production have different ones"
        }
        _ => "the provider's documents say what this code means",
    }
}

const fn is_about_credentials(error: &CourierError) -> bool {
    matches!(error, CourierError::Provider(ProviderError::Misconfigured { .. }))
}

/// How a person compares a key with what the provider has.
fn compare(NamedKey { field, key }: NamedKey) -> Option<String> {
    match key {
        KeyFacts::Rsa(info) if info.kind.contains("private") => Some(format!(
            "  {field}: the provider's copy of our public key must print {} with `openssl pkey -pubin -in FILE -outform DER | sha256sum`",
            info.fingerprint
        )),
        KeyFacts::Rsa(_) => None,
        KeyFacts::Text(fingerprint) => Some(format!("  {field}: {fingerprint}")),
    }
}

fn clock(ahead_s: i64) -> Option<String> {
    let direction = if ahead_s > 0 { "ahead of" } else { "behind" };
    (ahead_s.abs() > CLOCK_OFF_S).then(|| {
        format!(
            "clock:        ours is {} s {direction} the provider's; signatures carry the time: set the clock (NTP)",
            ahead_s.abs()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misconfigured(code: &str) -> CourierError {
        ProviderError::Misconfigured { code: code.to_owned(), why: "" }.into()
    }

    fn unreadable() -> CourierError {
        ProviderError::Unreadable { why: "not JSON" }.into()
    }

    const fn with_status(status: u16) -> Seen {
        Seen { status, ahead_s: None }
    }

    #[test]
    fn a_providers_code_says_what_to_look_at() {
        for (code, hint) in [
            ("4015500", "public key"),
            ("4017300", "public key"),
            ("4015501", "client secret"),
            ("4045516", "partner id is unknown"),
            ("4035401", "not set up"),
            ("4095500", "external id"),
            ("4005502", "base_url"),
            ("9010", "merchant_key"),
            ("9011", "imid is unknown"),
            ("9999", "documents"),
            ("", "documents"),
        ] {
            let said = advice(&misconfigured(code), Some(with_status(200)));
            assert!(said.contains(hint), "{code}: {said}");
        }
    }

    #[test]
    fn an_answer_from_elsewhere_is_told_from_none_and_from_trouble() {
        for (error, seen, hint) in [
            (CourierError::Silence("no connection".to_owned()), None, "nobody was reached"),
            (
                CourierError::Silence("cut off".to_owned()),
                Some(with_status(200)),
                "stopped answering",
            ),
            (unreadable(), Some(with_status(404)), "no such path"),
            (unreadable(), Some(with_status(405)), "no such path"),
            (unreadable(), Some(with_status(502)), "trouble of its own (HTTP 502)"),
            (unreadable(), Some(with_status(200)), "somebody else answers"),
        ] {
            let said = advice(&error, seen);
            assert!(said.contains(hint), "{error}: {said}");
        }
    }

    #[test]
    fn a_clock_is_complained_of_once_it_is_off_by_more_than_a_minute() {
        for fine in [0, 1, -1, 60, -60] {
            assert_eq!(clock(fine), None, "{fine}");
        }
        assert!(clock(61).is_some_and(|said| said.contains("61 s ahead of")));
        assert!(clock(-3600).is_some_and(|said| said.contains("3600 s behind")));
    }

    #[test]
    fn a_date_that_cannot_be_read_says_nothing_of_the_clock() {
        let now = Moment::from_unix_s(1_700_000_000);
        let dated = |date: &str| {
            let answer = Response::builder().header(DATE, date).body(Bytes::new());
            seen(&answer.unwrap_or_default(), now).ahead_s
        };
        assert_eq!(dated("Tue, 14 Nov 2023 22:12:20 GMT"), Some(60));
        assert_eq!(dated("yesterday"), None);
        assert_eq!(seen(&Response::new(Bytes::new()), now).ahead_s, None);
    }
}
