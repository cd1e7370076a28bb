//! What is wrong with a body, and where.

use serde::Serialize;

/// What is wrong with a body, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// RFC 6901 pointer to the value at fault; empty for the body as a whole.
    pub pointer: String,
    /// What is wrong, for a person to read.
    pub detail: String,
}

impl Fault {
    /// A fault of the whole of what was read.
    pub(crate) fn new(detail: impl Into<String>) -> Self {
        Self {
            pointer: String::new(),
            detail: detail.into(),
        }
    }

    /// The same fault, seen from the object or array whose member `step` was read.
    pub(crate) fn within(self, step: &str) -> Self {
        let step = step.replace('~', "~0").replace('/', "~1");
        Self {
            pointer: format!("/{step}{}", self.pointer),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_escapes_what_rfc_6901_reserves() {
        let pointer = |step| Fault::new("").within(step).pointer;
        assert_eq!(pointer("a/b~c~1"), "/a~1b~0c~01");
        assert_eq!(pointer(""), "/");
    }

    #[test]
    fn a_pointer_grows_outwards() {
        let fault = Fault::new("").within("3").within("times_jd");
        assert_eq!(fault.pointer, "/times_jd/3");
    }
}
