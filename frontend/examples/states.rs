//! Writes every state of the page into a folder, to look at: `states <folder> [<dist>]`.
//!
//! Each is there in both languages, with an index. Where `make page` has built `dist/`, the pages
//! have its style sheet, script and module, so that any file server of that folder shows them as
//! customers see them; codes are asked for at 127.0.0.1:8181.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use kasir_frontend::{Asset, Assets, Device, Page, Purse, Typed, document, lost_document};
use kasir_shared::api::checkout::{Balance, CheckoutView};
use kasir_shared::{Locale, Problem};
use serde_json::{Value, json};

const ANDROID: &str = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 Chrome/130.0";

pub(crate) fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let folder = arguments.next().unwrap_or_else(|| "target/states".into());
    let dist = arguments.next().unwrap_or_else(|| "dist".into());
    fs::create_dir_all(&folder)?;
    let assets = copy_assets(&dist, &folder)?;
    let sprite = concat!(env!("CARGO_MANIFEST_DIR"), "/marks.svg");
    fs::copy(sprite, folder.join("marks.svg"))?;
    fs::write(folder.join("code.svg"), CODE)?;
    let mut index = String::from("<!doctype html><meta charset=utf-8><title>States</title><ul>");
    for locale in Locale::ALL {
        let mut write = |name: &str, html: String| {
            let file = format!("{name}.{}.html", locale.tag());
            index.extend(["<li><a href=\"", &file, "\">", &file, "</a>"]);
            fs::write(folder.join(file), html)
        };
        for (name, page) in states(locale) {
            write(name, document(&page, &assets))?;
        }
        write("lost", lost_document(locale, &assets))?;
    }
    fs::write(folder.join("index.html"), index)
}

/// The built files, copied to where the pages expect them, and what the manifest says of them.
fn copy_assets(dist: &Path, folder: &Path) -> io::Result<Assets> {
    let Ok(manifest) = fs::read_to_string(dist.join("manifest.json")) else {
        return Ok(Assets::default());
    };
    let manifest: Value = serde_json::from_str(&manifest)?;
    let asset = |name: &str| {
        let text = |field: &str| Some(manifest.get(name)?.get(field)?.as_str()?.to_owned());
        let asset = Asset { path: text("path")?, integrity: text("integrity")? };
        let from = dist.join(asset.path.trim_start_matches('/'));
        let to = folder.join(asset.path.trim_start_matches('/'));
        fs::create_dir_all(to.parent()?).ok()?;
        fs::copy(from, to).ok()?;
        Some(asset)
    };
    Ok(Assets { style: asset("style"), script: asset("script"), wasm: asset("wasm") })
}

/// Every state of a page that has a session, by its name.
#[expect(clippy::too_many_lines, reason = "a table, one row per state")]
pub(crate) fn states(locale: Locale) -> Vec<(&'static str, Page)> {
    let page = |view: Value| page(locale, view);
    let on_android = |view: Value| Page { device: Device::from_user_agent(ANDROID), ..page(view) };
    let instagram = Device::from_user_agent(&format!("{ANDROID} Instagram 350.0"));
    let web = "https://wallet.example/pay";
    let submit = json!({"url": web, "fields": {"token": "x"}});
    let open_app = || {
        let qr = "http://127.0.0.1:8181/code.svg";
        json!({"kind": "open_app", "app_url": "dana://pay", "web_url": "https://m.dana.id/p", "qr": qr})
    };
    let push = json!({"kind": "approve_push", "app_name": "OVO", "phone_masked": "0812••••7890",
        "seconds_left": 42, "app_url": "ovo://"});
    let steps = [
        "Datang ke Indomaret terdekat.",
        "Sebutkan pembayaran dan tunjukkan kode ini.",
        "Bayar tunai dan simpan struknya.",
    ];
    let code = json!({"kind": "pay_code", "code": "8123456789012", "outlet": "Indomaret",
        "barcode": "http://127.0.0.1:8181/code.svg", "steps": steps});
    let mut uncertain = act("dana", json!({"kind": "wait"}), None);
    uncertain["attempt"]["uncertain"] = json!(true);
    let mut late = over("paid", "indomaret", "paid");
    late["attempt"]["late"] = json!(true);
    let mut twice = over("paid", "dana", "paid");
    twice["paid_twice"] = json!(true);
    vec![
        ("choose", page(open())),
        ("choose-error", wrong(locale)),
        ("choose-in-app", Page { device: instagram, ..page(open()) }),
        ("choose-embed", Page { embed: true, ..page(open()) }),
        ("choose-linked", page(linked())),
        ("choose-balances", Page { balances: purses(), ..page(linked()) }),
        ("choose-new-link", page(new_link())),
        ("choose-link-cancelled", page(link_gone("cancelled"))),
        ("choose-link-blocked", page(link_gone("blocked"))),
        ("choose-must-link", must_link(locale)),
        ("unlink", Page { unlink: link_id(), ..page(linked()) }),
        ("redirect", page(act("akulaku", json!({"kind": "redirect", "url": web}), None))),
        (
            "submit",
            page(act("astrapay", json!({"kind": "submit", "url": web, "fields": {}}), None)),
        ),
        ("open-app", on_android(act("dana", open_app(), Some(900)))),
        ("open-app-desktop", page(act("dana", open_app(), Some(900)))),
        ("approve-push", on_android(act("ovo", push, Some(42)))),
        ("link", page(linking(&json!({"kind": "link", "submit": submit})))),
        ("link-redirect", page(linking(&json!({"kind": "link", "url": web})))),
        ("linking", page(linking(&json!({"kind": "wait"})))),
        ("wait", page(act("dana", json!({"kind": "wait"}), None))),
        ("checking", page(act("ovo", json!({"kind": "wait"}), Some(0)))),
        ("uncertain", page(uncertain)),
        ("pay-code", page(act("indomaret", code, Some(80_000)))),
        ("paid", page(over("paid", "dana", "paid"))),
        ("paid-late", page(late)),
        ("paid-twice", page(twice)),
        ("failed", page(over("open", "dana", "failed"))),
        ("failed-low-balance", page(failed("low_balance"))),
        ("failed-link-gone", page(failed("link_gone"))),
        ("expired", page(over("open", "ovo", "expired"))),
        ("cancelled", page(over("open", "dana", "cancelled"))),
        ("refunded", page(over("refunded", "dana", "refunded"))),
        ("partly-refunded", page(over("partially_refunded", "dana", "paid"))),
        ("session-expired", page(json!({"status": "expired"}))),
        ("session-cancelled", page(json!({"status": "cancelled"}))),
    ]
}

