//! `ephemeris` across the edge: what it takes from Python, and what it gives back.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use stackgap_core::Backend;
use stackgap_core::ephemeris as equation;
use stackgap_core::ephemeris::{MAX_JD, MIN_JD, Planet};

use crate::arguments::{detach_from, numbers};
use crate::buffer::{BLOCK, Doubles};

const MANY_TIMES: usize = 512;

type Coordinates = (Vec<f64>, Vec<f64>, Vec<f64>);

#[pyfunction]
pub fn ephemeris(
    py: Python<'_>,
    planet: &Bound<'_, PyString>,
    times_jd: &Bound<'_, PyList>,
) -> PyResult<Coordinates> {
    on_lists(Backend::Rust, py, planet, times_jd)
}

#[pyfunction]
pub fn ephemeris_simd(
    py: Python<'_>,
    planet: &Bound<'_, PyString>,
    times_jd: &Bound<'_, PyList>,
) -> PyResult<Coordinates> {
    on_lists(Backend::RustSimd, py, planet, times_jd)
}

#[pyfunction]
pub fn ephemeris_into(
    py: Python<'_>,
    planet: &Bound<'_, PyString>,
    times_jd: &Bound<'_, PyAny>,
    x_au: &Bound<'_, PyAny>,
    y_au: &Bound<'_, PyAny>,
    z_au: &Bound<'_, PyAny>,
) -> PyResult<()> {
    on_buffers(Backend::Rust, py, planet, times_jd, [x_au, y_au, z_au])
}

#[pyfunction]
pub fn ephemeris_simd_into(
    py: Python<'_>,
    planet: &Bound<'_, PyString>,
    times_jd: &Bound<'_, PyAny>,
    x_au: &Bound<'_, PyAny>,
    y_au: &Bound<'_, PyAny>,
    z_au: &Bound<'_, PyAny>,
) -> PyResult<()> {
    on_buffers(Backend::RustSimd, py, planet, times_jd, [x_au, y_au, z_au])
}

#[pyfunction]
pub fn solve_kepler(mean_anomaly: f64, e: f64) -> f64 {
    equation::solve_kepler(Backend::Rust, mean_anomaly, e)
}

#[pyfunction]
pub fn solve_kepler_simd(mean_anomaly: f64, e: f64) -> f64 {
    equation::solve_kepler(Backend::RustSimd, mean_anomaly, e)
}

fn on_lists(
    backend: Backend,
    py: Python<'_>,
    planet: &Bound<'_, PyString>,
    times_jd: &Bound<'_, PyList>,
) -> PyResult<Coordinates> {
    let planet = known_planet(planet)?;
    let times_jd = numbers("times_jd", times_jd, in_range)?;
    let n = times_jd.len();
    let (mut x_au, mut y_au, mut z_au) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    detach_from(MANY_TIMES, n, py, || {
        equation::positions(backend, planet, &times_jd, &mut x_au, &mut y_au, &mut z_au);
    });
    Ok((x_au, y_au, z_au))
}

fn on_buffers(
    backend: Backend,
    py: Python<'_>,
    planet: &Bound<'_, PyString>,
    times_jd: &Bound<'_, PyAny>,
    [x_au, y_au, z_au]: [&Bound<'_, PyAny>; 3],
) -> PyResult<()> {
    let planet = known_planet(planet)?;
    let times_jd = Doubles::readable("times_jd", times_jd)?;
    let x_au = Doubles::writable("x_au", x_au, &[&times_jd])?;
    let y_au = Doubles::writable("y_au", y_au, &[&times_jd, &x_au])?;
    let z_au = Doubles::writable("z_au", z_au, &[&times_jd, &x_au, &y_au])?;
    detach_from(MANY_TIMES, times_jd.len(), py, || {
        times_jd.check_blocks(|start, block| {
            for (i, &time_jd) in block.iter().enumerate() {
                in_range(start + i, time_jd)?;
            }
            Ok(())
        })?;
        in_blocks(backend, planet, &times_jd, [&x_au, &y_au, &z_au]);
        Ok(())
    })
}

fn known_planet(name: &Bound<'_, PyString>) -> PyResult<Planet> {
    // A name with a lone surrogate is no UTF-8, and no planet either.
    let known = name.to_cow().ok().and_then(|name| Planet::from_name(&name));
    known.ok_or_else(|| {
        let names = Planet::ALL.map(Planet::name).join(", ");
        let name = name
            .repr()
            .map_or_else(|_| "?".into(), |repr| repr.to_string());
        PyValueError::new_err(format!("planet: {name} is unknown; known: {names}"))
    })
}

fn in_range(i: usize, time_jd: f64) -> PyResult<f64> {
    if (MIN_JD..=MAX_JD).contains(&time_jd) {
        return Ok(time_jd);
    }
    Err(PyValueError::new_err(format!(
        "times_jd[{i}]: {time_jd} is not within {MIN_JD} to {MAX_JD}"
    )))
}

fn in_blocks(backend: Backend, planet: Planet, times_jd: &Doubles, coordinates: [&Doubles; 3]) {
    let mut times = [0.0; BLOCK];
    let [mut x, mut y, mut z] = [[0.0; BLOCK]; 3];
    for start in (0..times_jd.len()).step_by(BLOCK) {
        let n = BLOCK.min(times_jd.len() - start);
        times_jd.load(start, &mut times[..n]);
        let (x, y, z) = (&mut x[..n], &mut y[..n], &mut z[..n]);
        equation::positions(backend, planet, &times[..n], x, y, z);
        for (doubles, block) in coordinates.iter().zip([x, y, z]) {
            doubles.store(start, block);
        }
    }
}
