//! The real `kasir` binary, on a free port, until it is dropped.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use kasir_tests::town::{Addresses, kasir_toml, secrets};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::stopwatch::Stopwatch;

/// How long it may take to answer for the first time.
const READY: Duration = Duration::from_secs(20);
/// Pause between two tries to reach it.
const TRY_AGAIN: Duration = Duration::from_millis(1);

/// A running `kasir`.
pub(crate) struct Process {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its start until it had answered its first request.
    pub(crate) ready_after: Duration,
}

impl Process {
    /// Starts it with a shop and simulated providers at these addresses, and its database in
    /// `folder`; comes back when it has answered.
    pub(crate) async fn start(folder: &Path, shop: &str, sim: &str) -> Self {
        let address = free_address();
        let addresses = Addresses {
            pay: format!("http://{address}"),
            shop: shop.to_owned(),
            sim: sim.to_owned(),
            winpay: sim.to_owned(),
            nicepay: sim.to_owned(),
            espay: sim.to_owned(),
        };
        let config = folder.join("kasir.toml");
        let text = kasir_toml(&addresses, &folder.join("kasir.db"), None);
        std::fs::write(&config, text).expect("the configuration is written");
        let watch = Stopwatch::start();
        let child = Command::new(binary())
            .args(["serve", "--config"])
            .arg(&config)
            .envs(secrets())
            .env("KASIR_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("kasir starts");
        let mut process = Self { child, address, ready_after: Duration::ZERO };
        tokio::time::timeout(READY, process.answers()).await.expect("kasir answers in time");
        process.ready_after = watch.elapsed();
        process
    }

    /// Its address for browsers.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// KiB of memory that it holds.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("kasir runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        kib.expect("Linux says how much memory a process holds")
    }

    async fn answers(&mut self) {
        while !self.says_ok().await.unwrap_or(false) {
            let ended = self.child.try_wait().expect("the child is ours");
            assert_eq!(ended, None, "kasir stopped before it answered");
            tokio::time::sleep(TRY_AGAIN).await;
        }
    }

    async fn says_ok(&self) -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nhost: kasir\r\nconnection: close\r\n\r\n")
            .await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok(answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(b"ok"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that was free a moment ago.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("a bound listener has an address")
}

/// Cargo builds it beside the folder of this program.
pub(crate) fn binary() -> PathBuf {
    let own = std::env::current_exe().expect("this program has a path");
    let built = own.ancestors().nth(2).expect("it is two folders down").join("kasir");
    assert!(built.is_file(), "{} is not there: scripts/bench.sh builds it", built.display());
    built
}
