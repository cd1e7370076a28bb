//! Tells the crate which axum and which compiler it is built with, for `/health`.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

fn main() {
    let lock = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("../Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    println!("cargo::rerun-if-changed=build.rs");
    println!(
        "cargo::rustc-env=AXUM_VERSION={}",
        locked_version(&lock, "axum")
    );
    println!("cargo::rustc-env=RUSTC_VERSION={}", rustc_version());
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

fn rustc_version() -> String {
    let output = Command::new(env::var("RUSTC").unwrap())
        .arg("--version")
        .output()
        .expect("cargo's rustc should start");
    let line = String::from_utf8(output.stdout).expect("rustc --version should be text");
    line.split(' ')
        .nth(1)
        .expect("rustc --version should be `rustc VERSION ..`")
        .to_owned()
}
