"""Computes the coefficients that the NumPy backend's erfc is made of.

`python -m tests.equations.black_scholes.erfc_coefficients` prints them, and how far what is made
of them is from what it stands for. It takes a second.

M. M. Shepherd and J. G. Laframboise, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x in
0 <= x < infinity", Mathematics of Computation 36 (1981) 249-253: that function is smooth in
t = (x - K)/(x + K), which takes all x >= 0 to -1 <= t < 1. Theirs are for K = 3.75, to 22 digits.

Where x is small an error of t is amplified. So here the polynomial is not of that function but of
R in 1 + (1 + t) R(t), whose first term is exact and whose 1 + t is as good as x is. Of the K that
are multiples of 1/4, 3.5 is where 22 coefficients, rounded to doubles, come closest.
"""

from mpmath import MPContext, mpf

K = 3.5
DEGREE = 21
MAX_X = 28
"""Beyond it erfc is less than half of the smallest double."""

mp = MPContext()
mp.dps = 50
_K = mp.mpf(K)
_START, _END = mp.mpf(-1), (MAX_X - _K) / (MAX_X + _K)


def scaled_erfc(t: mpf) -> mpf:
    """(1 + 2x) exp(x^2) erfc(x) at x = K (1 + t)/(1 - t)."""
    x = _K * (1 + t) / (1 - t)
    return (1 + 2 * x) * mp.exp(x**2) * mp.erfc(x)


def coefficients() -> list[float]:
    """R's coefficients, rounded to doubles, from t^0 to t^DEGREE."""

    def exact(t: mpf) -> mpf:
        return (scaled_erfc(t) - 1) / (1 + t)

    return list(map(float, mp.chebyfit(exact, [_START, _END], DEGREE + 1, asc=True)))


def relative_error(rising: list[float], points: int = 500) -> mpf:
    """The most that 1 + (1 + t) R(t) with these coefficients differs from `scaled_erfc`."""
    middle, half = (_START + _END) / 2, (_END - _START) / 2
    ts = (middle + half * mp.cos(mp.pi * i / points) for i in range(points + 1))
    return max(
        abs((1 + (1 + t) * mp.polyval(rising, t, asc=True)) / scaled_erfc(t) - 1) for t in ts
    )


if __name__ == "__main__":
    computed = coefficients()
    print(*map(repr, computed), sep=",\n")
    print("relative error", mp.nstr(relative_error(computed), 3))
