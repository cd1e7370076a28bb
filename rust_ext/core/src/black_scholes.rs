//! Prices of European options by Black, Scholes and Merton, without dividends.
//!
//! The steps, and the rounding error they may make, are derived in the docstring of
//! `python_api/equations/black_scholes/__init__.py`; every backend takes the same ones.

use std::f64::consts::FRAC_1_SQRT_2;

use crate::Backend;
use crate::maths::{Maths, Scalar};
use crate::simd::{dispatch, level};

/// Most options in a request.
pub const MAX_OPTIONS: usize = 100_000;
/// Lowest spot price or strike.
pub const MIN_PRICE: f64 = 0.01;
/// Highest spot price or strike.
pub const MAX_PRICE: f64 = 1e6;
/// Shortest time to expiry in years.
pub const MIN_YEARS: f64 = 0.001;
/// Longest time to expiry in years.
pub const MAX_YEARS: f64 = 30.0;
/// Lowest rate of interest, continuously compounded, a year.
pub const MIN_RATE: f64 = -0.1;
/// Highest rate of interest, continuously compounded, a year.
pub const MAX_RATE: f64 = 0.5;
/// Lowest volatility, in a year.
pub const MIN_VOLATILITY: f64 = 0.01;
/// Highest volatility, in a year.
pub const MAX_VOLATILITY: f64 = 3.0;

/// Options computed at a time with vector instructions.
const BLOCK: usize = 32;

/// What all options of a request share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Market {
    /// Rate of interest, continuously compounded, a year.
    pub rate: f64,
    /// Volatility of the spot price, in a year.
    pub volatility: f64,
}

/// Fills `call` and `put` with the options' prices, in the unit of `spot` and `strike`; `years`
/// are to expiry.
///
/// # Panics
/// If the five slices differ in length.
pub fn prices(
    backend: Backend,
    market: Market,
    spot: &[f64],
    strike: &[f64],
    years: &[f64],
    call: &mut [f64],
    put: &mut [f64],
) {
    let n = spot.len();
    assert!(
        strike.len() == n && years.len() == n && call.len() == n && put.len() == n,
        "{n} spot prices, {} strikes, {} years, {} calls, {} puts",
        strike.len(),
        years.len(),
        call.len(),
        put.len(),
    );
    match backend {
        Backend::Rust => one_by_one(market, spot, strike, years, call, put),
        Backend::RustSimd => in_blocks(level(), market, spot, strike, years, call, put),
    }
}

fn one_by_one(
    market: Market,
    spot: &[f64],
    strike: &[f64],
    years: &[f64],
    call: &mut [f64],
    put: &mut [f64],
) {
    for i in 0..spot.len() {
        (call[i], put[i]) = price::<Scalar>(market, spot[i], strike[i], years[i]);
    }
}

dispatch! {
    fn in_blocks(
        market: Market,
        spot: &[f64],
        strike: &[f64],
        years: &[f64],
        call: &mut [f64],
        put: &mut [f64],
    ) = blocks
}

#[inline(always)]
fn blocks<M: Maths, const REGISTER: usize>(
    market: Market,
    spot: &[f64],
    strike: &[f64],
    years: &[f64],
    call: &mut [f64],
    put: &mut [f64],
) {
    let mut start = 0;
    while start < spot.len() {
        let left = spot.len() - start;
        let n = if left > REGISTER {
            left.min(BLOCK)
        } else {
            left
        };
        let part = start..start + n;
        let (spot, strike, years) = (
            &spot[part.clone()],
            &strike[part.clone()],
            &years[part.clone()],
        );
        let (call, put) = (&mut call[part.clone()], &mut put[part]);
        if n > REGISTER {
            block::<M, BLOCK>(market, spot, strike, years, call, put);
        } else {
            block::<M, REGISTER>(market, spot, strike, years, call, put);
        }
        start += n;
    }
}

/// Up to `N` options, in arrays of that length, so that the compiler knows it.
#[inline(always)]
fn block<M: Maths, const N: usize>(
    market: Market,
    spot: &[f64],
    strike: &[f64],
    years: &[f64],
    call: &mut [f64],
    put: &mut [f64],
) {
    let n = spot.len();
    let [mut spots, mut strikes, mut times] = [[1.0; N]; 3];
    spots[..n].copy_from_slice(spot);
    strikes[..n].copy_from_slice(strike);
    times[..n].copy_from_slice(years);
    let [mut calls, mut puts] = [[0.0; N]; 2];
    for i in 0..N {
        (calls[i], puts[i]) = price::<M>(market, spots[i], strikes[i], times[i]);
    }
    call.copy_from_slice(&calls[..n]);
    put.copy_from_slice(&puts[..n]);
}

#[inline(always)]
fn price<M: Maths>(market: Market, spot: f64, strike: f64, years: f64) -> (f64, f64) {
    let Market { rate, volatility } = market;
    let drift = rate + 0.5 * volatility * volatility;
    let deviation = volatility * years.sqrt();
    let d1 = M::mul_add(drift, years, M::ln(spot / strike)) / deviation;
    let d2 = d1 - deviation;
    let (above_1, below_1) = normal::<M>(d1);
    let (above_2, below_2) = normal::<M>(d2);
    let discounted = strike * M::exp(-rate * years);
    let call = M::mul_add(spot, above_1, -(discounted * above_2));
    let put = M::mul_add(discounted, below_2, -(spot * below_1));
    (not_negative(call), not_negative(put))
}

/// The standard normal distribution's N(d) and N(-d), from the smaller of them.
#[inline(always)]
fn normal<M: Maths>(d: f64) -> (f64, f64) {
    let tail = 0.5 * M::erfc(d.abs() * FRAC_1_SQRT_2);
    let rest = 1.0 - tail;
    if d >= 0.0 { (rest, tail) } else { (tail, rest) }
}

/// Rounding must not make a price negative.
#[inline(always)]
fn not_negative(price: f64) -> f64 {
    if price > 0.0 { price } else { 0.0 }
}
