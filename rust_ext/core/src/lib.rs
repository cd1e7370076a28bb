//! The equations in plain Rust: no Python, no HTTP.
//!
//! Each is computed by either of two backends: `rust`, one value after the other with the
//! instructions every machine has and the C library's functions, and `rust_simd`, many values at
//! once with the best instructions of this machine and functions of its own.

pub mod black_scholes;
mod elementary;
pub mod ephemeris;
pub mod functions;
pub mod heat;
pub mod lorenz;
mod maths;
pub mod nbody;
pub mod simd;

/// The two ways to compute an equation here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Scalar code for the baseline of the architecture.
    Rust,
    /// Vector instructions, see [`simd`].
    RustSimd,
}

impl Backend {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Rust, Self::RustSimd];

    /// The backend's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::RustSimd => "rust_simd",
        }
    }

    /// The backend of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|backend| backend.name() == name)
    }
}

/// Hash of the Rust sources this was built from, or `"unset"` when the build did not say.
pub const BUILD_HASH: &str = match option_env!("STACKGAP_BUILD_HASH") {
    Some(hash) => hash,
    None => "unset",
};

/// The compiler, as `rustc --version` tells it.
pub const RUSTC: &str = env!("STACKGAP_RUSTC");
