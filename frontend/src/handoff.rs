//! Which way to a wallet: its app, its web page, or a code for another device.
//!
//! Nothing here opens anything: it plans links, which a customer taps. An address that the chosen
//! wallet does not own is never among them.

use kasir_shared::{AppUrl, MethodId, NextAction, WebUrl};
use serde::{Deserialize, Serialize};

/// What the customer holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// Its system.
    pub platform: Platform,
    /// The app whose own little browser shows the page.
    pub in_app: Option<InApp>,
}

/// Systems that open apps differently.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Opens apps by `intent:` addresses.
    Android,
    /// Opens apps by their scheme or by links of their own.
    Ios,
    /// Has no wallet apps.
    #[default]
    Desktop,
}

/// Apps that open links in a browser of their own, where wallets cannot be opened reliably.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InApp {
    /// Instagram.
    Instagram,
    /// Facebook and Messenger.
    Facebook,
    /// `TikTok`.
    Tiktok,
    /// Line.
    Line,
    /// X, formerly Twitter.
    X,
}

/// What each of those apps adds to the `User-Agent`.
const IN_APPS: [(&str, InApp); 10] = [
    ("Instagram", InApp::Instagram),
    ("FBAN", InApp::Facebook),
    ("FBAV", InApp::Facebook),
    ("FB_IAB", InApp::Facebook),
    ("musical_ly", InApp::Tiktok),
    ("BytedanceWebview", InApp::Tiktok),
    ("trill_", InApp::Tiktok),
    (" Line/", InApp::Line),
    ("Twitter for", InApp::X),
    ("TwitterAndroid", InApp::X),
];

impl Device {
    /// Reads a `User-Agent`; an unknown one is a desktop's, where nothing is assumed to open.
    pub fn from_user_agent(agent: &str) -> Self {
        let says = |word: &str| agent.contains(word);
        let platform = if says("Android") {
            Platform::Android
        } else if says("iPhone") || says("iPad") || says("iPod") {
            Platform::Ios
        } else {
            Platform::Desktop
        };
        let in_app = IN_APPS.iter().find(|(word, _)| says(word)).map(|(_, app)| *app);
        Self { platform, in_app: in_app.filter(|_| platform != Platform::Desktop) }
    }

    /// The browser to open the page in, where the present one is an app's own.
    pub const fn rescue(self) -> Option<&'static str> {
        match (self.in_app, self.platform) {
            (None, _) | (Some(_), Platform::Desktop) => None,
            (Some(_), Platform::Android) => Some("Chrome"),
            (Some(_), Platform::Ios) => Some("Safari"),
        }
    }
}

/// The links of a screen that leads to a wallet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// The one button.
    pub way: Way,
    /// The smaller link below it.
    pub also: Option<Way>,
    /// An image of a code that leads there from another device; shown at once where nothing opens here.
    pub qr: Option<WebUrl>,
    /// Where the whole journey can be made on the web: what a customer copies.
    pub web: Option<WebUrl>,
}

/// A link.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Way {
    /// Where it leads.
    pub href: String,
    /// Whether it opens an app, which nothing confirms, rather than a web page.
    pub app: bool,
}

impl Plan {
    /// The links for an action, or `None` where it leads nowhere by a link.
    pub fn of(device: Device, method: MethodId, action: &NextAction) -> Option<Self> {
        match action {
            NextAction::Redirect { url } => Some(Self::on_the_web(url, None)),
            NextAction::Link { url, .. } => url.as_ref().map(|url| Self::on_the_web(url, None)),
            NextAction::OpenApp { app_url, web_url, qr } => {
                Some(Self::open_app(device, method, app_url, web_url, qr))
            }
            NextAction::ApprovePush { app_url, .. } => {
                let way = app_way(device, method, app_url.as_ref()?, None)?;
                Some(Self { way, also: None, qr: None, web: None })
            }
            NextAction::Submit(_) | NextAction::PayCode { .. } | NextAction::Wait => None,
        }
    }

