//! The `ephemeris` equation over HTTP: its request, its response and their schemas.
//!
//! A request is read by `serde_json`, which only says yes or no. On a no the body is read again
//! by [`Scanner`], which says what is wrong and where, or takes what the first reading was too
//! simple for: keys given twice.

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stackgap_core::Backend;
use stackgap_core::ephemeris::{MAX_JD, MAX_TIMES, MIN_JD, Planet, positions};

use crate::json::{Kind, Malformed, Scanner};
use crate::problem::Fault;

/// Where a planet is asked for, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The planet asked for.
    pub planet: Planet,
    /// TDB Julian dates, 1 to `MAX_TIMES` of them, each in `MIN_JD` to `MAX_JD`.
    pub times_jd: Vec<f64>,
}

/// Heliocentric positions, mean ecliptic and equinox of J2000, in astronomical units.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the contract names them")]
pub struct Positions {
    pub x_au: Vec<f64>,
    pub y_au: Vec<f64>,
    pub z_au: Vec<f64>,
}

impl Request {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// The first fault found in it.
    pub fn from_json(body: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(body).or_else(|_| read_closely(body))
    }
}

impl Positions {
    /// The positions of `planet` at `times_jd` (TDB Julian dates), in their order.
    #[must_use]
    pub fn of(planet: Planet, times_jd: &[f64]) -> Self {
        let n = times_jd.len();
        let mut at = Self {
            x_au: vec![0.0; n],
            y_au: vec![0.0; n],
            z_au: vec![0.0; n],
        };
        positions(
            Backend::Rust,
            planet,
            times_jd,
            &mut at.x_au,
            &mut at.y_au,
            &mut at.z_au,
        );
        at
    }

    /// Whether JSON has a number for every coordinate.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let mut axes = [&self.x_au, &self.y_au, &self.z_au].into_iter();
        axes.all(|axis_au| {
            axis_au
                .iter()
                .all(|coordinate_au| coordinate_au.is_finite())
        })
    }
}

/// JSON Schema of a request.
#[must_use]
pub fn request_schema() -> Value {
    json!({
        "type": "object",
        "required": ["planet", "times_jd"],
        "additionalProperties": false,
        "properties": {
            "planet": {
                "type": "string",
                "enum": Planet::ALL.map(Planet::name),
            },
            "times_jd": {
                "type": "array",
                "description": "Times as TDB Julian dates, 1800-01-01 to 2050-01-01.",
                "minItems": 1,
                "maxItems": MAX_TIMES,
                "items": {"type": "number", "minimum": MIN_JD, "maximum": MAX_JD},
            },
        },
        "examples": [{"planet": "mars", "times_jd": [2_451_545.0, 2_451_545.5]}],
    })
}

/// JSON Schema of a response.
#[must_use]
pub fn response_schema() -> Value {
    let coordinate = |description: &str| {
        json!({
            "type": "array",
            "description": description,
            "minItems": 1,
            "maxItems": MAX_TIMES,
            "items": {"type": "number"},
        })
    };
    json!({
        "type": "object",
        "description": "Heliocentric positions, one for each time: mean ecliptic and equinox of \
                        J2000, in astronomical units.",
        "required": ["x_au", "y_au", "z_au"],
        "additionalProperties": false,
        "properties": {
            "x_au": coordinate("Towards the equinox."),
            "y_au": coordinate("In the ecliptic, 90 degrees east of the equinox."),
            "z_au": coordinate("Towards the north pole of the ecliptic."),
        },
    })
}

fn in_range(time_jd: f64) -> bool {
    (MIN_JD..=MAX_JD).contains(&time_jd)
}

// What serde_json reads: only what the derived readers would get wrong is written out.

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Planet,
    TimesJd,
}

struct PlanetName(Planet);
struct Times(Vec<f64>);

impl<'de> Deserialize<'de> for Request {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Derived, it would be taken from an array too.
        deserializer.deserialize_map(RequestVisitor)
    }
}

impl<'de> Deserialize<'de> for PlanetName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(PlanetNameVisitor)
    }
}

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(TimesVisitor)
    }
}

struct RequestVisitor;
struct PlanetNameVisitor;
struct TimesVisitor;

impl<'de> Visitor<'de> for RequestVisitor {
    type Value = Request;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Request, A::Error> {
        let mut planet = None;
        let mut times_jd = None;
        while let Some(field) = members.next_key()? {
            let is_second = match field {
                Field::Planet => planet
                    .replace(members.next_value::<PlanetName>()?.0)
                    .is_some(),
                Field::TimesJd => times_jd.replace(members.next_value::<Times>()?.0).is_some(),
            };
            if is_second {
                return Err(A::Error::custom("a key is given twice"));
            }
        }
        Ok(Request {
            planet: planet.ok_or_else(|| A::Error::missing_field("planet"))?,
            times_jd: times_jd.ok_or_else(|| A::Error::missing_field("times_jd"))?,
        })
    }
}

