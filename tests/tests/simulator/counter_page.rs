//! The till as a cashier sees it, and as the control interface moves it.
use crate::orders::AMOUNT;
use crate::world;
use http::Method;
use serde_json::json;

fn has(page: &str, ids: &[&str]) {
    for id in ids {
        assert!(page.contains(&format!("data-testid=\"{id}\"")), "{id} in {page}");
    }
}

#[tokio::test]
async fn a_cashier_enters_a_number_sees_name_and_amount_and_takes_the_money() {
    for (code, store, name) in
        [("INDO", "indomaret", "Indomaret"), ("ALMA", "alfamart", "Alfamart")]
    {
        let world = world().await;
        let (id, number) = world.numbered(code, "INV-1").await;
        let path = format!("/counter/{store}");
        let till = world.look(&path).await;
        has(&till, &["code", "ask"]);
        assert!(till.contains(name) && till.contains("SIMULATOR"), "{till}");
        // As it is read out, in groups.
        let spaced = format!("{} {}", &number[..4], &number[4..]);
        let asked = world.press(&path, &[("action", "ask"), ("code", &spaced)]).await;
        has(&asked, &["amount", "name", "reference", "approve", "leave", "anyway"]);
        for words in ["Rp150.000", "Sari Dewi", "INV-1", "22 November 2026 10.00 WIB"] {
            assert!(asked.contains(words), "{words} in {asked}");
        }
        let pay = [("action", "pay"), ("code", number.as_str()), ("amount", "150000")];
        let slip = world.press(&path, &pay).await;
        has(&slip, &["paid", "slip", "next"]);
        assert_eq!(world.digit(&id, "INV-1").await, "0");

        let again = world.press(&path, &pay).await;
        assert!(again.contains("data-reason=\"paid\""), "{again}");
        has(&again, &["refusal", "anyway", "taken"]);
        let anyway =
            [("action", "pay"), ("code", number.as_str()), ("anyway", "1"), ("amount", "50.000")];
        has(&world.press(&path, &anyway).await, &["paid"]);
        assert_eq!(world.sim.ledger()[0].charged.value, AMOUNT + 50_000);
    }
}

#[tokio::test]
async fn a_till_says_why_it_takes_no_money() {
    let world = world().await;
    let (id, number) = world.numbered("ALMA", "INV-1").await;
    let press = async |code: &str, amount: &str| {
        let fields = [("action", "pay"), ("code", code), ("amount", amount)];
        world.press("/counter/alfamart", &fields).await
    };
    assert!(press("404", "1").await.contains("data-reason=\"unknown\""));
    let less = press(&number, "149999").await;
    assert!(less.contains("data-reason=\"amount\"") && less.contains("Rp150.000"), "{less}");
    world.take_back(&id, "03").await;
    assert!(press(&number, "150000").await.contains("data-reason=\"cancelled\""));
    let (_, number) = world.numbered("ALMA", "INV-2").await;
    world.pass(172_800).await;
    assert!(press(&number, "150000").await.contains("data-reason=\"expired\""));
    assert!(world.sim.ledger().is_empty());
}

#[tokio::test]
async fn a_customer_who_goes_away_gives_the_number_free() {
    let world = world().await;
    let (id, number) = world.numbered("ALMA", "INV-1").await;
    let code = ("code", number.as_str());
    world.press("/counter/alfamart", &[("action", "ask"), code]).await;
    assert_eq!(world.digit(&id, "INV-1").await, "5");
    let place = world.press("/counter/alfamart", &[("action", "leave"), code]).await;
    assert_eq!(place, "/counter/alfamart");
    assert_eq!(world.digit(&id, "INV-1").await, "3");
}

#[tokio::test]
async fn there_are_two_stores_and_what_is_entered_cannot_become_markup() {
    let world = world().await;
    assert!(world.look("/counter/lawson").await.contains("data-testid=\"error\""));
    let page = world.look("/counter/indomaret?code=%22%3E%3Cscript%3E").await;
    assert!(!page.contains("<script>"), "{page}");
}

#[tokio::test]
async fn a_till_is_moved_by_the_control_interface_and_is_in_the_journal() {
    let world = world().await;
    let (id, number) = world.numbered("ALMA", "INV-1").await;
    let body = json!({"pay_no": number});
    let (code, bill) = world.control(Method::POST, "counters/alfamart/ask", &body).await;
    assert_eq!((code, &bill["status"], &bill["id"]), (200, &json!("processing"), &json!(id)));
    let little = json!({"pay_no": number, "amount": 1});
    let (code, problem) = world.control(Method::POST, "counters/alfamart/pay", &little).await;
    assert_eq!((code, &problem["code"]), (409, &json!("amount")));
    let (code, bill) = world.control(Method::POST, "counters/alfamart/pay", &body).await;
    assert_eq!((code, &bill["status"]), (200, &json!("paid")));
    assert_eq!(world.control(Method::POST, "counters/alfamart/pay", &body).await.0, 409);
    let anyway = json!({"pay_no": number, "anyway": true});
    assert_eq!(world.control(Method::POST, "counters/alfamart/pay", &anyway).await.0, 200);
    assert_eq!(world.control(Method::POST, "counters/indomaret/pay", &body).await.0, 404);
    assert_eq!(world.control(Method::POST, "counters/alfamart/steal", &body).await.0, 404);
    assert_eq!(world.control(Method::POST, "counters/alfamart/ask", &json!({})).await.0, 422);

    let (_, details) = world.control(Method::GET, &format!("nicepay/{id}"), &json!(null)).await;
    for (name, value) in [
        ("method", "alfamart"),
        ("pay_method", "03"),
        ("status", "paid"),
        ("digit", "0"),
        ("pay_no", number.as_str()),
        ("valid_until", "2026-11-22T03:00:00Z"),
    ] {
        assert_eq!(details[name], value, "{name}");
    }
    assert_eq!(world.control(Method::GET, "nicepay/none", &json!(null)).await.0, 404);
    let (_, requests) = world.control(Method::GET, "requests?reference=INV-1", &json!(null)).await;
    let tills: Vec<_> =
        requests.as_array().unwrap().iter().filter(|e| e["operation"] == "till").collect();
    assert_eq!(tills.len(), 5, "refused or not");
    assert_eq!(tills[0]["path"], "/counter/alfamart");
    assert_eq!(tills[0]["fields"]["action"], "ask");
}
