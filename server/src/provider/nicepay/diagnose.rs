//! Which known mistake would explain a `merchantToken` that does not stand.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::secret::Secret;

/// A call, or a notification, that carries a `merchantToken`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation {
    /// Placing an order.
    Registration,
    /// The payment step.
    Payment,
    /// Asking how an order stands.
    Inquiry,
    /// Cancelling or refunding.
    Cancel,
    /// Linking an AstraPay account.
    LinkEnable,
    /// Paying with a linked AstraPay account.
    LinkInitiate,
    /// NICEPAY's notification.
    Notification,
}

/// A value that a token is made over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field {
    /// `timeStamp`.
    TimeStamp,
    /// `iMid`.
    Merchant,
    /// `referenceNo`.
    Reference,
    /// `tXid`.
    Transaction,
    /// `amt`.
    Amount,
    /// The phone number, for linking.
    Phone,
}

/// The values of one message, as far as they are known.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// `timeStamp`, and others that may have been signed instead.
    pub time_stamps: Vec<String>,
    /// `iMid`.
    pub merchant: String,
    /// `referenceNo`.
    pub reference: Option<String>,
    /// `tXid`.
    pub transaction: Option<String>,
    /// `amt`.
    pub amount: Option<String>,
    /// The phone number, for linking.
    pub phone: Option<String>,
}

/// What a token is made of.
#[derive(Clone)]
pub struct Recipe {
    /// Names and texts, in order; the key is where [`Part::Key`] is.
    parts: Vec<(Part, String)>,
    between: &'static str,
    hash: Hash,
}

/// What stands in a recipe.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    Value(Field),
    Key,
}

#[derive(Clone, Copy)]
enum Hash {
    Plain(&'static Algorithm),
    Keyed,
}

/// A mistake that people make.
pub struct Mistake {
    /// Its name, for scripts.
    pub name: &'static str,
    /// What whoever signed did.
    pub what: &'static str,
    /// What is right.
    pub instead: &'static str,
    make: fn(&Message<'_>) -> Vec<Recipe>,
}

/// Why a token does not stand.
pub struct Explanation {
    /// The mistake.
    pub mistake: &'static Mistake,
    /// What the token was made of.
    pub signed: Recipe,
}

/// A message whose token is looked at.
pub struct Message<'a> {
    /// What it is.
    pub operation: Operation,
    /// What it says.
    pub values: &'a Values,
    /// `merchantKey`.
    pub key: &'a Secret,
}

const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "token_spelling",
        what: "wrote the token in upper-case hex or in base64, or with something around it",
        instead: "write it in lower-case hex",
        make: |message| message.recipe(message.operation).into_iter().collect(),
    },
    Mistake {
        name: "other_operation",
        what: "used the formula of another call",
        instead: "each call has its own: only cancel and notification are over the tXid, and only registration, payment, inquiry and cancel begin with the time",
        make: |message| {
            OPERATIONS.iter().filter_map(|operation| message.recipe(*operation).ok()).collect()
        },
    },
    Mistake {
        name: "other_amount",
        what: "signed the amount in another spelling than it was sent",
        instead: "sign the digits that are sent: no decimals, no separators",
        make: |message| {
            let amounts = message.values.amount.as_deref().map(amounts).unwrap_or_default();
            amounts.iter().filter_map(|amount| message.with(Field::Amount, amount)).collect()
        },
    },
    Mistake {
        name: "other_time_stamp",
        what: "signed another time than was sent, or the same in another spelling",
        instead: "take the time once, as YYYYMMDDHHMMSS in Jakarta, and use that text in both places",
        make: |message| {
            let times = message.values.time_stamps.iter();
            let digits =
                |time: &String| time.chars().filter(char::is_ascii_digit).take(14).collect();
            let times = times.flat_map(|time| [time.clone(), digits(time)]);
            times.filter_map(|time| message.with(Field::TimeStamp, &time)).collect()
        },
    },
    Mistake {
        name: "value_left_out",
        what: "left one of the values out",
        instead: "sign every value of the formula, the iMid too, and the key last",
        make: |message| {
            let right = message.recipe(message.operation).ok();
            right.iter().flat_map(Recipe::each_left_out).collect()
        },
    },
    Mistake {
        name: "other_order",
        what: "signed the values in another order",
        instead: "follow the formula: the key comes last",
        make: |message| {
            let right = message.recipe(message.operation).ok();
            right.iter().flat_map(Recipe::in_other_orders).collect()
        },
    },
    Mistake {
        name: "separators",
        what: "put something between the values",
        instead: "put the values together without anything between them",
        make: |message| {
            let right = message.recipe(message.operation).ok();
            let with = |between| right.iter().map(move |right| Recipe { between, ..right.clone() });
            ["+", "|", ":", " ", ",", "&", "\n"].into_iter().flat_map(with).collect()
        },
    },
    Mistake {
        name: "other_hash",
        what: "used SHA-1, SHA-512 or HMAC-SHA256 in the place of SHA-256",
        instead: "use plain SHA-256, with the key as the last of the values",
        make: |message| {
            let right = message.recipe(message.operation).ok();
            let hashes =
                [Hash::Plain(&SHA1_FOR_LEGACY_USE_ONLY), Hash::Plain(&SHA512), Hash::Keyed];
            let with = |hash| right.iter().map(move |right| Recipe { hash, ..right.clone() });
            hashes.into_iter().flat_map(with).collect()
        },
    },
    Mistake {
        name: "other_key",
        what: "used the key with white space around it, or decoded from base64",
        instead: "use the key as the text it is, cut off at its ends",
        make: |message| {
            let Ok(right) = message.recipe(message.operation) else { return Vec::new() };
            let key = message.key.expose();
            let decoded = STANDARD.decode(key).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let keys = [Some(format!("{key}\n")), Some(format!("{key} ")), decoded];
            keys.into_iter().flatten().map(|key| right.with(Part::Key, &key)).collect()
        },
    },
];

