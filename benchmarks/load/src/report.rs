//! What is counted during a run, and the JSON object that tells it.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine};
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::connection::Failure;

const SIGNIFICANT_DIGITS: u8 = 3;

/// The result of a run. `scheduled` is counted by itself, and must be `ok` plus all of `failed`.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Requests whose time came, in lead and window.
    pub scheduled: u64,
    /// Requests of which at least a byte was handed to the kernel.
    pub sent: u64,
    /// Requests answered with a whole response of status 200.
    pub ok: u64,
    pub failed: BTreeMap<Failure, u64>,
    /// Requests that had to wait for a connection to become free.
    pub queued: u64,
    /// Connections opened after the schedule began.
    pub reconnects: u64,
    /// OK responses between the two reads of the clocks.
    pub window_ok: u64,
    /// Time between the two reads of the clocks; 0 if interrupted before the window.
    pub window_ns: u64,
    /// CPU time of the watched processes between the two reads.
    pub watch: Vec<WatchReport>,
    /// Watched processes that ended before the second read.
    pub watch_lost: Vec<i32>,
    /// CPU time of the generator between the two reads.
    pub generator_cpu_ns: u64,
    /// Pairs of value and count, of OK requests due in the window; time since they were due.
    pub latency_ns_histogram: Vec<(u64, u64)>,
    /// Quantiles of the same; null if there were none.
    pub latency_p50_ns: Option<u64>,
    pub latency_p90_ns: Option<u64>,
    pub latency_p99_ns: Option<u64>,
    pub latency_max_ns: Option<u64>,
    /// The generator's own delay in starting the window's requests; 0 if none was started.
    pub lateness_p99_ns: u64,
    pub lateness_max_ns: u64,
    pub status_counts: BTreeMap<u16, u64>,
    pub samples: Vec<Sample>,
    /// Whether a signal ended the run early.
    pub interrupted: bool,
}

#[derive(Debug, Serialize)]
pub struct WatchReport {
    pub pid: i32,
    pub cpu_ns: u64,
    /// From the send of a piece's first request to that of the next piece's; the window's last
    /// requests, which no other piece follows, are in none.
    pub cpu_ns_by_piece: Vec<u64>,
}

/// The body of a response, and which request body it answers.
#[derive(Debug, Serialize)]
pub struct Sample {
    pub body_index: usize,
    #[serde(flatten)]
    pub body: Body,
}

/// A body such that JSON loses nothing of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub enum Body {
    #[serde(rename = "body")]
    Text(String),
    /// What is not UTF-8, in Base64.
    #[serde(rename = "body_base64")]
    Bytes(String),
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes(BASE64_STANDARD.encode(bytes)),
        }
    }
}

/// Times, to three significant digits.
#[derive(Debug)]
pub struct Times(Histogram<u64>);

impl Times {
    /// Holds times up to `longest_ns`; longer ones count as that.
    pub fn up_to(longest_ns: u64) -> Self {
        let histogram = Histogram::new_with_max(longest_ns.max(2), SIGNIFICANT_DIGITS);
        Self(histogram.expect("three digits and a bound of at least 2 are valid"))
    }

    pub fn record(&mut self, time_ns: u64) {
        self.0.saturating_record(time_ns);
    }

    /// Values and counts, as the histogram holds them.
    pub fn counts(&self) -> Vec<(u64, u64)> {
        let step = |value: hdrhistogram::iterators::IterationValue<u64>| {
            (value.value_iterated_to(), value.count_at_value())
        };
        self.0.iter_recorded().map(step).collect()
    }

    /// The time that a share `quantile` of all times does not exceed; None if there are none.
    pub fn quantile_ns(&self, quantile: f64) -> Option<u64> {
        (!self.0.is_empty()).then(|| self.0.value_at_quantile(quantile))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(values: impl IntoIterator<Item = u64>) -> Times {
        let mut times = Times::up_to(1_000_000_000);
        values.into_iter().for_each(|value| times.record(value));
        times
    }

    #[test]
    fn counts_hold_every_time_to_three_digits() {
        let counts = times([1_000, 1_000, 123_456_789]).counts();
        assert_eq!(counts[0], (1_000, 2));
        assert_eq!(counts[1].1, 1);
        assert!(counts[1].0.abs_diff(123_456_789) <= 123_456);
    }

    #[test]
    fn quantiles_are_those_of_the_times() {
        let times = times(1..=1000);
        assert_eq!(times.quantile_ns(0.5), Some(500));
        assert_eq!(times.quantile_ns(0.99), Some(990));
        assert_eq!(times.quantile_ns(1.0), Some(1000));
    }

    #[test]
    fn no_times_have_no_quantile() {
        assert_eq!(times([]).quantile_ns(0.5), None);
    }

    #[test]
    fn a_body_is_told_as_text_or_else_in_base64() {
        let told = |bytes: &[u8]| {
            let sample = Sample {
                body_index: 3,
                body: bytes.into(),
            };
            serde_json::to_string(&sample).unwrap()
        };
        assert_eq!(
            told("é\0".as_bytes()),
            r#"{"body_index":3,"body":"é\u0000"}"#
        );
        assert_eq!(told(b"\xff\0"), r#"{"body_index":3,"body_base64":"/wA="}"#);
    }

    #[test]
    fn a_time_beyond_the_bound_is_still_counted() {
        assert_eq!(times([u64::MAX]).counts().len(), 1);
    }
}
