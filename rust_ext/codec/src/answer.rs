//! What a request comes to.

use serde::{Serialize, Serializer};

use crate::rule::Output;

/// The arrays that an equation gives: as JSON an object of them, in the contract's order.
#[derive(Clone, Debug)]
pub struct Answer {
    outputs: &'static [Output],
    arrays: Vec<Vec<f64>>,
}

impl Answer {
    /// `arrays` under the names of `outputs`, of which there are as many.
    pub(crate) fn new(outputs: &'static [Output], arrays: Vec<Vec<f64>>) -> Self {
        debug_assert_eq!(outputs.len(), arrays.len());
        Self { outputs, arrays }
    }

    /// The answer as JSON.
    ///
    /// # Panics
    /// Never: arrays of numbers can always be printed.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("arrays of numbers can be printed")
    }

    /// The answer as little-endian doubles, one array after another.
    #[must_use]
    pub fn to_float64(&self) -> Vec<u8> {
        let count = self.arrays.iter().map(Vec::len).sum();
        let mut doubles = Vec::with_capacity(count);
        for array in &self.arrays {
            doubles.extend(array.iter().map(|number| number.to_le_bytes()));
        }
        doubles.into_flattened()
    }

    /// Whether JSON has a number for everything in it.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let mut numbers = self.arrays.iter().flatten();
        numbers.all(|number| number.is_finite())
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.outputs.iter().map(|output| output.name);
        serializer.collect_map(names.zip(&self.arrays))
    }
}

/// Arrays of `n` zeros for a kernel to write to.
pub fn zeros<const N: usize>(n: usize) -> [Vec<f64>; N] {
    std::array::from_fn(|_| vec![0.0; n])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    static OUTPUTS: [Output; 2] = [
        Output {
            name: "second",
            description: "",
        },
        Output {
            name: "first",
            description: "",
        },
    ];

    fn answer(arrays: [Vec<f64>; 2]) -> Answer {
        Answer::new(&OUTPUTS, arrays.into())
    }

    #[test]
    fn the_arrays_are_printed_in_the_contracts_order() {
        let printed = serde_json::to_string(&answer([vec![1.0, -0.0], vec![]])).unwrap();
        assert_eq!(printed, r#"{"second":[1.0,-0.0],"first":[]}"#);
    }

    #[test]
    fn the_doubles_of_the_arrays_come_one_array_after_another() {
        let body = answer([vec![1.0, -0.0], vec![0.1]]).to_float64();
        let expected = [
            [0, 0, 0, 0, 0, 0, 0xf0, 0x3f],
            [0, 0, 0, 0, 0, 0, 0, 0x80],
            [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f],
        ];
        assert_eq!(body, expected.as_flattened());
    }

    #[test]
    fn one_number_that_is_not_finite_is_found_wherever_it_is() {
        assert!(answer([vec![1.0, f64::MAX], vec![f64::MIN]]).is_finite());
        for wrong in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for array in 0..2 {
                let mut arrays = [vec![1.0, 2.0], vec![1.0, 2.0]];
                arrays[array][1] = wrong;
                assert!(!answer(arrays).is_finite());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn a_number_reads_back_as_the_same_double(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            let printed = serde_json::to_string(&answer([vec![number], vec![]])).unwrap();
            let text = &printed[r#"{"second":["#.len()..printed.find(']').unwrap()];
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), bits);
        }
    }
}
