//! Trajectories of the Lorenz system by the classical Runge-Kutta method.
//!
//! The steps, and how far rounding may carry a trajectory, are derived in the docstring of
//! `python_api/equations/lorenz/__init__.py`; every backend takes the same ones.

use crate::Backend;
use crate::maths::{Maths, Scalar, apart};
use crate::simd::{dispatch, level};

/// Largest coordinate of a state, either side of 0.
pub const MAX_COORDINATE: f64 = 100.0;
/// Shortest step in units of the system's time.
pub const MIN_DT: f64 = 1e-6;
/// Longest step.
pub const MAX_DT: f64 = 0.01;
/// Most steps in a request.
pub const MAX_STEPS: usize = 100_000;
/// Longest trajectory: beyond it rounding has grown by more than a factor of 1e8.
pub const MAX_TIME: f64 = 20.0;

const SIGMA: f64 = 10.0;
const RHO: f64 = 28.0;
const BETA: f64 = 8.0 / 3.0;

type State = [f64; 3];
type Point = (f64, f64, f64);

/// Where `state` is after `steps` steps of `dt`.
#[must_use]
pub fn advance(backend: Backend, state: State, dt: f64, steps: usize) -> State {
    match backend {
        Backend::Rust => steps_from::<Scalar, 1>(state, dt, steps),
        Backend::RustSimd => fused(level(), state, dt, steps),
    }
}

// Each step needs the one before: of vector instructions only the fused ones help here.
dispatch! {
    fn fused(state: State, dt: f64, steps: usize) -> State = steps_from
}

#[inline(always)]
fn steps_from<M: Maths, const REGISTER: usize>(state: State, dt: f64, steps: usize) -> State {
    let (half, sixth) = (0.5 * dt, dt / 6.0);
    let [mut x, mut y, mut z] = state;
    for _ in 0..steps {
        let k1 = slope::<M>((x, y, z));
        let k2 = slope::<M>(moved::<M>((x, y, z), half, k1));
        let k3 = slope::<M>(moved::<M>((x, y, z), half, k2));
        let k4 = slope::<M>(moved::<M>((x, y, z), dt, k3));
        let sum = (
            M::mul_add(2.0, k2.0 + k3.0, k1.0 + k4.0),
            M::mul_add(2.0, k2.1 + k3.1, k1.1 + k4.1),
            M::mul_add(2.0, k2.2 + k3.2, k1.2 + k4.2),
        );
        (x, y, z) = moved::<M>((x, y, z), sixth, sum);
    }
    [x, y, z]
}

#[inline(always)]
fn slope<M: Maths>((x, y, z): Point) -> Point {
    (
        SIGMA * (y - x),
        M::mul_add(x, RHO - z, -y),
        M::mul_add(x, y, -(BETA * z)),
    )
}

#[inline(always)]
fn moved<M: Maths>((x, y, z): Point, by: f64, slope: Point) -> Point {
    (
        M::mul_add(by, slope.0, x),
        apart(M::mul_add(by, slope.1, y)),
        apart(M::mul_add(by, slope.2, z)),
    )
}

#[cfg(test)]
mod tests {
    use crate::simd::Level;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn fused_steps_agree_with_scalar_ones_before_chaos_sets_in(
            start in [-20.0..20.0_f64, -20.0..20.0, 0.0..40.0],
            steps in 0..50_usize,
        ) {
            let scalar = advance(Backend::Rust, start, MAX_DT, steps);
            for level in Level::ALL {
                for (vector, scalar) in fused(level, start, MAX_DT, steps).iter().zip(scalar) {
                    prop_assert!((vector - scalar).abs() <= 1e-10);
                }
            }
            prop_assert_eq!(
                fused(Level::Avx512, start, MAX_DT, steps).map(f64::to_bits),
                fused(Level::Avx2, start, MAX_DT, steps).map(f64::to_bits)
            );
        }
    }
}
