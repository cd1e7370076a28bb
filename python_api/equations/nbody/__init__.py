"""Gravitational accelerations of bodies on each other, softened as H. C. Plummer's.

The sum over all ordered pairs, as in S. J. Aarseth, "Dynamical evolution of clusters of galaxies",
Monthly Notices of the Royal Astronomical Society 126 (1963) 223-255, which softens each pull as if
the body that pulls were a sphere of the density Plummer found in star clusters (the same journal
71, 1911). With masses m, places r, softening e, and the gravitational constant 1, the steps, the
same in every backend:

1. d = r_j - r_i in x, y, z; s = dx^2 + dy^2 + dz^2 + e^2, never below e^2.
2. w = m_j / (s sqrt(s)), or by the reciprocal root where that is faster, within 6 ulp.
3. a_i is the sum of w d over all j, i itself included, whose term is 0.

Errors are counted in ulps of the sum of the magnitudes of a component's terms: bodies on opposite
sides may cancel, and their roundings do not. With u = 2^-53, an ulp of a sum is at least u times
the sum. A difference has one rounding, its square 3 in all, and three additions make 6 in s, which
are 9 in s^(3/2). The 6 ulp are at most 12 (a root, a product and a quotient are 3), the difference
and its product with w 2 more: 23. Added in whatever order, each of the n - 1 terms that are not 0
goes through at most n - 2 additions. So each is off by at most (n + 21) u of itself, to first
order: the envelope, `reference.envelope_ulp`, is n + 22.

Below 1e-290 the ulp is that of 1e-290. A weight, or what it is made of, may be a subnormal number
there: its error of 2^-1075, times at most 1e12 (by the smallest softening) and 2,000 bodies, is
below 2^-7 of that ulp.
"""
