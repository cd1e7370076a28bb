//! `ephemeris` across the edge: what it takes from Python, and what it gives back.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use stackgap_core::ephemeris as equation;
use stackgap_core::ephemeris::{MAX_JD, MIN_JD, Planet};

use crate::buffer::Doubles;

/// Fewer values than this are computed without releasing the GIL: they take less than some 0.1 ms,
/// and getting it back from a busy thread can take 5 ms.
const DETACH_FROM: usize = 512;
/// Values copied to the stack and back at a time.
const BLOCK: usize = 256;

type Coordinates = (Vec<f64>, Vec<f64>, Vec<f64>);

#[pyfunction]
pub fn ephemeris(
    py: Python<'_>,
    planet: &Bound<'_, PyString>,
    times_jd: &Bound<'_, PyList>,
) -> PyResult<Coordinates> {
    let planet = known_planet(planet)?;
    let times_jd = times_from_list(times_jd)?;
    let n = times_jd.len();
    let (mut x_au, mut y_au, mut z_au) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    detach_if_long(n, py, || {
        equation::positions(planet, &times_jd, &mut x_au, &mut y_au, &mut z_au);
    });
    Ok((x_au, y_au, z_au))
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
    let planet = known_planet(planet)?;
    let times_jd = Doubles::readable("times_jd", times_jd)?;
    let x_au = Doubles::writable("x_au", x_au, &times_jd)?;
    let y_au = Doubles::writable("y_au", y_au, &times_jd)?;
    let z_au = Doubles::writable("z_au", z_au, &times_jd)?;
    y_au.require_apart_from(&x_au)?;
    z_au.require_apart_from(&x_au)?;
    z_au.require_apart_from(&y_au)?;
    detach_if_long(times_jd.len(), py, || {
        check_times(&times_jd)?;
        positions_in_blocks(planet, &times_jd, [&x_au, &y_au, &z_au]);
        Ok(())
    })
}

#[pyfunction]
pub fn solve_kepler(mean_anomaly: f64, e: f64) -> f64 {
    equation::solve_kepler(mean_anomaly, e)
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

fn times_from_list(times_jd: &Bound<'_, PyList>) -> PyResult<Vec<f64>> {
    let mut values = Vec::with_capacity(times_jd.len());
    for (i, time_jd) in times_jd.iter().enumerate() {
        let time_jd = time_jd
            .extract()
            .map_err(|cause| number_error(times_jd.py(), i, cause))?;
        values.push(in_range(i, time_jd)?);
    }
    Ok(values)
}

/// `cause` as it is, unless it only says that this is no number, or one too large for a double:
/// then with the place.
fn number_error(py: Python<'_>, i: usize, cause: PyErr) -> PyErr {
    let message = format!("times_jd[{i}]: {}", cause.value(py));
    let error = if cause.is_instance_of::<PyTypeError>(py) {
        PyTypeError::new_err(message)
    } else if cause.is_instance_of::<PyOverflowError>(py) {
        PyValueError::new_err(message)
    } else {
        return cause;
    };
    error.set_cause(py, Some(cause));
    error
}

fn in_range(i: usize, time_jd: f64) -> PyResult<f64> {
    if (MIN_JD..=MAX_JD).contains(&time_jd) {
        return Ok(time_jd);
    }
    Err(PyValueError::new_err(format!(
        "times_jd[{i}]: {time_jd} is not within {MIN_JD} to {MAX_JD}"
    )))
}

fn check_times(times_jd: &Doubles) -> PyResult<()> {
    let mut block = [0.0; BLOCK];
    for start in (0..times_jd.len()).step_by(BLOCK) {
        let n = BLOCK.min(times_jd.len() - start);
        times_jd.load(start, &mut block[..n]);
        for (i, &time_jd) in block[..n].iter().enumerate() {
            in_range(start + i, time_jd)?;
        }
    }
    Ok(())
}

fn positions_in_blocks(planet: Planet, times_jd: &Doubles, coordinates: [&Doubles; 3]) {
    let mut times = [0.0; BLOCK];
    let [mut x, mut y, mut z] = [[0.0; BLOCK]; 3];
    for start in (0..times_jd.len()).step_by(BLOCK) {
        let n = BLOCK.min(times_jd.len() - start);
        times_jd.load(start, &mut times[..n]);
        equation::positions(planet, &times[..n], &mut x[..n], &mut y[..n], &mut z[..n]);
        for (doubles, block) in coordinates.iter().zip([&x, &y, &z]) {
            doubles.store(start, &block[..n]);
        }
    }
}

/// Runs `work` on `n` values, without the GIL if they are many.
fn detach_if_long<T: Send>(n: usize, py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    if n < DETACH_FROM {
        work()
    } else {
        py.detach(work)
    }
}
