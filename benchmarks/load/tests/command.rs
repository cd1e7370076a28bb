//! The command line, and errors as the user meets them.

mod common;

use std::net::TcpListener;
use std::process::{Output, Stdio};

use common::{OK, Server, config, config_with, generator, output};
use serde_json::{Value, json};

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn execute(arguments: &[&str]) -> Output {
    generator()
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let output = output(&config(address));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output),
        format!("stackgap-load: connection refused by {address}\n")
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn a_faulty_configuration_is_refused_with_its_field() {
    let server = Server::answering(OK);
    let output = output(&config_with(server.address, &json!({"rate_hz": -1})));
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("rate_hz"), "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_process_that_is_not_there_cannot_be_watched() {
    let server = Server::answering(OK);
    let output = output(&config_with(
        server.address,
        &json!({"watch_pids": [i32::MAX]}),
    ));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("watch_pids: process 2147483647: "),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_core_that_is_not_there_cannot_be_run_on() {
    let server = Server::answering(OK);
    let output = output(&config_with(server.address, &json!({"cpu": 1000})));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("cannot run on core 1000"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn version_tells_the_build() {
    let version: Value = serde_json::from_slice(&execute(&["version"]).stdout).unwrap();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        version["build_hash"],
        option_env!("STACKGAP_BUILD_HASH").unwrap_or("unset")
    );
}

#[test]
fn canary_times_both_its_parts() {
    let timings: Value = serde_json::from_slice(&execute(&["canary"]).stdout).unwrap();
    assert!(timings["spin_ns"].as_u64() > Some(0));
    assert!(timings["chase_ns"].as_u64() > Some(0));
}

#[test]
fn canary_sings_on_the_core_it_is_told() {
    let output = execute(&["canary", "--cpu", "1000"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("cannot run on core 1000"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn help_names_every_field_of_the_configuration() {
    let help = String::from_utf8(execute(&["--help"]).stdout).unwrap();
    let config = config("127.0.0.1:1".parse().unwrap());
    for field in config.as_object().unwrap().keys() {
        assert!(help.contains(field), "{field}");
    }
}

#[test]
fn a_wrong_command_line_is_refused() {
    for arguments in [
        &["bogus"] as &[_],
        &[],
        &["run", "more"],
        &["canary", "--cpu", "x"],
    ] {
        let output = execute(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).starts_with("stackgap-load: "));
    }
}
