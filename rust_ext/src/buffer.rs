//! Contiguous float64 buffers of Python objects, used while other threads may write to them.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

const _: () = assert!(align_of::<AtomicU64>() == align_of::<f64>());

/// An argument's one-dimensional, C-contiguous float64 memory.
///
/// Without the GIL another thread may write what is read here, so every access is a relaxed
/// atomic one: a value is then an old or a new one, never half of each. The memory stays where it
/// is until this is dropped, because an exporter may not move what it has lent.
pub struct Doubles {
    name: &'static str,
    buffer: PyBuffer<f64>,
}

impl Doubles {
    /// The memory of the argument `name`, to be read.
    pub fn readable(name: &'static str, object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let buffer = PyBuffer::get(object).map_err(|cause| {
            let py = object.py();
            let message = format!("{name} must be a float64 buffer: {}", cause.value(py));
            let error = PyTypeError::new_err(message);
            error.set_cause(py, Some(cause));
            error
        })?;
        if buffer.dimensions() != 1 {
            let dimensions = buffer.dimensions();
            return Err(PyValueError::new_err(format!(
                "{name} must have one dimension, not {dimensions}"
            )));
        }
        if !buffer.is_c_contiguous() {
            return Err(PyValueError::new_err(format!("{name} must be contiguous")));
        }
        Ok(Self { name, buffer })
    }

    /// The memory of the argument `name`, to be written: as long as `like`, and apart from it.
    pub fn writable(name: &'static str, object: &Bound<'_, PyAny>, like: &Self) -> PyResult<Self> {
        let doubles = Self::readable(name, object)?;
        if doubles.buffer.readonly() {
            return Err(PyValueError::new_err(format!("{name} is read-only")));
        }
        let (n, expected) = (doubles.len(), like.len());
        if n != expected {
            return Err(PyValueError::new_err(format!(
                "{name} has {n} values, but {} has {expected}",
                like.name
            )));
        }
        doubles.require_apart_from(like)?;
        Ok(doubles)
    }

    /// `ValueError` if the two share memory.
    pub fn require_apart_from(&self, other: &Self) -> PyResult<()> {
        let (own, others) = (self.addresses(), other.addresses());
        if own.start < others.end && others.start < own.end {
            return Err(PyValueError::new_err(format!(
                "{} overlaps {} in memory",
                self.name, other.name
            )));
        }
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.buffer.item_count()
    }

    /// Copies values out, from index `start` on.
    ///
    /// # Panics
    /// If there are fewer than `into` holds.
    pub fn load(&self, start: usize, into: &mut [f64]) {
        let cells = self.cells(start, into.len());
        for (value, cell) in into.iter_mut().zip(cells) {
            *value = f64::from_bits(cell.load(Ordering::Relaxed));
        }
    }

    /// Copies values in, from index `start` on. Only for what [`Self::writable`] returned.
    ///
    /// # Panics
    /// If there is less room than `from` needs.
    pub fn store(&self, start: usize, from: &[f64]) {
        debug_assert!(!self.buffer.readonly());
        let cells = self.cells(start, from.len());
        for (value, cell) in from.iter().zip(cells) {
            cell.store(value.to_bits(), Ordering::Relaxed);
        }
    }

    fn addresses(&self) -> Range<usize> {
        let start = self.buffer.buf_ptr().addr();
        start..start + self.buffer.len_bytes()
    }

    fn cells(&self, start: usize, n: usize) -> &[AtomicU64] {
        let memory = self
            .buffer
            .as_slice_ptr()
            .expect("contiguous, as the constructor saw to");
        // SAFETY: PyO3 has checked the alignment, which is that of f64, and the size of the items;
        // the buffer is held, so the memory stays valid as long as `self`. It is only accessed
        // atomically here. Where it is read-only it is only loaded from, relaxed and 8 bytes wide,
        // which `std::sync::atomic` allows.
        let cells = unsafe { &*(memory.as_ptr() as *const [AtomicU64]) };
        &cells[start..start + n]
    }
}
