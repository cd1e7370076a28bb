//! Hands the facts of the build on to the code, for `build_info`.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for (fact, source) in [
        ("PROFILE", "PROFILE"),
        ("TARGET", "TARGET"),
        ("TARGET_FEATURES", "CARGO_CFG_TARGET_FEATURE"),
    ] {
        println!(
            "cargo::rustc-env=STACKGAP_{fact}={}",
            env::var(source).unwrap_or_default()
        );
    }
}
