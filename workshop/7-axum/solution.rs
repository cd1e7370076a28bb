// Exercise 7, one way to do it.
//
// PREDICTION = (4, 16)

use axum::Json;
use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::routing::post;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    eccentricity: f64,
    mean_anomalies: Vec<f64>,
}

#[derive(Serialize)]
struct Answer {
    eccentric_anomalies: Vec<f64>,
}

async fn kepler(
    body: Result<Json<Request>, JsonRejection>,
) -> Result<Json<Answer>, StatusCode> {
    let Ok(Json(request)) = body else {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    };
    let Request { eccentricity, mean_anomalies } = request;
    if !(0.0..1.0).contains(&eccentricity) || mean_anomalies.len() > 10_000 {
        return Err(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let eccentric_anomalies =
        mean_anomalies.iter().map(|&anomaly| solved(eccentricity, anomaly)).collect();
    Ok(Json(Answer { eccentric_anomalies }))
}

fn solved(eccentricity: f64, anomaly: f64) -> f64 {
    let mut own = anomaly + eccentricity * anomaly.sin();
    for _ in 0..50 {
        let step =
            (own - eccentricity * own.sin() - anomaly) / (1.0 - eccentricity * own.cos());
        own -= step;
        if step.abs() <= 1e-14 * own.abs().max(1.0) {
            break;
        }
    }
    own
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let port: u16 = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .expect("the port is the only argument");
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .expect("the port is free");
    let app = Router::new().route("/kepler", post(kepler));
    axum::serve(listener, app).await.expect("it serves");
}
