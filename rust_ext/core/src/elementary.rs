//! Elementary functions without branches, which the compiler can vectorise.
//!
//! `FMA` says whether products and sums are fused; it decides the result's last bits and nothing
//! else. `tests/rust_ext/test_elementary.py` holds them to 50 digits and states their errors.

// Constants have all the digits their sources give.
#![allow(clippy::excessive_precision, clippy::unreadable_literal)]

use std::f64::consts::{FRAC_2_PI, LN_2, LOG2_E};

use crate::maths::SHIFT;

/// `a * b + c`, rounded once if `FMA`, else twice.
#[inline(always)]
pub(crate) fn mul_add<const FMA: bool>(a: f64, b: f64, c: f64) -> f64 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// A polynomial, coefficients from the constant on: Horner's rule for even and odd powers apart,
/// which waits half as long.
#[inline(always)]
fn polynomial<const FMA: bool, const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let square = x * x;
    let mut last = coefficients[N - 1];
    let mut other = coefficients[N - 2];
    let mut i = N - 2;
    while i > 1 {
        i -= 2;
        last = mul_add::<FMA>(last, square, coefficients[i + 1]);
        other = mul_add::<FMA>(other, square, coefficients[i]);
    }
    if i == 1 {
        // `last` has the even powers now.
        last = mul_add::<FMA>(last, square, coefficients[0]);
        return mul_add::<FMA>(other, x, last);
    }
    mul_add::<FMA>(last, x, other)
}

/// What a square rounded to `square` has lost.
#[inline(always)]
fn square_error<const FMA: bool>(x: f64, square: f64) -> f64 {
    if FMA {
        return x.mul_add(x, -square);
    }
    // Dekker's product: parts of 26 bits, whose products are exact.
    let high = f64::from_bits(x.to_bits() & !0x07ff_ffff);
    let low = x - high;
    ((high * high - square) + 2.0 * (high * low)) + low * low
}

/// What the bits of a guess at 1/sqrt(x) and half those of x add up to; wrong by 3.5 % at most
/// (Lomont, Fast Inverse Square Root, 2003).
const RSQRT_BITS: u64 = 0x5fe6_eb50_c7b5_37a9;

/// 1/sqrt(x) to 2 ulp, for normal positive x.
///
/// A root and a division take longer than these products.
#[inline(always)]
fn rsqrt<const FMA: bool>(x: f64) -> f64 {
    let mut root = f64::from_bits(RSQRT_BITS.wrapping_sub(x.to_bits() >> 1));
    for _ in 0..2 {
        // Cubic: an error of 3.5 % becomes one of 1e-4, then of 3e-12.
        let error = mul_add::<FMA>(-(x * root), root, 1.0);
        root = mul_add::<FMA>(root * error, mul_add::<FMA>(error, 0.375, 0.5), root);
    }
    let error = mul_add::<FMA>(-(x * root), root, 1.0);
    mul_add::<FMA>(root * error, 0.5, root)
}

/// `a / x^(3/2)` to 6 ulp, for normal positive x.
#[inline(always)]
pub(crate) fn divide_by_cubed_root<const FMA: bool>(a: f64, x: f64) -> f64 {
    let inverse = rsqrt::<FMA>(x);
    (a * inverse) * (inverse * inverse)
}

/// The largest |x| that [`sin_cos`] takes: a little under 2^20 quarter turns.
pub const MAX_ANGLE: f64 = 1_647_000.0;

// A quarter turn in parts (fdlibm, e_rem_pio2.c): of the first two, of 33 bits, a multiple by less
// than 2^20 is exact.
const QUARTER_1: f64 = 1.57079632673412561417e+00;
const QUARTER_2: f64 = 6.07710050630396597660e-11;
const QUARTER_3: f64 = 2.02226624879595063154e-21;

// Minimax polynomials for |x| <= pi/4 (fdlibm, k_sin.c and k_cos.c).
const SINE: [f64; 6] = [
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10,
];
const COSINE: [f64; 6] = [
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11,
];

