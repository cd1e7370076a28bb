//! The elementary functions across the edge, for tests of their accuracy.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use stackgap_core::functions::Function;
use stackgap_core::simd::Level;

#[pyfunction]
pub fn elementary(function: &str, level: &str, mut values: Vec<f64>) -> PyResult<Vec<f64>> {
    let function = Function::from_name(function)
        .ok_or_else(|| unknown("function", function, &Function::ALL.map(Function::name)))?;
    let level = Level::from_name(level)
        .ok_or_else(|| unknown("level", level, &Level::ALL.map(Level::name)))?;
    function.apply(level, &mut values);
    Ok(values)
}

fn unknown(argument: &str, name: &str, known: &[&str]) -> PyErr {
    let known = known.join(", ");
    PyValueError::new_err(format!("{argument}: {name:?} is unknown; known: {known}"))
}
