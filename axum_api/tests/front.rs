//! What stands in front of another server: which answers are whose, and what is passed on.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use axum_api::{Allocator, Config, LongWork, Mode, app};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use stackgap_codec::Codec;
use stackgap_core::Backend;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tower::ServiceExt;

const GOOD: &str = r#"{"planet":"mars","times_jd":[2451545.0]}"#;

fn front_of(upstream: SocketAddr) -> Router {
    app(Config {
        mode: Mode::Contract,
        backend: Backend::Rust,
        codec: Codec::SerdeJson,
        long_work: LongWork::Moved,
        allocator: Allocator::System,
        float64: false,
        upstream: Some(upstream),
        stack: "a-front".to_owned(),
        injection: None,
    })
}

/// The front of a server that answers with what it was asked.
async fn front_of_mirror() -> Router {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = listener.local_addr().unwrap();
    let mirror = Router::new().fallback(mirrored);
    tokio::spawn(async { axum::serve(listener, mirror).await });
    front_of(upstream)
}

async fn mirrored(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let headers: serde_json::Map<_, _> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())))
        .collect();
    let mirrored = Json(json!({
        "method": parts.method.as_str(),
        "target": parts.uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    }));
    let own = [
        ("keep-alive", "timeout=5"),
        ("connection", "x-private"),
        ("x-private", "1"),
        ("x-public", "1"),
    ];
    (StatusCode::IM_A_TEAPOT, own, mirrored).into_response()
}

async fn ask(front: Router, mut request: Request) -> (StatusCode, HeaderMap, Bytes) {
    let client = ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 50_000)));
    request.extensions_mut().insert(client);
    let (parts, body) = front.oneshot(request).await.unwrap().into_parts();
    (
        parts.status,
        parts.headers,
        body.collect().await.unwrap().to_bytes(),
    )
}

async fn mirror_of(request: Request) -> Value {
    let (status, _, body) = ask(front_of_mirror().await, request).await;
    assert_eq!(status, StatusCode::IM_A_TEAPOT);
    serde_json::from_slice(&body).unwrap()
}

fn bare(method: Method, path: &str) -> Request {
    let request = Request::builder().method(method).uri(path);
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn equations_and_health_are_answered_by_the_front_itself() {
    let front = front_of_mirror().await;
    let hot = Request::post("/v1/ephemeris").header(header::CONTENT_TYPE, "application/json");
    let (status, _, body) = ask(front.clone(), hot.body(GOOD.into()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.starts_with(br#"{"x_au":"#));
    let (status, _, body) = ask(front, bare(Method::GET, "/health")).await;
    assert_eq!(status, StatusCode::OK);
    let health: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(health["stack"], "a-front");
}

#[tokio::test]
async fn everything_else_is_passed_on_as_it_was_sent() {
    for (method, target) in [
        (Method::GET, "/v1/ephemeris"),
        (Method::HEAD, "/v1/ephemeris/"),
        (Method::OPTIONS, "/health"),
        (Method::GET, "/docs?theme=dark&x=%20"),
        (Method::DELETE, "//v1/%65phemeris%2F"),
        (Method::GET, "/"),
    ] {
        let (status, _, body) = ask(front_of_mirror().await, bare(method.clone(), target)).await;
        assert_eq!(status, StatusCode::IM_A_TEAPOT, "{method} {target}");
        if method != Method::HEAD {
            let seen: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(seen["method"], method.as_str());
            assert_eq!(seen["target"], target);
        }
    }
}

#[tokio::test]
async fn a_body_is_passed_on_with_its_length_or_in_chunks() {
    let whole = Request::post("/notes").body("a body".into()).unwrap();
    let seen = mirror_of(whole).await;
    assert_eq!(seen["body"], "a body");
    assert_eq!(seen["headers"]["content-length"], "6");
    let of_unknown_length = Body::new(Body::from("a body").map_frame(|frame| frame));
    let seen = mirror_of(Request::post("/notes").body(of_unknown_length).unwrap()).await;
    assert_eq!(seen["body"], "a body");
    assert_eq!(seen["headers"]["transfer-encoding"], "chunked");
}

#[tokio::test]
async fn headers_are_passed_on_but_for_those_of_one_connection() {
    let request = Request::get("/docs")
        .header("host", "equations.example")
        .header("accept", "text/html")
        .header("connection", "keep-alive, X-Private")
        .header("x-private", "1")
        .header("keep-alive", "timeout=5")
        .header("te", "trailers")
        .header("upgrade", "websocket")
        .header("proxy-authorization", "Basic YTpi");
    let seen = mirror_of(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        seen["headers"],
        json!({
            "host": "equations.example",
            "accept": "text/html",
            "x-forwarded-for": "192.0.2.7",
            "x-forwarded-proto": "http",
        })
    );
}

#[tokio::test]
async fn headers_of_the_answers_connection_stay_behind() {
    let (_, headers, _) = ask(front_of_mirror().await, bare(Method::GET, "/docs")).await;
    for name in ["connection", "keep-alive", "x-private"] {
        assert!(!headers.contains_key(name), "{name}");
    }
    assert_eq!(headers["x-public"], "1");
}

#[tokio::test]
async fn the_client_is_named_after_those_that_proxies_before_have_named() {
    let request = Request::get("/docs")
        .header("x-forwarded-for", "198.51.100.1")
        .header("x-forwarded-proto", "https");
    let request = request.body(Body::empty()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = front_of(listener.local_addr().unwrap());
    let asked = tokio::spawn(ask(front, request));
    let (mut stream, _) = listener.accept().await.unwrap();
    let head = head_from(&mut stream).await;
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(asked.await.unwrap().0, StatusCode::NO_CONTENT);
    let lines: Vec<_> = head
        .lines()
        .filter(|line| line.starts_with("x-forwarded"))
        .collect();
    assert_eq!(
        lines,
        [
            "x-forwarded-for: 198.51.100.1",
            "x-forwarded-for: 192.0.2.7",
            "x-forwarded-proto: http",
        ]
    );
}

#[tokio::test]
async fn an_answer_is_passed_on_while_it_is_still_being_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = front_of(listener.local_addr().unwrap());
    let first_was_read = Arc::new(Notify::new());
    let told = first_was_read.clone();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        head_from(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
        stream.write_all(head).await.unwrap();
        told.notified().await;
        stream.write_all(b"4\r\nlast\r\n0\r\n\r\n").await.unwrap();
    });
    let answer = front.oneshot(bare(Method::GET, "/docs")).await.unwrap();
    let mut body = answer.into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(first, "first");
    first_was_read.notify_one();
    assert_eq!(body.collect().await.unwrap().to_bytes(), "last");
}

#[tokio::test]
async fn a_server_behind_that_is_away_is_a_bad_gateway() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let front = front_of(listener.local_addr().unwrap());
    drop(listener);
    let (status, headers, body) = ask(front, bare(Method::GET, "/docs")).await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    let document: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(document["type"], "/problems/bad-gateway");
}

async fn head_from(stream: &mut tokio::net::TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    String::from_utf8(head).unwrap()
}
