//! What one run is told: the JSON object on standard input.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

/// One slice of load. Unknown fields are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the server listens: an address and a port, no name to look up.
    pub target: SocketAddr,
    pub method: Method,
    pub path: String,
    /// Sent with every body.
    pub content_type: Option<String>,
    /// Files whose contents the requests cycle over; needed for `POST`, none for `GET`.
    #[serde(default)]
    pub bodies: Vec<PathBuf>,
    #[serde(default)]
    pub schedule: ScheduleKind,
    /// Requests a second of a constant schedule; a burst has no rate.
    pub rate_hz: Option<f64>,
    /// Load before the window, not measured.
    pub lead_s: f64,
    pub window_s: f64,
    /// Longest wait after the window for what is still due or unanswered.
    pub drain_s: f64,
    /// Kept-alive connections, opened before the schedule begins.
    pub connections: usize,
    /// Core to run on; anywhere if null.
    pub cpu: Option<usize>,
    pub mode: Mode,
    /// Processes whose CPU clocks are read at both ends of the window.
    #[serde(default)]
    pub watch_pids: Vec<i32>,
    /// How many requests of the window are a piece, whose CPU is told by itself; 0 for no pieces.
    #[serde(default)]
    pub piece_requests: u64,
    /// Every how many-th request's body is returned, if it falls into the window.
    #[serde(default = "one")]
    pub sample_every: u64,
    #[serde(default)]
    pub max_samples: usize,
    /// Draws the schedule's phase and the body it begins with.
    #[serde(default)]
    pub seed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
}

/// When requests are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum ScheduleKind {
    /// At `rate_hz`, whatever the server does (open loop).
    #[default]
    Constant,
    /// On every connection as soon as it has its answer (closed loop).
    Burst,
}

/// How the generator passes the time between two sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Never sleeps.
    Spin,
    /// Sleeps until the next event.
    Block,
}

fn one() -> u64 {
    1
}

const MAX_RATE_HZ: f64 = 1e6;
const MAX_SECONDS: f64 = 3600.0;
const MAX_CONNECTIONS: usize = 1024;

impl Config {
    /// Reads and checks a configuration; the error names the field at fault.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let mut json = serde_json::Deserializer::from_str(text);
        // Of a wrong type serde_json itself tells the line and column only, not the field.
        let config: Self =
            serde_path_to_error::deserialize(&mut json).map_err(|error| {
                match error.path().to_string().as_str() {
                    "." => error.inner().to_string(),
                    path => format!("{path}: {}", error.inner()),
                }
            })?;
        json.end().map_err(|error| error.to_string())?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if self.schedule == ScheduleKind::Constant {
            let rate_hz = self
                .rate_hz
                .ok_or("rate_hz: a constant schedule needs one")?;
            if !(rate_hz > 0.0 && rate_hz <= MAX_RATE_HZ) {
                return Err(format!(
                    "rate_hz: must be in (0, {MAX_RATE_HZ}], not {rate_hz}"
                ));
            }
        }
        check_seconds("lead_s", self.lead_s)?;
        check_seconds("window_s", self.window_s)?;
        check_seconds("drain_s", self.drain_s)?;
        if self.window_s == 0.0 {
            return Err("window_s: must be above 0".into());
        }
        if !(1..=MAX_CONNECTIONS).contains(&self.connections) {
            let given = self.connections;
            return Err(format!(
                "connections: must be in [1, {MAX_CONNECTIONS}], not {given}"
            ));
        }
        if self.sample_every == 0 {
            return Err("sample_every: must be above 0".into());
        }
        if let Some(pid) = self.watch_pids.iter().find(|&&pid| pid <= 0) {
            return Err(format!("watch_pids: {pid} is no process id"));
        }
        self.check_request()
    }

    fn check_request(&self) -> Result<(), String> {
        if !self.path.starts_with('/') || !self.path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "path: {:?} is no absolute path in ASCII",
                self.path
            ));
        }
        let printable = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
        if self
            .content_type
            .as_ref()
            .is_some_and(|value| !value.bytes().all(printable))
        {
            return Err("content_type: not printable ASCII".into());
        }
        match (self.method, self.bodies.is_empty()) {
            (Method::Post, true) => Err("bodies: POST needs at least one".into()),
            (Method::Get, false) => Err("bodies: GET takes none".into()),
            _ => Ok(()),
        }
    }

    /// The requests to cycle over, as bytes on the wire; the error names the file at fault.
    pub fn requests(&self) -> Result<Vec<Vec<u8>>, String> {
        if self.method == Method::Get {
            return Ok(vec![self.head("GET", "").into_bytes()]);
        }
        self.bodies
            .iter()
            .enumerate()
            .map(|(index, path)| self.post(index, path))
            .collect()
    }

    fn post(&self, index: usize, path: &PathBuf) -> Result<Vec<u8>, String> {
        let body = fs::read(path)
            .map_err(|error| format!("bodies[{index}]: {}: {error}", path.display()))?;
        let content_type = self.content_type.as_ref();
        let content_type = content_type.map(|value| format!("Content-Type: {value}\r\n"));
        let length = format!("Content-Length: {}\r\n", body.len());
        let head = self.head("POST", &(content_type.unwrap_or_default() + &length));
        Ok([head.into_bytes(), body].concat())
    }

    fn head(&self, method: &str, fields: &str) -> String {
        format!(
            "{method} {} HTTP/1.1\r\nHost: {}\r\n{fields}\r\n",
            self.path, self.target
        )
    }
}

