//! Heliocentric positions of the planets from mean elements.
//! PLACEHOLDER: being written.

/// A planet of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planet(usize);

impl Planet {
    /// The planet of that lower-case English name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        (name == "mars").then_some(Self(3))
    }
}

/// Fills `x_au`, `y_au`, `z_au` (all as long as `times_jd`) with the positions at `times_jd`.
pub fn positions(planet: Planet, times_jd: &[f64], x_au: &mut [f64], y_au: &mut [f64], z_au: &mut [f64]) {
    let _ = (planet, times_jd, x_au, y_au, z_au);
}
