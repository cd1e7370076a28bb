// Exercise 4, one way to do it.
//
// PREDICTION = (4, 16)

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The eccentric anomaly of each mean anomaly. Other threads of Python run meanwhile.
#[pyfunction]
fn kepler(py: Python<'_>, eccentricity: f64, anomalies: Vec<f64>) -> PyResult<Vec<f64>> {
    if !(0.0..1.0).contains(&eccentricity) {
        return Err(PyValueError::new_err("the eccentricity is not in [0, 1)"));
    }
    if !anomalies.iter().all(|anomaly| anomaly.is_finite()) {
        return Err(PyValueError::new_err("an anomaly is not finite"));
    }
    Ok(py.detach(|| {
        anomalies
            .iter()
            .map(|&anomaly| solved(eccentricity, anomaly))
            .collect()
    }))
}

fn solved(eccentricity: f64, anomaly: f64) -> f64 {
    let mut own = anomaly + eccentricity * anomaly.sin();
    for _ in 0..50 {
        let step =
            (own - eccentricity * own.sin() - anomaly) / (1.0 - eccentricity * own.cos());
        own -= step;
        if step.abs() <= 1e-14 * own.abs().max(1.0) {
            break;
        }
    }
    own
}

#[pymodule]
fn kernel(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(kepler, module)?)
}
