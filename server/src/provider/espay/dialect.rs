//! What Espay's documents leave open, or say in two ways: each is a choice of the account's, until
//! Espay says which it is.

use serde::Deserialize;

/// The choices.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own to Espay")]
pub struct Dialect {
    /// The path of Account Unbinding. Its page has a segment that no sibling has, and a blank inside
    /// a word.
    pub unbinding_path: UnbindingPath,
    /// How Get Auth Code spells the address to come back to: Espay's table and the standard differ.
    pub redirect_parameter: RedirectParameter,
    /// Whether the signature of a GET covers its query. No page says.
    pub signed_get: SignedGet,
    /// Whether Get Auth Code is told the product. No page says how Espay knows which wallet is meant.
    pub product_code_in_auth_code: bool,
    /// Whether Get Auth Code is told the customer's number beforehand, signed (`seamlessData`). It is
    /// the standard's and not in Espay's table; what does not verify is ignored.
    pub seamless_data: bool,
    /// Whether the address to come back to carries the state as well: of one wallet it was seen that it
    /// hands a code back and no state.
    pub state_in_return_url: bool,
    /// Whether Espay has confirmed that Account Inquiry answers about the link of our number, and not
    /// about any link of the phone number. As long as it has not, no agreement is taken from there,
    /// since it may be somebody else's.
    pub inquiry_tells_token: bool,
    /// `merchantId` of Account Binding, whose page nobody could read.
    pub binding_merchant_id: MerchantId,
    /// `merchantId` of Account Unbinding: its page prints the literal `ESPAY`.
    pub unbinding_merchant_id: MerchantId,
    /// In which field a payment carries the agreement. No page says.
    pub token_fields: TokenFields,
    /// How phone numbers are written: both ways are in use.
    pub phone_format: PhoneFormat,
    /// What comes last in the text that push-to-pay signs. The documents and the programs in use
    /// differ.
    pub push_signature: PushSignature,
    /// What an `X-EXTERNAL-ID` looks like: digits by the documents, and a UUID in practice.
    pub external_id: ExternalId,
    /// Which letters an order number may have besides digits. Some products were seen to refuse any.
    pub order_number: OrderNumber,
    /// By which service an order is asked about that was placed host to host. Whether the first one
    /// covers linked wallets is not documented. Orders that push-to-pay placed are always asked about
    /// by the classic one.
    pub status: StatusService,
    /// Which writings of a callback's body its signature may cover.
    pub verification: Verification,
    /// What is said to a payment that is told once more: Espay's acceptance test wants it refused,
    /// and in operation an unanswered one leaves the payment in doubt.
    pub repeated_callback: RepeatedCallback,
    /// Seconds that a callback's time may be from ours: 60 to 86,400. Neither Espay's tolerance nor
    /// its schedule of retries is documented. A callback settles nothing, so that a wide window costs
    /// nothing.
    pub callback_age_s: u32,
    /// Whether Espay has confirmed that a payment with a linked wallet always asks for the PIN on a
    /// page. As long as it has not, an order that was sent in vain may have been charged, and is
    /// waited out.
    pub pin_always_asked: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            unbinding_path: UnbindingPath::default(),
            redirect_parameter: RedirectParameter::default(),
            signed_get: SignedGet::default(),
            product_code_in_auth_code: true,
            seamless_data: false,
            state_in_return_url: false,
            inquiry_tells_token: false,
            binding_merchant_id: MerchantId::MerchantCode,
            unbinding_merchant_id: MerchantId::Espay,
            token_fields: TokenFields::default(),
            phone_format: PhoneFormat::default(),
            push_signature: PushSignature::default(),
            external_id: ExternalId::default(),
            order_number: OrderNumber::default(),
            status: StatusService::default(),
            verification: Verification::default(),
            repeated_callback: RepeatedCallback::default(),
            callback_age_s: 24 * 60 * 60,
            pin_always_asked: false,
        }
    }
}

/// The path of Account Unbinding.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum UnbindingPath {
    /// `/apidirectdebit/v1.0/debit/registration-account-unbinding`.
    #[default]
    WithDebit,
    /// The same without `debit/`.
    WithoutDebit,
}

