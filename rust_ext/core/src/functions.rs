//! The elementary functions of `rust_simd` on arrays, for tests of their accuracy.

use crate::maths::Maths;
use crate::simd::{Level, dispatch};

pub use crate::elementary::MAX_ANGLE;

/// An elementary function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Sine of radians, NaN beyond [`MAX_ANGLE`].
    Sin,
    /// Cosine of radians, NaN beyond [`MAX_ANGLE`].
    Cos,
    /// e to a power.
    Exp,
    /// Natural logarithm.
    Ln,
    /// Complementary error function.
    Erfc,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Sin, Self::Cos, Self::Exp, Self::Ln, Self::Erfc];

    /// The function's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Erfc => "erfc",
        }
    }

    /// The function of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|function| function.name() == name)
    }

    /// Replaces each of `values` by its image, computed as at `level`, or at the best this machine
    /// has if that is less.
    pub fn apply(self, level: Level, values: &mut [f64]) {
        on_all(level, self, values);
    }
}

dispatch! {
    fn on_all(function: Function, values: &mut [f64]) = map
}

#[inline(always)]
fn map<M: Maths, const REGISTER: usize>(function: Function, values: &mut [f64]) {
    match function {
        Function::Sin => on_each(values, |x| M::sin_cos(x).0),
        Function::Cos => on_each(values, |x| M::sin_cos(x).1),
        Function::Exp => on_each(values, M::exp),
        Function::Ln => on_each(values, M::ln),
        Function::Erfc => on_each(values, M::erfc),
    }
}

#[inline(always)]
fn on_each(values: &mut [f64], function: impl Fn(f64) -> f64) {
    for value in values {
        *value = function(*value);
    }
}
