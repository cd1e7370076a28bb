//! The same server with another allocator: what that changes is measured apart.

use std::process::ExitCode;

use axum_api::{Allocator, run};
use mimalloc::MiMalloc;

#[global_allocator]
static GLOBAL: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    run(Allocator::Mimalloc)
}
