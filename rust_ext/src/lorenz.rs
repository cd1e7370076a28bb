//! `lorenz` across the edge: what it takes from Python, and what it gives back.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use stackgap_core::Backend;
use stackgap_core::lorenz::advance;

use crate::arguments::{count, detach_from, finite, finite_numbers};
use crate::buffer::Doubles;

const MANY_STEPS: usize = 4096;

#[pyfunction]
pub fn lorenz(
    py: Python<'_>,
    state: &Bound<'_, PyList>,
    dt: f64,
    steps: &Bound<'_, PyAny>,
) -> PyResult<(Vec<f64>,)> {
    let state = finite_numbers("state", state)?;
    Ok((trajectory(Backend::Rust, py, &state, dt, steps)?.to_vec(),))
}

#[pyfunction]
pub fn lorenz_simd(
    py: Python<'_>,
    state: &Bound<'_, PyList>,
    dt: f64,
    steps: &Bound<'_, PyAny>,
) -> PyResult<(Vec<f64>,)> {
    let state = finite_numbers("state", state)?;
    Ok((trajectory(Backend::RustSimd, py, &state, dt, steps)?.to_vec(),))
}

#[pyfunction]
pub fn lorenz_into(
    py: Python<'_>,
    state: &Bound<'_, PyAny>,
    dt: f64,
    steps: &Bound<'_, PyAny>,
    out_state: &Bound<'_, PyAny>,
) -> PyResult<()> {
    on_buffers(Backend::Rust, py, state, dt, steps, out_state)
}

#[pyfunction]
pub fn lorenz_simd_into(
    py: Python<'_>,
    state: &Bound<'_, PyAny>,
    dt: f64,
    steps: &Bound<'_, PyAny>,
    out_state: &Bound<'_, PyAny>,
) -> PyResult<()> {
    on_buffers(Backend::RustSimd, py, state, dt, steps, out_state)
}

fn on_buffers(
    backend: Backend,
    py: Python<'_>,
    state: &Bound<'_, PyAny>,
    dt: f64,
    steps: &Bound<'_, PyAny>,
    out_state: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let state = Doubles::readable("state", state)?;
    let out_state = Doubles::writable("out_state", out_state, &[&state])?;
    let end = trajectory(backend, py, &state.to_finite()?, dt, steps)?;
    out_state.store(0, &end);
    Ok(())
}

fn trajectory(
    backend: Backend,
    py: Python<'_>,
    state: &[f64],
    dt: f64,
    steps: &Bound<'_, PyAny>,
) -> PyResult<[f64; 3]> {
    let start = state
        .try_into()
        .map_err(|_| PyValueError::new_err(format!("state has {} values, not 3", state.len())))?;
    let (dt, steps) = (finite("dt", dt)?, count("steps", steps)?);
    Ok(detach_from(MANY_STEPS, steps, py, || {
        advance(backend, start, dt, steps)
    }))
}
