//! A known cost added to every POST, so that the harness can test what it measures.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use rustix::time::{ClockId, clock_gettime};
use serde::Serialize;

/// What every POST is made to cost; of zero only what injects it is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Injection {
    /// Thread CPU time burned before the request is handled.
    pub cpu: Duration,
    /// Time awaited before the request is handled.
    pub wait: Duration,
}

/// What has been injected so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Injected {
    /// POSTs that were made to cost more.
    pub requests: u64,
    /// CPU time burned in them, by the burning thread's own clock.
    pub cpu_ns: u64,
}

/// Injects and counts.
pub struct Injector {
    injection: Injection,
    requests: AtomicU64,
    cpu_ns: AtomicU64,
}

impl Injector {
    pub fn new(injection: Injection) -> Self {
        Self {
            injection,
            requests: AtomicU64::new(0),
            cpu_ns: AtomicU64::new(0),
        }
    }

    pub fn injected(&self) -> Injected {
        Injected {
            requests: self.requests.load(Ordering::Relaxed),
            cpu_ns: self.cpu_ns.load(Ordering::Relaxed),
        }
    }

    async fn apply(&self) {
        // Even to burn nothing: what the clocks themselves take must be the same either way.
        self.cpu_ns
            .fetch_add(burn(self.injection.cpu), Ordering::Relaxed);
        if !self.injection.wait.is_zero() {
            tokio::time::sleep(self.injection.wait).await;
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
    }
}

/// The layer that makes every POST cost more.
pub async fn inject(
    State(injector): State<Arc<Injector>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() == Method::POST {
        injector.apply().await;
    }
    next.run(request).await
}

/// Spins until this thread's CPU clock has advanced by `cpu`; returns by how many ns it did.
fn burn(cpu: Duration) -> u64 {
    let start = thread_cpu_time();
    loop {
        let burned = thread_cpu_time().saturating_sub(start);
        if burned >= cpu {
            return u64::try_from(burned.as_nanos()).expect("584 years are not burned in one go");
        }
    }
}

fn thread_cpu_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime))
        .expect("a thread's CPU time is never negative")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burn_counts_at_least_what_was_asked() {
        let asked = Duration::from_micros(60);
        let before = thread_cpu_time();
        let burned = Duration::from_nanos(burn(asked));
        let spent = thread_cpu_time().saturating_sub(before);
        assert!(
            asked <= burned && burned <= spent,
            "{asked:?} <= {burned:?} <= {spent:?}"
        );
    }
}
