//! `kasir verify snap` and `kasir sign snap`.

use std::process::ExitCode;
use std::rc::Rc;

use kasir_server::clock::{Clock as _, SystemClock};
use kasir_server::config::{ConfigError, Environment};
use kasir_server::provider::snap::diagnose::{self, Case, Hints, Witness};
use kasir_server::provider::snap::key::{PrivateKey, PublicKey, ShortKeys};
use kasir_server::provider::snap::{sign, time};
use kasir_server::secret::Secret;

use super::Ended;
use super::input::{self, Source};

/// What is verified, and with what.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// The public key of whoever signed, for the asymmetric type: a file, or env:NAME.
    #[arg(long, required_unless_present = "secret", conflicts_with = "secret")]
    key: Option<Source>,
    /// Takes a key below 2048 bits, as Winpay's sandbox has one.
    #[arg(long)]
    allow_short_key: bool,
    /// The client secret, for the symmetric type: a file, or env:NAME.
    #[arg(long, requires = "access_token")]
    secret: Option<Source>,
    /// The access token, without the word Bearer: a file, or env:NAME.
    #[arg(long)]
    access_token: Option<Source>,
    #[command(flatten)]
    message: Message,
    /// X-TIMESTAMP. Further ones are times that may have been signed instead.
    #[arg(long, required = true)]
    timestamp: Vec<String>,
    /// X-SIGNATURE.
    #[arg(long)]
    signature: String,
    /// Scheme and host of the address that was called, in case it was signed too.
    #[arg(long)]
    host: Option<String>,
}

/// What is signed, and with what.
#[derive(clap::Args)]
pub(crate) struct Sign {
    /// Our private key, for the asymmetric type: a file, or env:NAME.
    #[arg(long, required_unless_present = "secret", conflicts_with = "secret")]
    key: Option<Source>,
    /// The client secret, for the symmetric type: a file, or env:NAME.
    #[arg(long, requires = "access_token")]
    secret: Option<Source>,
    /// The access token, without the word Bearer: a file, or env:NAME.
    #[arg(long, requires = "secret")]
    access_token: Option<Source>,
    #[command(flatten)]
    message: Message,
    /// X-TIMESTAMP; the time in Jakarta where left out.
    #[arg(long)]
    timestamp: Option<String>,
}

/// What both are told of a message.
#[derive(clap::Args)]
struct Message {
    /// The HTTP method, in upper case.
    #[arg(long, default_value = "POST")]
    method: String,
    /// The path as it is signed: /v1.0/debit/status, or a callback's whole path.
    #[arg(long, required_unless_present = "client_and_time")]
    path: Option<String>,
    /// X-PARTNER-ID or X-CLIENT-KEY.
    #[arg(long)]
    partner: Option<String>,
    /// What is signed is client|timestamp: a request for a token, or a notification of NICEPAY's,
    /// neither of which signs a body.
    #[arg(long, requires = "partner")]
    client_and_time: bool,
}

impl Message {
    fn path(&self) -> Result<&str, ConfigError> {
        match self.path.as_deref() {
            Some(path) if path.starts_with('/') => Ok(path),
            Some(_) => {
                Err(ConfigError::new("--path", "begins with a slash, without scheme or host"))
            }
            None => Ok(""),
        }
    }

    /// The client whose time alone is signed, where that is all.
    fn client(&self) -> Option<&str> {
        self.partner.as_deref().filter(|_| self.client_and_time)
    }

    /// The body, where it is signed.
    fn body(&self) -> Result<Vec<u8>, ConfigError> {
        if self.client_and_time { Ok(Vec::new()) } else { input::body() }
    }
}

impl Verify {
    pub(crate) fn run(self, environment: &Environment) -> Ended {
        let (witness, case) = self.read(environment).map_err(|error| vec![error])?;
        match &witness {
            Witness::Key(key) => println!("key:     {}", key.info()),
            Witness::Secret(secret) => println!("secret:  {}", secret.fingerprint()),
        }
        println!("text:    {}", case.text_aloud());
        if witness.confirms(&case) {
            println!("The signature stands.");
            print_pitfalls(&case.body);
            return Ok(ExitCode::SUCCESS);
        }
        println!("The signature does not stand.");
        match witness.explain(&case) {
            Some(explanation) => {
                let signed = explanation.signed.text_aloud();
                if signed != case.text_aloud() {
                    println!("signed:  {signed}");
                }
                for mistake in explanation.mistakes {
                    println!("mistake: {}: the signer {}", mistake.name, mistake.what);
                    println!("instead: {}", mistake.instead);
                }
            }
            None => println!(
                "No known mistake explains it. Another key, another body or another time was signed: compare the key's fingerprint with the signer's, and give the body byte for byte as it came."
            ),
        }
        Ok(ExitCode::FAILURE)
    }

