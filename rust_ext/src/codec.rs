//! Bodies across the edge: requests read and answers printed by the contract that Axum serves.

use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};
use stackgap_codec::{Answer, Codec, Equation, Fault, Plain, Values, find};
use stackgap_core::Backend;

use crate::arguments::finite_numbers;

create_exception!(_rust_ext, FaultyRequest, PyValueError);

#[pyfunction]
pub fn read_request<'py>(
    py: Python<'py>,
    equation: &str,
    body: &[u8],
) -> PyResult<Bound<'py, PyTuple>> {
    let equation = known_equation(equation)?;
    let values = equation.read(body).map_err(faulty)?;
    let fields = equation.plain(&values).map(|value| match value {
        Plain::Text(text) => Ok(text.into_pyobject(py)?.into_any()),
        Plain::Number(number) => Ok(number.into_pyobject(py)?.into_any()),
        Plain::Integer(integer) => Ok(integer.into_pyobject(py)?.into_any()),
        Plain::Numbers(numbers) => Ok(PyList::new(py, numbers)?.into_any()),
    });
    PyTuple::new(py, fields.collect::<PyResult<Vec<_>>>()?)
}

#[pyfunction]
pub fn print_answer<'py>(
    py: Python<'py>,
    equation: &str,
    arrays: &Bound<'py, PyList>,
) -> PyResult<Bound<'py, PyBytes>> {
    let equation = known_equation(equation)?;
    let given = arrays.len();
    let arrays = arrays
        .iter()
        .map(|array| finite_numbers("arrays", array.cast()?))
        .collect::<PyResult<Vec<_>>>()?;
    let answer = equation.answer(arrays).ok_or_else(|| {
        PyValueError::new_err(format!(
            "arrays: {} gives other than {given}",
            equation.name
        ))
    })?;
    Ok(PyBytes::new(py, &answer.to_json()))
}

#[pyfunction]
#[pyo3(signature = (equation, backend, body, codec = "serde_json"))]
pub fn answer_request<'py>(
    py: Python<'py>,
    equation: &str,
    backend: &str,
    body: &[u8],
    codec: &str,
) -> PyResult<Bound<'py, PyBytes>> {
    let equation = known_equation(equation)?;
    let backend = known_backend(backend)?;
    let codec = known_codec(codec)?;
    let values = equation.read_by(codec, body).map_err(faulty)?;
    let answer = solve(py, equation, backend, &values)?;
    Ok(PyBytes::new(py, &answer.to_json()))
}

#[pyfunction]
pub fn answer_float64<'py>(
    py: Python<'py>,
    equation: &str,
    backend: &str,
    body: &[u8],
) -> PyResult<Bound<'py, PyBytes>> {
    let equation = known_equation(equation)?;
    let backend = known_backend(backend)?;
    let values = equation.read_float64(body).map_err(faulty)?;
    let answer = solve(py, equation, backend, &values)?;
    Ok(PyBytes::new(py, &answer.to_float64()))
}

/// The answer, found without the GIL where that takes long; `ValueError` unless it is finite.
fn solve(
    py: Python<'_>,
    equation: &Equation,
    backend: Backend,
    values: &Values,
) -> PyResult<Answer> {
    let answer = || equation.solve(backend, values);
    let answer = if equation.takes_long(values) {
        py.detach(answer)
    } else {
        answer()
    };
    if answer.is_finite() {
        Ok(answer)
    } else {
        Err(PyValueError::new_err("the answer is not finite"))
    }
}

#[pyfunction]
pub fn request_schema(equation: &str) -> PyResult<String> {
    Ok(known_equation(equation)?.request_schema().to_string())
}

#[pyfunction]
pub fn response_schema(equation: &str) -> PyResult<String> {
    Ok(known_equation(equation)?.response_schema().to_string())
}

fn known_backend(name: &str) -> PyResult<Backend> {
    Backend::from_name(name).ok_or_else(|| {
        let known = Backend::ALL.map(Backend::name).join(", ");
        PyValueError::new_err(format!("backend: {name:?} is unknown; known: {known}"))
    })
}

fn known_codec(name: &str) -> PyResult<Codec> {
    Codec::from_name(name).ok_or_else(|| {
        let known = Codec::ALL.map(Codec::name).join(", ");
        PyValueError::new_err(format!("codec: {name:?} is unknown; known: {known}"))
    })
}

fn known_equation(name: &str) -> PyResult<&'static Equation> {
    find(name).ok_or_else(|| {
        let known: Vec<&str> = stackgap_codec::equations().iter().map(|e| e.name).collect();
        let known = known.join(", ");
        PyValueError::new_err(format!("equation: {name:?} is unknown; known: {known}"))
    })
}

fn faulty(fault: Fault) -> PyErr {
    FaultyRequest::new_err((fault.pointer, fault.detail))
}
