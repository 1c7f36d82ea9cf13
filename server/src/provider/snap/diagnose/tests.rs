//! Each known mistake is made once, and named.

use std::collections::BTreeSet;
use std::rc::Rc;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::provider::snap::key::{PrivateKey, PublicKey, ShortKeys};

const KEY: &str = include_str!("../../../../../tests/vectors/snap/keys/rfc7515-a2-pkcs1.pem");
const PUBLIC: &str = include_str!("../../../../../tests/vectors/snap/keys/rfc7515-a2-public.pem");
const CLIENTS: &str = include_str!("../../../../../tests/vectors/snap/wrong-clients.json");
const SIGNATURES: &str = include_str!("../../../../../tests/vectors/snap/wrong-signatures.json");
const TIME: &str = "2023-08-24T17:07:05+07:00";

#[derive(Deserialize)]
struct Clients {
    rows: Vec<Client>,
}

#[derive(Deserialize)]
struct Client {
    source: String,
    body: String,
    sha256: String,
    mistake: String,
}

#[derive(Deserialize)]
struct Signatures {
    method: String,
    path: String,
    body: String,
    timestamp: String,
    rows: Vec<Form>,
}

/// One form of a signature.
#[derive(Deserialize)]
struct Form {
    source: String,
    signature: String,
    mistake: Option<String>,
}

fn key() -> PrivateKey {
    PrivateKey::read(&Secret::new(KEY.to_owned())).unwrap()
}

fn of_key() -> Witness {
    Witness::Key(PublicKey::read(PUBLIC, ShortKeys::Refused).unwrap())
}

fn names(witness: &Witness, case: &Case) -> Vec<&'static str> {
    let explanation = witness.explain(case);
    explanation.map_or_else(Vec::new, |it| it.mistakes.iter().map(|one| one.name).collect())
}

/// A symmetric message that has everything in it that clients stumble over.
fn rich() -> Case {
    let body = "{\"z\":\"Café &  co\",\"url\":\"https://m.example/cb\",\"a\":{},\"n\":10000.00}\n";
    let case = Case::new("POST", "/in/front/v1.0/debit/notify?x=1", body.as_bytes(), TIME, "");
    Case {
        token: Some(Rc::new(Secret::new("s3cret.t0ken".to_owned()))),
        hints: Rc::new(Hints {
            timestamps: vec!["2023-08-24T17:07:06+07:00".to_owned()],
            token: None,
            partner: Some("170041".to_owned()),
            host: Some("https://pay.example".to_owned()),
        }),
        ..case
    }
}

/// The base64 of ASCII, so that it can be decoded too.
const CLIENT_SECRET: &str = "bXljbGllbnRzZWNyZXQ=";

/// Signs a case as whoever made it did.
fn signed(case: &Case) -> String {
    let algorithm = match case.scheme {
        Scheme::Standard | Scheme::Pss => hmac::HMAC_SHA512,
        Scheme::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Scheme::OtherSize => hmac::HMAC_SHA256,
    };
    let key = match case.secret_form {
        SecretForm::Text => CLIENT_SECRET.as_bytes().to_vec(),
        SecretForm::Decoded => b"myclientsecret".to_vec(),
        SecretForm::LineEnd => format!("{CLIENT_SECRET}\n").into_bytes(),
    };
    STANDARD.encode(hmac::sign(&hmac::Key::new(algorithm, &key), &case.text()))
}

#[test]
fn each_wrong_client_is_named_by_its_hash() {
    let clients: Clients = serde_json::from_str(CLIENTS).unwrap();
    let path = "/v1.0/debit/payment-host-to-host";
    for Client { source, body, sha256, mistake } in clients.rows {
        let signature = key().sign(&format!("POST:{path}:{sha256}:{TIME}"));
        let case = Case::new("POST", path, body.as_bytes(), TIME, &signature);
        assert!(!of_key().confirms(&case), "{source}");
        assert_eq!(names(&of_key(), &case), [mistake], "{source}");
    }
}

