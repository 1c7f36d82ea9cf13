//! Mistakes in which body was hashed, and how.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Case, Mistake};
use crate::provider::snap::json::{Escapes, Json, Layout};
use crate::provider::snap::sign;

/// What Python's `json.dumps` puts between members.
const PYTHON: Layout = Layout { colon: ": ", comma: ", ", lines: None };
const SEND_WHAT_IS_SIGNED: &str =
    "write the body once, hash those bytes and send those bytes; let no library write it again";

/// The row of a body that has white space between its tokens.
pub(super) const SPACED: &str = "sent_unminified";
/// The rows of what a receiver may do to a compact body before hashing it.
pub(super) const REWRITTEN: &[&str] =
    &["escaped_unicode", "go_marshal", "rewritten_plain", "numbers_rewritten", "empty_lists"];

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "line_end",
        what: "hashed the body with another line end after it than it was sent with",
        instead: "hash the bytes that are sent; editors and `echo` add a line end to a file",
        make: |case| {
            let end = case.body.iter().rposition(|byte| !b"\r\n".contains(byte));
            let bare = &case.body[..end.map_or(0, |end| end + 1)];
            let ends: [&[u8]; 3] = [b"", b"\n", b"\r\n"];
            ends.iter().map(|end| case.with_body([bare, end].concat())).collect()
        },
    },
    Mistake {
        name: "sent_unminified",
        what: "hashed the body without its white space, and sent it with",
        instead: "send the compact body that was hashed",
        make: |case| rewritten(case, |json| vec![json.write(Layout::COMPACT)]),
    },
    Mistake {
        name: "escaped_slashes",
        what: "hashed the body with every / written \\/, as PHP's json_encode does",
        instead: "in PHP: JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE; and send what was hashed",
        make: |case| {
            rewritten(case, |json| {
                let slashed = |raw: &str| raw.replace("\\/", "/").replace('/', "\\/");
                vec![json.reworded(&slashed, &str::to_owned).write(Layout::COMPACT)]
            })
        },
    },
    Mistake {
        name: "escaped_unicode",
        what: "hashed the body with letters outside of ASCII escaped by \\u, as Python does and PHP with JSON_UNESCAPED_SLASHES alone",
        instead: "in Python: ensure_ascii=False; in PHP: JSON_UNESCAPED_UNICODE too; and send what was hashed",
        make: |case| escaped(case, Escapes { unicode: true, ..Escapes::default() }),
    },
    Mistake {
        name: "php_default",
        what: "hashed the body as PHP's json_encode writes it by itself: \\/ for /, and letters outside of ASCII escaped by \\u",
        instead: "in PHP: JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE; and send what was hashed",
        make: |case| escaped(case, Escapes { slashes: true, unicode: true, html: false }),
    },
    Mistake {
        name: "go_marshal",
        what: "hashed the body with &, < and > written \\u0026, \\u003c and \\u003e, as Go's json.Marshal does",
        instead: "in Go: an Encoder with SetEscapeHTML(false), without the line end it adds; and send what was hashed",
        make: |case| escaped(case, Escapes { html: true, ..Escapes::default() }),
    },
    Mistake {
        name: "rewritten_plain",
        what: "read the body and wrote it again without its escapes, as Node, Java, Rust and PHP with both flags do",
        instead: SEND_WHAT_IS_SIGNED,
        make: |case| escaped(case, Escapes::default()),
    },
    Mistake {
        name: "python_separators",
        what: "hashed the body with a space after each comma and colon, as Python's json.dumps does",
        instead: "in Python: separators=(\",\", \":\"); and send what was hashed (data=, not json=)",
        make: |case| {
            let unicode = Escapes { unicode: true, ..Escapes::default() };
            rewritten(case, |json| vec![json.write(PYTHON), json.escaped(unicode).write(PYTHON)])
        },
    },
    Mistake {
        name: "stripped_spaces",
        what: "took out all white space, that inside of texts too",
        instead: "take out white space between tokens only: a name keeps its spaces",
        make: |case| {
            let kept = case.body.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
            vec![case.with_body(kept.collect())]
        },
    },
    Mistake {
        name: "collapsed_spaces",
        what: "made one space of several inside of a text, as web pages do",
        instead: "keep the padding of texts as it is; copy bodies from the wire, not from a page",
        make: |case| {
            let mut body = case.body.clone();
            body.dedup_by(|next, before| *next == b' ' && *before == b' ');
            vec![case.with_body(body)]
        },
    },
    Mistake {
        name: "sorted_keys",
        what: "put the names of objects in order",
        instead: "keep the order of the body that is sent",
        make: |case| {
            rewritten(case, |json| {
                let sorted = json.sorted();
                vec![sorted.write(Layout::COMPACT), sorted.write(PYTHON)]
            })
        },
    },
    Mistake {
        name: "not_minified",
        what: "hashed the body with white space between its tokens",
        instead: "hash the compact body, and send that one",
        make: |case| {
            let lines = ["\n", "\r\n"].into_iter();
            let lines = lines.flat_map(|end| ["  ", "    ", "\t", ""].map(|step| (end, step)));
            let layouts = lines.map(|pair| Layout { colon: ": ", comma: ",", lines: Some(pair) });
            let layouts: Vec<Layout> = layouts.collect();
            rewritten(case, |json| layouts.iter().map(|layout| json.write(*layout)).collect())
        },
    },
    Mistake {
        name: "numbers_rewritten",
        what: "read the body and wrote its numbers anew: 10000.00 became 10000 or 10000.0",
        instead: "amounts are texts with two decimals; and send the bytes that were hashed",
        make: |case| {
            rewritten(case, |json| {
                [whole_number, decimal_number]
                    .map(|number| json.reworded(&str::to_owned, &number).write(Layout::COMPACT))
                    .to_vec()
            })
        },
    },
    Mistake {
        name: "empty_lists",
        what: "read the body and wrote {} as [], as PHP does",
        instead: "in PHP: keep objects as objects, or leave empty ones out; and send what was hashed",
        make: |case| rewritten(case, |json| vec![json.with_empty_lists().write(Layout::COMPACT)]),
    },
    Mistake {
        name: "encoded_twice",
        what: "wrote the body, which was a text of JSON already, as JSON once more",
        instead: "hash the body, not a text that holds it",
        make: |case| {
            let text = std::str::from_utf8(&case.body).ok();
            let twice = text.and_then(|text| serde_json::to_vec(text).ok());
            twice.into_iter().map(|body| case.with_body(body)).collect()
        },
    },
    Mistake {
        name: "byte_order_mark",
        what: "hashed a byte order mark before the body, or sent one that was not hashed",
        instead: "write the body in UTF-8 without a mark",
        make: |case| {
            let mark = b"\xef\xbb\xbf".as_slice();
            vec![match case.body.strip_prefix(mark) {
                Some(bare) => case.with_body(bare.to_vec()),
                None => case.with_body([mark, &case.body].concat()),
            }]
        },
    },
    Mistake {
        name: "body_left_out",
        what: "hashed an empty body",
        instead: "hash the body that is sent; some HTTP libraries make it only after the headers",
        make: |case| vec![case.with_body(Vec::new())],
    },
    Mistake {
        name: "empty_object",
        what: "hashed {} where nothing is sent",
        instead: "hash the empty text for a call without a body",
        make: |case| {
            if case.body.is_empty() { vec![case.with_body(b"{}".to_vec())] } else { Vec::new() }
        },
    },
    Mistake {
        name: "upper_case_hash",
        what: "wrote the body's hash in upper-case hex",
        instead: "write it in lower case",
        make: |case| vec![case.with_hash(sign::body_hash(&case.body).to_uppercase())],
    },
    Mistake {
        name: "base64_hash",
        what: "wrote the body's hash in base64",
        instead: "write it in lower-case hex",
        make: |case| vec![case.with_hash(STANDARD.encode(digest(&SHA256, &case.body)))],
    },
    Mistake {
        name: "body_hash_of_another_kind",
        what: "hashed the body with SHA-1 or SHA-512",
        instead: "hash it with SHA-256",
        make: |case| {
            [&SHA1_FOR_LEGACY_USE_ONLY, &SHA512]
                .map(|kind| case.with_hash(hex::encode(digest(kind, &case.body))))
                .to_vec()
        },
    },
    Mistake {
        name: "body_not_hashed",
        what: "put the body itself where its hash belongs",
        instead: "put the lower-case hex of its SHA-256 there",
        make: |case| vec![case.with_hash(String::from_utf8_lossy(&case.body).into_owned())],
    },
];

/// The case with its body written by other programs, where it is JSON.
fn rewritten(case: &Case, write: impl Fn(&Json<'_>) -> Vec<Vec<u8>>) -> Vec<Case> {
    let json = Json::read(&case.body);
    json.iter().flat_map(write).map(|body| case.with_body(body)).collect()
}

fn escaped(case: &Case, escapes: Escapes) -> Vec<Case> {
    rewritten(case, |json| vec![json.escaped(escapes).write(Layout::COMPACT)])
}

/// A number as JavaScript writes it.
fn whole_number(raw: &str) -> String {
    raw.parse::<f64>().map_or_else(|_| raw.to_owned(), |number| number.to_string())
}

/// A number as Python and Java write it.
fn decimal_number(raw: &str) -> String {
    let whole = whole_number(raw);
    if raw.contains('.') && !whole.contains('.') { format!("{whole}.0") } else { whole }
}
