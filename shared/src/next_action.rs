//! What the customer does next.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{AppUrl, WebUrl};

/// What the customer does next; the page has one screen per variant.
///
/// No variant names a provider or a wallet: they are told apart by what the customer does, not by
/// who asked for it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Given")]
pub enum NextAction {
    /// Leaves for a web page.
    Redirect {
        /// Where to.
        url: WebUrl,
    },
    /// Opens an app, or the web page, or scans a code on another device.
    OpenApp {
        /// Opens the wallet's app.
        app_url: AppUrl,
        /// The same payment on the web.
        web_url: WebUrl,
        /// An SVG image of a QR code that holds `web_url`.
        qr: WebUrl,
    },
    /// Leaves by posting a form.
    Submit(Submit),
    /// Approves a prompt on a phone.
    ApprovePush {
        /// The app that shows the prompt.
        app_name: String,
        /// Where it shows, masked.
        phone_masked: String,
        /// Seconds until the prompt disappears, counted by the server.
        seconds_left: u32,
        /// Opens the app, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        app_url: Option<AppUrl>,
    },
    /// Pays at a counter.
    PayCode {
        /// What is shown to the cashier.
        code: String,
        /// Which counter: `Indomaret`.
        outlet: String,
        /// An SVG image of the code as a barcode.
        barcode: WebUrl,
        /// What to do, step by step.
        steps: Vec<String>,
    },
    /// Links an account before the payment itself.
    Link {
        /// The page to leave for, where a link leads there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<WebUrl>,
        /// The form to post, where a form leads there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        submit: Option<Submit>,
    },
    /// Waits for the provider.
    Wait,
}

/// Every field that an action of any kind may have. Reading them at once and then asking for the
/// right ones keeps serde's buffer for tagged enums out of the page, where it weighs 20 KB.
#[derive(Deserialize)]
struct Given {
    kind: Kind,
    url: Option<WebUrl>,
    fields: Option<FormFields>,
    app_url: Option<AppUrl>,
    web_url: Option<WebUrl>,
    qr: Option<WebUrl>,
    app_name: Option<String>,
    phone_masked: Option<String>,
    seconds_left: Option<u32>,
    code: Option<String>,
    outlet: Option<String>,
    barcode: Option<WebUrl>,
    steps: Option<Vec<String>>,
    submit: Option<Submit>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Redirect,
    OpenApp,
    Submit,
    ApprovePush,
    PayCode,
    Link,
    Wait,
}

/// An action without a field that its kind needs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Missing(&'static str);

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("missing field ")?;
        f.write_str(self.0)
    }
}

impl TryFrom<Given> for NextAction {
    type Error = Missing;

    fn try_from(given: Given) -> Result<Self, Missing> {
        Ok(match given.kind {
            Kind::Redirect => Self::Redirect { url: given.url.ok_or(Missing("url"))? },
            Kind::OpenApp => Self::OpenApp {
                app_url: given.app_url.ok_or(Missing("app_url"))?,
                web_url: given.web_url.ok_or(Missing("web_url"))?,
                qr: given.qr.ok_or(Missing("qr"))?,
            },
            Kind::Submit => Self::Submit(Submit {
                url: given.url.ok_or(Missing("url"))?,
                fields: given.fields.ok_or(Missing("fields"))?,
            }),
            Kind::ApprovePush => Self::ApprovePush {
                app_name: given.app_name.ok_or(Missing("app_name"))?,
                phone_masked: given.phone_masked.ok_or(Missing("phone_masked"))?,
                seconds_left: given.seconds_left.ok_or(Missing("seconds_left"))?,
                app_url: given.app_url,
            },
            Kind::PayCode => Self::PayCode {
                code: given.code.ok_or(Missing("code"))?,
                outlet: given.outlet.ok_or(Missing("outlet"))?,
                barcode: given.barcode.ok_or(Missing("barcode"))?,
                steps: given.steps.ok_or(Missing("steps"))?,
            },
            Kind::Link => Self::Link { url: given.url, submit: given.submit },
            Kind::Wait => Self::Wait,
        })
    }
}

/// A form that takes the customer elsewhere.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Submit {
    /// Where the form is posted.
    pub url: WebUrl,
    /// Its hidden fields.
    pub fields: FormFields,
}

/// Names and values of a form, in order; an object on the wire.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct FormFields(pub Vec<(String, String)>);

/// Shows the names only: a value may be a token.
impl std::fmt::Debug for FormFields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Serialize for FormFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for FormFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = FormFields;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FormFields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(FormFields(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for FormFields {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        std::collections::BTreeMap::<String, String>::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for FormFields {}

impl NextAction {
    /// The same action with the countdown as it stands now.
    #[must_use]
    pub fn at(self, seconds_left: Option<u32>) -> Self {
        match self {
            Self::ApprovePush { app_name, phone_masked, app_url, .. } => Self::ApprovePush {
                app_name,
                phone_masked,
                seconds_left: seconds_left.unwrap_or_default(),
                app_url,
            },
            Self::Redirect { .. }
            | Self::OpenApp { .. }
            | Self::Submit(_)
            | Self::PayCode { .. }
            | Self::Link { .. }
            | Self::Wait => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_without_what_it_needs_is_none() {
        for json in [
            r#"{"kind":"redirect"}"#,
            r#"{"kind":"open_app","app_url":"ovo://x","qr":"https://pay.example/x"}"#,
            r#"{"kind":"submit","url":"https://pay.example/x"}"#,
            r#"{"kind":"approve_push","app_name":"OVO","phone_masked":"0812"}"#,
            r#"{"kind":"pay_code","code":"1","outlet":"Indomaret","steps":[]}"#,
            r#"{"kind":"redirect","url":"javascript:alert(1)"}"#,
            r#"{"kind":"teleport"}"#,
            r#"{"url":"https://pay.example/x"}"#,
        ] {
            assert!(serde_json::from_str::<NextAction>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn every_action_is_spelled_as_the_contract_says() {
        let web: WebUrl = "https://pay.example/x".parse().unwrap();
        let submit = Submit {
            url: web.clone(),
            fields: FormFields(vec![("tXid".to_owned(), "1".to_owned())]),
        };
        for (action, json) in [
            (
                NextAction::Redirect { url: web.clone() },
                r#"{"kind":"redirect","url":"https://pay.example/x"}"#,
            ),
            (
                NextAction::OpenApp {
                    app_url: "ovo://x".parse().unwrap(),
                    web_url: web.clone(),
                    qr: web,
                },
                r#"{"kind":"open_app","app_url":"ovo://x","web_url":"https://pay.example/x","qr":"https://pay.example/x"}"#,
            ),
            (
                NextAction::Submit(submit.clone()),
                r#"{"kind":"submit","url":"https://pay.example/x","fields":{"tXid":"1"}}"#,
            ),
            (
                NextAction::ApprovePush {
                    app_name: "OVO".to_owned(),
                    phone_masked: "0812••••7890".to_owned(),
                    seconds_left: 55,
                    app_url: None,
                },
                r#"{"kind":"approve_push","app_name":"OVO","phone_masked":"0812••••7890","seconds_left":55}"#,
            ),
            (
                NextAction::Link { url: None, submit: Some(submit) },
                r#"{"kind":"link","submit":{"url":"https://pay.example/x","fields":{"tXid":"1"}}}"#,
            ),
            (NextAction::Wait, r#"{"kind":"wait"}"#),
        ] {
            assert_eq!(serde_json::to_string(&action).unwrap(), json);
            assert_eq!(serde_json::from_str::<NextAction>(json).unwrap(), action);
        }
    }
}
