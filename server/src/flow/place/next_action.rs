//! What the customer does next, in the page's words.

use kasir_shared::{AppUrl, Moment, NextAction};

use super::Work;
use crate::provider::Next;

impl Work<'_> {
    pub(super) fn next_action(
        &self,
        next: Next,
        deadline: Option<Moment>,
        now: Moment,
    ) -> NextAction {
        let attempt = self.attempt;
        let method = attempt.method.row();
        match next {
            Next::Redirect(url) => NextAction::Redirect { url },
            Next::OpenApp { app_url, web_url } => {
                let path = format!(
                    "/checkout/v1/{}/attempts/{}/qr.svg",
                    self.session.client_token, attempt.id
                );
                NextAction::OpenApp { app_url, web_url, qr: self.house.address(&path) }
            }
            Next::Submit(submit) => NextAction::Submit(submit),
            Next::ApprovePush => NextAction::ApprovePush {
                app_name: method.name.to_owned(),
                phone_masked: attempt
                    .phone
                    .as_ref()
                    .map(kasir_shared::Phone::masked)
                    .unwrap_or_default(),
                seconds_left: deadline.map_or(0, |deadline| deadline.seconds_after(now)),
                app_url: method.app.as_ref().and_then(|app| opens(app.scheme)),
            },
            Next::Wait => NextAction::Wait,
        }
    }
}

fn opens(scheme: &str) -> Option<AppUrl> {
    format!("{scheme}://").parse().ok()
}
