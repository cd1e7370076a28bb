//! The contract's routes.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use serde_json::Value;
use tower_http::catch_panic::CatchPanicLayer;

use crate::body::{JsonBody, MAX_BODY_BYTES};
use crate::ephemeris::{Positions, Request};
use crate::health::{Health, health};
use crate::openapi;
use crate::problem::Problem;

/// The service of docs/http-contract.md.
pub fn router(state: Arc<Health>) -> Router {
    let routes = Router::new()
        .route("/v1/ephemeris", only_post(ephemeris))
        .route("/v1/equations", only_get(equations))
        .route("/health", only_get(health))
        .route("/openapi.json", only_get(openapi))
        .fallback(async || Problem::NotFound)
        .with_state(state);
    guarded(routes)
}

/// `routes` with the limit on bodies, and with panics answered as faults of ours.
fn guarded(routes: Router) -> Router {
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

/// Computed in place: the longest request holds its worker for some tens of milliseconds.
async fn ephemeris(JsonBody(body): JsonBody) -> Result<Json<Positions>, Problem> {
    let request = Request::from_json(&body).map_err(Problem::InvalidBody)?;
    answer(Positions::of(request.planet, &request.times_jd))
}

fn answer(at: Positions) -> Result<Json<Positions>, Problem> {
    // They would be printed as `null`.
    if at.is_finite() {
        Ok(Json(at))
    } else {
        Err(Problem::InternalError)
    }
}

async fn equations() -> Json<Value> {
    Json(openapi::equations())
}

async fn openapi() -> Json<Value> {
    Json(openapi::document())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[test]
    fn a_coordinate_that_is_no_finite_number_is_a_fault_of_ours() {
        for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for axis in 0..3 {
                let mut at = [vec![1.0, 2.0], vec![1.0, 2.0], vec![1.0, 2.0]];
                at[axis][1] = wrong;
                let [x_au, y_au, z_au] = at;
                let refusal = answer(Positions { x_au, y_au, z_au }).err();
                assert_eq!(refusal, Some(Problem::InternalError));
            }
        }
    }

    #[tokio::test]
    async fn a_panic_is_answered_as_a_fault_of_ours() {
        let handler = async || -> StatusCode { panic!("as planned") };
        let app = guarded(Router::new().route("/", get(handler)));
        let request = axum::http::Request::get("/").body(Body::empty()).unwrap();
        let response = app.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let document: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(document["type"], "/problems/internal-error");
    }
}
