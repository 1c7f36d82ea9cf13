//! What a customer sees of the other side: wallets, a phone, and the ends of a payment.
pub(crate) mod consent;
pub(crate) mod counter;
pub(crate) mod espay;
pub(crate) mod hosted;
pub(crate) mod lender;
pub(crate) mod linking;
pub(crate) mod phone;
pub(crate) mod wallet;

use super::Simulator;
use super::view::{Provider, Status};
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, X_FRAME_OPTIONS,
};
use http::{HeaderValue, StatusCode};

/// A payment as its customer sees it.
#[derive(Clone, Debug)]
pub(crate) struct Prompt {
    pub(crate) id: String,
    pub(crate) provider: Provider,
    pub(crate) method: &'static str,
    pub(crate) wallet: &'static str,
    /// Arrives on the phone by itself.
    pub(crate) pushed: bool,
    pub(crate) merchant: String,
    pub(crate) goods: String,
    pub(crate) reference: String,
    pub(crate) amount: i64,
    pub(crate) phone: String,
    pub(crate) status: Status,
    pub(crate) left_s: i64,
    /// All the time there was.
    pub(crate) lifetime_s: i64,
    /// Where the browser goes, once it is decided.
    pub(crate) return_url: Option<String>,
}

/// The customers' pages and what they are drawn with.
pub(crate) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/wallet/{wallet}", get(wallet::show).post(wallet::decided))
        .route("/app/{wallet}", get(wallet::show_app).post(wallet::decided_app))
        .route("/counter/{store}", get(counter::show).post(counter::pressed))
        .route("/lender/{lender}", get(lender::show).post(lender::pressed))
        .route("/phone", get(phone::show).post(phone::decided))
        .route("/espay/consent", get(consent::show).post(consent::decided))
        .route("/espay/pay/{id}", get(espay::show).post(espay::decided))
        .route("/astrapay/register", get(linking::show).post(linking::decided))
        .route("/_sim/assets/simulator.css", get(|| async { asset("text/css", CSS) }))
        .route("/_sim/assets/submit.js", get(|| async { asset("text/javascript", JS) }))
}

const CSS: &str = include_str!("simulator.css");
const JS: &str = include_str!("submit.js");

/// Nothing inline runs; forms may go anywhere, since that is what these pages are for.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'",
);

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind)], text).into_response()
}

/// A page as a response.
pub(crate) fn html(text: String) -> Response {
    let mut response = axum::response::Html(text).into_response();
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page that no other page may frame, as wallets have them.
pub(crate) fn unframed(mut response: Response) -> Response {
    response.headers_mut().insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    response
}

/// A 302, as NICEPAY and the wallets answer, also to a posted form.
pub(crate) fn found(url: &str) -> Response {
    match HeaderValue::from_str(url) {
        Ok(place) => (StatusCode::FOUND, [(LOCATION, place)]).into_response(),
        Err(_) => html(error("9019", "The address to go back to is not an address.")),
    }
}

/// An address with more in its query; what it had stays.
pub(crate) fn with_query(url: &str, fields: &[(&str, String)]) -> String {
    let (url, fragment) = url.split_once('#').map_or((url, None), |(url, f)| (url, Some(f)));
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        query.append_pair(name, value);
    }
    let join = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, had)) if had.ends_with('&') => "",
        Some(_) => "&",
    };
    let fragment = fragment.map(|f| format!("#{f}")).unwrap_or_default();
    format!("{url}{join}{}{fragment}", query.finish())
}

/// Text inside HTML, also inside an attribute's quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// `Rp150.000`.
pub(crate) fn rupiah(amount: i64) -> String {
    let digits = amount.to_string();
    let mut text = String::from("Rp");
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// `2 jam 5 menit`, `4 menit 30 detik`, `40 detik`: what is left, in the two largest units.
pub(crate) fn duration(seconds: i64) -> String {
    let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest} detik"),
        (0, _) => format!("{minutes} menit {rest} detik"),
        (_, _) => format!("{hours} jam {minutes} menit"),
    }
}

