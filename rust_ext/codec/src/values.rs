//! A request once it is read.

/// A request's values, one for each of its equation's fields, in their order.
#[derive(Clone, Debug, PartialEq)]
pub struct Values(pub(crate) Vec<Value>);

/// A value that its field's rule allows.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Which of the strings it is.
    Choice(usize),
    Number(f64),
    Integer(usize),
    Numbers(Vec<f64>),
}

/// A value as others see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plain<'a> {
    /// One of the strings that the field allows.
    Text(&'static str),
    /// A number.
    Number(f64),
    /// A whole number.
    Integer(usize),
    /// An array of numbers.
    Numbers(&'a [f64]),
}

impl Values {
    /// The values, to be taken apart by the equation that they were read for.
    pub(crate) fn fields<const N: usize>(&self) -> &[Value; N] {
        let fields = self.0.as_slice().try_into();
        fields.expect("an equation knows how many fields it has")
    }
}

impl Value {
    pub fn choice(&self) -> usize {
        match self {
            Self::Choice(index) => *index,
            other => panic!("{other:?} is not a choice"),
        }
    }

    pub fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            other => panic!("{other:?} is not a number"),
        }
    }

    pub fn integer(&self) -> usize {
        match self {
            Self::Integer(integer) => *integer,
            other => panic!("{other:?} is not an integer"),
        }
    }

    pub fn numbers(&self) -> &[f64] {
        match self {
            Self::Numbers(numbers) => numbers,
            other => panic!("{other:?} is not an array"),
        }
    }
}
