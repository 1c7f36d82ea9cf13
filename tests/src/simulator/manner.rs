//! How notifications are dressed for their journey, and what answer ends their repetition.
use super::espay::Classic;
use super::snap::sender::{Headers, Sender, Verdict};

/// The gaps between tries of a form, in virtual time.
const FORM_GAPS_MS: &[i64] = &[10_000, 60_000, 300_000, 1_800_000];

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
    /// A form of Espay's older kind, taken with an answer that is signed.
    Classic(Classic),
    /// Once more with the very headers of an earlier try, and never again.
    Again(Headers, Box<Self>),
}

impl Manner {
    pub(super) const fn gaps_ms(&self) -> &'static [i64] {
        match self {
            Self::Form { .. } => FORM_GAPS_MS,
            Self::Snap(sender) => sender.voice.gaps_ms,
            Self::Classic(_) => Classic::GAPS_MS,
            Self::Json { .. } | Self::Again(..) => &[],
        }
    }

    pub(super) fn headers(&self, to: (&str, &str), now_ms: i64, serial: u64) -> Headers {
        match self {
            Self::Form { user_agent } => form(user_agent),
            Self::Json { user_agent } => dressed(user_agent, "application/json"),
            Self::Snap(sender) => sender.headers(to, now_ms, serial),
            Self::Classic(_) => form("Espay"),
            Self::Again(headers, _) => headers.clone(),
        }
    }

    pub(super) fn heard(&self, status: http::StatusCode, body: &[u8]) -> Verdict {
        match self {
            Self::Form { .. } | Self::Json { .. } if status.is_success() => Verdict::Taken,
            Self::Form { .. } | Self::Json { .. } => {
                Verdict::Refused(format!("the receiver answered {status}"))
            }
            Self::Snap(sender) => sender.voice.heard(status.as_u16(), body),
            Self::Classic(classic) => classic.heard(status.as_u16(), body),
            Self::Again(_, first) => first.heard(status, body),
        }
    }
}

fn form(user_agent: &str) -> Headers {
    dressed(user_agent, "application/x-www-form-urlencoded")
}

fn dressed(user_agent: &str, content_type: &str) -> Headers {
    vec![("user-agent", user_agent.to_owned()), ("content-type", content_type.to_owned())]
}
