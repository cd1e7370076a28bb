//! Each row of docs/http-contract.md, asked of the router in memory.

use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum_api::{Allocator, Config, Injection, LongWork, Mode, app};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use stackgap_codec::Codec;
use stackgap_core::{Backend, simd};
use tower::ServiceExt;

const GOOD: &str = r#"{"planet":"mars","times_jd":[2451545.0]}"#;
const MAX_BODY_BYTES: usize = 8_388_608;

/// A good request of each equation, and the arrays it is answered with.
const EQUATIONS: [(&str, &str, &[&str]); 5] = [
    ("ephemeris", GOOD, &["x_au", "y_au", "z_au"]),
    (
        "black_scholes",
        r#"{"spot":[100.0],"strike":[95.0],"years":[0.5],"rate":0.03,"volatility":0.2}"#,
        &["call", "put"],
    ),
    (
        "lorenz",
        r#"{"state":[1.0,2.0,3.0],"dt":0.01,"steps":10}"#,
        &["state"],
    ),
    (
        "nbody",
        r#"{"mass":[1.0,2.0],"x":[0.0,1.0],"y":[0.0,1.0],"z":[0.0,1.0],"softening":0.1}"#,
        &["ax", "ay", "az"],
    ),
    (
        "heat",
        r#"{"temperature":[0.0,1.0,0.0],"diffusivity":1.0,"dx":1.0,"dt":1.0,"steps":10}"#,
        &["temperature"],
    ),
];

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: header::HeaderName) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

fn contract() -> Router {
    service(Mode::Contract, None)
}

fn service(mode: Mode, injection: Option<Injection>) -> Router {
    app(Config {
        injection,
        ..plain(mode, Backend::Rust)
    })
}

fn plain(mode: Mode, backend: Backend) -> Config {
    Config {
        mode,
        backend,
        codec: Codec::SerdeJson,
        long_work: LongWork::Moved,
        allocator: Allocator::System,
        upstream: None,
        float64: false,
        stack: "a-stack".to_owned(),
        injection: None,
    }
}

async fn ask(app: Router, request: Request<Body>) -> Answer {
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

async fn get(path: &str) -> Answer {
    ask(contract(), Request::get(path).body(Body::empty()).unwrap()).await
}

async fn post_to(app: Router, body: impl Into<Body>) -> Answer {
    solve(app, "ephemeris", body).await
}

async fn solve(app: Router, equation: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(format!("/v1/{equation}"));
    let request = request.header(header::CONTENT_TYPE, "application/json");
    ask(app, request.body(body.into()).unwrap()).await
}

async fn post(body: impl Into<Body>) -> Answer {
    post_to(contract(), body).await
}

async fn send(method: &str, path: &str) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    ask(
        contract(),
        Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .unwrap(),
    )
    .await
}

/// A body that does not tell its length beforehand.
fn chunked(bytes: usize) -> Body {
    Body::new(Body::from(vec![b' '; bytes]).map_frame(|frame| frame))
}

fn assert_problem(answer: &Answer, status: u16, slug: &str, title: &str) {
    assert_eq!(answer.status.as_u16(), status);
    assert_eq!(
        answer.header(header::CONTENT_TYPE),
        "application/problem+json"
    );
    let document = answer.json();
    assert_eq!(document["type"], format!("/problems/{slug}"));
    assert_eq!(document["title"], title);
    assert_eq!(document["status"], status);
    assert!(document["detail"].is_string());
    let members = if slug == "invalid-body" { 5 } else { 4 };
    assert_eq!(document.as_object().unwrap().len(), members);
}

async fn assert_invalid(body: impl Into<Bytes>, pointer: &str) {
    assert_invalid_for("ephemeris", body, pointer).await;
}

