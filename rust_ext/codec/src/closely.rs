//! The second reading of a request, by the scanner: it says what is wrong and where.
//!
//! Well-formed text may still hold a faulty value, hence two results in one another. A fault is
//! told from the value that was read, and given its way there from outside.

use crate::fault::Fault;
use crate::json::{Kind, Malformed, Scanner};
use crate::rule::{Field, Limits, Rule};
use crate::values::{Value, Values};

type Checked<T> = Result<T, Fault>;

/// Reads a body whose fields are `fields`; of a key given twice the last counts.
///
/// # Errors
/// The first fault found in it.
pub fn read(fields: &[Field], body: &[u8]) -> Checked<Values> {
    let text = str::from_utf8(body).map_err(|error| Fault::new(format!("not UTF-8: {error}")))?;
    read_text(fields, text).unwrap_or_else(|malformed| Err(Fault::new(malformed.to_string())))
}

fn read_text(fields: &[Field], text: &str) -> Result<Checked<Values>, Malformed> {
    let mut scanner = Scanner::new(text);
    let values = match scanner.kind()? {
        Kind::Object => read_request(fields, &mut scanner)?,
        _ => fault_of_kind(&mut scanner, "an object")?,
    };
    scanner.end()?;
    Ok(values)
}

fn read_request(fields: &[Field], scanner: &mut Scanner) -> Result<Checked<Values>, Malformed> {
    let missing = |field: &Field| Err(Fault::new("missing").within(field.name));
    let mut values: Vec<_> = fields.iter().map(missing).collect();
    let mut only_known = Ok(());
    scanner.object(|scanner, key| {
        if let Some(index) = fields.iter().position(|field| field.name == key) {
            let value = read_value(fields[index].rule, scanner)?;
            values[index] = value.map_err(|fault| fault.within(&key));
        } else {
            only_known = Err(Fault::new("no such field").within(&key));
            scanner.skip()?;
        }
        Ok(())
    })?;
    Ok(only_known.and_then(|()| values.into_iter().collect::<Checked<_>>().map(Values)))
}

fn read_value(rule: Rule, scanner: &mut Scanner) -> Result<Checked<Value>, Malformed> {
    Ok(match rule {
        Rule::OneOf(names) => read_choice(names, scanner)?.map(Value::Choice),
        Rule::Number(limits) => read_number(limits, scanner)?.map(Value::Number),
        Rule::Integer(limits) => read_integer(limits, scanner)?.map(Value::Integer),
        Rule::Numbers { each, count } => read_numbers(each, count, scanner)?.map(Value::Numbers),
    })
}

fn read_choice(names: &[&'static str], scanner: &mut Scanner) -> Result<Checked<usize>, Malformed> {
    if scanner.kind()? != Kind::String {
        return fault_of_kind(scanner, "a string");
    }
    let text = scanner.string()?;
    let index = names.iter().position(|name| *name == text);
    Ok(index.ok_or_else(|| Fault::new(format!("expected one of {}", names.join(", ")))))
}

fn read_number(limits: Limits<f64>, scanner: &mut Scanner) -> Result<Checked<f64>, Malformed> {
    if scanner.kind()? != Kind::Number {
        return fault_of_kind(scanner, "a number");
    }
    // Rust takes all that JSON calls a number, and gives infinity for what is too large.
    let number = scanner
        .number()?
        .parse()
        .expect("a JSON number is a Rust number");
    Ok(if limits.hold(number) {
        Ok(number)
    } else {
        Err(Fault::new(format!("expected a number in {limits}")))
    })
}

fn read_integer(limits: Limits<usize>, scanner: &mut Scanner) -> Result<Checked<usize>, Malformed> {
    if scanner.kind()? != Kind::Number {
        return fault_of_kind(scanner, "an integer");
    }
    // Nothing but digits is taken, and no more of them than fit.
    let integer = scanner.number()?.parse().ok();
    let in_range = integer.filter(|integer| limits.hold(*integer));
    Ok(in_range.ok_or_else(|| Fault::new(format!("expected an integer in {limits}"))))
}

fn read_numbers(
    each: Limits<f64>,
    count: Limits<usize>,
    scanner: &mut Scanner,
) -> Result<Checked<Vec<f64>>, Malformed> {
    if scanner.kind()? != Kind::Array {
        return fault_of_kind(scanner, "an array of numbers");
    }
    let mut numbers = Ok(Vec::new());
    let mut found = 0;
    scanner.array(|scanner| {
        match &mut numbers {
            Ok(earlier) => match read_number(each, scanner)? {
                Ok(number) => earlier.push(number),
                Err(fault) => numbers = Err(fault.within(&found.to_string())),
            },
            Err(_) => scanner.skip()?,
        }
        found += 1;
        Ok(())
    })?;
    if count.hold(found) {
        return Ok(numbers);
    }
    let detail = format!("expected {count} numbers, found {found}");
    Ok(Err(Fault::new(detail)))
}

/// Passes over a value that is no `expected`, and says so.
fn fault_of_kind<T>(scanner: &mut Scanner, expected: &str) -> Result<Checked<T>, Malformed> {
    scanner.skip()?;
    Ok(Err(Fault::new(format!("expected {expected}"))))
}
