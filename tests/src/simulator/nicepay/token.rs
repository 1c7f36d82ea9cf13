//! `merchantToken`: every formula of the wallets' side, checked in constant time, with an
//! explanation of what a wrong one looks like.
use super::codes::{BAD_TOKEN, Refusal};
use sha2::{Digest as _, Sha256};

/// A named piece of the text that is signed.
pub(crate) type Part<'a> = (&'static str, &'a str);

/// What a token signs: the pieces in their order, then the merchant's key.
#[derive(Clone, Debug)]
pub(crate) struct Formula<'a> {
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) key: &'a str,
    /// Values that callers are known to sign by mistake.
    pub(crate) lures: Vec<Part<'a>>,
}

fn hash(parts: &[Part<'_>], key: &[u8]) -> String {
    let mut hasher = Sha256::new();
    for (_, value) in parts {
        hasher.update(value.as_bytes());
    }
    hasher.update(key);
    hex::encode(hasher.finalize())
}

/// Equality whose duration does not tell where two texts of one length differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

impl Formula<'_> {
    /// The right token.
    pub(crate) fn token(&self) -> String {
        hash(&self.parts, self.key.as_bytes())
    }

    /// Accepts the right token only.
    pub(crate) fn check(&self, given: &str) -> Result<(), Refusal> {
        if same(&self.token(), given) {
            return Ok(());
        }
        let likely = self.mistake(given).unwrap_or_else(|| "no known mistake explains it".into());
        let why = format!("merchantToken is wrong: expected {}; {likely}", self.described());
        Err(Refusal::new(BAD_TOKEN, why))
    }

    fn described(&self) -> String {
        let names: Vec<_> = self.parts.iter().map(|(name, _)| *name).collect();
        let values: Vec<_> = self.parts.iter().map(|(_, value)| *value).collect();
        let head: String = self.key.chars().take(4).collect();
        let (names, values) = (names.join(" + "), values.join(" + "));
        format!("SHA256({names} + merchantKey) = SHA256({values} + {head}…)")
    }

    /// The mistake that would have produced this token.
    fn mistake(&self, given: &str) -> Option<String> {
        if given.len() != 64 || !given.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Some(format!("a token is 64 hexadecimal digits, this has {}", given.len()));
        }
        if same(&self.token(), &given.to_lowercase()) {
            return Some("the digits are right but must be lower case".into());
        }
        self.mistaken_key(given).or_else(|| self.mistaken_parts(given))
    }

    fn mistaken_key(&self, given: &str) -> Option<String> {
        let decoded = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, self.key);
        let newline = format!("{}\n", self.key);
        let mut keys = vec![
            ("the merchantKey was left out", Vec::new()),
            ("the merchantKey was followed by a line break", newline.into_bytes()),
        ];
        keys.extend(decoded.ok().map(|k| ("the merchantKey was decoded from base64", k)));
        let found = keys.into_iter().find(|(_, key)| hash(&self.parts, key) == given);
        found.map(|(mistake, _)| mistake.to_owned())
    }

    fn mistaken_parts(&self, given: &str) -> Option<String> {
        let is = |parts: &[Part<'_>]| hash(parts, self.key.as_bytes()) == given;
        for (i, (name, value)) in self.parts.iter().enumerate() {
            let mut parts = self.parts.clone();
            parts.remove(i);
            if is(&parts) {
                return Some(format!("it was signed without {name}"));
            }
            for lure in &self.lures {
                let mut parts = self.parts.clone();
                parts[i] = *lure;
                if is(&parts) {
                    return Some(format!("it was signed with {} in place of {name}", lure.0));
                }
            }
            if i > 0 {
                let mut parts = self.parts.clone();
                parts.swap(i - 1, i);
                if is(&parts) {
                    return Some(format!("{name} must come after {}", self.parts[i - 1].0));
                }
            }
            let decimals = format!("{value}.00");
            let mut parts = self.parts.clone();
            parts[i] = (name, &decimals);
            if is(&parts) {
                return Some(format!("it was signed with decimals in {name}"));
            }
        }
        self.mistaken_formula(given)
    }

    /// A whole other formula: with a timeStamp too many.
    fn mistaken_formula(&self, given: &str) -> Option<String> {
        let stamp = self.lures.iter().find(|(name, _)| *name == "timeStamp")?;
        let mut parts = vec![*stamp];
        parts.extend(self.parts.iter().copied());
        (hash(&parts, self.key.as_bytes()) == given)
            .then(|| "it was signed with timeStamp, which this formula does not have".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::settings::IONPAYTEST;

    const KEY: &str = IONPAYTEST.1;

    fn formula(parts: &[&'static str]) -> Formula<'static> {
        let parts = parts.iter().map(|value| ("part", *value)).collect();
        Formula { parts, key: KEY, lures: Vec::new() }
    }

    #[test]
    fn every_published_and_computed_vector_is_accepted() {
        let vectors = include_str!("vectors.txt");
        let mut count = 0;
        for line in vectors.lines().filter(|line| !line.starts_with('#')) {
            let mut words: Vec<&'static str> = line.split_whitespace().collect();
            let token = words.pop().unwrap();
            formula(&words[1..]).check(token).unwrap_or_else(|r| panic!("{line}: {}", r.why));
            count += 1;
        }
        assert_eq!(count, 15);
    }

    #[test]
    fn a_vector_of_an_unpublished_key_is_refused() {
        let stale = "4686062c00000000000000000000000000000000000000000000000000000000";
        let refusal = formula(&["20230516660517", "IONPAYTEST", "a", "1"]).check(stale);
        assert_eq!(refusal.unwrap_err().code, BAD_TOKEN);
    }

    fn order() -> Formula<'static> {
        Formula {
            parts: vec![
                ("timeStamp", "20180123100505"),
                ("iMid", "IONPAYTEST"),
                ("referenceNo", "ORD12345"),
                ("amt", "10000"),
            ],
            key: KEY,
            lures: vec![("tXid", "IONPAYTEST05201801231005050001")],
        }
    }

    fn sha(text: &str) -> String {
        hex::encode(Sha256::digest(text.as_bytes()))
    }

    #[test]
    fn a_known_mistake_is_named() {
        let txid = order().lures[0].1;
        let head = "20180123100505IONPAYTEST";
        let cases = [
            (format!("{head}{txid}10000{KEY}"), "signed with tXid in place of referenceNo"),
            (format!("IONPAYTESTORD1234510000{KEY}"), "signed without timeStamp"),
            (format!("{head}ORD12345{KEY}"), "signed without amt"),
            (format!("{head}ORD1234510000.00{KEY}"), "decimals in amt"),
            (format!("{head}ORD1234510000"), "merchantKey was left out"),
            (format!("{head}ORD1234510000{KEY}\n"), "line break"),
            (format!("{head}10000ORD12345{KEY}"), "amt must come after referenceNo"),
            ("nonsense".to_owned(), "no known mistake"),
        ];
        for (signed, expected) in cases {
            let why = order().check(&sha(&signed)).unwrap_err().why;
            assert!(why.contains(expected), "{signed}: {why}");
        }
        let upper = order().token().to_uppercase();
        assert!(order().check(&upper).unwrap_err().why.contains("lower case"));
        assert!(order().check("").unwrap_err().why.contains("64 hexadecimal digits"));
    }

    #[test]
    fn the_explanation_never_shows_the_key() {
        let why = order().check(&sha("x")).unwrap_err().why;
        assert!(!why.contains(KEY) && !why.contains(&KEY[4..20]), "{why}");
        assert!(why.contains("20180123100505 + IONPAYTEST + ORD12345 + 10000 + 33F4…"), "{why}");
    }
}
