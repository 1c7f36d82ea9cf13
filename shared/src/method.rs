//! Ways to pay, as rows.
//!
//! A method is data: the page has one screen per next action and one row per method, and no code
//! asks which method it is.

use serde::{Deserialize, Serialize};

/// Names a method.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MethodId {
    /// OVO.
    Ovo,
    /// DANA.
    Dana,
    /// ShopeePay.
    Shopeepay,
    /// LinkAja.
    Linkaja,
    /// AstraPay.
    Astrapay,
    /// GoPay.
    Gopay,
    /// Speedcash.
    Speedcash,
    /// A code paid at Indomaret.
    Indomaret,
    /// A code paid at Alfamart.
    Alfamart,
    /// Akulaku.
    Akulaku,
    /// Kredivo.
    Kredivo,
    /// Indodana.
    Indodana,
    /// NICEPAY's own page.
    NicepayPage,
}

/// What kind of thing a method is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An e-wallet, opened for each payment.
    Wallet,
    /// An e-wallet that is linked once.
    LinkedWallet,
    /// Cash at a shop's counter.
    Counter,
    /// A lender.
    PayLater,
    /// A page where the provider asks for the method itself.
    HostedPage,
}

/// Something a method needs to know from the customer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The phone number registered with the wallet.
    Phone,
    /// The customer's name.
    Name,
}

/// A way to pay.
#[derive(Debug)]
pub struct Method {
    /// What names it.
    pub id: MethodId,
    /// As people know it.
    pub name: &'static str,
    /// What kind of thing it is.
    pub kind: Kind,
    /// What it needs to know from the customer.
    pub fields: &'static [Field],
    /// How its app is opened, where that is known.
    pub app: Option<App>,
}

/// An app on a phone.
#[derive(Debug)]
pub struct App {
    /// The scheme that starts it, without a payment: wallets publish few of them, and a payment's
    /// own address is only ever what a provider returned.
    pub scheme: &'static str,
    /// Schemes that a payment's address may have.
    pub schemes: &'static [&'static str],
    /// Hosts of its own `https` links; a subdomain counts.
    pub hosts: &'static [&'static str],
    /// Its package on Android, for `intent:` addresses.
    pub android_package: &'static str,
}

const fn app(
    schemes: &'static [&'static str],
    hosts: &'static [&'static str],
    android_package: &'static str,
) -> App {
    App { scheme: schemes[0], schemes, hosts, android_package }
}

const fn row(
    id: MethodId,
    name: &'static str,
    kind: Kind,
    fields: &'static [Field],
    app: Option<App>,
) -> Method {
    Method { id, name, kind, fields, app }
}

/// Every method, in the order a page shows them when a shop states none.
pub static METHODS: [Method; 13] = [
    row(
        MethodId::Ovo,
        "OVO",
        Kind::Wallet,
        &[Field::Phone],
        Some(app(&["ovo"], &["ovo.id"], "ovo.id")),
    ),
    row(MethodId::Dana, "DANA", Kind::Wallet, &[], Some(app(&["dana"], &["dana.id"], "id.dana"))),
    row(
        MethodId::Shopeepay,
        "ShopeePay",
        Kind::Wallet,
        &[],
        Some(app(
            &["shopeeid", "shopeepay", "airpay"],
            &["shopee.co.id", "airpay.co.id"],
            "com.shopee.id",
        )),
    ),
    row(
        MethodId::Linkaja,
        "LinkAja",
        Kind::Wallet,
        &[],
        Some(app(&["linkaja"], &["linkaja.id"], "com.telkom.mwallet")),
    ),
    row(
        MethodId::Astrapay,
        "AstraPay",
        Kind::LinkedWallet,
        &[Field::Phone],
        Some(app(&["astrapay"], &["astrapay.com"], "com.ada.astrapayupdate")),
    ),
    row(
        MethodId::Gopay,
        "GoPay",
        Kind::LinkedWallet,
        &[],
        Some(app(&["gojek", "gopay"], &["gojek.com", "gopay.co.id"], "com.gojek.app")),
    ),
    row(
        MethodId::Speedcash,
        "Speedcash",
        Kind::Wallet,
        &[Field::Phone],
        Some(app(&["speedcash"], &["speedcash.co.id"], "com.bm.sc.bebas.bayar")),
    ),
    row(MethodId::Indomaret, "Indomaret", Kind::Counter, &[], None),
    row(MethodId::Alfamart, "Alfamart", Kind::Counter, &[], None),
    row(MethodId::Akulaku, "Akulaku", Kind::PayLater, &[Field::Name, Field::Phone], None),
    row(MethodId::Kredivo, "Kredivo", Kind::PayLater, &[Field::Name, Field::Phone], None),
    row(MethodId::Indodana, "Indodana", Kind::PayLater, &[Field::Name, Field::Phone], None),
    row(MethodId::NicepayPage, "NICEPAY", Kind::HostedPage, &[], None),
];