/// `20 November 2026 17.30 WIB`, from `YYYYMMDD` and `HHMISS`.
pub(crate) fn moment(date: &str, time: &str) -> String {
    const MONTHS: [&str; 12] = [
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ];
    let piece = |text: &str, from: usize, to: usize| text.get(from..to).unwrap_or("").to_owned();
    let month = piece(date, 4, 6).parse().unwrap_or(1_usize);
    let month = MONTHS.get(month.saturating_sub(1)).copied().unwrap_or_default();
    let (day, year) = (piece(date, 6, 8), piece(date, 0, 4));
    let day = day.trim_start_matches('0');
    format!("{day} {month} {year} {}.{} WIB", piece(time, 0, 2), piece(time, 2, 4))
}

/// Digits in groups of four, as they are read out.
pub(crate) fn in_fours(digits: &str) -> String {
    let chars: Vec<char> = digits.chars().collect();
    chars.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// A whole page: its head's extras and its body.
pub(crate) fn page(title: &str, brand: &str, (head, body): &(String, String)) -> String {
    let title = escape(title);
    format!(
        "<!doctype html><html lang=\"id\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"referrer\" content=\"no-referrer\"><title>{title} (simulator)</title>\
         <link rel=\"stylesheet\" href=\"/_sim/assets/simulator.css\">{head}</head>\
         <body class=\"{brand}\"><p class=\"ribbon\">SIMULATOR · bukan {title}, uang tidak bergerak</p>\
         <header><b>{title}</b></header><main>{body}</main></body></html>"
    )
}

/// A page that says what went wrong.
pub(crate) fn error(code: &str, message: &str) -> String {
    error_at("NICEPAY", code, message)
}

/// The same at another provider's.
pub(crate) fn error_at(provider: &str, code: &str, message: &str) -> String {
    let body = format!(
        "<section class=\"card\"><h1>Pembayaran tidak dapat dilanjutkan</h1>\
         <p data-testid=\"error\">{} <small>({})</small></p></section>",
        escape(message),
        escape(code)
    );
    page(provider, &provider.to_lowercase(), &(String::new(), body))
}

/// The end for a browser that is not sent back.
pub(crate) fn stranded() -> String {
    let body = "<section class=\"card\"><h1>Selesai</h1>\
                <p data-testid=\"stranded\">Silakan kembali ke toko.</p></section>";
    page("NICEPAY", "nicepay", &(String::new(), body.to_owned()))
}

/// A form that posts itself where scripts run, and has a button where they do not.
pub(crate) fn posting(url: &str, fields: &[(&str, String)], paid: bool) -> String {
    let heading = if paid { "Pembayaran berhasil" } else { "Pembayaran tidak berhasil" };
    posting_under(heading, url, fields)
}

/// The same under a heading of its own.
pub(crate) fn posting_under(heading: &str, url: &str, fields: &[(&str, String)]) -> String {
    let inputs: String = fields.iter().map(|(name, value)| hidden(name, value)).collect();
    let head = "<script src=\"/_sim/assets/submit.js\" defer></script>".to_owned();
    let body = format!(
        "<section class=\"card\"><h1>{heading}</h1><p>Anda akan kembali ke toko.</p>\
         <form name=\"tranMgr\" id=\"tranMgr\" method=\"post\" action=\"{}\">{inputs}\
         <button id=\"return\" data-testid=\"return\">Kembali ke toko</button></form></section>",
        escape(url)
    );
    page("NICEPAY", "nicepay", &(head, body))
}

/// A field that is not shown.
pub(crate) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
}

/// A button that sends a decision. Only paying needs the rest of the form to be filled.
pub(crate) fn button(decision: &str, label: &str) -> String {
    let named = format!("<button id=\"{decision}\"");
    button_in_list(decision, label).replacen("<button", &named, 1)
}