/// A form that came back.
fn wrong(locale: Locale) -> Page {
    let method = Some(kasir_shared::MethodId::Ovo);
    let typed = Typed { method, phone: Some("0812".to_owned()), ..Typed::default() };
    Page { typed, problem: Some(phone_problem(locale)), ..page(locale, open()) }
}

fn link_id() -> Option<kasir_shared::LinkId> {
    "lnk_gopay".parse().ok()
}

/// A customer with three linked wallets, and two more that can be linked.
fn linked() -> Value {
    let link = |method: &str, phone: &str| {
        json!({"id": format!("lnk_{method}"), "method": method, "phone_masked": phone,
            "active": true, "balance": true})
    };
    let mut methods = methods();
    if let Some(rows) = methods.as_array_mut() {
        let row = |id: &str, name: &str| json!({"id": id, "name": name, "kind": "wallet", "fields": [], "linkable": "possible"});
        rows.insert(0, row("gopay", "GoPay"));
        for row in rows.iter_mut() {
            let id = row["id"].as_str().unwrap_or_default().to_owned();
            match id.as_str() {
                "ovo" | "shopeepay" => row["linkable"] = json!("possible"),
                "linkaja" => row["unavailable"] = json!(null),
                "astrapay" => row["linkable"] = json!("required"),
                _ => {}
            }
        }
    }
    let links = [link("gopay", "0812••••7890"), link("dana", "0812••••7890"), link("linkaja", "")];
    json!({"methods": methods, "links": links, "phone": "081234567890"})
}

fn purses() -> Vec<Purse> {
    let rupiah = |value| kasir_shared::Rupiah::new(value).unwrap_or(kasir_shared::Rupiah::ZERO);
    let purse = |link: &str, balance| Some(Purse { link: link.parse().ok()?, balance });
    let rich = Balance { cash: rupiah(250_000), points: Some(rupiah(12_000)), enough: true };
    let poor = Balance { cash: rupiah(50_000), points: None, enough: false };
    [purse("lnk_gopay", Some(rich)), purse("lnk_dana", Some(poor)), purse("lnk_linkaja", None)]
        .into_iter()
        .flatten()
        .collect()
}

fn changed(mut view: Value, changes: Value) -> Value {
    if let (Some(view), Value::Object(changes)) = (view.as_object_mut(), changes) {
        view.extend(changes);
    }
    view
}

fn new_link() -> Value {
    let linking = json!({"id": "lnk_dana", "method": "dana", "status": "active"});
    changed(linked(), json!({"linking": linking}))
}

fn link_gone(trouble: &str) -> Value {
    let linking = json!({"id": "lnk_ovo", "method": "ovo", "status": "gone", "trouble": trouble});
    changed(linked(), json!({"linking": linking, "links": []}))
}

