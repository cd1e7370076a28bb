//! How long each codec takes to read a request, and what the answer takes to print.
//!
//! Only the ratios carry over to another machine.

use std::hint::black_box;
use std::time::{Duration, Instant};

use stackgap_codec::{Codec, Equation, find};
use stackgap_core::Backend;

fn main() {
    println!("equation       numbers  codec       ns per number  x serde_json");
    for n in [10, 100, 1_000] {
        for (name, body) in [
            ("ephemeris", times(n)),
            ("black_scholes", options(n)),
            ("nbody", bodies(n)),
        ] {
            compare(find(name).expect("an equation"), n, &body);
        }
    }
}

fn compare(equation: &Equation, n: usize, body: &str) {
    let numbers = body.matches(',').count();
    let mut first_ns = None;
    for codec in Codec::ALL {
        let read = || equation.read_by(codec, body.as_bytes());
        let ns = median_ns(|| read().expect("a good request")) / numbers as f64;
        let ratio = ns / *first_ns.get_or_insert(ns);
        row(equation, numbers, codec.name(), ns, &format!("{ratio:.2}"));
    }
    let values = equation.read(body.as_bytes()).expect("a good request");
    let answer = equation.solve(Backend::RustSimd, &values);
    let printed = equation.response_schema()["required"]
        .as_array()
        .map_or(0, Vec::len)
        * n;
    let ns = median_ns(|| answer.to_json()) / printed as f64;
    row(equation, printed, "(printed)", ns, "");
}

fn row(equation: &Equation, numbers: usize, what: &str, ns: f64, ratio: &str) {
    println!(
        "{:13} {numbers:8}  {what:10} {ns:14.1}  {ratio:>12}",
        equation.name
    );
}

/// Of 31 rounds of a millisecond or more each.
fn median_ns<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut rounds: Vec<f64> = (0..31)
        .map(|_| {
            let start = Instant::now();
            let mut calls = 0_u32;
            while start.elapsed() < Duration::from_millis(1) {
                black_box(work());
                calls += 1;
            }
            start.elapsed().as_nanos() as f64 / f64::from(calls)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

fn times(n: usize) -> String {
    let times_jd = spread(n, 2_378_496.5, 91_311.0);
    format!(r#"{{"planet": "mars", "times_jd": {times_jd:?}}}"#)
}

/// Prices in cents, and times to expiry in days of a year.
fn options(n: usize) -> String {
    let prices: Vec<f64> = spread(n, 5_000.0, 10_000.0)
        .iter()
        .map(|cents| cents.round() / 100.0)
        .collect();
    let years: Vec<f64> = spread(n, 1.0, 700.0)
        .iter()
        .map(|days| days.round() / 365.0)
        .collect();
    format!(
        r#"{{"spot": {prices:?}, "strike": {prices:?}, "years": {years:?}, "rate": 0.03, "volatility": 0.2}}"#
    )
}

fn bodies(n: usize) -> String {
    let mass = vec![1.0 / n as f64; n];
    let place = spread(n, -1.0, 2.0);
    format!(
        r#"{{"mass": {mass:?}, "x": {place:?}, "y": {place:?}, "z": {place:?}, "softening": 0.05}}"#
    )
}

/// `n` doubles in `start` to `start + width`, spread by the golden ratio.
fn spread(n: usize, start: f64, width: f64) -> Vec<f64> {
    let fraction = |index: usize| (index as f64 * 0.618_033_988_749_894_9).fract();
    (0..n)
        .map(|index| start + width * fraction(index))
        .collect()
}
