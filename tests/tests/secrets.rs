//! What Kasir writes down, however verbose it is, holds nothing that signs, opens or names a person.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use kasir_tests::story::eventually;
use kasir_tests::story::process::Alone;
use kasir_tests::story::world::{Opened, PHONE, text};
use kasir_tests::town::{SECRET_KEY, secrets};
use serde_json::Value;

/// Pays a session by a wallet: what the page's tokens were.
async fn pay(alone: &Alone, method: &str) -> (Opened, Vec<String>) {
    let session = alone.open("sari-1").await;
    let mut tokens = vec![session.token.clone()];
    let mut entered = Vec::new();
    alone.choose(&session, method).await.unwrap();
    eventually(&format!("{method} is paid"), async || {
        let view = alone.view(&session).await?;
        if view["status"] == "paid" {
            return Some(());
        }
        let (next, linking) = (&view["next_action"], &view["linking"]);
        for submit in [next, &linking["next_action"]["submit"]] {
            tokens.extend(signed_parts(&submit["fields"]));
        }
        if view["attempt"].is_null() && linking["status"] == "active" {
            alone.choose(&session, method).await;
            return None;
        }
        let step = (next.clone(), linking.clone());
        if !entered.contains(&step) {
            entered.push(step);
            alone.follow(&view).await;
        } else if let Some(id) = alone.shown(&view) {
            alone.simulator.approve(&id).unwrap();
        }
        None
    })
    .await;
    alone.mail.wait("session.paid", &session.id).await;
    (session, tokens)
}

/// The signature of a form, and the token of the address it comes back to.
fn signed_parts(fields: &Value) -> Vec<String> {
    let token = fields["merchantToken"].as_str().map(str::to_owned);
    let back = fields["callBackUrl"].as_str();
    let back = back.and_then(|url| url.rsplit('/').next()).map(str::to_owned);
    token.into_iter().chain(back).collect()
}

#[tokio::test]
async fn no_secret_is_ever_written_down() {
    let alone = Alone::start("debug").await;
    let mut hidden: Vec<String> = secrets().into_iter().map(|(_, value)| value).collect();
    hidden.push(SECRET_KEY.to_owned());
    hidden.push("sari@rahasia.example".to_owned());
    hidden.extend([PHONE, "6281234567890", "81234567890"].map(str::to_owned));
    let mut sessions = Vec::new();
    for method in ["ovo", "dana", "shopeepay", "linkaja", "astrapay", "astrapay"] {
        let (session, tokens) = pay(&alone, method).await;
        hidden.extend(tokens);
        sessions.push(session);
    }
    hidden.extend(alone.simulator.links().into_iter().filter_map(|link| link.mandate));
    assert!(hidden.len() > 20, "{hidden:?}");

    let mut written = vec![("the log".to_owned(), alone.kasir.log())];
    for path in ["/metrics", "/readyz"] {
        let answer = alone.http.get(format!("{}{path}", alone.url)).send().await.unwrap();
        written.push((path.to_owned(), answer.text().await.unwrap()));
    }
    for session in &sessions {
        let known = alone.get(&format!("/v1/sessions/{}", session.id)).await.unwrap();
        for attempt in known["attempts"].as_array().unwrap() {
            let id = text(&attempt["id"]);
            let detail = alone.get(&format!("/v1/attempts/{id}")).await.unwrap();
            let timeline = detail["timeline"].to_string();
            assert!(timeline.contains("notification"), "{timeline}");
            written.push((format!("the timeline of {id}"), timeline));
        }
    }
    assert!(written[0].1.lines().count() > 20, "it says something: {}", written[0].1);
    for (place, said) in &written {
        for secret in &hidden {
            let at = said.find(secret.as_str());
            let around =
                at.map(|at| said[at.saturating_sub(200)..].chars().take(260).collect::<String>());
            assert!(at.is_none(), "{place} says {secret}: {}", around.unwrap_or_default());
        }
    }
}
