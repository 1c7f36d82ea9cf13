//! What every document promises, over every state of the page.

#[expect(dead_code, reason = "the example's own `main` is not called here")]
#[path = "../examples/states.rs"]
mod states;

use kasir_frontend::{Asset, Assets, Page, Typed, document, lost_document};
use kasir_shared::{Locale, MethodId};
use serde_json::json;

fn assets() -> Assets {
    let asset =
        |path: &str| Some(Asset { path: path.to_owned(), integrity: "sha384-abc".to_owned() });
    Assets { style: asset("/a.css"), script: asset("/a.js"), wasm: asset("/a.wasm") }
}

fn documents() -> Vec<(String, String)> {
    let of = |locale: Locale| {
        let mut pages: Vec<(String, String)> = states::states(locale)
            .into_iter()
            .map(|(name, page)| (format!("{name}.{}", locale.tag()), document(&page, &assets())))
            .collect();
        pages.push((format!("lost.{}", locale.tag()), lost_document(locale, &assets())));
        pages
    };
    Locale::ALL.into_iter().flat_map(of).collect()
}

fn html_of(name: &str) -> String {
    let found = documents().into_iter().find(|(known, _)| known == name);
    found.map(|(_, html)| html).unwrap_or_default()
}

/// The opening tags of an element, with their attributes.
fn tags<'a>(html: &'a str, tag: &str) -> Vec<&'a str> {
    let opening = format!("<{tag}");
    html.split(&opening)
        .skip(1)
        .filter(|rest| rest.starts_with([' ', '>']))
        .filter_map(|rest| rest.split('>').next())
        .collect()
}

#[test]
fn every_state_renders_its_own_screen_with_one_heading() {
    for (name, html) in documents() {
        assert_eq!(tags(&html, "h1").len(), 1, "{name}");
        assert_eq!(html.matches("data-testid=\"screen-").count(), 1, "{name}");
        assert!(html.starts_with("<!doctype html><html lang=\""), "{name}");
        assert!(
            !html.contains("{wallet}") && !html.contains("{shop}"),
            "{name}: a name is missing"
        );
    }
    for name in ["choose", "redirect", "open-app", "approve-push", "pay-code", "paid", "lost"] {
        assert!(html_of(&format!("{name}.id")).contains(&format!("\"screen-{name}\"")), "{name}");
    }
}

#[test]
fn no_script_and_no_style_stands_in_a_document() {
    for (name, html) in documents() {
        assert!(!html.contains("<style"), "{name}");
        assert!(!html.contains(" style="), "{name}");
        assert!(!html.contains(" onclick=") && !html.contains("javascript:"), "{name}");
        for script in html.split("<script").skip(1) {
            let (tag, rest) = script.split_once('>').unwrap();
            assert!(tag.contains(" src=\"") && tag.contains(" integrity=\""), "{name}: {tag}");
            assert!(rest.starts_with("</script>"), "{name}: a script with something in it");
        }
    }
}

#[test]
fn a_hostile_shop_breaks_out_of_nothing() {
    let hostile = "</div><script>alert(1)</script>\"'{wallet}";
    let view = json!({"merchant": {"name": hostile}, "reference": "\"><img src=x onerror=alert(1)>",
        "items": [{"name": hostile, "quantity": 2, "price": {"value": 75_000, "currency": "IDR"}}]});
    let html = document(&states::page(Locale::Id, view), &Assets::default());
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    assert!(html.contains("&lt;/div&gt;&lt;script&gt;"));
    let state = html.split("data-page=\"").nth(1).unwrap().split('"').next().unwrap();
    let state = state
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    let page: Page = serde_json::from_str(&state).unwrap();
    assert_eq!(page.view.merchant.name, hostile, "the browser reads what the server wrote");
}

#[test]
fn the_form_of_the_methods_pays_without_script() {
    let html = html_of("choose.id");
    let form = tags(&html, "form")[0];
    assert!(form.contains("method=\"post\""));
    assert!(form.contains("action=\"/checkout/v1/ct_demo/attempts?locale=id\""));
    let inputs = tags(&html, "input");
    let named = |name: &str| inputs.iter().filter(|tag| tag.contains(name)).count();
    assert_eq!(named("type=\"radio\" name=\"method\""), 9);
    assert_eq!(named("name=\"phone.ovo\""), 1);
    assert_eq!(named("name=\"name.akulaku\""), 1);
    assert_eq!(named("value=\"kredivo\" disabled=\"\""), 1);
    assert_eq!(
        tags(&html, "button").iter().filter(|tag| tag.contains("type=\"submit\"")).count(),
        1
    );
    assert!(html.contains("Bayar Rp150.000"));
}

