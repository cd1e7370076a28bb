//! Gravitational accelerations of bodies on each other, softened after Plummer, with G = 1.
//!
//! The steps, and the rounding error they may make, are derived in the docstring of
//! `python_api/equations/nbody/__init__.py`; every backend takes the same ones.

use crate::Backend;
use crate::maths::{Maths, Scalar};
use crate::simd::{dispatch, level};

/// Most bodies in a request: the work grows as their square.
pub const MAX_BODIES: usize = 2_000;
/// Largest mass.
pub const MAX_MASS: f64 = 1e9;
/// Largest coordinate, either side of 0.
pub const MAX_COORDINATE: f64 = 1e6;
/// Smallest softening length.
pub const MIN_SOFTENING: f64 = 1e-6;
/// Largest softening length.
pub const MAX_SOFTENING: f64 = 1e6;

/// The pulls of fewer bodies than this are computed faster one by one.
const MIN_VECTOR: usize = 12;
/// Bodies whose pulls are summed apart with vector instructions: a fixed number, so that the
/// order of the sum does not depend on the level.
const LANES: usize = 32;

/// Masses and places of n bodies.
#[derive(Clone, Copy, Debug)]
pub struct Bodies<'a> {
    /// Masses.
    pub mass: &'a [f64],
    /// Coordinates.
    pub x: &'a [f64],
    /// Coordinates.
    pub y: &'a [f64],
    /// Coordinates.
    pub z: &'a [f64],
}

/// Fills `ax`, `ay`, `az` with each body's acceleration by all others.
///
/// # Panics
/// If the slices differ in length.
pub fn accelerations(
    backend: Backend,
    bodies: Bodies<'_>,
    softening: f64,
    ax: &mut [f64],
    ay: &mut [f64],
    az: &mut [f64],
) {
    let n = bodies.mass.len();
    let Bodies { mass: _, x, y, z } = bodies;
    let lengths = [x.len(), y.len(), z.len(), ax.len(), ay.len(), az.len()];
    assert!(lengths == [n; 6], "{n} masses, but {lengths:?} coordinates");
    match backend {
        Backend::RustSimd if n >= MIN_VECTOR => {
            on_each_by_lanes(level(), bodies, softening, ax, ay, az);
        }
        Backend::Rust | Backend::RustSimd => on_each::<Scalar, 1>(bodies, softening, ax, ay, az),
    }
}

dispatch! {
    fn on_each_by_lanes(
        bodies: Bodies<'_>,
        softening: f64,
        ax: &mut [f64],
        ay: &mut [f64],
        az: &mut [f64],
    ) = on_each
}

/// `REGISTER` is 1 for one sum over all bodies, else they are summed in [`LANES`].
#[inline(always)]
fn on_each<M: Maths, const REGISTER: usize>(
    bodies: Bodies<'_>,
    softening: f64,
    ax: &mut [f64],
    ay: &mut [f64],
    az: &mut [f64],
) {
    let softening_squared = softening * softening;
    for i in 0..ax.len() {
        let at = [bodies.x[i], bodies.y[i], bodies.z[i]];
        [ax[i], ay[i], az[i]] = if REGISTER == 1 {
            pull_of_all::<M, 1>(bodies, at, softening_squared)
        } else {
            pull_of_all::<M, LANES>(bodies, at, softening_squared)
        };
    }
}

#[inline(always)]
fn pull_of_all<M: Maths, const N: usize>(
    bodies: Bodies<'_>,
    at: [f64; 3],
    softening_squared: f64,
) -> [f64; 3] {
    let mut sums = Sums {
        x: [0.0; N],
        y: [0.0; N],
        z: [0.0; N],
    };
    let (masses, masses_left) = bodies.mass.as_chunks::<N>();
    let (xs, xs_left) = bodies.x.as_chunks::<N>();
    let (ys, ys_left) = bodies.y.as_chunks::<N>();
    let (zs, zs_left) = bodies.z.as_chunks::<N>();
    for (((mass, x), y), z) in masses.iter().zip(xs).zip(ys).zip(zs) {
        sums.add::<M>(mass, [x, y, z], at, softening_squared);
    }
    if !masses_left.is_empty() {
        // Bodies without mass fill up the last ones; they pull nothing.
        let [mut mass, mut x, mut y, mut z] = [[0.0; N]; 4];
        mass[..masses_left.len()].copy_from_slice(masses_left);
        x[..xs_left.len()].copy_from_slice(xs_left);
        y[..ys_left.len()].copy_from_slice(ys_left);
        z[..zs_left.len()].copy_from_slice(zs_left);
        sums.add::<M>(&mass, [&x, &y, &z], at, softening_squared);
    }
    [total(sums.x), total(sums.y), total(sums.z)]
}

