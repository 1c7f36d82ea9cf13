//! NICEPAY's partners as rows: wallets, stores and lenders; how each is reached, how long it waits,
//! what may be given back.

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What kind of partner it is, by NICEPAY's `payMethod`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Family {
    Wallet,
    Store,
    Lender,
    /// Nobody yet: NICEPAY's own page lets the customer choose.
    Hosted,
}

impl Family {
    pub(crate) const fn pay_method(self) -> &'static str {
        match self {
            Self::Wallet => "05",
            Self::Store => "03",
            Self::Lender => "06",
            Self::Hosted => "00",
        }
    }

    pub(crate) fn by_pay_method(digits: &str) -> Option<Self> {
        let all = [Self::Wallet, Self::Store, Self::Lender, Self::Hosted];
        all.into_iter().find(|family| family.pay_method() == digits)
    }
}

/// How the customer meets the partner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reach {
    /// A prompt on the phone, while NICEPAY's own page waits.
    Push,
    /// The partner's page or app.
    Page,
    /// The wallet's page, once an account has been linked.
    Linked,
    /// A number that is paid at a till.
    Till,
}

/// While a full void is possible.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Void {
    SameDay,
    WithinMs(i64),
    Never,
}

/// One partner.
#[expect(clippy::struct_excessive_bools, reason = "a row of what a partner does and does not do")]
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Partner {
    pub(crate) family: Family,
    /// NICEPAY's `mitraCd`.
    pub(crate) code: &'static str,
    /// Our method id.
    pub(crate) method: &'static str,
    pub(crate) name: &'static str,
    pub(crate) reach: Reach,
    /// How long the customer may take: from the payment step on, at a store from the registration.
    pub(crate) lifetime_ms: i64,
    /// The scheme of links into its app, where NICEPAY hands one out.
    pub(crate) app_scheme: Option<&'static str>,
    pub(crate) void: Void,
    /// Until when after payment a refund is possible that is no longer a void.
    pub(crate) refund_ms: Option<i64>,
    pub(crate) partial: bool,
    /// Gives nothing back between midnight and one o'clock in Jakarta.
    pub(crate) sleeps_at_midnight: bool,
    /// Its own order exists as soon as NICEPAY's does, and not only at the payment step.
    pub(crate) begins_at_registration: bool,
    /// Says in between that it has asked and is about to commit.
    pub(crate) holds_after_asking: bool,
    /// Sends a one-time password that has to be entered.
    pub(crate) one_time_password: bool,
}

const WALLET: Partner =
    Partner { family: Family::Wallet, reach: Reach::Page, begins_at_registration: false, ..STORE };

pub(crate) static WALLETS: [Partner; 5] = [
    Partner {
        code: "OVOE",
        method: "ovo",
        name: "OVO",
        reach: Reach::Push,
        lifetime_ms: 55_000,
        void: Void::SameDay,
        ..WALLET
    },
    Partner {
        code: "DANA",
        method: "dana",
        name: "DANA",
        reach: Reach::Page,
        lifetime_ms: DAY,
        void: Void::WithinMs(DAY),
        // The testing page says an online refund works up to here; the settlement page, by hand.
        refund_ms: Some(30 * DAY),
        partial: true,
        sleeps_at_midnight: true,
        ..WALLET
    },
    Partner {
        code: "ESHP",
        method: "shopeepay",
        name: "ShopeePay",
        reach: Reach::Page,
        lifetime_ms: 5 * MINUTE,
        app_scheme: Some("shopeeid"),
        void: Void::SameDay,
        refund_ms: Some(365 * DAY),
        ..WALLET
    },
    Partner {
        code: "LINK",
        method: "linkaja",
        name: "LinkAja",
        reach: Reach::Page,
        lifetime_ms: 5 * MINUTE,
        void: Void::WithinMs(30 * DAY),
        ..WALLET
    },
    Partner {
        code: "ASTR",
        method: "astrapay",
        name: "AstraPay",
        reach: Reach::Linked,
        // Not documented; as the other wallets that have a page of their own.
        lifetime_ms: 5 * MINUTE,
        app_scheme: Some("astrapay"),
        void: Void::Never,
        ..WALLET
    },
];

const STORE: Partner = Partner {
    family: Family::Store,
    code: "",
    method: "",
    name: "",
    reach: Reach::Till,
    lifetime_ms: 2 * DAY,
    app_scheme: None,
    void: Void::Never,
    refund_ms: None,
    partial: false,
    sleeps_at_midnight: false,
    begins_at_registration: true,
    holds_after_asking: false,
    one_time_password: false,
};

pub(crate) static STORES: [Partner; 2] = [
    Partner { code: "INDO", method: "indomaret", name: "Indomaret", ..STORE },
    Partner {
        code: "ALMA",
        method: "alfamart",
        name: "Alfamart",
        holds_after_asking: true,
        ..STORE
    },
];

/// What lenders give back and how long they wait is not documented: these are proposals.
const LENDER: Partner = Partner {
    family: Family::Lender,
    reach: Reach::Page,
    lifetime_ms: DAY,
    void: Void::SameDay,
    refund_ms: Some(90 * DAY),
    begins_at_registration: false,
    one_time_password: true,
    ..STORE
};

pub(crate) static LENDERS: [Partner; 3] = [
    Partner {
        code: "AKLP",
        method: "akulaku",
        name: "Akulaku",
        begins_at_registration: true,
        one_time_password: false,
        ..LENDER
    },
    Partner { code: "KDVI", method: "kredivo", name: "Kredivo", ..LENDER },
    Partner { code: "IDNA", method: "indodana", name: "Indodana", ..LENDER },
];

/// The partner of an order whose customer has not chosen any on NICEPAY's page.
pub(crate) static UNDECIDED: Partner = Partner {
    family: Family::Hosted,
    method: "nicepay_page",
    name: "NICEPAY",
    reach: Reach::Page,
    begins_at_registration: false,
    lifetime_ms: DAY,
    ..STORE
};

/// How long an order waits for its payment step. Not documented.
pub(crate) const REGISTERED_MS: i64 = DAY;

/// Every partner, in the order in which NICEPAY's page lists them.
pub(crate) fn all() -> impl Iterator<Item = &'static Partner> {
    STORES.iter().chain(&WALLETS).chain(&LENDERS)
}

/// The partner of a family behind a `mitraCd`.
pub(crate) fn of(family: Family, code: &str) -> Option<&'static Partner> {
    all().find(|partner| partner.family == family && partner.code == code)
}

/// The wallet behind a `mitraCd`.
pub(crate) fn by_code(code: &str) -> Option<&'static Partner> {
    of(Family::Wallet, code)
}

/// The store of one of our method ids.
pub(crate) fn store(method: &str) -> Option<&'static Partner> {
    STORES.iter().find(|store| store.method == method)
}