fn check_seconds(field: &str, seconds: f64) -> Result<(), String> {
    if (0.0..=MAX_SECONDS).contains(&seconds) {
        return Ok(());
    }
    Err(format!(
        "{field}: must be in [0, {MAX_SECONDS}], not {seconds}"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn health() -> Value {
        json!({
            "target": "127.0.0.1:8000", "method": "GET", "path": "/health", "rate_hz": 100.0,
            "lead_s": 0, "window_s": 0.25, "drain_s": 1, "connections": 8, "mode": "spin",
        })
    }

    fn error_with(field: &str, value: Value) -> String {
        let mut config = health();
        config[field] = value;
        Config::from_json(&config.to_string()).unwrap_err()
    }

    #[test]
    fn what_is_left_out_has_a_plain_default() {
        let config = Config::from_json(&health().to_string()).unwrap();
        assert_eq!(config.schedule, ScheduleKind::Constant);
        assert_eq!(
            (config.cpu, config.max_samples, config.sample_every),
            (None, 0, 1)
        );
    }

    #[test]
    fn every_fault_names_its_field() {
        for (field, value) in [
            ("target", json!("localhost")),
            ("method", json!("PUT")),
            ("path", json!("health")),
            ("path", json!("/a b")),
            ("content_type", json!("a\r\nb: c")),
            ("bodies", json!(["a.json"])),
            ("schedule", json!({"kind": "poisson"})),
            ("rate_hz", json!(0)),
            ("rate_hz", json!(null)),
            ("rate_hz", json!("fast")),
            ("lead_s", json!(-1)),
            ("window_s", json!(0)),
            ("drain_s", json!(1e9)),
            ("connections", json!(0)),
            ("connections", json!(2000)),
            ("cpu", json!(-1)),
            ("mode", json!("nap")),
            ("watch_pids", json!([0])),
            ("sample_every", json!(0)),
            ("surprise", json!(1)),
        ] {
            let error = error_with(field, value.clone());
            assert!(error.contains(field), "{field} = {value}: {error}");
        }
    }

    #[test]
    fn a_missing_field_is_named() {
        let mut config = health();
        config.as_object_mut().unwrap().remove("target");
        let error = Config::from_json(&config.to_string()).unwrap_err();
        assert!(error.contains("`target`"), "{error}");
    }

    #[test]
    fn text_after_the_object_is_refused() {
        assert!(Config::from_json(&(health().to_string() + "{}")).is_err());
    }

    #[test]
    fn a_burst_needs_no_rate() {
        let mut config = health();
        config["schedule"] = json!({"kind": "burst"});
        config["rate_hz"] = json!(null);
        assert!(Config::from_json(&config.to_string()).is_ok());
    }

    #[test]
    fn a_body_that_cannot_be_read_is_named() {
        let mut config = health();
        config["method"] = json!("POST");
        config["bodies"] = json!(["/nowhere/body.json"]);
        let error = Config::from_json(&config.to_string())
            .unwrap()
            .requests()
            .unwrap_err();
        assert!(
            error.starts_with("bodies[0]: /nowhere/body.json: "),
            "{error}"
        );
    }

    #[test]
    fn a_get_is_sent_without_a_body() {
        let config = Config::from_json(&health().to_string()).unwrap();
        let wire = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n";
        assert_eq!(config.requests().unwrap(), [wire]);
    }
}
