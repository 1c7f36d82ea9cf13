//! How notifications are dressed for their journey, and what answer ends their repetition.
use super::snap::sender::{self, Headers, Sender};

/// The gaps between tries of a form, in virtual time.
const FORM_GAPS_MS: &[i64] = &[10_000, 60_000, 300_000, 1_800_000];
/// The same for SNAP, which tries three times.
const SNAP_GAPS_MS: &[i64] = &[30_000, 120_000];
/// How a notification is dressed at each try, and what answer ends its repetition.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// A form, taken with any status of success.
    Form {
        /// The sender's name.
        user_agent: &'static str,
    },
    /// JSON that nobody signs and nobody repeats: how a customer left a page.
    Json {
        /// The sender's name.
        user_agent: &'static str,
    },
    /// JSON that is signed anew each time, taken with SNAP's own answer.
    Snap(Sender),
    /// Once more with the very headers of an earlier try, and never again.
    Again(Headers),
}

impl Manner {
    pub(super) const fn gaps_ms(&self) -> &'static [i64] {
        match self {
            Self::Form { .. } => FORM_GAPS_MS,
            Self::Snap(_) => SNAP_GAPS_MS,
            Self::Json { .. } | Self::Again(_) => &[],
        }
    }

    pub(super) fn headers(&self, to: (&str, &str), now_ms: i64, serial: u64) -> Headers {
        match self {
            Self::Form { user_agent } => vec![
                ("user-agent", (*user_agent).to_owned()),
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
            ],
            Self::Json { user_agent } => vec![
                ("user-agent", (*user_agent).to_owned()),
                ("content-type", "application/json".to_owned()),
            ],
            Self::Snap(sender) => sender.headers(to, now_ms, serial),
            Self::Again(headers) => headers.clone(),
        }
    }

    pub(super) fn accepts(&self, status: http::StatusCode, body: &[u8]) -> Result<(), String> {
        let form = if status.is_success() {
            Ok(())
        } else {
            Err(format!("the receiver answered {status}"))
        };
        match self {
            Self::Form { .. } | Self::Json { .. } => form,
            Self::Snap(_) => sender::accepted(status.as_u16(), body),
            Self::Again(headers) => {
                let json = headers.iter().any(|(_, value)| value == "application/json");
                if json { sender::accepted(status.as_u16(), body) } else { form }
            }
        }
    }
}