#[test]
fn a_form_that_was_wrong_comes_back_with_what_was_typed() {
    let html = html_of("choose-error.en");
    let inputs = tags(&html, "input");
    let chosen = inputs.iter().find(|tag| tag.contains("checked")).unwrap();
    assert!(chosen.contains("value=\"ovo\""));
    let phone = inputs.iter().find(|tag| tag.contains("phone.ovo")).unwrap();
    assert!(phone.contains("value=\"0812\"") && phone.contains("aria-invalid=\"true\""));
    assert!(phone.contains("aria-describedby=\"wrong-phone.ovo\""));
    assert!(html.contains("Enter 10–13 digits, for example 0812 3456 7890"));
    assert!(html.contains("Pay Rp150.000 with OVO"));
}

#[test]
fn a_typed_number_is_not_lost_to_the_one_the_shop_gave() {
    let view = json!({"phone": "081211112222"});
    let typed =
        Typed { method: Some(MethodId::Ovo), phone: Some("0899".to_owned()), ..Typed::default() };
    let page = Page { typed, ..states::page(Locale::Id, view) };
    assert!(document(&page, &Assets::default()).contains("value=\"0899\""));
}

#[test]
fn a_live_attempt_can_be_taken_back_without_script() {
    for name in ["redirect", "submit", "open-app", "approve-push", "pay-code", "wait"] {
        let html = html_of(&format!("{name}.id"));
        let action = "action=\"/checkout/v1/ct_demo/attempts/pay_01JD/cancel?locale=id\"";
        assert!(tags(&html, "form").iter().any(|form| form.contains(action)), "{name}");
    }
    for name in ["link", "link-redirect", "linking"] {
        let html = html_of(&format!("{name}.id"));
        let action = "action=\"/checkout/v1/ct_demo/links/lnk_ovo/unlink?locale=id\"";
        assert!(tags(&html, "form").iter().any(|form| form.contains(action)), "{name}");
    }
    // There pressing something could pay twice.
    for name in ["uncertain.id", "checking.id"] {
        assert!(!html_of(name).contains("<form"), "{name}");
    }
}

#[test]
fn every_way_out_of_a_frame_leaves_the_frame() {
    for (name, page) in states::states(Locale::Id) {
        let html = document(&Page { embed: true, ..page }, &assets());
        for link in tags(&html, "a").into_iter().filter(|link| link.contains("href=\"http")) {
            assert!(link.contains("target=\"_top\""), "{name}: {link}");
        }
        for form in tags(&html, "form").into_iter().filter(|form| form.contains("\"http")) {
            assert!(form.contains("target=\"_top\""), "{name}: {form}");
        }
        for inside in tags(&html, "form").into_iter().filter(|form| form.contains("\"/checkout")) {
            assert!(inside.contains("embed=1"), "{name}: {inside}");
        }
    }
}

#[test]
fn every_end_has_exactly_one_next_step() {
    for (name, step) in [
        ("paid", "back-to-shop"),
        ("paid-late", "back-to-shop"),
        ("paid-twice", "back-to-shop"),
        ("failed", "another-way"),
        ("failed-low-balance", "another-way"),
        ("failed-link-gone", "another-way"),
        ("expired", "another-way"),
        ("cancelled", "another-way"),
        ("refunded", "back-to-shop"),
        ("partly-refunded", "back-to-shop"),
        ("session-expired", "back-to-shop"),
        ("session-cancelled", "back-to-shop"),
    ] {
        let html = html_of(&format!("{name}.id"));
        assert_eq!(html.matches("button--primary").count(), 1, "{name}");
        assert_eq!(html.matches(&format!("data-testid=\"{step}\"")).count(), 1, "{name}");
    }
}

#[test]
fn no_charge_is_promised_only_where_it_is_known() {
    for (name, html) in documents() {
        let promised = html.contains("tidak terpotong") || html.contains("were not charged");
        let known = ["failed", "expired", "cancelled", "session-expired", "session-cancelled"];
        let state = name.rsplit_once('.').unwrap().0;
        // Linking moves no money, whatever becomes of it.
        let linked = state.starts_with("choose-link-") || state.starts_with("failed-");
        assert_eq!(promised, linked || known.contains(&state), "{name}");
    }
}

#[test]
fn a_page_without_script_looks_again_only_where_nobody_types() {
    for (name, seconds) in [
        ("approve-push", Some("5")),
        ("wait", Some("5")),
        ("uncertain", Some("5")),
        ("open-app", Some("8")),
        ("choose", None),
        ("redirect", Some("8")),
        ("submit", Some("8")),
        ("link", Some("8")),
        ("pay-code", Some("30")),
        ("paid", None),
    ] {
        let html = html_of(&format!("{name}.id"));
        let refresh = seconds.map(|seconds| {
            format!("<noscript><meta http-equiv=\"refresh\" content=\"{seconds}\"></noscript>")
        });
        assert_eq!(html.contains("http-equiv"), refresh.is_some(), "{name}");
        assert!(refresh.is_none_or(|refresh| html.contains(&refresh)), "{name}");
    }
}

