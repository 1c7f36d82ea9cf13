//! What is wrong, and beside which field it is said.

use kasir_shared::{Field, Phone, Problem};

/// Something is wrong, and where it is said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trouble {
    /// The field to blame, or none for the whole form.
    pub field: Option<Field>,
    /// What is wrong.
    pub what: Wrong,
}

/// What is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Wrong {
    /// No method was chosen.
    Method,
    /// Not a phone number.
    Phone,
    /// Not a name.
    Name,
    /// No connection.
    Offline,
    /// A fault of ours.
    Broken,
    /// In the server's own words.
    Said(String),
}

impl Trouble {
    /// What the server said.
    pub(super) fn said(problem: &Problem) -> Self {
        let field = match problem.field.as_deref() {
            Some("phone") => Some(Field::Phone),
            Some("name") => Some(Field::Name),
            Some(_) | None => None,
        };
        Self { field, what: Wrong::Said(problem.detail.clone()) }
    }

    /// What is wrong with a text in a field.
    pub(super) fn of(field: Field, text: &str) -> Option<Self> {
        let what = match field {
            Field::Phone => text.parse::<Phone>().is_err().then_some(Wrong::Phone),
            Field::Name => text.trim().is_empty().then_some(Wrong::Name),
        };
        what.map(|what| Self { field: Some(field), what })
    }
}
