//! A strict scanner of JSON text, for finding where a body went wrong.
//!
//! Unlike a typed reader it tells text that is not JSON (RFC 8259) from JSON of the wrong kind:
//! a number too large for a double is a number here, and what is skipped is checked as closely
//! as what is read.

use std::fmt;

/// Most arrays and objects that may be open at once.
pub const MAX_DEPTH: usize = 100;

/// The text is not JSON, or nested too deep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    at: usize,
    expected: &'static str,
}

impl fmt::Display for Malformed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "not JSON: expected {} at byte {}",
            self.expected, self.at
        )
    }
}

/// The kind of a value, as its first character shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`, `true` or `false`.
    Literal,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A place in a JSON text. What each method consumes may have white space before it.
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Scanner<'a> {
    /// The beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

    /// What the next value would be; whether it is well-formed shows when it is consumed.
    ///
    /// # Errors
    /// No value begins here.
    pub fn kind(&mut self) -> Result<Kind, Malformed> {
        self.skip_white_space();
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f' | b'n') => Ok(Kind::Literal),
            _ => Err(self.expected("a value")),
        }
    }

    /// Consumes an object; `member` is told each key, and must consume its value.
    ///
    /// # Errors
    /// No well-formed object is here, or `member` failed.
    pub fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, String) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.list(b'{', b'}', "`,` or `}`", |scanner| {
            let key = scanner.string()?;
            scanner.require(b':', "`:`")?;
            member(scanner, key)
        })
    }

    /// Consumes an array; `element` must consume each of its values.
    ///
    /// # Errors
    /// No well-formed array is here, or `element` failed.
    pub fn array(
        &mut self,
        element: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.list(b'[', b']', "`,` or `]`", element)
    }

    /// Consumes a string; returns it with its escapes replaced.
    ///
    /// # Errors
    /// No well-formed string is here.
    pub fn string(&mut self) -> Result<String, Malformed> {
        self.require(b'"', "a string")?;
        let mut string = String::new();
        loop {
            string.push_str(self.unescaped());
            if self.accept(b'"') {
                return Ok(string);
            }
            if !self.accept(b'\\') {
                return Err(self.expected("`\"`, or a character that needs no escape"));
            }
            string.push(self.escaped()?);
        }
    }

    /// Consumes a number; returns it as it is written, however large.
    ///
    /// # Errors
    /// No well-formed number is here.
    pub fn number(&mut self) -> Result<&'a str, Malformed> {
        self.skip_white_space();
        let start = self.at;
        self.accept(b'-');
        if !self.accept(b'0') {
            self.digits()?;
        }
        if self.accept(b'.') {
            self.digits()?;
        }
        if self.accept(b'e') || self.accept(b'E') {
            let _sign = self.accept(b'+') || self.accept(b'-');
            self.digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    /// Consumes any value.
    ///
    /// # Errors
    /// No well-formed value is here.
    pub fn skip(&mut self) -> Result<(), Malformed> {
        match self.kind()? {
            Kind::Object => self.object(|scanner, _key| scanner.skip()),
            Kind::Array => self.array(Self::skip),
            Kind::String => self.string().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Literal => self.literal(),
        }
    }

    /// Makes sure that nothing follows.
    ///
    /// # Errors
    /// Something does.
    pub fn end(&mut self) -> Result<(), Malformed> {
        self.skip_white_space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.expected("the end"))
        }
    }

    fn list(
        &mut self,
        open: u8,
        close: u8,
        comma_or_close: &'static str,
        mut item: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.require(open, "an array or object")?;
        if self.depth == MAX_DEPTH {
            return Err(self.expected("at most 100 open arrays and objects"));
        }
        self.depth += 1;
        if !self.accept_after_white_space(close) {
            item(self)?;
            while !self.accept_after_white_space(close) {
                self.require(b',', comma_or_close)?;
                item(self)?;
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn literal(&mut self) -> Result<(), Malformed> {
        let rest = &self.text[self.at..];
        let literal = ["null", "true", "false"]
            .into_iter()
            .find(|word| rest.starts_with(word));
        self.at += literal
            .ok_or_else(|| self.expected("`null`, `true` or `false`"))?
            .len();
        Ok(())
    }

    fn unescaped(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let special = |character| matches!(character, '"' | '\\' | '\0'..='\x1f');
        let (unescaped, _) = rest.split_at(rest.find(special).unwrap_or(rest.len()));
        self.at += unescaped.len();
        unescaped
    }

    /// What stands after a backslash.
    fn escaped(&mut self) -> Result<char, Malformed> {
        let character = match self.peek() {
            Some(letter @ (b'"' | b'\\' | b'/')) => char::from(letter),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.expected("an escape")),
        };
        self.at += 1;
        Ok(character)
    }

    /// One `uXXXX`, or two of them that are a surrogate pair.
    fn unicode(&mut self) -> Result<char, Malformed> {
        let unit = self.utf16_unit()?;
        if let Some(character) = char::from_u32(u32::from(unit)) {
            return Ok(character);
        }
        if !self.accept(b'\\') {
            return Err(self.expected("the other half of a surrogate pair"));
        }
        let pair = [unit, self.utf16_unit()?];
        let mut characters = char::decode_utf16(pair);
        characters
            .next()
            .and_then(Result::ok)
            .ok_or_else(|| self.expected("a surrogate pair"))
    }

    fn utf16_unit(&mut self) -> Result<u16, Malformed> {
        let escape = self.text[self.at..]
            .strip_prefix('u')
            .and_then(|rest| rest.get(..4));
        let digits = escape.filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let digits = digits.ok_or_else(|| self.expected("`u` and four hexadecimal digits"))?;
        self.at += 5;
        Ok(u16::from_str_radix(digits, 16).expect("four hexadecimal digits make 16 bits"))
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let digits = self.text[self.at..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        self.at += digits;
        if digits == 0 {
            Err(self.expected("a digit"))
        } else {
            Ok(())
        }
    }

    fn require(&mut self, byte: u8, expected: &'static str) -> Result<(), Malformed> {
        if self.accept_after_white_space(byte) {
            Ok(())
        } else {
            Err(self.expected(expected))
        }
    }

    fn accept_after_white_space(&mut self, byte: u8) -> bool {
        self.skip_white_space();
        self.accept(byte)
    }

    fn accept(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expected(&self, expected: &'static str) -> Malformed {
        Malformed {
            at: self.at,
            expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn skim(text: &str) -> Result<(), Malformed> {
        let mut scanner = Scanner::new(text);
        scanner.skip()?;
        scanner.end()
    }

    fn unescape(text: &str) -> Result<String, Malformed> {
        let mut scanner = Scanner::new(text);
        let string = scanner.string()?;
        scanner.end()?;
        Ok(string)
    }

    #[test]
    fn well_formed_text_is_passed_over() {
        for good in [
            "null",
            " true ",
            "\t\r\nfalse\n",
            "0",
            "-0",
            "-0.0e-0",
            "1E+400",
            "[]",
            "[ ]",
            "[1 , [2],\n{}]",
            "{}",
            "{ }",
            r#"{"" : {"a":null}, "a" :1}"#,
            r#""\ud83e\ude90 \u0000""#,
            "\"\u{7f}\u{2028}\u{10ffff}\"",
        ] {
            assert_eq!(skim(good), Ok(()), "{good}");
        }
        assert_eq!(skim(&"9".repeat(400)), Ok(()));
    }

    #[test]
    fn malformed_text_is_refused() {
        for bad in [
            "",
            " ",
            "\u{feff}1",
            "\u{a0}1",
            "\u{b}1",
            "nul",
            "nullx",
            "True",
            "NaN",
            "Infinity",
            "-Infinity",
            "-",
            "+1",
            "01",
            "-01",
            "1.",
            ".5",
            "1.e5",
            "1e",
            "1e+",
            "0x10",
            "1_000",
            "1 2",
            "[",
            "]",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1}",
            "{",
            "{1:2}",
            "{a:1}",
            "{'a':1}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{"a":1]"#,
            r#"{"a" 1}"#,
            "// 1",
            "1//",
            r#"""#,
            r#""\""#,
            r#""\x41""#,
            r#""\"#,
            r#""\u12""#,
            r#""\u+123""#,
            "\"\n\"",
            "\"\0\"",
            "\"\\é\"",
            "\"\\u12é\"",
        ] {
            assert!(skim(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_surrogate_without_its_other_half_is_refused() {
        for bad in [
            r#""\ud83e""#,
            r#""\ude90""#,
            r#""\ude90\ud83e""#,
            r#""\ud83e\ud83e""#,
            r#""\ud83e\u0041""#,
            r#""\ud83e\n""#,
            r#""\ud83eude90""#,
            r#"{"\ud83e":1}"#,
        ] {
            assert!(skim(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_string_is_returned_unescaped() {
        let text = r#" "é\"\\\/\b\f\n\r\t\u00E9\uD83E\udE90" "#;
        assert_eq!(unescape(text).unwrap(), "é\"\\/\u{8}\u{c}\n\r\té\u{1fa90}");
    }

    #[test]
    fn a_hundred_open_arrays_and_objects_are_the_most() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(skim(&nested(100)), Ok(()));
        assert!(skim(&nested(101)).is_err());
        assert_eq!(
            skim(&format!(r#"{{"a":{},"b":{}}}"#, nested(99), nested(99))),
            Ok(())
        );
        assert!(skim(&format!(r#"{{"a":{}}}"#, nested(100))).is_err());
        assert!(skim(&"[".repeat(1_000_000)).is_err());
    }

    #[test]
    fn a_fault_tells_where_it_is() {
        let malformed = skim("[1, 2 3]").unwrap_err();
        assert_eq!(
            malformed.to_string(),
            "not JSON: expected `,` or `]` at byte 6"
        );
    }

    fn json_like() -> impl Strategy<Value = String> {
        let token = prop_oneof![
            5 => "[\\[\\]{},:]",
            2 => "-?[0-9]{1,2}(\\.[0-9]?)?([eE][+-]?[0-9]{0,2})?",
            2 => "\"([a-c]|\\\\[\"\\\\/bfnrtux]|\\\\u[dD][89a-fA-F][0-9]{2}|é|\n)?\"",
            1 => "null|true|false|NaN| |\t|\u{a0}|\"",
        ];
        proptest::collection::vec(token, 0..8).prop_map(|tokens| tokens.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn serde_json_agrees_on_what_is_json(text in json_like()) {
            let theirs = serde_json::from_str::<Value>(&text);
            let too_large = matches!(&theirs, Err(error) if error.to_string().contains("out of range"));
            prop_assume!(!too_large);
            prop_assert_eq!(skim(&text).is_ok(), theirs.is_ok());
        }

        #[test]
        fn serde_json_agrees_on_what_a_string_says(string in any::<String>()) {
            prop_assert_eq!(unescape(&serde_json::to_string(&string).unwrap()), Ok(string));
        }
    }
}