    fn read(&self, environment: &Environment) -> Result<(Witness, Case), ConfigError> {
        let token = match &self.access_token {
            Some(source) => Some(Rc::new(source.read("--access-token", environment)?)),
            None => None,
        };
        let witness = match (&self.key, &self.secret) {
            (Some(source), _) => {
                let short =
                    if self.allow_short_key { ShortKeys::Allowed } else { ShortKeys::Refused };
                let text = source.read("--key", environment)?;
                let key = PublicKey::read(text.expose(), short);
                Witness::Key(key.map_err(|error| ConfigError::new("--key", error))?)
            }
            (None, Some(source)) => Witness::Secret(source.read("--secret", environment)?),
            (None, None) => return Err(ConfigError::new("--key", "or --secret is needed")),
        };
        let (timestamp, others) = self
            .timestamp
            .split_first()
            .ok_or_else(|| ConfigError::new("--timestamp", "is needed"))?;
        let (message, signature) = (&self.message, self.signature.as_str());
        let mut case = if let Some(client) = message.client() {
            Case::of_client_and_time(client, timestamp, signature)
        } else {
            let (path, body) = (message.path()?, message.body()?);
            Case::new(&message.method, path, &body, timestamp, signature)
        };
        let symmetric = matches!(witness, Witness::Secret(_));
        case.hints = Rc::new(Hints {
            timestamps: others.to_vec(),
            token: token.clone(),
            partner: self.message.partner.clone(),
            host: self.host.clone(),
        });
        case.token = token.filter(|_| symmetric);
        Ok((witness, case))
    }
}

impl Sign {
    pub(crate) fn run(self, environment: &Environment) -> Ended {
        self.print(environment).map_err(|error| vec![error])?;
        Ok(ExitCode::SUCCESS)
    }

    fn print(&self, environment: &Environment) -> Result<(), ConfigError> {
        let (message, now) = (&self.message, SystemClock.now());
        let timestamp = self.timestamp.clone().unwrap_or_else(|| time::jakarta(now));
        let token = match &self.access_token {
            Some(source) => Some(source.read("--access-token", environment)?),
            None => None,
        };
        let (path, body) = (message.path()?, message.body()?);
        let method = message.method.as_str();
        let text = match (message.client(), &token) {
            (Some(client), _) => sign::client_and_time(client, &timestamp),
            (None, Some(token)) => {
                sign::with_token(method, path, token.expose(), &body, &timestamp)
            }
            (None, None) => sign::without_token(method, path, &body, &timestamp),
        };
        let signature = self.signature(&text, environment)?;
        println!("text:    {}", aloud(&text, token.as_ref()));
        println!();
        println!("X-TIMESTAMP: {timestamp}");
        println!("X-SIGNATURE: {signature}");
        if let Some(partner) = &message.partner {
            let name = if message.client_and_time { "X-CLIENT-KEY" } else { "X-PARTNER-ID" };
            println!("{name}: {partner}");
        }
        print_pitfalls(&body);
        Ok(())
    }

    fn signature(&self, text: &str, environment: &Environment) -> Result<String, ConfigError> {
        match (&self.key, &self.secret) {
            (Some(source), _) => {
                let key = PrivateKey::read(&source.read("--key", environment)?)
                    .map_err(|error| ConfigError::new("--key", error))?;
                println!("key:     {}", key.info());
                Ok(key.sign(text))
            }
            (None, Some(source)) => {
                let secret = source.read("--secret", environment)?;
                println!("secret:  {}", secret.fingerprint());
                Ok(sign::mac(&secret, text))
            }
            (None, None) => Err(ConfigError::new("--key", "or --secret is needed")),
        }
    }
}

/// A body that stands where its bytes are hashed may fall where a receiver writes it anew.
fn print_pitfalls(body: &[u8]) {
    for pitfall in diagnose::pitfalls(body) {
        println!("note:    this body is not portable ({}): {}", pitfall.name, pitfall.instead);
    }
}

fn aloud(text: &str, token: Option<&Secret>) -> String {
    token.map_or_else(|| text.to_owned(), |token| text.replace(token.expose(), "[access token]"))
}
