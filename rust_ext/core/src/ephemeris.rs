//! Heliocentric positions of the planets from mean elements that drift linearly with time.
//!
//! The elements are Standish's (see `planets.json`), taken as the doubles nearest the published
//! decimals. The steps, and the rounding error they may make, are derived in the docstring of
//! `python_api/equations/ephemeris/__init__.py`; every backend takes the same ones.

use std::collections::HashMap;
use std::f64::consts::PI;
use std::slice::{from_mut, from_ref};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::Backend;
use crate::maths::{Maths, Scalar, nearest};
use crate::simd::{dispatch, level};

/// Earliest time the elements are fitted to: 1800-01-01 00:00, as a TDB Julian date.
pub const MIN_JD: f64 = 2_378_496.5;
/// Latest time the elements are fitted to: 2050-01-01 00:00, as a TDB Julian date.
pub const MAX_JD: f64 = 2_469_807.5;
/// Most times a single request may ask for.
pub const MAX_TIMES: usize = 100_000;

const EPOCH_JD: f64 = 2_451_545.0;
const DAYS_PER_CENTURY: f64 = 36_525.0;
/// One turn in the unit the mean anomaly is reduced in: degrees times days per century.
const TURN: f64 = 360.0 * DAYS_PER_CENTURY;
const RADIANS_PER_UNIT: f64 = 2.0 * PI / TURN;
/// Once a Newton step is this small, what it leaves is far below one ulp: it converges as the
/// square.
const SMALL_STEP: f64 = 1e-8;
const MAX_STEPS: usize = 10;

/// Fewer times than this are computed faster one by one.
const MIN_VECTOR: usize = 2;
/// Times computed at once with vector instructions.
const BLOCK: usize = 32;

/// A planet of the table; `Earth` is the Earth-Moon barycentre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Planet {
    Mercury,
    Venus,
    Earth,
    Mars,
    Jupiter,
    Saturn,
    Uranus,
    Neptune,
}

impl Planet {
    /// All planets, from the Sun outwards.
    pub const ALL: [Self; 8] = [
        Self::Mercury,
        Self::Venus,
        Self::Earth,
        Self::Mars,
        Self::Jupiter,
        Self::Saturn,
        Self::Uranus,
        Self::Neptune,
    ];

    /// The planet's lower-case English name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mercury => "mercury",
            Self::Venus => "venus",
            Self::Earth => "earth",
            Self::Mars => "mars",
            Self::Jupiter => "jupiter",
            Self::Saturn => "saturn",
            Self::Uranus => "uranus",
            Self::Neptune => "neptune",
        }
    }

    /// The planet of that lower-case English name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|planet| planet.name() == name)
    }
}

/// A quantity that drifts linearly: its value at the epoch, and its change per Julian century.
#[derive(Clone, Copy)]
struct Linear {
    at_epoch: f64,
    per_century: f64,
}

impl Linear {
    fn at(self, centuries: f64) -> f64 {
        self.at_epoch + self.per_century * centuries
    }

    fn minus(self, other: Self) -> Self {
        Self {
            at_epoch: self.at_epoch - other.at_epoch,
            per_century: self.per_century - other.per_century,
        }
    }

    fn to_radians(self) -> Self {
        Self {
            at_epoch: self.at_epoch.to_radians(),
            per_century: self.per_century.to_radians(),
        }
    }
}

/// A number of degrees as a multiple of 1/1024, whose products with whole days are exact, and
/// the small rest.
#[derive(Clone, Copy)]
struct Split {
    high: f64,
    low: f64,
}

impl Split {
    fn new(degrees: f64) -> Self {
        let high = (degrees * 1024.0 + 0.5).floor() / 1024.0;
        Self {
            high,
            low: degrees - high,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            high: self.high - other.high,
            low: self.low - other.low,
        }
    }
}

/// What the kernel needs of a planet. Angles in radians, but for the mean anomaly's.
struct Orbit {
    semi_major_axis_au: Linear,
    eccentricity: Linear,
    inclination: Linear,
    node: Linear,
    argument_of_perihelion: Linear,
    anomaly_deg: Split,
    anomaly_deg_per_century: Split,
}

#[derive(Deserialize)]
struct Table {
    planets: HashMap<String, Row>,
}

/// Semi-major axis, eccentricity, inclination, mean longitude, longitudes of perihelion and node.
#[derive(Deserialize)]
struct Row {
    elements: [f64; 6],
    rates: [f64; 6],
}

