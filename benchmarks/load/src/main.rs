//! `stackgap-load`: HTTP load at a declared rate, from one thread.
//!
//! One process makes one slice of load: its configuration comes as JSON on standard input,
//! its result goes as JSON to standard output. `stackgap-load --help` tells both.

mod canary;
mod clocks;
mod config;
mod connection;
mod engine;
mod meter;
mod report;
mod response;
mod schedule;
mod tally;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lexopt::prelude::*;
use serde::Serialize;
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::config::Config;
use crate::engine::Engine;

const HELP: &str = include_str!("help.txt");

/// Why there is no result.
enum Error {
    /// The command line or the configuration is at fault.
    Usage(String),
    /// The work could not be done.
    Failed(String),
}

#[derive(Clone, Copy)]
enum Command {
    Run,
    Canary { cpu: Option<usize> },
    Version,
    Help,
}

#[derive(Serialize)]
struct Version {
    version: &'static str,
    build_hash: &'static str,
}

fn main() -> ExitCode {
    match parse_arguments().and_then(execute) {
        Ok(code) => code,
        Err(error) => {
            let (message, code) = match error {
                Error::Usage(message) => (message, 2),
                Error::Failed(message) => (message, 1),
            };
            eprintln!("stackgap-load: {message}");
            ExitCode::from(code)
        }
    }
}

fn parse_arguments() -> Result<Command, Error> {
    let mut arguments = lexopt::Parser::from_env();
    let command = read_command(&mut arguments).map_err(|error| Error::Usage(error.to_string()))?;
    command.ok_or_else(|| Error::Usage(format!("no command\n\n{HELP}")))
}

fn read_command(arguments: &mut lexopt::Parser) -> Result<Option<Command>, lexopt::Error> {
    let mut command = None;
    while let Some(argument) = arguments.next()? {
        match (argument, &mut command) {
            (Short('h') | Long("help"), _) => return Ok(Some(Command::Help)),
            (Long("cpu"), Some(Command::Canary { cpu })) => {
                *cpu = Some(arguments.value()?.parse()?);
            }
            (Value(name), None) => {
                command = Some(match name.string()?.as_str() {
                    "run" => Command::Run,
                    "canary" => Command::Canary { cpu: None },
                    "version" => Command::Version,
                    unknown => return Err(format!("unknown command {unknown:?}").into()),
                });
            }
            (argument, _) => return Err(argument.unexpected()),
        }
    }
    Ok(command)
}

fn execute(command: Command) -> Result<ExitCode, Error> {
    match command {
        Command::Run => run(),
        Command::Canary { cpu } => {
            pin(cpu)?;
            print(&canary::sing())
        }
        Command::Version => print(&Version {
            version: env!("CARGO_PKG_VERSION"),
            build_hash: option_env!("STACKGAP_BUILD_HASH").unwrap_or("unset"),
        }),
        Command::Help => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn run() -> Result<ExitCode, Error> {
    let text = io::read_to_string(io::stdin())
        .map_err(|error| Error::Usage(format!("standard input: {error}")))?;
    let config = Config::from_json(&text).map_err(Error::Usage)?;
    let requests = config.requests().map_err(Error::Usage)?;
    pin(config.cpu)?;
    let engine = Engine::start(&config, &requests).map_err(Error::Failed)?;
    let interrupt = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&interrupt))
            .map_err(|error| Error::Failed(format!("signal {signal}: {error}")))?;
    }
    let report = engine.run(&interrupt);
    let printed = print(&report)?;
    Ok(if report.interrupted {
        ExitCode::from(130)
    } else {
        printed
    })
}

fn pin(cpu: Option<usize>) -> Result<(), Error> {
    let Some(cpu) = cpu else { return Ok(()) };
    clocks::pin_to(cpu).map_err(|error| Error::Failed(format!("cannot run on core {cpu}: {error}")))
}

fn print(result: &impl Serialize) -> Result<ExitCode, Error> {
    let mut stdout = io::stdout().lock();
    serde_json::to_writer(&mut stdout, result)
        .map_err(io::Error::from)
        .and_then(|()| writeln!(stdout))
        .map_err(|error| Error::Failed(format!("standard output: {error}")))?;
    Ok(ExitCode::SUCCESS)
}
