//! The control interface, word for word.
use crate::world;
use http::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn transactions_are_listed_and_found_by_their_reference() {
    let world = world().await;
    let first = world.register("ESHP", "INV-1", 10_000).await;
    world.register("LINK", "INV-2", 25_000).await;
    let (status, all) = world.control(Method::GET, "transactions", &Value::Null).await;
    assert_eq!((status, all.as_array().unwrap().len()), (200, 2));
    let (_, one) = world.control(Method::GET, "transactions?reference=INV-1", &Value::Null).await;
    let expected = json!([{
        "id": first, "provider": "nicepay", "method": "shopeepay", "reference": "INV-1",
        "amount": {"value": 10_000, "currency": "IDR"}, "status": "initiated",
    }]);
    assert_eq!(one, expected);
    let (_, none) = world.control(Method::GET, "transactions?reference=INV-3", &Value::Null).await;
    assert_eq!(none, json!([]));
}

#[tokio::test]
async fn a_decision_changes_a_transaction_once() {
    let world = world().await;
    for (i, (word, status)) in
        [("approve", "paid"), ("decline", "failed"), ("expire", "expired")].iter().enumerate()
    {
        let id = world.register("DANA", &format!("INV-{i}"), 10_000).await;
        let path = format!("transactions/{id}/{word}");
        let (code, answer) = world.control(Method::POST, &path, &Value::Null).await;
        assert_eq!((code, &answer["status"]), (200, &json!(status)));
        let again = format!("transactions/{id}/approve");
        let (code, problem) = world.control(Method::POST, &again, &Value::Null).await;
        assert_eq!((code, &problem["code"]), (409, &json!("conflict")), "{word}");
    }
}

#[tokio::test]
async fn a_refund_needs_a_payment_and_gives_back_what_is_left() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    let path = format!("transactions/{id}/refund");
    assert_eq!(world.control(Method::POST, &path, &Value::Null).await.0, 409);
    world.sim.approve(&id).unwrap();
    world.cancel(&id, "2", 4_000).await;
    let (code, answer) = world.control(Method::POST, &path, &Value::Null).await;
    assert_eq!((code, &answer["status"]), (200, &json!("refunded")));
    assert_eq!(world.sim.ledger()[0].refunded.value, 10_000);
    assert_eq!(world.control(Method::POST, &path, &Value::Null).await.0, 409);
}

#[tokio::test]
async fn what_does_not_exist_is_a_404_problem() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    for path in [
        "transactions/nothing/approve".to_owned(),
        format!("transactions/{id}/explode"),
        "links/nothing/approve".to_owned(),
    ] {
        let (code, problem) = world.control(Method::POST, &path, &Value::Null).await;
        assert_eq!((code, &problem["status"]), (404, &json!(404)), "{path}");
    }
}

#[tokio::test]
async fn the_ledger_says_what_was_charged_and_when() {
    let world = world().await;
    let id = world.register("OVOE", "INV-1", 10_000).await;
    assert_eq!(world.control(Method::GET, "ledger", &Value::Null).await.1, json!([]));
    world.sim.approve(&id).unwrap();
    world.pass(60).await;
    world.cancel(&id, "1", 10_000).await;
    let (_, ledger) = world.control(Method::GET, "ledger", &Value::Null).await;
    let expected = json!([{
        "id": id, "provider": "nicepay", "method": "ovo", "reference": "INV-1",
        "charged": {"value": 10_000, "currency": "IDR"},
        "refunded": {"value": 10_000, "currency": "IDR"},
        "charged_at": "2026-11-20T03:00:00Z", "refunded_at": "2026-11-20T03:01:00Z",
    }]);
    assert_eq!(ledger, expected);
}

#[tokio::test]
async fn requests_show_every_field_but_no_whole_token() {
    let world = world().await;
    let request = world.registration("DANA", "INV-1", 10_000);
    let token = request["merchantToken"].as_str().unwrap();
    world.post("registration", &request).await;
    let (_, requests) = world.control(Method::GET, "requests", &Value::Null).await;
    assert!(!requests.to_string().contains(token));
    let entry = &requests[0];
    for (name, value) in [
        ("method", "POST"),
        ("path", "/nicepay/direct/v2/registration"),
        ("operation", "registration"),
        ("reference", "INV-1"),
        ("verdict", "accepted"),
        ("code", "0000"),
        ("direction", "in"),
        ("at", "2026-11-20T03:00:00Z"),
    ] {
        assert_eq!(entry[name], value, "{name}");
    }
    assert_eq!(entry["fields"]["billingNm"], "Sari Dewi");
    assert_eq!(entry["fields"]["merchantToken"], format!("{}…(64)", &token[..8]));
}