/// Every operation.
pub const OPERATIONS: &[Operation] = &[
    Operation::Registration,
    Operation::Payment,
    Operation::Inquiry,
    Operation::Cancel,
    Operation::LinkEnable,
    Operation::LinkInitiate,
    Operation::Notification,
];

impl Operation {
    /// The values its token is made over, before the key.
    pub const fn formula(self) -> &'static [Field] {
        use Field::{Amount, Merchant, Phone, Reference, TimeStamp, Transaction};
        match self {
            Self::Registration | Self::Payment | Self::Inquiry => {
                &[TimeStamp, Merchant, Reference, Amount]
            }
            Self::Cancel => &[TimeStamp, Merchant, Transaction, Amount],
            Self::LinkEnable => &[Merchant, Reference, Phone],
            Self::LinkInitiate => &[Merchant, Reference, Amount],
            Self::Notification => &[Merchant, Transaction, Amount],
        }
    }
}

impl Field {
    /// NICEPAY's name of it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TimeStamp => "timeStamp",
            Self::Merchant => "iMid",
            Self::Reference => "referenceNo",
            Self::Transaction => "tXid",
            Self::Amount => "amt",
            Self::Phone => "phoneNo",
        }
    }
}

impl Values {
    fn get(&self, field: Field) -> Option<&str> {
        match field {
            Field::TimeStamp => self.time_stamps.first().map(String::as_str),
            Field::Merchant => Some(&self.merchant),
            Field::Reference => self.reference.as_deref(),
            Field::Transaction => self.transaction.as_deref(),
            Field::Amount => self.amount.as_deref(),
            Field::Phone => self.phone.as_deref(),
        }
    }
}

