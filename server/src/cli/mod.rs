//! What a person types besides `kasir serve`.

pub(crate) mod check;
pub(crate) mod keys;
pub(crate) mod nicepay;
pub(crate) mod snap;
mod input;
mod online;

use std::process::ExitCode;

use kasir_server::config::{ConfigError, Environment};

/// How a command ends: its exit code, or everything that is wrong with what it was given.
pub(crate) type Ended = Result<ExitCode, Vec<ConfigError>>;

/// Whose signature is looked at or made.
#[derive(clap::Subcommand)]
pub(crate) enum Verify {
    /// A SNAP BI signature: `X-SIGNATURE`, of either type. The body comes by standard input.
    Snap(snap::Verify),
    /// A `merchantToken` of NICEPAY's V2.
    Nicepay(nicepay::Verify),
}

/// Whose signature is made.
#[derive(clap::Subcommand)]
pub(crate) enum Sign {
    /// A SNAP BI signature, with the headers that go with it. The body comes by standard input.
    Snap(snap::Sign),
    /// A `merchantToken` of NICEPAY's V2.
    Nicepay(nicepay::Sign),
}

impl Verify {
    pub(crate) fn run(self, environment: &Environment) -> Ended {
        match self {
            Self::Snap(verify) => verify.run(environment),
            Self::Nicepay(verify) => verify.run(environment),
        }
    }
}

impl Sign {
    pub(crate) fn run(self, environment: &Environment) -> Ended {
        match self {
            Self::Snap(sign) => sign.run(environment),
            Self::Nicepay(sign) => sign.run(environment),
        }
    }
}
