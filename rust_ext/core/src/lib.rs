//! The equations in plain Rust: no Python, no HTTP, no allocation in a kernel.
pub mod ephemeris;

/// Hash of the Rust sources this was built from, or `"unset"` when the build did not say.
pub const BUILD_HASH: &str = match option_env!("STACKGAP_BUILD_HASH") {
    Some(hash) => hash,
    None => "unset",
};

/// The compiler, as `rustc --version` tells it.
pub const RUSTC: &str = env!("STACKGAP_RUSTC");