    fn open_app(
        device: Device,
        method: MethodId,
        app_url: &AppUrl,
        web_url: &WebUrl,
        qr: &WebUrl,
    ) -> Self {
        let web = Self::on_the_web(web_url, Some(qr.clone()));
        match app_way(device, method, app_url, Some(web_url)) {
            None => web,
            // Other apps' browsers refuse to open apps more often than not.
            Some(app) if device.in_app.is_some() => Self { also: Some(app), ..web },
            Some(app) => Self { also: Some(web.way.clone()), way: app, ..web },
        }
    }

    fn on_the_web(url: &WebUrl, qr: Option<WebUrl>) -> Self {
        let way = Way { href: url.as_str().to_owned(), app: false };
        Self { way, also: None, qr, web: Some(url.clone()) }
    }
}

/// The link that opens the wallet's app here, where it has one and the address is its own.
fn app_way(
    device: Device,
    method: MethodId,
    app_url: &AppUrl,
    fallback: Option<&WebUrl>,
) -> Option<Way> {
    let app = method.row().app.as_ref().filter(|app| app.owns(app_url))?;
    let href = match device.platform {
        Platform::Desktop => return None,
        Platform::Ios => app_url.as_str().to_owned(),
        Platform::Android => intent(app_url.as_str(), Some(app.android_package), fallback)?,
    };
    Some(Way { href, app: true })
}

/// The address that opens a web page in Android's own browser instead of an app's.
pub fn browser_intent(page: &WebUrl) -> Option<String> {
    intent(page.as_str(), None, Some(page))
}

/// An Android `intent:` address. What it opens stands before `#Intent`; the package keeps other
/// apps from claiming it, and the fallback is where the browser goes when the app is missing.
fn intent(url: &str, package: Option<&str>, fallback: Option<&WebUrl>) -> Option<String> {
    let (scheme, rest) = url.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    let mut intent = ["intent://", rest, "#Intent;scheme=", &scheme.to_ascii_lowercase()].concat();
    for (name, value) in [
        (";package=", package.map(str::to_owned)),
        (";S.browser_fallback_url=", fallback.map(|url| encode(url.as_str()))),
    ] {
        if let Some(value) = value {
            intent.push_str(name);
            intent.push_str(&value);
        }
    }
    intent.push_str(";end");
    Some(intent)
}

