//! Contiguous float64 buffers of Python objects, used while other threads may write to them.

use std::fmt::Display;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use pyo3::buffer::PyUntypedBuffer;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::arguments::require_finite;

/// Values copied to the stack and back at a time.
pub const BLOCK: usize = 256;

const _: () = assert!(align_of::<AtomicU64>() == align_of::<f64>());

/// What the `struct` module calls a double in this machine's byte order. (`PyBuffer<f64>` of
/// `PyO3` 0.30.1 takes the other order for it.)
const NATIVE_FORMATS: [&[u8]; 4] = if cfg!(target_endian = "little") {
    [b"d", b"@d", b"=d", b"<d"]
} else {
    [b"d", b"@d", b"=d", b">d"]
};

/// An argument's one-dimensional, C-contiguous float64 memory.
///
/// Without the GIL another thread may write what is read here, so every access is a relaxed
/// atomic one: a value is then an old or a new one, never half of each. The memory stays where it
/// is until this is dropped, because an exporter may not move what it has lent.
pub struct Doubles {
    name: &'static str,
    buffer: PyUntypedBuffer,
}

impl Doubles {
    /// The memory of the argument `name`, to be read.
    pub fn readable(name: &'static str, object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let buffer = PyUntypedBuffer::get(object).map_err(|cause| {
            let py = object.py();
            let error = not_float64(name, cause.value(py));
            error.set_cause(py, Some(cause));
            error
        })?;
        if !NATIVE_FORMATS.contains(&buffer.format().to_bytes()) {
            let format = buffer.format().to_string_lossy();
            return Err(not_float64(
                name,
                format!("its format is {format:?}, not \"d\""),
            ));
        }
        if buffer.item_size() != size_of::<f64>() {
            let bytes = buffer.item_size();
            return Err(not_float64(name, format!("its items have {bytes} bytes")));
        }
        if buffer.item_count() > 0 && !buffer.buf_ptr().cast::<f64>().is_aligned() {
            return Err(not_float64(name, "it is not aligned"));
        }
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

    /// The memory of the argument `name`, to be read: as long as `like`.
    pub fn as_long_as(
        like: &Self,
        name: &'static str,
        object: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let doubles = Self::readable(name, object)?;
        doubles.require_length_of(like)?;
        Ok(doubles)
    }

    /// The memory of the argument `name`, to be written: as long as the first of `others`, and
    /// apart from all of them.
    pub fn writable(
        name: &'static str,
        object: &Bound<'_, PyAny>,
        others: &[&Self],
    ) -> PyResult<Self> {
        let doubles = Self::readable(name, object)?;
        if doubles.buffer.readonly() {
            return Err(PyValueError::new_err(format!("{name} is read-only")));
        }
        doubles.require_length_of(others[0])?;
        for other in others {
            doubles.require_apart_from(other)?;
        }
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

    fn require_length_of(&self, like: &Self) -> PyResult<()> {
        let (n, expected) = (self.len(), like.len());
        if n == expected {
            return Ok(());
        }
        Err(PyValueError::new_err(format!(
            "{} has {n} values, but {} has {expected}",
            self.name, like.name
        )))
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

    /// All values, copied; `ValueError` if one is no finite number.
    pub fn to_finite(&self) -> PyResult<Vec<f64>> {
        let mut values = vec![0.0; self.len()];
        self.load(0, &mut values);
        require_finite(self.name, 0, &values)?;
        Ok(values)
    }

    /// `ValueError` if a value is no finite number.
    pub fn require_finite(&self) -> PyResult<()> {
        self.check_blocks(|start, block| require_finite(self.name, start, block))
    }

    /// Calls `check` with each block of values and the index of its first.
    pub fn check_blocks(
        &self,
        mut check: impl FnMut(usize, &[f64]) -> PyResult<()>,
    ) -> PyResult<()> {
        let mut block = [0.0; BLOCK];
        for start in (0..self.len()).step_by(BLOCK) {
            let n = BLOCK.min(self.len() - start);
            self.load(start, &mut block[..n]);
            check(start, &block[..n])?;
        }
        Ok(())
    }

    fn addresses(&self) -> Range<usize> {
        let start = self.buffer.buf_ptr().addr();
        start..start + self.buffer.len_bytes()
    }

    fn cells(&self, start: usize, n: usize) -> &[AtomicU64] {
        let values = self.len();
        if values == 0 {
            return &[];
        }
        let memory = self.buffer.buf_ptr().cast::<AtomicU64>();
        // SAFETY: the constructor saw to it that this is one contiguous run of aligned 8-byte
        // items; the buffer is held, so the memory stays valid as long as `self`. It is only
        // accessed atomically here. Where it is read-only it is only loaded from, relaxed and 8
        // bytes wide, which `std::sync::atomic` allows on 64-bit machines.
        let cells = unsafe { std::slice::from_raw_parts(memory, values) };
        &cells[start..start + n]
    }
}

fn not_float64(name: &str, reason: impl Display) -> PyErr {
    PyTypeError::new_err(format!("{name} must be a float64 buffer: {reason}"))
}
