//! What is known of a conversation that had no answer.

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::clock::SystemClock;
use crate::provider::ProviderError;

const PEER: Peer = Peer { provider: "winpay", ipv4_only: false };
const OVER_IPV4: Peer = Peer { ipv4_only: true, ..PEER };

type Outcome = Result<&'static str, CourierError>;

fn courier() -> Courier {
    Courier::new(Arc::new(SystemClock), 5, true).unwrap()
}

/// An address at which nobody listens.
async fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/", listener.local_addr().unwrap())
}

/// Somebody who answers each request with these words, and hangs up where there are none.
async fn answering(words: &'static str) -> String {
    answering_at(TcpListener::bind("127.0.0.1:0").await.unwrap(), words)
}

fn answering_at(listener: TcpListener, words: &'static str) -> String {
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut peer, _)) = listener.accept().await {
            let mut heard = [0; 4096];
            let read = peer.read(&mut heard).await.unwrap();
            assert!(read > 0);
            peer.write_all(words.as_bytes()).await.unwrap();
        }
    });
    url
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const BROKEN: &str = "HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

fn question(url: &str) -> http::Request<Bytes> {
    http::Request::post(url).body(Bytes::from_static(b"{}")).unwrap()
}

fn one(url: &str) -> Dialogue<&'static str> {
    Dialogue::ask("order", question(url), |_| Ok(Dialogue::Done("heard")))
}

fn two(first: &str, second: &str) -> Dialogue<&'static str> {
    let second = question(second);
    Dialogue::ask("order", question(first), move |_| {
        Ok(Dialogue::ask("payment", second, |_| Ok(Dialogue::Done("heard"))))
    })
}

async fn carried(dialogue: Dialogue<&'static str>) -> (Outcome, Line) {
    carried_to(PEER, dialogue).await
}

async fn carried_to(peer: Peer, dialogue: Dialogue<&'static str>) -> (Outcome, Line) {
    let carried = courier().carry(peer, dialogue).await;
    (carried.outcome, carried.line)
}

#[tokio::test]
async fn what_finds_no_connection_never_left() {
    let (outcome, line) = carried(one(&closed().await)).await;
    assert!(matches!(outcome, Err(CourierError::Unsaid(_))), "{outcome:?}");
    assert_eq!(line, Line::Troubled);
}

#[tokio::test]
async fn what_was_sent_and_not_answered_is_silence() {
    let (outcome, line) = carried(one(&answering("").await)).await;
    assert!(matches!(outcome, Err(CourierError::Silence(_))), "{outcome:?}");
    assert_eq!(line, Line::Troubled);
}

#[tokio::test]
async fn once_one_question_was_heard_a_lost_connection_is_silence() {
    let dialogue = two(&answering(OK).await, &closed().await);
    let (outcome, line) = carried(dialogue).await;
    assert!(matches!(outcome, Err(CourierError::Silence(_))), "{outcome:?}");
    assert_eq!(line, Line::Troubled);
}

#[tokio::test]
async fn a_broken_server_is_trouble_though_its_answer_can_be_used() {
    for (words, expected) in [(OK, Line::Sound), (BROKEN, Line::Troubled)] {
        let (outcome, line) = carried(one(&answering(words).await)).await;
        assert_eq!((outcome.unwrap(), line), ("heard", expected));
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_trouble_and_a_refusal_of_our_credentials_is_not() {
    let refusals = [
        (ProviderError::Unreadable { why: "eight digits" }, Line::Troubled),
        (ProviderError::Misconfigured { code: "4015400".to_owned(), why: "key" }, Line::Sound),
    ];
    for (error, expected) in refusals {
        let url = answering(OK).await;
        let dialogue = Dialogue::<&str>::ask("order", question(&url), move |_| Err(error));
        let (outcome, line) = carried(dialogue).await;
        assert!(outcome.is_err());
        assert_eq!(line, expected);
    }
    assert_eq!(carried(Dialogue::Done("nothing")).await.1, Line::Unused);
}

#[tokio::test]
async fn who_may_only_be_called_over_ipv4_is_not_called_over_ipv6() {
    let (outcome, _) = carried_to(OVER_IPV4, one(&answering(OK).await)).await;
    assert_eq!(outcome.unwrap(), "heard");
    // A machine may have no IPv6 at all; then there is nothing to keep away from.
    let Ok(listener) = TcpListener::bind("[::1]:0").await else { return };
    let url = answering_at(listener, OK);
    let (outcome, _) = carried_to(OVER_IPV4, one(&url)).await;
    assert!(matches!(outcome, Err(CourierError::Unsaid(_))), "{outcome:?}");
    let (outcome, _) = carried(one(&url)).await;
    assert_eq!(outcome.unwrap(), "heard");
}