impl Message<'_> {
    /// What its token is made of; the field that is missing where one is.
    pub fn right(&self) -> Result<Recipe, Field> {
        self.recipe(self.operation)
    }

    /// The mistake that explains why `token` does not stand, if one of ours does.
    pub fn explain(&self, token: &str) -> Option<Explanation> {
        MISTAKES.iter().find_map(|mistake| {
            let mut recipes = (mistake.make)(self).into_iter();
            let signed = recipes.find(|recipe| recipe.is_meant_by(token))?;
            Some(Explanation { mistake, signed })
        })
    }

    fn recipe(&self, operation: Operation) -> Result<Recipe, Field> {
        let mut parts = Vec::new();
        for field in operation.formula() {
            let text = self.values.get(*field).ok_or(*field)?;
            parts.push((Part::Value(*field), text.to_owned()));
        }
        parts.push((Part::Key, self.key.expose().to_owned()));
        Ok(Recipe { parts, between: "", hash: Hash::Plain(&SHA256) })
    }

    /// The right recipe with another text for one value.
    fn with(&self, field: Field, text: &str) -> Option<Recipe> {
        let right = self.right().ok()?;
        Some(right.with(Part::Value(field), text))
    }
}

impl Recipe {
    /// The token, in lower-case hex.
    pub fn token(&self) -> String {
        hex::encode(self.digest())
    }

    /// What goes into it, without the key: `timeStamp 20221208065959 + iMid IONPAYTEST + ...`.
    pub fn aloud(&self) -> String {
        let said = self.parts.iter().map(|(part, text)| match part {
            Part::Value(field) => format!("{} {text}", field.name()),
            Part::Key => "merchantKey".to_owned(),
        });
        said.collect::<Vec<_>>().join(" + ")
    }

    fn digest(&self) -> Vec<u8> {
        let texts = |keep: fn(Part) -> bool| {
            let kept = self.parts.iter().filter(move |(part, _)| keep(*part));
            kept.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(self.between)
        };
        match self.hash {
            Hash::Plain(algorithm) => {
                digest(algorithm, texts(|_| true).as_bytes()).as_ref().to_vec()
            }
            Hash::Keyed => {
                let key =
                    hmac::Key::new(hmac::HMAC_SHA256, texts(|part| part == Part::Key).as_bytes());
                hmac::sign(&key, texts(|part| part != Part::Key).as_bytes()).as_ref().to_vec()
            }
        }
    }

    /// Whether a token is this one in any spelling.
    fn is_meant_by(&self, token: &str) -> bool {
        let token = token.trim().trim_matches(['"', '\'']);
        let digest = self.digest();
        token.eq_ignore_ascii_case(&hex::encode(&digest)) || token == STANDARD.encode(digest)
    }

    fn with(&self, part: Part, text: &str) -> Self {
        let put = |(found, old): &(Part, String)| {
            let text = if *found == part { text.to_owned() } else { old.clone() };
            (*found, text)
        };
        Self { parts: self.parts.iter().map(put).collect(), ..self.clone() }
    }

    fn each_left_out(&self) -> Vec<Self> {
        let without = |left_out: usize| {
            let mut parts = self.parts.clone();
            parts.remove(left_out);
            Self { parts, ..self.clone() }
        };
        (0..self.parts.len()).map(without).collect()
    }

    fn in_other_orders(&self) -> Vec<Self> {
        let mut orders = vec![Vec::new()];
        for part in &self.parts {
            orders = orders
                .iter()
                .flat_map(|order: &Vec<_>| {
                    (0..=order.len()).map(|at| {
                        let mut longer = order.clone();
                        longer.insert(at, part.clone());
                        longer
                    })
                })
                .collect();
        }
        orders.into_iter().map(|parts| Self { parts, ..self.clone() }).collect()
    }
}

