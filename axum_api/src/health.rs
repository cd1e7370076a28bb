//! What a service says of itself on `/health`.

use std::process;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use stackgap_core::{BUILD_HASH, Backend, RUSTC, simd};

use crate::inject::{Injected, Injector};
use crate::{Allocator, Config};

const MIMALLOC_VERSION: &str = env!("MIMALLOC_VERSION");

/// What `/health` knows: the stack's name, what it is made of and what has been injected.
pub struct Health {
    stack: String,
    backend: Backend,
    allocator: Allocator,
    injector: Option<Arc<Injector>>,
}

/// The answer of `/health`; `injected` is left out where nothing is.
#[derive(Serialize)]
pub struct Report {
    status: &'static str,
    stack: String,
    backend: &'static str,
    build_hash: &'static str,
    versions: Versions,
    pid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    injected: Option<Injected>,
}

#[derive(Serialize)]
struct Versions {
    axum: &'static str,
    rustc: &'static str,
    /// The allocator's; none where that is the system's.
    #[serde(skip_serializing_if = "Option::is_none")]
    mimalloc: Option<&'static str>,
    /// The instructions that the SIMD kernels use on this machine; none where they are not run.
    #[serde(skip_serializing_if = "Option::is_none")]
    simd: Option<&'static str>,
}

impl Health {
    pub fn new(config: Config, injector: Option<Arc<Injector>>) -> Self {
        Self {
            stack: config.stack,
            backend: config.backend,
            allocator: config.allocator,
            injector,
        }
    }

    fn report(&self) -> Report {
        Report {
            status: "ok",
            stack: self.stack.clone(),
            backend: self.backend.name(),
            build_hash: BUILD_HASH,
            versions: Versions {
                axum: env!("AXUM_VERSION"),
                rustc: RUSTC,
                mimalloc: (self.allocator == Allocator::Mimalloc).then_some(MIMALLOC_VERSION),
                simd: (self.backend == Backend::RustSimd).then(|| simd::level().name()),
            },
            pid: process::id(),
            injected: self.injector.as_deref().map(Injector::injected),
        }
    }
}

/// `GET /health`.
pub async fn health(State(health): State<Arc<Health>>) -> Json<Report> {
    Json(health.report())
}
