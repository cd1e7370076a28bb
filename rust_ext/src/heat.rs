//! `heat` across the edge: what it takes from Python, and what it gives back.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;
use stackgap_core::Backend;
use stackgap_core::heat::{MIN_POINTS, Rod, diffuse};

use crate::arguments::{count, detach_from, finite, finite_numbers};
use crate::buffer::Doubles;

const MANY_POINT_STEPS: usize = 32_768;

#[pyfunction]
pub fn heat(
    py: Python<'_>,
    temperature: &Bound<'_, PyList>,
    diffusivity: f64,
    dx: f64,
    dt: f64,
    steps: &Bound<'_, PyAny>,
) -> PyResult<(Vec<f64>,)> {
    let temperature = finite_numbers("temperature", temperature)?;
    let rod = rod(diffusivity, dx, dt)?;
    Ok((diffused(Backend::Rust, py, temperature, rod, steps)?,))
}

#[pyfunction]
pub fn heat_simd(
    py: Python<'_>,
    temperature: &Bound<'_, PyList>,
    diffusivity: f64,
    dx: f64,
    dt: f64,
    steps: &Bound<'_, PyAny>,
) -> PyResult<(Vec<f64>,)> {
    let temperature = finite_numbers("temperature", temperature)?;
    let rod = rod(diffusivity, dx, dt)?;
    Ok((diffused(Backend::RustSimd, py, temperature, rod, steps)?,))
}

#[pyfunction]
pub fn heat_into(
    py: Python<'_>,
    temperature: &Bound<'_, PyAny>,
    diffusivity: f64,
    dx: f64,
    dt: f64,
    steps: &Bound<'_, PyAny>,
    out_temperature: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let rod = rod(diffusivity, dx, dt)?;
    on_buffers(Backend::Rust, py, temperature, rod, steps, out_temperature)
}

#[pyfunction]
pub fn heat_simd_into(
    py: Python<'_>,
    temperature: &Bound<'_, PyAny>,
    diffusivity: f64,
    dx: f64,
    dt: f64,
    steps: &Bound<'_, PyAny>,
    out_temperature: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let rod = rod(diffusivity, dx, dt)?;
    on_buffers(
        Backend::RustSimd,
        py,
        temperature,
        rod,
        steps,
        out_temperature,
    )
}

fn rod(diffusivity: f64, dx: f64, dt: f64) -> PyResult<Rod> {
    Ok(Rod {
        diffusivity: finite("diffusivity", diffusivity)?,
        dx: finite("dx", dx)?,
        dt: finite("dt", dt)?,
    })
}

fn on_buffers(
    backend: Backend,
    py: Python<'_>,
    temperature: &Bound<'_, PyAny>,
    rod: Rod,
    steps: &Bound<'_, PyAny>,
    out_temperature: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let temperature = Doubles::readable("temperature", temperature)?;
    let out_temperature = Doubles::writable("out_temperature", out_temperature, &[&temperature])?;
    let end = diffused(backend, py, temperature.to_finite()?, rod, steps)?;
    out_temperature.store(0, &end);
    Ok(())
}

fn diffused(
    backend: Backend,
    py: Python<'_>,
    mut temperature: Vec<f64>,
    rod: Rod,
    steps: &Bound<'_, PyAny>,
) -> PyResult<Vec<f64>> {
    let (n, steps) = (temperature.len(), count("steps", steps)?);
    if n < MIN_POINTS {
        return Err(PyValueError::new_err(format!(
            "temperature has {n} values, at least {MIN_POINTS} are needed"
        )));
    }
    detach_from(MANY_POINT_STEPS, n.saturating_mul(steps), py, || {
        diffuse(backend, rod, steps, &mut temperature);
    });
    Ok(temperature)
}
