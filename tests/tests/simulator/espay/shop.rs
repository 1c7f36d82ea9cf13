//! A merchant of Espay's, with its own signing code and a server that is called back.
use crate::snap::partner::{Answer, sign, verifies};
use crate::{Begun, begin};
use axum::Router;
use axum::extract::{Request, State};
use http::{HeaderMap, StatusCode};
use kasir_tests::simulator::journal::{Direction, Entry};
use kasir_tests::simulator::{
    Clock as _, EspayMerchant, EspaySettings, Served, Settings, Simulator, VirtualClock, test_keys,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub(crate) const AUTH_CODE: &str = "/apidirectdebit/v1.0/get-auth-code";
pub(crate) const BINDING: &str = "/apidirectdebit/v1.0/registration-account-binding";
pub(crate) const ACCOUNT: &str = "/apidirectdebit/v1.0/registration-account-inquiry";
pub(crate) const BALANCE: &str = "/apidirectdebit/v1.0/balance-inquiry";
pub(crate) const UNBINDING: &str = "/apidirectdebit/v1.0/debit/registration-account-unbinding";
pub(crate) const PAYMENT: &str = "/apimerchant/v1.0/debit/payment-host-to-host";
pub(crate) const STATUS: &str = "/apimerchant/v1.0/transfer-va/status";
pub(crate) const NOW: &str = "2026-11-20T10:00:00+07:00";
pub(crate) const PHONE: &str = "6281234567890";
pub(crate) const CONSENT_BACK: &str = "https://shop.example/linked?x=1";
pub(crate) const PAID_BACK: &str = "https://shop.example/paid";

/// Both sides of the conversation.
pub(crate) struct Shop {
    pub(crate) sim: Simulator,
    pub(crate) clock: VirtualClock,
    pub(crate) served: Served,
    pub(crate) http: reqwest::Client,
    pub(crate) ear: Ear,
    pub(crate) merchant: EspayMerchant,
    serial: AtomicU64,
}

/// One call, before it is sent.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) method: http::Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self
    }

    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(other, _)| *other == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The string that is to be signed, with these pieces.
    pub(crate) fn text(&self, method: &str, path: &str, body: &[u8]) -> String {
        let hash = hex::encode(Sha256::digest(body));
        format!("{method}:{path}:{hash}:{}", self.header("X-TIMESTAMP"))
    }

    /// Signs it as it is.
    pub(crate) fn signed(self) -> Self {
        let text = self.text(self.method.as_str(), &self.path, &self.body);
        self.signed_over(&text)
    }

    /// Signs another text.
    pub(crate) fn signed_over(self, text: &str) -> Self {
        self.with("X-SIGNATURE", &sign(test_keys::ESPAY_MERCHANT, text))
    }
}

/// A shop whose clock stands still.
pub(crate) async fn shop() -> Shop {
    shop_of(EspaySettings::default()).await
}

/// The same with an Espay of other habits.
pub(crate) async fn shop_of(espay: EspaySettings) -> Shop {
    let merchant = espay.merchants[0].clone();
    let Begun { sim, clock, served, http } = begin(Settings { espay, ..Settings::default() }).await;
    let ear = Ear::open(merchant.clone()).await;
    sim.register_at_espay(&ear.base);
    Shop { sim, clock, served, http, ear, merchant, serial: AtomicU64::new(1) }
}

impl Shop {
    /// A POST with everything right.
    pub(crate) fn call(&self, path: &str, body: &Value) -> Call {
        self.raw(path, body.to_string().into_bytes()).signed()
    }

    /// The same with these bytes and no signature yet.
    pub(crate) fn raw(&self, path: &str, body: Vec<u8>) -> Call {
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let headers = vec![
            ("Content-Type", "application/json".to_owned()),
            ("X-TIMESTAMP", NOW.to_owned()),
            ("X-PARTNER-ID", self.merchant.code.clone()),
            ("X-EXTERNAL-ID", format!("{serial:032}")),
            ("CHANNEL-ID", "ESPAY".to_owned()),
        ];
        Call { method: http::Method::POST, path: path.to_owned(), headers, body }
    }