/// An amount as it may have been written by mistake.
fn amounts(amount: &str) -> Vec<String> {
    let whole = amount.split(['.', ',']).next().unwrap_or(amount).to_owned();
    let digits: String = amount.chars().filter(char::is_ascii_digit).collect();
    let grouped = |mark: char| {
        let places = whole.chars().enumerate();
        let spaced = places.flat_map(|(at, digit)| {
            let before = at > 0 && (whole.len() - at).is_multiple_of(3);
            before.then_some(mark).into_iter().chain([digit])
        });
        spaced.collect::<String>()
    };
    let (dots, commas) = (grouped('.'), grouped(','));
    vec![
        format!("{whole}.00"),
        format!("{whole}.0"),
        format!("Rp{whole}"),
        dots,
        commas,
        whole,
        digits,
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::sign::Signer;
    use super::super::testing::{Vector, Vectors};
    use super::*;

    fn operation(name: &str) -> Operation {
        match name {
            "registration" => Operation::Registration,
            "payment" => Operation::Payment,
            "inquiry" => Operation::Inquiry,
            "cancel" => Operation::Cancel,
            "link_enable" => Operation::LinkEnable,
            "link_initiate" => Operation::LinkInitiate,
            "notification" => Operation::Notification,
            other => panic!("{other} is no operation"),
        }
    }

    /// What a row of the vectors says, by field.
    fn values(vector: &Vector) -> Values {
        let mut values = Values { merchant: vector.imid.clone(), ..Values::default() };
        let mut texts = vector.values.iter().cloned();
        for field in operation(&vector.operation).formula() {
            match field {
                Field::Merchant => {}
                Field::TimeStamp => values.time_stamps.extend(texts.next()),
                Field::Reference => values.reference = texts.next(),
                Field::Transaction => values.transaction = texts.next(),
                Field::Amount => values.amount = texts.next(),
                Field::Phone => values.phone = texts.next(),
            }
        }
        values
    }

    fn key() -> Secret {
        Secret::new("33F49GnCMS1mFYlGXisbUDzVf2ATWCl9k3R".to_owned())
    }

    fn paid() -> Values {
        Values {
            time_stamps: vec!["20221208065959".to_owned(), "2022-12-08T07:00:00+07:00".to_owned()],
            merchant: "IONPAYTEST".to_owned(),
            reference: Some("ORD20221208".to_owned()),
            transaction: Some("IONPAYTEST05202212141556331691".to_owned()),
            amount: Some("2000".to_owned()),
            phone: None,
        }
    }

    #[test]
    fn every_published_token_is_made_by_its_formula() {
        let vectors = Vectors::published();
        let key = Secret::new(vectors.key.clone());
        for vector in &vectors.rows {
            let values = values(vector);
            let operation = operation(&vector.operation);
            let message = Message { operation, values: &values, key: &key };
            let token = message.right().unwrap().token();
            assert_eq!(token == vector.token, vector.verifies, "{}", vector.source);
        }
    }

    #[test]
    fn a_token_without_a_value_of_its_formula_is_not_made() {
        let (values, key) = (Values::default(), key());
        let message = Message { operation: Operation::Cancel, values: &values, key: &key };
        assert_eq!(message.right().err(), Some(Field::TimeStamp));
    }

    #[test]
    fn each_mistake_is_named() {
        let (values, key) = (paid(), key());
        let message = Message { operation: Operation::Inquiry, values: &values, key: &key };
        let right = message.right().unwrap().token();
        let mut named = BTreeSet::new();
        for mistake in MISTAKES {
            for recipe in (mistake.make)(&message) {
                let token = recipe.token();
                if token != right {
                    named.insert(message.explain(&token).unwrap().mistake.name);
                }
            }
        }
        for spelling in [right.to_uppercase(), STANDARD.encode(hex::decode(&right).unwrap())] {
            named.insert(message.explain(&spelling).unwrap().mistake.name);
        }
        let all: BTreeSet<&str> = MISTAKES.iter().map(|mistake| mistake.name).collect();
        assert_eq!(named, all);
    }

    #[test]
    fn what_was_signed_is_said_without_the_key() {
        let (values, key) = (paid(), key());
        let message = Message { operation: Operation::Cancel, values: &values, key: &key };
        let signer = Signer::new("IONPAYTEST".to_owned(), key.clone());
        let token = signer.order("20221208065959", "ORD20221208", "2000");
        let explanation = message.explain(&token).unwrap();
        assert_eq!(explanation.mistake.name, "other_operation");
        assert_eq!(
            explanation.signed.aloud(),
            "timeStamp 20221208065959 + iMid IONPAYTEST + referenceNo ORD20221208 + amt 2000 + merchantKey"
        );
    }

    #[test]
    fn a_token_of_something_else_is_not_explained() {
        let (values, key) = (paid(), key());
        let message = Message { operation: Operation::Cancel, values: &values, key: &key };
        for token in ["", "0", &"0".repeat(64)] {
            assert!(message.explain(token).is_none(), "{token}");
        }
    }
}
