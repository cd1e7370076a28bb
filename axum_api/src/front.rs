//! In front of another server: answers requests for equations, and passes everything else on.
//!
//! So a service moves from one framework to another route by route, while clients see one server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::uri::{PathAndQuery, Scheme};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use stackgap_codec::equations;

use crate::health::{Health, health};
use crate::problem::Problem;
use crate::routes::{Solver, guarded};

/// How long a connection to the server behind is kept for the next request: less than the 5 s
/// after which uvicorn closes it, or a request might meet its end.
const KEPT_IDLE: Duration = Duration::from_secs(4);

/// What is of one connection only: RFC 9110, section 7.6.1, and what it names for older ones.
const NOT_PASSED_ON: [HeaderName; 9] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The service in front of the server at `upstream`: what is asked of it by other methods on its
/// own paths is for that one to refuse.
pub fn router(health_state: Arc<Health>, solver: Solver, upstream: SocketAddr) -> Router {
    let upstream = Upstream::new(upstream);
    let pass_on = move |request| {
        let upstream = upstream.clone();
        async move { upstream.ask(request).await }
    };
    let health = get(health).head(pass_on.clone()).fallback(pass_on.clone());
    let mut routes = Router::new().route("/health", health);
    for equation in equations() {
        let path = format!("/v1/{}", equation.name);
        let solve = move |body| solver.solve(equation, body);
        routes = routes.route(&path, post(solve).fallback(pass_on.clone()));
    }
    guarded(routes.fallback(pass_on).with_state(health_state))
}

/// The server behind, and the connections to it.
#[derive(Clone)]
struct Upstream {
    address: SocketAddr,
    client: Client<HttpConnector, Body>,
}

impl Upstream {
    fn new(address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(KEPT_IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Self { address, client }
    }

    /// What the server behind answers to `request`; bodies stream both ways.
    async fn ask(&self, request: Request) -> Result<Response, Problem> {
        if request.method() == Method::CONNECT {
            return Err(Problem::NotFound);
        }
        let answer = self.client.request(addressed_to(self.address, request));
        let mut answer = answer.await.map_err(|error| {
            eprintln!("axum_api: no answer from {}: {error}", self.address);
            Problem::BadGateway
        })?;
        drop_what_is_not_passed_on(answer.headers_mut());
        Ok(answer.into_response())
    }
}

/// `request` as it goes on to `upstream`, with its host as the client named it.
fn addressed_to(upstream: SocketAddr, request: Request) -> Request {
    let (mut parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().cloned();
    parts.uri = Uri::builder()
        .scheme(Scheme::HTTP)
        .authority(upstream.to_string())
        .path_and_query(path.unwrap_or_else(|| PathAndQuery::from_static("/")))
        .build()
        .expect("an address and a path make a URI");
    parts.version = Version::HTTP_11;
    drop_what_is_not_passed_on(&mut parts.headers);
    // Said anew of the body that is sent.
    parts.headers.remove(header::CONTENT_LENGTH);
    if let Some(ConnectInfo(client)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() {
        let client = HeaderValue::try_from(client.ip().to_string());
        let client = client.expect("an address is ASCII");
        // After what proxies before this one have said.
        parts.headers.append(X_FORWARDED_FOR, client);
    }
    let proto = HeaderValue::from_static("http");
    parts.headers.insert(X_FORWARDED_PROTO, proto);
    Request::from_parts(parts, body)
}

fn drop_what_is_not_passed_on(headers: &mut HeaderMap) {
    for name in named_by_connection(headers) {
        headers.remove(name);
    }
    for name in NOT_PASSED_ON {
        headers.remove(name);
    }
}

fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(header::CONNECTION).into_iter();
    let texts = values.filter_map(|value| value.to_str().ok());
    let names = texts.flat_map(|text| text.split(','));
    names.filter_map(|name| name.trim().parse().ok()).collect()
}
