//! What servers may answer, and what becomes of it in the result.

mod common;

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use common::{OK, Server, Then, config, config_with, count, reply, result};
use serde_json::json;
use socket2::SockRef;

/// 200 requests a second for 0.5 s.
const REQUESTS: u64 = 100;

#[test]
fn every_request_is_sent_once_and_answered() {
    let server = Server::answering(OK);
    let result = result(&config(server.address));
    assert!(count(&result, "scheduled").abs_diff(REQUESTS) <= 1);
    assert_eq!(result["ok"], result["scheduled"]);
    assert_eq!(result["sent"], server.requests());
    assert_eq!(result["failed"], json!({}));
    assert_eq!(result["status_counts"]["200"], result["ok"]);
    assert_eq!((server.pipelined(), &result["reconnects"]), (0, &json!(0)));
}

#[test]
fn only_what_is_due_in_the_window_has_a_latency_and_a_sample() {
    let server = Server::answering(OK);
    let result = result(&config(server.address));
    assert!(common::at_least(&result, 0).abs_diff(80) <= 1);
    assert!(result["samples"].as_array().unwrap().len().abs_diff(80) <= 1);
}

#[test]
fn bodies_are_sent_in_turn_and_samples_say_which() {
    let server = Server::start(|stream, seen| {
        assert!(seen.head.starts_with("POST /v1/echo HTTP/1.1\r\n"));
        assert!(seen.head.contains("\r\nContent-Type: text/plain\r\n"));
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            seen.body.len()
        );
        reply(stream, &[head.as_bytes(), &seen.body].concat())
    });
    let folder = std::env::temp_dir().join(format!("stackgap-load-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let large = "x".repeat(3_000_000);
    let bodies = ["first", "second", &large];
    let files: Vec<_> = (0..bodies.len())
        .map(|index| folder.join(index.to_string()))
        .collect();
    files
        .iter()
        .zip(bodies)
        .for_each(|(file, body)| fs::write(file, body).unwrap());
    let fields = json!({
        "method": "POST", "path": "/v1/echo", "content_type": "text/plain", "bodies": files,
        "rate_hz": 30.0,
    });
    let result = result(&config_with(server.address, &fields));
    fs::remove_dir_all(folder).unwrap();
    let samples = result["samples"].as_array().unwrap();
    assert_eq!(result["ok"], result["scheduled"]);
    for (index, body) in bodies.iter().enumerate() {
        let of_body = |sample: &&serde_json::Value| sample["body_index"] == index;
        let echoed: Vec<_> = samples.iter().filter(of_body).collect();
        assert!(!echoed.is_empty());
        assert!(echoed.iter().all(|sample| sample["body"] == *body));
    }
}

#[test]
fn chunked_answers_are_put_together() {
    let server = Server::start(|stream, _| {
        for piece in [
            "HTTP/1.1 200 OK\r\nTransfer-Enc",
            "oding: chunked\r\n\r\n3\r\nwho",
            "\r\n2\r",
        ] {
            stream.write_all(piece.as_bytes()).unwrap();
            thread::yield_now();
        }
        reply(stream, b"\nle\r\n0\r\n\r\n")
    });
    let result = result(&config(server.address));
    assert_eq!(result["ok"], result["scheduled"]);
    assert_eq!(result["samples"][0]["body"], "whole");
}

#[test]
fn server_errors_are_failures_by_their_status() {
    let server = Server::start(|stream, seen| match seen.number % 2 {
        0 => reply(stream, OK),
        _ => reply(
            stream,
            b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        ),
    });
    let result = result(&config(server.address));
    let half = REQUESTS / 2;
    assert!(count(&result["failed"], "status_500").abs_diff(half) <= 1);
    assert!(count(&result, "ok").abs_diff(half) <= 1);
    assert_eq!(
        result["failed"]["status_500"],
        result["status_counts"]["500"]
    );
    assert!(count(&result, "window_ok") <= half);
}

#[test]
fn a_server_that_closes_after_each_answer_is_connected_to_again() {
    let server = Server::start(|stream, _| {
        reply(
            stream,
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        );
        Then::Close
    });
    let result = result(&config(server.address));
    assert_eq!(result["ok"], result["scheduled"]);
    assert_eq!(result["reconnects"], result["ok"]);
}

#[test]
fn an_answer_may_end_with_its_connection() {
    let server = Server::start(|stream, _| {
        reply(stream, b"HTTP/1.0 200 OK\r\n\r\nto the end");
        Then::Close
    });
    let result = result(&config(server.address));
    assert_eq!(result["ok"], result["scheduled"]);
    assert_eq!(result["samples"][0]["body"], "to the end");
}

#[test]
fn connections_dropped_while_idle_lose_no_request() {
    let server = Server::start(|stream, _| {
        reply(stream, OK);
        Then::Close
    });
    let result = result(&config_with(server.address, &json!({"rate_hz": 20.0})));
    assert_eq!(result["ok"], result["scheduled"]);
    assert!(count(&result, "reconnects") > 0);
}

#[test]
fn a_reset_fails_its_own_request_only() {
    let server = Server::start(|stream, seen| {
        if seen.number % 10 != 3 {
            return reply(stream, OK);
        }
        SockRef::from(&*stream)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
        Then::Close
    });
    let result = result(&config(server.address));
    assert_eq!(result["failed"], json!({"reset": REQUESTS / 10}));
}

#[test]
fn an_answer_cut_short_is_truncated_and_not_ok() {
    let server = Server::start(|stream, _| {
        reply(stream, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
        Then::Close
    });
    let result = result(&config(server.address));
    assert_eq!(result["failed"], json!({"truncated": result["scheduled"]}));
    assert_eq!(
        (&result["ok"], &result["window_ok"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(result["latency_p50_ns"], json!(null));
}

#[test]
fn what_is_not_http_is_a_bad_response() {
    let server = Server::answering("220 smtp ready\r\n\r\n");
    let result = result(&config(server.address));
    assert_eq!(
        result["failed"],
        json!({"bad_response": result["scheduled"]})
    );
}

#[test]
fn a_server_that_goes_away_refuses_what_is_still_to_come() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let config = config_with(listener.local_addr().unwrap(), &json!({"connections": 1}));
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        drop(listener);
        reply(&mut stream, OK);
        reply(
            &mut stream,
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        );
    });
    let result = result(&config);
    server.join().unwrap();
    assert!(
        count(&result["failed"], "refused") > REQUESTS / 2,
        "{result}"
    );
    assert!(count(&result, "sent") < REQUESTS / 2);
}
