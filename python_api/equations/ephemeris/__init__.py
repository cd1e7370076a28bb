"""Heliocentric positions of the planets from mean elements that drift linearly with time.

The elements (`planets.json`: Standish, JPL, valid 1800 to 2050) are taken as the doubles nearest
the published decimals. That is the definition, for the 50-digit reference too.

The steps, the same in every backend:

1. Semi-major axis a, eccentricity e, inclination, node and argument of perihelion drift:
   value at the epoch + rate * T, with T = (jd - 2451545) / 36525. The difference is exact.
2. Mean anomaly M = (L - varpi) modulo one turn. L moves by up to 149472 degrees a century, so
   that L0 + L1*T would lose some 5e-13 rad. Instead M is reduced in units of degree * day /
   century, of which a turn has C = 360 * 36525. Constants and rates are split into a multiple
   of 1/1024 and a rest below 1/1024, the time into whole days and a part in -1/2 to 1/2. The high
   part, at most 1.1e10 in steps of 1/1024 and so of 44 bits, is exact, and exact again less
   its nearest multiple of C. Only then is the rest added: its own rounding is below 1e-10 units
   and the sum, at most C/2 < 2^23, is rounded once, by 2^-31 units at most: 2.3e-16 rad.
3. Kepler's equation E - e sin E = M by Newton's method from M + e sin M, until a step is at most
   1e-8. What remains then is at most e/(1-e)/2 * 1e-16 = 1.3e-17 rad.
4. x' = a (cos E - e), y' = a sqrt(1 - e^2) sin E, turned by argument of perihelion, inclination
   and node.

The error of E is M's plus the roundings of the residual E - e sin E - M, over 1 - e cos E,
plus that of E itself: near aphelion, where M is between 2 and pi and its ulp largest, about 9u
(u = 2^-53). Angles add up to 3.3 ulp of the radius (Neptune's node, beyond 2 rad), the remaining
operations the rest. `tests/equations/ephemeris/error_bound.py` sums all of it, operation by
operation: at most 24 ulp of the radius, for Neptune; 20 for any other. That is the envelope,
`contract.ENVELOPE_ULP`. The worst that a search has found is below 11.
"""