#[tokio::test]
async fn notifications_are_among_the_requests_with_the_receivers_answer() {
    let world = world().await;
    let id = world.register("DANA", "INV-1", 10_000).await;
    world.sim.approve(&id).unwrap();
    world.sim.quiet().await;
    let (_, requests) = world.control(Method::GET, "requests?reference=INV-1", &Value::Null).await;
    let sent = requests.as_array().unwrap().last().unwrap();
    assert_eq!((&sent["direction"], &sent["code"]), (&json!("out"), &json!("200")));
    assert_eq!((&sent["path"], &sent["transaction"]), (&json!(world.inbox.url), &json!(id)));
}

#[tokio::test]
async fn faults_are_armed_listed_and_cleared() {
    let world = world().await;
    let fault = json!({"provider": "nicepay", "fault": "lost_reply", "times": 2,
                       "operation": "cancel"});
    assert_eq!(world.control(Method::POST, "faults", &fault).await.0, 201);
    let (_, list) = world.control(Method::GET, "faults", &Value::Null).await;
    assert_eq!((&list[0]["fault"], &list[0]["times"]), (&json!("lost_reply"), &json!(2)));
    assert_eq!(world.control(Method::DELETE, "faults", &Value::Null).await.0, 204);
    assert_eq!(world.control(Method::GET, "faults", &Value::Null).await.1, json!([]));
}

#[tokio::test]
async fn what_cannot_be_armed_is_a_422_that_says_what_can() {
    let world = world().await;
    let rows = [
        (json!({"provider": "nicepay", "fault": "sabotage"}), "`reordered_notification`"),
        (json!({"provider": "nobody", "fault": "busy"}), "`nicepay`"),
        (json!({"provider": "nicepay", "fault": "busy", "operation": "tea"}), "`link_initiate`"),
        (
            json!({"provider": "nicepay", "fault": "busy", "operation": "payment"}),
            "cannot be played",
        ),
        (json!({"provider": "nicepay", "fault": "busy", "time": 2}), "unknown field"),
        (json!({"fault": "busy"}), "provider"),
        (json!(7), "expected"),
    ];
    for (body, says) in rows {
        let (code, problem) = world.control(Method::POST, "faults", &body).await;
        let detail = problem["detail"].as_str().unwrap();
        assert!(code == 422 && detail.contains(says), "{body}: {code} {detail}");
    }
    assert!(world.sim.armed().is_empty());
}

#[tokio::test]
async fn the_clock_is_read_and_moved_forward_only() {
    let world = world().await;
    let (_, before) = world.control(Method::GET, "clock", &Value::Null).await;
    assert_eq!(before["now"], "2026-11-20T03:00:00Z");
    let (_, after) = world.control(Method::POST, "clock", &json!({"advance_s": 55})).await;
    assert_eq!(after["now"], "2026-11-20T03:00:55Z");
    assert_eq!(after["now_ms"].as_i64().unwrap() - before["now_ms"].as_i64().unwrap(), 55_000);
    for wrong in [json!({"advance_s": -1}), json!({"advance": 1}), json!({}), json!([])] {
        assert_eq!(world.control(Method::POST, "clock", &wrong).await.0, 422, "{wrong}");
    }
}

#[tokio::test]
async fn a_link_can_be_decided_without_its_page() {
    let world = world().await;
    let form = crate::merchant::World::linking("LNK-1", &world.inbox.url);
    world.form("/nicepay/api/linkEnable.do", &form).await;
    let (_, links) = world.control(Method::GET, "links", &Value::Null).await;
    assert_eq!((&links[0]["status"], &links[0]["reference"]), (&json!("pending"), &json!("LNK-1")));
    let path = format!("links/{}/approve", links[0]["id"].as_str().unwrap());
    let (code, link) = world.control(Method::POST, &path, &Value::Null).await;
    assert_eq!((code, &link["status"]), (200, &json!("linked")));
    assert_eq!(world.control(Method::POST, &path, &Value::Null).await.0, 409);
}

#[tokio::test]
async fn a_stopped_simulator_takes_no_more_connections() {
    let world = world().await;
    let addr = world.served.addr();
    world.served.stop().await;
    assert!(tokio::net::TcpStream::connect(addr).await.is_err());
}
