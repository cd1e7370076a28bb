//! The equations served by Axum, held to `docs/http-contract.md`.

mod body;
mod command;
mod front;
mod health;
mod healthy;
mod inject;
mod openapi;
mod problem;
mod quickstart;
mod routes;
mod serving;
mod upstream;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Router, middleware};

pub use command::run;
use health::Health;
pub use inject::Injection;
use inject::{Injector, inject};
pub use routes::LongWork;
use routes::Solver;
use stackgap_codec::Codec;
use stackgap_core::Backend;

/// What an application is to be.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which of the two services it is.
    pub mode: Mode,
    /// Which kernels compute.
    pub backend: Backend,
    /// What reads the bodies of the contract's requests.
    pub codec: Codec,
    /// Where the contract's long requests are computed.
    pub long_work: LongWork,
    /// Which allocator the program has, to be told on `/health`.
    pub allocator: Allocator,
    /// The server behind the contract's service, that answers all but requests for equations and
    /// `/health`.
    pub upstream: Option<SocketAddr>,
    /// Whether it takes bodies of little-endian doubles beside JSON; the quick start never does.
    pub float64: bool,
    /// The name it goes by on `/health`.
    pub stack: String,
    /// Cost added to every POST; nothing is in the path without it.
    pub injection: Option<Injection>,
}

/// Which of the two services an application is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Mode {
    /// All of docs/http-contract.md
    Contract,
    /// Axum's own first example with its `Json` extractor, outside the contract
    Quickstart,
}

/// The global allocator of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocator {
    /// The C library's.
    System,
    /// mimalloc.
    Mimalloc,
}

/// The service as a router, to be served or called in memory.
pub fn app(config: Config) -> Router {
    let injector = config
        .injection
        .map(|injection| Arc::new(Injector::new(injection)));
    let (mode, upstream, solver) = (config.mode, config.upstream, Solver::new(&config));
    let health = Arc::new(Health::new(config, injector.clone()));
    let router = match (mode, upstream) {
        (Mode::Contract, None) => routes::router(health, solver),
        (Mode::Contract, Some(upstream)) => front::router(health, solver, upstream),
        (Mode::Quickstart, _) => quickstart::router(health, solver.backend),
    };
    match injector {
        Some(injector) => router.layer(middleware::from_fn_with_state(injector, inject)),
        None => router,
    }
}