#[test]
fn each_wrong_form_of_a_signature_is_named() {
    let vectors: Signatures = serde_json::from_str(SIGNATURES).unwrap();
    let Signatures { method, path, body, timestamp, rows } = vectors;
    for Form { source, signature, mistake } in rows {
        let case = Case::new(&method, &path, body.as_bytes(), &timestamp, &signature);
        assert_eq!(of_key().confirms(&case), mistake.is_none(), "{source}");
        if let Some(mistake) = mistake {
            assert_eq!(names(&of_key(), &case), [mistake], "{source}");
        }
    }
}

/// Mistakes that only another message shows: an asymmetric one, one without a body, one whose body
/// is written out or escaped, or one whose signature is in the wrong form.
const SHOWN_ELSEWHERE: &[&str] = &[
    "base64_of_hex",
    "base64_twice",
    "client_and_time_joined_otherwise",
    "empty_object",
    "hex_signature",
    "pss_padding",
    "rewritten_plain",
    "sent_unminified",
    "signature_encoded_for_an_address",
    "token_in_text",
    "url_safe_signature",
    "wrapped_signature",
];

#[test]
fn each_mistake_made_with_a_message_is_named() {
    let witness = Witness::Secret(Secret::new(CLIENT_SECRET.to_owned()));
    let case = rich();
    let mut named = BTreeSet::new();
    for mistake in mistakes() {
        for made in (mistake.make)(&case) {
            let signature = signed(&made);
            let case = case.with_signature(signature);
            if made.scheme == Scheme::Pss || witness.confirms(&case) {
                continue;
            }
            named.extend(names(&witness, &case));
            assert_eq!(names(&witness, &case).len(), 1, "{}", mistake.name);
        }
    }
    let missing: Vec<&str> =
        mistakes().map(|mistake| mistake.name).filter(|name| !named.contains(name)).collect();
    let elsewhere: BTreeSet<&str> = SHOWN_ELSEWHERE.iter().copied().collect();
    assert_eq!(missing.into_iter().collect::<BTreeSet<_>>(), elsewhere);
}

#[test]
fn mistakes_have_names_of_their_own() {
    let mut seen = BTreeSet::new();
    for mistake in mistakes() {
        assert!(seen.insert(mistake.name), "{}", mistake.name);
        assert!(!mistake.what.is_empty() && !mistake.instead.is_empty());
    }
    assert!(seen.len() > 40, "{}", seen.len());
}

#[test]
fn a_token_where_there_should_be_none_is_found() {
    let token = Rc::new(Secret::new("s3cret.t0ken".to_owned()));
    let mut case = Case::new("POST", "/v1.0/debit/status", b"{}", TIME, "");
    case.hints = Rc::new(Hints { token: Some(token.clone()), ..Hints::default() });
    let wrong = Case { token: Some(token), ..case.clone() };
    let text = String::from_utf8(wrong.text()).unwrap();
    case.signature = key().sign(&text);
    let explanation = of_key().explain(&case).unwrap();
    assert_eq!(explanation.mistakes[0].name, "token_in_text");
    let aloud = explanation.signed.text_aloud();
    assert!(aloud.contains(":[access token]:") && !aloud.contains("s3cret"), "{aloud}");
}

#[test]
fn client_and_time_are_all_that_a_token_is_asked_with() {
    let text = sign::client_and_time("IONPAYTEST", TIME);
    let case = Case::of_client_and_time("IONPAYTEST", TIME, &key().sign(&text));
    assert!(of_key().confirms(&case));
    for (text, mistake) in [
        (format!("{TIME}|IONPAYTEST"), "client_and_time_joined_otherwise"),
        ("IONPAYTEST|2023-08-24T10:07:05Z".to_owned(), "other_rendering_of_the_time"),
        ("IONPAYTEST|2023-08-24T10:07:05+07:00".to_owned(), "mislabelled_zone"),
    ] {
        let case = Case::of_client_and_time("IONPAYTEST", TIME, &key().sign(&text));
        assert_eq!(names(&of_key(), &case), [mistake]);
    }
}