async fn assert_invalid_for(equation: &str, body: impl Into<Bytes>, pointer: &str) {
    let body = body.into();
    let shown = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
    let answer = solve(contract(), equation, body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{shown}");
    assert_problem(&answer, 422, "invalid-body", "Invalid body");
    let document = answer.json();
    let errors = document["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{shown}");
    assert_eq!(errors[0]["pointer"], pointer, "{shown}: {errors:?}");
    assert!(errors[0]["detail"].is_string());
}

fn request_with(times_jd: &str) -> String {
    format!(r#"{{"planet":"mars","times_jd":{times_jd}}}"#)
}

#[tokio::test]
async fn a_good_request_is_answered_in_the_contracts_order() {
    let answer = post(GOOD).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header(header::CONTENT_TYPE), "application/json");
    let text = str::from_utf8(&answer.body).unwrap();
    let places = ["x_au", "y_au", "z_au"].map(|name| text.find(name).unwrap());
    assert!(places.is_sorted(), "{text}");
    let x_au = answer.json()["x_au"][0].as_f64().unwrap();
    assert!((x_au - 1.39).abs() < 0.01, "Mars was at {x_au} au");
}

#[tokio::test]
async fn every_equation_is_answered_by_every_backend() {
    for backend in Backend::ALL {
        for (name, body, outputs) in EQUATIONS {
            let answer = solve(app(plain(Mode::Contract, backend)), name, body).await;
            assert_eq!(answer.status, StatusCode::OK, "{name}");
            let answered = answer.json();
            assert_eq!(answered.as_object().unwrap().len(), outputs.len());
            for output in outputs {
                assert!(answered[output][0].is_f64(), "{name} {output}");
            }
        }
    }
}

#[tokio::test]
async fn unusual_but_good_requests_are_answered_alike() {
    let usual = post(GOOD).await.body;
    let deep = format!("{}{}", "[".repeat(99), "]".repeat(99));
    for body in [
        r#"{"times_jd":[2451545.0],"planet":"mars"}"#,
        r#"{"planet":"mars","times_jd":[2451545]}"#,
        r#"{"planet":"mars","times_jd":[2451545e0]}"#,
        r#"{"planet":"mars","times_jd":[0.2451545E+7]}"#,
        "\t{\"planet\"\r\n: \"mars\" , \"times_jd\" :\n[ 2451545.0 ] } \n",
        r#"{"pl\u0061net":"m\u0061rs","times\u005fjd":[2451545.0]}"#,
        r#"{"planet":"vulcan","planet":"mars","times_jd":[2451545.0]}"#,
        r#"{"planet":null,"pl\u0061net":"mars","times_jd":[2451545.0]}"#,
        r#"{"planet":"mars","times_jd":[1e999],"times_jd":[2451545.0]}"#,
        r#"{"planet":"mars","times_jd":{"a":[1]},"times_jd":[2451545.0]}"#,
        &format!(r#"{{"planet":{deep},"planet":"mars","times_jd":[2451545.0]}}"#),
    ] {
        let answer = post(body.to_owned()).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}");
        assert_eq!(answer.body, usual, "{body}");
    }
}

#[tokio::test]
async fn as_many_times_as_allowed_are_answered() {
    let times = vec!["2378496.5"; 100_000].join(",");
    let answer = post(request_with(&format!("[{times}]"))).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["z_au"].as_array().unwrap().len(), 100_000);
}

