//! What a customer holds, as Chromium is told to be it.

use serde_json::{Map, Value, json};

/// What a customer holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Device {
    /// A phone with Android, 390 by 844.
    Android,
    /// A phone of Apple's, 390 by 844.
    Iphone,
    /// The browser inside Instagram, on Android.
    Instagram,
    /// A desktop, 1280 by 800.
    Desk,
}

const ANDROID: &str = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 \
    (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36";
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) \
    AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
const INSTAGRAM: &str = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 \
    (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36 Instagram 350.0.0.0 Android (34/14)";

impl Device {
    const fn user_agent(self) -> Option<&'static str> {
        match self {
            Self::Android => Some(ANDROID),
            Self::Iphone => Some(IPHONE),
            Self::Instagram => Some(INSTAGRAM),
            Self::Desk => None,
        }
    }

    /// Width and height.
    pub(crate) const fn size(self) -> (u32, u32) {
        match self {
            Self::Android | Self::Iphone | Self::Instagram => (390, 844),
            Self::Desk => (1280, 800),
        }
    }

    /// What the driver is asked for: a browser of its own, with an empty profile.
    pub(crate) fn capabilities(self, script: bool) -> Map<String, Value> {
        let args = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1280,800",
        ];
        let mut options = json!({ "args": args });
        match self.user_agent() {
            Some(agent) if script => {
                let metrics = json!(
                    { "width": 390, "height": 844, "pixelRatio": 2.0, "touch": true, "mobile": true }
                );
                options["mobileEmulation"] =
                    json!({ "deviceMetrics": metrics, "userAgent": agent });
            }
            Some(agent) => {
                options["args"]
                    .as_array_mut()
                    .unwrap()
                    .push(format!("--user-agent={agent}").into());
            }
            None => {}
        }
        if !script {
            // As in the browser's own settings; the driver still gets to look.
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let logs = json!({ "browser": "ALL", "performance": "ALL" });
        let timeouts = json!({ "script": 20_000, "pageLoad": 20_000 });
        [
            ("browserName", json!("chrome")),
            ("goog:chromeOptions", options),
            ("goog:loggingPrefs", logs),
            ("timeouts", timeouts),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into_iter()
        .collect()
    }
}
