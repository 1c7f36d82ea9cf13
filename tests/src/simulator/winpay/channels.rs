//! Winpay's wallets as rows: their code, what contracts of theirs begin with, how they are reached.

/// How the customer meets the wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// A prompt on the phone; there is no address to go to.
    Push,
    /// The wallet's page.
    Page,
}

/// One wallet.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Channel {
    pub(crate) code: &'static str,
    /// The first two letters of its contracts. Those of DANA, Speedcash and AstraPay are not known.
    pub(crate) prefix: &'static str,
    /// Our method id.
    pub(crate) method: &'static str,
    pub(crate) name: &'static str,
    pub(crate) reach: Reach,
    /// The scheme of links into its app, where it has one.
    pub(crate) app_scheme: Option<&'static str>,
}

pub(crate) const CHANNELS: [Channel; 5] = [
    Channel {
        code: "OVO",
        prefix: "ov",
        method: "ovo",
        name: "OVO",
        reach: Reach::Push,
        app_scheme: None,
    },
    Channel {
        code: "DANA",
        prefix: "da",
        method: "dana",
        name: "DANA",
        reach: Reach::Page,
        app_scheme: None,
    },
    Channel {
        code: "SPAY",
        prefix: "so",
        method: "shopeepay",
        name: "ShopeePay",
        reach: Reach::Page,
        app_scheme: Some("shopeeid"),
    },
    Channel {
        code: "SC",
        prefix: "sc",
        method: "speedcash",
        name: "Speedcash",
        reach: Reach::Page,
        app_scheme: None,
    },
    Channel {
        code: "ASTRA",
        prefix: "as",
        method: "astrapay",
        name: "AstraPay",
        reach: Reach::Page,
        app_scheme: Some("astrapay"),
    },
];

/// The wallet behind a code.
pub(crate) fn by_code(code: &str) -> Option<&'static Channel> {
    CHANNELS.iter().find(|channel| channel.code == code)
}