/// Sine and cosine of `x` in radians; NaN beyond [`MAX_ANGLE`]. A zero loses its sign.
#[inline(always)]
pub(crate) fn sin_cos<const FMA: bool>(x: f64) -> (f64, f64) {
    let shifted = mul_add::<FMA>(x, FRAC_2_PI, SHIFT);
    let quarters = shifted - SHIFT;

    // The rest as a sum of two: neither product is rounded, nor the first difference.
    let first = x - quarters * QUARTER_1;
    let second = quarters * QUARTER_2;
    let rest = first - second;
    let lost = (first - rest) - second;
    let third = quarters * QUARTER_3 - lost;
    let high = rest - third;
    let low = (rest - high) - third;

    let square = high * high;
    let series = polynomial::<FMA, 6>(square, &SINE);
    let sine = high + mul_add::<FMA>(square * high, series, low);

    let half = 0.5 * square;
    let near_one = 1.0 - half;
    let series = polynomial::<FMA, 6>(square, &COSINE);
    let tail = mul_add::<FMA>(square * square, series, -(high * low));
    let cosine = near_one + (((1.0 - near_one) - half) + tail);

    let quadrant = shifted.to_bits();
    let swapped = quadrant & 1 != 0;
    let (in_sine, in_cosine) = if swapped {
        (cosine, sine)
    } else {
        (sine, cosine)
    };
    let sine_sign = (quadrant & 2) << 62;
    let cosine_sign = (quadrant.wrapping_add(1) & 2) << 62;
    let sine = f64::from_bits(in_sine.to_bits() ^ sine_sign);
    let cosine = f64::from_bits(in_cosine.to_bits() ^ cosine_sign);
    let known = x.abs() <= MAX_ANGLE;
    (
        if known { sine } else { f64::NAN },
        if known { cosine } else { f64::NAN },
    )
}

// ln 2 in two parts (fdlibm, e_exp.c): of the first a multiple by less than 2^20 is exact.
const LN_2_HIGH: f64 = 6.93147180369123816490e-01;
const LN_2_LOW: f64 = 1.90821492927058770002e-10;
const _: () = assert!(LN_2_HIGH + LN_2_LOW == LN_2);

