//! The contract's routes.

use std::convert::Infallible;
use std::panic::resume_unwind;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use serde_json::Value;
use stackgap_codec::{Answer, Codec, Equation, equations};
use stackgap_core::Backend;
use tokio::task::spawn_blocking;
use tower_http::catch_panic::CatchPanicLayer;

use crate::Config;
use crate::body::{MAX_BODY_BYTES, Payload, TypedBody};
use crate::health::{Health, health};
use crate::openapi;
use crate::problem::Problem;

/// Where a request that takes long is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LongWork {
    /// On a thread of its own, so that the others of its worker are served meanwhile
    Moved,
    /// In place, while the others of its worker wait
    Inline,
}

/// How requests for equations are answered.
#[derive(Clone, Copy)]
pub struct Solver {
    pub backend: Backend,
    codec: Codec,
    long_work: LongWork,
    takes_float64: bool,
}

impl Solver {
    pub fn new(config: &Config) -> Self {
        Self {
            backend: config.backend,
            codec: config.codec,
            long_work: config.long_work,
            takes_float64: config.float64,
        }
    }

    /// Answers a request for an equation.
    pub async fn solve(
        self,
        equation: &'static Equation,
        body: TypedBody,
    ) -> Result<Response, Problem> {
        let payload = self.taken(body.payload)?;
        let values = match payload {
            Payload::Json => equation.read_by(self.codec, &body.bytes),
            Payload::Float64 => equation.read_float64(&body.bytes),
        };
        let values = values.map_err(Problem::InvalidBody)?;
        let is_moved = self.long_work == LongWork::Moved && equation.takes_long(&values);
        let solve = move || answer(&equation.solve(self.backend, &values), payload);
        if is_moved {
            elsewhere(solve).await
        } else {
            solve()
        }
    }

    /// The payload of a body, if this service takes it.
    fn taken(self, payload: Option<Payload>) -> Result<Payload, Problem> {
        let takes_float64 = self.takes_float64;
        payload
            .filter(|payload| takes_float64 || *payload == Payload::Json)
            .ok_or(Problem::UnsupportedMediaType { takes_float64 })
    }
}

/// The service of docs/http-contract.md.
pub fn router(health_state: Arc<Health>, solver: Solver) -> Router {
    let takes_float64 = solver.takes_float64;
    let openapi = async move || Json(openapi::document(takes_float64));
    let mut routes = Router::new()
        .route("/v1/equations", only_get(list))
        .route("/health", only_get(health))
        .route("/openapi.json", only_get(openapi));
    for equation in equations() {
        let path = format!("/v1/{}", equation.name);
        let solve = move |body| solver.solve(equation, body);
        routes = routes.route(&path, only_post(solve));
    }
    let routes = routes
        .fallback(async || Problem::NotFound)
        .with_state(health_state);
    guarded(routes)
}

/// `routes` with the limit on bodies, and with panics answered as faults of ours.
pub fn guarded(routes: Router) -> Router {
    routes
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CatchPanicLayer::custom(|_| {
            Problem::InternalError.into_response()
        }))
}

fn only_post<H: Handler<T, S>, T: 'static, S>(handler: H) -> MethodRouter<S, Infallible>
where
    S: Clone + Send + Sync + 'static,
{
    post(handler).fallback(async || Problem::MethodNotAllowed { allow: "POST" })
}

fn only_get<H: Handler<T, S>, T: 'static, S>(handler: H) -> MethodRouter<S, Infallible>
where
    S: Clone + Send + Sync + 'static,
{
    let refusal = async || Problem::MethodNotAllowed { allow: "GET" };
    // Axum would answer HEAD as a GET without its body.
    get(handler).head(refusal).fallback(refusal)
}

/// Does `work` on a thread that may block; a panic there is one here.
async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let done = spawn_blocking(work).await;
    done.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}

fn answer(answer: &Answer, payload: Payload) -> Result<Response, Problem> {
    // What is not finite would be printed as `null`.
    if !answer.is_finite() {
        return Err(Problem::InternalError);
    }
    Ok(match payload {
        Payload::Json => Json(answer).into_response(),
        // Bytes go as application/octet-stream.
        Payload::Float64 => answer.to_float64().into_response(),
    })
}

async fn list() -> Json<Value> {
    Json(openapi::equations())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn assert_panic_is_a_fault_of_ours(handler: MethodRouter) {
        let app = guarded(Router::new().route("/", handler));
        let request = axum::http::Request::get("/").body(Body::empty()).unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let document: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(document["type"], "/problems/internal-error");
    }

    #[tokio::test]
    async fn a_panic_is_answered_as_a_fault_of_ours() {
        let handler = async || -> StatusCode { panic!("as planned") };
        assert_panic_is_a_fault_of_ours(get(handler)).await;
    }

    #[tokio::test]
    async fn a_panic_elsewhere_is_answered_as_a_fault_of_ours() {
        let handler = async || elsewhere(|| -> StatusCode { panic!("as planned") }).await;
        assert_panic_is_a_fault_of_ours(get(handler)).await;
    }
}
