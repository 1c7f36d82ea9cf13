//! The lenders' pages: login, plan, password, and the way back.
use crate::lender::{LENDERS, at_page};
use crate::merchant::{CALLBACK, PHONE, World};
use crate::world;
use kasir_tests::simulator::{Armed, Fault, Provider, Status};

async fn press(world: &World, method: &str, id: &str, more: &[(&'static str, &str)]) -> String {
    let mut fields = vec![("tx", id), ("decision", "approve")];
    fields.extend(more);
    world.press(&format!("/lender/{method}"), &fields).await
}

/// The step before the last.
async fn with_plan(world: &World, method: &str, id: &str) -> String {
    press(world, method, id, &[("phone", PHONE), ("pin", "123654")]).await;
    press(world, method, id, &[("months", "12")]).await
}

#[tokio::test]
async fn a_customer_logs_in_chooses_a_plan_and_confirms() {
    for (code, method) in LENDERS {
        let world = world().await;
        let id = at_page(&world, code, method).await;
        let page = world.look(&format!("/lender/{method}?tx={id}")).await;
        for needed in ["phone", "pin", "approve", "decline", "expire", "amount"] {
            assert!(page.contains(&format!("data-testid=\"{needed}\"")), "{needed} in {page}");
        }
        let plans = press(&world, method, &id, &[("phone", PHONE), ("pin", "123654")]).await;
        for plan in ["plan-1", "plan-3", "plan-6", "plan-12"] {
            assert!(plans.contains(&format!("data-testid=\"{plan}\"")), "{plan} in {plans}");
        }
        assert!(plans.contains("data-testid=\"plan-3\" checked"), "the merchant's plan: {plans}");
        assert!(plans.contains("Rp150.000 dalam 30 hari"), "{plans}");
        let last = press(&world, method, &id, &[("months", "12")]).await;
        let place = match world.details(&id).password {
            None => {
                assert!(last.contains("data-testid=\"pin\""), "{last}");
                press(&world, method, &id, &[("pin", "123654")]).await
            }
            Some(password) => {
                assert!(last.contains(&format!("data-testid=\"sms\">{password}<")), "{last}");
                press(&world, method, &id, &[("otp", password.as_str())]).await
            }
        };
        assert!(place.starts_with(&format!("{CALLBACK}&resultCd=0000&")), "{place}");
        for part in ["payMethod=06", "amt=150000", "instmntMon=12", "instmntType=1"] {
            assert!(place.contains(part), "{part} in {place}");
        }
        assert!(!place.contains("merchantToken"), "{place}");
        assert_eq!(world.sim.transactions()[0].status, Status::Paid);
    }
}

#[tokio::test]
async fn a_step_cannot_be_skipped() {
    let world = world().await;
    let id = at_page(&world, "KDVI", "kredivo").await;
    let password = world.details(&id).password.unwrap();
    let page = press(&world, "kredivo", &id, &[("otp", password.as_str())]).await;
    assert!(page.contains("data-testid=\"pin\"") && page.contains("Isi nomor HP"), "{page}");
    press(&world, "kredivo", &id, &[("phone", PHONE), ("pin", "123654")]).await;
    let page = press(&world, "kredivo", &id, &[("months", "24")]).await;
    assert!(page.contains("Pilih salah satu tenor"), "{page}");
    let page = press(&world, "kredivo", &id, &[("months", "3")]).await;
    assert!(page.contains("data-testid=\"otp\""), "{page}");
    assert!(press(&world, "kredivo", &id, &[("otp", "12")]).await.contains("6 angka"));
    assert_eq!(world.details(&id).status, Status::Unpaid);
}

#[tokio::test]
async fn a_password_that_is_wrong_three_times_blocks_and_then_leads_back() {
    let world = world().await;
    let id = at_page(&world, "IDNA", "indodana").await;
    with_plan(&world, "indodana", &id).await;
    for words in ["sisa 2 kali", "sisa 1 kali", "diblokir"] {
        let page = press(&world, "indodana", &id, &[("otp", "000000")]).await;
        assert!(page.contains(words), "{words} in {page}");
    }
    let page = world.look(&format!("/lender/indodana?tx={id}")).await;
    assert!(
        page.contains("data-status=\"failed\"") && page.contains("data-testid=\"return\""),
        "{page}"
    );
    let place = press(&world, "indodana", &id, &[("otp", "999999")]).await;
    assert!(place.starts_with(&format!("{CALLBACK}&resultCd=9030&")), "{place}");
    assert!(world.sim.ledger().is_empty());
}

#[tokio::test]
async fn a_customer_can_decline_and_let_time_run_out_at_every_step() {
    for (decision, status) in [("decline", Status::Failed), ("expire", Status::Expired)] {
        let world = world().await;
        let id = at_page(&world, "AKLP", "akulaku").await;
        let fields = [("tx", id.as_str()), ("decision", decision)];
        let place = world.press("/lender/akulaku", &fields).await;
        assert!(place.contains("resultCd=9030"), "{place}");
        assert_eq!(world.details(&id).status, status);
    }
}

#[tokio::test]
async fn a_loan_is_shown_by_its_own_lender_only_and_is_no_wallets_bill() {
    let world = world().await;
    let id = at_page(&world, "AKLP", "akulaku").await;
    for path in ["/lender/kredivo", "/wallet/akulaku", "/lender/dana"] {
        let page = world.look(&format!("{path}?tx={id}")).await;
        assert!(page.contains("data-testid=\"error\""), "{path} {page}");
    }
    assert!(world.look("/phone").await.contains("no-prompts"));
}

#[tokio::test]
async fn a_browser_that_is_not_sent_back_stays_at_the_lender_though_it_paid() {
    let world = world().await;
    let id = at_page(&world, "AKLP", "akulaku").await;
    world.sim.arm(Armed::once(Provider::Nicepay, Fault::NoCallback)).unwrap();
    with_plan(&world, "akulaku", &id).await;
    let page = press(&world, "akulaku", &id, &[("pin", "123654")]).await;
    assert!(page.contains("data-testid=\"stranded\""), "{page}");
    assert_eq!(world.told().await.len(), 1);
}
