//! The command: serves the equations over HTTP until told to end.

use std::io;
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;

use axum::serve::ListenerExt;
use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use stackgap_codec::Codec;
use stackgap_core::{BUILD_HASH, Backend};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::{Allocator, Config, Injection, LongWork, Mode, app};

/// How long what is in flight may take once the server is told to end.
const GRACE: Duration = Duration::from_secs(10);

/// The build hash lets a build tell a stale binary without starting a server.
static VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{} ({BUILD_HASH})", env!("CARGO_PKG_VERSION")));

/// Serves the equations over HTTP. SIGTERM and SIGINT end it in order.
#[derive(Parser)]
#[command(version = VERSION.as_str())]
struct Args {
    /// Port to listen on; 0 takes a free one
    #[arg(long)]
    port: u16,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// What to serve
    #[arg(long, value_enum, default_value_t = Mode::Contract)]
    mode: Mode,
    /// Which kernels compute
    #[arg(long, value_parser = backends(), default_value = Backend::Rust.name())]
    backend: Backend,
    /// What reads requests
    #[arg(long, value_parser = codecs(), default_value = Codec::SerdeJson.name())]
    codec: Codec,
    /// Where a request that takes long is computed
    #[arg(long, value_enum, default_value_t = LongWork::Moved)]
    long_work: LongWork,
    /// CPU time to burn in every POST, to test what measures this server
    #[arg(long, value_name = "MICROSECONDS")]
    inject_cpu_us: Option<u64>,
    /// Time to await in every POST, likewise
    #[arg(long, value_name = "MILLISECONDS")]
    inject_wait_ms: Option<u64>,
}

impl Args {
    fn config(&self, allocator: Allocator) -> Config {
        Config {
            mode: self.mode,
            backend: self.backend,
            codec: self.codec,
            long_work: self.long_work,
            allocator,
            stack: std::env::var("STACKGAP_STACK").unwrap_or_else(|_| "axum".to_owned()),
            injection: self.injection(),
        }
    }

    fn injection(&self) -> Option<Injection> {
        let asked = self.inject_cpu_us.is_some() || self.inject_wait_ms.is_some();
        asked.then(|| Injection {
            cpu: Duration::from_micros(self.inject_cpu_us.unwrap_or_default()),
            wait: Duration::from_millis(self.inject_wait_ms.unwrap_or_default()),
        })
    }
}

/// Takes a backend by the name it has everywhere.
fn backends() -> impl TypedValueParser<Value = Backend> {
    let names = Backend::ALL.map(Backend::name);
    PossibleValuesParser::new(names)
        .map(|name| Backend::from_name(&name).expect("one of the possible values"))
}

/// Takes a codec likewise.
fn codecs() -> impl TypedValueParser<Value = Codec> {
    let names = Codec::ALL.map(Codec::name);
    PossibleValuesParser::new(names)
        .map(|name| Codec::from_name(&name).expect("one of the possible values"))
}

/// Runs the command in a program whose global allocator is `allocator`.
///
/// # Panics
/// If the system gives no thread to serve on.
#[must_use]
#[tokio::main]
pub async fn run(allocator: Allocator) -> ExitCode {
    let args = Args::parse();
    match serve(&args, args.config(allocator)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("axum_api: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(args: &Args, config: Config) -> io::Result<()> {
    let listener = listen(&args.host, args.port).await?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    println!("axum_api: listening on http://{}", listener.local_addr()?);

    let (ending, told_to_end) = oneshot::channel();
    let end = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        let _ = ending.send(());
    };
    let listener = listener.tap_io(|stream| {
        // Fails only where the client has already gone.
        let _ = stream.set_nodelay(true);
    });
    tokio::select! {
        result = axum::serve(listener, app(config)).with_graceful_shutdown(end) => result,
        () = grace_after(told_to_end) => Err(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("cut off what was still in flight after {GRACE:?}"),
        )),
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

/// Ready once the server has been told to end and its grace is over.
async fn grace_after(told_to_end: oneshot::Receiver<()>) {
    let _ = told_to_end.await;
    tokio::time::sleep(GRACE).await;
}
