// Exercise 7: the same route in Axum, to the same contract.
//
// How many times as much CPU does FastAPI take for a request of 100 anomalies?
//
// PREDICTION = (low, high), with numbers

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;

/// POST /kepler: {"eccentricity": e, "mean_anomalies": [M, ...]} in, {"eccentric_anomalies": [E, ...]}
/// out. 422 for a body that is not such, as in exercise 5.
async fn kepler() -> StatusCode {
    StatusCode::NOT_IMPLEMENTED
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
