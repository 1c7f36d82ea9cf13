//! Which known mistake would explain a signature that does not stand.
//!
//! Each mistake is a row: its name, what somebody did, what is right, and how it changes what is
//! signed. Where one of them makes the signature stand, it is the explanation; where none does, two
//! of them together are tried.

mod witness;
mod proof;
mod body;
mod place;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::rc::Rc;

pub use witness::Witness;

use super::sign;
use crate::secret::Secret;

/// The longest body that two mistakes together are tried on: that is some ten thousand hashes of it.
const BODY_BYTES_FOR_TWO: usize = 64 * 1024;

/// A signed message as it came in, or as it would be had somebody made a mistake.
#[derive(Clone)]
pub struct Case {
    /// The HTTP method.
    pub method: String,
    /// The path that is signed.
    pub path: String,
    /// The access token, for the symmetric type.
    pub token: Option<Rc<Secret>>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// `X-TIMESTAMP`.
    pub timestamp: String,
    /// `X-SIGNATURE`.
    pub signature: String,
    /// What else is known.
    pub hints: Rc<Hints>,
    /// The client whose time is all that is signed.
    client: Option<String>,
    /// What stands in the place of the body's hash.
    hash: Option<String>,
    /// What is signed in the place of all the above.
    text: Option<Vec<u8>>,
    scheme: Scheme,
    secret_form: SecretForm,
}

/// What else is known of a message, and may have been used where it does not belong.
#[derive(Default)]
pub struct Hints {
    /// Other timestamps: of the client's log, or of the body.
    pub timestamps: Vec<String>,
    /// The access token, where the type of signature has none.
    pub token: Option<Rc<Secret>>,
    /// `X-PARTNER-ID` or `X-CLIENT-KEY`.
    pub partner: Option<String>,
    /// Scheme and host that the call went to: `https://sandbox-snap.winpay.id`.
    pub host: Option<String>,
}

/// How the text became a signature.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum Scheme {
    /// As the standard says: RSA with SHA-256, or HMAC-SHA512.
    Standard,
    /// With SHA-1.
    Sha1,
    /// With the hash of the other type: RSA with SHA-512, or HMAC-SHA256.
    OtherSize,
    /// With RSA's other padding.
    Pss,
}

/// How a client secret became a key.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
enum SecretForm {
    /// As the text it is.
    Text,
    /// Decoded from base64.
    Decoded,
    /// With the line end of the file it was in.
    LineEnd,
}

/// A mistake that people make.
#[derive(Debug)]
pub struct Mistake {
    /// Its name, for scripts.
    pub name: &'static str,
    /// What whoever signed did.
    pub what: &'static str,
    /// What is right.
    pub instead: &'static str,
    make: fn(&Case) -> Vec<Case>,
}

/// Why a signature does not stand.
pub struct Explanation {
    /// The mistakes that were made: one, or two together.
    pub mistakes: Vec<&'static Mistake>,
    /// What was signed.
    pub signed: Case,
}

/// Every known mistake that can be tried, the likelier first.
fn mistakes() -> impl Iterator<Item = &'static Mistake> + Clone {
    proof::MISTAKES.iter().chain(body::MISTAKES).chain(place::MISTAKES)
}

/// What would give another hash of a body where a receiver reads it and writes it anew before hashing,
/// as some do. Nothing for a portable body: compact, all ASCII, without `&`, `<`, `>`, escaped slashes,
/// numbers with decimals and empty objects.
pub fn pitfalls(body: &[u8]) -> Vec<&'static Mistake> {
    let case = Case::new("", "", body, "", "");
    let found = |name: &str| body::MISTAKES.iter().find(|mistake| mistake.name == name);
    let changes = |mistake: &Mistake, case: &Case| {
        (mistake.make)(case).into_iter().find(|made| made.body != case.body)
    };
    let spaced = found(body::SPACED).and_then(|mistake| Some((mistake, changes(mistake, &case)?)));
    // What else is wrong shows once the white space is gone.
    let (spaced, compact) = spaced.map_or((None, case), |(mistake, case)| (Some(mistake), case));
    let others = body::REWRITTEN.iter().filter_map(|name| found(name));
    spaced.into_iter().chain(others.filter(|other| changes(other, &compact).is_some())).collect()
}

