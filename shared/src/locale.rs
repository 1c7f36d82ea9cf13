//! The two languages Kasir speaks.

use serde::{Deserialize, Serialize};

/// A language of the page and of its problems.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// Indonesian, the first language of the house.
    #[default]
    Id,
    /// English.
    En,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Id, Self::En];

    /// As in `<html lang>` and in the query.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::En => "en",
        }
    }

    /// The language of a tag such as `id`, `en-GB` or the older `in`, or `None` for one we do not speak.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("id") || primary.eq_ignore_ascii_case("in") {
            Some(Self::Id)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::En)
        } else {
            None
        }
    }

    /// The first language we speak in an `Accept-Language` header; its order is taken as written,
    /// because browsers write it by preference.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        header.split(',').find_map(|range| Self::from_tag(range.split(';').next()?.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_we_speak_is_chosen() {
        for (header, locale) in [
            ("id-ID,id;q=0.9,en;q=0.8", Some(Locale::Id)),
            ("in", Some(Locale::Id)),
            ("fr-FR, en;q=0.7", Some(Locale::En)),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Locale::from_accept_language(header), locale, "{header}");
        }
    }
}
