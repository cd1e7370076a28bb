//! `nbody` across the edge: what it takes from Python, and what it gives back.

use pyo3::prelude::*;
use pyo3::types::PyList;
use stackgap_core::Backend;
use stackgap_core::nbody::{Bodies, accelerations};

use crate::arguments::{detach_from, finite, finite_numbers, require_length};
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
    let mut values: [Vec<f64>; 4] = Default::default();
    for ((values, name), list) in values.iter_mut().zip(FIELDS).zip(bodies) {
        *values = finite_numbers(name, list)?;
    }
    let n = values[0].len();
    for (values, name) in values.iter().zip(FIELDS) {
        require_length((name, values.len()), (FIELDS[0], n))?;
    }
    let softening = finite("softening", softening)?;
    Ok(of_all(backend, py, &values, softening))
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
    let values = [
        mass.to_finite()?,
        x.to_finite()?,
        y.to_finite()?,
        z.to_finite()?,
    ];
    let computed = of_all(backend, py, &values, softening);
    ax.store(0, &computed.0);
    ay.store(0, &computed.1);
    az.store(0, &computed.2);
    Ok(())
}

fn of_all(
    backend: Backend,
    py: Python<'_>,
    [mass, x, y, z]: &[Vec<f64>; 4],
    softening: f64,
) -> Accelerations {
    let n = mass.len();
    let bodies = Bodies { mass, x, y, z };
    let (mut ax, mut ay, mut az) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    detach_from(MANY_PAIRS, n * n, py, || {
        accelerations(backend, bodies, softening, &mut ax, &mut ay, &mut az);
    });
    (ax, ay, az)
}
