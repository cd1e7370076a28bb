//! The schedule, the window and the ways to an end.

mod common;

use std::process::{Child, Command};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use common::{
    OK, Server, Then, at_least, await_requests, config, config_with, count, parse, reply, result,
    spawn,
};
use serde_json::{Value, json};

/// A server that answers nothing at all for `stall_ms` once request `number` has come.
fn stalling(number: u64, stall_ms: u64) -> Server {
    let one_at_a_time = Mutex::new(());
    Server::start(move |stream, seen| {
        let _turn = one_at_a_time.lock().unwrap();
        if seen.number == number {
            thread::sleep(Duration::from_millis(stall_ms));
        }
        reply(stream, OK)
    })
}

#[test]
fn a_stall_delays_every_request_that_was_due_in_it() {
    let server = stalling(30, 200);
    let fields = json!({"rate_hz": 100.0, "window_s": 0.8, "connections": 4});
    let result = result(&config_with(server.address, &fields));
    assert_eq!(result["ok"], result["scheduled"]);
    // 20 requests were due in the stall, 10 of them in its first half. A generator that waits
    // for its 4 connections before it starts its clock sees no more than 4 of them.
    assert!(at_least(&result, 100_000_000) >= 9, "{result}");
    assert!(count(&result, "queued") >= 10);
}

#[test]
fn a_stall_is_not_the_generators_lateness() {
    let server = stalling(30, 200);
    let fields = json!({"rate_hz": 100.0, "window_s": 0.8, "connections": 1});
    let result = result(&config_with(server.address, &fields));
    assert!(count(&result, "latency_max_ns") >= 200_000_000);
    assert!(count(&result, "lateness_max_ns") < count(&result, "latency_max_ns") / 2);
}

#[test]
fn a_server_that_never_answers_is_given_up_after_the_drain() {
    let server = Server::start(|_, _| Then::Keep);
    let result = result(&config_with(server.address, &json!({"drain_s": 0.1})));
    let unsent = count(&result, "scheduled") - 4;
    assert_eq!(result["failed"], json!({"timeout": 4, "unsent": unsent}));
    assert_eq!((count(&result, "sent"), server.requests()), (4, 4));
}

#[test]
fn what_is_answered_in_the_drain_is_ok_but_not_of_the_window() {
    let server = stalling(0, 700);
    let result = result(&config_with(server.address, &json!({"rate_hz": 20.0})));
    assert_eq!(result["ok"], result["scheduled"]);
    assert_eq!(result["window_ok"], 0);
}

#[test]
fn a_burst_keeps_every_connection_busy_and_no_more() {
    let server = Server::start(|stream, _| {
        thread::sleep(Duration::from_millis(20));
        reply(stream, OK)
    });
    let fields = json!({"schedule": {"kind": "burst"}, "rate_hz": null, "connections": 6});
    let result = result(&config_with(server.address, &fields));
    assert_eq!(server.most_in_flight(), 6);
    assert_eq!(result["ok"], server.requests());
    assert!(count(&result, "ok") >= 6);
    assert_eq!(result["queued"], 0);
}

#[test]
fn spinning_and_blocking_send_the_same() {
    let server = Server::answering(OK);
    for mode in ["spin", "block"] {
        let result = result(&config_with(
            server.address,
            &json!({"mode": mode, "seed": 7}),
        ));
        assert_eq!(result["ok"], 100, "{mode}");
    }
}

#[test]
fn a_blocking_generator_sleeps() {
    let server = Server::answering(OK);
    let result = result(&config(server.address));
    assert!(count(&result, "generator_cpu_ns") < count(&result, "window_ns") / 10);
}

#[test]
fn a_signal_ends_the_run_with_what_it_has() {
    for signal in ["INT", "TERM"] {
        let server = Server::answering(OK);
        let mut generator = spawn(&config_with(server.address, &json!({"window_s": 600.0})));
        await_requests(&mut generator, &server, 30);
        kill(&generator, signal);
        let output = generator.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        let result: Value = parse(&output);
        assert_eq!(result["interrupted"], true);
        assert!(count(&result, "ok") >= 29);
        assert!(count(&result, "window_ns") < 600_000_000_000);
    }
}

#[test]
fn a_spinning_run_ends_at_a_signal_too() {
    let server = Server::start(|_, _| Then::Keep);
    let fields = json!({"window_s": 600.0, "mode": "spin"});
    let mut generator = spawn(&config_with(server.address, &fields));
    await_requests(&mut generator, &server, 4);
    kill(&generator, "INT");
    let result = parse(&generator.wait_with_output().unwrap());
    assert_eq!(count(&result["failed"], "interrupted"), 4);
}

fn kill(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-s", signal, &pid])
            .status()
            .unwrap()
            .success()
    );
}
