//! The contract of `lorenz`.

use stackgap_core::Backend;
use stackgap_core::lorenz::{MAX_COORDINATE, MAX_DT, MAX_STEPS, MAX_TIME, MIN_DT, advance};

use crate::equation::Equation;
use crate::fault::Fault;
use crate::rule::{Field, Limits, Output, Rule};
use crate::values::{Value, Values};

pub const EQUATION: Equation = Equation {
    name: "lorenz",
    summary: "Where Lorenz's system has got to after some steps from a given state.",
    request: &[
        Field {
            name: "state",
            description: STATE,
            rule: Rule::Numbers {
                each: Limits::new(-MAX_COORDINATE, MAX_COORDINATE),
                count: Limits::new(3, 3),
            },
        },
        Field {
            name: "dt",
            description: "dimensionless time",
            rule: Rule::Number(Limits::new(MIN_DT, MAX_DT)),
        },
        Field {
            name: "steps",
            description: "Runge-Kutta steps of dt each",
            rule: Rule::Integer(Limits::new(1, MAX_STEPS)),
        },
    ],
    response: &[Output {
        name: "state",
        description: STATE,
    }],
    example: r#"{"state": [1.0, 1.0, 1.0], "dt": 0.01, "steps": 100}"#,
    check,
    work: steps,
    brief_work: 6_000,
    solve,
};

const STATE: &str =
    "x, y, z: convection, horizontal and vertical temperature variation; dimensionless";

fn check(values: &Values) -> Result<(), Fault> {
    let [_state, dt, steps] = values.fields();
    if dt.number() * steps.integer() as f64 <= MAX_TIME {
        return Ok(());
    }
    let detail = format!("expected dt * steps to be at most {MAX_TIME:?}");
    Err(Fault::new(detail).within("steps"))
}

fn steps(values: &Values) -> usize {
    let [_state, _dt, steps] = values.fields();
    steps.integer()
}

fn solve(backend: Backend, values: &Values) -> Vec<Vec<f64>> {
    let [state, dt, steps] = values.fields();
    let state = advance(backend, coordinates(state), dt.number(), steps.integer());
    vec![state.to_vec()]
}

fn coordinates(state: &Value) -> [f64; 3] {
    let numbers = state.numbers().try_into();
    numbers.expect("the rule asks for three numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(dt: &str, steps: &str) -> Result<Values, Fault> {
        let body = format!(r#"{{"state": [1.0, 1.0, 1.0], "dt": {dt}, "steps": {steps}}}"#);
        EQUATION.read(body.as_bytes())
    }

    #[test]
    fn the_time_is_limited_as_the_double_it_is_computed_to() {
        // Exactly, 2000 times the double next to 0.01 is more than 20.
        assert!(read("0.01", "2000").is_ok());
        assert_eq!(read("0.01", "2001").unwrap_err().pointer, "/steps");
        assert!(read("0.0002", "100000").is_ok());
        let fault = read("0.00020000000000000004", "100000").unwrap_err();
        assert_eq!(fault.pointer, "/steps");
    }
}
