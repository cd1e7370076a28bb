//! The Python edge: conversions and errors, no maths.
//!
//! Documented where its users look, in `python_api/_rust_ext.pyi`.

mod arguments;
mod black_scholes;
mod buffer;
mod codec;
mod ephemeris;
mod functions;
mod heat;
mod lorenz;
mod nbody;

use pyo3::prelude::*;

#[pymodule]
mod _rust_ext {
    use std::collections::BTreeMap;

    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use stackgap_core::simd;

    #[pymodule_export]
    use crate::black_scholes::{
        black_scholes, black_scholes_into, black_scholes_simd, black_scholes_simd_into,
    };
    #[pymodule_export]
    use crate::codec::{
        FaultyRequest, answer_float64, answer_request, print_answer, read_request, request_schema,
        response_schema,
    };
    #[pymodule_export]
    use crate::ephemeris::{
        ephemeris, ephemeris_into, ephemeris_simd, ephemeris_simd_into, solve_kepler,
        solve_kepler_simd,
    };
    #[pymodule_export]
    use crate::functions::elementary;
    #[pymodule_export]
    use crate::heat::{heat, heat_into, heat_simd, heat_simd_into};
    #[pymodule_export]
    use crate::lorenz::{lorenz, lorenz_into, lorenz_simd, lorenz_simd_into};
    #[pymodule_export]
    use crate::nbody::{nbody, nbody_into, nbody_simd, nbody_simd_into};

    #[pymodule_export]
    const BUILD_HASH: &str = stackgap_core::BUILD_HASH;
    #[pymodule_export]
    const MIN_JD: f64 = stackgap_core::ephemeris::MIN_JD;
    #[pymodule_export]
    const MAX_JD: f64 = stackgap_core::ephemeris::MAX_JD;
    #[pymodule_export]
    const MAX_TIMES: usize = stackgap_core::ephemeris::MAX_TIMES;

    #[pymodule_init]
    fn init(_module: &Bound<'_, PyModule>) -> PyResult<()> {
        simd::cap().map(drop).map_err(PyValueError::new_err)
    }

    #[pyfunction]
    const fn noop() {}

    #[pyfunction]
    fn build_info() -> BTreeMap<&'static str, &'static str> {
        BTreeMap::from([
            ("build_hash", BUILD_HASH),
            ("profile", env!("STACKGAP_PROFILE")),
            ("rustc", stackgap_core::RUSTC),
            ("simd", simd::level().name()),
            ("target", env!("STACKGAP_TARGET")),
            ("target_features", env!("STACKGAP_TARGET_FEATURES")),
        ])
    }
}
