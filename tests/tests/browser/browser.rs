//! A browser, and what a customer does and sees in it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::device::Device;
use crate::driver::{Driver, Extra};

/// The longest that anything is waited for.
const PATIENCE: Duration = Duration::from_secs(12);
/// Between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(40);

/// A browser with one customer before it.
#[derive(Clone)]
pub(crate) struct Browser {
    /// The driver's client, for what has no word here.
    pub(crate) client: Client,
    _driver: Arc<Driver>,
}

/// Where an element is that others know by its `data-testid`.
fn named(id: &str) -> String {
    format!("[data-testid=\"{id}\"]")
}

impl Browser {
    /// Opens a browser.
    pub(crate) async fn open(device: Device, script: bool) -> Self {
        let driver = Driver::shared();
        let client = ClientBuilder::rustls()
            .unwrap()
            .capabilities(device.capabilities(script))
            .connect(&driver.address)
            .await
            .unwrap();
        let browser = Self { client, _driver: driver };
        // Without script the driver's own touches would wait for a script that never answers, and a
        // window is larger than the page in it.
        if !script || device == Device::Desk {
            let (width, height) = device.size();
            browser.resize(width, height).await;
        }
        browser
    }

    /// Gives the page another size.
    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let phone = width < 600;
        let scale = if phone { 2 } else { 1 };
        let metrics = json!(
            { "width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone }
        );
        self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Makes it day or night for the page, at once.
    pub(crate) async fn light(&self, theme: &str) {
        let scheme = json!({ "name": "prefers-color-scheme", "value": theme });
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": [scheme] })).await;
        // Colours that are on their way there arrive.
        self.run(
            "getComputedStyle(document.body).color;
            for (const change of document.getAnimations())
                if (change instanceof CSSTransition) change.finish()",
        )
        .await;
    }

    /// Lets time pass in the page.
    pub(crate) async fn pass(&self, ms: u32) {
        let script = "setTimeout(arguments[arguments.length - 1], arguments[0])";
        self.client.execute_async(script, vec![json!(ms)]).await.unwrap();
    }

    /// Cuts the connection, or mends it.
    pub(crate) async fn connection(&self, there: bool) {
        let conditions = json!({ "network_conditions":
            { "offline": !there, "latency": 0, "download_throughput": -1, "upload_throughput": -1 } });
        self.client.issue_cmd(Extra::new("chromium/network_conditions", conditions)).await.unwrap();
    }

    /// Goes to an address.
    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// The address of the tab, also from inside a frame.
    pub(crate) async fn address(&self) -> String {
        self.client.current_url().await.unwrap().into()
    }

    /// Looks again and again until something is so.
    pub(crate) async fn until<T, F>(&self, what: &str, look: impl Fn() -> F) -> T
    where
        F: Future<Output = Result<Option<T>, CmdError>>,
    {
        let looking = async {
            loop {
                // A page that changes under the look is looked at again.
                if let Ok(Some(found)) = look().await {
                    return found;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, looking).await;
        found.unwrap_or_else(|_| panic!("waited in vain until {what}"))
    }

    /// Waits until an element is in sight.
    pub(crate) async fn see(&self, id: &str) -> Element {
        self.see_css(&named(id)).await
    }

    /// The same by a selector.
    pub(crate) async fn see_css(&self, selector: &str) -> Element {
        self.until(&format!("{selector} is in sight"), || async {
            self.first_in_sight(selector).await
        })
        .await
    }

    /// Whether an element is in sight right now.
    pub(crate) async fn sees(&self, id: &str) -> bool {
        self.first_in_sight(&named(id)).await.is_ok_and(|found| found.is_some())
    }

    async fn first_in_sight(&self, selector: &str) -> Result<Option<Element>, CmdError> {
        for element in self.client.find_all(Locator::Css(selector)).await? {
            if element.is_displayed().await? {
                return Ok(Some(element));
            }
        }
        Ok(None)
    }

    /// Waits until an element is out of sight.
    pub(crate) async fn gone(&self, id: &str) {
        let what = format!("{id} is gone");
        self.until(&what, || async { Ok((!self.sees(id).await).then_some(())) }).await;
    }

    /// Presses an element once it is there and nothing covers it.
    pub(crate) async fn tap(&self, id: &str) {
        self.tap_css(&named(id)).await;
    }

    /// The same by a selector.
    pub(crate) async fn tap_css(&self, selector: &str) {
        self.until(&format!("{selector} can be pressed"), || async {
            let element = self.client.find(Locator::Css(selector)).await?;
            element.click().await.map(Some)
        })
        .await;
    }

    /// Types into a field that is emptied before.
    pub(crate) async fn write(&self, id: &str, text: &str) {
        let field = self.see(id).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// What an element says.
    pub(crate) async fn text(&self, id: &str) -> String {
        self.see(id).await.text().await.unwrap()
    }

    /// Waits until an element says something.
    pub(crate) async fn says(&self, id: &str, words: &str) {
        let (what, selector) = (format!("{id} says {words:?}"), named(id));
        self.until(&what, || async {
            let element = self.client.find(Locator::Css(&selector)).await?;
            Ok(element.text().await?.contains(words).then_some(()))
        })
        .await;
    }

    /// Runs a script's body in the page.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }

    /// Waits until a script's expression is true.
    pub(crate) async fn holds(&self, expression: &str) {
        let script = format!("return Boolean({expression})");
        self.until(expression, || async {
            let value = self.client.execute(&script, Vec::new()).await?;
            Ok((value == Value::Bool(true)).then_some(()))
        })
        .await;
    }

    /// Goes into the frame that `<kasir-checkout>` keeps.
    pub(crate) async fn enter_frame(&self) {
        self.until("the frame is there", || async {
            let element = self.client.find(Locator::Css("kasir-checkout")).await?;
            let frame = element.shadow_root().await?.find(Locator::Css("iframe")).await?;
            frame.enter_frame().await.map(Some)
        })
        .await;
    }

    /// Back to the page of the tab.
    pub(crate) async fn leave_frame(&self) {
        self.client.issue_cmd(Extra::new("frame", json!({ "id": null }))).await.unwrap();
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn cdp(&self, command: &str, params: Value) -> Value {
        let body = json!({ "cmd": command, "params": params });
        self.client.issue_cmd(Extra::new("goog/cdp/execute", body)).await.unwrap()
    }

    /// What the driver has written down since it was last asked, of one kind.
    pub(crate) async fn log(&self, kind: &str) -> Vec<Value> {
        let command = Extra::new("se/log", json!({ "type": kind }));
        let entries = self.client.issue_cmd(command).await.unwrap();
        entries.as_array().unwrap().clone()
    }

    /// Chooses a method; where scripts run, waits until the page has taken notice.
    pub(crate) async fn choose(&self, method: &str, name: &str) {
        self.see("screen-choose").await;
        self.tap_css(&format!("label:has([data-testid=\"method-{method}\"])")).await;
        if !name.is_empty() {
            self.says("pay", name).await;
        }
    }
}
