//! Serving until told to end.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

use crate::upstream::UpstreamProcess;
use crate::{Config, app};

/// How long what is in flight may take once the server is told to end.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until a signal comes, with the server that `upstream` starts behind it, if that names
/// any.
///
/// # Errors
/// The port is taken, what was in flight had to be cut off, or the server behind failed.
pub async fn serve(
    host: &str,
    port: u16,
    mut config: Config,
    upstream: &[String],
) -> io::Result<()> {
    let listener = listen(host, port).await?;
    let mut signals = Signals::new()?;
    let mut upstream = tokio::select! {
        started = start(upstream) => started?,
        () = signals.received() => return Ok(()),
    };
    config.upstream = upstream.as_ref().map(UpstreamProcess::address);
    println!("axum_api: listening on http://{}", listener.local_addr()?);
    let served = serve_until_told(listener, config, signals, upstream.as_mut()).await;
    match upstream {
        Some(process) => served.and(process.end(GRACE).await),
        None => served,
    }
}

async fn listen(host: &str, port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((host, port)).await.map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("cannot listen on {host}:{port}: {error}"),
        )
    })
}

async fn start(upstream: &[String]) -> io::Result<Option<UpstreamProcess>> {
    if upstream.is_empty() {
        return Ok(None);
    }
    UpstreamProcess::start(upstream).await.map(Some)
}

async fn serve_until_told(
    listener: TcpListener,
    config: Config,
    mut signals: Signals,
    upstream: Option<&mut UpstreamProcess>,
) -> io::Result<()> {
    let (ending, told_to_end) = oneshot::channel();
    let end = async move {
        signals.received().await;
        let _ = ending.send(());
    };
    tokio::select! {
        result = answer_all(listener, config, end) => result,
        reason = cut_off(told_to_end, upstream) => Err(reason),
    }
}

async fn answer_all(
    listener: TcpListener,
    config: Config,
    end: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = listener.tap_io(|stream| {
        // Fails only where the client has already gone.
        let _ = stream.set_nodelay(true);
    });
    // Who asks is told to the server behind alone, and costs the others nothing.
    if config.upstream.is_some() {
        let app = app(config).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, app).with_graceful_shutdown(end).await
    } else {
        axum::serve(listener, app(config))
            .with_graceful_shutdown(end)
            .await
    }
}

/// Why not all can be answered: the grace after the signal is over, or the server behind has died
/// without one.
async fn cut_off(
    told_to_end: oneshot::Receiver<()>,
    upstream: Option<&mut UpstreamProcess>,
) -> io::Error {
    let death = async {
        match upstream {
            Some(process) => process.death().await,
            None => pending().await,
        }
    };
    tokio::select! {
        // From a terminal the signal comes to both.
        biased;
        _ = told_to_end => {
            tokio::time::sleep(GRACE).await;
            io::Error::new(
                io::ErrorKind::TimedOut,
                format!("cut off what was still in flight after {GRACE:?}"),
            )
        }
        error = death => error,
    }
}

/// The signals that ask a server to end.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Ready once one of them has come.
    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
