//! AstraPay: a customer links an account once and pays from it.
use crate::merchant::{CALLBACK, Form, MERCHANT, PHONE, World, form_with, text};
use crate::world;
use http::header::LOCATION;
use serde_json::Value;

async fn at_registration_page(world: &World) -> String {
    let form = World::linking("LNK-1", &world.inbox.url);
    let response = world.form("/nicepay/api/linkEnable.do", &form).await;
    assert_eq!(response.status(), 302, "{}", world.last_verdict());
    let place = response.headers()[LOCATION].to_str().unwrap().to_owned();
    place.rsplit_once("link=").unwrap().1.to_owned()
}

fn decision(link: &str, decision: &str) -> Form {
    [("link", link), ("pin", "123456"), ("decision", decision)].map(|(n, v)| (n, v.into())).to_vec()
}

#[tokio::test]
async fn a_linked_account_is_notified_and_the_browser_brings_the_mandate() {
    let world = world().await;
    let link = at_registration_page(&world).await;
    assert!(
        world.look(&format!("/astrapay/register?link={link}")).await.contains("id=\"approve\"")
    );
    let response = world.form("/astrapay/register", &decision(&link, "approve")).await;
    let place = response.headers()[LOCATION].to_str().unwrap().to_owned();
    world.sim.quiet().await;
    let mandate = world.sim.links()[0].mandate.clone().unwrap();
    assert_eq!((mandate.len(), &mandate[..10]), (19, MERCHANT));
    assert!(place.starts_with(&format!("{CALLBACK}&resultCd=0000")), "{place}");
    assert!(place.ends_with(&format!("&mitraCd=ASTR&mandateID={mandate}")), "{place}");
    let told = world.inbox.received();
    assert!(told[0].is_genuine());
    assert_eq!(
        (&told[0].fields()["mandateID"], &told[0].fields()["referenceNo"]),
        (&mandate, &"LNK-1".into())
    );

    let form = world.linked_payment(&mandate, "INV-1", 10_000);
    let answer: Value =
        world.form("/nicepay/api/linkInitiate.do", &form).await.json().await.unwrap();
    assert_eq!(answer["resultCd"], "0000", "{}", world.last_verdict());
    let id = text(&answer, "tXid");
    assert_eq!(
        text(&answer, "redirectUrlHttp"),
        world.served.url(&format!("/wallet/astrapay?tx={id}"))
    );
    assert_eq!(text(&answer, "redirectUrlApp"), format!("astrapay://pay?tx={id}"));
    assert_eq!(world.standing(id, "INV-1", 10_000).await.0, "3");
}

#[tokio::test]
async fn a_declined_link_is_not_notified_and_gives_no_mandate() {
    let world = world().await;
    let link = at_registration_page(&world).await;
    let response = world.form("/astrapay/register", &decision(&link, "decline")).await;
    let place = response.headers()[LOCATION].to_str().unwrap();
    assert!(place.contains("resultCd=9750") && place.ends_with("mandateID="), "{place}");
    world.sim.quiet().await;
    assert!(world.inbox.received().is_empty());
    assert!(world.sim.answer_link(&link, true).is_err());
}

#[tokio::test]
async fn a_mandate_that_is_not_linked_cannot_pay() {
    let world = world().await;
    let form = world.linked_payment("IONPAYTEST123412345", "INV-1", 10_000);
    let answer: Value =
        world.form("/nicepay/api/linkInitiate.do", &form).await.json().await.unwrap();
    assert_eq!(answer["resultCd"], "9751");
    assert!(world.sim.transactions().is_empty());
}

#[tokio::test]
async fn without_json_the_browser_is_sent_to_astrapay_and_pays_there() {
    let world = world().await;
    let mandate = world.sim.link_astrapay(MERCHANT, PHONE);
    let form = form_with(&world.linked_payment(&mandate, "INV-1", 10_000), "returnJsonFormat", "");
    let response = world.form("/nicepay/api/linkInitiate.do", &form).await;
    assert_eq!(response.status(), 302);
    let id = world.sim.transactions()[0].id.clone();
    assert!(
        response.headers()[LOCATION]
            .to_str()
            .unwrap()
            .ends_with(&format!("/wallet/astrapay?tx={id}"))
    );
    let paid = crate::customer::decide(&world, ("wallet", "astrapay"), &id, "approve").await;
    assert!(paid.contains("mitraCd=ASTR"), "{paid}");
    world.sim.quiet().await;
    assert_eq!(world.inbox.received().len(), 1);
    assert_eq!(world.cancel(&id, "1", 10_000).await["resultCd"], "9331");
}
