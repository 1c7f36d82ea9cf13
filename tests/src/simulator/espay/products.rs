//! What Espay sells through, as rows: bank code, product code, the wallet behind it.
//!
//! Espay publishes no product codes for linked wallets; these, and the bank codes, are proposals.

/// How the customer meets the wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// By a page that asks for the PIN, from a linked account or not.
    Linked,
    /// By a page; there is nothing to link.
    Page,
    /// By a prompt on the phone.
    Push,
}

/// One product.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Product {
    pub(crate) bank: &'static str,
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    /// Our method id; two products of one wallet share its accounts.
    pub(crate) method: &'static str,
    pub(crate) wallet: &'static str,
    pub(crate) reach: Reach,
    /// The scheme of links into the wallet's app.
    pub(crate) app_scheme: Option<&'static str>,
}

const fn linked(
    (bank, code): (&'static str, &'static str),
    (method, wallet): (&'static str, &'static str),
    (name, scheme): (&'static str, &'static str),
) -> Product {
    Product { bank, code, name, method, wallet, reach: Reach::Linked, app_scheme: Some(scheme) }
}

pub(crate) const PRODUCTS: [Product; 8] = [
    linked(("503", "OVOLINK"), ("ovo", "OVO"), ("OVO Linkage", "ovo")),
    Product {
        bank: "503",
        code: "OVO",
        name: "OVO",
        method: "ovo",
        wallet: "OVO",
        reach: Reach::Push,
        app_scheme: None,
    },
    linked(("901", "DANALINK"), ("dana", "DANA"), ("DANA Linkage", "dana")),
    linked(("902", "SHOPEELINK"), ("shopeepay", "ShopeePay"), ("ShopeePay Linkage", "shopeeid")),
    linked(("903", "GOPAYLINK"), ("gopay", "GoPay"), ("GoPay Linkage", "gopay")),
    linked(("904", "LINKAJA"), ("linkaja", "LinkAja"), ("LinkAja", "linkaja")),
    linked(("905", "ASTRAPAYLINK"), ("astrapay", "AstraPay"), ("AstraPay Linkage", "astrapay")),
    Product {
        bank: "008",
        code: "SALDOMUQR",
        name: "SaldoMu QRIS",
        method: "saldomu",
        wallet: "SaldoMu",
        reach: Reach::Page,
        app_scheme: None,
    },
];

/// The product of a code.
pub(crate) fn by_code(code: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.code == code)
}

/// The wallet that a product code, or our own method id, means.
pub(crate) fn method(word: &str) -> Option<&'static str> {
    let named = |product: &&Product| product.code == word || product.method == word;
    PRODUCTS.iter().find(named).map(|product| product.method)
}