#[test]
fn the_countdown_starts_with_what_the_server_counted() {
    let html = html_of("approve-push.id");
    assert!(html.contains(">0:42</p>"));
    // 18 of 60 seconds have passed.
    assert!(html.contains("stroke-dasharray=\"70 100\""));
}

#[test]
fn the_page_runs_without_its_built_files() {
    let html = document(&states::page(Locale::Id, json!({})), &Assets::default());
    assert!(!html.contains("<script") && !html.contains("stylesheet"));
    assert!(html.contains("screen-choose"));
}

#[test]
fn linked_wallets_come_first_and_the_first_is_chosen() {
    let html = html_of("choose-linked.id");
    let radios: Vec<&str> =
        tags(&html, "input").into_iter().filter(|tag| tag.contains("type=\"radio\"")).collect();
    for (place, wallet) in ["gopay", "dana", "linkaja", "ovo"].into_iter().enumerate() {
        assert!(radios[place].contains(&format!("value=\"{wallet}\"")), "{place}: {radios:?}");
    }
    let checked: Vec<&&str> = radios.iter().filter(|radio| radio.contains("checked")).collect();
    assert_eq!(checked.len(), 1);
    assert!(checked[0].contains("value=\"gopay\""));
    assert!(html.contains(">GoPay ••••7890</span>"));
    assert!(html.contains("name=\"link.gopay\" value=\"lnk_gopay\""));
    assert!(html.contains("Bayar Rp150.000 dengan GoPay"));
    assert!(html.contains("Kopi Selasar tidak melihat saldo atau PIN Anda."));
}

#[test]
fn a_wallet_that_was_linked_just_now_is_first_and_chosen() {
    let html = html_of("choose-new-link.id");
    let radios: Vec<&str> =
        tags(&html, "input").into_iter().filter(|tag| tag.contains("type=\"radio\"")).collect();
    assert!(radios[0].contains("value=\"dana\"") && radios[0].contains("checked"));
}

#[test]
fn a_balance_takes_its_place_before_it_is_known() {
    let html = html_of("choose-linked.id");
    assert!(html.contains("data-testid=\"balance-gopay\"></span>"));
    let to_balances = "<noscript><a href=\"/c/ct_demo?locale=id&amp;balances=1\"";
    assert!(html.contains(to_balances));
    let known = html_of("choose-balances.en");
    assert!(known.contains(">Rp250.000 + 12.000 points</span>"));
    assert!(known.contains(">Rp50.000 is not enough</span>"));
    assert!(known.contains(">Balance unavailable</span>"));
    assert!(!known.contains("<noscript") && !known.contains("<script"));
    assert!(known.contains("data-testid=\"pay\">Pay Rp150.000 with GoPay</button>"));
}

#[test]
fn a_wallet_is_linked_without_script() {
    let html = html_of("choose-linked.id");
    let buttons = tags(&html, "button");
    let link = |wallet: &str| {
        let value = format!("name=\"wallet\" value=\"{wallet}\"");
        buttons.iter().filter(|tag| tag.contains(&value)).count()
    };
    assert_eq!((link("ovo"), link("shopeepay"), link("gopay"), link("astrapay")), (1, 1, 0, 0));
    let action = "formaction=\"/checkout/v1/ct_demo/links?locale=id\"";
    assert_eq!(buttons.iter().filter(|tag| tag.contains(action)).count(), 2);
    // Enter in any field presses the form's first button, which must be one that pays.
    assert!(buttons[0].contains("type=\"submit\"") && !buttons[0].contains("formaction"));
    assert!(tags(&html, "input").iter().any(|tag| tag.contains("name=\"phone.shopeepay\"")));
    assert!(html_of("choose-must-link.id").contains(">Hubungkan AstraPay</button>"));
}

#[test]
fn why_a_wallet_was_not_linked_is_said_above_the_list() {
    let html = html_of("choose-link-blocked.en");
    let sentence = "Wrong codes too often: OVO takes no more for now. You were not charged.";
    assert!(html.contains(sentence));
    assert!(html.find(sentence) < html.find("type=\"radio\""));
}

#[test]
fn unlinking_is_a_question_that_needs_no_script() {
    let html = html_of("unlink.id");
    assert!(!html.contains("<script") && html.contains("data-testid=\"screen-unlink\""));
    assert!(html.contains("Putuskan GoPay ••••7890?"));
    let action = "action=\"/checkout/v1/ct_demo/links/lnk_gopay/unlink?locale=id\"";
    assert!(tags(&html, "form").iter().any(|form| form.contains(action)));
    assert!(tags(&html, "a").iter().any(|link| link.contains("href=\"/c/ct_demo?locale=id\"")));
    let gone = Page { unlink: "lnk_other".parse().ok(), ..states::page(Locale::Id, json!({})) };
    assert!(document(&gone, &assets()).contains("screen-choose"), "nobody else's link");
}
