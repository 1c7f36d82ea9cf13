//! A merchant of NICEPAY's sandbox, with its own signing code and a receiver of notifications.
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, StatusCode};
use kasir_tests::simulator::{Served, Simulator, VirtualClock};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub(crate) const KEY: &str =
    "33F49GnCMS1mFYlGXisbUDzVf2ATWCl9k3R++d5hDd3Frmuos/XLx8XhXpe+LDYAbpGKZYSwtlyyLOtS/8aD7A==";
pub(crate) const MERCHANT: &str = "IONPAYTEST";
pub(crate) const STAMP: &str = "20261120100000";
pub(crate) const PHONE: &str = "081234567890";
pub(crate) const CALLBACK: &str = "https://shop.example/back?order=7";

/// Both sides of the conversation.
pub(crate) struct World {
    pub(crate) sim: Simulator,
    pub(crate) clock: VirtualClock,
    pub(crate) served: Served,
    pub(crate) http: reqwest::Client,
    pub(crate) inbox: Inbox,
}

/// Fields in the order in which they are written.
pub(crate) type Form = Vec<(&'static str, String)>;

/// The token over these texts and the key.
pub(crate) fn sign(parts: &[&str]) -> String {
    hex::encode(Sha256::digest(format!("{}{KEY}", parts.concat()).as_bytes()))
}

/// The text of a field.
pub(crate) fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("{name} in {answer}"))
}

impl World {
    /// A complete registration.
    pub(crate) fn registration(&self, wallet: &str, reference: &str, amount: i64) -> Value {
        let amt = amount.to_string();
        let item = json!({"img_url": "", "goods_name": "Kopi", "goods_detail": "Gayo",
                          "goods_amt": amt, "goods_quantity": "1"});
        json!({
            "timeStamp": STAMP, "iMid": MERCHANT, "payMethod": "05", "currency": "IDR", "amt": amt,
            "referenceNo": reference, "goodsNm": "Kopi Gayo", "billingNm": "Sari Dewi",
            "billingPhone": PHONE, "billingEmail": "sari@example.com", "billingAddr": "Jl. Braga 1",
            "billingCity": "Bandung", "billingState": "Jawa Barat", "billingPostCd": "40111",
            "billingCountry": "Indonesia", "userIP": "127.0.0.1", "mitraCd": wallet,
            "dbProcessUrl": self.inbox.url, "description": "",
            "cartData": json!({"count": "1", "item": [item]}).to_string(),
            "merchantToken": sign(&[STAMP, MERCHANT, reference, &amt]),
        })
    }

    /// Registers an order: its tXid.
    pub(crate) async fn register(&self, wallet: &str, reference: &str, amount: i64) -> String {
        let answer = self.post("registration", &self.registration(wallet, reference, amount)).await;
        assert_eq!(answer["resultCd"], "0000", "{answer} {:?}", self.last_verdict());
        text(&answer, "tXid").to_owned()
    }

    pub(crate) fn payment(id: &str, reference: &str, amount: i64) -> Form {
        let stamp = "20261120100001";
        let token = sign(&[stamp, MERCHANT, reference, &amount.to_string()]);
        vec![
            ("timeStamp", stamp.to_owned()),
            ("tXid", id.to_owned()),
            ("merchantToken", token),
            ("callBackUrl", CALLBACK.to_owned()),
        ]
    }

    /// The customer's browser enters the payment.
    pub(crate) async fn enter(&self, id: &str, reference: &str, amount: i64) -> reqwest::Response {
        self.form("/nicepay/direct/v2/payment", &Self::payment(id, reference, amount)).await
    }

    pub(crate) fn inquiry(id: &str, reference: &str, amount: i64) -> Value {
        let (stamp, amt) = ("20261120100100", amount.to_string());
        json!({"timeStamp": stamp, "tXid": id, "iMid": MERCHANT, "referenceNo": reference, "amt": amt,
               "merchantToken": sign(&[stamp, MERCHANT, reference, &amt])})
    }

    /// What NICEPAY says about an order: its status digit and its `resultMsg`.
    pub(crate) async fn standing(
        &self,
        id: &str,
        reference: &str,
        amount: i64,
    ) -> (String, String) {
        let answer = self.post("inquiry", &Self::inquiry(id, reference, amount)).await;
        assert_eq!(answer["resultCd"], "0000", "{answer}");
        (text(&answer, "status").to_owned(), text(&answer, "resultMsg").to_owned())
    }

    pub(crate) fn cancellation(id: &str, kind: &str, amount: i64) -> Value {
        let (stamp, amt) = ("20261120100200", amount.to_string());
        json!({"timeStamp": stamp, "tXid": id, "iMid": MERCHANT, "payMethod": "05",
               "cancelType": kind, "amt": amt, "merchantToken": sign(&[stamp, MERCHANT, id, &amt])})
    }

    pub(crate) async fn cancel(&self, id: &str, kind: &str, amount: i64) -> Value {
        self.post("cancel", &Self::cancellation(id, kind, amount)).await
    }