/// How Get Auth Code spells the address to come back to.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
pub enum RedirectParameter {
    /// As the standard does.
    #[default]
    #[serde(rename = "redirectUrl")]
    Url,
    /// As Espay's table does.
    #[serde(rename = "redirectURL")]
    UpperCaseUrl,
}

/// What of a GET is signed.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum SignedGet {
    /// The path.
    #[default]
    Path,
    /// The path with its query.
    PathAndQuery,
}

/// What a service takes for `merchantId`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum MerchantId {
    /// The merchant code.
    MerchantCode,
    /// The literal `ESPAY`.
    Espay,
}

/// Where a payment carries the agreement.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum TokenFields {
    /// In both fields.
    #[default]
    Both,
    /// `bankCardToken`.
    BankCardToken,
    /// `additionalInfo.accountToken`.
    AccountToken,
}

/// How phone numbers are written.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
pub enum PhoneFormat {
    /// `62811...`
    #[default]
    #[serde(rename = "62")]
    International,
    /// `0811...`
    #[serde(rename = "08")]
    National,
}

/// What comes last in the text that push-to-pay signs.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum PushSignature {
    /// The word, then the key: as programs in use do.
    #[default]
    WordThenKey,
    /// The key, then the word: as the documents' table has it.
    KeyThenWord,
}

/// What an `X-EXTERNAL-ID` looks like.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum ExternalId {
    /// Thirty-two digits.
    #[default]
    Numeric,
    /// A UUID.
    Uuid,
}

/// What order numbers are made of.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum OrderNumber {
    /// Letters and digits.
    #[default]
    Alphanumeric,
    /// Digits.
    Digits,
}

/// By which service orders are asked about.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum StatusService {
    /// SNAP's Inquiry Status (26).
    #[default]
    Snap,
    /// Check Payment Status.
    Classic,
}

/// Which writings of a callback's body its signature may cover.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// The body as it came, without white space, or written anew in one of the ways that are in use.
    #[default]
    Tolerant,
    /// The body as it came, or without white space.
    Strict,
}

/// What is said to a payment that is told once more.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum RepeatedCallback {
    /// The same as the first time.
    #[default]
    Acknowledge,
    /// That the order is paid already.
    Refuse,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_as_the_documents_propose_and_what_is_misspelt_is_refused() {
        assert_eq!(toml::from_str::<Dialect>("").unwrap(), Dialect::default());
        assert!(toml::from_str::<Dialect>("signed_gets = \"path\"").is_err());
        assert!(toml::from_str::<Dialect>("signed_get = \"query\"").is_err());
    }

    #[test]
    fn every_choice_has_a_word() {
        let words = r#"
            unbinding_path = "without_debit"
            redirect_parameter = "redirectURL"
            signed_get = "path_and_query"
            product_code_in_auth_code = false
            seamless_data = true
            state_in_return_url = true
            inquiry_tells_token = true
            binding_merchant_id = "espay"
            unbinding_merchant_id = "merchant_code"
            token_fields = "account_token"
            phone_format = "08"
            push_signature = "key_then_word"
            external_id = "uuid"
            order_number = "digits"
            status = "classic"
            verification = "strict"
            repeated_callback = "refuse"
            callback_age_s = 300
            pin_always_asked = true
        "#;
        let dialect = Dialect {
            unbinding_path: UnbindingPath::WithoutDebit,
            redirect_parameter: RedirectParameter::UpperCaseUrl,
            signed_get: SignedGet::PathAndQuery,
            product_code_in_auth_code: false,
            seamless_data: true,
            state_in_return_url: true,
            inquiry_tells_token: true,
            binding_merchant_id: MerchantId::Espay,
            unbinding_merchant_id: MerchantId::MerchantCode,
            token_fields: TokenFields::AccountToken,
            phone_format: PhoneFormat::National,
            push_signature: PushSignature::KeyThenWord,
            external_id: ExternalId::Uuid,
            order_number: OrderNumber::Digits,
            status: StatusService::Classic,
            verification: Verification::Strict,
            repeated_callback: RepeatedCallback::Refuse,
            callback_age_s: 300,
            pin_always_asked: true,
        };
        assert_eq!(toml::from_str::<Dialect>(words).unwrap(), dialect);
    }
}
