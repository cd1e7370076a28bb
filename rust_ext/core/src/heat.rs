//! Steps of the one-dimensional heat equation after Crank and Nicolson, both ends held.
//!
//! The steps, and the rounding error they may make, are derived in the docstring of
//! `python_api/equations/heat/__init__.py`; every backend takes the same ones.

use crate::Backend;
use crate::maths::{Maths, Scalar, apart};
use crate::simd::{dispatch, level};

/// Fewest points: the two ends and one between them.
pub const MIN_POINTS: usize = 3;
/// Most points in a request.
pub const MAX_POINTS: usize = 100_000;
/// Largest temperature, either side of 0.
pub const MAX_TEMPERATURE: f64 = 1e6;
/// Smallest diffusivity.
pub const MIN_DIFFUSIVITY: f64 = 1e-12;
/// Largest diffusivity.
pub const MAX_DIFFUSIVITY: f64 = 1e3;
/// Smallest distance of two neighbouring points.
pub const MIN_DX: f64 = 1e-6;
/// Largest distance of two neighbouring points.
pub const MAX_DX: f64 = 1e3;
/// Shortest step in time.
pub const MIN_DT: f64 = 1e-9;
/// Longest step in time.
pub const MAX_DT: f64 = 1e6;
/// Most steps in a request.
pub const MAX_STEPS: usize = 100_000;
/// Most points times steps in a request.
pub const MAX_POINT_STEPS: usize = 5_000_000;
/// Largest diffusivity * dt / dx^2.
pub const MAX_MESH_RATIO: f64 = 1_000.0;

/// A rod and how finely it is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rod {
    /// Diffusivity, in dx^2 over dt.
    pub diffusivity: f64,
    /// Distance of two neighbouring points.
    pub dx: f64,
    /// Step in time.
    pub dt: f64,
}

impl Rod {
    /// How many distances the heat diffuses in a step, squared.
    #[must_use]
    pub fn mesh_ratio(self) -> f64 {
        self.diffusivity * self.dt / (self.dx * self.dx)
    }
}

/// Takes `temperature` through `steps` steps. Allocates its factors once.
///
/// # Panics
/// If there are fewer than [`MIN_POINTS`].
pub fn diffuse(backend: Backend, rod: Rod, steps: usize, temperature: &mut [f64]) {
    let n = temperature.len();
    assert!(n >= MIN_POINTS, "{n} points are too few");
    match backend {
        Backend::Rust => take_steps::<Scalar, 1>(rod, steps, temperature),
        Backend::RustSimd => fused(level(), rod, steps, temperature),
    }
}

// Each point needs its neighbour: of vector instructions only the fused ones help here.
dispatch! {
    fn fused(rod: Rod, steps: usize, temperature: &mut [f64]) = take_steps
}

/// A point between the ends.
struct Point {
    temperature: f64,
    /// What the sweep to the middle has found.
    swept: f64,
}

/// Two points as far from either end, and Thomas' factors there, which are the same for both: the
/// matrix is symmetric.
///
/// All in one place, so that a sweep reads one array and a request allocates one.
struct Pair {
    /// What the points take of their own temperature.
    own: f64,
    /// What they take of their outer neighbour's.
    neighbour: f64,
    left: Point,
    right: Point,
}

impl Point {
    fn at(temperature: f64) -> Self {
        let swept = 0.0;
        Self { temperature, swept }
    }

    /// To the end of a step, of which `half_way` is the temperature in the middle.
    #[inline(always)]
    fn step<M: Maths>(&mut self, half_way: f64) {
        self.temperature = M::mul_add(2.0, half_way, -self.temperature);
    }
}

/// The points between the ends, from both ends to the middle. If their number is odd, the last
/// pair is one point: its left one.
fn pairs(r: f64, temperature: &[f64]) -> Vec<Pair> {
    let last = temperature.len() - 1;
    let diagonal = 1.0 + 2.0 * r;
    let mut neighbour = 0.0;
    let pair = |i| {
        let own = 1.0 / (diagonal - r * neighbour);
        neighbour = r * own;
        Pair {
            own,
            neighbour,
            left: Point::at(temperature[i]),
            right: Point::at(temperature[last - i]),
        }
    };
    (1..=last / 2).map(pair).collect()
}

