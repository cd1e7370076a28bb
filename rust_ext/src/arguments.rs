//! What all equations ask of their arguments, and how long work lets go of the GIL.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyList;

/// The numbers of the list argument `name`; `TypeError` or `ValueError` naming the place of one
/// that is no number or does not pass `check`, which is told its index.
pub fn numbers(
    name: &'static str,
    list: &Bound<'_, PyList>,
    check: impl Fn(usize, f64) -> PyResult<f64>,
) -> PyResult<Vec<f64>> {
    let mut values = Vec::with_capacity(list.len());
    for (i, item) in list.iter().enumerate() {
        let value = item
            .extract()
            .map_err(|cause| placed(list.py(), &format!("{name}[{i}]"), cause))?;
        values.push(check(i, value)?);
    }
    Ok(values)
}

/// The numbers of the list argument `name`, all finite.
pub fn finite_numbers(name: &'static str, list: &Bound<'_, PyList>) -> PyResult<Vec<f64>> {
    numbers(name, list, |i, value| {
        if value.is_finite() {
            Ok(value)
        } else {
            Err(not_finite(name, Some(i), value))
        }
    })
}

/// `ValueError` unless `name` has as many values as the argument `like` has.
pub fn require_length(
    (name, n): (&'static str, usize),
    (like, expected): (&'static str, usize),
) -> PyResult<()> {
    if n == expected {
        return Ok(());
    }
    Err(PyValueError::new_err(format!(
        "{name} has {n} values, but {like} has {expected}"
    )))
}

/// `ValueError` unless all of `values` are finite; `start` is the index of the first.
pub fn require_finite(name: &'static str, start: usize, values: &[f64]) -> PyResult<()> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(i) => Err(not_finite(name, Some(start + i), values[i])),
    }
}

/// `value`, the argument `name`; `ValueError` unless it is finite.
pub fn finite(name: &'static str, value: f64) -> PyResult<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(not_finite(name, None, value))
    }
}

/// The whole number that the argument `name` is; `ValueError` for a negative one.
pub fn count(name: &'static str, object: &Bound<'_, PyAny>) -> PyResult<usize> {
    object
        .extract()
        .map_err(|cause| placed(object.py(), name, cause))
}

/// Runs `work` of `pieces` small pieces, without the GIL if there are at least `many`.
///
/// Below some 0.1 ms it is not worth it: getting the GIL back from a busy thread can take 5 ms.
pub fn detach_from<T: Send>(
    many: usize,
    pieces: usize,
    py: Python<'_>,
    work: impl FnOnce() -> T + Send,
) -> T {
    if pieces < many {
        work()
    } else {
        py.detach(work)
    }
}

fn not_finite(name: &'static str, index: Option<usize>, value: f64) -> PyErr {
    let place = index.map_or_else(String::new, |i| format!("[{i}]"));
    PyValueError::new_err(format!("{name}{place}: {value} is no finite number"))
}

/// `cause` as it is, unless it only says that this is no number, or one too large or too small:
/// then with the place.
fn placed(py: Python<'_>, place: &str, cause: PyErr) -> PyErr {
    let message = format!("{place}: {}", cause.value(py));
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