impl Visitor<'_> for PlanetNameVisitor {
    type Value = PlanetName;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a planet's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<PlanetName, E> {
        Planet::from_name(name)
            .map(PlanetName)
            .ok_or_else(|| E::custom("no such planet"))
    }
}

impl<'de> Visitor<'de> for TimesVisitor {
    type Value = Times;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of times")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut times: A) -> Result<Times, A::Error> {
        let mut times_jd = Vec::new();
        while let Some(time_jd) = times.next_element()? {
            if times_jd.len() == MAX_TIMES || !in_range(time_jd) {
                return Err(A::Error::custom("too many times, or one out of range"));
            }
            times_jd.push(time_jd);
        }
        if times_jd.is_empty() {
            return Err(A::Error::custom("no times"));
        }
        Ok(Times(times_jd))
    }
}

// What the scanner reads: well-formed text may still hold a faulty value, hence two results.

type Checked<T> = Result<T, Fault>;

fn read_closely(body: &[u8]) -> Checked<Request> {
    let text =
        str::from_utf8(body).map_err(|error| Fault::new("", format!("not UTF-8: {error}")))?;
    read_text(text).unwrap_or_else(|malformed| Err(Fault::new("", malformed.to_string())))
}

fn read_text(text: &str) -> Result<Checked<Request>, Malformed> {
    let mut scanner = Scanner::new(text);
    let request = match scanner.kind()? {
        Kind::Object => read_request(&mut scanner)?,
        _ => fault_of_kind(&mut scanner, "", "an object")?,
    };
    scanner.end()?;
    Ok(request)
}

fn read_request(scanner: &mut Scanner) -> Result<Checked<Request>, Malformed> {
    let mut planet = Err(Fault::new("/planet", "missing"));
    let mut times_jd = Err(Fault::new("/times_jd", "missing"));
    let mut only_known = Ok(());
    scanner.object(|scanner, key| {
        match key.as_str() {
            "planet" => planet = read_planet(scanner)?,
            "times_jd" => times_jd = read_times(scanner)?,
            _ => {
                only_known = Err(Fault::new(pointer_to_member(&key), "no such field"));
                scanner.skip()?;
            }
        }
        Ok(())
    })?;
    Ok(only_known.and_then(|()| {
        Ok(Request {
            planet: planet?,
            times_jd: times_jd?,
        })
    }))
}

fn read_planet(scanner: &mut Scanner) -> Result<Checked<Planet>, Malformed> {
    if scanner.kind()? != Kind::String {
        return fault_of_kind(scanner, "/planet", "a string");
    }
    let name = scanner.string()?;
    Ok(Planet::from_name(&name).ok_or_else(|| {
        let known = Planet::ALL.map(Planet::name).join(", ");
        Fault::new("/planet", format!("expected one of {known}"))
    }))
}

fn read_times(scanner: &mut Scanner) -> Result<Checked<Vec<f64>>, Malformed> {
    if scanner.kind()? != Kind::Array {
        return fault_of_kind(scanner, "/times_jd", "an array of numbers");
    }
    let mut times_jd = Ok(Vec::new());
    let mut count = 0;
    scanner.array(|scanner| {
        match &mut times_jd {
            Ok(earlier) => match read_time(scanner, count)? {
                Ok(time_jd) => earlier.push(time_jd),
                Err(fault) => times_jd = Err(fault),
            },
            Err(_) => scanner.skip()?,
        }
        count += 1;
        Ok(())
    })?;
    if (1..=MAX_TIMES).contains(&count) {
        return Ok(times_jd);
    }
    let detail = format!("expected 1 to {MAX_TIMES} times, found {count}");
    Ok(Err(Fault::new("/times_jd", detail)))
}

fn read_time(scanner: &mut Scanner, index: usize) -> Result<Checked<f64>, Malformed> {
    let pointer = || format!("/times_jd/{index}");
    if scanner.kind()? != Kind::Number {
        return fault_of_kind(scanner, &pointer(), "a number");
    }
    // Rust takes all that JSON calls a number, and gives infinity for what is too large.
    let time_jd = scanner
        .number()?
        .parse()
        .expect("a JSON number is a Rust number");
    if in_range(time_jd) {
        return Ok(Ok(time_jd));
    }
    let detail = format!("expected a Julian date in {MIN_JD:?} to {MAX_JD:?}");
    Ok(Err(Fault::new(pointer(), detail)))
}

/// Passes over a value that is no `expected`, and says so.
fn fault_of_kind<T>(
    scanner: &mut Scanner,
    pointer: &str,
    expected: &str,
) -> Result<Checked<T>, Malformed> {
    scanner.skip()?;
    Ok(Err(Fault::new(pointer, format!("expected {expected}"))))
}

