//! The first reading of a request, by a scanner that knows no more JSON than a good request has.
//!
//! Names with escapes in them are too much for it. All that it takes is ASCII, so that it need not
//! look for faults in UTF-8.

use lexical_parse_float::{FromLexicalWithOptions, Options, format};

use crate::rule::{Field, Limits, Rule};
use crate::values::{Value, Values};

/// Reads a body whose fields are `fields`.
///
/// None for anything but a good body that has each key once, without escapes. It does not say
/// where the fault is.
pub fn read(fields: &[Field], body: &[u8]) -> Option<Values> {
    let mut scanner = Scanner { rest: body };
    let values = scanner.request(fields)?;
    scanner.skip_white_space();
    scanner.rest.is_empty().then_some(values)
}

/// What is left of a body. What each method consumes may have white space before it.
struct Scanner<'a> {
    rest: &'a [u8],
}

impl Scanner<'_> {
    fn request(&mut self, fields: &[Field]) -> Option<Values> {
        let mut values: Vec<_> = fields.iter().map(|_| None).collect();
        self.list(b'{', b'}', |scanner| {
            let index = scanner.name(fields.iter().map(|field| field.name))?;
            scanner.token(b':')?;
            let value = scanner.value(fields[index].rule)?;
            values[index].replace(value).is_none().then_some(())
        })?;
        let values: Option<Vec<_>> = values.into_iter().collect();
        values.map(Values)
    }

    fn value(&mut self, rule: Rule) -> Option<Value> {
        Some(match rule {
            Rule::OneOf(names) => Value::Choice(self.name(names.iter().copied())?),
            Rule::Number(limits) => Value::Number(self.number(limits)?),
            Rule::Integer(limits) => Value::Integer(self.integer(limits)?),
            Rule::Numbers { each, count } => Value::Numbers(self.numbers(each, count)?),
        })
    }

    /// A string that is one of `names`, as its place among them.
    fn name(&mut self, mut names: impl Iterator<Item = &'static str>) -> Option<usize> {
        self.token(b'"')?;
        let length = self.rest.iter().position(|byte| *byte == b'"')?;
        let (name, rest) = self.rest.split_at(length);
        self.rest = &rest[1..];
        names.position(|known| known.as_bytes() == name)
    }

    fn numbers(&mut self, each: Limits<f64>, count: Limits<usize>) -> Option<Vec<f64>> {
        let mut numbers = Vec::new();
        self.list(b'[', b']', |scanner| {
            let number = scanner.number(each)?;
            (numbers.len() < count.most).then(|| numbers.push(number))
        })?;
        count.hold(numbers.len()).then_some(numbers)
    }

    fn number(&mut self, limits: Limits<f64>) -> Option<f64> {
        const OPTIONS: &Options = &Options::new();
        self.skip_white_space();
        let (number, length) =
            f64::from_lexical_partial_with_options::<{ format::JSON }>(self.rest, OPTIONS).ok()?;
        self.rest = &self.rest[length..];
        limits.hold(number).then_some(number)
    }

    fn integer(&mut self, limits: Limits<usize>) -> Option<usize> {
        self.skip_white_space();
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_digit());
        let (digits, rest) = self.rest.split_at(length.count());
        self.rest = rest;
        let is_json = digits.len() == 1 || !digits.starts_with(b"0");
        let integer = str::from_utf8(digits).ok()?.parse().ok()?;
        (is_json && limits.hold(integer)).then_some(integer)
    }

    fn list(
        &mut self,
        open: u8,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.token(open)?;
        if self.token(close).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            if self.token(b',').is_none() {
                return self.token(close);
            }
        }
    }

    fn token(&mut self, byte: u8) -> Option<()> {
        self.skip_white_space();
        self.rest = self.rest.strip_prefix(&[byte])?;
        Some(())
    }

    fn skip_white_space(&mut self) {
        while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = self.rest {
            self.rest = rest;
        }
    }
}