    /// A GET with this query, and no signature yet.
    pub(crate) fn get(&self, query: &[(&str, &str)]) -> Call {
        let mut text = form_urlencoded::Serializer::new(String::new());
        let query = text.extend_pairs(query).finish();
        let path = format!("{AUTH_CODE}?{query}");
        Call { method: http::Method::GET, ..self.raw(&path, Vec::new()) }
    }

    pub(crate) async fn send(&self, call: &Call) -> Answer {
        let answer = self.try_send(call).await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.unwrap_or_default();
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default() }
    }

    pub(crate) async fn try_send(&self, call: &Call) -> reqwest::Result<reqwest::Response> {
        let url = self.served.url(&format!("/espay{}", call.path));
        let mut request = self.http.request(call.method.clone(), url).body(call.body.clone());
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        request.send().await
    }

    /// Calls with everything right.
    pub(crate) async fn ask(&self, path: &str, body: &Value) -> Answer {
        self.send(&self.call(path, body)).await
    }

    /// Asks where a customer agrees.
    pub(crate) async fn auth_code(&self, product: &str) -> Answer {
        let call = self.get(&self.query(product)).signed();
        self.send(&call).await
    }

    pub(crate) fn query<'a>(&'a self, product: &'a str) -> [(&'a str, &'a str); 6] {
        [
            ("redirectUrl", CONSENT_BACK),
            ("scopes", "DEFAULT"),
            ("state", "8f3c1b7a9d2e4c60"),
            ("merchantId", &self.merchant.code),
            ("lang", "id"),
            ("productCode", product),
        ]
    }

    pub(crate) fn binding(&self, reference: &str, product: &str) -> Value {
        json!({
            "partnerReferenceNo": reference, "merchantId": self.merchant.code,
            "redirectUrl": CONSENT_BACK, "additionalInfo": { "productCode": product },
        })
    }

    /// The exchange of a code.
    pub(crate) async fn exchange(&self, reference: &str, product: &str, code: &str) -> Answer {
        let mut body = self.binding(reference, product);
        body["authCode"] = json!(code);
        body["grantType"] = json!("AUTHORIZATION_CODE");
        self.ask(BINDING, &body).await
    }

    /// Links an account without a browser: its token.
    pub(crate) async fn link(&self, product: &str, phone: &str) -> String {
        let answer = self.auth_code(product).await;
        assert_eq!(answer.code(), "2001000", "{} {}", answer.body, self.verdict());
        let id = self.sim.espay_links().pop().unwrap().id;
        let back = self.sim.answer_espay_link_as(&id, true, phone).unwrap().return_url.unwrap();
        let reference = format!("BIND{}", self.serial.fetch_add(1, Ordering::Relaxed));
        let answer = self.exchange(&reference, product, &parameter(&back, "authCode")).await;
        assert_eq!(answer.code(), "2000700", "{} {}", answer.body, self.verdict());
        answer.text("/accountToken").to_owned()
    }

    pub(crate) async fn balance(&self, token: &str, product: &str) -> Answer {
        let body = json!({
            "partnerReferenceNo": "BAL/0001", "bankCardToken": token,
            "additionalInfo": { "productCode": product },
        });
        self.ask(BALANCE, &body).await
    }

    /// What a payment is asked for with.
    pub(crate) fn order(&self, product: &str, reference: &str) -> Value {
        let banks = [
            ("OVOLINK", "503"),
            ("OVO", "503"),
            ("DANALINK", "901"),
            ("SHOPEELINK", "902"),
            ("GOPAYLINK", "903"),
            ("LINKAJA", "904"),
            ("ASTRAPAYLINK", "905"),
        ];
        let bank = banks.iter().find(|(code, _)| *code == product).map_or("999", |(_, b)| b);
        let amount = json!({ "value": "150000.00", "currency": "IDR" });
        json!({
            "partnerReferenceNo": reference, "merchantId": self.merchant.code,
            "subMerchantId": self.merchant.api_key, "amount": amount,
            "urlParam": { "url": PAID_BACK, "type": "PAY_RETURN", "isDeeplink": "N" },
            "validUpTo": "2026-11-20T10:10:00+07:00", "pointOfInitiation": "Website",
            "payOptionDetails": {
                "payMethod": bank, "payOption": product, "transAmount": amount,
                "feeAmount": { "value": "0.00", "currency": "IDR" },
            },
            "additionalInfo": {
                "payType": "REDIRECT", "userId": "u-1", "userName": "Sari Dewi",
                "userEmail": "sari@example.com", "userPhone": PHONE, "productCode": product,
                "balanceType": "CASH",
            },
        })
    }

    /// The same for this many rupiah.
    pub(crate) fn order_of(&self, product: &str, reference: &str, rupiah: u32) -> Value {
        let mut order = self.order(product, reference);
        let value = json!(format!("{rupiah}.00"));
        order["amount"]["value"] = value.clone();
        order["payOptionDetails"]["transAmount"]["value"] = value;
        order
    }

    /// Asks for a payment: its trxId, which stands at the end of its page's address.
    pub(crate) async fn create(&self, order: &Value) -> String {
        let answer = self.ask(PAYMENT, order).await;
        assert_eq!(answer.code(), "2005400", "{} {}", answer.body, self.verdict());
        answer.text("/webRedirectUrl").rsplit('/').next().unwrap().to_owned()
    }

    /// A payment of 150,000 rupiah.
    pub(crate) async fn pay_for(&self, product: &str, reference: &str) -> String {
        self.create(&self.order(product, reference)).await
    }

    /// How an order stands, in letters.
    pub(crate) async fn standing(&self, reference: &str) -> String {
        let answer = self.ask(STATUS, &self.about(reference)).await;
        assert_eq!(answer.code(), "2002600", "{} {}", answer.body, self.verdict());
        answer.text("/virtualAccountData/paymentFlagStatus").to_owned()
    }

    pub(crate) fn about(&self, reference: &str) -> Value {
        json!({
            "partnerServiceId": "   ESPAY", "customerNo": self.merchant.code,
            "virtualAccountNo": reference,
        })
    }

    /// Moves the clock and waits until what fell due by that has been sent.
    pub(crate) async fn pass(&self, seconds: i64) {
        self.clock.advance(seconds * 1_000);
        self.sim.quiet().await;
    }

    /// A form to a classic service.
    pub(crate) async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let request = self.http.post(self.served.url(&format!("/espay{path}")));
        form(request, fields).send().await.unwrap().json().await.unwrap()
    }

    /// What a browser is shown or sent to.
    pub(crate) async fn browse(&self, path: &str) -> Page {
        let path = path.trim_start_matches(&self.served.url("")).to_owned();
        Page::of(self.http.get(self.served.url(&path)).send().await.unwrap()).await
    }

    /// What it is shown or sent to after it has filled a form in.
    pub(crate) async fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.http.post(self.served.url(path));
        Page::of(form(request, fields).send().await.unwrap()).await
    }

    /// What the journal says of the last request that came in.
    pub(crate) fn verdict(&self) -> String {
        self.last(Direction::In).map(|entry| entry.verdict).unwrap_or_default()
    }

    pub(crate) fn last(&self, direction: Direction) -> Option<Entry> {
        self.sim.requests().into_iter().rfind(|entry| entry.direction == direction)
    }

    /// What was charged and given back, in whole rupiah, over all payments.
    pub(crate) fn money(&self) -> (i64, i64) {
        let rows = self.sim.ledger();
        (
            rows.iter().map(|row| row.charged.value).sum(),
            rows.iter().map(|row| row.refunded.value).sum(),
        )
    }
}

