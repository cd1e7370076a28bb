//! Which vector instructions `rust_simd` uses, and how its kernels are compiled for each.
//!
//! A kernel is plain Rust without branches on its data, generic over [`Maths`](crate::maths) and
//! the number of values it takes at once. [`dispatch!`] compiles it for every [`Level`] and calls
//! the best that this machine has.
//!
//! The promise about bits: on a machine with fused multiply-add (any with AVX2; every 64-bit ARM)
//! a value's result has the same bits whatever the level, the size of the array and the value's
//! place in it. Without, the bits are others, again the same everywhere. Arrays too short for
//! vectors to pay (1 time, 2 options, 11 bodies) are computed as by the scalar backend, whose bits
//! are others still. All lie within the equation's envelope.

use std::env;
use std::sync::LazyLock;

/// The variable that caps the level, for comparing builds: a level's name.
pub const VARIABLE: &str = "STACKGAP_SIMD";

/// A set of vector instructions, each including those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What every machine of this architecture has: SSE2 on `x86_64`.
    Baseline,
    /// AVX2 with FMA.
    Avx2,
    /// AVX-512 F, BW, CD, DQ and VL.
    Avx512,
}

impl Level {
    /// All levels, the lowest first.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// The level's lower-case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// The level of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

static LEVEL: LazyLock<Level> = LazyLock::new(|| {
    let cap = cap().unwrap_or_else(|message| panic!("{message}"));
    detected().min(cap.unwrap_or(Level::Avx512))
});

/// The level in use: the best this machine has, or the lower one that [`VARIABLE`] asks for.
///
/// # Panics
/// If the variable names no level; [`cap`] tells beforehand.
#[must_use]
pub fn level() -> Level {
    *LEVEL
}

/// The level that [`VARIABLE`] asks for, if it is set.
///
/// # Errors
/// It names no level; the message says which there are.
pub fn cap() -> Result<Option<Level>, String> {
    let Some(name) = env::var_os(VARIABLE) else {
        return Ok(None);
    };
    let level = name.to_str().and_then(Level::from_name);
    level.map(Some).ok_or_else(|| {
        let known = Level::ALL.map(Level::name).join(", ");
        format!("{VARIABLE}={} is no level; known: {known}", name.display())
    })
}

static DETECTED: LazyLock<Level> = LazyLock::new(detect);

/// The best level of this machine.
#[must_use]
pub fn detected() -> Level {
    *DETECTED
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Level {
    let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        (false, _) => Level::Baseline,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Level {
    Level::Baseline
}

/// Whether the baseline of this architecture has fused multiply-add.
pub(crate) const BASELINE_FMA: bool = cfg!(any(target_feature = "fma", target_arch = "aarch64"));

/// Defines `$name`, which is `$kernel` compiled for each level, and calls the one of `level`.
///
/// `$kernel` has two generic parameters: its arithmetic, and how many values fill a register.
macro_rules! dispatch {
    (fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? = $kernel:ident) => {
        fn $name(level: $crate::simd::Level, $($argument: $type),*) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma")]
                fn avx512($($argument: $type),*) $(-> $result)? {
                    $kernel::<$crate::maths::Vector<true>, 8>($($argument),*)
                }

                #[target_feature(enable = "avx2,fma")]
                fn avx2($($argument: $type),*) $(-> $result)? {
                    $kernel::<$crate::maths::Vector<true>, 4>($($argument),*)
                }

                let best = level.min($crate::simd::detected());
                if best == $crate::simd::Level::Avx512 {
                    // SAFETY: `detected` has found the features it is compiled for.
                    return unsafe { avx512($($argument),*) };
                }
                if best == $crate::simd::Level::Avx2 {
                    // SAFETY: as above.
                    return unsafe { avx2($($argument),*) };
                }
            }
            let _ = level;
            $kernel::<$crate::maths::Vector<{ $crate::simd::BASELINE_FMA }>, 2>($($argument),*)
        }
    };
}

pub(crate) use dispatch;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_levels_go_both_ways() {
        for level in Level::ALL {
            assert_eq!(Level::from_name(level.name()), Some(level));
        }
        assert_eq!(Level::from_name("AVX2"), None);
    }

    #[test]
    fn the_level_in_use_is_one_this_machine_has() {
        assert!(level() <= detected());
    }
}
