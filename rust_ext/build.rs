//! Hands the facts of the build on to the code, for `build_info`.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let rustc = env::var("RUSTC").expect("cargo names the compiler");
    let version = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("the compiler runs");
    let version = String::from_utf8(version.stdout).expect("the version is text");
    println!("cargo::rustc-env=STACKGAP_RUSTC={}", version.trim());
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
