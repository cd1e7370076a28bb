//! The Python edge: conversions and errors, no maths.
//!
//! Documented where its users look, in `python_api/_rust_ext.pyi`.

mod buffer;
mod ephemeris;

use pyo3::prelude::*;

#[pymodule]
mod _rust_ext {
    use std::collections::BTreeMap;

    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::ephemeris::{ephemeris, ephemeris_into, solve_kepler};

    #[pymodule_export]
    const BUILD_HASH: &str = stackgap_core::BUILD_HASH;
    #[pymodule_export]
    const MIN_JD: f64 = stackgap_core::ephemeris::MIN_JD;
    #[pymodule_export]
    const MAX_JD: f64 = stackgap_core::ephemeris::MAX_JD;
    #[pymodule_export]
    const MAX_TIMES: usize = stackgap_core::ephemeris::MAX_TIMES;

    #[pyfunction]
    const fn noop() {}

    #[pyfunction]
    fn build_info() -> BTreeMap<&'static str, &'static str> {
        BTreeMap::from([
            ("build_hash", BUILD_HASH),
            ("profile", env!("STACKGAP_PROFILE")),
            ("rustc", stackgap_core::RUSTC),
            ("target", env!("STACKGAP_TARGET")),
            ("target_features", env!("STACKGAP_TARGET_FEATURES")),
        ])
    }
}