/// 1/n! from n = 2 on.
const EXPONENTIAL: [f64; 12] = [
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// e to the power of `x`: infinity above 709.79, subnormal below -708.39, 0 below -745.14.
#[inline(always)]
pub(crate) fn exp<const FMA: bool>(x: f64) -> f64 {
    // Beyond these all results are the same, and their exponents would not fit. NaN stays.
    let x = if x < -746.0 { -746.0 } else { x };
    let x = if x > 710.0 { 710.0 } else { x };
    let shifted = mul_add::<FMA>(x, LOG2_E, SHIFT);
    let exponent = shifted - SHIFT;
    let rest = mul_add::<FMA>(-exponent, LN_2_HIGH, x);
    let rest = mul_add::<FMA>(-exponent, LN_2_LOW, rest);
    let series = polynomial::<FMA, 12>(rest, &EXPONENTIAL);
    let value = 1.0 + mul_add::<FMA>(rest * rest, series, rest);

    // In two steps, so that only the last one can leave the normal range.
    let half_shifted = mul_add::<FMA>(exponent, 0.5, SHIFT);
    let other_half = (exponent - (half_shifted - SHIFT)) + SHIFT;
    value * power_of_2(half_shifted) * power_of_2(other_half)
}

/// 2^k for the k that `shifted` exceeds [`SHIFT`] by, -1022 to 1023.
#[inline(always)]
fn power_of_2(shifted: f64) -> f64 {
    f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

/// The bits of sqrt(1/2): a significand from there to sqrt(2) is as near to 1 as can be.
const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;
const ONE_BITS: u64 = 0x3ff0_0000_0000_0000;
const TWO_TO_52: f64 = 4_503_599_627_370_496.0;
const TWO_TO_54: f64 = 18_014_398_509_481_984.0;

// (ln((1+s)/(1-s)) - 2s)/s^3 by s^2 (fdlibm, e_log.c).
const LOGARITHM: [f64; 7] = [
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
];

/// The natural logarithm, of subnormal numbers too: -infinity of 0, NaN of what is negative.
#[inline(always)]
pub(crate) fn ln<const FMA: bool>(x: f64) -> f64 {
    let subnormal = x < f64::MIN_POSITIVE;
    let bits = (if subnormal { x * TWO_TO_54 } else { x }).to_bits();
    // The exponent is 1023 too large, so that it is not negative and a logical shift will do.
    let biased = bits.wrapping_sub(SQRT_HALF_BITS).wrapping_add(ONE_BITS) >> 52;
    let significand = f64::from_bits(bits.wrapping_sub(biased << 52).wrapping_add(ONE_BITS));
    let bias = if subnormal { 1023.0 + 54.0 } else { 1023.0 };
    let exponent = (f64::from_bits(TWO_TO_52.to_bits() | biased) - TWO_TO_52) - bias;

    let f = significand - 1.0;
    let s = f / (2.0 + f);
    let square = s * s;
    let series = square * polynomial::<FMA, 7>(square, &LOGARITHM);
    let half_square = 0.5 * f * f;
    let small = mul_add::<FMA>(exponent, LN_2_LOW, s * (half_square + series));
    let value = mul_add::<FMA>(exponent, LN_2_HIGH, f - (half_square - small));

    let value = if x == f64::INFINITY { x } else { value };
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    if x >= 0.0 { value } else { f64::NAN }
}

/// The size at which the argument of [`ERFC`] is 0.
const ERFC_CENTRE: f64 = 3.5;
/// Above this erfc is 0.
const ERFC_END: f64 = 28.0;

/// R(t) of 1 + (1 + t) R(t), which is (1 + 2x) exp(x^2) erfc(x) for t = (x - 3.5)/(x + 3.5) and x
/// from 0 to 28 (Shepherd and Laframboise, Mathematics of Computation 36, 1981; so split, for where
/// x is small an error of t would be amplified). Computed by
/// `tests/equations/black_scholes/erfc_coefficients.py`.
const ERFC: [f64; 22] = [
    0.2423492448711544,
    -0.38235842500877376,
    0.3718028286765553,
    -0.2742837335233084,
    0.1591941353631055,
    -0.07121098153770943,
    0.022387655710614993,
    -0.0032883247782464317,
    -0.0009266951466700925,
    0.0006244273685616248,
    -6.004277217138824e-05,
    -6.147022210735385e-05,
    1.8686922732833017e-05,
    5.576041990762783e-06,
    -3.2438390832802694e-06,
    -5.750445744860599e-07,
    5.220030438168228e-07,
    8.42130787936236e-08,
    -8.008631609799887e-08,
    -1.7474888013323828e-08,
    8.882690653324327e-09,
    2.9687803459005457e-09,
];

/// The complementary error function: 2 at -infinity, subnormal above 26.54, 0 above 27.23.
#[inline(always)]
pub(crate) fn erfc<const FMA: bool>(x: f64) -> f64 {
    let size = x.abs();
    let size = if size > ERFC_END { ERFC_END } else { size };
    // One division serves both quotients.
    let (twice, sum) = (size + size, size + ERFC_CENTRE);
    let factor = twice + 1.0;
    let reciprocal = 1.0 / (sum * factor);
    let one_and_t = twice * (factor * reciprocal);
    let slope = polynomial::<FMA, 22>(one_and_t - 1.0, &ERFC);
    let near_one = mul_add::<FMA>(one_and_t, slope, 1.0);
    let scaled = near_one * (sum * reciprocal);
    // What the square loses would be hundreds of ulps of its exponential.
    let square = size * size;
    let lost = square_error::<FMA>(size, square);
    let exponential = exp::<FMA>(-square);
    let tail = scaled * mul_add::<FMA>(-exponential, lost, exponential);
    if x < 0.0 { 2.0 - tail } else { tail }
}
