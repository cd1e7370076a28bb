//! The Python edge: conversions and errors, no maths.
use pyo3::prelude::*;

#[pymodule]
mod _rust_ext {}
