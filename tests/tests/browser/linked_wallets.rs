//! A provider that nobody has, whose wallets are linked: it serves GoPay, ShopeePay and LinkAja. What is in
//! a wallet is asked over a real connection, so that a story may let the answer take its time.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use axum::routing::get;
use bytes::Bytes;
use kasir_server::merchant::Account;
use kasir_server::provider::{
    Agreement, Claim, Dialogue, Funds, LinkOrder, LinkReturn, LinkStep, Linkage, Linked, Links,
    Next, Notice, Occasion, Order, Placed, Provider, ProviderError, RefundOrder, RefundOutcome,
    Refusal, ReturnHint, Standing, Started, Terms, Unlinking, Verdict, Withdrawal,
};
use kasir_server::secret::Secret;
use kasir_shared::{Event, FailureReason, LinkTrouble, MethodId, Moment, Rupiah};

/// The wallets it serves.
pub(crate) const METHODS: [MethodId; 3] = [MethodId::Gopay, MethodId::Shopeepay, MethodId::Linkaja];

/// The provider; every clone is the same one.
#[derive(Clone)]
pub(crate) struct LinkedWallets(Arc<Inner>);

struct Inner {
    url: String,
    mind: Mutex<Mind>,
}

/// How a wallet is linked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Binding {
    /// Without asking anybody.
    AtOnce,
    /// On a page of its own.
    Asks,
    /// It has not said yet.
    Later,
}

struct Mind {
    /// What is in each wallet: money, and points where it has them; a wallet that is not here says
    /// nothing.
    funds: BTreeMap<String, (u64, Option<u64>)>,
    /// How long it takes to say so.
    delay_ms: u64,
    /// How often each wallet was asked.
    asked: BTreeMap<String, usize>,
    /// How wallets are linked.
    binding: Binding,
    /// Why orders are refused, where they are.
    refuses: Option<FailureReason>,
}

impl LinkedWallets {
    /// Opens it, on a port of its own: wallets with 250,000 rupiah, GoPay with points too.
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let funds = METHODS.map(|method| {
            let points = (method == MethodId::Gopay).then_some(12_000);
            (method.as_str().to_owned(), (250_000, points))
        });
        let mind = Mind {
            funds: funds.into(),
            delay_ms: 0,
            asked: BTreeMap::new(),
            binding: Binding::Asks,
            refuses: None,
        };
        let this = Self(Arc::new(Inner { url, mind: Mutex::new(mind) }));
        let router = Router::new()
            .route("/balance/{wallet}", get(balance))
            .route("/agree", get(agree))
            .with_state(this.clone());
        tokio::spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, router).await
        });
        this
    }

    /// The merchant's account there.
    pub(crate) fn account(&self) -> Account {
        Account { id: "linked-wallets".to_owned(), provider: Arc::new(self.clone()) }
    }

    /// How long it takes from now on to say what is in a wallet.
    pub(crate) fn takes(&self, delay_ms: u64) {
        self.mind().delay_ms = delay_ms;
    }

    /// What is in a wallet from now on; `None` where it does not say.
    pub(crate) fn holds(&self, wallet: MethodId, cash: Option<u64>) {
        let mut mind = self.mind();
        match cash {
            Some(cash) => mind.funds.insert(wallet.as_str().to_owned(), (cash, None)),
            None => mind.funds.remove(wallet.as_str()),
        };
    }

    /// How wallets are linked from now on.
    pub(crate) fn binds(&self, binding: Binding) {
        self.mind().binding = binding;
    }

    /// Why orders are refused from now on, where they are.
    pub(crate) fn refuses(&self, why: Option<FailureReason>) {
        self.mind().refuses = why;
    }

    /// How often each wallet was asked what is in it, since it was last told to forget.
    pub(crate) fn asked(&self) -> Vec<(String, usize)> {
        self.mind().asked.clone().into_iter().collect()
    }

    /// Forgets how often it was asked.
    pub(crate) fn forgets(&self) {
        self.mind().asked.clear();
    }

    fn mind(&self) -> MutexGuard<'_, Mind> {
        self.0.mind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is in a wallet: money and points, each a line.
async fn balance(State(it): State<LinkedWallets>, Path(wallet): Path<String>) -> String {
    let (funds, delay_ms) = {
        let mut mind = it.mind();
        *mind.asked.entry(wallet.clone()).or_default() += 1;
        (mind.funds.get(&wallet).copied(), mind.delay_ms)
    };
    tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    match funds {
        Some((cash, Some(points))) => format!("{cash}\n{points}"),
        Some((cash, None)) => cash.to_string(),
        None => String::new(),
    }
}

/// The wallet's page, on which a customer agrees or does not.
async fn agree(Query(asked): Query<BTreeMap<String, String>>) -> Html<String> {
    let (back, state) = (&asked["back"], &asked["state"]);
    Html(format!(
        "<!doctype html><title>Setuju</title><h1>Setuju?</h1>
         <a data-testid=\"agree\" href=\"{back}?state={state}&code=good\">Setuju</a>
         <a data-testid=\"forge\" href=\"{back}?state=other&code=good\">Lain</a>
         <a data-testid=\"refuse\" href=\"{back}?trouble=1\">Tolak</a>"
    ))
}