/// Percent-encodes everything that is not unreserved (RFC 3986, 2.3).
fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push(char::from(HEX[usize::from(byte >> 4)]));
            encoded.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 \
        (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36";
    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) \
        AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
    const DESKTOP: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    const fn on(platform: Platform) -> Device {
        Device { platform, in_app: None }
    }

    fn open_app(app_url: &str) -> NextAction {
        NextAction::OpenApp {
            app_url: app_url.parse().unwrap(),
            web_url: "https://m.dana.id/pay?a=1&b=2".parse().unwrap(),
            qr: "https://pay.example/qr.svg".parse().unwrap(),
        }
    }

    #[test]
    fn devices_are_known_by_their_user_agent() {
        let agent = |base: &str, more: &str| [base, more].concat();
        for (agent, platform, in_app) in [
            (ANDROID.to_owned(), Platform::Android, None),
            (IPHONE.to_owned(), Platform::Ios, None),
            (DESKTOP.to_owned(), Platform::Desktop, None),
            (String::new(), Platform::Desktop, None),
            (
                agent(ANDROID, " Instagram 350.0.0.0 Android (34/14)"),
                Platform::Android,
                Some(InApp::Instagram),
            ),
            (agent(IPHONE, " [FBAN/FBIOS;FBAV/480.0]"), Platform::Ios, Some(InApp::Facebook)),
            (agent(ANDROID, " [FB_IAB/FB4A;FBAV/480]"), Platform::Android, Some(InApp::Facebook)),
            (
                agent(ANDROID, " musical_ly_2023 BytedanceWebview/d8a21c6"),
                Platform::Android,
                Some(InApp::Tiktok),
            ),
            (agent(IPHONE, " Line/14.1.0"), Platform::Ios, Some(InApp::Line)),
            (agent(IPHONE, " Twitter for iPhone/10.2"), Platform::Ios, Some(InApp::X)),
            (agent(DESKTOP, " Instagram"), Platform::Desktop, None),
        ] {
            let device = Device::from_user_agent(&agent);
            assert_eq!(device, Device { platform, in_app }, "{agent}");
        }
    }

    #[test]
    fn every_device_gets_the_link_that_it_can_open() {
        let web = "https://m.dana.id/pay?a=1&b=2";
        let fallback = "S.browser_fallback_url=https%3A%2F%2Fm.dana.id%2Fpay%3Fa%3D1%26b%3D2;end";
        let scheme = ["intent://pay?x=1#Intent;scheme=dana;package=id.dana;", fallback].concat();
        let universal =
            ["intent://m.dana.id/x#Intent;scheme=https;package=id.dana;", fallback].concat();
        for (platform, app_url, way, also) in [
            (Platform::Android, "dana://pay?x=1", scheme.as_str(), Some(web)),
            (Platform::Android, "https://m.dana.id/x", universal.as_str(), Some(web)),
            (Platform::Ios, "dana://pay?x=1", "dana://pay?x=1", Some(web)),
            (Platform::Ios, "https://m.dana.id/x", "https://m.dana.id/x", Some(web)),
            (Platform::Desktop, "dana://pay?x=1", web, None),
        ] {
            let plan = Plan::of(on(platform), MethodId::Dana, &open_app(app_url)).unwrap();
            assert_eq!(plan.way.href, way);
            assert_eq!(plan.also.as_ref().map(|also| also.href.as_str()), also);
            assert_eq!(plan.way.app, also.is_some());
            assert!(plan.qr.is_some() && plan.web.is_some());
        }
    }

    #[test]
    fn an_address_that_the_wallet_does_not_own_is_never_opened() {
        for app_url in ["ovo://pay", "https://dana.id.evil.example/x", "https://notdana.id/x"] {
            for platform in [Platform::Android, Platform::Ios] {
                let plan = Plan::of(on(platform), MethodId::Dana, &open_app(app_url)).unwrap();
                assert_eq!(plan.way.href, "https://m.dana.id/pay?a=1&b=2", "{app_url}");
                assert_eq!((plan.way.app, plan.also), (false, None));
            }
        }
    }

    #[test]
    fn inside_another_app_the_web_page_comes_first() {
        let device = Device { platform: Platform::Android, in_app: Some(InApp::Instagram) };
        let plan = Plan::of(device, MethodId::Dana, &open_app("dana://pay")).unwrap();
        assert!(!plan.way.app);
        assert!(plan.also.is_some_and(|also| also.app));
        assert_eq!(device.rescue(), Some("Chrome"));
        let page = "https://pay.example/c/ct_1?locale=id".parse().unwrap();
        assert_eq!(
            browser_intent(&page).unwrap(),
            "intent://pay.example/c/ct_1?locale=id#Intent;scheme=https;\
             S.browser_fallback_url=https%3A%2F%2Fpay.example%2Fc%2Fct_1%3Flocale%3Did;end"
        );
    }

    #[test]
    fn a_push_offers_to_open_the_app_where_there_is_one() {
        let push = |app_url: Option<&str>| NextAction::ApprovePush {
            app_name: "OVO".to_owned(),
            phone_masked: "0812••••7890".to_owned(),
            seconds_left: 55,
            app_url: app_url.map(|url| url.parse().unwrap()),
        };
        for (platform, app_url, href) in [
            (
                Platform::Android,
                Some("ovo://"),
                Some("intent://#Intent;scheme=ovo;package=ovo.id;end"),
            ),
            (Platform::Ios, Some("ovo://"), Some("ovo://")),
            (Platform::Ios, Some("dana://"), None),
            (Platform::Ios, None, None),
            (Platform::Desktop, Some("ovo://"), None),
        ] {
            let plan = Plan::of(on(platform), MethodId::Ovo, &push(app_url));
            assert_eq!(plan.map(|plan| plan.way.href).as_deref(), href);
        }
    }

    #[test]
    fn a_web_page_is_a_plain_link_everywhere() {
        let url: WebUrl = "https://pay.example/x".parse().unwrap();
        for action in [
            NextAction::Redirect { url: url.clone() },
            NextAction::Link { url: Some(url.clone()), submit: None },
        ] {
            let plan = Plan::of(on(Platform::Android), MethodId::Akulaku, &action).unwrap();
            assert_eq!(plan, Plan::on_the_web(&url, None));
        }
        assert_eq!(Plan::of(on(Platform::Ios), MethodId::Dana, &NextAction::Wait), None);
    }
}
