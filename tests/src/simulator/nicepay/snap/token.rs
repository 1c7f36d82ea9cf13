//! Service 73: a token is lent for a quarter of an hour.
use super::door::{in_time, merchant_of};
use super::settings::NicepaySnapMerchant;
use crate::simulator::engine::Desk;
use crate::simulator::snap::body::Node;
use crate::simulator::snap::call::{Done, Incoming};
use crate::simulator::snap::code::{Case, Refusal};
use crate::simulator::snap::fields::{formed, present};
use crate::simulator::snap::headers;
use crate::simulator::snap::rsa::PublicKey;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

const HEADERS: [&str; 4] = ["Content-Type", "X-TIMESTAMP", "X-CLIENT-KEY", "X-SIGNATURE"];

/// The tokens that were lent: whose each is, and until when.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    lent: HashMap<String, (String, i64)>,
    count: u64,
}

impl Tokens {
    /// Whose token this is, while it lives.
    pub(super) fn holder(&self, token: &str, now_ms: i64) -> Option<&str> {
        self.lent.get(token).filter(|(_, until)| now_ms < *until).map(|(holder, _)| holder.as_str())
    }

    /// No token is good any more.
    pub(crate) fn revoke(&mut self) {
        self.lent.clear();
    }

    fn lend(&mut self, merchant: &str, now_ms: i64, life_ms: i64) -> String {
        self.count += 1;
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        let claims = format!(r#"{{"sub":"{merchant}","exp":{}}}"#, (now_ms + life_ms) / 1_000);
        let chance = Sha256::digest(format!("{merchant} {now_ms} {}", self.count));
        let parts = [head, URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode(chance)];
        let token = parts.join(".");
        self.lent.insert(token.clone(), (merchant.to_owned(), now_ms + life_ms));
        token
    }
}

/// Lends a token, or says why not.
pub(super) fn lend(desk: &mut Desk<'_>, incoming: &Incoming) -> Result<Done, Refusal> {
    let body = incoming.read()?;
    headers::present(&incoming.headers, &HEADERS)?;
    let said_ms = headers::moment(&incoming.headers)?;
    let merchant = merchant_of(desk, incoming.header("x-client-key"), "X-CLIENT-KEY")?;
    signed(incoming, &merchant)?;
    in_time(desk, said_ms)?;
    granted(body)?;
    let life_s = desk.settings.nicepay_snap.token_s;
    let now_ms = desk.now_ms;
    let tokens = &mut desk.state.nicepay.tokens;
    let token = tokens.lend(&merchant.merchant, now_ms, i64::from(life_s) * 1_000);
    let fields = json!({
        "accessToken": token,
        "tokenType": "Bearer",
        "expiresIn": life_s.to_string(),
        "additionalInfo": {},
    });
    Ok(Done {
        elsewhere: None,
        message: "Successful",
        fields: fields.as_object().cloned().unwrap_or_default(),
        transaction: None,
        warning: None,
    })
}

fn granted(body: &Node) -> Result<(), Refusal> {
    present(body, &["grantType"])?;
    let form = ("client_credentials", |text: &str| text == "client_credentials");
    formed(body, "grantType", form).map(drop)
}

fn signed(incoming: &Incoming, merchant: &NicepaySnapMerchant) -> Result<(), Refusal> {
    let (client, stamp) = (&merchant.merchant, incoming.header("x-timestamp"));
    let expected = format!("{client}|{stamp}");
    let wrong = |why: &str| {
        let why = format!("the signature is not over {expected:?}: {why}");
        Err(Case::unauthorised("Unauthorized. Signature").because(why))
    };
    let Ok(signature) = STANDARD.decode(incoming.header("x-signature")) else {
        return wrong("it is not base64");
    };
    let Some(key) = PublicKey::read(&merchant.public_key) else {
        return wrong("the merchant's key cannot be read");
    };
    if key.verifies(&expected, &signature) {
        return Ok(());
    }
    let mistakes = [
        (format!("{client}:{stamp}"), "it has a colon for the pipe"),
        (format!("{stamp}|{client}"), "it has the time in front"),
        (format!("{client}{stamp}"), "it has no pipe"),
        (format!("{client}|{stamp}\n"), "it ends with a line end"),
    ];
    let found = mistakes.iter().find(|(text, _)| key.verifies(text, &signature));
    wrong(found.map_or("another key, or no known mistake explains it", |(_, mistake)| mistake))
}