impl From<&Row> for Orbit {
    fn from(row: &Row) -> Self {
        let [a, e, inclination, longitude, perihelion, node] = std::array::from_fn(|i| Linear {
            at_epoch: row.elements[i],
            per_century: row.rates[i],
        });
        Self {
            semi_major_axis_au: a,
            eccentricity: e,
            inclination: inclination.to_radians(),
            node: node.to_radians(),
            argument_of_perihelion: perihelion.minus(node).to_radians(),
            anomaly_deg: Split::new(longitude.at_epoch).minus(Split::new(perihelion.at_epoch)),
            anomaly_deg_per_century: Split::new(longitude.per_century)
                .minus(Split::new(perihelion.per_century)),
        }
    }
}

static ORBITS: LazyLock<[Orbit; 8]> = LazyLock::new(|| {
    let json = include_str!("../../../python_api/equations/ephemeris/planets.json");
    let table: Table = serde_json::from_str(json).expect("planets.json is part of the source");
    Planet::ALL.map(|planet| Orbit::from(&table.planets[planet.name()]))
});

impl Orbit {
    /// The mean anomaly in radians, in -pi to pi but for rounding, `days` after the epoch.
    #[inline(always)]
    fn mean_anomaly(&self, days: f64) -> f64 {
        let (angle, rate) = (self.anomaly_deg, self.anomaly_deg_per_century);
        let whole_days = nearest(days);
        let part_of_day = days - whole_days;
        let exact = angle.high * DAYS_PER_CENTURY + rate.high * whole_days;
        let reduced = exact - TURN * nearest(exact / TURN);
        let rest = angle.low * DAYS_PER_CENTURY
            + rate.low * whole_days
            + (rate.high + rate.low) * part_of_day;
        (reduced + rest) * RADIANS_PER_UNIT
    }

    /// The place in space of a planet at the eccentric anomaly `anomaly`.
    #[inline(always)]
    fn position<M: Maths>(&self, centuries: f64, anomaly: f64) -> [f64; 3] {
        let a = self.semi_major_axis_au.at(centuries);
        let e = self.eccentricity.at(centuries);
        let (sin_i, cos_i) = M::sin_cos(self.inclination.at(centuries));
        let (sin_node, cos_node) = M::sin_cos(self.node.at(centuries));
        let (sin_w, cos_w) = M::sin_cos(self.argument_of_perihelion.at(centuries));
        let (sin_anomaly, cos_anomaly) = M::sin_cos(anomaly);

        let to_perihelion = a * (cos_anomaly - e);
        let to_side = a * M::mul_add(-e, e, 1.0).sqrt() * sin_anomaly;
        let to_node = M::mul_add(cos_w, to_perihelion, -(sin_w * to_side));
        let past_node = M::mul_add(sin_w, to_perihelion, cos_w * to_side);
        let across = cos_i * past_node;
        [
            M::mul_add(cos_node, to_node, -(sin_node * across)),
            M::mul_add(sin_node, to_node, cos_node * across),
            sin_i * past_node,
        ]
    }
}

/// The eccentric anomaly E in radians with E - e sin E = `mean_anomaly` (radians, -pi to pi), for
/// eccentricities `e` from 0 to 0.3.
#[must_use]
pub fn solve_kepler(backend: Backend, mean_anomaly: f64, e: f64) -> f64 {
    match backend {
        Backend::Rust => solve::<Scalar, 1>(&[mean_anomaly], &[e])[0],
        Backend::RustSimd => solve_alone(level(), mean_anomaly, e),
    }
}

dispatch! {
    fn solve_alone(mean_anomaly: f64, e: f64) -> f64 = solve_one
}

#[inline(always)]
fn solve_one<M: Maths, const REGISTER: usize>(mean_anomaly: f64, e: f64) -> f64 {
    solve::<M, REGISTER>(&[mean_anomaly; REGISTER], &[e; REGISTER])[0]
}

