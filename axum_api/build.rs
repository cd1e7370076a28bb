//! Tells the crate which axum and which mimalloc it is built with, for `/health`.

use std::env;
use std::fs;
use std::path::Path;

fn main() {
    let lock = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    println!("cargo::rerun-if-changed=build.rs");
    for (variable, package) in [("AXUM_VERSION", "axum"), ("MIMALLOC_VERSION", "mimalloc")] {
        let version = locked_version(&lock, package);
        println!("cargo::rustc-env={variable}={version}");
    }
}

fn locked_version(lock: &Path, package: &str) -> String {
    let text = fs::read_to_string(lock).expect("Cargo.lock should be beside the workspace");
    let entry = format!("[[package]]\nname = \"{package}\"\nversion = \"");
    let mut versions = text
        .split(&entry)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap());
    let version = versions
        .next()
        .unwrap_or_else(|| panic!("Cargo.lock should name {package}"));
    assert!(
        versions.next().is_none(),
        "Cargo.lock should name one {package}"
    );
    version.to_owned()
}
