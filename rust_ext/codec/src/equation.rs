//! What an equation's contract consists of, and what can be done with it.

use serde_json::Value as Json;
use stackgap_core::Backend;

use crate::answer::Answer;
use crate::codec::Codec;
use crate::fault::Fault;
use crate::rule::{Field, Limits, Output, Rule};
use crate::values::{Plain, Value, Values};
use crate::{closely, float64, schema};

/// An equation over HTTP: what a request for it must be, and what it is answered.
#[derive(Debug)]
pub struct Equation {
    /// Its name, which is the last segment of its path.
    pub name: &'static str,
    /// What it gives, in a sentence.
    pub summary: &'static str,
    /// A request's fields. All are required, no other is allowed, and the arrays among them are
    /// as long as the first of these.
    pub(crate) request: &'static [Field],
    /// An answer's arrays, as long as the request's.
    pub(crate) response: &'static [Output],
    /// A request's body.
    pub(crate) example: &'static str,
    /// The first of the limits on several fields together that is not kept.
    pub(crate) check: fn(&Values) -> Result<(), Fault>,
    /// How many elementary pieces of work a request is.
    pub(crate) work: fn(&Values) -> usize,
    /// How many of them the scalar kernel does in some 100 µs.
    pub(crate) brief_work: usize,
    /// The answer's arrays.
    pub(crate) solve: fn(Backend, &Values) -> Vec<Vec<f64>>,
}

impl Equation {
    /// Reads the body of a request in JSON, by the usual codec.
    ///
    /// # Errors
    /// The first fault found in it.
    pub fn read(&self, body: &[u8]) -> Result<Values, Fault> {
        self.read_by(Codec::default(), body)
    }

    /// Reads the body of a request by `codec`.
    ///
    /// # Errors
    /// The first fault found in it.
    pub fn read_by(&self, codec: Codec, body: &[u8]) -> Result<Values, Fault> {
        let values = codec
            .read(self.request, body)
            .map_or_else(|| closely::read(self.request, body), Ok)?;
        self.check_lengths(&values)?;
        (self.check)(&values)?;
        Ok(values)
    }

    /// Reads the body of a request in little-endian doubles.
    ///
    /// # Errors
    /// The first fault found in it.
    pub fn read_float64(&self, body: &[u8]) -> Result<Values, Fault> {
        let values = float64::read(self.request, body)?;
        (self.check)(&values)?;
        Ok(values)
    }

    /// Answers a request that was read for it.
    #[must_use]
    pub fn solve(&self, backend: Backend, values: &Values) -> Answer {
        Answer::new(self.response, (self.solve)(backend, values))
    }

    /// The answer that has these arrays, in the contract's order; None if there are more or fewer.
    #[must_use]
    pub fn answer(&self, arrays: Vec<Vec<f64>>) -> Option<Answer> {
        (arrays.len() == self.response.len()).then(|| Answer::new(self.response, arrays))
    }

    /// The values of a request in the order of its fields, a choice by its name.
    ///
    /// # Panics
    /// If the iterator comes to a value that another equation has read.
    pub fn plain<'a>(&'a self, values: &'a Values) -> impl Iterator<Item = Plain<'a>> {
        let fields = self.request.iter().zip(&values.0);
        fields.map(|(field, value)| match (field.rule, value) {
            (Rule::OneOf(names), Value::Choice(index)) => Plain::Text(names[*index]),
            (_, Value::Number(number)) => Plain::Number(*number),
            (_, Value::Integer(integer)) => Plain::Integer(*integer),
            (_, Value::Numbers(numbers)) => Plain::Numbers(numbers),
            (rule, value) => panic!("{value:?} was not read by {rule:?}"),
        })
    }

    /// How many elementary pieces of work a request is: positions, options, steps, pairs of
    /// bodies, or points times steps.
    #[must_use]
    pub fn work(&self, values: &Values) -> usize {
        (self.work)(values)
    }

    /// Whether to solve it takes longer than some 100 µs with the scalar kernel: too long for
    /// others to wait meanwhile.
    #[must_use]
    pub fn takes_long(&self, values: &Values) -> bool {
        self.work(values) > self.brief_work
    }

    /// JSON Schema of a request.
    #[must_use]
    pub fn request_schema(&self) -> Json {
        schema::of_request(self)
    }

    /// JSON Schema of an answer.
    #[must_use]
    pub fn response_schema(&self) -> Json {
        schema::of_response(self)
    }

    /// A good request.
    pub(crate) fn example(&self) -> Json {
        serde_json::from_str(self.example).expect("an example is JSON")
    }

