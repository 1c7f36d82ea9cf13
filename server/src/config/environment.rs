//! What the environment holds: secrets, and values that override the file's.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::ConfigError;
use crate::secret::Secret;

/// Where a secret is found.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretSource {
    /// In this environment variable.
    Env(String),
    /// In this file, white space at its ends left out.
    File(PathBuf),
}

/// Everything around the program that it reads once: nothing else asks the environment.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// A made-up one.
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// One variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The secret that a field names.
    pub fn secret(&self, field: &str, source: &SecretSource) -> Result<Secret, ConfigError> {
        let text = match source {
            SecretSource::Env(name) => {
                let missing = || ConfigError::new(field, format!("the environment has no {name}"));
                self.get(name).ok_or_else(missing)?.to_owned()
            }
            SecretSource::File(path) => std::fs::read_to_string(path)
                .map_err(|error| ConfigError::new(field, format!("{}: {error}", path.display())))?,
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(ConfigError::new(field, "is empty"));
        }
        Ok(Secret::new(text.to_owned()))
    }

    /// Overrides a file's values with what is set here.
    pub(super) fn lay_over(&self, table: &mut toml::Value) -> Result<(), ConfigError> {
        for (name, value) in &self.0 {
            if let Some(path) = name.strip_prefix("KASIR__") {
                let path: Vec<String> = path.split("__").map(str::to_ascii_lowercase).collect();
                place(table, &path, value).map_err(|why| ConfigError::new(name.clone(), why))?;
            }
        }
        Ok(())
    }
}

/// Puts an environment variable's value where its name points.
fn place(at: &mut toml::Value, path: &[String], value: &str) -> Result<(), &'static str> {
    let Some((step, rest)) = path.split_first() else {
        // A variable is text; what it replaces, or else how it reads, says which kind of value it is.
        *at = match (&at, value.parse::<i64>(), value.parse::<bool>()) {
            (toml::Value::Integer(_), Ok(number), _) => toml::Value::Integer(number),
            (toml::Value::Boolean(_), _, Ok(truth)) => toml::Value::Boolean(truth),
            (toml::Value::Table(table), _, Ok(truth)) if table.is_empty() => {
                toml::Value::Boolean(truth)
            }
            _ => toml::Value::String(value.to_owned()),
        };
        return Ok(());
    };
    match at {
        toml::Value::Table(table) => {
            let empty = || toml::Value::Table(toml::Table::new());
            place(table.entry(step.clone()).or_insert_with(empty), rest, value)
        }
        toml::Value::Array(array) => {
            let index: usize = step.parse().map_err(|_| "a list is indexed by a number")?;
            place(array.get_mut(index).ok_or("the list has no such entry")?, rest, value)
        }
        toml::Value::String(_)
        | toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_) => Err("points into something that has no parts"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_from_where_its_field_says_or_not_at_all() {
        let pairs = [("KEY", " s3cret\n"), ("EMPTY", " ")];
        let environment =
            Environment::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let source = |name: &str| SecretSource::Env(name.to_owned());
        assert_eq!(environment.secret("vault[0].key", &source("KEY")).unwrap().expose(), "s3cret");
        for (name, why) in [("NONE", "the environment has no NONE"), ("EMPTY", "is empty")] {
            let error = environment.secret("vault[0].key", &source(name)).unwrap_err();
            assert_eq!(error, ConfigError::new("vault[0].key", why));
        }
    }
}
