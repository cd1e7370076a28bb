//! Steps of the one-dimensional heat equation after Crank and Nicolson, both ends held.
//!
//! The steps, and the rounding error they may make, are derived in the docstring of
//! `python_api/equations/heat/__init__.py`; every backend takes the same ones.

use crate::Backend;
use crate::maths::{Maths, Scalar};
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

/// Two numbers of points as far from either end: the left one's, then the right one's.
type Pair = [f64; 2];

/// Thomas' factors, the same from either end: the matrix is symmetric.
struct Factors {
    /// What a point takes of its own temperature.
    own: Vec<f64>,
    /// What it takes of its neighbour's.
    neighbour: Vec<f64>,
}

impl Factors {
    fn new(r: f64, n: usize) -> Self {
        let diagonal = 1.0 + 2.0 * r;
        let (mut own, mut neighbour) = (Vec::with_capacity(n), Vec::with_capacity(n));
        let mut last = 0.0;
        for _ in 0..n {
            let factor = 1.0 / (diagonal - r * last);
            last = r * factor;
            own.push(factor);
            neighbour.push(last);
        }
        Self { own, neighbour }
    }
}

#[inline(always)]
fn take_steps<M: Maths, const REGISTER: usize>(rod: Rod, steps: usize, temperature: &mut [f64]) {
    let last = temperature.len() - 1;
    let ends = [temperature[0], temperature[last]];
    let between = last - 1;
    // An odd one is the left half's, and paired with nothing.
    let (n_left, n_right) = (between.div_ceil(2), between / 2);
    let factors = Factors::new(0.5 * rod.mesh_ratio(), n_left);
    let mut points: Vec<Pair> = (1..=n_left)
        .map(|i| [temperature[i], temperature[last - i]])
        .collect();
    let mut swept = vec![[0.0; 2]; n_left];
    for _ in 0..steps {
        let middle = sweep_in::<M>(ends, &factors, &points, &mut swept, n_right);
        sweep_out::<M>(middle, &factors, &mut points, &swept, n_right);
    }
    for (i, [left, right]) in points.into_iter().enumerate() {
        temperature[last - 1 - i] = right;
        temperature[i + 1] = left;
    }
}

/// From both ends to the middle at once, because each half waits for its own last result; what the
/// two points there come to.
#[inline(always)]
fn sweep_in<M: Maths>(
    ends: Pair,
    factors: &Factors,
    points: &[Pair],
    swept: &mut [Pair],
    n_right: usize,
) -> Pair {
    let mut y = ends;
    let Factors { own, neighbour } = factors;
    let pairs = own.iter().zip(neighbour).zip(points).zip(swept);
    for (((own, neighbour), point), swept) in pairs.take(n_right) {
        for side in 0..2 {
            y[side] = M::mul_add(*neighbour, y[side], own * point[side]);
        }
        *swept = y;
    }
    if n_right < points.len() {
        y[0] = M::mul_add(neighbour[n_right], y[0], own[n_right] * points[n_right][0]);
    }
    let p_left = neighbour[points.len() - 1];
    let p_right = n_right.checked_sub(1).map_or(0.0, |last| neighbour[last]);
    let meeting = 1.0 / (1.0 - p_left * p_right);
    let left = M::mul_add(p_left, y[1], y[0]) * meeting;
    [left, M::mul_add(p_right, left, y[1])]
}

/// From the middle back to both ends.
#[inline(always)]
fn sweep_out<M: Maths>(
    middle: Pair,
    factors: &Factors,
    points: &mut [Pair],
    swept: &[Pair],
    n_right: usize,
) {
    let mut v = middle;
    let neighbour = &factors.neighbour;
    if n_right < points.len() {
        points[n_right][0] = M::mul_add(2.0, v[0], -points[n_right][0]);
        if n_right == 0 {
            return;
        }
        v[0] = M::mul_add(neighbour[n_right - 1], v[0], swept[n_right - 1][0]);
    }
    let (innermost, others) = points[..n_right].split_last_mut().expect("there are pairs");
    for side in 0..2 {
        innermost[side] = M::mul_add(2.0, v[side], -innermost[side]);
    }
    let n = others.len();
    let pairs = neighbour[..n].iter().zip(others).zip(&swept[..n]);
    for ((neighbour, point), swept) in pairs.rev() {
        for side in 0..2 {
            v[side] = M::mul_add(*neighbour, v[side], swept[side]);
            point[side] = M::mul_add(2.0, v[side], -point[side]);
        }
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
