//! Axum's own first example with its `Json` extractor: what one gets without a contract.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use stackgap_core::Backend;
use stackgap_core::black_scholes::Market;
use stackgap_core::ephemeris::Planet;
use stackgap_core::heat::{MIN_POINTS, Rod};
use stackgap_core::nbody::Bodies;

use crate::health::{Health, health};

/// The bare service; every check is the extractor's own, or keeps a kernel from panicking.
pub fn router(health_state: Arc<Health>, backend: Backend) -> Router {
    Router::new()
        .route("/v1/ephemeris", post(ephemeris))
        .route("/v1/black_scholes", post(black_scholes))
        .route("/v1/lorenz", post(lorenz))
        .route("/v1/nbody", post(nbody))
        .route("/v1/heat", post(heat))
        .with_state(backend)
        .route("/health", get(health).with_state(health_state))
}

type Answer<T> = Result<Json<T>, StatusCode>;

#[derive(Deserialize)]
struct Times {
    planet: String,
    times_jd: Vec<f64>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the contract names them")]
struct Positions {
    x_au: Vec<f64>,
    y_au: Vec<f64>,
    z_au: Vec<f64>,
}

async fn ephemeris(
    State(backend): State<Backend>,
    Json(Times { planet, times_jd }): Json<Times>,
) -> Answer<Positions> {
    let planet = Planet::from_name(&planet).ok_or(StatusCode::UNPROCESSABLE_ENTITY)?;
    let n = times_jd.len();
    let (mut x_au, mut y_au, mut z_au) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    stackgap_core::ephemeris::positions(
        backend, planet, &times_jd, &mut x_au, &mut y_au, &mut z_au,
    );
    Ok(Json(Positions { x_au, y_au, z_au }))
}

#[derive(Deserialize)]
struct Options {
    spot: Vec<f64>,
    strike: Vec<f64>,
    years: Vec<f64>,
    rate: f64,
    volatility: f64,
}

#[derive(Serialize)]
struct Prices {
    call: Vec<f64>,
    put: Vec<f64>,
}

async fn black_scholes(
    State(backend): State<Backend>,
    Json(options): Json<Options>,
) -> Answer<Prices> {
    let n = options.spot.len();
    if options.strike.len() != n || options.years.len() != n {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (mut call, mut put) = (vec![0.0; n], vec![0.0; n]);
    stackgap_core::black_scholes::prices(
        backend,
        Market {
            rate: options.rate,
            volatility: options.volatility,
        },
        &options.spot,
        &options.strike,
        &options.years,
        &mut call,
        &mut put,
    );
    Ok(Json(Prices { call, put }))
}

#[derive(Deserialize)]
struct Start {
    state: [f64; 3],
    dt: f64,
    steps: usize,
}

#[derive(Serialize)]
struct End {
    state: [f64; 3],
}

async fn lorenz(State(backend): State<Backend>, Json(start): Json<Start>) -> Json<End> {
    let state = stackgap_core::lorenz::advance(backend, start.state, start.dt, start.steps);
    Json(End { state })
}

#[derive(Deserialize)]
struct Cluster {
    mass: Vec<f64>,
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
    softening: f64,
}

#[derive(Serialize)]
struct Accelerations {
    ax: Vec<f64>,
    ay: Vec<f64>,
    az: Vec<f64>,
}

async fn nbody(
    State(backend): State<Backend>,
    Json(cluster): Json<Cluster>,
) -> Answer<Accelerations> {
    let Cluster {
        mass,
        x,
        y,
        z,
        softening,
    } = &cluster;
    let n = mass.len();
    if [x.len(), y.len(), z.len()] != [n; 3] {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (mut ax, mut ay, mut az) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    stackgap_core::nbody::accelerations(
        backend,
        Bodies { mass, x, y, z },
        *softening,
        &mut ax,
        &mut ay,
        &mut az,
    );
    Ok(Json(Accelerations { ax, ay, az }))
}

#[derive(Deserialize)]
struct WarmRod {
    temperature: Vec<f64>,
    diffusivity: f64,
    dx: f64,
    dt: f64,
    steps: usize,
}

#[derive(Serialize)]
struct Temperatures {
    temperature: Vec<f64>,
}

async fn heat(
    State(backend): State<Backend>,
    Json(mut rod): Json<WarmRod>,
) -> Answer<Temperatures> {
    if rod.temperature.len() < MIN_POINTS {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    stackgap_core::heat::diffuse(
        backend,
        Rod {
            diffusivity: rod.diffusivity,
            dx: rod.dx,
            dt: rod.dt,
        },
        rod.steps,
        &mut rod.temperature,
    );
    Ok(Json(Temperatures {
        temperature: rod.temperature,
    }))
}
