//! What only the running program shows: connections, signals, the command line.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

const BODY: &str = r#"{"planet":"mars","times_jd":[2451545.0]}"#;

struct Server {
    child: Child,
    address: SocketAddr,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> Self {
        Self::start_with(&[])
    }

    fn start_with(args: &[&str]) -> Self {
        let mut child = program(&["--port", "0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let address = address_in(&mut stdout);
        Self {
            child,
            address,
            stdout,
        }
    }

    fn next_address(&mut self) -> SocketAddr {
        address_in(&mut self.stdout)
    }

    fn connect(&self) -> Connection {
        Connection::to(self.address)
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn wait_until_it_stops_accepting(&self) {
        while TcpStream::connect(self.address).is_ok() {
            std::thread::yield_now();
        }
    }

    /// What it has said on standard error once it has ended.
    fn error_message(&mut self) -> String {
        let mut message = String::new();
        let mut stderr = self.child.stderr.take().unwrap();
        stderr.read_to_string(&mut message).unwrap();
        message
    }

    fn exit_code(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in the next line that says where a server listens.
fn address_in(stdout: &mut BufReader<ChildStdout>) -> SocketAddr {
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    line.trim_end().rsplit('/').next().unwrap().parse().unwrap()
}

struct Connection(BufReader<TcpStream>);

struct Answer {
    head: String,
    body: String,
}

impl Connection {
    fn to(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).unwrap()))
    }

    fn send(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    fn head(&mut self) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(
                self.0.read_line(&mut head).unwrap(),
                0,
                "closed after {head:?}"
            );
        }
        head
    }

    fn answer(&mut self) -> Answer {
        let head = self.head();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.unwrap().parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        Answer {
            head,
            body: String::from_utf8(body).unwrap(),
        }
    }

    fn is_closed(&mut self) -> bool {
        // A reset is as closed as an end of file.
        self.0.read(&mut [0]).unwrap_or(0) == 0
    }
}

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_axum_api"));
    command.args(args).stdin(Stdio::null());
    command
}

fn head(framing: &str) -> String {
    format!(
        "POST /v1/ephemeris HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{framing}\r\n\r\n"
    )
}

fn good_request() -> String {
    format!("{}{BODY}", head(&format!("Content-Length: {}", BODY.len())))
}

#[test]
fn a_kept_alive_connection_is_served_again_and_again() {
    let server = Server::start();
    let mut connection = server.connect();
    for _ in 0..2_000 {
        connection.send(&good_request());
        let answer = connection.answer();
        assert!(answer.head.starts_with("HTTP/1.1 200"), "{}", answer.head);
    }
}

#[test]
fn a_declared_40_mb_body_is_refused_before_any_of_it_is_sent() {
    let server = Server::start();
    let mut connection = server.connect();
    connection.send(&head("Content-Length: 40000000"));
    let answer = connection.answer();
    assert!(answer.head.starts_with("HTTP/1.1 413"), "{}", answer.head);
    assert!(answer.body.contains("/problems/body-too-large"));
    assert!(connection.is_closed());
}

#[test]
fn a_client_that_sends_40_mb_in_chunks_is_stopped_and_reads_the_refusal() {
    let server = Server::start();
    let mut connection = server.connect();
    connection.send(&head("Transfer-Encoding: chunked"));
    let chunk = format!("100000\r\n{}\r\n", " ".repeat(0x10_0000));
    let stream = connection.0.get_mut();
    let sent = (0..40)
        .take_while(|_| stream.write_all(chunk.as_bytes()).is_ok())
        .count();
    assert!(sent < 40, "all of it was read");
    assert!(connection.answer().head.starts_with("HTTP/1.1 413"));
    assert!(connection.is_closed());
}

#[test]
fn a_client_that_waits_for_it_is_told_to_continue() {
    let server = Server::start();
    let mut connection = server.connect();
    connection.send(&head(&format!(
        "Content-Length: {}\r\nExpect: 100-continue",
        BODY.len()
    )));
    assert!(connection.head().starts_with("HTTP/1.1 100"));
    connection.send(BODY);
    assert!(connection.answer().head.starts_with("HTTP/1.1 200"));
}

