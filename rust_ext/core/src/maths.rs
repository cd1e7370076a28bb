//! The arithmetic that kernels are generic over: the C library's, one value at a time, or ours,
//! which the compiler turns into vector instructions.

#[cfg(target_arch = "x86_64")]
use std::arch::asm;

use crate::elementary;

/// What a kernel needs beyond the four operations and square roots.
pub(crate) trait Maths {
    /// `a * b + c`, rounded once or twice.
    fn mul_add(a: f64, b: f64, c: f64) -> f64;
    /// `a / x^(3/2)`.
    fn divide_by_cubed_root(a: f64, x: f64) -> f64;
    /// Sine and cosine of `x` in radians.
    fn sin_cos(x: f64) -> (f64, f64);
    /// e to the power of `x`.
    fn exp(x: f64) -> f64;
    /// The natural logarithm.
    fn ln(x: f64) -> f64;
    /// The complementary error function.
    fn erfc(x: f64) -> f64;
}

unsafe extern "C" {
    // In the standard library it is not stable yet (`f64::erfc`).
    fn erfc(x: f64) -> f64;
}

/// The C library's functions, and no fused operations: what the backend `rust` computes with.
pub(crate) struct Scalar;

impl Maths for Scalar {
    #[inline(always)]
    fn mul_add(a: f64, b: f64, c: f64) -> f64 {
        a * b + c
    }

    #[inline(always)]
    fn divide_by_cubed_root(a: f64, x: f64) -> f64 {
        a / (x * x.sqrt())
    }

    #[inline(always)]
    fn sin_cos(x: f64) -> (f64, f64) {
        x.sin_cos()
    }

    #[inline(always)]
    fn exp(x: f64) -> f64 {
        x.exp()
    }

    #[inline(always)]
    fn ln(x: f64) -> f64 {
        x.ln()
    }

    #[inline(always)]
    fn erfc(x: f64) -> f64 {
        // SAFETY: it takes a double and gives one.
        unsafe { erfc(x) }
    }
}

/// The functions of [`elementary`], fused where the machine can: what `rust_simd` computes with.
pub(crate) struct Vector<const FMA: bool>;

impl<const FMA: bool> Maths for Vector<FMA> {
    #[inline(always)]
    fn mul_add(a: f64, b: f64, c: f64) -> f64 {
        elementary::mul_add::<FMA>(a, b, c)
    }

    #[inline(always)]
    fn divide_by_cubed_root(a: f64, x: f64) -> f64 {
        elementary::divide_by_cubed_root::<FMA>(a, x)
    }

    #[inline(always)]
    fn sin_cos(x: f64) -> (f64, f64) {
        elementary::sin_cos::<FMA>(x)
    }

    #[inline(always)]
    fn exp(x: f64) -> f64 {
        elementary::exp::<FMA>(x)
    }

    #[inline(always)]
    fn ln(x: f64) -> f64 {
        elementary::ln::<FMA>(x)
    }

    #[inline(always)]
    fn erfc(x: f64) -> f64 {
        elementary::erfc::<FMA>(x)
    }
}

/// `x`, hidden from the compiler for a moment: it does not see that `x` is computed like its
/// neighbour.
///
/// It would put both into one register. Where each step waits for the one before, moving them in
/// and out of it takes longer than is saved.
#[inline(always)]
pub(crate) fn apart(x: f64) -> f64 {
    #[cfg(target_arch = "x86_64")]
    {
        let mut x = x;
        // SAFETY: there is no instruction in it.
        unsafe {
            asm!("/* {0} */", inout(xmm_reg) x, options(pure, nomem, nostack, preserves_flags));
        }
        x
    }
    #[cfg(not(target_arch = "x86_64"))]
    x
}

/// The whole number nearest to `x`, for |x| below 2^51; the even one of two as near.
///
/// A sum with 1.5 * 2^52 has no room for a fraction. Unlike `round` it needs no instruction or
/// call of its own anywhere.
#[inline(always)]
pub(crate) fn nearest(x: f64) -> f64 {
    (x + SHIFT) - SHIFT
}

/// What pushes a number's fraction out: 1.5 * 2^52. The sum's low bits are the whole number in
/// two's complement.
pub(crate) const SHIFT: f64 = 6_755_399_441_055_744.0;
