//! What a SNAP signature costs, beside the library that makes it.
//!
//! Each row is timed against the bare call on the same bytes, in turns, so that whatever else the
//! machine does falls on both alike.

use std::hint::black_box;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::{hmac, signature};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kasir_server::provider::snap::key::{PrivateKey, PublicKey, ShortKeys};
use kasir_server::provider::snap::sign;
use kasir_server::secret::Secret;

use crate::stopwatch::{Stopwatch, median};
use crate::table;

/// The published test key of RFC 7515, Appendix A.2.
const PRIVATE: &str = include_str!("../../vectors/snap/keys/rfc7515-a2-pkcs1.pem");
const PUBLIC: &str = include_str!("../../vectors/snap/keys/rfc7515-a2-public.pem");
const PATH: &str = "/v1.0/debit/payment-host-to-host";
const TIME: &str = "2026-11-20T10:15:30+07:00";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJrYXNpciJ9.c2lnbmF0dXJl";
const SECRET: &str = "a-client-secret-of-a-usual-length-0123456789";
const BODY_BYTES: usize = 1024;
/// How much dearer than the bare call ours may be.
const RATIO_MAX: f64 = 1.2;
/// Rounds of both, of which the middle one counts.
const ROUNDS: usize = 31;
/// How long one side of a round should take at least, so that the stopwatch's own step is lost in it.
const ROUND_US: u64 = 10_000;

/// Prints; whether every signature is within its limit.
pub(crate) fn run() -> bool {
    let body = body();
    let rows = [signing(&body), verifying(&body), making_a_mac(&body), verifying_a_mac(&body)];
    let kept = rows.iter().all(|row| row.ratio() <= RATIO_MAX);
    let cells = rows.iter().map(|row| {
        let over = if row.ratio() > RATIO_MAX { "over" } else { "" };
        vec![
            row.what.to_owned(),
            format!("{:.2}", row.ours_us),
            format!("{:.2}", row.bare_us),
            format!("{:.2}", row.ratio()),
            format!("{RATIO_MAX}"),
            over.to_owned(),
        ]
    });
    table::print(
        "A signature over a body of 1 KB (µs)",
        &["", "Kasir", "bare library", "ratio", "limit", ""],
        &cells.collect::<Vec<_>>(),
    );
    kept
}

struct Row {
    what: &'static str,
    ours_us: f64,
    bare_us: f64,
}

impl Row {
    fn ratio(&self) -> f64 {
        self.ours_us / self.bare_us
    }
}

/// JSON of exactly 1 KB.
fn body() -> Vec<u8> {
    let mut body = br#"{"partnerReferenceNo":"000000000056","additionalInfo":{"note":""#.to_vec();
    body.resize(BODY_BYTES - 3, b'x');
    body.extend(b"\"}}");
    body
}

fn signing(body: &[u8]) -> Row {
    let ours = PrivateKey::read(&Secret::new(PRIVATE.to_owned())).expect("a key");
    let der = STANDARD.decode(inside(PRIVATE)).expect("PEM");
    let bare = signature::RsaKeyPair::from_der(&der).expect("a key");
    let text = sign::without_token("POST", PATH, body, TIME);
    let mut made = vec![0; bare.public_modulus_len()];
    compare(
        "RSA-SHA256: sign",
        || {
            let text = sign::without_token("POST", PATH, black_box(body), TIME);
            black_box(ours.sign(&text));
        },
        || {
            black_box(digest(&SHA256, black_box(body)));
            let hash = digest(&SHA256, text.as_bytes());
            let signed = bare.sign_digest(&signature::RSA_PKCS1_SHA256, &hash, &mut made);
            signed.expect("it signs");
            black_box(&made);
        },
    )
}

fn verifying(body: &[u8]) -> Row {
    let own = PrivateKey::read(&Secret::new(PRIVATE.to_owned())).expect("a key");
    let ours = PublicKey::read(PUBLIC, ShortKeys::Refused).expect("a key");
    let der = STANDARD.decode(inside(PUBLIC)).expect("PEM");
    let bare = signature::ParsedPublicKey::new(&signature::RSA_PKCS1_2048_8192_SHA256, der);
    let bare = bare.expect("a key");
    let text = sign::without_token("POST", PATH, body, TIME);
    let stamp = own.sign(&text);
    let bytes = STANDARD.decode(&stamp).expect("base64");
    compare(
        "RSA-SHA256: verify",
        || {
            let text = sign::without_token("POST", PATH, black_box(body), TIME);
            ours.verify(&text, &stamp).expect("it stands");
        },
        || {
            black_box(digest(&SHA256, black_box(body)));
            bare.verify_sig(black_box(text.as_bytes()), &bytes).expect("it stands");
        },
    )
}

fn making_a_mac(body: &[u8]) -> Row {
    let secret = Secret::new(SECRET.to_owned());
    let text = sign::with_token("POST", PATH, TOKEN, body, TIME);
    compare(
        "HMAC-SHA512: sign",
        || {
            let text = sign::with_token("POST", PATH, TOKEN, black_box(body), TIME);
            black_box(sign::mac(&secret, &text));
        },
        || {
            black_box(digest(&SHA256, black_box(body)));
            let key = hmac::Key::new(hmac::HMAC_SHA512, black_box(SECRET.as_bytes()));
            black_box(hmac::sign(&key, text.as_bytes()));
        },
    )
}

fn verifying_a_mac(body: &[u8]) -> Row {
    let secret = Secret::new(SECRET.to_owned());
    let text = sign::with_token("POST", PATH, TOKEN, body, TIME);
    let signed = sign::mac(&secret, &text);
    let bytes = STANDARD.decode(&signed).expect("base64");
    compare(
        "HMAC-SHA512: verify",
        || {
            let text = sign::with_token("POST", PATH, TOKEN, black_box(body), TIME);
            sign::verify_mac(&secret, &text, &signed).expect("it stands");
        },
        || {
            black_box(digest(&SHA256, black_box(body)));
            let key = hmac::Key::new(hmac::HMAC_SHA512, black_box(SECRET.as_bytes()));
            hmac::verify(&key, text.as_bytes(), &bytes).expect("it stands");
        },
    )
}

/// The base64 of a PEM.
fn inside(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

fn compare(what: &'static str, mut ours: impl FnMut(), mut bare: impl FnMut()) -> Row {
    let calls = calls_per_round(&mut bare);
    let (mut ours_us, mut bare_us) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours_us.push(timed(calls, &mut ours));
        bare_us.push(timed(calls, &mut bare));
    }
    let each = |times| per_call(median(times), calls);
    Row { what, ours_us: each(ours_us), bare_us: each(bare_us) }
}

fn calls_per_round(run: &mut impl FnMut()) -> u64 {
    let mut calls = 1;
    while timed(calls, run) < ROUND_US {
        calls *= 2;
    }
    calls
}

fn timed(calls: u64, run: &mut impl FnMut()) -> u64 {
    let watch = Stopwatch::start();
    for _ in 0..calls {
        run();
    }
    watch.us()
}

#[expect(clippy::cast_precision_loss, reason = "both are far below 2^52")]
fn per_call(us: u64, calls: u64) -> f64 {
    us as f64 / calls as f64
}