    pub(crate) fn linking(reference: &str, inbox: &str) -> Form {
        let token = sign(&[MERCHANT, reference, PHONE]);
        [
            ("timeStamp", STAMP),
            ("iMid", MERCHANT),
            ("referenceNo", reference),
            ("payMethod", "05"),
            ("billingNm", "Sari Dewi"),
            ("billingPhone", PHONE),
            ("billingEmail", "sari@example.com"),
            ("mitraCd", "ASTR"),
            ("dbProcessUrl", inbox),
            ("callBackUrl", CALLBACK),
            ("userIP", "127.0.0.1"),
            ("merchantToken", token.as_str()),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
    }

    pub(crate) fn linked_payment(&self, mandate: &str, reference: &str, amount: i64) -> Form {
        let amt = amount.to_string();
        let token = sign(&[MERCHANT, reference, &amt]);
        [
            ("timeStamp", STAMP),
            ("iMid", MERCHANT),
            ("mandateID", mandate),
            ("payMethod", "05"),
            ("currency", "IDR"),
            ("amt", amt.as_str()),
            ("goodsNm", "Kopi"),
            ("referenceNo", reference),
            ("billingNm", "Sari Dewi"),
            ("billingPhone", PHONE),
            ("billingEmail", "sari@example.com"),
            ("dbProcessUrl", self.inbox.url.as_str()),
            ("callBackUrl", CALLBACK),
            ("merchantToken", token.as_str()),
            ("returnJsonFormat", "1"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec()
    }

    /// Posts JSON to an operation of V2 Direct.
    pub(crate) async fn post(&self, operation: &str, body: &Value) -> Value {
        let response = self.send(operation, body).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }

    pub(crate) async fn send(
        &self,
        operation: &str,
        body: &Value,
    ) -> reqwest::Result<reqwest::Response> {
        let url = self.served.url(&format!("/nicepay/direct/v2/{operation}"));
        let odd_case = "Application/JSON; charset=utf-8";
        self.http.post(url).header(CONTENT_TYPE, odd_case).body(body.to_string()).send().await
    }

    /// Submits a browser's form.
    pub(crate) async fn form(&self, path: &str, fields: &Form) -> reqwest::Response {
        let form = "application/x-www-form-urlencoded";
        let request = self.http.post(self.served.url(path)).header(CONTENT_TYPE, form);
        request.body(encode(fields)).send().await.unwrap()
    }

    /// Looks at a page.
    pub(crate) async fn look(&self, path: &str) -> String {
        self.http.get(self.served.url(path)).send().await.unwrap().text().await.unwrap()
    }

    /// Calls the control interface: the status and what it says.
    pub(crate) async fn control(
        &self,
        method: http::Method,
        path: &str,
        body: &Value,
    ) -> (u16, Value) {
        let request = self.http.request(method, self.served.url(&format!("/_sim/{path}")));
        let response = request.json(body).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// What the journal says of the last request that came in.
    pub(crate) fn last_verdict(&self) -> String {
        let incoming = |entry: &&kasir_tests::simulator::journal::Entry| {
            entry.direction == kasir_tests::simulator::journal::Direction::In
        };
        self.sim.requests().iter().rfind(incoming).map(|e| e.verdict.clone()).unwrap_or_default()
    }
}

/// A form, or a query.
pub(crate) fn encode(fields: &Form) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Changes the last character of a field into another one of its kind.
pub(crate) fn tampered(value: &str) -> String {
    let last = value.chars().last().unwrap();
    let other = if last == '1' { '2' } else { '1' };
    format!("{}{other}", &value[..value.len() - last.len_utf8()])
}

/// The same for a JSON request.
pub(crate) fn with(body: &Value, name: &str, value: &str) -> Value {
    let mut map: Map<String, Value> = body.as_object().unwrap().clone();
    map.insert(name.to_owned(), json!(value));
    Value::Object(map)
}

/// The same for a form.
pub(crate) fn form_with(form: &Form, name: &'static str, value: &str) -> Form {
    let mut form = form.clone();
    form.retain(|(other, _)| *other != name);
    form.push((name, value.to_owned()));
    form
}

/// A notification as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) user_agent: String,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn fields(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    /// Whether it is signed for the merchant.
    pub(crate) fn is_genuine(&self) -> bool {
        let fields = self.fields();
        fields["merchantToken"] == sign(&[MERCHANT, &fields["tXid"], &fields["amt"]])
    }
}

/// Where the merchant's notifications arrive.
#[derive(Clone)]
pub(crate) struct Inbox {
    pub(crate) url: String,
    answers: Arc<Mutex<StatusCode>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Inbox {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inbox = Self {
            url: format!("http://{}/notify", listener.local_addr().unwrap()),
            answers: Arc::new(Mutex::new(StatusCode::OK)),
            received: Arc::default(),
        };
        let router = Router::new().route("/notify", post(arrived)).with_state(inbox.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        inbox
    }

    /// Answers everything with this from now on.
    pub(crate) fn answer(&self, status: StatusCode) {
        *self.answers.lock().unwrap() = status;
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

async fn arrived(State(inbox): State<Inbox>, headers: HeaderMap, body: String) -> StatusCode {
    let header = |name| headers.get(name).map_or("", |v: &http::HeaderValue| v.to_str().unwrap());
    inbox.received.lock().unwrap().push(Received {
        user_agent: header(USER_AGENT).to_owned(),
        content_type: header(CONTENT_TYPE).to_owned(),
        body,
    });
    *inbox.answers.lock().unwrap()
}
