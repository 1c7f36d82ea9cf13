//! The fields of a form or a query, where a field that comes twice is no field.

use std::borrow::Cow;

/// Names and values, decoded once.
pub(crate) struct Form<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// A field came twice, and nobody knows which one counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Twice;

impl<'a> Form<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Self {
        Self(form_urlencoded::parse(bytes).collect())
    }

    /// The value of the field that is spelled exactly so.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, Twice> {
        let mut values = self.0.iter().filter(|(own, _)| own == name);
        let value = values.next().map(|(_, value)| value.as_ref());
        if values.next().is_some() { Err(Twice) } else { Ok(value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_comes_twice_is_no_field() {
        let form = Form::parse(b"amt=1&tXid=a+b&amt=2&TXID=c");
        assert_eq!(form.one("amt"), Err(Twice));
        assert_eq!(form.one("tXid"), Ok(Some("a b")));
        assert_eq!(form.one("status"), Ok(None));
    }
}
