//! The contract of the equations, over JSON and over raw doubles: no HTTP, no Python.
//!
//! An [`Equation`] is a table: the fields of a request with their rules, the arrays of an answer,
//! what the fields must hold together, and the kernel. Readers and schemas are made from it.
//!
//! A request in JSON is read by a [`Codec`], which only says yes or no. On a no the body is read
//! again by a scanner that says what is wrong and where, or takes what the first reading was too
//! simple for: keys given twice, and for some codecs names with escapes in them. The same request
//! as raw doubles needs one reading only.

mod answer;
mod closely;
mod codec;
mod equation;
mod fast;
mod fault;
mod float64;
mod json;
mod lean;
mod rule;
mod schema;
mod values;

mod black_scholes;
mod ephemeris;
mod heat;
mod lorenz;
mod nbody;

pub use answer::Answer;
pub use codec::Codec;
pub use equation::Equation;
pub use fault::Fault;
pub use values::{Plain, Values};

static EQUATIONS: [Equation; 5] = [
    ephemeris::EQUATION,
    black_scholes::EQUATION,
    lorenz::EQUATION,
    nbody::EQUATION,
    heat::EQUATION,
];

/// All equations, in the order in which they are listed everywhere.
#[must_use]
pub fn equations() -> &'static [Equation] {
    &EQUATIONS
}

/// The equation of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Equation> {
    EQUATIONS.iter().find(|equation| equation.name == name)
}
