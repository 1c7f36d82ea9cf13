//! What a timeline or a log may say of a message: names and harmless values, nothing that signs or
//! names a person.

use std::fmt::Write as _;

use serde_json::Value;

/// The longest text that is kept of one message.
const LENGTH_MAX: usize = 2000;

/// Parts of field names whose values are never written. Compared in lower case.
const SECRET: [&str; 14] = [
    "token",
    "key",
    "secret",
    "signature",
    "mandate",
    "password",
    "pin",
    "authorization",
    "cardno",
    // What comes back from a wallet's consent page, and is exchanged for an agreement.
    "authcode",
    // What is known of a customer beforehand, and its signature.
    "seamless",
    // Espay's name for the API key.
    "submerchantid",
    // The address that a browser comes back to ends with a token.
    "callback",
    "urlparam",
];
/// Whole field names whose values are never written.
const SECRET_WHOLE: [&str; 1] = ["state"];
/// What comes before the token in an address that a browser comes back to.
const RETURN: &str = "/return/";
/// Parts of field names whose values name a person; their ends are written, so that they can be
/// told apart.
const PERSONAL: [&str; 9] = [
    "phone",
    "email",
    "billingnm",
    "addr",
    "name",
    "userip",
    "msisdn",
    "mobilenumber",
    "customer_id",
];

/// A message's body with secrets masked: JSON and forms by field, anything else by its length.
pub fn body(bytes: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return format!("{} bytes that are no text", bytes.len());
    };
    let mut out = String::new();
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(fields)) => {
            for (name, value) in &fields {
                json(&mut out, name, value);
            }
        }
        _ if text.contains('=') && !text.contains(['<', '{', '\n']) => {
            for (name, value) in form_urlencoded::parse(bytes) {
                field(&mut out, &name, &value);
            }
        }
        _ => return format!("{} bytes that are neither JSON nor a form", bytes.len()),
    }
    cut(out)
}

/// Writes a value under its name, and what it is made of under names of their own: what is secret
/// inside an object stays secret.
fn json(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(value) => field(out, name, value),
        Value::Bool(_) | Value::Number(_) => field(out, name, &value.to_string()),
        Value::Array(values) => {
            for (at, value) in values.iter().enumerate() {
                json(out, &format!("{name}[{at}]"), value);
            }
        }
        Value::Object(fields) => {
            for (inner, value) in fields {
                json(out, &format!("{name}.{inner}"), value);
            }
        }
    }
}

fn field(out: &mut String, name: &str, value: &str) {
    let lower = name.to_ascii_lowercase();
    let is = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let shown = if value.is_empty() {
        String::new()
    } else if is(&SECRET) || SECRET_WHOLE.contains(&last(&lower)) {
        "•••".to_owned()
    } else if is(&PERSONAL) {
        ends(value)
    } else {
        without_tokens(value)
    };
    if !out.is_empty() {
        out.push(' ');
    }
    // Writing to a text cannot fail.
    let _ = write!(out, "{}={}", printable(name), printable(&shown));
}

/// The name of a field without those of the objects that it is in.
fn last(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

/// A value that may be an address: one of ours ends with a token, and one that came from a provider
/// may carry one in its query.
fn without_tokens(value: &str) -> String {
    for mark in [RETURN, "?"] {
        if let Some((start, _)) = value.split_once(mark) {
            return format!("{start}{mark}•••");
        }
    }
    value.to_owned()
}

fn ends(value: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    if chars.len() < 6 {
        return "•••".to_owned();
    }
    let tail: String = chars[chars.len() - 2..].iter().collect();
    format!("{}•••{tail}", chars[0])
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn cut(text: String) -> String {
    match text.char_indices().nth(LENGTH_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_signs_or_names_a_person_is_written() {
        let json = br#"{"tXid":"IONPAYTEST05","merchantToken":"f13aca","billingPhone":"081234567890","billingNm":"Siti Aminah","amt":"1000","mandateID":"IONPAYTEST1","callBackUrl":"https://pay.example/return/rt_1","redirectUrlApp":"ovo://x?token=abc","vacctNo":null}"#;
        let text = body(json);
        for secret in ["f13aca", "081234567890", "Siti Aminah", "IONPAYTEST1 ", "token=abc", "rt_1"]
        {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(text.contains("tXid=IONPAYTEST05") && text.contains("amt=1000"), "{text}");
        let form = body(b"tXid=1&merchantToken=f13aca&billingPhone=081234567890");
        assert_eq!(form, "tXid=1 merchantToken=••• billingPhone=0•••90");
    }

    #[test]
    fn what_is_secret_or_personal_inside_an_object_stays_so() {
        let json = br#"{"partnerReferenceNo":"pay_1","amount":{"value":"1000.00","currency":"IDR"},"urlParam":[{"url":"https://pay.example/return/rt_1","type":"PAY_RETURN"}],"additionalInfo":{"mitraCd":"LINK","redirectToken":"tok","billingNm":"Siti Aminah","customerPhone":"081234567890"}}"#;
        let text = body(json);
        for secret in ["tok ", "rt_1", "Siti Aminah", "081234567890"] {
            assert!(!text.contains(secret), "{text}");
        }
        for said in
            ["partnerReferenceNo=pay_1", "amount.value=1000.00", "additionalInfo.mitraCd=LINK"]
        {
            assert!(text.contains(said), "{text}");
        }
    }

    #[test]
    fn a_token_that_is_lent_is_not_written() {
        let lent = br#"{"responseCode":"2007300","accessToken":"eyJ.a.b","expiresIn":"900"}"#;
        assert_eq!(body(lent), "accessToken=••• expiresIn=900 responseCode=2007300");
    }

    #[test]
    fn nothing_that_links_a_wallet_is_written() {
        let json = br#"{"partnerReferenceNo":"lnk1","authCode":"ac-1","redirectUrl":"https://pay.example/return/rt_1?a=b","phoneNo":"6281234567890","subMerchantId":"0011","additionalInfo":{"productCode":"DANALINK","accountToken":"at_1","state":"8f3c","billingState":"Bali"},"accessTokenInfo":{"accessToken":"ut_1","refreshToken":"rf_1"},"linkageToken":"lt_1","bankCardToken":"bt_1"}"#;
        let text = body(json);
        for secret in [
            "ac-1",
            "rt_1",
            "6281234567890",
            "0011",
            "at_1",
            "8f3c",
            "ut_1",
            "rf_1",
            "lt_1",
            "bt_1",
        ] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        for said in ["productCode=DANALINK", "billingState=Bali", "https://pay.example/return/•••"]
        {
            assert!(text.contains(said), "{text}");
        }
        let query = body(b"redirectUrl=https%3A%2F%2Fpay.example%2Freturn%2Frt_1&state=8f3c&lang=id&seamlessData=%7B%7D&seamlessSign=abc");
        assert_eq!(
            query,
            "redirectUrl=https://pay.example/return/••• state=••• lang=id seamlessData=••• seamlessSign=•••"
        );
    }

    #[test]
    fn whatever_else_a_provider_says_is_only_counted() {
        assert_eq!(body(b"<html>secret=1</html>"), "21 bytes that are neither JSON nor a form");
        assert_eq!(body(&[0xff, 0xfe]), "2 bytes that are no text");
        assert!(
            body(format!(r#"{{"a":"{}"}}"#, "x".repeat(9000)).as_bytes()).chars().count() <= 2001
        );
    }
}
