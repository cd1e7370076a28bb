//! Prices of European options by Black, Scholes and Merton, without dividends.
//!
//! The steps, and the rounding error they may make, are derived in the docstring of
//! `python_api/equations/black_scholes/__init__.py`; every backend takes the same ones.

use std::f64::consts::FRAC_1_SQRT_2;
use std::slice::{from_mut, from_ref};

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

/// Fewer options than this are computed faster one by one.
const MIN_VECTOR: usize = 3;
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
        Backend::RustSimd if n >= MIN_VECTOR => {
            in_blocks(level(), market, spot, strike, years, call, put);
        }
        Backend::Rust | Backend::RustSimd => one_by_one(market, spot, strike, years, call, put),
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
    let options = spot.iter().zip(strike).zip(years).zip(call).zip(put);
    for ((((spot, strike), years), call), put) in options {
        let (spot, strike, years) = (from_ref(spot), from_ref(strike), from_ref(years));
        block::<Scalar, 1>(market, spot, strike, years, from_mut(call), from_mut(put));
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
        let n = BLOCK.min(spot.len() - start);
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
    let drift = market.rate + 0.5 * market.volatility * market.volatility;
    let [mut d1, mut d2, mut discounted] = [[0.0; N]; 3];
    for i in 0..N {
        let deviation = market.volatility * times[i].sqrt();
        d1[i] = M::mul_add(drift, times[i], M::ln(spots[i] / strikes[i])) / deviation;
        d2[i] = d1[i] - deviation;
        discounted[i] = strikes[i] * M::exp(-market.rate * times[i]);
    }
    let [mut calls, mut puts] = [[0.0; N]; 2];
    for i in 0..N {
        let (above, below) = normal::<M>(d1[i]);
        (calls[i], puts[i]) = (spots[i] * above, spots[i] * below);
    }
    for i in 0..N {
        let (above, below) = normal::<M>(d2[i]);
        calls[i] = not_negative(M::mul_add(-discounted[i], above, calls[i]));
        puts[i] = not_negative(M::mul_add(discounted[i], below, -puts[i]));
    }
    call.copy_from_slice(&calls[..n]);
    put.copy_from_slice(&puts[..n]);
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

#[cfg(test)]
mod tests {
    use crate::simd::Level;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    type Prices = (Vec<f64>, Vec<f64>);

    fn at(level: Level, market: Market, [spot, strike, years]: [&[f64]; 3]) -> Prices {
        let (mut call, mut put) = (vec![0.0; spot.len()], vec![0.0; spot.len()]);
        in_blocks(level, market, spot, strike, years, &mut call, &mut put);
        (call, put)
    }

    fn scalar(market: Market, [spot, strike, years]: [&[f64]; 3]) -> Prices {
        let (mut call, mut put) = (vec![0.0; spot.len()], vec![0.0; spot.len()]);
        one_by_one(market, spot, strike, years, &mut call, &mut put);
        (call, put)
    }

    fn market() -> impl Strategy<Value = Market> {
        (MIN_RATE..=MAX_RATE, MIN_VOLATILITY..=MAX_VOLATILITY)
            .prop_map(|(rate, volatility)| Market { rate, volatility })
    }

    fn options() -> impl Strategy<Value = Vec<[f64; 3]>> {
        let price =
            (MIN_PRICE.ln()..=MAX_PRICE.ln()).prop_map(|ln| ln.exp().clamp(MIN_PRICE, MAX_PRICE));
        let option = (price, 0.3..3.0_f64, MIN_YEARS..=MAX_YEARS)
            .prop_map(|(spot, ratio, years)| [spot, spot * ratio, years]);
        vec(option, 1..100)
    }

    fn columns(options: &[[f64; 3]]) -> [Vec<f64>; 3] {
        std::array::from_fn(|i| options.iter().map(|option| option[i]).collect())
    }

    proptest! {
        #[test]
        fn vectors_agree_with_scalars(market in market(), options in options()) {
            let [spot, strike, years] = columns(&options);
            let options = [&spot[..], &strike, &years];
            let (calls, puts) = scalar(market, options);
            for level in Level::ALL {
                let (call, put) = at(level, market, options);
                for i in 0..spot.len() {
                    let scale = spot[i].max(strike[i] * (-market.rate * years[i]).exp());
                    prop_assert!((call[i] - calls[i]).abs() <= 64.0 * f64::EPSILON * scale);
                    prop_assert!((put[i] - puts[i]).abs() <= 64.0 * f64::EPSILON * scale);
                }
            }
        }

        #[test]
        fn bits_depend_neither_on_the_fused_level_nor_on_the_neighbours(
            market in market(),
            options in options(),
        ) {
            let [spot, strike, years] = columns(&options);
            let options = [&spot[..], &strike, &years];
            prop_assert_eq!(at(Level::Avx512, market, options), at(Level::Avx2, market, options));
            for level in Level::ALL {
                let (call, put) = at(level, market, options);
                for i in 0..spot.len() {
                    let alone = at(level, market, options.map(|column| &column[i..=i]));
                    prop_assert_eq!(alone, (vec![call[i]], vec![put[i]]));
                }
            }
        }
    }
}
