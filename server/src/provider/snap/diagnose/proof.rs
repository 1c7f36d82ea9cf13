//! Mistakes in how a text became a signature, and how the signature was written.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Case, Mistake, Scheme, SecretForm};

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "hex_signature",
        what: "wrote the signature in hex",
        instead: "write its bytes in base64",
        make: |case| bytes(hex::decode(case.signature.trim()).ok(), case),
    },
    Mistake {
        name: "wrapped_signature",
        what: "sent the base64 with line ends, spaces or quotes in it, or without its padding",
        instead: "send it in one line with its padding: `openssl base64 -A`, `base64 -w0`",
        make: |case| {
            let kept = case.signature.chars();
            let kept: String =
                kept.filter(|c| !c.is_whitespace() && !"\"'=".contains(*c)).collect();
            vec![case.with_signature(padded(&kept))]
        },
    },
    Mistake {
        name: "url_safe_signature",
        what: "wrote the signature in the base64 of addresses, with - and _",
        instead: "use the usual base64, with + and /",
        make: |case| {
            let usual = case.signature.replace('-', "+").replace('_', "/");
            vec![case.with_signature(padded(usual.trim_end_matches('=')))]
        },
    },
    Mistake {
        name: "signature_encoded_for_an_address",
        what: "escaped the signature as a part of an address (%2B), or lost its plus signs to that",
        instead: "send the base64 itself; a header is not escaped",
        make: |case| {
            let plus = case.signature.trim().replace(' ', "+");
            let whole =
                ["%2B", "%2b"].iter().fold(plus.clone(), |text, from| text.replace(from, "+"));
            let whole = ["%2F", "%2f"].iter().fold(whole, |text, from| text.replace(from, "/"));
            let whole = ["%3D", "%3d"].iter().fold(whole, |text, from| text.replace(from, "="));
            vec![case.with_signature(plus), case.with_signature(whole)]
        },
    },
    Mistake {
        name: "base64_of_hex",
        what: "wrote the signature in hex, and that text in base64",
        instead: "write its bytes in base64; some libraries give hex unless asked for bytes",
        make: |case| bytes(inner(case).and_then(|text| hex::decode(text).ok()), case),
    },
    Mistake {
        name: "base64_twice",
        what: "wrote the signature in base64 twice",
        instead: "once is enough; some libraries give base64 already",
        make: |case| bytes(inner(case).and_then(|text| STANDARD.decode(text).ok()), case),
    },
    Mistake {
        name: "sha1",
        what: "signed with SHA-1 (SHA1withRSA, HMAC-SHA1)",
        instead: "sign with SHA256withRSA, or HMAC-SHA512 for the symmetric type",
        make: |case| vec![Case { scheme: Scheme::Sha1, ..case.clone() }],
    },
    Mistake {
        name: "other_sha2",
        what: "signed with the hash of the other type (SHA512withRSA, HMAC-SHA256)",
        instead: "RSA goes with SHA-256, HMAC with SHA-512",
        make: |case| vec![Case { scheme: Scheme::OtherSize, ..case.clone() }],
    },
    Mistake {
        name: "pss_padding",
        what: "signed with RSA-PSS",
        instead: "sign with PKCS#1 v1.5 padding (SHA256withRSA, RS256)",
        make: |case| vec![Case { scheme: Scheme::Pss, ..case.clone() }],
    },
    Mistake {
        name: "hashed_twice",
        what: "hashed the text and signed the hash, which the signature hashes once more",
        instead: "sign the text itself",
        make: |case| {
            let hash = digest(&SHA256, &case.text());
            let lower = hex::encode(hash);
            vec![
                case.with_text(hash.as_ref().to_vec()),
                case.with_text(lower.to_uppercase().into_bytes()),
                case.with_text(lower.into_bytes()),
            ]
        },
    },
    Mistake {
        name: "line_end_in_text",
        what: "signed the text with a line end after it (`echo` adds one)",
        instead: "sign the text alone: `printf %s`",
        make: |case| {
            let with = |end: &str| case.with_text([case.text(), end.as_bytes().to_vec()].concat());
            vec![with("\n"), with("\r\n")]
        },
    },
    Mistake {
        name: "decoded_secret",
        what: "decoded the client secret from base64 before using it",
        instead: "use the secret as the text it is",
        make: |case| vec![Case { secret_form: SecretForm::Decoded, ..case.clone() }],
    },
    Mistake {
        name: "line_end_in_secret",
        what: "used the client secret with the line end of its file",
        instead: "cut white space off a secret that was read from a file",
        make: |case| vec![Case { secret_form: SecretForm::LineEnd, ..case.clone() }],
    },
];

/// The case with these bytes for a signature.
fn bytes(signature: Option<Vec<u8>>, case: &Case) -> Vec<Case> {
    signature.into_iter().map(|bytes| case.with_signature(STANDARD.encode(bytes))).collect()
}

/// The text that was written in base64, where it was one.
fn inner(case: &Case) -> Option<String> {
    String::from_utf8(STANDARD.decode(&case.signature).ok()?).ok()
}

fn padded(text: &str) -> String {
    format!("{text}{}", "=".repeat(text.len().wrapping_neg() % 4))
}
