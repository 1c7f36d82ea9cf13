//! The known mistakes of clients that sign, one of which may explain a signature that is wrong.
use super::minify;
use super::sign::{Pieces, Proof, Signed, Signer, hash};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

impl Signed<'_> {
    /// Which mistake explains it.
    pub(super) fn mistake(
        &self,
        signer: &Signer<'_>,
        (proof, expected): (&Proof<'_>, &Pieces),
    ) -> String {
        if let Some(encoding) = proof.encoding() {
            let right = if proof.shows(&expected.text()) { " of the right bytes" } else { "" };
            return format!("it is {encoding}, not base64{right}");
        }
        if let Some(why) = proof.unreadable() {
            return why;
        }
        let shapes = self.shapes(expected);
        for (body_mistake, body) in self.bodies() {
            let pieces =
                |shape: &Pieces| Pieces { hash: recased(&shape.hash, &body), ..shape.clone() };
            for (shape_mistake, shape) in &shapes {
                if proof.shows(&pieces(shape).text()) {
                    return [body_mistake.as_str(), shape_mistake].map(str::trim).join(" ");
                }
            }
        }
        match signer {
            Signer::Key(_) => "the key is right, and no known mistake explains it",
            Signer::Secret { .. } => {
                "the secret or the token differs, or no known mistake explains it"
            }
        }
        .to_owned()
    }

    /// The bodies that clients hash, the right one first.
    fn bodies(&self) -> Vec<(String, Vec<u8>)> {
        let mut bodies = vec![
            (String::new(), minify::minified(self.raw)),
            ("it hashes the body as it was sent, not minified;".to_owned(), self.raw.to_vec()),
            (
                "it hashes a body whose texts lost their spaces;".to_owned(),
                minify::stripped(self.raw),
            ),
            ("it hashes no body at all;".to_owned(), Vec::new()),
            ("it hashes {};".to_owned(), b"{}".to_vec()),
        ];
        for (how, hand) in minify::HANDS {
            if let Some(body) = self.body {
                let body = minify::written(body, hand).into_bytes();
                bodies.push((format!("it hashes the body {how};"), body));
            }
        }
        bodies
    }

    /// The strings that clients sign, the right one first; their hashes say how theirs are written.
    fn shapes(&self, right: &Pieces) -> Vec<(&'static str, Pieces)> {
        let path = |path: String| Pieces { path, ..right.clone() };
        let timestamp = |timestamp: String| Pieces { timestamp, ..right.clone() };
        let moment = super::stamp::read(self.timestamp).unwrap_or_default();
        let seconds = self.timestamp.split(['.', '+', 'Z']).next().unwrap_or_default();
        let utc = crate::simulator::jakarta::rfc3339(moment);
        let mut shapes = vec![
            ("", right.clone()),
            ("its path has the prefix /snap", path(format!("/snap{}", right.path))),
            ("its path is the one that was called, prefix and all", path(self.called.to_owned())),
            ("its path is the whole URL", path(format!("{}{}", self.origin, self.called))),
            (
                "its method is in lower case",
                Pieces { method: right.method.to_lowercase(), ..right.clone() },
            ),
            ("its hash is in upper case", Pieces { hash: "A".to_owned(), ..right.clone() }),
            ("its hash is in base64", Pieces { hash: "=".to_owned(), ..right.clone() }),
            ("it signs the time in UTC and sends another", timestamp(utc)),
            (
                "it signs the time with milliseconds and sends it without",
                timestamp(format!("{seconds}.000+07:00")),
            ),
            (
                "it signs the time without milliseconds and sends it with",
                timestamp(format!("{seconds}+07:00")),
            ),
        ];
        match &right.token {
            None => shapes.push((
                "it has an empty token",
                Pieces { token: Some(String::new()), ..right.clone() },
            )),
            Some(token) => {
                shapes.push(("it leaves the token out", Pieces { token: None, ..right.clone() }));
                let bearer = Some(format!("Bearer {token}"));
                shapes
                    .push(("it signs the word Bearer", Pieces { token: bearer, ..right.clone() }));
            }
        }
        shapes
    }
}

/// The hash of a body, written as the pattern is.
fn recased(pattern: &str, body: &[u8]) -> String {
    match pattern {
        "A" => hash(body).to_uppercase(),
        "=" => STANDARD.encode(Sha256::digest(body)),
        _ => hash(body),
    }
}
