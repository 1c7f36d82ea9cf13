//! What every screen is given: what to show, what changes meanwhile, and whom to tell.

use kasir_shared::api::checkout::CheckoutView;
use kasir_shared::{Locale, MethodId, Moment};
use leptos::prelude::*;

use crate::locale::{Key, fill};
use crate::page::Page;
use crate::stage::{Live, Msg, subject};

/// What every screen is given; it may be copied into any closure.
#[derive(Clone, Copy)]
pub(crate) struct Scene {
    /// What the page was rendered from; never changes.
    pub(crate) page: StoredValue<Page>,
    /// What changes while a screen is shown.
    pub(crate) live: ReadSignal<Live>,
    /// Whom to tell what the customer does.
    #[cfg_attr(
        not(feature = "hydrate"),
        expect(dead_code, reason = "nothing happens on the server")
    )]
    pub(crate) tell: Callback<Msg>,
}

impl Scene {
    /// Tells what the customer did.
    #[cfg(feature = "hydrate")]
    pub(crate) fn tell(self, msg: Msg) {
        self.tell.run(msg);
    }

    /// Something of what the page was rendered from.
    pub(crate) fn page<T>(self, of: impl FnOnce(&Page) -> T) -> T {
        self.page.with_value(of)
    }

    /// Something of what changes, as it is now.
    pub(crate) fn now<T>(self, of: impl FnOnce(&Live) -> T) -> T {
        self.live.with_untracked(of)
    }

    /// The method that is chosen now.
    pub(crate) fn chosen(self) -> Option<MethodId> {
        self.now(|live| live.chosen)
    }

    /// The window that a link away from here opens in.
    pub(crate) fn target(self) -> &'static str {
        self.page(Page::target)
    }
}

/// When the view was written, by the server's clock: it says both when the session ends and in how
/// many seconds.
pub(crate) fn server_now(view: &CheckoutView) -> Moment {
    view.expires_at.plus_s(-i64::from(view.expires_in))
}

/// The sentences of a screen, with what they are about filled in.
#[derive(Clone)]
pub(crate) struct Words {
    pub(crate) locale: Locale,
    amount: String,
    wallet: &'static str,
    shop: String,
    reference: String,
}

impl Words {
    /// Sentences about this view; *the wallet* is the one that is being linked, or its attempt's.
    pub(crate) fn about(view: &CheckoutView, locale: Locale) -> Self {
        let attempt = view.attempt.as_ref();
        Self {
            locale,
            amount: attempt.map_or(view.amount, |attempt| attempt.amount).to_string(),
            wallet: subject(view).map_or("Kasir", |method| method.row().name),
            shop: view.merchant.name.clone(),
            reference: view.reference.as_str().to_owned(),
        }
    }

    /// The amount.
    pub(crate) fn amount(&self) -> String {
        self.amount.clone()
    }

    /// A sentence.
    pub(crate) fn say(&self, key: Key) -> String {
        let text = fill(key.text(self.locale), "{amount}", &self.amount);
        let text = fill(&text, "{wallet}", self.wallet);
        let text = fill(&text, "{reference}", &self.reference);
        // The shop's name comes last: it is the only text here that a stranger may have written.
        fill(&text, "{shop}", &self.shop)
    }

    /// A sentence with one more name filled in.
    pub(crate) fn with(&self, key: Key, name: &str, value: &str) -> String {
        // The value comes last: whatever braces it has are its own.
        fill(&self.say(key), name, value)
    }

    /// A sentence about a method of the list.
    pub(crate) fn method(&self, key: Key, method: MethodId) -> String {
        self.with(key, "{method}", method.row().name)
    }
}
