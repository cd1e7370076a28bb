// Exercise 4: a kernel in Rust, called from Python.
//
// How many times as fast as the loop in Python will yours be for 1,000 anomalies, lists in and out?
//
// PREDICTION = (low, high), with numbers

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;

/// The eccentric anomaly E of each mean anomaly M, in radians: E - e sin E = M.
///
/// Raises ValueError for an eccentricity outside [0, 1) and for anomalies that are not finite.
#[pyfunction]
fn kepler(eccentricity: f64, anomalies: Vec<f64>) -> PyResult<Vec<f64>> {
    let _ = (eccentricity, anomalies);
    Err(PyNotImplementedError::new_err("the loop of exercise 2, in Rust"))
}

#[pymodule]
fn kernel(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(kepler, module)?)
}
