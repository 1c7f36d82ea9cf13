//! Just enough of HTTP: one request on a connection, answered, held back or hung up on.

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::MadeUp;
use super::desk::Reply;

pub(super) async fn serve(listener: TcpListener, made_up: MadeUp) {
    while let Ok((peer, _)) = listener.accept().await {
        tokio::spawn(attend(peer, made_up.clone()));
    }
}

async fn attend(mut peer: TcpStream, made_up: MadeUp) {
    let Some((path, body)) = request(&mut peer).await else { return };
    let mut released = made_up.0.released.subscribe();
    let (status, said) = match made_up.answer(&path, &body) {
        Reply::Say(status, said) => (status, said),
        Reply::HangUp => return,
        Reply::Hold(status, said) => {
            let mut ticket = 0;
            made_up.0.held.send_modify(|held| {
                *held += 1;
                ticket = *held;
            });
            // The sender lives as long as the provider does.
            let _ = released.wait_for(|released| *released >= ticket).await;
            (status, said)
        }
    };
    let length = said.len();
    let answer = format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{said}"
    );
    // Whoever asked may have gone.
    let _ = peer.write_all(answer.as_bytes()).await;
}

async fn request(peer: &mut TcpStream) -> Option<(String, Value)> {
    let (mut heard, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let read = peer.read(&mut chunk).await.ok().filter(|read| *read > 0)?;
        heard.extend_from_slice(&chunk[..read]);
        let text = std::str::from_utf8(&heard).ok()?;
        let Some((lines, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = lines.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        if body.len() >= length.unwrap_or(0usize) {
            let path = lines.split(' ').nth(1)?.to_owned();
            return Some((path, serde_json::from_str(body).unwrap_or_default()));
        }
    }
}