#[test]
fn what_is_not_http_is_answered_400_and_the_connection_closed() {
    let server = Server::start();
    for request in [
        "no request\r\n\r\n".to_owned(),
        head("Content-Length: 1\r\nContent-Length: 2") + "ab",
        head("Content-Length: one"),
        head("Transfer-Encoding: chunked") + "xyz\r\n",
    ] {
        let mut connection = server.connect();
        connection.send(&request);
        assert!(connection.head().starts_with("HTTP/1.1 400"), "{request}");
        let mut rest = Vec::new();
        connection.0.read_to_end(&mut rest).unwrap();
    }
}

#[test]
fn a_signal_lets_what_is_in_flight_be_answered() {
    for signal in [Signal::TERM, Signal::INT] {
        let server = Server::start();
        let mut idle = server.connect();
        idle.send(&good_request());
        idle.answer();
        let mut busy = server.connect();
        let (first, rest) = BODY.split_at(10);
        // Its answer to `Expect` proves that the request has begun to be handled.
        busy.send(&head(&format!(
            "Content-Length: {}\r\nExpect: 100-continue",
            BODY.len()
        )));
        busy.head();
        busy.send(first);
        server.signal(signal);
        server.wait_until_it_stops_accepting();
        busy.send(rest);
        let answer = busy.answer();
        assert!(answer.head.starts_with("HTTP/1.1 200"), "{}", answer.head);
        assert!(busy.is_closed() && idle.is_closed());
        assert_eq!(server.exit_code(), Some(0));
    }
}

