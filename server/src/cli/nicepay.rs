//! `kasir verify nicepay` and `kasir sign nicepay`.

use std::process::ExitCode;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use clap::ValueEnum;
use kasir_server::config::{ConfigError, Environment};
use kasir_server::provider::nicepay::diagnose::{Field, Message, Operation, Recipe, Values};
use kasir_server::secret::Secret;

use super::Ended;
use super::input::Source;

/// What is verified, and with what.
#[derive(clap::Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    given: Given,
    /// The merchantToken.
    #[arg(long)]
    token: String,
}

/// What is signed, and with what.
#[derive(clap::Args)]
pub(crate) struct Sign {
    #[command(flatten)]
    given: Given,
}

/// What both are told of a message. Each operation has a formula of its own.
#[derive(clap::Args)]
struct Given {
    /// What the message is.
    #[arg(long, value_enum)]
    operation: Kind,
    /// The merchant key: a file, or env:NAME.
    #[arg(long)]
    merchant_key: Source,
    /// iMid.
    #[arg(long)]
    imid: String,
    /// timeStamp. Further ones are times that may have been signed instead.
    #[arg(long)]
    timestamp: Vec<String>,
    /// referenceNo.
    #[arg(long)]
    reference: Option<String>,
    /// tXid.
    #[arg(long)]
    txid: Option<String>,
    /// amt.
    #[arg(long)]
    amount: Option<String>,
    /// The phone number that is linked.
    #[arg(long)]
    phone: Option<String>,
}

/// What a message is.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// timeStamp + iMid + referenceNo + amt
    Registration,
    /// timeStamp + iMid + referenceNo + amt
    Payment,
    /// timeStamp + iMid + referenceNo + amt
    Inquiry,
    /// timeStamp + iMid + tXid + amt
    Cancel,
    /// iMid + referenceNo + phoneNo
    LinkEnable,
    /// iMid + referenceNo + amt
    LinkInitiate,
    /// iMid + tXid + amt
    Notification,
}

impl Given {
    fn read(&self, environment: &Environment) -> Result<(Values, Secret), ConfigError> {
        let key = self.merchant_key.read("--merchant-key", environment)?;
        let values = Values {
            time_stamps: self.timestamp.clone(),
            merchant: self.imid.clone(),
            reference: self.reference.clone(),
            transaction: self.txid.clone(),
            amount: self.amount.clone(),
            phone: self.phone.clone(),
        };
        Ok((values, key))
    }
}

impl Verify {
    pub(crate) fn run(self, environment: &Environment) -> Ended {
        let (values, key) = self.given.read(environment).map_err(|error| vec![error])?;
        let message =
            Message { operation: self.given.operation.into(), values: &values, key: &key };
        let right = shown(&message)?;
        let expected = right.token();
        if verify_slices_are_equal(self.token.as_bytes(), expected.as_bytes()).is_ok() {
            println!("The token stands.");
            return Ok(ExitCode::SUCCESS);
        }
        println!("The token does not stand.");
        match message.explain(&self.token) {
            Some(explanation) => {
                let signed = explanation.signed.aloud();
                if signed != right.aloud() {
                    println!("signed:  {signed}");
                }
                let mistake = explanation.mistake;
                println!("mistake: {}: the signer {}", mistake.name, mistake.what);
                println!("instead: {}", mistake.instead);
            }
            None => println!(
                "No known mistake explains it. Another key or other values were signed: compare the key's fingerprint, and give the values as they were sent."
            ),
        }
        Ok(ExitCode::FAILURE)
    }
}

impl Sign {
    pub(crate) fn run(self, environment: &Environment) -> Ended {
        let (values, key) = self.given.read(environment).map_err(|error| vec![error])?;
        let message =
            Message { operation: self.given.operation.into(), values: &values, key: &key };
        let right = shown(&message)?;
        println!();
        println!("merchantToken: {}", right.token());
        Ok(ExitCode::SUCCESS)
    }
}

/// What is to be signed, once it was shown with the key that signs it.
fn shown(message: &Message<'_>) -> Result<Recipe, Vec<ConfigError>> {
    let right = message.right().map_err(|field| {
        let why = format!("is needed: {} is a part of what is signed", field.name());
        vec![ConfigError::new(flag(field), why)]
    })?;
    println!("key:     {}", message.key.fingerprint());
    println!("text:    {}", right.aloud());
    Ok(right)
}

const fn flag(field: Field) -> &'static str {
    match field {
        Field::TimeStamp => "--timestamp",
        Field::Merchant => "--imid",
        Field::Reference => "--reference",
        Field::Transaction => "--txid",
        Field::Amount => "--amount",
        Field::Phone => "--phone",
    }
}

impl From<Kind> for Operation {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Registration => Self::Registration,
            Kind::Payment => Self::Payment,
            Kind::Inquiry => Self::Inquiry,
            Kind::Cancel => Self::Cancel,
            Kind::LinkEnable => Self::LinkEnable,
            Kind::LinkInitiate => Self::LinkInitiate,
            Kind::Notification => Self::Notification,
        }
    }
}
