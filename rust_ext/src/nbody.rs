//! `nbody` across the edge: what it takes from Python, and what it gives back.

use pyo3::prelude::*;
use pyo3::types::PyList;
use stackgap_core::Backend;
use stackgap_core::nbody::{Bodies, accelerations};

use crate::arguments::{detach_from, finite, finite_numbers, require_finite, require_length};
use crate::buffer::Doubles;

const MANY_PAIRS: usize = 32_768;
const FIELDS: [&str; 4] = ["mass", "x", "y", "z"];

type Accelerations = (Vec<f64>, Vec<f64>, Vec<f64>);

#[pyfunction]
pub fn nbody(
    py: Python<'_>,
    mass: &Bound<'_, PyList>,
    x: &Bound<'_, PyList>,
    y: &Bound<'_, PyList>,
    z: &Bound<'_, PyList>,
    softening: f64,
) -> PyResult<Accelerations> {
    on_lists(Backend::Rust, py, [mass, x, y, z], softening)
}

#[pyfunction]
pub fn nbody_simd(
    py: Python<'_>,
    mass: &Bound<'_, PyList>,
    x: &Bound<'_, PyList>,
    y: &Bound<'_, PyList>,
    z: &Bound<'_, PyList>,
    softening: f64,
) -> PyResult<Accelerations> {
    on_lists(Backend::RustSimd, py, [mass, x, y, z], softening)
}

#[pyfunction]
#[expect(
    clippy::too_many_arguments,
    reason = "a request's fields, then a response's"
)]
pub fn nbody_into(
    py: Python<'_>,
    mass: &Bound<'_, PyAny>,
    x: &Bound<'_, PyAny>,
    y: &Bound<'_, PyAny>,
    z: &Bound<'_, PyAny>,
    softening: f64,
    ax: &Bound<'_, PyAny>,
    ay: &Bound<'_, PyAny>,
    az: &Bound<'_, PyAny>,
) -> PyResult<()> {
    on_buffers(Backend::Rust, py, [mass, x, y, z], softening, [ax, ay, az])
}

#[pyfunction]
#[expect(
    clippy::too_many_arguments,
    reason = "a request's fields, then a response's"
)]
pub fn nbody_simd_into(
    py: Python<'_>,
    mass: &Bound<'_, PyAny>,
    x: &Bound<'_, PyAny>,
    y: &Bound<'_, PyAny>,
    z: &Bound<'_, PyAny>,
    softening: f64,
    ax: &Bound<'_, PyAny>,
    ay: &Bound<'_, PyAny>,
    az: &Bound<'_, PyAny>,
) -> PyResult<()> {
    on_buffers(
        Backend::RustSimd,
        py,
        [mass, x, y, z],
        softening,
        [ax, ay, az],
    )
}

fn on_lists(
    backend: Backend,
    py: Python<'_>,
    bodies: [&Bound<'_, PyList>; 4],
    softening: f64,
) -> PyResult<Accelerations> {
    let n = bodies[0].len();
    let mut values = Vec::with_capacity(4 * n);
    for (name, list) in FIELDS.into_iter().zip(bodies) {
        let numbers = finite_numbers(name, list)?;
        require_length((name, numbers.len()), (FIELDS[0], n))?;
        values.extend(numbers);
    }
    let softening = finite("softening", softening)?;
    let mut computed = vec![0.0; 3 * n];
    of_all(backend, py, &values, softening, &mut computed);
    let column = |i: usize| computed[i * n..(i + 1) * n].to_vec();
    Ok((column(0), column(1), column(2)))
}

fn on_buffers(
    backend: Backend,
    py: Python<'_>,
    [mass, x, y, z]: [&Bound<'_, PyAny>; 4],
    softening: f64,
    [ax, ay, az]: [&Bound<'_, PyAny>; 3],
) -> PyResult<()> {
    let mass = Doubles::readable("mass", mass)?;
    let x = Doubles::as_long_as(&mass, "x", x)?;
    let y = Doubles::as_long_as(&mass, "y", y)?;
    let z = Doubles::as_long_as(&mass, "z", z)?;
    let ax = Doubles::writable("ax", ax, &[&mass, &x, &y, &z])?;
    let ay = Doubles::writable("ay", ay, &[&mass, &x, &y, &z, &ax])?;
    let az = Doubles::writable("az", az, &[&mass, &x, &y, &z, &ax, &ay])?;
    let softening = finite("softening", softening)?;
    // Each value is read n times: from a copy, that nobody else can write to meanwhile.
    let n = mass.len();
    let mut memory = vec![0.0; 7 * n];
    let (values, computed) = memory.split_at_mut(4 * n);
    for (i, doubles) in [&mass, &x, &y, &z].into_iter().enumerate() {
        let values = &mut values[i * n..(i + 1) * n];
        doubles.load(0, values);
        require_finite(FIELDS[i], 0, values)?;
    }
    of_all(backend, py, values, softening, computed);
    for (i, doubles) in [&ax, &ay, &az].into_iter().enumerate() {
        doubles.store(0, &computed[i * n..(i + 1) * n]);
    }
    Ok(())
}

/// `values` are masses and coordinates, `computed` the accelerations, in columns.
fn of_all(backend: Backend, py: Python<'_>, values: &[f64], softening: f64, computed: &mut [f64]) {
    let n = values.len() / 4;
    let (mass, places) = values.split_at(n);
    let (x, places) = places.split_at(n);
    let (y, z) = places.split_at(n);
    let (ax, computed) = computed.split_at_mut(n);
    let (ay, az) = computed.split_at_mut(n);
    detach_from(MANY_PAIRS, n * n, py, || {
        accelerations(backend, Bodies { mass, x, y, z }, softening, ax, ay, az);
    });
}
