//! What a field's value must be.

use std::fmt;

/// The least and the greatest value allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits<T> {
    pub least: T,
    pub most: T,
}

/// What a field's value must be.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// One of these strings.
    OneOf(&'static [&'static str]),
    /// A number.
    Number(Limits<f64>),
    /// An integer, written as one: without a sign, a fraction or an exponent.
    Integer(Limits<usize>),
    /// An array of numbers: the limits of each, and of their count.
    Numbers {
        each: Limits<f64>,
        count: Limits<usize>,
    },
}

/// A field of a request.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    /// What it is, with its unit.
    pub description: &'static str,
    pub rule: Rule,
}

/// An array of an answer.
#[derive(Debug)]
pub struct Output {
    pub name: &'static str,
    /// What it is, with its unit.
    pub description: &'static str,
}

impl<T> Limits<T> {
    pub const fn new(least: T, most: T) -> Self {
        Self { least, most }
    }
}

impl<T: PartialOrd + Copy> Limits<T> {
    pub fn hold(self, value: T) -> bool {
        (self.least..=self.most).contains(&value)
    }
}

impl<T: fmt::Debug + PartialEq> fmt::Display for Limits<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            write!(formatter, "{:?}", self.least)
        } else {
            write!(formatter, "{:?} to {:?}", self.least, self.most)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_allowed_themselves() {
        let limits = Limits::new(0.0, 1.0);
        assert!(limits.hold(0.0) && limits.hold(-0.0) && limits.hold(1.0));
        assert!(!limits.hold(-5e-324) && !limits.hold(1.0_f64.next_up()));
        assert!(!limits.hold(f64::NAN));
    }
}