#[test]
fn a_signal_lets_what_is_being_computed_be_answered() {
    let server = Server::start();
    let mut busy = server.connect();
    let mass = vec!["1"; 2_000].join(",");
    let body =
        format!(r#"{{"mass":[{mass}],"x":[{mass}],"y":[{mass}],"z":[{mass}],"softening":1}}"#);
    let head = head(&format!("Content-Length: {}", body.len())).replace("ephemeris", "nbody");
    busy.send(&(head + &body));
    // Answered by a worker that the computation does not hold.
    let mut other = server.connect();
    other.send(&good_request());
    other.answer();
    server.signal(Signal::TERM);
    let answer = busy.answer();
    assert!(answer.head.starts_with("HTTP/1.1 200"), "{}", answer.head);
    assert_eq!(server.exit_code(), Some(0));
}

#[test]
fn the_codec_is_chosen_by_its_name() {
    let server = Server::start_with(&["--codec", "lexical", "--long-work", "inline"]);
    let mut connection = server.connect();
    connection.send(&good_request());
    assert!(connection.answer().head.starts_with("HTTP/1.1 200"));
    let unknown = program(&["--port", "0", "--codec", "simd"]).output();
    let message = String::from_utf8(unknown.unwrap().stderr).unwrap();
    assert!(
        message.contains("[possible values: serde_json, lexical]"),
        "{message}"
    );
}

#[test]
fn the_program_with_another_allocator_serves_alike_and_tells_of_it() {
    let health = |program: &str| {
        let mut child = Command::new(program)
            .args(["--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let address = address_in(&mut BufReader::new(child.stdout.take().unwrap()));
        let mut connection = Connection::to(address);
        connection.send(&good_request());
        let answer = connection.answer().body;
        connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        let health = connection.answer().body;
        child.kill().unwrap();
        child.wait().unwrap();
        (answer, health.contains(r#""mimalloc":"#))
    };
    let (plain, is_mimalloc) = health(env!("CARGO_BIN_EXE_axum_api"));
    assert!(!is_mimalloc);
    let other = health(env!("CARGO_BIN_EXE_axum_api_mimalloc"));
    assert_eq!(other, (plain, true));
}

#[test]
fn the_backend_is_chosen_by_its_name() {
    let server = Server::start_with(&["--backend", "rust_simd"]);
    let mut connection = server.connect();
    connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
    let health = connection.answer().body;
    assert!(health.contains(r#""backend":"rust_simd""#), "{health}");

    let unknown = program(&["--port", "0", "--backend", "fortran"]).output();
    let unknown = unknown.unwrap();
    assert_eq!(unknown.status.code(), Some(2));
    let message = String::from_utf8(unknown.stderr).unwrap();
    assert!(
        message.contains("[possible values: rust, rust_simd]"),
        "{message}"
    );
}

#[test]
fn a_server_that_had_to_cut_a_request_off_says_so_and_fails() {
    let mut server = Server::start();
    let mut busy = server.connect();
    busy.send(&head("Content-Length: 1\r\nExpect: 100-continue"));
    busy.head();
    server.signal(Signal::TERM);
    assert!(busy.is_closed());
    assert_eq!(
        server.error_message(),
        "axum_api: cut off what was still in flight after 10s\n"
    );
    assert_eq!(server.exit_code(), Some(1));
}

#[test]
fn a_port_that_is_taken_is_said_to_be() {
    let server = Server::start();
    let port = server.address.port().to_string();
    let output = program(&["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains(&format!("cannot listen on 127.0.0.1:{port}")),
        "{message}"
    );
}

#[test]
fn help_and_version_are_told() {
    let help = program(&["--help"]).output().unwrap();
    assert!(help.status.success());
    assert!(
        String::from_utf8(help.stdout)
            .unwrap()
            .contains("--inject-cpu-us")
    );
    let version = program(&["--version"]).output().unwrap();
    let expected = format!(
        "axum_api {} ({})\n",
        env!("CARGO_PKG_VERSION"),
        stackgap_core::BUILD_HASH
    );
    assert_eq!(String::from_utf8(version.stdout).unwrap(), expected);
}

/// A front, and another of these servers behind it.
struct Front {
    server: Server,
    upstream_pid: Pid,
}

impl Front {
    fn start() -> Self {
        let program = env!("CARGO_BIN_EXE_axum_api");
        // Both print to one pipe, the server behind first.
        let mut server = Server::start_with(&["--", program, "--port", "{port}"]);
        let upstream = server.address;
        server.address = server.next_address();
        let mut connection = Connection::to(upstream);
        connection.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        let health: serde_json::Value = serde_json::from_str(&connection.answer().body).unwrap();
        let pid = health["pid"].as_i64().unwrap();
        Self {
            server,
            upstream_pid: Pid::from_raw(pid.try_into().unwrap()).unwrap(),
        }
    }

    fn upstream_is_gone(&self) -> bool {
        test_kill_process(self.upstream_pid).is_err()
    }
}

#[test]
fn a_front_answers_with_its_own_equations_and_the_other_servers_pages() {
    let front = Front::start();
    let mut connection = front.server.connect();
    for _ in 0..20 {
        connection.send(&good_request());
        assert!(connection.answer().head.starts_with("HTTP/1.1 200"));
        connection.send("GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n");
        let page = connection.answer();
        assert!(page.head.starts_with("HTTP/1.1 200"), "{}", page.head);
        assert!(page.body.contains("/v1/ephemeris"));
    }
    // Killed, it would leave the other one behind.
    drop(connection);
    front.server.signal(Signal::TERM);
    assert_eq!(front.server.exit_code(), Some(0));
}

#[test]
fn a_signal_ends_a_front_and_the_server_behind_it() {
    for signal in [Signal::TERM, Signal::INT] {
        let front = Front::start();
        front.server.signal(signal);
        let pid = front.upstream_pid;
        assert_eq!(front.server.exit_code(), Some(0));
        assert!(test_kill_process(pid).is_err());
    }
}

#[test]
fn a_front_whose_other_server_dies_says_so_and_ends() {
    let mut front = Front::start();
    kill_process(front.upstream_pid, Signal::KILL).unwrap();
    let message = front.server.error_message();
    assert!(
        message.starts_with("axum_api: the server behind ended by itself: signal: 9"),
        "{message}"
    );
    assert!(front.upstream_is_gone());
    assert_eq!(front.server.exit_code(), Some(1));
}

#[test]
fn a_front_that_cannot_start_the_other_server_says_why() {
    for (command, reason) in [
        (&["/no/such/program"][..], "/no/such/program: No such file"),
        (
            &["false"],
            "the server behind ended by itself: exit status: 1",
        ),
    ] {
        let output = program(&["--port", "0", "--"])
            .args(command)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn the_quick_start_is_no_front() {
    let output = program(&["--port", "0", "--mode", "quickstart", "--", "true"]).output();
    assert_eq!(output.unwrap().status.code(), Some(2));
}
