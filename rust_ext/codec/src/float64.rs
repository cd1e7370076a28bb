//! A request as raw doubles, each of 8 bytes and little-endian: first the fields that are one
//! value, then the arrays one after another, all of one length, which follows from the body's.
//!
//! A choice is the place of its name among those allowed; an integer is a double without fraction.

use crate::fault::Fault;
use crate::rule::{Field, Limits, Rule};
use crate::values::{Value, Values};

type Bytes = [u8; size_of::<f64>()];

/// Reads a body whose fields are `fields`, at least one of them an array.
///
/// # Errors
/// The first fault found in it: that of its length, or of a value in the order of `fields`.
pub fn read(fields: &[Field], body: &[u8]) -> Result<Values, Fault> {
    let mut doubles = Doubles::split(fields, body)?;
    let values = fields.iter().map(|field| {
        let value = match field.rule {
            Rule::OneOf(names) => read_choice(names, doubles.single()),
            Rule::Number(limits) => read_number(limits, doubles.single()),
            Rule::Integer(limits) => read_integer(limits, doubles.single()),
            Rule::Numbers { each, count } => read_numbers(each, count, doubles.array()),
        };
        value.map_err(|fault| fault.within(field.name))
    });
    values.collect::<Result<_, _>>().map(Values)
}

/// What is left of a body's doubles.
struct Doubles<'a> {
    singles: &'a [Bytes],
    arrays: &'a [Bytes],
    /// How long each array is.
    n: usize,
}

impl<'a> Doubles<'a> {
    fn split(fields: &[Field], body: &'a [u8]) -> Result<Self, Fault> {
        let is_array = |field: &&Field| matches!(field.rule, Rule::Numbers { .. });
        let array_count = fields.iter().filter(is_array).count();
        let single_count = fields.len() - array_count;
        let (doubles, rest) = body.as_chunks();
        match doubles.split_at_checked(single_count) {
            Some((singles, arrays))
                if rest.is_empty() && arrays.len().is_multiple_of(array_count) =>
            {
                let n = arrays.len() / array_count;
                Ok(Self { singles, arrays, n })
            }
            _ => {
                let found = body.len();
                let expected = format!("8 bytes for each of {single_count} + {array_count} * n");
                Err(Fault::new(format!(
                    "expected {expected} values, found {found} bytes"
                )))
            }
        }
    }

    fn single(&mut self) -> f64 {
        let bytes = self.singles.split_off_first();
        f64::from_le_bytes(*bytes.expect("there is one for each field that is no array"))
    }

    fn array(&mut self) -> &'a [Bytes] {
        let array = self.arrays.split_off(..self.n);
        array.expect("there are n for each field that is an array")
    }
}