/// Newton's method for `N` planets or times. Each stops when it has converged, as it would alone,
/// so that its bits do not depend on its neighbours.
#[inline(always)]
fn solve<M: Maths, const N: usize>(mean_anomaly: &[f64; N], e: &[f64; N]) -> [f64; N] {
    let mut anomaly = [0.0; N];
    for i in 0..N {
        anomaly[i] = M::mul_add(e[i], M::sin_cos(mean_anomaly[i]).0, mean_anomaly[i]);
    }
    let mut last_step = [f64::INFINITY; N];
    for _ in 0..MAX_STEPS {
        let mut unfinished = 0;
        for i in 0..N {
            let (sin, cos) = M::sin_cos(anomaly[i]);
            let residual = M::mul_add(-e[i], sin, anomaly[i]) - mean_anomaly[i];
            let step = residual / M::mul_add(-e[i], cos, 1.0);
            let moving = last_step[i].abs() > SMALL_STEP;
            anomaly[i] -= if moving { step } else { 0.0 };
            last_step[i] = if moving { step } else { last_step[i] };
            unfinished |= u64::from(last_step[i].abs() > SMALL_STEP);
        }
        if unfinished == 0 {
            break;
        }
    }
    anomaly
}

/// Fills `x_au`, `y_au`, `z_au` with the heliocentric positions of `planet` at `times_jd` (TDB
/// Julian dates within [`MIN_JD`] to [`MAX_JD`]): mean ecliptic and equinox of J2000,
/// astronomical units.
///
/// # Panics
/// If the four slices differ in length.
pub fn positions(
    backend: Backend,
    planet: Planet,
    times_jd: &[f64],
    x_au: &mut [f64],
    y_au: &mut [f64],
    z_au: &mut [f64],
) {
    let n = times_jd.len();
    assert!(
        x_au.len() == n && y_au.len() == n && z_au.len() == n,
        "as many coordinates as times: {n} times, {} x, {} y, {} z",
        x_au.len(),
        y_au.len(),
        z_au.len(),
    );
    let orbit = &ORBITS[planet as usize];
    match backend {
        Backend::RustSimd if n >= MIN_VECTOR => {
            in_blocks(level(), orbit, times_jd, x_au, y_au, z_au);
        }
        Backend::Rust | Backend::RustSimd => one_by_one(orbit, times_jd, x_au, y_au, z_au),
    }
}

fn one_by_one(
    orbit: &Orbit,
    times_jd: &[f64],
    x_au: &mut [f64],
    y_au: &mut [f64],
    z_au: &mut [f64],
) {
    for (((time_jd, x), y), z) in times_jd.iter().zip(x_au).zip(y_au).zip(z_au) {
        block::<Scalar, 1>(
            orbit,
            from_ref(time_jd),
            from_mut(x),
            from_mut(y),
            from_mut(z),
        );
    }
}

dispatch! {
    fn in_blocks(
        orbit: &Orbit,
        times_jd: &[f64],
        x_au: &mut [f64],
        y_au: &mut [f64],
        z_au: &mut [f64],
    ) = blocks
}

#[inline(always)]
fn blocks<M: Maths, const REGISTER: usize>(
    orbit: &Orbit,
    times_jd: &[f64],
    x_au: &mut [f64],
    y_au: &mut [f64],
    z_au: &mut [f64],
) {
    let mut start = 0;
    while start < times_jd.len() {
        let n = BLOCK.min(times_jd.len() - start);
        let part = start..start + n;
        let times_jd = &times_jd[part.clone()];
        let (x_au, y_au) = (&mut x_au[part.clone()], &mut y_au[part.clone()]);
        let z_au = &mut z_au[part];
        if n > REGISTER {
            block::<M, BLOCK>(orbit, times_jd, x_au, y_au, z_au);
        } else {
            block::<M, REGISTER>(orbit, times_jd, x_au, y_au, z_au);
        }
        start += n;
    }
}

