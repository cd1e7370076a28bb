//! `black_scholes` across the edge: what it takes from Python, and what it gives back.

use pyo3::prelude::*;
use pyo3::types::PyList;
use stackgap_core::Backend;
use stackgap_core::black_scholes::{Market, prices};

use crate::arguments::{detach_from, finite, finite_numbers, require_length};
use crate::buffer::{BLOCK, Doubles};

const MANY_OPTIONS: usize = 1024;

type Prices = (Vec<f64>, Vec<f64>);

#[pyfunction]
pub fn black_scholes(
    py: Python<'_>,
    spot: &Bound<'_, PyList>,
    strike: &Bound<'_, PyList>,
    years: &Bound<'_, PyList>,
    rate: f64,
    volatility: f64,
) -> PyResult<Prices> {
    on_lists(
        Backend::Rust,
        py,
        [spot, strike, years],
        market(rate, volatility)?,
    )
}

#[pyfunction]
pub fn black_scholes_simd(
    py: Python<'_>,
    spot: &Bound<'_, PyList>,
    strike: &Bound<'_, PyList>,
    years: &Bound<'_, PyList>,
    rate: f64,
    volatility: f64,
) -> PyResult<Prices> {
    on_lists(
        Backend::RustSimd,
        py,
        [spot, strike, years],
        market(rate, volatility)?,
    )
}

#[pyfunction]
#[expect(
    clippy::too_many_arguments,
    reason = "a request's fields, then a response's"
)]
pub fn black_scholes_into(
    py: Python<'_>,
    spot: &Bound<'_, PyAny>,
    strike: &Bound<'_, PyAny>,
    years: &Bound<'_, PyAny>,
    rate: f64,
    volatility: f64,
    call: &Bound<'_, PyAny>,
    put: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let market = market(rate, volatility)?;
    on_buffers(
        Backend::Rust,
        py,
        [spot, strike, years],
        market,
        [call, put],
    )
}

#[pyfunction]
#[expect(
    clippy::too_many_arguments,
    reason = "a request's fields, then a response's"
)]
pub fn black_scholes_simd_into(
    py: Python<'_>,
    spot: &Bound<'_, PyAny>,
    strike: &Bound<'_, PyAny>,
    years: &Bound<'_, PyAny>,
    rate: f64,
    volatility: f64,
    call: &Bound<'_, PyAny>,
    put: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let market = market(rate, volatility)?;
    on_buffers(
        Backend::RustSimd,
        py,
        [spot, strike, years],
        market,
        [call, put],
    )
}

fn market(rate: f64, volatility: f64) -> PyResult<Market> {
    Ok(Market {
        rate: finite("rate", rate)?,
        volatility: finite("volatility", volatility)?,
    })
}

fn on_lists(
    backend: Backend,
    py: Python<'_>,
    [spot, strike, years]: [&Bound<'_, PyList>; 3],
    market: Market,
) -> PyResult<Prices> {
    let spot = finite_numbers("spot", spot)?;
    let strike = finite_numbers("strike", strike)?;
    let years = finite_numbers("years", years)?;
    let n = spot.len();
    require_length(("strike", strike.len()), ("spot", n))?;
    require_length(("years", years.len()), ("spot", n))?;
    let (mut call, mut put) = (vec![0.0; n], vec![0.0; n]);
    detach_from(MANY_OPTIONS, n, py, || {
        prices(backend, market, &spot, &strike, &years, &mut call, &mut put);
    });
    Ok((call, put))
}

fn on_buffers(
    backend: Backend,
    py: Python<'_>,
    [spot, strike, years]: [&Bound<'_, PyAny>; 3],
    market: Market,
    [call, put]: [&Bound<'_, PyAny>; 2],
) -> PyResult<()> {
    let spot = Doubles::readable("spot", spot)?;
    let strike = Doubles::as_long_as(&spot, "strike", strike)?;
    let years = Doubles::as_long_as(&spot, "years", years)?;
    let call = Doubles::writable("call", call, &[&spot, &strike, &years])?;
    let put = Doubles::writable("put", put, &[&spot, &strike, &years, &call])?;
    detach_from(MANY_OPTIONS, spot.len(), py, || {
        for doubles in [&spot, &strike, &years] {
            doubles.require_finite()?;
        }
        in_blocks(backend, market, [&spot, &strike, &years], [&call, &put]);
        Ok(())
    })
}

fn in_blocks(backend: Backend, market: Market, options: [&Doubles; 3], into: [&Doubles; 2]) {
    let [mut spot, mut strike, mut years] = [[0.0; BLOCK]; 3];
    let [mut call, mut put] = [[0.0; BLOCK]; 2];
    let options_n = options[0].len();
    for start in (0..options_n).step_by(BLOCK) {
        let n = BLOCK.min(options_n - start);
        let (spot, strike, years) = (&mut spot[..n], &mut strike[..n], &mut years[..n]);
        options[0].load(start, spot);
        options[1].load(start, strike);
        options[2].load(start, years);
        let (call, put) = (&mut call[..n], &mut put[..n]);
        prices(backend, market, spot, strike, years, call, put);
        into[0].store(start, call);
        into[1].store(start, put);
    }
}