/// A request with a form in it.
pub(crate) fn form(
    request: reqwest::RequestBuilder,
    fields: &[(&str, &str)],
) -> reqwest::RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// A page, or where it leads.
pub(crate) struct Page {
    pub(crate) headers: HeaderMap,
    pub(crate) place: String,
    pub(crate) text: String,
}

impl Page {
    async fn of(answer: reqwest::Response) -> Self {
        let headers = answer.headers().clone();
        let place = headers.get("location").map_or("", |place| place.to_str().unwrap()).to_owned();
        Self { headers, place, text: answer.text().await.unwrap() }
    }
}

/// One parameter of an address; empty where it has none.
pub(crate) fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let found = form_urlencoded::parse(query.as_bytes()).find(|(other, _)| other == name);
    found.map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Something that arrived at the merchant's.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The fields of a form.
    pub(crate) fn field(&self, name: &str) -> String {
        parameter(&format!("?{}", self.body), name)
    }

    /// Whether Espay signed it, over the path that was called.
    pub(crate) fn is_espays(&self) -> bool {
        let hash = hex::encode(Sha256::digest(self.body.as_bytes()));
        let text = format!("POST:{}:{hash}:{}", self.path, self.header("x-timestamp"));
        verifies(test_keys::ESPAY_PUBLIC, &text, self.header("x-signature"))
    }
}