/// Accelerations by `N` sets of bodies.
struct Sums<const N: usize> {
    x: [f64; N],
    y: [f64; N],
    z: [f64; N],
}

impl<const N: usize> Sums<N> {
    #[inline(always)]
    fn add<M: Maths>(
        &mut self,
        mass: &[f64; N],
        [x, y, z]: [&[f64; N]; 3],
        at: [f64; 3],
        softening_squared: f64,
    ) {
        for i in 0..N {
            let (dx, dy, dz) = (x[i] - at[0], y[i] - at[1], z[i] - at[2]);
            let in_plane = M::mul_add(dy, dy, dx * dx);
            let squared = M::mul_add(dz, dz, in_plane) + softening_squared;
            let weight = M::divide_by_cubed_root(mass[i], squared);
            self.x[i] = M::mul_add(weight, dx, self.x[i]);
            self.y[i] = M::mul_add(weight, dy, self.y[i]);
            self.z[i] = M::mul_add(weight, dz, self.z[i]);
        }
    }
}

/// The sum of the lanes, halves added to each other until one is left.
#[inline(always)]
fn total<const N: usize>(lanes: [f64; N]) -> f64 {
    let mut lanes = lanes;
    let mut width = N / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use crate::simd::Level;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    type Accelerations = [Vec<f64>; 3];

    fn places() -> impl Strategy<Value = Vec<[f64; 4]>> {
        vec([0.0..10.0_f64, -5.0..5.0, -5.0..5.0, -5.0..5.0], 1..100)
    }

    fn pulled(
        bodies: &[[f64; 4]],
        compute: impl Fn(Bodies<'_>, &mut [f64], &mut [f64], &mut [f64]),
    ) -> Accelerations {
        let [mass, x, y, z]: [Vec<f64>; 4] =
            std::array::from_fn(|i| bodies.iter().map(|body| body[i]).collect());
        let [mut ax, mut ay, mut az] = [x.clone(), y.clone(), z.clone()];
        let bodies = Bodies {
            mass: &mass,
            x: &x,
            y: &y,
            z: &z,
        };
        compute(bodies, &mut ax, &mut ay, &mut az);
        [ax, ay, az]
    }

    fn at(level: Level, bodies: &[[f64; 4]], softening: f64) -> Accelerations {
        pulled(bodies, |bodies, ax, ay, az| {
            on_each_by_lanes(level, bodies, softening, ax, ay, az);
        })
    }

    proptest! {
        #[test]
        fn vectors_agree_with_scalars(bodies in places(), softening in 0.01..1.0_f64) {
            let scalar = pulled(&bodies, |bodies, ax, ay, az| {
                accelerations(Backend::Rust, bodies, softening, ax, ay, az);
            });
            let most: f64 = bodies.iter().map(|body| body[0]).sum::<f64>() / (softening * softening);
            for level in Level::ALL {
                let vector = at(level, &bodies, softening);
                for (vector, scalar) in vector.iter().flatten().zip(scalar.iter().flatten()) {
                    prop_assert!((vector - scalar).abs() <= 256.0 * f64::EPSILON * most);
                }
            }
        }

        #[test]
        fn bits_do_not_depend_on_the_fused_level(bodies in places(), softening in 0.01..1.0_f64) {
            prop_assert_eq!(
                at(Level::Avx512, &bodies, softening),
                at(Level::Avx2, &bodies, softening)
            );
        }
    }
}