#[tokio::test]
async fn both_ends_of_the_range_are_answered() {
    assert_eq!(
        post(request_with("[2378496.5,2469807.5]")).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn what_is_not_json_is_invalid_as_a_whole() {
    let too_deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for body in [
        "",
        " ",
        "{",
        r#"{"planet":"mars","times_jd":[2451545.0]"#,
        r#"{"planet":"mars","times_jd":[2451545.0]}}"#,
        r#"{"planet":"mars","times_jd":[2451545.0]} {}"#,
        r#"{"planet":"mars","times_jd":[2451545.0],}"#,
        r#"{"planet":"mars","times_jd":[2451545.0,]}"#,
        r#"{"planet":"mars","times_jd":[02451545.0]}"#,
        r#"{"planet":"mars","times_jd":[2451545.]}"#,
        r#"{"planet":"mars","times_jd":[NaN]}"#,
        r#"{"planet":"mars","times_jd":[Infinity]}"#,
        r#"{"planet":"mars","times_jd":[-Infinity]}"#,
        r#"{"planet":NaN,"planet":"mars","times_jd":[2451545.0]}"#,
        r#"{"planet":"\ud800","times_jd":[2451545.0]}"#,
        r#"{"planet":"\ud800","planet":"mars","times_jd":[2451545.0]}"#,
        r#"{"planet":"mars","times_jd":[2451545.0],"\udc00":1}"#,
        r#"{"planet":"mars","times_jd":[2451545.0],"moon":["\udc00\ud800"]}"#,
        "{\"planet\":\"mars\n\",\"times_jd\":[2451545.0]}",
        "\u{feff}{\"planet\":\"mars\",\"times_jd\":[2451545.0]}",
        &request_with(&too_deep),
        &format!(r#"{{"planet":{too_deep},"planet":"mars","times_jd":[2451545.0]}}"#),
        &format!(r#"{{"planet":"mars","times_jd":[2451545.0],"moon":{too_deep}}}"#),
    ] {
        assert_invalid(body.to_owned(), "").await;
    }
}

#[tokio::test]
async fn other_encodings_than_utf_8_are_invalid_as_a_whole() {
    assert_invalid(
        &b"{\"planet\":\"m\xffrs\",\"times_jd\":[2451545.0]}"[..],
        "",
    )
    .await;
    let surrogate_in_utf_8 = b"{\"planet\":\"\xed\xa0\x80\",\"times_jd\":[2451545.0]}";
    assert_invalid(&surrogate_in_utf_8[..], "").await;
    let utf_16: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_invalid(utf_16, "").await;
    let utf_32: Vec<u8> = GOOD
        .chars()
        .flat_map(|char| u32::from(char).to_be_bytes())
        .collect();
    assert_invalid(utf_32, "").await;
}

#[tokio::test]
async fn a_top_level_that_is_no_object_is_invalid_as_a_whole() {
    for body in [
        "null",
        "true",
        "0",
        "1e999",
        r#""mars""#,
        "[]",
        r#"["mars",[2451545.0]]"#,
    ] {
        assert_invalid(body, "").await;
    }
}

#[tokio::test]
async fn a_missing_field_is_pointed_at() {
    assert_invalid(r#"{"times_jd":[2451545.0]}"#, "/planet").await;
    assert_invalid(r#"{"planet":"mars"}"#, "/times_jd").await;
}

#[tokio::test]
async fn an_unknown_field_is_pointed_at() {
    for (key, pointer) in [
        ("moon", "/moon"),
        ("Planet", "/Planet"),
        ("", "/"),
        ("a/b~c", "/a~1b~0c"),
        (r"\u00e9\ud83e\ude90", "/é\u{1fa90}"),
        (r"\u0000", "/\0"),
    ] {
        let body = format!(r#"{{"planet":"mars","times_jd":[2451545.0],"{key}":[1e999]}}"#);
        assert_invalid(body, pointer).await;
    }
}

#[tokio::test]
async fn a_faulty_planet_is_pointed_at() {
    let faulty = [
        r#""vulcan""#,
        r#""Mars""#,
        r#""mars ""#,
        r#""""#,
        "4",
        "null",
        "false",
        "{}",
    ];
    for planet in faulty
        .into_iter()
        .chain(["1e999", r#"["mars"]"#, r#""mars\u0000""#])
    {
        let body = format!(r#"{{"planet":{planet},"times_jd":[2451545.0]}}"#);
        assert_invalid(body, "/planet").await;
    }
}

#[tokio::test]
async fn a_faulty_array_of_times_is_pointed_at() {
    let too_long = format!("[{}]", vec!["2451545.0"; 100_001].join(","));
    let others = [
        "[]",
        "null",
        "true",
        "2451545.0",
        "1e999",
        r#""2451545.0""#,
        "{}",
        r#"{"0":1}"#,
    ];
    for times_jd in others.into_iter().chain([too_long.as_str()]) {
        assert_invalid(request_with(times_jd), "/times_jd").await;
    }
}

#[tokio::test]
async fn a_faulty_time_is_pointed_at() {
    let digits = "9".repeat(400);
    for time_jd in [
        r#""2451545.0""#,
        "true",
        "null",
        "[2451545.0]",
        "{}",
        "1e999",
        "-1e999",
        digits.as_str(),
        "1e99999999999999999999",
        "0e99999999999999999999",
        "1e-999",
        "0",
        "-0",
        "-0.0",
        "2378496.4999999995",
        "2469807.5000000005",
        "-2451545.0",
        "2451545000",
    ] {
        assert_invalid(request_with(&format!("[{time_jd}]")), "/times_jd/0").await;
        assert_invalid(
            request_with(&format!("[2451545.0, {time_jd}]")),
            "/times_jd/1",
        )
        .await;
    }
}

#[tokio::test]
async fn a_field_that_is_missing_or_of_another_type_is_pointed_at_in_every_equation() {
    for (name, body, _) in EQUATIONS {
        let good: Value = serde_json::from_str(body).unwrap();
        for field in good.as_object().unwrap().keys() {
            let pointer = format!("/{field}");
            let mut wrong = good.clone();
            wrong[field] = Value::Null;
            assert_invalid_for(name, wrong.to_string(), &pointer).await;
            wrong.as_object_mut().unwrap().remove(field);
            assert_invalid_for(name, wrong.to_string(), &pointer).await;
        }
    }
}

#[tokio::test]
async fn what_is_no_integer_literal_is_no_number_of_steps() {
    for steps in [
        "0", "-0", "-1", "10.0", "1e3", "1E1", "100001", "1e999", "true", "null", r#""10""#, "[10]",
    ] {
        let body = format!(r#"{{"state":[1.0,2.0,3.0],"dt":1e-5,"steps":{steps}}}"#);
        assert_invalid_for("lorenz", body, "/steps").await;
    }
}

#[tokio::test]
async fn limits_on_several_fields_are_pointed_at() {
    let lorenz = r#"{"state":[1.0,2.0,3.0],"dt":0.01,"steps":2001}"#;
    assert_invalid_for("lorenz", lorenz, "/steps").await;
    let heat = r#"{"temperature":[0.0,1.0,0.0],"diffusivity":1.0,"dx":0.01,"dt":1.0,"steps":1}"#;
    assert_invalid_for("heat", heat, "/dt").await;
    let options =
        r#"{"spot":[1.0,1.0],"strike":[1.0,1.0],"years":[1.0],"rate":0.0,"volatility":1.0}"#;
    assert_invalid_for("black_scholes", options, "/years").await;
}

#[tokio::test]
async fn every_codec_answers_with_the_same_bytes() {
    let deep = format!(r#"{{"planet":{},"times_jd":[2451545.0]}}"#, "[".repeat(101));
    for (name, body, _) in EQUATIONS.into_iter().chain([
        (
            "ephemeris",
            r#"{"pl\u0061net":"mars","times_jd":[2451545]}"#,
            &[][..],
        ),
        ("ephemeris", r#"{"planet":"mars","times_jd":[0]}"#, &[]),
        (
            "ephemeris",
            r#"{"planet":"mars","times_jd":[02451545.0]}"#,
            &[],
        ),
        ("ephemeris", &deep, &[]),
    ]) {
        let answers = Codec::ALL.map(|codec| {
            let config = Config {
                codec,
                ..plain(Mode::Contract, Backend::Rust)
            };
            solve(app(config), name, body.to_owned())
        });
        let [serde_json, lexical] = answers;
        let (serde_json, lexical) = (serde_json.await, lexical.await);
        assert_eq!(serde_json.status, lexical.status, "{body}");
        assert_eq!(serde_json.body, lexical.body, "{body}");
    }
}

#[tokio::test]
async fn a_long_computation_does_not_hold_up_its_neighbours() {
    assert_eq!(
        in_order_of_answers(LongWork::Moved).await,
        ["brief", "long"]
    );
}

#[tokio::test]
async fn a_long_computation_in_place_is_waited_for() {
    assert_eq!(
        in_order_of_answers(LongWork::Inline).await,
        ["long", "brief"]
    );
}

/// Of a long computation and a brief one begun after it, which is answered first.
async fn in_order_of_answers(long_work: LongWork) -> Vec<&'static str> {
    // On the one thread of a test, each is begun in this order.
    let app = app(Config {
        long_work,
        ..plain(Mode::Contract, Backend::Rust)
    });
    let answered = Mutex::new(Vec::new());
    let ask = async |name, body| {
        let answer = solve(app.clone(), "lorenz", body).await;
        assert_eq!(answer.status, StatusCode::OK);
        answered.lock().unwrap().push(name);
    };
    let long = r#"{"state":[1.0,2.0,3.0],"dt":1e-6,"steps":100000}"#;
    let brief = r#"{"state":[1.0,2.0,3.0],"dt":1e-6,"steps":1}"#;
    tokio::join!(ask("long", long), ask("brief", brief));
    answered.into_inner().unwrap()
}

#[tokio::test]
async fn of_a_key_given_twice_the_last_is_judged() {
    let body = r#"{"planet":"mars","planet":"vulcan","times_jd":[2451545.0]}"#;
    assert_invalid(body, "/planet").await;
    let body = r#"{"planet":"mars","times_jd":[2451545.0],"times_jd":[2451545.0,null]}"#;
    assert_invalid(body, "/times_jd/1").await;
}

#[tokio::test]
async fn an_unknown_path_is_not_found_whatever_else_is_wrong() {
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/kepler",
        "/v1/Ephemeris",
        "/v1/ephemeris/",
        "/v1/ephemeris%2F",
        "/v1%2Fephemeris",
        "/v1/ephemeris%00",
        "/v1/%00",
        "/v1/%65phemeris",
        "//v1/ephemeris",
        "/health/",
        "/openapi.json/",
        "/v1/equations/",
        "/docs",
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let answer = send(method, path).await;
            assert_problem(&answer, 404, "not-found", "Not found");
        }
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_one() {
    let all = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    let get_paths = ["/v1/equations", "/health", "/openapi.json"].map(|path| (path, "GET"));
    for (path, right) in get_paths.into_iter().chain([("/v1/ephemeris", "POST")]) {
        for wrong in all.into_iter().filter(|method| *method != right) {
            let answer = send(wrong, path).await;
            assert_problem(&answer, 405, "method-not-allowed", "Method not allowed");
            assert_eq!(answer.header(header::ALLOW), right, "{wrong} {path}");
        }
    }
}

#[tokio::test]
async fn head_is_a_wrong_method_whose_answer_has_no_body() {
    for (path, right) in [
        ("/health", "GET"),
        ("/v1/equations", "GET"),
        ("/v1/ephemeris", "POST"),
    ] {
        let answer = send("HEAD", path).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.header(header::ALLOW), right, "{path}");
        assert!(answer.body.is_empty(), "{path}");
    }
    assert_eq!(
        send("HEAD", "/v1/kepler").await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_query_is_ignored() {
    assert_eq!(get("/health?planet=mars").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    for body in [
        Body::from(vec![b' '; MAX_BODY_BYTES + 1]),
        chunked(MAX_BODY_BYTES + 1),
    ] {
        // Its media type is wrong too, but its length comes first.
        let answer = ask(
            contract(),
            Request::post("/v1/ephemeris").body(body).unwrap(),
        )
        .await;
        assert_problem(&answer, 413, "body-too-large", "Body too large");
        assert_eq!(answer.header(header::CONNECTION), "close");
    }
}

#[tokio::test]
async fn a_body_of_just_the_limit_is_read() {
    let mut body = GOOD.as_bytes().to_vec();
    body.resize(MAX_BODY_BYTES, b' ');
    assert_eq!(post(body).await.status, StatusCode::OK);
    assert_eq!(
        post(chunked(MAX_BODY_BYTES)).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_body_that_does_not_say_it_is_json_is_refused_before_it_is_judged() {
    for content_type in [
        None,
        Some(""),
        Some("text/plain"),
        Some("application/x-json"),
    ] {
        let request = Request::post("/v1/ephemeris");
        let request = match content_type {
            Some(content_type) => request.header(header::CONTENT_TYPE, content_type),
            None => request,
        };
        let answer = ask(contract(), request.body(Body::from("{")).unwrap()).await;
        assert_problem(
            &answer,
            415,
            "unsupported-media-type",
            "Unsupported media type",
        );
    }
}

#[tokio::test]
async fn a_body_of_a_json_media_type_is_taken() {
    for content_type in [
        "Application/JSON; charset=utf-8",
        "application/vnd.api+json",
    ] {
        let request = Request::post("/v1/ephemeris").header(header::CONTENT_TYPE, content_type);
        assert_eq!(
            ask(contract(), request.body(GOOD.into()).unwrap())
                .await
                .status,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn the_equations_are_listed_with_their_schemas() {
    let list = get("/v1/equations").await.json();
    let equations = list["equations"].as_array().unwrap();
    assert_eq!(equations.len(), EQUATIONS.len());
    for (listed, (name, request, outputs)) in equations.iter().zip(EQUATIONS) {
        assert_eq!(listed["name"], name);
        assert_eq!(listed["response"]["required"], json!(outputs));
        let request: Value = serde_json::from_str(request).unwrap();
        let fields: Vec<_> = request.as_object().unwrap().keys().collect();
        let described: Vec<_> = listed["request"]["properties"]
            .as_object()
            .unwrap()
            .keys()
            .collect();
        assert_eq!(described, fields);
    }
    let times_jd = &equations[0]["request"]["properties"]["times_jd"];
    assert_eq!(times_jd["maxItems"], 100_000);
    assert_eq!(times_jd["items"]["minimum"], 2_378_496.5);
}

#[tokio::test]
async fn health_tells_what_is_running() {
    let health = get("/health").await.json();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["stack"], "a-stack");
    assert_eq!(health["backend"], "rust");
    assert_eq!(health["build_hash"], stackgap_core::BUILD_HASH);
    assert_eq!(health["pid"], std::process::id());
    for part in ["axum", "rustc"] {
        let version = health["versions"][part].as_str().unwrap();
        assert!(version.split('.').count() == 3, "{part} {version}");
    }
    assert!(health["versions"].get("simd").is_none());
    assert!(health.get("injected").is_none());
}

#[tokio::test]
async fn health_tells_which_vector_instructions_are_used() {
    let health = health_of(plain(Mode::Contract, Backend::RustSimd)).await;
    assert_eq!(health["backend"], "rust_simd");
    assert_eq!(health["versions"]["simd"], simd::level().name());
}

#[tokio::test]
async fn health_tells_of_another_allocator_than_the_systems() {
    let config = plain(Mode::Contract, Backend::Rust);
    assert!(
        health_of(config.clone()).await["versions"]
            .get("mimalloc")
            .is_none()
    );
    let health = health_of(Config {
        allocator: Allocator::Mimalloc,
        ..config
    });
    assert!(health.await["versions"]["mimalloc"].is_string());
}

async fn health_of(config: Config) -> Value {
    let request = Request::get("/health").body(Body::empty()).unwrap();
    ask(app(config), request).await.json()
}

#[tokio::test]
async fn the_openapi_document_names_every_route_and_resolves() {
    let document = get("/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/health",
            "/openapi.json",
            "/v1/black_scholes",
            "/v1/ephemeris",
            "/v1/equations",
            "/v1/heat",
            "/v1/lorenz",
            "/v1/nbody",
        ]
    );
    let text = document.to_string();
    let references: Vec<_> = text.split(r##""$ref":"#"##).skip(1).collect();
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[tokio::test]
async fn the_quick_start_answers_good_requests_with_the_same_bytes() {
    for backend in Backend::ALL {
        for (name, body, _) in EQUATIONS {
            let answer = solve(app(plain(Mode::Quickstart, backend)), name, body).await;
            assert_eq!(answer.status, StatusCode::OK);
            let expected = solve(app(plain(Mode::Contract, backend)), name, body).await;
            assert_eq!(answer.body, expected.body);
        }
    }
}

#[tokio::test]
async fn the_quick_start_is_outside_the_contract() {
    let body = r#"{"planet":"mars","times_jd":[2451545.0],"moon":1}"#;
    assert_eq!(
        post_to(service(Mode::Quickstart, None), body).await.status,
        StatusCode::OK
    );
    let body = r#"{"planet":"vulcan","times_jd":[2451545.0]}"#;
    let answer = post_to(service(Mode::Quickstart, None), body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.is_empty());
}

#[tokio::test]
async fn the_quick_start_refuses_what_its_kernels_would_panic_at() {
    for (name, body) in [
        (
            "black_scholes",
            r#"{"spot":[1.0],"strike":[],"years":[1.0],"rate":0.0,"volatility":1.0}"#,
        ),
        (
            "nbody",
            r#"{"mass":[1.0],"x":[0.0],"y":[0.0],"z":[],"softening":1.0}"#,
        ),
        (
            "heat",
            r#"{"temperature":[0.0],"diffusivity":1.0,"dx":1.0,"dt":1.0,"steps":1}"#,
        ),
    ] {
        let answer = solve(service(Mode::Quickstart, None), name, body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
    }
}

#[tokio::test]
async fn what_is_injected_into_posts_is_counted() {
    let cpu = Duration::from_micros(60);
    for mode in [Mode::Contract, Mode::Quickstart] {
        let app = service(
            mode,
            Some(Injection {
                cpu,
                wait: Duration::ZERO,
            }),
        );
        for _ in 0..3 {
            assert_eq!(post_to(app.clone(), GOOD).await.status, StatusCode::OK);
        }
        let health = ask(app, Request::get("/health").body(Body::empty()).unwrap())
            .await
            .json();
        assert_eq!(health["injected"]["requests"], 3);
        assert!(health["injected"]["cpu_ns"].as_u64().unwrap() >= 180_000);
    }
}

#[tokio::test(start_paused = true)]
async fn an_injected_wait_is_awaited() {
    let wait = Duration::from_millis(5);
    let app = service(
        Mode::Contract,
        Some(Injection {
            cpu: Duration::ZERO,
            wait,
        }),
    );
    let start = tokio::time::Instant::now();
    assert_eq!(post_to(app, GOOD).await.status, StatusCode::OK);
    assert_eq!(start.elapsed(), wait);
}

fn taking_float64() -> Router {
    app(Config {
        float64: true,
        ..plain(Mode::Contract, Backend::Rust)
    })
}

fn little_endian(doubles: &[f64]) -> Vec<u8> {
    let bytes = doubles.iter().flat_map(|double| double.to_le_bytes());
    bytes.collect()
}

async fn solve_octets(app: Router, equation: &str, body: impl Into<Body>) -> Answer {
    let request = Request::post(format!("/v1/{equation}"));
    let request = request.header(header::CONTENT_TYPE, "application/octet-stream");
    ask(app, request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn raw_doubles_are_answered_with_the_doubles_of_the_json_answer() {
    let (state, dt) = ([1.0, 2.0, 3.0], 1e-4);
    // One that is computed in place, and one that is not.
    for steps in [10_u32, 100_000] {
        let json = json!({"state": state, "dt": dt, "steps": steps}).to_string();
        let expected = solve(taking_float64(), "lorenz", json).await.json();
        let expected: Vec<f64> = serde_json::from_value(expected["state"].clone()).unwrap();

        let [x, y, z] = state;
        let body = little_endian(&[dt, f64::from(steps), x, y, z]);
        let answer = solve_octets(taking_float64(), "lorenz", body).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(
            answer.header(header::CONTENT_TYPE),
            "application/octet-stream"
        );
        assert_eq!(answer.body, little_endian(&expected));
    }
}

#[tokio::test]
async fn a_fault_of_raw_doubles_is_told_in_json() {
    let mars = |time_jd| little_endian(&[3.0, 2_451_545.0, time_jd]);
    for (body, pointer) in [
        (mars(f64::NAN), "/times_jd/1"),
        (mars(0.0), "/times_jd/1"),
        (mars(2_451_545.0)[1..].to_vec(), ""),
        (Vec::new(), ""),
    ] {
        let answer = solve_octets(taking_float64(), "ephemeris", body).await;
        assert_problem(&answer, 422, "invalid-body", "Invalid body");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn raw_doubles_are_refused_where_they_are_not_asked_for() {
    let body = little_endian(&[3.0, 2_451_545.0]);
    let answer = solve_octets(contract(), "ephemeris", body).await;
    assert_problem(
        &answer,
        415,
        "unsupported-media-type",
        "Unsupported media type",
    );
}

#[tokio::test]
async fn raw_doubles_are_described_where_they_are_taken() {
    for (app, taken) in [(contract(), false), (taking_float64(), true)] {
        let request = Request::get("/openapi.json").body(Body::empty()).unwrap();
        let document = ask(app, request).await.json();
        let post = &document["paths"]["/v1/heat"]["post"];
        for body in ["/requestBody", "/responses/200"] {
            let content = &post.pointer(body).unwrap()["content"];
            assert!(content.get("application/json").is_some());
            assert_eq!(content.get("application/octet-stream").is_some(), taken);
        }
    }
}
