//! The equations served by Axum, held to `docs/http-contract.md`.

mod body;
mod health;
mod inject;
mod openapi;
mod problem;
mod quickstart;
mod routes;

use std::sync::Arc;

use axum::{Router, middleware};

use health::Health;
pub use inject::Injection;
use inject::{Injector, inject};
use stackgap_core::Backend;

/// What an application is to be.
#[derive(Clone, Debug)]
pub struct Config {
    /// Which of the two services it is.
    pub mode: Mode,
    /// Which kernels compute.
    pub backend: Backend,
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

/// The service as a router, to be served or called in memory.
pub fn app(config: Config) -> Router {
    let injector = config
        .injection
        .map(|injection| Arc::new(Injector::new(injection)));
    let backend = config.backend;
    let health = Arc::new(Health::new(config.stack, backend, injector.clone()));
    let router = match config.mode {
        Mode::Contract => routes::router(health, backend, config.float64),
        Mode::Quickstart => quickstart::router(health, backend),
    };
    match injector {
        Some(injector) => router.layer(middleware::from_fn_with_state(injector, inject)),
        None => router,
    }
}