#[inline(always)]
fn take_steps<M: Maths, const REGISTER: usize>(rod: Rod, steps: usize, temperature: &mut [f64]) {
    let last = temperature.len() - 1;
    let ends = (temperature[0], temperature[last]);
    let mut pairs = pairs(0.5 * rod.mesh_ratio(), temperature);
    let alone = last.is_multiple_of(2);
    for _ in 0..steps {
        let middle = sweep_in::<M>(ends, &mut pairs, alone);
        sweep_out::<M>(middle, &mut pairs, alone);
    }
    for (i, Pair { left, right, .. }) in pairs.into_iter().enumerate() {
        temperature[last - 1 - i] = right.temperature;
        temperature[i + 1] = left.temperature;
    }
}

/// From both ends to the middle at once, because each half waits for its own last result; what the
/// two innermost points come to. `alone` says that the last left point has no right one.
#[inline(always)]
fn sweep_in<M: Maths>(ends: (f64, f64), pairs: &mut [Pair], alone: bool) -> (f64, f64) {
    let (mut y_left, mut y_right) = ends;
    let mut p_right = 0.0;
    let (whole, single) = pairs.split_at_mut(pairs.len() - usize::from(alone));
    for pair in whole {
        let (own, neighbour) = (pair.own, pair.neighbour);
        y_left = M::mul_add(neighbour, y_left, own * pair.left.temperature);
        y_right = apart(M::mul_add(neighbour, y_right, own * pair.right.temperature));
        (pair.left.swept, pair.right.swept) = (y_left, y_right);
        p_right = neighbour;
    }
    let mut p_left = p_right;
    if let [single] = single {
        p_left = single.neighbour;
        y_left = M::mul_add(p_left, y_left, single.own * single.left.temperature);
    }
    let meeting = 1.0 / (1.0 - p_left * p_right);
    let v_left = M::mul_add(p_left, y_right, y_left) * meeting;
    (v_left, M::mul_add(p_right, v_left, y_right))
}

/// From the middle back to both ends.
#[inline(always)]
fn sweep_out<M: Maths>(middle: (f64, f64), pairs: &mut [Pair], alone: bool) {
    let (mut v_left, mut v_right) = middle;
    let (whole, single) = pairs.split_at_mut(pairs.len() - usize::from(alone));
    let Some((innermost, others)) = whole.split_last_mut() else {
        single[0].left.step::<M>(v_left);
        return;
    };
    if let [single] = single {
        single.left.step::<M>(v_left);
        v_left = M::mul_add(innermost.neighbour, v_left, innermost.left.swept);
    }
    innermost.left.step::<M>(v_left);
    innermost.right.step::<M>(v_right);
    for pair in others.iter_mut().rev() {
        v_left = M::mul_add(pair.neighbour, v_left, pair.left.swept);
        v_right = apart(M::mul_add(pair.neighbour, v_right, pair.right.swept));
        pair.left.step::<M>(v_left);
        pair.right.step::<M>(v_right);
    }
}

#[cfg(test)]
mod tests {
    use crate::simd::Level;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn after(level: Level, rod: Rod, steps: usize, temperature: &[f64]) -> Vec<f64> {
        let mut temperature = temperature.to_vec();
        fused(level, rod, steps, &mut temperature);
        temperature
    }

    proptest! {
        #[test]
        fn fused_steps_agree_with_scalar_ones(
            temperature in vec(-100.0..100.0_f64, MIN_POINTS..60),
            dt in 0.01..100.0_f64,
            steps in 0..20_usize,
        ) {
            let rod = Rod { diffusivity: 1.0, dx: 1.0, dt };
            let mut scalar = temperature.clone();
            diffuse(Backend::Rust, rod, steps, &mut scalar);
            for level in Level::ALL {
                let vector = after(level, rod, steps, &temperature);
                for (vector, scalar) in vector.iter().zip(&scalar) {
                    prop_assert!((vector - scalar).abs() <= 1e-10);
                }
            }
            prop_assert_eq!(
                after(Level::Avx512, rod, steps, &temperature),
                after(Level::Avx2, rod, steps, &temperature)
            );
        }

        #[test]
        fn a_straight_line_stays_as_it_is(
            n in MIN_POINTS..60,
            ends in (-100.0..100.0_f64, -100.0..100.0_f64),
        ) {
            let between = |i: usize| ends.0 + (ends.1 - ends.0) * i as f64 / (n - 1) as f64;
            let line: Vec<f64> = (0..n).map(between).collect();
            let mut temperature = line.clone();
            let rod = Rod { diffusivity: 1.0, dx: 1.0, dt: 3.0 };
            diffuse(Backend::Rust, rod, 10, &mut temperature);
            for (after, before) in temperature.iter().zip(&line) {
                prop_assert!((after - before).abs() <= 1e-11);
            }
            prop_assert_eq!((temperature[0], temperature[n - 1]), (line[0], line[n - 1]));
        }
    }
}
