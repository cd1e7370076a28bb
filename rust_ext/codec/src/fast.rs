//! The first reading of a request, by `serde_json`: it says yes or no.
//!
//! Only what the derived readers would get wrong, or cannot know, is written out.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::rule::{Field, Limits, Rule};
use crate::values::{Value, Values};

/// Reads a body whose fields are `fields`.
///
/// # Errors
/// One for anything but a good body that has each key once. It does not say where the fault is.
pub fn read(fields: &[Field], body: &[u8]) -> serde_json::Result<Values> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let values = Request(fields).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(values)
}

struct Request<'a>(&'a [Field]);

/// The key of one of the fields, read as its place among them.
struct Key<'a>(&'a [Field]);

/// A string that is one of these, read as its place among them.
struct Choice(&'static [&'static str]);

/// A number that is alone. Those in arrays are read as `f64` itself: by a visitor of their own
/// they are read in the array's loop, with no call for each.
struct Number(Limits<f64>);

struct Numbers {
    each: Limits<f64>,
    count: Limits<usize>,
}

impl<'de> DeserializeSeed<'de> for Request<'_> {
    type Value = Values;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Values, D::Error> {
        // As a struct it would be taken from an array too.
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Request<'_> {
    type Value = Values;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Values, A::Error> {
        let mut values: Vec<_> = self.0.iter().map(|_| None).collect();
        while let Some(index) = members.next_key_seed(Key(self.0))? {
            let value = members.next_value_seed(self.0[index].rule)?;
            if values[index].replace(value).is_some() {
                return Err(A::Error::custom("a key is given twice"));
            }
        }
        let values: Option<Vec<_>> = values.into_iter().collect();
        values
            .map(Values)
            .ok_or_else(|| A::Error::custom("a field is missing"))
    }
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        let index = self.0.iter().position(|field| field.name == key);
        index.ok_or_else(|| E::custom("no such field"))
    }
}

impl<'de> DeserializeSeed<'de> for Rule {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self {
            Self::OneOf(names) => deserializer
                .deserialize_str(Choice(names))
                .map(Value::Choice),
            Self::Number(limits) => deserializer
                .deserialize_f64(Number(limits))
                .map(Value::Number),
            Self::Integer(limits) => usize::deserialize(deserializer)
                .and_then(|integer| within(limits, integer))
                .map(Value::Integer),
            Self::Numbers { each, count } => deserializer
                .deserialize_seq(Numbers { each, count })
                .map(Value::Numbers),
        }
    }
}

fn within<T: PartialOrd + Copy, E: Error>(limits: Limits<T>, value: T) -> Result<T, E> {
    if limits.hold(value) {
        Ok(value)
    } else {
        Err(E::custom("out of range"))
    }
}

impl Visitor<'_> for Choice {
    type Value = usize;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a known name")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<usize, E> {
        let index = self.0.iter().position(|name| *name == text);
        index.ok_or_else(|| E::custom("no such name"))
    }
}

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        within(self.0, number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
        within(self.0, number as f64)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
        within(self.0, number as f64)
    }
}

impl<'de> Visitor<'de> for Numbers {
    type Value = Vec<f64>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of numbers")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<f64>, A::Error> {
        let mut numbers = Vec::new();
        while let Some(number) = items.next_element()? {
            if numbers.len() == self.count.most || !self.each.hold(number) {
                return Err(A::Error::custom("too many numbers, or one out of range"));
            }
            numbers.push(number);
        }
        if numbers.len() < self.count.least {
            return Err(A::Error::custom("too few numbers"));
        }
        Ok(numbers)
    }
}
