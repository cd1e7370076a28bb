//! The server with the system's allocator.

use std::process::ExitCode;

use axum_api::{Allocator, run};

fn main() -> ExitCode {
    run(Allocator::System)
}