impl Case {
    /// A message as it came in.
    pub fn new(method: &str, path: &str, body: &[u8], timestamp: &str, signature: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            token: None,
            body: body.to_vec(),
            timestamp: timestamp.to_owned(),
            signature: signature.to_owned(),
            hints: Rc::default(),
            client: None,
            hash: None,
            text: None,
            scheme: Scheme::Standard,
            secret_form: SecretForm::Text,
        }
    }

    /// A request for a token, or a notification that does not sign its body.
    pub fn of_client_and_time(client: &str, timestamp: &str, signature: &str) -> Self {
        let case = Self::new("", "", b"", timestamp, signature);
        Self { client: Some(client.to_owned()), ..case }
    }

    /// What is signed.
    fn text(&self) -> Vec<u8> {
        if let Some(text) = &self.text {
            return text.clone();
        }
        if let Some(client) = &self.client {
            return sign::client_and_time(client, &self.timestamp).into_bytes();
        }
        let hash = self.hash.clone().unwrap_or_else(|| sign::body_hash(&self.body));
        let token = self.token.as_ref().map(|token| format!("{}:", token.expose()));
        let token = token.unwrap_or_default();
        format!("{}:{}:{token}{hash}:{}", self.method, self.path, self.timestamp).into_bytes()
    }

    /// What is signed, for a person: without the access token.
    pub fn text_aloud(&self) -> String {
        let text = String::from_utf8_lossy(&self.text()).into_owned();
        let tokens = self.token.iter().chain(&self.hints.token);
        tokens.fold(text, |text, token| text.replace(token.expose(), "[access token]"))
    }

    fn with_text(&self, text: Vec<u8>) -> Self {
        Self { text: Some(text), ..self.clone() }
    }

    fn with_signature(&self, signature: String) -> Self {
        Self { signature, ..self.clone() }
    }

    fn with_body(&self, body: Vec<u8>) -> Self {
        Self { body, ..self.clone() }
    }

    fn with_hash(&self, hash: String) -> Self {
        Self { hash: Some(hash), ..self.clone() }
    }

    fn with_path(&self, path: String) -> Self {
        Self { path, ..self.clone() }
    }

    fn with_timestamp(&self, timestamp: String) -> Self {
        Self { timestamp, ..self.clone() }
    }

    /// Cases of one identity stand or fall together.
    fn identity(&self) -> (Vec<u8>, String, Scheme, SecretForm) {
        (self.text(), self.signature.clone(), self.scheme, self.secret_form)
    }
}

impl Witness {
    /// The mistake, or the two together, that explain why a signature does not stand.
    pub fn explain(&self, case: &Case) -> Option<Explanation> {
        let mut tried = HashSet::from([case.identity()]);
        let mut changed = Vec::new();
        for mistake in mistakes() {
            for signed in (mistake.make)(case) {
                if !tried.insert(signed.identity()) {
                    continue;
                }
                if self.confirms(&signed) {
                    return Some(Explanation { mistakes: vec![mistake], signed });
                }
                changed.push((mistake, signed));
            }
        }
        if let Some(mistake) = self.misfit(case) {
            return Some(Explanation { mistakes: vec![mistake], signed: case.clone() });
        }
        if case.body.len() > BODY_BYTES_FOR_TWO {
            return None;
        }
        for (first, case) in &changed {
            for second in mistakes() {
                for signed in (second.make)(case) {
                    if tried.insert(signed.identity()) && self.confirms(&signed) {
                        return Some(Explanation { mistakes: vec![first, second], signed });
                    }
                }
            }
        }
        None
    }
}
