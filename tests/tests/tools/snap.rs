//! `kasir verify snap` and `kasir sign snap`.

use serde_json::Value;

use crate::{Said, json, kasir, key};

const TIME: &str = "2023-08-24T17:07:05+07:00";
const PATH: &str = "/v1.0/debit/payment-host-to-host";
const BODY: &[u8] = br#"{"url":"https://test1.bi.go.id/v1/test","customerName":"Chus Pandi"}"#;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Verifies a row of the published signatures.
fn published(row: &Value) -> Said {
    let mut arguments = vec!["verify", "snap", "--allow-short-key", "--key"];
    let key = key(text(&row["key"]).replace("pkcs1", "public").as_str());
    arguments.extend([key.as_str(), "--signature", text(&row["signature"])]);
    if let Some((client, time)) = row["text"].as_str().and_then(|text| text.split_once('|')) {
        arguments.extend(["--client-and-time", "--partner", client, "--timestamp", time]);
        return kasir(&arguments, &[], b"");
    }
    arguments.extend(["--method", text(&row["method"]), "--path", text(&row["path"])]);
    arguments.extend(["--timestamp", text(&row["timestamp"])]);
    kasir(&arguments, &[], text(&row["body"]).as_bytes())
}

/// Signs with the published test key: the signature.
fn signed(path: &str, time: &str, body: &[u8]) -> String {
    let key = key("rfc7515-a2-pkcs1.pem");
    let arguments = ["sign", "snap", "--key", &key, "--path", path, "--timestamp", time];
    let said = kasir(&arguments, &[], body);
    assert_eq!(said.code, Some(0), "{}", said.text);
    let line = said.text.lines().find_map(|line| line.strip_prefix("X-SIGNATURE: "));
    line.unwrap().to_owned()
}

/// Verifies with its public half.
fn verified(method: &str, signature: &str, more: &[&str], body: &[u8]) -> Said {
    let key = key("rfc7515-a2-public.pem");
    let mut arguments = vec!["verify", "snap", "--key", &key, "--method", method, "--path", PATH];
    arguments.extend(["--timestamp", TIME, "--signature", signature]);
    arguments.extend(more);
    kasir(&arguments, &[], body)
}

#[test]
fn published_signatures_stand_or_fall_as_their_documents_say() {
    let vectors = json("snap/signatures.json");
    let rows = vectors["rows"].as_array().unwrap();
    for row in rows.iter().filter(|row| row["key"].is_string()) {
        let said = published(row);
        let code = i32::from(row["verifies"] != true);
        assert_eq!(said.code, Some(code), "{}: {}", row["source"], said.text);
    }
}

#[test]
fn a_callback_whose_path_was_cut_is_told_what_was_signed() {
    let vectors = json("snap/signatures.json");
    let mut golden = vectors["rows"][0].clone();
    golden["path"] = format!("/proxy{}", text(&golden["path"])).into();
    let said = published(&golden);
    assert_eq!(said.code, Some(1));
    said.has(&["mistake: path_prefix_missing", "POST:/sandbox_prod/url_listener.php/v1.0/"]);
}

#[test]
fn a_short_key_and_the_wrong_half_are_refused_with_what_to_do() {
    for (name, hint) in [
        ("winpay-sandbox-1023.pem", "--allow-short-key"),
        ("rfc7515-a2-pkcs1.pem", "openssl pkey -in FILE -pubout"),
    ] {
        let key = key(name);
        let arguments = ["verify", "snap", "--key", &key, "--path", PATH, "--timestamp", TIME];
        let said = kasir(&[&arguments[..], &["--signature", "x"]].concat(), &[], BODY);
        assert_eq!(said.code, Some(1));
        said.has(&["kasir: --key: ", hint]);
    }
    let public = key("midtrans-demo.pem");
    let said = kasir(&["sign", "snap", "--key", &public, "--path", PATH], &[], BODY);
    assert_eq!(said.code, Some(1));
    said.has(&["--key: is a public key"]);
}

