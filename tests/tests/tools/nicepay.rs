//! `kasir verify nicepay` and `kasir sign nicepay`.

use serde_json::Value;

use crate::{Said, json, kasir};

/// The flags of an operation's values, in the order in which the vectors have them.
fn flags(operation: &str) -> &'static [&'static str] {
    match operation {
        "registration" | "payment" | "inquiry" => &["--timestamp", "--reference", "--amount"],
        "cancel" => &["--timestamp", "--txid", "--amount"],
        "link_enable" => &["--reference", "--phone"],
        "link_initiate" => &["--reference", "--amount"],
        "notification" => &["--txid", "--amount"],
        other => panic!("{other} is no operation"),
    }
}

fn run(verb: &str, row: &Value, more: &[&str]) -> Said {
    let vectors = json("nicepay/merchant-token.json");
    let operation = row["operation"].as_str().unwrap();
    let name = operation.replace('_', "-");
    let mut arguments = vec![verb, "nicepay", "--merchant-key", "env:KEY", "--operation", &name];
    arguments.extend(["--imid", row["imid"].as_str().unwrap()]);
    for (flag, value) in flags(operation).iter().zip(row["values"].as_array().unwrap()) {
        arguments.extend([*flag, value.as_str().unwrap()]);
    }
    arguments.extend(more);
    let key = vectors["key"].as_str().unwrap();
    let said = kasir(&arguments, &[("KEY", key)], b"");
    said.lacks(&[key]);
    said
}

#[test]
fn published_tokens_stand_or_fall_as_their_documents_say() {
    let vectors = json("nicepay/merchant-token.json");
    for row in vectors["rows"].as_array().unwrap() {
        let token = row["token"].as_str().unwrap();
        let said = run("verify", row, &["--token", token]);
        let code = i32::from(row["verifies"] != true);
        assert_eq!(said.code, Some(code), "{}: {}", row["source"], said.text);
        if row["verifies"] == true {
            run("sign", row, &[]).has(&[&format!("merchantToken: {token}")]);
        }
    }
}

#[test]
fn a_mistake_is_named_with_what_was_signed() {
    let vectors = json("nicepay/merchant-token.json");
    let rows = vectors["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["operation"] == "inquiry").unwrap();
    let token = row["token"].as_str().unwrap();
    let said = run("verify", row, &["--token", &token.to_uppercase()]);
    assert_eq!(said.code, Some(1));
    said.has(&["mistake: token_spelling"]);
    let mut as_cancel = row.clone();
    as_cancel["operation"] = "cancel".into();
    as_cancel["values"][1] = "IONPAYTEST05202212141556331691".into();
    let reference = row["values"][1].as_str().unwrap();
    let said = run("verify", &as_cancel, &["--reference", reference, "--token", token]);
    said.has(&["mistake: other_operation", "signed:  timeStamp 20180305115011"]);
}

#[test]
fn a_value_that_the_formula_needs_is_asked_for_by_its_flag() {
    let arguments = ["sign", "nicepay", "--merchant-key", "env:KEY", "--operation", "inquiry"];
    let values = ["--imid", "IONPAYTEST", "--timestamp", "20180305115011", "--amount", "1"];
    let said = kasir(&[&arguments[..], &values].concat(), &[("KEY", "key")], b"");
    assert_eq!(said.code, Some(1));
    said.has(&["kasir: --reference: is needed"]);
}