fn read_choice(names: &[&'static str], number: f64) -> Result<Value, Fault> {
    match whole(number) {
        Some(index) if index < names.len() => Ok(Value::Choice(index)),
        _ => {
            let names = names.join(", ");
            Err(Fault::new(format!(
                "expected the place, from 0, of one of {names}"
            )))
        }
    }
}

fn read_number(limits: Limits<f64>, number: f64) -> Result<Value, Fault> {
    if limits.hold(number) {
        Ok(Value::Number(number))
    } else {
        Err(Fault::new(format!("expected a number in {limits}")))
    }
}

fn read_integer(limits: Limits<usize>, number: f64) -> Result<Value, Fault> {
    match whole(number) {
        Some(integer) if limits.hold(integer) => Ok(Value::Integer(integer)),
        _ => Err(Fault::new(format!("expected an integer in {limits}"))),
    }
}

fn read_numbers(each: Limits<f64>, count: Limits<usize>, array: &[Bytes]) -> Result<Value, Fault> {
    if !count.hold(array.len()) {
        let found = array.len();
        return Err(Fault::new(format!(
            "expected {count} numbers, found {found}"
        )));
    }
    let numbers: Vec<_> = array
        .iter()
        .map(|bytes| f64::from_le_bytes(*bytes))
        .collect();
    match numbers.iter().position(|number| !each.hold(*number)) {
        None => Ok(Value::Numbers(numbers)),
        Some(index) => {
            let fault = Fault::new(format!("expected a number in {each}"));
            Err(fault.within(&index.to_string()))
        }
    }
}

/// The integer that `number` is, if it is one; those that no `usize` holds end up at the largest.
fn whole(number: f64) -> Option<usize> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "saturates, and has nothing to cut off"
    )]
    (number >= 0.0 && number.fract() == 0.0).then_some(number as usize)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::{Equation, equations, find};

    /// A field's value, good or not: what both ways of writing a request can say.
    #[derive(Clone, Debug)]
    enum Written {
        Choice(usize),
        Number(f64),
        Numbers(Vec<f64>),
    }

    fn number_about(limits: Limits<f64>) -> impl Strategy<Value = f64> + Clone {
        let Limits { least, most } = limits;
        let ends = [least, most, least.next_down(), most.next_up(), -0.0];
        prop_oneof![60 => least..=most, 1 => select(ends.to_vec())]
    }

    fn integer_about(limits: Limits<usize>) -> impl Strategy<Value = usize> {
        let Limits { least, most } = limits;
        prop_oneof![16 => least..=most, 1 => Just(least - 1), 1 => Just(most + 1)]
    }

    fn written(rule: Rule, n: usize) -> BoxedStrategy<Written> {
        match rule {
            Rule::OneOf(names) => (0..names.len()).prop_map(Written::Choice).boxed(),
            Rule::Number(limits) => number_about(limits).prop_map(Written::Number).boxed(),
            Rule::Integer(limits) => integer_about(limits)
                .prop_map(|integer| Written::Number(integer as f64))
                .boxed(),
            Rule::Numbers { each, .. } => vec(number_about(each), n)
                .prop_map(Written::Numbers)
                .boxed(),
        }
    }

    fn request() -> impl Strategy<Value = (&'static Equation, Vec<Written>)> {
        (0..equations().len(), 0..6_usize).prop_flat_map(|(index, n)| {
            let equation = &equations()[index];
            let values: Vec<_> = equation
                .request
                .iter()
                .map(|field| written(field.rule, n))
                .collect();
            (Just(equation), values)
        })
    }

    fn as_float64(values: &[Written]) -> Vec<u8> {
        let singles = values.iter().filter_map(|value| match value {
            Written::Choice(index) => Some(*index as f64),
            Written::Number(number) => Some(*number),
            Written::Numbers(_) => None,
        });
        let arrays = values.iter().filter_map(|value| match value {
            Written::Numbers(numbers) => Some(numbers),
            _ => None,
        });
        singles
            .chain(arrays.flatten().copied())
            .flat_map(f64::to_le_bytes)
            .collect()
    }

    fn as_json(equation: &Equation, values: &[Written]) -> String {
        let members = equation.request.iter().zip(values).map(|(field, value)| {
            let value = match (field.rule, value) {
                (Rule::OneOf(names), Written::Choice(index)) => format!("{:?}", names[*index]),
                (Rule::Integer(_), Written::Number(number)) => format!("{number:.0}"),
                (_, Written::Number(number)) => format!("{number:?}"),
                (_, Written::Numbers(numbers)) => format!("{numbers:?}"),
                (rule, value) => panic!("{value:?} is not for {rule:?}"),
            };
            format!("{:?}: {value}", field.name)
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
    }

    /// What was read, as text that tells all doubles apart, or the pointer to the fault.
    fn told(read: Result<Values, Fault>) -> Result<String, String> {
        match read {
            Ok(values) => Ok(format!("{values:?}")),
            Err(fault) => Err(fault.pointer),
        }
    }

    fn good(equation: &str) -> (&'static Equation, Vec<f64>) {
        let doubles: &[f64] = match equation {
            "ephemeris" => &[3.0, 2_451_545.0, 2_451_545.5],
            "black_scholes" => &[0.03, 0.2, 100.0, 100.0, 95.0, 105.0, 0.5, 1.0],
            "lorenz" => &[0.01, 100.0, 1.0, 1.0, 1.0],
            "nbody" => &[0.05, 1.0, 0.5, 0.0, 1.0, -1.5, 2.0, 0.25, 0.0],
            "heat" => &[1e-4, 0.01, 1.0, 10.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            _ => unreachable!(),
        };
        (find(equation).unwrap(), doubles.to_vec())
    }

    fn read_doubles(equation: &Equation, doubles: &[f64]) -> Result<Values, Fault> {
        let body: Vec<u8> = doubles
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        equation.read_float64(&body)
    }

    /// The pointer to the fault of the good request whose double at `place` is `number`.
    fn pointer_with(equation: &str, place: usize, number: f64) -> Option<String> {
        let (equation, mut doubles) = good(equation);
        doubles[place] = number;
        read_doubles(equation, &doubles)
            .err()
            .map(|fault| fault.pointer)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn both_payloads_of_a_request_are_read_alike((equation, values) in request()) {
            let json = equation.read(as_json(equation, &values).as_bytes());
            let float64 = equation.read_float64(&as_float64(&values));
            prop_assert_eq!(told(float64), told(json));
        }

        #[test]
        fn any_bits_are_read_as_they_are_or_refused(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            let (heat, mut doubles) = good("heat");
            doubles[8] = number;
            let read = read_doubles(heat, &doubles);
            if number.abs() <= 1e6 {
                prop_assert_eq!(read.unwrap().0[0].numbers()[4].to_bits(), bits);
            } else {
                prop_assert_eq!(read.unwrap_err().pointer, "/temperature/4");
            }
        }

        #[test]
        fn a_length_that_fits_no_count_is_a_fault_of_the_whole(
            name in select(vec!["black_scholes", "nbody"]),
            bytes in 0..400_usize,
        ) {
            let (equation, singles, arrays) = match name {
                "nbody" => (find(name).unwrap(), 1, 4),
                _ => (find(name).unwrap(), 2, 3),
            };
            let fits = bytes >= 8 * singles && (bytes - 8 * singles).is_multiple_of(8 * arrays);
            let fault = equation.read_float64(&vec![0; bytes]).unwrap_err();
            prop_assert_eq!(fault.pointer.is_empty(), !fits);
        }
    }

    #[test]
    fn the_single_values_come_first_and_then_the_arrays() {
        let (black_scholes, doubles) = good("black_scholes");
        let json = r#"{"spot": [100.0, 100.0], "strike": [95.0, 105.0], "years": [0.5, 1.0],
                       "rate": 0.03, "volatility": 0.2}"#;
        let read = read_doubles(black_scholes, &doubles).unwrap();
        assert_eq!(read, black_scholes.read(json.as_bytes()).unwrap());
    }

    #[test]
    fn a_number_that_is_not_finite_is_pointed_at() {
        for wrong in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for (equation, place, pointer) in [
                ("ephemeris", 0, "/planet"),
                ("ephemeris", 2, "/times_jd/1"),
                ("black_scholes", 1, "/volatility"),
                ("black_scholes", 7, "/years/1"),
                ("lorenz", 1, "/steps"),
                ("nbody", 5, "/y/0"),
                ("heat", 0, "/diffusivity"),
            ] {
                let found = pointer_with(equation, place, wrong);
                assert_eq!(found.as_deref(), Some(pointer), "{equation} {wrong}");
            }
        }
    }

    #[test]
    fn only_the_place_of_a_name_is_a_choice() {
        for place in [0.0, -0.0, 7.0] {
            assert_eq!(pointer_with("ephemeris", 0, place), None, "{place}");
        }
        for wrong in [-1.0, 8.0, 0.5, 7.000_000_000_000_001, 1e300, -1e300, 5e-324] {
            assert_eq!(
                pointer_with("ephemeris", 0, wrong).unwrap(),
                "/planet",
                "{wrong}"
            );
        }
    }

    #[test]
    fn only_a_double_without_fraction_is_an_integer() {
        for steps in [1.0, 2_000.0] {
            assert_eq!(pointer_with("lorenz", 1, steps), None, "{steps}");
        }
        let too_large = usize::MAX as f64;
        for wrong in [
            0.0,
            -0.0,
            -5.0,
            5.5,
            1.0_f64.next_up(),
            100_001.0,
            too_large,
            f64::MAX,
        ] {
            assert_eq!(
                pointer_with("lorenz", 1, wrong).unwrap(),
                "/steps",
                "{wrong}"
            );
        }
    }

    #[test]
    fn too_few_or_too_many_numbers_are_a_fault_of_the_first_array() {
        let heat = find("heat").unwrap();
        for n in [0, 2, 100_001] {
            let doubles = [&[1.0, 1.0, 1.0, 1.0], vec![0.0; n].as_slice()].concat();
            let fault = read_doubles(heat, &doubles).unwrap_err();
            assert_eq!(fault.pointer, "/temperature", "{n}");
        }
    }
}