/// Up to `N` times, in arrays of that length, so that the compiler knows it.
#[inline(always)]
fn block<M: Maths, const N: usize>(
    orbit: &Orbit,
    times_jd: &[f64],
    x_au: &mut [f64],
    y_au: &mut [f64],
    z_au: &mut [f64],
) {
    let n = times_jd.len();
    let mut times = [EPOCH_JD; N];
    times[..n].copy_from_slice(times_jd);
    let [mut centuries, mut mean_anomaly, mut e] = [[0.0; N]; 3];
    for i in 0..N {
        let days = times[i] - EPOCH_JD;
        centuries[i] = days / DAYS_PER_CENTURY;
        mean_anomaly[i] = orbit.mean_anomaly(days);
        e[i] = orbit.eccentricity.at(centuries[i]);
    }
    let anomaly = solve::<M, N>(&mean_anomaly, &e);
    let [mut x, mut y, mut z] = [[0.0; N]; 3];
    for i in 0..N {
        [x[i], y[i], z[i]] = orbit.position::<M>(centuries[i], anomaly[i]);
    }
    x_au.copy_from_slice(&x[..n]);
    y_au.copy_from_slice(&y[..n]);
    z_au.copy_from_slice(&z[..n]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::Level;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn position(planet: Planet, time_jd: f64) -> [f64; 3] {
        let (mut x, mut y, mut z) = ([0.0], [0.0], [0.0]);
        positions(Backend::Rust, planet, &[time_jd], &mut x, &mut y, &mut z);
        [x[0], y[0], z[0]]
    }

    #[test]
    fn names_and_planets_go_both_ways() {
        for planet in Planet::ALL {
            assert_eq!(Planet::from_name(planet.name()), Some(planet));
        }
        assert_eq!(Planet::from_name("Mars"), None);
        assert_eq!(Planet::from_name("pluto"), None);
    }

    #[test]
    fn keplers_equation_meets_example_30a_of_meeus() {
        let anomaly = solve_kepler(Backend::Rust, 5_f64.to_radians(), 0.1);
        assert!(
            (anomaly.to_degrees() - 5.554_589).abs() < 5e-7,
            "{}",
            anomaly.to_degrees()
        );
    }

    #[test]
    fn radii_lie_between_perihelion_and_aphelion_over_the_whole_range() {
        for planet in Planet::ALL {
            let orbit = &ORBITS[planet as usize];
            for i in 0..=1000 {
                let time_jd = MIN_JD + (MAX_JD - MIN_JD) * f64::from(i) / 1000.0;
                let centuries = (time_jd - EPOCH_JD) / DAYS_PER_CENTURY;
                let a = orbit.semi_major_axis_au.at(centuries);
                let e = orbit.eccentricity.at(centuries);
                let [x, y, z] = position(planet, time_jd);
                let radius = (x * x + y * y + z * z).sqrt();
                assert!(
                    radius >= a * (1.0 - e) * (1.0 - 1e-14),
                    "{planet:?} {time_jd}"
                );
                assert!(
                    radius <= a * (1.0 + e) * (1.0 + 1e-14),
                    "{planet:?} {time_jd}"
                );
            }
        }
    }

    #[test]
    #[should_panic(expected = "as many coordinates as times: 2 times, 2 x, 1 y, 2 z")]
    fn slices_of_different_lengths_are_refused() {
        let times_jd = [EPOCH_JD; 2];
        positions(
            Backend::Rust,
            Planet::Mars,
            &times_jd,
            &mut [0.0; 2],
            &mut [0.0; 1],
            &mut [0.0; 2],
        );
    }

    fn at(level: Level, planet: Planet, times_jd: &[f64]) -> [Vec<f64>; 3] {
        let n = times_jd.len();
        let [mut x, mut y, mut z] = [vec![0.0; n], vec![0.0; n], vec![0.0; n]];
        in_blocks(
            level,
            &ORBITS[planet as usize],
            times_jd,
            &mut x,
            &mut y,
            &mut z,
        );
        [x, y, z]
    }

    proptest! {
        #[test]
        fn vectors_agree_with_scalars_to_the_envelope(
            planet in 0..8_usize,
            times_jd in vec(MIN_JD..=MAX_JD, 1..100),
        ) {
            let planet = Planet::ALL[planet];
            for level in Level::ALL {
                let vectors = at(level, planet, &times_jd);
                for (i, &time_jd) in times_jd.iter().enumerate() {
                    let scalars = position(planet, time_jd);
                    let radius = scalars.iter().map(|c| c * c).sum::<f64>().sqrt();
                    for (vector, scalar) in vectors.iter().zip(scalars) {
                        // Twice the 24 ulp that each may be off.
                        prop_assert!((vector[i] - scalar).abs() <= 48.0 * f64::EPSILON * radius);
                    }
                }
            }
        }

        #[test]
        fn bits_depend_neither_on_the_fused_level_nor_on_the_neighbours(
            planet in 0..8_usize,
            times_jd in vec(MIN_JD..=MAX_JD, 1..100),
        ) {
            let planet = Planet::ALL[planet];
            prop_assert_eq!(at(Level::Avx512, planet, &times_jd), at(Level::Avx2, planet, &times_jd));
            for level in Level::ALL {
                let together = at(level, planet, &times_jd);
                for (i, &time_jd) in times_jd.iter().enumerate() {
                    let alone = at(level, planet, &[time_jd]);
                    for (alone, together) in alone.iter().zip(&together) {
                        prop_assert_eq!(alone[0].to_bits(), together[i].to_bits());
                    }
                }
            }
        }
    }
}