/// RFC 6901 pointer to the member `key` of the whole.
fn pointer_to_member(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    fn read_fast(body: &[u8]) -> Option<Request> {
        serde_json::from_slice(body).ok()
    }

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

    fn one_time(number: &str) -> String {
        format!(r#"{{"planet":"mars","times_jd":[{number}]}}"#)
    }

    fn time_in_range() -> impl Strategy<Value = f64> {
        prop_oneof![8 => MIN_JD..=MAX_JD, 1 => Just(MIN_JD), 1 => Just(MAX_JD)]
    }

    fn member() -> impl Strategy<Value = String> {
        let key = prop_oneof![
            8 => Just("planet"),
            8 => Just("times_jd"),
            1 => Just(r"pl\u0061net"),
            1 => Just("moon"),
        ];
        let value = prop_oneof![
            8 => Just(r#""mars""#.to_owned()),
            8 => vec(time_in_range(), 0..4).prop_map(|times| format!("{times:?}")),
            1 => Just("[2451545,-0.0,1e999]".to_owned()),
            1 => Just(r#""vulcan""#.to_owned()),
            1 => Just("{}".to_owned()),
            1 => Just("null".to_owned()),
        ];
        (key, value).prop_map(|(key, value)| format!(r#""{key}":{value}"#))
    }

    fn request_like() -> impl Strategy<Value = String> {
        vec(member(), 1..5).prop_map(|members| format!("{{{}}}", members.join(",")))
    }

    fn good_request() -> impl Strategy<Value = String> {
        vec(time_in_range(), 1..4)
            .prop_map(|times| format!(r#"{{"planet": "venus", "times_jd": {times:?}}}"#))
    }

    /// A place in a text, how many bytes to take out there, and what to put in.
    fn edit() -> impl Strategy<Value = (Index, usize, Vec<u8>)> {
        let bytes = prop_oneof![
            vec(
                prop::sample::select(br#"{}[]",:0159.eE+-nul\ "#.to_vec()),
                0..3
            ),
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

    fn assert_readings_agree(body: &[u8]) -> Result<(), TestCaseError> {
        match (read_fast(body), read_closely(body)) {
            (Some(fast), close) => prop_assert_eq!(Ok(fast), close),
            (None, Ok(_)) => prop_assert!(has_a_key_twice(str::from_utf8(body).unwrap())),
            (None, Err(_)) => {}
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn both_readings_agree_on_requests_with_faulty_members(text in request_like()) {
            assert_readings_agree(text.as_bytes())?;
        }

        #[test]
        fn both_readings_agree_on_requests_with_faulty_bytes(
            text in good_request(),
            edits in vec(edit(), 0..3),
        ) {
            assert_readings_agree(&edited(&text, edits))?;
        }

        #[test]
        fn a_good_request_is_read_at_once(text in good_request()) {
            prop_assert!(read_fast(text.as_bytes()).is_some());
        }

        #[test]
        fn a_time_reads_back_as_the_same_double(time_jd in time_in_range()) {
            let body = one_time(&serde_json::to_string(&time_jd).unwrap());
            let read = [read_fast(body.as_bytes()).unwrap(), read_closely(body.as_bytes()).unwrap()];
            for request in read {
                prop_assert_eq!(request.times_jd[0].to_bits(), time_jd.to_bits());
            }
        }

        #[test]
        fn a_number_is_read_to_the_nearest_double(number in "24[0-5][0-9]{4}\\.[0-9]{1,40}") {
            let nearest: f64 = number.parse().unwrap();
            let read = read_fast(one_time(&number).as_bytes()).unwrap();
            prop_assert_eq!(read.times_jd[0].to_bits(), nearest.to_bits());
        }

        #[test]
        fn a_coordinate_reads_back_as_the_same_double(bits in any::<u64>()) {
            let x_au = f64::from_bits(bits);
            prop_assume!(x_au.is_finite());
            let at = Positions { x_au: vec![x_au], y_au: vec![], z_au: vec![] };
            let printed = serde_json::to_string(&at).unwrap();
            let number = &printed[r#"{"x_au":["#.len()..printed.find(']').unwrap()];
            prop_assert_eq!(number.parse::<f64>().unwrap().to_bits(), bits);
        }
    }

    #[test]
    fn a_tie_is_read_to_the_even_double() {
        // Halfway between two doubles, which lie 2^-31 apart here.
        let tie = "2451545.00000000023283064365386962890625";
        assert_eq!(
            read_fast(one_time(tie).as_bytes()).unwrap().times_jd,
            [2_451_545.0]
        );
        assert_eq!(
            read_closely(one_time(tie).as_bytes()).unwrap().times_jd,
            [2_451_545.0]
        );
    }

    #[test]
    fn positions_are_as_many_as_the_times() {
        let at = Positions::of(Planet::Mars, &[MIN_JD, 2_451_545.0, MAX_JD]);
        assert_eq!([at.x_au.len(), at.y_au.len(), at.z_au.len()], [3; 3]);
    }

    #[test]
    fn a_pointer_escapes_what_rfc_6901_reserves() {
        assert_eq!(pointer_to_member("a/b~c~1"), "/a~1b~0c~01");
        assert_eq!(pointer_to_member(""), "/");
    }
}