/// The same where several stand on one page, so that none has an id.
pub(crate) fn button_in_list(decision: &str, label: &str) -> String {
    let skip = if decision == "approve" { "" } else { " formnovalidate" };
    format!(
        "<button class=\"{decision}\" data-testid=\"{decision}\" \
         name=\"decision\" value=\"{decision}\"{skip}>{label}</button>"
    )
}

/// The phone and the PIN that a wallet asks for.
pub(crate) fn login(phone: &str) -> String {
    format!(
        "<label for=\"phone\">Nomor HP</label>\
         <input id=\"phone\" data-testid=\"phone\" name=\"phone\" inputmode=\"tel\" \
         autocomplete=\"tel\" required pattern=\"[+0-9 ]{{9,18}}\" value=\"{}\">{}",
        escape(phone),
        pin()
    )
}

/// The PIN alone.
pub(crate) fn pin() -> &'static str {
    "<label for=\"pin\">PIN (6 angka apa saja)</label>\
     <input id=\"pin\" data-testid=\"pin\" name=\"pin\" type=\"password\" inputmode=\"numeric\" \
     autocomplete=\"off\" required pattern=\"[0-9]{6}\" maxlength=\"6\">"
}

/// Whether a PIN is one that the simulated wallets take.
pub(crate) fn is_pin(pin: &str) -> bool {
    pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_merchant_sends_cannot_become_markup() {
        let fields = [("goodsNm", "\"><script>x</script>'".to_owned())];
        let page = posting("https://shop.example/?a=1&b=\"", &fields, true);
        assert!(!page.contains("<script>x"), "{page}");
        assert!(page.contains("action=\"https://shop.example/?a=1&amp;b=&quot;\""), "{page}");
    }

    #[test]
    fn rupiah_are_grouped_by_dots() {
        assert_eq!(
            [1, 999, 1_000, 150_000, 12_345_678].map(rupiah),
            ["Rp1", "Rp999", "Rp1.000", "Rp150.000", "Rp12.345.678"]
        );
    }

    #[test]
    fn a_deadline_and_a_number_are_written_as_people_read_them() {
        assert_eq!(moment("20261120", "173005"), "20 November 2026 17.30 WIB");
        assert_eq!(moment("20260103", "000000"), "3 Januari 2026 00.00 WIB");
        assert_eq!(in_fours("9041231106386098"), "9041 2311 0638 6098");
        assert_eq!(in_fours("504100002557"), "5041 0000 2557");
    }

    #[test]
    fn time_that_is_left_is_read_at_a_glance() {
        assert_eq!(
            [0, 55, 300, 86_400, 86_399].map(duration),
            ["0 detik", "55 detik", "5 menit 0 detik", "24 jam 0 menit", "23 jam 59 menit"]
        );
    }

    #[test]
    fn no_page_carries_a_script_or_a_style_of_its_own() {
        for page in [error("9003", "x"), stranded(), posting("https://a.example/", &[], true)] {
            assert!(!page.contains("<style") && !page.contains(" style="), "{page}");
            assert!(!page.contains("<script>") && !page.contains(" onload"), "{page}");
        }
    }

    #[test]
    fn an_address_with_a_line_break_is_not_followed() {
        assert_eq!(found("https://a.example/\r\nSet-Cookie: x").status(), StatusCode::OK);
    }

    #[test]
    fn a_query_that_was_there_stays_in_front() {
        let more = [("a", "1 2".to_owned())];
        let cases = [
            ("https://s.example/r", "https://s.example/r?a=1+2"),
            ("https://s.example/r?x=y", "https://s.example/r?x=y&a=1+2"),
            ("https://s.example/r?", "https://s.example/r?a=1+2"),
            ("https://s.example/r?x=y&", "https://s.example/r?x=y&a=1+2"),
            ("https://s.example/r#top", "https://s.example/r?a=1+2#top"),
        ];
        for (url, expected) in cases {
            assert_eq!(with_query(url, &more), expected);
        }
    }
}
