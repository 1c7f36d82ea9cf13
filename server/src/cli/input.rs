//! How commands are given keys and bodies.

use std::io::Read as _;
use std::path::PathBuf;
use std::str::FromStr;

use kasir_server::config::{ConfigError, Environment, SecretSource};
use kasir_server::secret::Secret;

/// The largest body that is read: a provider's own limit is far below.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Where a key or a secret is: a file's path, or `env:NAME`. Never the secret itself, which everybody
/// on the machine could read in the list of processes.
#[derive(Clone, Debug)]
pub(crate) struct Source(SecretSource);

impl FromStr for Source {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text.strip_prefix("env:") {
            Some(name) => SecretSource::Env(name.to_owned()),
            None => SecretSource::File(PathBuf::from(text)),
        }))
    }
}

impl Source {
    /// What is there; `flag` names it where it is not.
    pub(crate) fn read(
        &self,
        flag: &'static str,
        environment: &Environment,
    ) -> Result<Secret, ConfigError> {
        environment.secret(flag, &self.0)
    }
}

/// The body, byte for byte.
pub(crate) fn body() -> Result<Vec<u8>, ConfigError> {
    let wrong = |why: String| ConfigError::new("standard input", why);
    let mut body = Vec::new();
    let limit = u64::try_from(BODY_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_end(&mut body)
        .map_err(|error| wrong(error.to_string()))?;
    if body.len() > BODY_BYTES_MAX {
        return Err(wrong(format!("is longer than {BODY_BYTES_MAX} bytes")));
    }
    Ok(body)
}