fn linking(next_action: &Value) -> Value {
    let linking = json!({"id": "lnk_ovo", "method": "ovo", "status": "pending",
        "next_action": next_action});
    changed(linked(), json!({"linking": linking}))
}

fn must_link(locale: Locale) -> Page {
    let typed = Typed { method: Some(kasir_shared::MethodId::Astrapay), ..Typed::default() };
    Page { typed, ..page(locale, linked()) }
}

fn failed(reason: &str) -> Value {
    let mut attempt = attempt("dana", "failed");
    attempt["reason"] = json!(reason);
    changed(linked(), json!({"attempt": attempt}))
}

/// A page of a session that differs from an open one in `changes`.
pub(crate) fn page(locale: Locale, changes: Value) -> Page {
    let mut view = json!({
        "id": "cs_01JD000000000000000000000", "status": "open", "version": 1,
        "reference": "KS-2026-1042", "amount": idr(150_000),
        "items": [
            {"name": "Gayo Natural 250 g", "quantity": 1, "price": idr(95_000)},
            {"name": "Filter V60 isi 40", "quantity": 1, "price": idr(55_000)},
        ],
        "merchant": {"name": "Kopi Selasar"},
        "methods": methods(),
        "links": [],
        "return_url": "https://shop.example/pesanan/1042",
        "expires_at": "2026-11-20T06:00:00.000Z", "expires_in": 3600,
    });
    if let (Some(view), Value::Object(changes)) = (view.as_object_mut(), changes) {
        view.extend(changes);
    }
    let view: CheckoutView = serde_json::from_value(view).unwrap_or_else(|error| panic!("{error}"));
    Page {
        token: "ct_demo".to_owned(),
        view,
        locale,
        embed: false,
        leave: false,
        choose: false,
        device: Device::default(),
        typed: Typed::default(),
        problem: None,
        unlink: None,
        balances: Vec::new(),
        parents: Vec::new(),
    }
}

fn idr(value: u64) -> Value {
    json!({"value": value, "currency": "IDR"})
}

fn methods() -> Value {
    let row = |id: &str, name: &str, kind: &str, fields: Value| json!({"id": id, "name": name, "kind": kind, "fields": fields});
    let mut kredivo = row("kredivo", "Kredivo", "pay_later", json!(["name", "phone"]));
    kredivo["unavailable"] = json!({"reason": "too_small", "min": idr(500_000)});
    let mut linkaja = row("linkaja", "LinkAja", "wallet", json!([]));
    linkaja["unavailable"] = json!({"reason": "down"});
    json!([
        row("ovo", "OVO", "wallet", json!(["phone"])),
        row("dana", "DANA", "wallet", json!([])),
        row("shopeepay", "ShopeePay", "wallet", json!([])),
        linkaja,
        row("astrapay", "AstraPay", "linked_wallet", json!(["phone"])),
        row("indomaret", "Indomaret", "counter", json!([])),
        row("alfamart", "Alfamart", "counter", json!([])),
        row("akulaku", "Akulaku", "pay_later", json!(["name", "phone"])),
        kredivo,
    ])
}

fn open() -> Value {
    json!({})
}

fn attempt(method: &str, status: &str) -> Value {
    json!({"id": "pay_01JD", "method": method, "status": status, "amount": idr(150_000),
        "late": false, "uncertain": false,
        "created_at": "2026-11-20T04:59:42.000Z", "updated_at": "2026-11-20T05:00:00.000Z"})
}

fn act(method: &str, next_action: Value, seconds_left: Option<u32>) -> Value {
    let attempt = attempt(method, "pending");
    Value::from_iter([
        ("attempt", attempt),
        ("next_action", next_action),
        ("seconds_left", json!(seconds_left)),
    ])
}

fn over(session: &str, method: &str, status: &str) -> Value {
    json!({"status": session, "attempt": attempt(method, status)})
}

fn phone_problem(locale: Locale) -> Problem {
    let detail = match locale {
        Locale::Id => "Nomor HP harus 10–13 angka, contoh 0812 3456 7890",
        Locale::En => "Enter 10–13 digits, for example 0812 3456 7890",
    };
    Problem {
        kind: "urn:kasir:problem:phone_invalid".to_owned(),
        title: "Phone".to_owned(),
        status: 422,
        detail: detail.to_owned(),
        code: kasir_shared::ProblemCode::PhoneInvalid,
        field: Some("phone".to_owned()),
    }
}

/// Stands for a code that the server draws.
const CODE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M4 4h7v7H4zM18 4h7v7h-7zM4 18h7v7H4zM13 5h2v3h-2zM13 13h3v3h-3zM20 14h4v2h-4zM18 19h3v5h-3zM13 20h2v4h-2zM23 21h2v3h-2z"/></svg>"#;