/// What the merchant answers.
#[derive(Clone, Debug)]
pub(crate) struct Manners {
    /// What an order costs; nothing leaves it to a code.
    pub(crate) bill: Result<i64, &'static str>,
    /// To a payment; empty is no answer that anybody reads.
    pub(crate) payment: &'static str,
}

/// Where the merchant is called back.
#[derive(Clone)]
pub(crate) struct Ear {
    pub(crate) base: String,
    merchant: EspayMerchant,
    manners: Arc<Mutex<Manners>>,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Ear {
    async fn open(merchant: EspayMerchant) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let manners = Manners { bill: Ok(150_000), payment: "2002500" };
        let ear = Self {
            base: format!("http://{}/notify/espay", listener.local_addr().unwrap()),
            merchant,
            manners: Arc::new(Mutex::new(manners)),
            heard: Arc::default(),
        };
        let router = Router::new().fallback(arrived).with_state(ear.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        ear
    }

    pub(crate) fn behave(&self, change: impl FnOnce(&mut Manners)) {
        change(&mut self.manners.lock().unwrap());
    }

    /// What arrived whose path ends like this.
    pub(crate) fn heard(&self, tail: &str) -> Vec<Heard> {
        let heard = self.heard.lock().unwrap();
        heard.iter().filter(|heard| heard.path.ends_with(tail)).cloned().collect()
    }

    fn answer(&self, heard: &Heard) -> (StatusCode, String) {
        let manners = self.manners.lock().unwrap().clone();
        if heard.path.ends_with("/inquiry") {
            let code = manners.bill.err().unwrap_or("2002400");
            let said = heard.json();
            let total = format!("{}.00", manners.bill.unwrap_or_default());
            let data = json!({
                "partnerServiceId": said["partnerServiceId"], "customerNo": said["customerNo"],
                "virtualAccountNo": said["virtualAccountNo"], "virtualAccountName": "Sari Dewi",
                "inquiryRequestId": said["inquiryRequestId"],
                "totalAmount": { "value": total, "currency": "IDR" },
            });
            let body = json!({ "responseCode": code, "virtualAccountData": data });
            return (StatusCode::from_bytes(&code.as_bytes()[..3]).unwrap(), body.to_string());
        }
        if heard.path.ends_with("/payment") {
            let Some(status) = manners.payment.as_bytes().get(..3) else {
                return (StatusCode::INTERNAL_SERVER_ERROR, String::new());
            };
            let body = json!({ "responseCode": manners.payment, "responseMessage": "" });
            return (StatusCode::from_bytes(status).unwrap(), body.to_string());
        }
        if heard.path.ends_with("/notify") {
            return (StatusCode::OK, json!({ "responseCode": "2000700" }).to_string());
        }
        (StatusCode::OK, self.classic(heard, manners.payment == "2002500"))
    }

    fn classic(&self, heard: &Heard, takes: bool) -> String {
        let (uuid, now) = (heard.field("rq_uuid"), "2026-11-20 10:00:00");
        let code = if takes { "0000" } else { "0014" };
        let parts = [&self.merchant.signature_key, &uuid, now, code, "PAYMENTREPORT-RS"];
        let body = json!({
            "rq_uuid": uuid, "rs_datetime": now, "error_code": code, "error_message": "",
            "order_id": heard.field("order_id"), "signature": hash(&parts.map(AsRef::as_ref)),
        });
        body.to_string()
    }
}

/// A classic hash.
pub(crate) fn hash(parts: &[&str]) -> String {
    let text = format!("##{}##", parts.join("##")).to_uppercase();
    hex::encode(Sha256::digest(text))
}

async fn arrived(State(ear): State<Ear>, request: Request) -> (StatusCode, String) {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let arrived = Heard {
        path: head.uri.path().to_owned(),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    ear.heard.lock().unwrap().push(arrived.clone());
    ear.answer(&arrived)
}