impl Linkage for LinkedWallets {
    fn shows_balance(&self, _: MethodId) -> bool {
        true
    }

    fn begin(&self, link: &LinkOrder, _: Occasion) -> Result<Dialogue<LinkStep>, ProviderError> {
        match self.mind().binding {
            Binding::AtOnce => return Ok(Dialogue::Done(agreed(link))),
            Binding::Later => return Ok(Dialogue::Done(LinkStep::Pending)),
            Binding::Asks => {}
        }
        let (url, state) = (&self.0.url, &link.state);
        let page = format!("{url}/agree?state={state}&back={}", link.return_url);
        let page = page.parse().map_err(|_| ProviderError::Unreadable { why: "an address" })?;
        Ok(Dialogue::Done(LinkStep::Agree(Next::Redirect(page))))
    }

    fn came_back(&self, request: &http::Request<Bytes>) -> LinkReturn {
        let query = request.uri().query().unwrap_or_default();
        let value = |name: &str| {
            query
                .split('&')
                .find_map(|pair| Some(pair.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
        };
        LinkReturn {
            code: value("code").map(Secret::new),
            state: value("state"),
            trouble: value("trouble").map(|_| LinkTrouble::Cancelled),
            said: None,
        }
    }

    fn resume(
        &self,
        link: &LinkOrder,
        code: Option<&Secret>,
        _: Occasion,
    ) -> Result<Dialogue<LinkStep>, ProviderError> {
        Ok(Dialogue::Done(if code.is_some() { agreed(link) } else { LinkStep::Pending }))
    }

    fn balance(&self, link: &Linked, _: Occasion) -> Result<Dialogue<Funds>, ProviderError> {
        let question =
            http::Request::get(format!("{}/balance/{}", self.0.url, link.method.as_str()))
                .body(Bytes::new())
                .map_err(|_| ProviderError::Unreadable { why: "an address" })?;
        Ok(Dialogue::ask("balance", question, |answer| {
            let said = String::from_utf8_lossy(answer.body()).into_owned();
            let mut amounts = said.lines().map(|line| line.parse().ok().and_then(Rupiah::new));
            Ok(Dialogue::Done(match (amounts.next().flatten(), amounts.next().flatten()) {
                (Some(cash), points) => Funds::Known { cash, points },
                (None, _) => Funds::Unknown,
            }))
        }))
    }

    fn unlink(&self, _: &Linked, _: Occasion) -> Result<Dialogue<Unlinking>, ProviderError> {
        Ok(Dialogue::Done(Unlinking::Over))
    }
}

fn agreed(link: &LinkOrder) -> LinkStep {
    LinkStep::Linked(Agreement {
        token: Secret::new("agreed".to_owned()),
        phone: link.phone.clone(),
    })
}

impl Provider for LinkedWallets {
    fn name(&self) -> &'static str {
        "linked-wallets"
    }

    fn linkage(&self) -> Option<&dyn Linkage> {
        Some(self)
    }

    fn terms(&self, _: MethodId) -> Option<Terms> {
        Some(Terms {
            min: Rupiah::ZERO,
            max: Rupiah::MAX,
            lifetime_s: 600,
            prompts: false,
            start_prompts: false,
            links: Links::Possible,
        })
    }

    /// Pays at once with an agreement, and without one waits for whoever pays.
    fn start(&self, _: &Order, _: Occasion) -> Result<Dialogue<Started>, ProviderError> {
        if let Some(reason) = self.mind().refuses {
            let refusal = Refusal { code: "no".to_owned(), reason };
            return Ok(Dialogue::Done(Started::Refused(refusal)));
        }
        let lifetime_s = Some(600);
        Ok(Dialogue::Done(Started::Placed { transaction: None, next: Next::Wait, lifetime_s }))
    }

    fn inquire(&self, _: &Placed, _: Occasion) -> Result<Dialogue<Standing>, ProviderError> {
        Ok(Dialogue::Done(Standing::Known(Event::Settled)))
    }

    fn withdraw(&self, _: &Placed, _: Occasion) -> Result<Dialogue<Withdrawal>, ProviderError> {
        Ok(Dialogue::Done(Withdrawal::Withdrawn))
    }

    fn refund(
        &self,
        _: &Placed,
        _: &RefundOrder,
        _: Occasion,
    ) -> Result<Dialogue<RefundOutcome>, ProviderError> {
        Ok(Dialogue::Done(RefundOutcome::Refunded))
    }

    /// The body is the order number.
    fn notified(&self, request: &http::Request<Bytes>, _: Moment) -> Result<Notice, ProviderError> {
        let reference = String::from_utf8_lossy(request.body()).into_owned();
        Ok(Notice { reference, transaction: None, amount: None, claim: Claim::Payment })
    }

    fn answer(
        &self,
        _: &http::Request<Bytes>,
        _: &Verdict,
        _: Moment,
    ) -> Option<http::Response<Bytes>> {
        None
    }

    fn probe(&self, _: Occasion) -> Result<Dialogue<()>, ProviderError> {
        Ok(Dialogue::Done(()))
    }

    fn returned(&self, _: &http::Request<Bytes>) -> ReturnHint {
        ReturnHint::default()
    }
}
