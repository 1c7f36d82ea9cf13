//! Every screen of the page, each with an address that shows it.

use std::sync::Arc;

use kasir_server::provider::Next;
use kasir_shared::{Event, FailureReason, MethodId};
use kasir_tests::simulator::{Armed, Clock as _, Fault, Operation, Provider};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::device::Device;
use crate::linked_wallets::{Binding, LinkedWallets};
use crate::made_up::MadeUp;
use crate::story::{Session, Setting, Stage, story};

/// The screens, by the end of their `data-testid`; what follows a colon tells two looks of one apart.
pub(crate) const SCENES: [&str; 29] = [
    "choose",
    "choose:linked",
    "choose:linkable",
    "choose:required",
    "choose:not-linked",
    "redirect",
    "submit",
    "open-app",
    "link",
    "linking",
    "unlink",
    "approve-push",
    "wait",
    "uncertain",
    "uncertain:prompt",
    "checking",
    "failed",
    "failed:low-balance",
    "failed:link-gone",
    "expired",
    "cancelled",
    "session-cancelled",
    "session-expired",
    "paid",
    "paid-late",
    "paid-twice",
    "partly-refunded",
    "refunded",
    "lost",
];

/// Shows every screen in a language, one after the other.
pub(crate) async fn every_screen<F, Look>(device: Device, locale: &'static str, look: F)
where
    F: Fn(Arc<Stage>, &'static str) -> Look + Send + 'static,
    Look: Future<Output = ()> + Send,
{
    let (made_up, linked) = (MadeUp::new(), LinkedWallets::open());
    let setting = Setting::with(device).stand_in(made_up.stand_in()).linking(&linked);
    story(setting, move |stage: Arc<Stage>| async move {
        for name in SCENES {
            made_up.forgets();
            let scene = Scene { stage: &stage, made_up: &made_up, linked: &linked, locale };
            let address = scene.set(name).await;
            stage.browser.goto(&address).await;
            let (screen, _) = name.split_once(':').unwrap_or((name, ""));
            stage.browser.see(&format!("screen-{screen}")).await;
            arrange(&stage.browser, name).await;
            look(stage.clone(), name).await;
        }
    })
    .await;
}

/// What a customer does before there is something to look at.
async fn arrange(browser: &Browser, name: &str) {
    match name {
        "choose:linked" => {
            for (wallet, words) in [("gopay", "Rp250.000"), ("shopeepay", "Rp50.000")] {
                browser.says(&format!("balance-{wallet}"), words).await;
            }
            browser.holds("document.querySelectorAll('.balance:empty').length === 0").await;
        }
        "choose:linkable" => {
            browser.choose("shopeepay", "ShopeePay").await;
            browser.tap_css(".method:has(:checked) summary").await;
        }
        "choose:required" => browser.choose("astrapay", "AstraPay").await,
        _ => {}
    }
}

struct Scene<'a> {
    stage: &'a Stage,
    made_up: &'a MadeUp,
    linked: &'a LinkedWallets,
    locale: &'static str,
}

impl Scene<'_> {
    /// Brings a session to where its page shows the screen; its address.
    async fn set(&self, name: &str) -> String {
        let customer = json!({ "id": format!("{name}-{}", self.locale), "phone": "081234567890" });
        let wish = json!({ "expires_in": 900, "customer": customer });
        let session = self.stage.session(self.locale, wish).await;
        match name {
            "choose" | "choose:linkable" | "choose:required" => {}
            "unlink" => return self.asks_to_unlink(&session).await,
            "choose:linked" | "choose:not-linked" | "linking" | "failed:low-balance"
            | "failed:link-gone" => self.links(&session, name).await,
            "lost" => {
                let address = session.url.replace(&session.token, "ct_none");
                return format!("{address}?locale={}", self.locale);
            }
            "link" => drop(self.stage.start(&session, "astrapay").await),
            "uncertain" => {
                let lost = Armed::once(Provider::Nicepay, Fault::LostReply);
                let lost = Armed { times: 3, ..lost.at(Operation::Registration) };
                self.stage.town.simulator.arm(lost).unwrap();
                self.stage.start(&session, "dana").await;
                self.stage.town.simulator.disarm();
            }
            "uncertain:prompt" => {
                self.made_up.takes_in_silence(true);
                self.stage.start(&session, "ovo").await;
                self.made_up.takes_in_silence(false);
            }
            "redirect" | "submit" | "open-app" | "approve-push" | "wait" | "checking" => {
                self.begin(&session, name).await;
            }
            "failed" => self.ends(&session, Event::Declined).await,
            "expired" => self.ends(&session, Event::Lapsed).await,
            "cancelled" => {
                let view = self.begin(&session, "wait").await;
                self.stage.take_back(&session, &view).await;
            }
            "session-cancelled" => {
                self.stage.post(&format!("/v1/sessions/{}/cancel", session.id), &json!({})).await;
            }
            "session-expired" => {
                self.stage.town.clock.advance(901_000);
                self.stage.is(&session, "expired").await;
            }
            "paid" => self.pays(&session).await,
            "paid-late" => {
                self.ends(&session, Event::Lapsed).await;
                self.made_up.knows(Event::Settled);
                self.stage.notify_made_up(&session).await;
                self.stage.is(&session, "paid").await;
            }
            "paid-twice" => self.pays_twice(&session).await,
            "partly-refunded" => self.gives_back(&session, Some(50_000)).await,
            "refunded" => self.gives_back(&session, None).await,
            other => panic!("there is no screen called {other}"),
        }
        session.url
    }

    /// What there is to see of linked wallets.
    async fn links(&self, session: &Session, name: &str) {
        match name {
            "choose:linked" => {
                self.stage.link_all(session, self.linked).await;
                self.linked.holds(MethodId::Shopeepay, Some(50_000));
                self.linked.holds(MethodId::Linkaja, None);
            }
            "choose:not-linked" => {
                self.linked.binds(Binding::Asks);
                let view = self.stage.link(session, "gopay").await;
                let link = view["linking"]["id"].as_str().unwrap();
                self.stage.unlink(session, link).await;
            }
            "linking" => {
                self.linked.binds(Binding::Later);
                self.stage.link(session, "gopay").await;
            }
            "failed:low-balance" => {
                self.is_refused(session, FailureReason::LowBalance).await;
            }
            "failed:link-gone" => self.is_refused(session, FailureReason::LinkGone).await,
            other => panic!("there is no screen of linked wallets called {other}"),
        }
    }

    async fn asks_to_unlink(&self, session: &Session) -> String {
        let links = self.stage.link_all(session, self.linked).await;
        format!("{}?unlink={}", session.url, links[0])
    }

    async fn is_refused(&self, session: &Session, why: FailureReason) {
        self.linked.refuses(Some(why));
        self.stage.start(session, "gopay").await;
        self.linked.refuses(None);
    }

    async fn begin(&self, session: &Session, name: &str) -> Value {
        let wallet = format!("{}/wallet/ovo", self.stage.town.addresses.sim);
        self.made_up.leads_to(match name {
            "redirect" => Next::Redirect(wallet.parse().unwrap()),
            "open-app" => Next::OpenApp {
                app_url: "ovo://pay?x=1".parse().unwrap(),
                web_url: wallet.parse().unwrap(),
            },
            "approve-push" | "checking" => Next::ApprovePush,
            "submit" => {
                return self.stage.start(session, MethodId::Dana.as_str()).await;
            }
            _ => Next::Wait,
        });
        let view = self.stage.start(session, "ovo").await;
        if name == "checking" {
            self.stage.town.clock.advance(56_000);
        }
        view
    }

    async fn ends(&self, session: &Session, event: Event) {
        self.begin(session, "wait").await;
        self.made_up.knows(event);
        self.stage.notify_made_up(session).await;
        let path = format!("/v1/sessions/{}", session.id);
        self.stage
            .browser
            .until("the attempt is over", || async {
                let known = self.stage.get(&path).await;
                Ok((known["attempts"][0]["status"] != "pending").then_some(()))
            })
            .await;
    }

    async fn pays(&self, session: &Session) {
        self.ends(session, Event::Settled).await;
        self.stage.is(session, "paid").await;
    }

    async fn pays_twice(&self, session: &Session) {
        let view = self.begin(session, "wait").await;
        self.made_up.withdraws(kasir_server::provider::Withdrawal::Abandoned);
        self.stage.take_back(session, &view).await;
        self.made_up.withdraws(kasir_server::provider::Withdrawal::Withdrawn);
        self.begin(session, "wait").await;
        self.made_up.knows(Event::Settled);
        self.stage.notify_made_up(session).await;
        self.stage.town.clock.advance(6_000);
        self.stage.is(session, "paid").await;
        let path = format!("/checkout/v1/{}", session.token);
        self.stage
            .browser
            .until("both payments are known", || async {
                Ok((self.stage.get(&path).await["paid_twice"] == true).then_some(()))
            })
            .await;
    }

    async fn gives_back(&self, session: &Session, part: Option<u64>) {
        self.pays(session).await;
        let known = self.stage.get(&format!("/v1/sessions/{}", session.id)).await;
        let attempt = known["attempts"][0]["id"].as_str().unwrap();
        let mut wish = json!({ "reason": "a bag was torn" });
        if let Some(value) = part {
            wish["amount"] = json!({ "value": value, "currency": "IDR" });
        }
        self.stage.post(&format!("/v1/attempts/{attempt}/refunds"), &wish).await;
        let status = if part.is_some() { "partially_refunded" } else { "refunded" };
        self.stage.is(session, status).await;
    }
}
