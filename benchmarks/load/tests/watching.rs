//! The CPU clocks of the processes under load.
#![cfg(target_os = "linux")]

mod common;

use std::process::{Child, Command};

use common::{OK, Server, await_requests, config_with, count, parse, result, spawn};
use serde_json::json;

#[test]
fn the_clocks_of_watched_processes_are_read_over_the_window() {
    let server = Server::answering(OK);
    let mut busy = Busy::start("while :; do :; done");
    let result = result(&config_with(
        server.address,
        // Long enough for a starved or paused core to get around to the shell.
        &json!({"watch_pids": [busy.pid()], "window_s": 1.0}),
    ));
    busy.end();
    let watch = &result["watch"][0];
    assert_eq!(watch["pid"], busy.pid());
    assert!(count(watch, "cpu_ns") > 0);
    // Reading two clocks is not one instant; a shell has one thread.
    assert!(count(watch, "cpu_ns") < 2 * count(&result, "window_ns"));
    assert!(count(&result, "window_ns") > 900_000_000);
}

#[test]
fn the_clocks_are_read_between_pieces_too() {
    let server = Server::answering(OK);
    let mut busy = Busy::start("while :; do :; done");
    let pids = [busy.pid()];
    let fields =
        json!({"watch_pids": pids, "piece_requests": 15, "rate_hz": 200.0, "window_s": 1.0});
    let result = result(&config_with(server.address, &fields));
    busy.end();
    let watch = &result["watch"][0];
    let pieces = watch["cpu_ns_by_piece"].as_array().unwrap();
    let pieces_ns: Vec<_> = pieces.iter().map(|own| own.as_u64().unwrap()).collect();
    // 200 requests are 13 pieces and the rest of one, which ends with none.
    assert_eq!(pieces_ns.len(), 13);
    assert!(pieces_ns.iter().all(|&cpu_ns| cpu_ns < 1_000_000_000));
    assert!(pieces_ns.iter().sum::<u64>() <= count(watch, "cpu_ns"));
}

#[test]
fn a_watched_process_that_dies_is_reported_lost() {
    let server = Server::answering(OK);
    let mut busy = Busy::start("exec sleep 60");
    let mut generator = spawn(&config_with(
        server.address,
        &json!({"watch_pids": [busy.pid()]}),
    ));
    await_requests(&mut generator, &server, 1);
    busy.end();
    let result = parse(&generator.wait_with_output().unwrap());
    assert_eq!(result["watch_lost"], json!([busy.pid()]));
    assert_eq!(result["watch"], json!([]));
}

/// A process to watch, ended with the test.
struct Busy(Child);

impl Busy {
    fn start(script: &str) -> Self {
        Self(Command::new("sh").args(["-c", script]).spawn().unwrap())
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }

    fn end(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
