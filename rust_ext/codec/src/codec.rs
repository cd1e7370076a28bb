//! The ways in which a request may be read.

use crate::rule::Field;
use crate::values::Values;
use crate::{fast, lean};

/// What reads a request first, and says only whether it is good. It prints the answers too, but
/// there both are `serde_json`: its algorithm for doubles, zmij, is what others use as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Codec {
    /// What Axum's `Json` uses.
    #[default]
    SerdeJson,
    /// A scanner for good requests alone, with lexical's reader of doubles.
    ///
    /// The fastest that reads every double right, by a quarter or so where they are long; see
    /// `examples/readings.rs`. sonic-rs is as fast, but reads `-0.0` as 0. simd-json reads `-0` so,
    /// needs a copy of the body, and takes longer for few numbers. What fast-float2 saves goes
    /// into telling `1.` and `01` from JSON.
    Lexical,
}

impl Codec {
    /// Both.
    pub const ALL: [Self; 2] = [Self::SerdeJson, Self::Lexical];

    /// The codec's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SerdeJson => "serde_json",
            Self::Lexical => "lexical",
        }
    }

    /// The codec of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|codec| codec.name() == name)
    }

    /// Reads a body whose fields are `fields`; None if it is faulty, or too much for this codec.
    pub(crate) fn read(self, fields: &[Field], body: &[u8]) -> Option<Values> {
        match self {
            Self::SerdeJson => fast::read(fields, body).ok(),
            Self::Lexical => lean::read(fields, body),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rule::{Limits, Rule};

    /// A field for any finite double.
    const ANY: [Field; 1] = [Field {
        name: "any",
        description: "",
        rule: Rule::Numbers {
            each: Limits::new(f64::MIN, f64::MAX),
            count: Limits::new(1, 1),
        },
    }];

    fn assert_read_as_nearest(number: &str) -> Result<(), TestCaseError> {
        let nearest: f64 = number.parse().unwrap();
        let body = format!(r#"{{"any":[{number}]}}"#);
        for codec in Codec::ALL {
            let read = codec.read(&ANY, body.as_bytes());
            let bits = read.map(|values| values.0[0].numbers()[0].to_bits());
            let expected = nearest.is_finite().then(|| nearest.to_bits());
            prop_assert_eq!(bits, expected, "{:?} {}", codec, number);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16_384))]

        #[test]
        fn every_double_is_read_as_itself(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            assert_read_as_nearest(&format!("{number:?}"))?;
            assert_read_as_nearest(&format!("{number:e}"))?;
        }

        #[test]
        fn a_number_of_any_length_is_read_to_the_nearest_double(
            number in "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?",
        ) {
            assert_read_as_nearest(&number)?;
        }

        #[test]
        fn halfway_between_two_doubles_the_even_one_is_read(number in 1_u64 << 53..1 << 54) {
            // Here only even numbers are doubles.
            assert_read_as_nearest(&number.to_string())?;
            assert_read_as_nearest(&format!("{number}.000"))?;
        }
    }

    #[test]
    fn the_sign_of_zero_is_read() {
        for zero in ["-0", "-0.0", "-0e5", "-1e-400", "0", "0.0"] {
            assert_read_as_nearest(zero).unwrap();
        }
    }

    #[test]
    fn a_codec_is_found_by_its_name() {
        for codec in Codec::ALL {
            assert_eq!(Codec::from_name(codec.name()), Some(codec));
        }
        assert_eq!(Codec::from_name("json"), None);
    }
}
