//! The command line.

use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;

use clap::Parser;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use stackgap_codec::Codec;
use stackgap_core::{BUILD_HASH, Backend};

use crate::healthy;
use crate::serving::serve;
use crate::{Allocator, Config, Injection, LongWork, Mode};

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
    /// Serve nothing: end with 0 if a server at that port of this machine is healthy, else with 1
    #[arg(long)]
    healthy: bool,
    /// What to serve
    #[arg(long, value_enum, default_value_t = Mode::Contract)]
    mode: Mode,
    /// Which kernels compute
    #[arg(long, value_parser = backends(), default_value = Backend::Rust.name())]
    backend: Backend,
    /// What reads requests in JSON
    #[arg(long, value_parser = codecs(), default_value = Codec::SerdeJson.name())]
    codec: Codec,
    /// Where a request that takes long is computed
    #[arg(long, value_enum, default_value_t = LongWork::Moved)]
    long_work: LongWork,
    /// Take bodies of little-endian doubles beside JSON; not for the quick start
    #[arg(long)]
    float64: bool,
    /// CPU time to burn in every POST, to test what measures this server
    #[arg(long, value_name = "MICROSECONDS")]
    inject_cpu_us: Option<u64>,
    /// Time to await in every POST, likewise
    #[arg(long, value_name = "MILLISECONDS")]
    inject_wait_ms: Option<u64>,
    /// Command of a server to start behind this one, for all but equations and /health; {port} in
    /// it stands for the loopback port to listen on
    #[arg(last = true, conflicts_with = "mode", value_name = "COMMAND")]
    upstream: Vec<String>,
}

impl Args {
    fn config(&self, allocator: Allocator) -> Config {
        Config {
            mode: self.mode,
            backend: self.backend,
            codec: self.codec,
            long_work: self.long_work,
            float64: self.float64,
            allocator,
            upstream: None,
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
    let config = args.config(allocator);
    let done = if args.healthy {
        healthy::ask(args.port)
    } else {
        serve(&args.host, args.port, config, &args.upstream).await
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("axum_api: {error}");
            ExitCode::FAILURE
        }
    }
}
