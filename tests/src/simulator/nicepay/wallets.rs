//! The five wallets as rows: how each is reached, how long it waits, what may be given back.

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How the customer meets the wallet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// A prompt on the phone, while NICEPAY's own page waits.
    Push,
    /// The wallet's page or app.
    Page,
    /// The wallet's page, once an account has been linked.
    Linked,
}

/// While a full void is possible.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Void {
    SameDay,
    WithinMs(i64),
    Never,
}

/// One wallet.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Wallet {
    /// NICEPAY's `mitraCd`.
    pub(crate) code: &'static str,
    /// Our method id.
    pub(crate) method: &'static str,
    pub(crate) name: &'static str,
    pub(crate) reach: Reach,
    /// How long the customer may take from the payment step on.
    pub(crate) lifetime_ms: i64,
    /// The scheme of links into its app, where NICEPAY hands one out.
    pub(crate) app_scheme: Option<&'static str>,
    pub(crate) void: Void,
    /// Until when after payment a refund is possible that is no longer a void.
    pub(crate) refund_ms: Option<i64>,
    pub(crate) partial: bool,
    /// Gives nothing back between midnight and one o'clock in Jakarta.
    pub(crate) sleeps_at_midnight: bool,
}

pub(crate) const WALLETS: [Wallet; 5] = [
    Wallet {
        code: "OVOE",
        method: "ovo",
        name: "OVO",
        reach: Reach::Push,
        lifetime_ms: 55_000,
        app_scheme: None,
        void: Void::SameDay,
        refund_ms: None,
        partial: false,
        sleeps_at_midnight: false,
    },
    Wallet {
        code: "DANA",
        method: "dana",
        name: "DANA",
        reach: Reach::Page,
        lifetime_ms: DAY,
        app_scheme: None,
        void: Void::WithinMs(DAY),
        // The testing page says an online refund works up to here; the settlement page, by hand.
        refund_ms: Some(30 * DAY),
        partial: true,
        sleeps_at_midnight: true,
    },
    Wallet {
        code: "ESHP",
        method: "shopeepay",
        name: "ShopeePay",
        reach: Reach::Page,
        lifetime_ms: 5 * MINUTE,
        app_scheme: Some("shopeeid"),
        void: Void::SameDay,
        refund_ms: Some(365 * DAY),
        partial: false,
        sleeps_at_midnight: false,
    },
    Wallet {
        code: "LINK",
        method: "linkaja",
        name: "LinkAja",
        reach: Reach::Page,
        lifetime_ms: 5 * MINUTE,
        app_scheme: None,
        void: Void::WithinMs(30 * DAY),
        refund_ms: None,
        partial: false,
        sleeps_at_midnight: false,
    },
    Wallet {
        code: "ASTR",
        method: "astrapay",
        name: "AstraPay",
        reach: Reach::Linked,
        // Not documented; as the other wallets that have a page of their own.
        lifetime_ms: 5 * MINUTE,
        app_scheme: Some("astrapay"),
        void: Void::Never,
        refund_ms: None,
        partial: false,
        sleeps_at_midnight: false,
    },
];

/// How long an order waits for its payment step. Not documented.
pub(crate) const REGISTERED_MS: i64 = DAY;

/// The wallet behind a `mitraCd`.
pub(crate) fn by_code(code: &str) -> Option<&'static Wallet> {
    WALLETS.iter().find(|wallet| wallet.code == code)
}
