//! NICEPAY's result codes, as far as V2 gives them for wallets, stores and lenders.

/// A `resultCd` and its `resultMsg`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Code(pub(crate) &'static str, pub(crate) &'static str);

pub(crate) const SUCCESS: Code = Code("0000", "SUCCESS");
pub(crate) const TXID_UNKNOWN: Code = Code("8004", "tXid error on order inquiry.");
pub(crate) const CANCEL_UNKNOWN_FULL: Code = Code("8064", "Full cancel: tXid error.");
pub(crate) const CANCEL_UNKNOWN_PARTIAL: Code = Code("8066", "Partial cancel: tXid error.");
pub(crate) const MALFORMED: Code = Code("9001", "Failed to register, check the HTTP message.");
pub(crate) const BUSY: Code = Code("9002", "Server is busy.");
pub(crate) const INVALID_ORDER: Code = Code("9003", "Invalid order.");
pub(crate) const AMOUNT_MISSING: Code = Code("9007", "amt is not set.");
pub(crate) const AMOUNT_NOT_INTEGER: Code = Code("9008", "amt is not an integer.");
pub(crate) const DUPLICATE: Code = Code("9009", "referenceNo already exists.");
pub(crate) const BAD_TOKEN: Code = Code("9010", "Invalid merchantToken.");
pub(crate) const UNKNOWN_MERCHANT: Code = Code("9011", "MID is not registered.");
pub(crate) const NOT_ACTIVATED: Code = Code("9012", "Payment method is not activated.");
pub(crate) const CURRENCY_MISSING: Code = Code("9013", "currency is not set.");
pub(crate) const REFERENCE_MISSING: Code = Code("9014", "referenceNo is not set.");
pub(crate) const GOODS_MISSING: Code = Code("9015", "goodsNm is not set.");
pub(crate) const NAME_MISSING: Code = Code("9016", "billingNm is not set.");
pub(crate) const PHONE_MISSING: Code = Code("9017", "billingPhone is not set.");
pub(crate) const EMAIL_MISSING: Code = Code("9018", "billingEmail is not set.");
pub(crate) const CALLBACK_MISSING: Code = Code("9019", "callBackUrl is not set.");
pub(crate) const NOTIFY_MISSING: Code = Code("9020", "dbProcessUrl is not set.");
pub(crate) const CART_NOT_JSON: Code = Code("9022", "cartData is not valid JSON.");
pub(crate) const CART_TOTAL: Code = Code("9023", "Total of cartData differs from amt.");
pub(crate) const USER_IP_MISSING: Code = Code("9024", "userIP is not set.");
pub(crate) const CITY_MISSING: Code = Code("9025", "billingCity is not set.");
pub(crate) const STATE_MISSING: Code = Code("9026", "billingState is not set.");
pub(crate) const POST_CODE_MISSING: Code = Code("9027", "billingPostCd is not set.");
pub(crate) const COUNTRY_MISSING: Code = Code("9028", "billingCountry is not set.");
pub(crate) const FAILED: Code = Code("9030", "Transaction failed.");
pub(crate) const MONTHS: Code = Code("9029", "Instalment month is not offered.");
pub(crate) const DATE_TIME: Code = Code("9031", "Check date and time.");
pub(crate) const ALREADY_APPROVED: Code = Code("9126", "Already approved.");
pub(crate) const CANCEL_TYPE: Code = Code("9301", "Invalid cancelType.");
pub(crate) const CANCEL_AMOUNT: Code = Code("9312", "Cancel amount is missing or not numeric.");
pub(crate) const CANNOT_CANCEL: Code = Code("9314", "This transaction cannot be cancelled.");
pub(crate) const CANCEL_TOO_MUCH: Code = Code("9319", "Larger than the cancellable amount.");
pub(crate) const CANCEL_NOTHING: Code = Code("9321", "Cancel amount must be larger than 0.");
pub(crate) const CANCEL_TOO_LATE: Code = Code("9326", "Cannot cancel after settlement.");
pub(crate) const MAY_NOT_CANCEL: Code = Code("9331", "Merchant may not cancel.");
pub(crate) const MAY_NOT_CANCEL_PART: Code = Code("9332", "Merchant may not cancel partially.");
pub(crate) const CANCEL_BLOCKED: Code = Code("9333", "Merchant cancellation is blocked.");
pub(crate) const STORE_TOO_LITTLE: Code = Code("9509", "amt is too small.");
pub(crate) const STORE_DATE: Code = Code("9510", "Invalid expiry date.");
pub(crate) const STORE_TIME: Code = Code("9511", "Invalid expiry time.");
pub(crate) const STORE_TOKEN: Code = Code("9525", "Invalid merchantToken.");
pub(crate) const STORE_UNKNOWN: Code = Code("9528", "Transaction not found.");
pub(crate) const WALLET_NOT_CREATED: Code = Code("9750", "E-wallet order could not be created.");
pub(crate) const WALLET_PARAMETER: Code = Code("9751", "Invalid e-wallet parameter.");
pub(crate) const WALLET_FAILED: Code = Code("9752", "E-wallet payment failed.");

/// Why a call was turned down: the code for the caller, the sentence for the journal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: Code,
    pub(crate) why: String,
}

impl Refusal {
    pub(crate) fn new(code: Code, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}