    /// How many values a request's arrays may have.
    pub(crate) fn count(&self) -> Limits<usize> {
        let mut counts = self.request.iter().filter_map(|field| match field.rule {
            Rule::Numbers { count, .. } => Some(count),
            _ => None,
        });
        counts.next().expect("every request has an array")
    }

    fn check_lengths(&self, values: &Values) -> Result<(), Fault> {
        let fields = self.request.iter().zip(&values.0);
        let mut arrays = fields.filter_map(|(field, value)| match value {
            Value::Numbers(numbers) => Some((field.name, numbers.len())),
            _ => None,
        });
        let (first, n) = arrays.next().expect("every request has an array");
        match arrays.find(|(_, length)| *length != n) {
            None => Ok(()),
            Some((name, length)) => {
                let detail = format!("expected {n} numbers, as in {first}, found {length}");
                Err(Fault::new(detail).within(name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;
    use crate::json::Scanner;
    use crate::{equations, find};

    fn has_a_key_twice(text: &str) -> bool {
        let mut keys = Vec::new();
        let read = Scanner::new(text).object(|scanner, key| {
            keys.push(key);
            scanner.skip()
        });
        let found = keys.len();
        keys.sort_unstable();
        keys.dedup();
        read.is_ok() && keys.len() < found
    }

    fn object(members: &[(String, String)]) -> String {
        let members = members
            .iter()
            .map(|(key, value)| format!(r#""{key}": {value}"#));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// The equation's example with the value of `field` written as given.
    fn example_with(equation: &Equation, field: &str, value: &str) -> String {
        let example = equation.example();
        let members = example.as_object().unwrap().iter().map(|(key, own)| {
            let value = if key == field {
                value.to_owned()
            } else {
                own.to_string()
            };
            (key.clone(), value)
        });
        object(&members.collect::<Vec<_>>())
    }

    fn number_within(limits: Limits<f64>) -> impl Strategy<Value = f64> + Clone {
        let Limits { least, most } = limits;
        prop_oneof![8 => least..=most, 1 => Just(least), 1 => Just(most)]
    }

    /// A value that the rule allows, as it is written.
    fn good_value(rule: Rule) -> BoxedStrategy<String> {
        match rule {
            Rule::OneOf(names) => select(names).prop_map(|name| format!("{name:?}")).boxed(),
            Rule::Number(limits) => number_within(limits)
                .prop_map(|number| format!("{number:?}"))
                .boxed(),
            Rule::Integer(Limits { least, most }) => (least..=most)
                .prop_map(|integer| integer.to_string())
                .boxed(),
            Rule::Numbers { each, count } => {
                let lengths = count.least..=count.most.min(count.least + 3);
                vec(number_within(each), lengths)
                    .prop_map(|numbers| format!("{numbers:?}"))
                    .boxed()
            }
        }
    }

    /// Values that most rules do not allow.
    const ODD: [&str; 16] = [
        r#""vulcan""#,
        "{}",
        "null",
        "true",
        "[]",
        "[0,-0.0,1e999]",
        "[1]",
        "[1,1,1,1]",
        "5",
        "5.0",
        "5e0",
        "-0",
        "-5",
        "18446744073709551616",
        "1e999",
        r#""5""#,
    ];

    fn odd_value() -> impl Strategy<Value = String> {
        select(&ODD[..]).prop_map(str::to_owned)
    }

    fn any_equation() -> impl Strategy<Value = &'static Equation> {
        (0..equations().len()).prop_map(|index| &equations()[index])
    }

    fn any_field() -> impl Strategy<Value = (&'static Equation, &'static Field)> {
        let fields = equations()
            .iter()
            .flat_map(|equation| equation.request.iter().map(move |field| (equation, field)));
        select(fields.collect::<Vec<_>>())
    }

    /// A field that takes a number or several, and a double that it may be.
    fn any_number() -> impl Strategy<Value = (&'static Equation, &'static Field, f64)> {
        let numeric =
            any_field().prop_filter_map("no number", |(equation, field)| match field.rule {
                Rule::Number(limits) | Rule::Numbers { each: limits, .. } => {
                    Some((equation, field, limits))
                }
                _ => None,
            });
        numeric.prop_flat_map(|(equation, field, limits)| {
            (Just(equation), Just(field), number_within(limits))
        })
    }

    /// `number` as a value of `field`: itself, or as often as its array needs.
    fn written_for(field: &Field, number: &str) -> String {
        match field.rule {
            Rule::Numbers { count, .. } => format!("[{}]", vec![number; count.least].join(", ")),
            _ => number.to_owned(),
        }
    }

    fn first_number(equation: &Equation, field: &Field, values: &Values) -> f64 {
        let place = equation
            .request
            .iter()
            .position(|other| other.name == field.name);
        match &values.0[place.unwrap()] {
            Value::Numbers(numbers) => numbers[0],
            value => value.number(),
        }
    }

    /// Any of the equation's keys, or another, with a good or an odd value of any of its fields.
    fn member(equation: &'static Equation) -> impl Strategy<Value = (String, String)> {
        let names: Vec<_> = equation.request.iter().map(|field| field.name).collect();
        let escape = |name: &str| format!("\\u{:04x}{}", u32::from(name.as_bytes()[0]), &name[1..]);
        let key = prop_oneof![
            16 => select(names.clone()).prop_map(str::to_owned),
            1 => select(names).prop_map(escape),
            1 => Just("moon".to_owned()),
        ];
        let good = (0..equation.request.len())
            .prop_flat_map(|index| good_value(equation.request[index].rule));
        (key, prop_oneof![8 => good, 2 => odd_value()])
    }

    /// Members with good values, each key once, in the contract's order.
    fn good_members(equation: &'static Equation) -> impl Strategy<Value = Vec<(String, String)>> {
        let values: Vec<_> = equation
            .request
            .iter()
            .map(|field| good_value(field.rule))
            .collect();
        values.prop_map(move |values| {
            let names = equation.request.iter().map(|field| field.name.to_owned());
            names.zip(values).collect()
        })
    }

    /// Good members with some more, good or not, put among them, and some taken out.
    fn request_like() -> impl Strategy<Value = (&'static Equation, String)> {
        any_equation().prop_flat_map(|equation| {
            let changes = vec((any::<Index>(), any::<bool>(), member(equation)), 0..3);
            (good_members(equation), changes).prop_map(move |(mut members, changes)| {
                for (place, replaces, member) in changes {
                    let start = place.index(members.len() + 1);
                    let end = members.len().min(start + usize::from(replaces));
                    members.splice(start..end, [member]);
                }
                (equation, object(&members))
            })
        })
    }

    fn good_request() -> impl Strategy<Value = (&'static Equation, String)> {
        any_equation().prop_flat_map(|equation| {
            (
                Just(equation),
                good_members(equation).prop_map(|members| object(&members)),
            )
        })
    }

    /// A place in a text, how many bytes to take out there, and what to put in.
    fn edit() -> impl Strategy<Value = (Index, usize, Vec<u8>)> {
        let bytes = prop_oneof![
            vec(select(br#"{}[]",:0159.eE+-nul\ "#.to_vec()), 0..3),
            vec(any::<u8>(), 0..3),
        ];
        (any::<Index>(), 0..3_usize, bytes)
    }

    fn edited(text: &str, edits: Vec<(Index, usize, Vec<u8>)>) -> Vec<u8> {
        let mut body = text.as_bytes().to_vec();
        for (place, removed, inserted) in edits {
            let start = place.index(body.len() + 1);
            let end = body.len().min(start + removed);
            body.splice(start..end, inserted);
        }
        body
    }

    fn readings(equation: &Equation, body: &str) -> [Values; 3] {
        let body = body.as_bytes();
        let [serde_json, lexical] =
            Codec::ALL.map(|codec| codec.read(equation.request, body).unwrap());
        let close = closely::read(equation.request, body).unwrap();
        [serde_json, lexical, close]
    }

    fn assert_readings_agree(equation: &Equation, body: &[u8]) -> Result<(), TestCaseError> {
        let close = closely::read(equation.request, body);
        for codec in Codec::ALL {
            match (codec.read(equation.request, body), &close) {
                (Some(first), close) => prop_assert_eq!(&Ok(first), close, "{:?}", codec),
                (None, Ok(_)) => {
                    let text = str::from_utf8(body).unwrap();
                    let escaped = codec == Codec::Lexical && text.contains('\\');
                    prop_assert!(escaped || has_a_key_twice(text), "{:?}", codec);
                }
                (None, Err(_)) => {}
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn all_readings_agree_on_requests_with_faulty_members(
            (equation, text) in request_like(),
        ) {
            assert_readings_agree(equation, text.as_bytes())?;
        }

        #[test]
        fn all_readings_agree_on_requests_with_faulty_bytes(
            (equation, text) in good_request(),
            edits in vec(edit(), 0..3),
        ) {
            assert_readings_agree(equation, &edited(&text, edits))?;
        }

        #[test]
        fn all_readings_agree_on_odd_values(
            (equation, field) in any_field(),
            value in odd_value(),
        ) {
            assert_readings_agree(equation, example_with(equation, field.name, &value).as_bytes())?;
        }

        #[test]
        fn a_good_request_is_read_at_once((equation, text) in good_request()) {
            for codec in Codec::ALL {
                prop_assert!(codec.read(equation.request, text.as_bytes()).is_some());
            }
        }

        #[test]
        fn a_number_reads_back_as_the_same_double((equation, field, number) in any_number()) {
            let value = written_for(field, &serde_json::to_string(&number).unwrap());
            for values in readings(equation, &example_with(equation, field.name, &value)) {
                let read = first_number(equation, field, &values);
                prop_assert_eq!(read.to_bits(), number.to_bits());
            }
        }

        #[test]
        fn a_number_is_read_to_the_nearest_double(number in "24[0-5][0-9]{4}\\.[0-9]{1,40}") {
            let nearest: f64 = number.parse().unwrap();
            let ephemeris = find("ephemeris").unwrap();
            let body = example_with(ephemeris, "times_jd", &format!("[{number}]"));
            for values in readings(ephemeris, &body) {
                prop_assert_eq!(values.0[1].numbers()[0].to_bits(), nearest.to_bits());
            }
        }
    }

    #[test]
    fn a_tie_is_read_to_the_even_double() {
        // Halfway between two doubles, which lie 2^-31 apart here.
        let tie = "[2451545.00000000023283064365386962890625]";
        let ephemeris = find("ephemeris").unwrap();
        for values in readings(ephemeris, &example_with(ephemeris, "times_jd", tie)) {
            assert_eq!(values.0[1].numbers(), [2_451_545.0]);
        }
    }

    #[test]
    fn only_an_integer_literal_is_an_integer() {
        let lorenz = find("lorenz").unwrap();
        let read = |steps: &str| lorenz.read(example_with(lorenz, "steps", steps).as_bytes());
        assert_eq!(read("5").unwrap().0[2], Value::Integer(5));
        for steps in [
            "5.0",
            "5e0",
            "1E3",
            "-0",
            "0",
            "-5",
            "100001",
            "18446744073709551617",
        ] {
            assert_eq!(read(steps).unwrap_err().pointer, "/steps", "{steps}");
        }
    }

    #[test]
    fn an_array_of_another_length_than_the_first_is_at_fault() {
        let nbody = find("nbody").unwrap();
        for axis in ["x", "y", "z"] {
            for numbers in ["[0.0]", "[0.0, 0.0, 0.0]"] {
                let fault = nbody.read(example_with(nbody, axis, numbers).as_bytes());
                assert_eq!(fault.unwrap_err().pointer, format!("/{axis}"));
            }
        }
    }

    #[test]
    fn every_example_is_answered_in_full_by_every_backend() {
        for equation in equations() {
            let values = equation.read(equation.example.as_bytes()).unwrap();
            let n = values.0.iter().find_map(|value| match value {
                Value::Numbers(numbers) => Some(numbers.len()),
                _ => None,
            });
            for backend in Backend::ALL {
                let answer = equation.solve(backend, &values);
                assert!(answer.is_finite(), "{}", equation.name);
                let answer = serde_json::to_value(&answer).unwrap();
                assert_eq!(answer.as_object().unwrap().len(), equation.response.len());
                for output in equation.response {
                    let numbers = answer[output.name].as_array().unwrap();
                    assert_eq!(Some(numbers.len()), n, "{}", output.name);
                }
            }
        }
    }

    #[test]
    fn every_equation_is_found_by_a_name_of_its_own() {
        let names: HashSet<_> = equations().iter().map(|equation| equation.name).collect();
        assert_eq!(names.len(), equations().len());
        for equation in equations() {
            assert_eq!(find(equation.name).unwrap().summary, equation.summary);
        }
        assert!(find("kepler").is_none());
    }

    #[test]
    fn work_is_counted_in_the_pieces_of_each_equation() {
        let works = equations().iter().map(|equation| {
            let values = equation.read(equation.example.as_bytes()).unwrap();
            equation.work(&values)
        });
        // Positions, options, steps, pairs, points times steps.
        assert_eq!(works.collect::<Vec<_>>(), [2, 2, 100, 4, 50]);
    }

    #[test]
    fn much_work_is_known_to_take_long() {
        let heat = find("heat").unwrap();
        let takes_long = |steps| {
            let body = example_with(heat, "steps", steps);
            heat.takes_long(&heat.read(body.as_bytes()).unwrap())
        };
        assert!(!takes_long("10") && takes_long("100000"));
    }
}
