//! NICEPAY's own payment page: the customer chooses, and at a store sees the number.
use super::{escape, hidden, in_fours, moment, page, rupiah};
use crate::simulator::jakarta;
use crate::simulator::nicepay::{Chooser, Family, Partner};

/// Everything that can be chosen, by kind.
pub(crate) fn choices(order: &Chooser, now_ms: i64) -> String {
    let groups = [
        (Family::Store, "Bayar di minimarket"),
        (Family::Wallet, "Dompet digital"),
        (Family::Lender, "Bayar nanti"),
    ];
    let lists: String =
        groups.into_iter().map(|(family, heading)| group(order, family, heading)).collect();
    let body = format!(
        "{bill}<form method=\"post\" action=\"/nicepay/redirect/v2/payment\">{id}{lists}\
         <section class=\"card choices\"><label for=\"phone\">Nomor HP untuk OVO</label>\
         <input id=\"phone\" data-testid=\"phone\" name=\"phone\" inputmode=\"tel\" value=\"{phone}\">\
         <button class=\"decline\" data-testid=\"decline\" name=\"decision\" value=\"decline\">\
         Batalkan pembayaran</button>\
         <p>Sisa waktu {left}.</p></section></form>",
        bill = bill(order),
        id = hidden("tXid", &order.id),
        phone = escape(&order.phone),
        left = super::duration(order.left_s(now_ms)),
    );
    page("NICEPAY Secure Payment Page", "nicepay", &(String::new(), body))
}

fn group(order: &Chooser, family: Family, heading: &str) -> String {
    let of = |partner: &&&'static Partner| partner.family == family;
    let buttons: String = order.offered.iter().filter(of).map(|partner| choice(partner)).collect();
    if buttons.is_empty() {
        return String::new();
    }
    format!("<section class=\"card choices\"><h1>{heading}</h1>{buttons}</section>")
}

fn choice(partner: &Partner) -> String {
    format!(
        "<button class=\"choice {method}\" data-testid=\"choose-{method}\" name=\"mitraCd\" \
         value=\"{code}\">{name}</button>",
        method = partner.method,
        code = partner.code,
        name = partner.name,
    )
}

fn bill(order: &Chooser) -> String {
    format!(
        "<section class=\"card\"><p class=\"amount\" data-testid=\"amount\">{}</p>\
         <dl><dt>Penerima</dt><dd>{}</dd><dt>Untuk</dt><dd>{}</dd><dt>Nomor pesanan</dt>\
         <dd data-testid=\"reference\">{}</dd></dl></section>",
        rupiah(order.amount),
        escape(&order.merchant),
        escape(&order.goods),
        escape(&order.reference)
    )
}

/// A store was chosen: its number, and the way back.
pub(crate) fn number(order: &Chooser) -> String {
    let end_ms = order.deadline_ms();
    let body = format!(
        "{bill}<section class=\"card\"><h1>Bayar di {store}</h1>\
         <p>Sebutkan kode ini kepada kasir {store}, atau tunjukkan layar ini:</p>\
         <p class=\"amount number\" data-testid=\"pay-no\" data-code=\"{code}\">{shown}</p>\
         <p>Bayar sebelum <b>{until}</b>.</p>\
         <p><a class=\"button\" data-testid=\"return\" href=\"/nicepay/redirect/v2/done?tXid={id}\">\
         Kembali ke toko</a></p></section>",
        bill = bill(order),
        store = order.partner.name,
        code = escape(&order.till.pay_no),
        shown = in_fours(&order.till.pay_no),
        until = moment(&jakarta::date(end_ms), &jakarta::time(end_ms)),
        id = escape(&order.id),
    );
    page("NICEPAY Secure Payment Page", "nicepay", &(String::new(), body))
}