#[test]
fn a_hash_of_an_empty_object_for_no_body_is_found() {
    let text = sign::without_token("GET", "/v1.0/balance", b"{}", TIME);
    let case = Case::new("GET", "/v1.0/balance", b"", TIME, &key().sign(&text));
    assert_eq!(names(&of_key(), &case), ["empty_object"]);
}

#[test]
fn a_body_sent_with_white_space_that_was_not_hashed_is_found() {
    let text = sign::without_token("POST", "/v1.0/x", br#"{"a":"b c"}"#, TIME);
    let case = Case::new("POST", "/v1.0/x", b"{\n  \"a\": \"b c\"\n}", TIME, &key().sign(&text));
    assert_eq!(names(&of_key(), &case), ["sent_unminified"]);
}

#[test]
fn two_mistakes_together_are_found() {
    let body = br#"{"url":"https://m.example"}"#;
    let wrong = br#"{"url":"https:\/\/m.example"}"#;
    let text = sign::without_token("POST", "/snap/v1.0/debit/status", wrong, TIME);
    let signature = hex::encode(STANDARD.decode(key().sign(&text)).unwrap());
    let case = Case::new("POST", "/v1.0/debit/status", body, TIME, &key().sign(&text));
    let mut both = names(&of_key(), &case);
    both.sort_unstable();
    assert_eq!(both, ["escaped_slashes", "path_prefix_left_in"]);
    let three = Case::new("POST", "/v1.0/debit/status", body, TIME, &signature);
    assert!(of_key().explain(&three).is_none());
}

#[test]
fn a_signature_of_something_else_is_not_explained() {
    let case = Case::new("POST", "/v1.0/x", b"{}", TIME, &key().sign("something else"));
    assert_eq!(names(&of_key(), &case), [""; 0]);
}

#[test]
fn a_body_that_is_no_json_is_no_trouble() {
    for body in [&b"\xff\xfe"[..], b"[", b"{\"a\":\"\\ud800\"}", b"[[[[[[1]]]]", b"1e999"] {
        let case = Case::new("POST", "/v1.0/x", body, "no time", &key().sign("something else"));
        assert_eq!(names(&of_key(), &case), [""; 0]);
    }
}

#[test]
fn a_body_that_some_receivers_write_otherwise_is_not_portable() {
    let names = |body: &str| -> Vec<&str> {
        pitfalls(body.as_bytes()).iter().map(|pitfall| pitfall.name).collect()
    };
    let none: [&str; 0] = [];
    assert_eq!(names(r#"{"a":"b/c d","n":15,"amount":{"value":"10000.00"}}"#), none);
    assert_eq!(names(""), none);
    assert_eq!(names("{\"a\":\"b\"}\n"), ["sent_unminified"]);
    assert_eq!(names("not JSON"), none);
    assert_eq!(names(r#"{"a":"Café"}"#), ["escaped_unicode"]);
    assert_eq!(names(r#"{"a": "b&c"}"#), ["sent_unminified", "go_marshal"]);
    assert_eq!(names(r#"{"a":10000.00}"#), ["numbers_rewritten"]);
    assert_eq!(names(r#"{"a":{}}"#), ["empty_lists"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn whatever_is_signed_a_wrong_signature_never_stands(
        body in any::<Vec<u8>>(),
        path in any::<String>(),
        time in any::<String>(),
        signature in any::<String>(),
    ) {
        let case = Case::new("POST", &path, &body, &time, &signature);
        let witness = Witness::Secret(Secret::new(CLIENT_SECRET.to_owned()));
        prop_assert!(!witness.confirms(&case));
        if let Some(explanation) = witness.explain(&case) {
            // A text that is no signature at all is named by its form, and by nothing else.
            prop_assert_eq!(explanation.signed.text(), case.text());
        }
    }
}
