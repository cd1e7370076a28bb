//! The contract of `nbody`.

use stackgap_core::Backend;
use stackgap_core::nbody::{
    Bodies, MAX_BODIES, MAX_COORDINATE, MAX_MASS, MAX_SOFTENING, MIN_SOFTENING, accelerations,
};

use crate::answer::zeros;
use crate::equation::Equation;
use crate::rule::{Field, Limits, Output, Rule};
use crate::values::{Value, Values};

pub const EQUATION: Equation = Equation {
    name: "nbody",
    summary: "Accelerations of bodies that attract each other, with Plummer's softening.",
    request: &[
        Field {
            name: "mass",
            description: "masses, in units in which the gravitational constant is 1",
            rule: one_a_body(0.0, MAX_MASS),
        },
        Field {
            name: "x",
            description: COORDINATES,
            rule: one_a_body(-MAX_COORDINATE, MAX_COORDINATE),
        },
        Field {
            name: "y",
            description: COORDINATES,
            rule: one_a_body(-MAX_COORDINATE, MAX_COORDINATE),
        },
        Field {
            name: "z",
            description: COORDINATES,
            rule: one_a_body(-MAX_COORDINATE, MAX_COORDINATE),
        },
        Field {
            name: "softening",
            description: "Plummer's softening length, in units of length",
            rule: Rule::Number(Limits::new(MIN_SOFTENING, MAX_SOFTENING)),
        },
    ],
    response: &[
        Output {
            name: "ax",
            description: ACCELERATIONS,
        },
        Output {
            name: "ay",
            description: ACCELERATIONS,
        },
        Output {
            name: "az",
            description: ACCELERATIONS,
        },
    ],
    example: r#"{"mass": [1.0, 0.5], "x": [0.0, 1.0], "y": [0.0, 0.0], "z": [0.0, 0.0],
                 "softening": 0.05}"#,
    check: |_| Ok(()),
    work: pairs,
    brief_work: 30_000,
    solve,
};

const COORDINATES: &str = "coordinates, in units of length";
const ACCELERATIONS: &str = "accelerations, in units of mass per length squared";

const fn one_a_body(least: f64, most: f64) -> Rule {
    Rule::Numbers {
        each: Limits::new(least, most),
        count: Limits::new(1, MAX_BODIES),
    }
}

fn pairs(values: &Values) -> usize {
    let [mass, _x, _y, _z, _softening] = values.fields();
    mass.numbers().len().pow(2)
}

fn solve(backend: Backend, values: &Values) -> Vec<Vec<f64>> {
    let [mass, x, y, z, softening] = values.fields();
    let [mass, x, y, z] = [mass, x, y, z].map(Value::numbers);
    let [mut ax, mut ay, mut az] = zeros(mass.len());
    accelerations(
        backend,
        Bodies { mass, x, y, z },
        softening.number(),
        &mut ax,
        &mut ay,
        &mut az,
    );
    vec![ax, ay, az]
}
