//! Tiny servers to put under load, and the generator as its users start it.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

pub const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// What a server does with its connection after an answer.
#[derive(PartialEq, Eq)]
pub enum Then {
    Keep,
    Close,
}

/// A request as the server saw it.
pub struct Seen {
    /// Counted over all connections, from 0.
    pub number: u64,
    pub head: String,
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    in_flight: AtomicU64,
    most_in_flight: AtomicU64,
    pipelined: AtomicU64,
}

/// A server on a free port, one thread a connection, that answers as the test says.
pub struct Server {
    pub address: SocketAddr,
    counts: Arc<Counts>,
}

impl Server {
    pub fn start<A>(answer: A) -> Self
    where
        A: Fn(&mut TcpStream, Seen) -> Then + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            counts: Arc::default(),
        };
        let (counts, answer) = (Arc::clone(&server.counts), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (counts, answer) = (Arc::clone(&counts), Arc::clone(&answer));
                thread::spawn(move || serve(stream.unwrap(), &counts, &*answer));
            }
        });
        server
    }

    /// A server that answers every request with `response`.
    pub fn answering(response: impl Into<Vec<u8>>) -> Self {
        let response = response.into();
        Self::start(move |stream, _| reply(stream, &response))
    }

    /// Whole requests that came.
    pub fn requests(&self) -> u64 {
        self.counts.requests.load(Ordering::SeqCst)
    }

    /// The most requests that were being answered at once.
    pub fn most_in_flight(&self) -> u64 {
        self.counts.most_in_flight.load(Ordering::SeqCst)
    }

    /// Requests that came before the one before them was answered.
    pub fn pipelined(&self) -> u64 {
        self.counts.pipelined.load(Ordering::SeqCst)
    }
}

pub fn reply(stream: &mut TcpStream, response: &[u8]) -> Then {
    // The generator may have given up by now.
    if stream.write_all(response).is_ok() {
        Then::Keep
    } else {
        Then::Close
    }
}

fn serve(stream: TcpStream, counts: &Counts, answer: &dyn Fn(&mut TcpStream, Seen) -> Then) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some((head, body)) = read_request(&mut reader) {
        let number = counts.requests.fetch_add(1, Ordering::SeqCst);
        let in_flight = counts.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        counts.most_in_flight.fetch_max(in_flight, Ordering::SeqCst);
        let surplus = u64::from(!reader.buffer().is_empty());
        counts.pipelined.fetch_add(surplus, Ordering::SeqCst);
        let then = answer(&mut writer, Seen { number, head, body });
        counts.in_flight.fetch_sub(1, Ordering::SeqCst);
        if then == Then::Close {
            return;
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "));
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// A short slice of load on `/`, to be changed field by field.
pub fn config(target: SocketAddr) -> Value {
    json!({
        "target": target.to_string(), "method": "GET", "path": "/", "rate_hz": 200.0,
        "lead_s": 0.1, "window_s": 0.4, "drain_s": 5.0, "connections": 4, "mode": "block",
        "sample_every": 1, "max_samples": 1000,
    })
}

/// The same with some fields changed.
pub fn config_with(target: SocketAddr, fields: &Value) -> Value {
    let mut config = config(target);
    config
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    config
}

pub fn generator() -> Command {
    Command::new(env!("CARGO_BIN_EXE_stackgap-load"))
}

/// Starts the generator; its result is still to come.
pub fn spawn(config: &Value) -> Child {
    let mut command = generator();
    let command = command.arg("run").stdin(Stdio::piped());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(config.to_string().as_bytes())
        .unwrap();
    child
}

/// Runs the generator to its end.
pub fn output(config: &Value) -> Output {
    spawn(config).wait_with_output().unwrap()
}

/// The result of a run that must succeed, and whose counts must add up.
pub fn result(config: &Value) -> Value {
    let output = output(config);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    parse(&output)
}

/// The result that was printed; its counts must add up.
pub fn parse(output: &Output) -> Value {
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    let failed: u64 = failures(&result).sum();
    assert_eq!(
        count(&result, "scheduled"),
        count(&result, "ok") + failed,
        "{result}"
    );
    result
}

pub fn count(result: &Value, field: &str) -> u64 {
    result[field]
        .as_u64()
        .unwrap_or_else(|| panic!("no count {field} in {result}"))
}

pub fn failures(result: &Value) -> impl Iterator<Item = u64> {
    result["failed"]
        .as_object()
        .unwrap()
        .values()
        .map(|count| count.as_u64().unwrap())
}

/// How many latencies are at least `latency_ns`.
pub fn at_least(result: &Value, latency_ns: u64) -> u64 {
    let histogram = result["latency_ns_histogram"].as_array().unwrap().iter();
    histogram
        .filter(|step| step[0].as_u64() >= Some(latency_ns))
        .map(|s| s[1].as_u64().unwrap())
        .sum()
}

/// Waits until that many requests have come.
pub fn await_requests(generator: &mut Child, server: &Server, requests: u64) {
    while server.requests() < requests {
        assert!(
            generator.try_wait().unwrap().is_none(),
            "the generator ended early"
        );
        thread::sleep(Duration::from_millis(5));
    }
}
