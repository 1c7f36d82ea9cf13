//! The line to a provider: a port of its own, which can be cut so that nothing is heard or sent.
//!
//! While a provider is up its lines lead to the simulators' own port. Taken down, they are refused
//! at the connection, so that a caller knows for certain that nothing was sent; on the simulators'
//! own port a gateway answers 503 for it.
use super::Simulator;
use super::tamper::gateway_page;
use super::view::Provider;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, JoinSet};

/// A provider's own port.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Line {
    /// Whose it is.
    pub provider: Provider,
    /// Where it is.
    pub addr: SocketAddr,
}

/// The lines there are, and who is down.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    lines: Mutex<Vec<Laid>>,
    down: std::sync::Mutex<HashSet<Provider>>,
}

#[derive(Debug)]
struct Laid {
    line: Line,
    /// Where it leads.
    to: SocketAddr,
    /// Keeps the port while nobody listens on it: a connection is then refused.
    _keeper: TcpSocket,
    carrier: Option<JoinHandle<()>>,
}

fn bound(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

/// Connections that wait to be taken.
const BACKLOG: u32 = 256;

impl Laid {
    fn open(&mut self) -> io::Result<()> {
        if self.carrier.is_none() {
            let listener = bound(self.line.addr)?.listen(BACKLOG)?;
            self.carrier = Some(tokio::spawn(carry(listener, self.to)));
        }
        Ok(())
    }

    /// Comes back when nobody listens any more and every connection is cut.
    async fn cut(&mut self) {
        if let Some(carrier) = self.carrier.take() {
            carrier.abort();
            // It ends with the abortion that was just asked for.
            drop(carrier.await);
        }
    }
}

/// Carries every connection there and back. When it is aborted its connections fall with it.
async fn carry(listener: TcpListener, to: SocketAddr) {
    let mut calls = JoinSet::new();
    loop {
        let Ok((near, _)) = listener.accept().await else { continue };
        while calls.try_join_next().is_some() {}
        calls.spawn(join(near, to));
    }
}

async fn join(mut near: TcpStream, to: SocketAddr) {
    let Ok(mut far) = TcpStream::connect(to).await else { return };
    // A side that hangs up ends the call for both.
    drop(copy_bidirectional(&mut near, &mut far).await);
}

impl Lines {
    /// Whether a provider is up.
    pub(crate) fn is_up(&self, provider: Provider) -> bool {
        !self.down.lock().expect("nobody panics while holding this").contains(&provider)
    }

    fn mark(&self, provider: Provider, up: bool) {
        let mut down = self.down.lock().expect("nobody panics while holding this");
        if up {
            down.remove(&provider);
        } else {
            down.insert(provider);
        }
    }

    async fn lay(&self, provider: Provider, to: SocketAddr) -> io::Result<Line> {
        let keeper = bound(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let line = Line { provider, addr: keeper.local_addr()? };
        let mut laid = Laid { line, to, _keeper: keeper, carrier: None };
        let mut lines = self.lines.lock().await;
        if self.is_up(provider) {
            laid.open()?;
        }
        lines.push(laid);
        Ok(line)
    }

    async fn turn(&self, provider: Provider, up: bool) -> io::Result<()> {
        let mut lines = self.lines.lock().await;
        self.mark(provider, up);
        for laid in lines.iter_mut().filter(|laid| laid.line.provider == provider) {
            if up {
                laid.open()?;
            } else {
                laid.cut().await;
            }
        }
        Ok(())
    }
}

impl Drop for Laid {
    fn drop(&mut self) {
        if let Some(carrier) = &self.carrier {
            carrier.abort();
        }
    }
}

impl Simulator {
    /// Lays a line of a provider's own to the simulators, which listen at `to`.
    pub async fn lay_line(&self, provider: Provider, to: SocketAddr) -> io::Result<Line> {
        self.shared.lines.lay(provider, to).await
    }

    /// Takes a provider down: when this comes back its lines are refused, and nothing leaves it.
    pub async fn take_down(&self, provider: Provider) -> io::Result<()> {
        self.shared.lock().outbox.silence(provider, true);
        self.shared.lines.turn(provider, false).await
    }

    /// Brings a provider up again; what waited to be sent is sent.
    pub async fn bring_up(&self, provider: Provider) -> io::Result<()> {
        self.shared.lines.turn(provider, true).await?;
        self.shared.lock().outbox.silence(provider, false);
        self.shared.wake.notify_one();
        Ok(())
    }

    /// Whether a provider is up.
    pub fn is_up(&self, provider: Provider) -> bool {
        self.shared.lines.is_up(provider)
    }

    /// The lines of a provider.
    pub async fn lines(&self, provider: Provider) -> Vec<SocketAddr> {
        let lines = self.shared.lines.lines.lock().await;
        lines.iter().filter(|l| l.line.provider == provider).map(|l| l.line.addr).collect()
    }
}

/// A provider that is down is not reached by the simulators' own port either.
pub(crate) async fn closed(State(sim): State<Simulator>, request: Request, next: Next) -> Response {
    let first = request.uri().path().split('/').nth(1).unwrap_or_default();
    let provider = Provider::ALL.into_iter().find(|provider| provider.word() == first);
    if provider.is_some_and(|provider| !sim.is_up(provider)) {
        return gateway_page(StatusCode::SERVICE_UNAVAILABLE);
    }
    next.run(request).await
}
