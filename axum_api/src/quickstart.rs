//! Axum's own first example with its `Json` extractor: what one gets without a contract.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use stackgap_core::ephemeris::Planet;

use crate::ephemeris::Positions;
use crate::health::{Health, health};

#[derive(Deserialize)]
struct Request {
    planet: String,
    times_jd: Vec<f64>,
}

/// The bare service; every check is the extractor's own.
pub fn router(state: Arc<Health>) -> Router {
    Router::new()
        .route("/v1/ephemeris", post(ephemeris))
        .route("/health", get(health))
        .with_state(state)
}

async fn ephemeris(Json(request): Json<Request>) -> Result<Json<Positions>, StatusCode> {
    let planet = Planet::from_name(&request.planet).ok_or(StatusCode::UNPROCESSABLE_ENTITY)?;
    Ok(Json(Positions::of(planet, &request.times_jd)))
}
