//! The contract of `heat`.

use stackgap_core::Backend;
use stackgap_core::heat::{
    MAX_DIFFUSIVITY, MAX_DT, MAX_DX, MAX_MESH_RATIO, MAX_POINT_STEPS, MAX_POINTS, MAX_STEPS,
    MAX_TEMPERATURE, MIN_DIFFUSIVITY, MIN_DT, MIN_DX, MIN_POINTS, Rod, diffuse,
};

use crate::equation::Equation;
use crate::fault::Fault;
use crate::rule::{Field, Limits, Output, Rule};
use crate::values::Values;

pub const EQUATION: Equation = Equation {
    name: "heat",
    summary: "Temperatures along a rod after some steps, its ends held at theirs.",
    request: &[
        Field {
            name: "temperature",
            description: TEMPERATURES,
            rule: Rule::Numbers {
                each: Limits::new(-MAX_TEMPERATURE, MAX_TEMPERATURE),
                count: Limits::new(MIN_POINTS, MAX_POINTS),
            },
        },
        Field {
            name: "diffusivity",
            description: "m²/s",
            rule: Rule::Number(Limits::new(MIN_DIFFUSIVITY, MAX_DIFFUSIVITY)),
        },
        Field {
            name: "dx",
            description: "m, from point to point",
            rule: Rule::Number(Limits::new(MIN_DX, MAX_DX)),
        },
        Field {
            name: "dt",
            description: "s",
            rule: Rule::Number(Limits::new(MIN_DT, MAX_DT)),
        },
        Field {
            name: "steps",
            description: "Crank-Nicolson steps of dt each",
            rule: Rule::Integer(Limits::new(1, MAX_STEPS)),
        },
    ],
    response: &[Output {
        name: "temperature",
        description: TEMPERATURES,
    }],
    example: r#"{"temperature": [0.0, 0.0, 1.0, 0.0, 0.0], "diffusivity": 1e-4, "dx": 0.01,
                 "dt": 1.0, "steps": 10}"#,
    check,
    work: point_steps,
    brief_work: 50_000,
    solve,
};

const TEMPERATURES: &str = "temperatures along the rod, ends included, on any scale";

fn check(values: &Values) -> Result<(), Fault> {
    if point_steps(values) > MAX_POINT_STEPS {
        let detail = format!("expected points * steps to be at most {MAX_POINT_STEPS}");
        return Err(Fault::new(detail).within("steps"));
    }
    if rod(values).mesh_ratio() <= MAX_MESH_RATIO {
        return Ok(());
    }
    let detail = format!("expected diffusivity * dt / dx² to be at most {MAX_MESH_RATIO:?}");
    Err(Fault::new(detail).within("dt"))
}

fn rod(values: &Values) -> Rod {
    let [_temperature, diffusivity, dx, dt, _steps] = values.fields();
    Rod {
        diffusivity: diffusivity.number(),
        dx: dx.number(),
        dt: dt.number(),
    }
}

fn point_steps(values: &Values) -> usize {
    let [temperature, _diffusivity, _dx, _dt, steps] = values.fields();
    temperature.numbers().len() * steps.integer()
}

fn solve(backend: Backend, values: &Values) -> Vec<Vec<f64>> {
    let [temperature, _diffusivity, _dx, _dt, steps] = values.fields();
    let mut temperature = temperature.numbers().to_vec();
    diffuse(backend, rod(values), steps.integer(), &mut temperature);
    vec![temperature]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(points: usize, steps: usize, diffusivity: f64, dt: f64) -> Option<String> {
        let temperature = vec![0.0; points];
        let body = format!(
            r#"{{"temperature": {temperature:?}, "diffusivity": {diffusivity:?}, "dx": 1.0,
                 "dt": {dt:?}, "steps": {steps}}}"#
        );
        EQUATION
            .read(body.as_bytes())
            .err()
            .map(|fault| fault.pointer)
    }

    #[test]
    fn points_times_steps_are_limited() {
        assert_eq!(pointer(50, 100_000, 1.0, 1.0), None);
        assert_eq!(pointer(51, 100_000, 1.0, 1.0).unwrap(), "/steps");
        assert_eq!(pointer(100_000, 51, 1.0, 1.0).unwrap(), "/steps");
    }

    #[test]
    fn the_mesh_ratio_is_limited() {
        assert_eq!(pointer(3, 1, 1_000.0, 1.0), None);
        assert_eq!(pointer(3, 1, 1_000.0, 1.0_f64.next_up()).unwrap(), "/dt");
    }
}