impl MethodId {
    /// Its row.
    pub fn row(self) -> &'static Method {
        // The rows stand in the order of the variants; a test holds them to it.
        &METHODS[self as usize]
    }

    /// As on the wire: `ovo`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ovo => "ovo",
            Self::Dana => "dana",
            Self::Shopeepay => "shopeepay",
            Self::Linkaja => "linkaja",
            Self::Astrapay => "astrapay",
            Self::Gopay => "gopay",
            Self::Speedcash => "speedcash",
            Self::Indomaret => "indomaret",
            Self::Alfamart => "alfamart",
            Self::Akulaku => "akulaku",
            Self::Kredivo => "kredivo",
            Self::Indodana => "indodana",
            Self::NicepayPage => "nicepay_page",
        }
    }

    /// The method of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        METHODS.iter().map(|method| method.id).find(|id| id.as_str() == name)
    }
}

impl App {
    /// Whether a payment's address is one of this app's: a scheme of its own, or an `https` link to
    /// one of its hosts.
    pub fn owns(&self, url: &crate::AppUrl) -> bool {
        match url.as_web() {
            Some(web) => self.owns_host(web.host()),
            None => self.schemes.contains(&url.scheme().as_str()),
        }
    }

    fn owns_host(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        self.hosts.iter().any(|own| {
            host.strip_suffix(own).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_finds_its_row_by_id_and_by_name() {
        for (place, method) in METHODS.iter().enumerate() {
            assert_eq!(method.id as usize, place);
            assert_eq!(MethodId::from_name(method.id.as_str()), Some(method.id));
            let json = serde_json::to_string(&method.id).unwrap();
            assert_eq!(json, format!("\"{}\"", method.id.as_str()));
        }
        assert_eq!(MethodId::from_name("OVO"), None);
    }

    #[test]
    fn an_app_owns_its_schemes_and_its_hosts_and_nothing_that_looks_like_them() {
        let shopee = MethodId::Shopeepay.row().app.as_ref().unwrap();
        for own in
            ["shopeeid://main?x=1", "https://wsa.wallet.airpay.co.id/u", "https://shopee.co.id/x"]
        {
            assert!(shopee.owns(&own.parse().unwrap()), "{own}");
        }
        for foreign in
            ["ovo://x", "https://evilshopee.co.id/x", "https://shopee.co.id.evil.example/x"]
        {
            assert!(!shopee.owns(&foreign.parse().unwrap()), "{foreign}");
        }
    }

    #[test]
    fn every_scheme_of_an_app_is_on_the_list_of_schemes() {
        for app in METHODS.iter().filter_map(|method| method.app.as_ref()) {
            assert!(app.schemes.contains(&app.scheme));
            assert!(app.schemes.iter().all(|scheme| crate::url::APP_SCHEMES.contains(scheme)));
        }
    }
}
