//! What one rendering is made from: the same in the server and in the browser.

use kasir_shared::api::checkout::{Balance, CheckoutView, StartAttempt, StartLink};
use kasir_shared::{AttemptId, LinkId, Locale, MethodId, Problem};
use serde::{Deserialize, Serialize};

use crate::handoff::Device;

/// What one rendering is made from. The server renders it and writes it into the page; the browser
/// reads it there and takes over the same rendering.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Names the session in every path: letters, digits, `_` and `-`.
    pub token: String,
    /// The session.
    pub view: CheckoutView,
    /// The language of the page.
    pub locale: Locale,
    /// Shown inside the merchant's page: `?embed=1`.
    pub embed: bool,
    /// Came here to leave at once: `?leave=1`, from a frame that handed the customer over.
    pub leave: bool,
    /// Shows the methods although the last attempt failed: `?choose=1`.
    pub choose: bool,
    /// What the customer holds.
    pub device: Device,
    /// What was in the form that `problem` answers.
    pub typed: Typed,
    /// Why the form came back.
    pub problem: Option<Problem>,
    /// Asks whether this wallet is to be unlinked: `?unlink=lnk_...`. No script runs there.
    #[serde(skip)]
    pub unlink: Option<LinkId>,
    /// What is in the linked wallets, where the page waited for it: `?balances=1`. No script runs there
    /// either: it would ask for them once more.
    #[serde(skip)]
    pub balances: Vec<Purse>,
    /// The merchant's origins, which may frame the page.
    pub parents: Vec<String>,
}

/// What the server found in a linked wallet.
#[derive(Clone, Debug, PartialEq)]
pub struct Purse {
    /// The wallet.
    pub link: LinkId,
    /// What is in it; `None` where nobody said.
    pub balance: Option<Balance>,
}

/// What a customer chose and typed, as the form sends it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Typed {
    /// The method.
    pub method: Option<MethodId>,
    /// The phone number, as typed.
    pub phone: Option<String>,
    /// The name, as typed.
    pub name: Option<String>,
    /// The linked wallet to pay with.
    pub link: Option<LinkId>,
}

impl Typed {
    /// Reads the form of the methods; `field` gives the value of a field by its name.
    ///
    /// Every method has its own fields, and a form without script sends them all, so each is named
    /// after its method: `phone.ovo`. A form written by hand may say plainly `phone`. The button that
    /// links a wallet names it by `wallet`, whatever is chosen.
    pub fn from_form(field: impl Fn(&str) -> Option<String>) -> Self {
        let method = field("wallet").or_else(|| field("method"));
        let method = method.and_then(|name| MethodId::from_name(&name));
        let text = |name: &str| {
            let own = method.and_then(|method| field(&field_name(name, method)));
            own.or_else(|| field(name)).filter(|text| !text.trim().is_empty())
        };
        Self {
            method,
            phone: text("phone"),
            name: text("name"),
            link: text("link").and_then(|id| id.parse().ok()),
        }
    }

    /// What it asks for, or `None` where no method was chosen.
    pub fn start(self) -> Option<StartAttempt> {
        let Self { method, phone, name, link } = self;
        Some(StartAttempt { method: method?, phone, name, link, account: None })
    }

    /// The wallet that it asks to link, or `None` where none was named.
    pub fn link(self) -> Option<StartLink> {
        Some(StartLink { method: self.method?, phone: self.phone })
    }
}

/// What a method's own field is called in the form.
pub(crate) fn field_name(field: &str, method: MethodId) -> String {
    [field, ".", method.as_str()].concat()
}

impl Page {
    /// The path of this page in a language, with `more` after the query.
    pub fn path(&self, locale: Locale, more: &str) -> String {
        ["/c/", &self.token, self.query(locale), more].concat()
    }

    /// The path of this page outside of any frame, with `more` after the query.
    pub fn whole_path(&self, more: &str) -> String {
        ["/c/", &self.token, "?locale=", self.locale.tag(), more].concat()
    }

    /// Where the form of the methods is posted.
    pub fn start_path(&self) -> String {
        ["/checkout/v1/", &self.token, "/attempts", self.query(self.locale)].concat()
    }

    /// Where the form is posted that takes an attempt back.
    pub fn cancel_path(&self, attempt: &AttemptId) -> String {
        let query = self.query(self.locale);
        ["/checkout/v1/", &self.token, "/attempts/", attempt.as_str(), "/cancel", query].concat()
    }

    /// Where the form is posted that links a wallet.
    pub fn link_path(&self) -> String {
        ["/checkout/v1/", &self.token, "/links", self.query(self.locale)].concat()
    }

    /// Where the form is posted that unlinks a wallet, or calls a link off.
    pub fn unlink_path(&self, link: &LinkId) -> String {
        let query = self.query(self.locale);
        ["/checkout/v1/", &self.token, "/links/", link.as_str(), "/unlink", query].concat()
    }

    /// The window that a link away from here opens in: the whole one, never the merchant's frame.
    pub fn target(&self) -> &'static str {
        if self.embed { "_top" } else { "_self" }
    }

    fn query(&self, locale: Locale) -> &'static str {
        match (locale, self.embed) {
            (Locale::Id, false) => "?locale=id",
            (Locale::Id, true) => "?locale=id&embed=1",
            (Locale::En, false) => "?locale=en",
            (Locale::En, true) => "?locale=en&embed=1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &'static [(&str, &str)]) -> Typed {
        Typed::from_form(|wanted| {
            let found = fields.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn only_the_chosen_methods_fields_are_read() {
        let typed = form(&[("phone.ovo", ""), ("method", "astrapay"), ("phone.astrapay", "0812")]);
        assert_eq!(typed.method, Some(MethodId::Astrapay));
        assert_eq!(typed.phone.as_deref(), Some("0812"));
        assert_eq!(form(&[("method", "ovo"), ("phone.astrapay", "0812")]).phone, None);
    }

    #[test]
    fn the_button_that_links_wins_over_what_is_chosen() {
        let fields = &[("method", "ovo"), ("wallet", "gopay"), ("phone.gopay", "0812")];
        let link = form(fields).link().unwrap();
        assert_eq!((link.method, link.phone.as_deref()), (MethodId::Gopay, Some("0812")));
        assert_eq!(form(&[("phone", "0812")]).link(), None);
    }

    #[test]
    fn a_form_written_by_hand_is_read_too() {
        let start = form(&[("method", "akulaku"), ("phone", "0812"), ("name", "Sari")]).start();
        let start = start.unwrap();
        assert_eq!(start.method, MethodId::Akulaku);
        assert_eq!((start.phone.as_deref(), start.name.as_deref()), (Some("0812"), Some("Sari")));
    }

    #[test]
    fn a_form_without_a_method_we_know_asks_for_nothing() {
        assert_eq!(form(&[("method", "paypal"), ("phone", "0812")]).start(), None);
        assert_eq!(form(&[]), Typed::default());
    }
}
