//! The process behind a front: started with it, ended with it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

/// What its port is put in place of, in its command.
const PORT: &str = "{port}";
/// How long it may take until it is healthy.
const START: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A server of its own on a loopback port; killed where it is not ended.
pub struct UpstreamProcess {
    child: Child,
    address: SocketAddr,
}

impl UpstreamProcess {
    /// Starts `command`, in which `{port}` stands for the port, and waits until it is healthy.
    ///
    /// # Errors
    /// It does not start, ends by itself, or has no good answer to `GET /health` within a minute.
    pub async fn start(command: &[String]) -> io::Result<Self> {
        let address = free_address()?;
        let port = address.port().to_string();
        let words: Vec<_> = command
            .iter()
            .map(|word| word.replace(PORT, &port))
            .collect();
        let (program, arguments) = words.split_first().expect("a command names a program");
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("{program}: {error}")))?;
        let mut process = Self { child, address };
        tokio::select! {
            () = healthy(address) => Ok(process),
            error = process.death() => Err(error),
            () = sleep(START) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("{program} is not healthy after {START:?}"),
            )),
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ready once it has ended by itself, with how.
    pub async fn death(&mut self) -> io::Error {
        match self.child.wait().await {
            Ok(status) => io::Error::other(format!("the server behind ended by itself: {status}")),
            Err(error) => error,
        }
    }

    /// Ends it by SIGTERM.
    ///
    /// # Errors
    /// It takes longer than `grace`, and is killed.
    pub async fn end(mut self, grace: Duration) -> io::Result<()> {
        if let Some(pid) = self.pid() {
            // Fails only where it has just ended by itself.
            let _ = kill_process(pid, Signal::TERM);
        }
        match timeout(grace, self.child.wait()).await {
            Ok(ended) => ended.map(drop),
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("killed the server behind, which had not ended after {grace:?}"),
            )),
        }
    }

    /// None once it has been waited for.
    fn pid(&self) -> Option<Pid> {
        let id = self.child.id()?;
        Pid::from_raw(id.try_into().ok()?)
    }
}

/// A loopback address on which nobody listens now.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// Ready once `GET /health` is answered 200.
async fn healthy(address: SocketAddr) {
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    let url: Uri = format!("http://{address}/health").parse().expect("a URL");
    loop {
        match client.get(url.clone()).await {
            Ok(answer) if answer.status() == StatusCode::OK => return,
            _ => sleep(LOOK_EVERY).await,
        }
    }
}