#[test]
fn each_common_mistake_is_named_and_a_right_signature_stands() {
    assert_eq!(verified("POST", &signed(PATH, TIME, BODY), &[], BODY).code, Some(0));
    let slashes = String::from_utf8(BODY.to_vec()).unwrap().replace('/', "\\/");
    let glued = String::from_utf8(BODY.to_vec()).unwrap().replace(' ', "");
    let other = "2023-08-24T17:07:09+07:00";
    for (signature, more, mistake) in [
        (signed(PATH, TIME, slashes.as_bytes()), &[][..], "escaped_slashes"),
        (signed(PATH, TIME, glued.as_bytes()), &[], "stripped_spaces"),
        (signed(&format!("/snap{PATH}"), TIME, BODY), &[], "path_prefix_left_in"),
        (signed(PATH, "2023-08-24T10:07:05Z", BODY), &[], "other_rendering_of_the_time"),
        (signed(PATH, other, BODY), &["--timestamp", other], "other_timestamp"),
    ] {
        let said = verified("POST", &signature, more, BODY);
        assert_eq!(said.code, Some(1), "{mistake}: {}", said.text);
        said.has(&[&format!("mistake: {mistake}: "), "instead: "]);
    }
    let said = verified("GET", &signed(PATH, TIME, BODY), &[], BODY);
    said.has(&["mistake: other_method"]);
    let said = verified("POST", &signed(PATH, TIME, b"another body"), &[], BODY);
    assert_eq!(said.code, Some(1));
    said.has(&["No known mistake explains it"]);
}

#[test]
fn the_symmetric_type_is_signed_and_verified_without_printing_a_secret() {
    let vectors = json("snap/signatures.json");
    let rows = vectors["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["secret"].is_string() && row["verifies"] == true);
    let row = row.unwrap();
    let environment = [("SECRET", text(&row["secret"])), ("TOKEN", text(&row["token"]))];
    let shared = ["--secret", "env:SECRET", "--access-token", "env:TOKEN"];
    let (path, time) = (text(&row["path"]), text(&row["timestamp"]));
    let message = ["--path", path, "--timestamp", time];
    let body = text(&row["body"]).as_bytes();

    let said = kasir(&[&["sign", "snap"], &shared[..], &message].concat(), &environment, body);
    assert_eq!(said.code, Some(0), "{}", said.text);
    said.has(&[&format!("X-SIGNATURE: {}", text(&row["signature"]))]);
    said.lacks(&[text(&row["secret"]), text(&row["token"])]);

    let signature = ["--signature", text(&row["signature"])];
    let verify = [&["verify", "snap"], &shared[..], &message, &signature].concat();
    let said = kasir(&verify, &environment, body);
    assert_eq!(said.code, Some(0), "{}", said.text);
    said.lacks(&[text(&row["secret"]), text(&row["token"])]);

    let environment = [environment[0], ("TOKEN", "another.token")];
    let said = kasir(&verify, &environment, body);
    assert_eq!(said.code, Some(1));
    said.lacks(&["another.token"]);
}

#[test]
fn a_secret_that_is_nowhere_is_named_by_its_flag() {
    let arguments = ["verify", "snap", "--secret", "env:NONE", "--access-token", "/no/such/file"];
    let message = ["--path", PATH, "--timestamp", TIME, "--signature", "x"];
    let said = kasir(&[&arguments[..], &message].concat(), &[], BODY);
    assert_eq!(said.code, Some(1));
    said.has(&["kasir: --access-token: /no/such/file"]);
    let said = kasir(&["sign", "snap", "--key", "env:NONE", "--path", PATH], &[], BODY);
    said.has(&["kasir: --key: the environment has no NONE"]);
}

#[test]
fn a_path_that_is_a_whole_address_and_an_endless_body_are_refused() {
    let key = key("rfc7515-a2-pkcs1.pem");
    let sign = |path: &str, body: &[u8]| {
        kasir(&["sign", "snap", "--key", &key, "--path", path], &[], body)
    };
    let said = sign("https://snap.winpay.id/v1.0/debit/status", BODY);
    assert_eq!(said.code, Some(1));
    said.has(&["kasir: --path: begins with a slash"]);
    let said = sign(PATH, &vec![b' '; 1024 * 1024 + 1]);
    assert_eq!(said.code, Some(1));
    said.has(&["kasir: standard input: is longer"]);
}

#[test]
fn a_body_that_receivers_may_write_otherwise_is_warned_of() {
    let key = key("rfc7515-a2-pkcs1.pem");
    let sign = |body: &[u8]| kasir(&["sign", "snap", "--key", &key, "--path", PATH], &[], body);
    sign(BODY).lacks(&["not portable"]);
    sign("{\"name\":\"Café\"}".as_bytes()).has(&["not portable (escaped_unicode)"]);
}
