//! The contract of `ephemeris`.

use stackgap_core::Backend;
use stackgap_core::ephemeris::{MAX_JD, MAX_TIMES, MIN_JD, Planet, positions};

use crate::answer::zeros;
use crate::equation::Equation;
use crate::rule::{Field, Limits, Output, Rule};
use crate::values::Values;

pub const EQUATION: Equation = Equation {
    name: "ephemeris",
    summary: "Positions of a planet at given times.",
    request: &[
        Field {
            name: "planet",
            description: "the planet; `earth` is the Earth-Moon barycentre",
            rule: Rule::OneOf(&PLANETS),
        },
        Field {
            name: "times_jd",
            description: "TDB Julian dates",
            rule: Rule::Numbers {
                each: Limits::new(MIN_JD, MAX_JD),
                count: Limits::new(1, MAX_TIMES),
            },
        },
    ],
    response: &[
        Output {
            name: "x_au",
            description: COORDINATES,
        },
        Output {
            name: "y_au",
            description: COORDINATES,
        },
        Output {
            name: "z_au",
            description: COORDINATES,
        },
    ],
    example: r#"{"planet": "mars", "times_jd": [2451545.0, 2451545.5]}"#,
    check: |_| Ok(()),
    work: times,
    brief_work: 1_000,
    solve,
};

const COORDINATES: &str = "au, heliocentric, mean ecliptic and equinox of J2000";

const PLANETS: [&str; Planet::ALL.len()] = {
    let mut names = [""; Planet::ALL.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = Planet::ALL[i].name();
        i += 1;
    }
    names
};

fn times(values: &Values) -> usize {
    let [_planet, times_jd] = values.fields();
    times_jd.numbers().len()
}

fn solve(backend: Backend, values: &Values) -> Vec<Vec<f64>> {
    let [planet, times_jd] = values.fields();
    let planet = Planet::ALL[planet.choice()];
    let times_jd = times_jd.numbers();
    let [mut x_au, mut y_au, mut z_au] = zeros(times_jd.len());
    positions(backend, planet, times_jd, &mut x_au, &mut y_au, &mut z_au);
    vec![x_au, y_au, z_au]
}
