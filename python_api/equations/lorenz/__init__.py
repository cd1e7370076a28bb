"""A trajectory of the Lorenz system, by the classical Runge-Kutta method of fourth order.

x' = sigma (y - x), y' = x (rho - z) - y, z' = x y - beta z with Lorenz's sigma = 10, rho = 28 and
beta = 8/3 (the double nearest to it). The steps, the same in every backend:

1. k1 = f(s), k2 = f(s + dt/2 k1), k3 = f(s + dt/2 k2), k4 = f(s + dt k3), with f as above.
2. s becomes s + dt/6 ((k1 + k4) + 2 (k2 + k3)); back to 1 until all steps are done.

What is computed is this map of Runge and Kutta, not the differential equation: it is the map that
the reference carries out to 50 digits.

The system is chaotic: what one step rounds, the later ones enlarge, a million times over some 15
units of time. A fixed number of ulps would therefore say nothing. The unit of an error is instead

    sum over all steps k of |P_k| e^(L_k/2) ulp(m_k)

|P_k|   the norm (largest row sum) of the derivative of all that follows step k: how far a small
        change of the state after it is from home in the end
L_k     dt times the largest norm of f's derivative at the four points where step k evaluates f
m_k     the largest number in step k: a coordinate of one of those points or of the state after
        it, or dt times the terms of a component of f, added up without their signs

To first order an answer is at most 8 units off. With u = 2^-53 and sizes as above, so that dt F
is at most m for F the unsigned sum of f's terms:

- Three operations at most make a component of f: an error of 3uF there, 3um after dt. The error
  at a point is multiplied by L.
- Points 2 and 3: half the slope's error, um/2 for the product, um for the sum: the errors are 3
  at point 2; 3 + 3L of the slope there; 3 + 3L/2 at point 3; 3 + 3L + 3L²/2 of its slope. Point 4:
  the whole of that, um for the product and um for the sum; 3 + 5L + 3L² + 3L³/2 of its slope.
- The weighted mean of the slopes' errors is 3 + 17L/6 + L² + L³/4. The sums of slopes add 12uF/6,
  dt/6 and the product with it um each, the last sum um: 5 in all.
- 8 + 17L/6 + L² + L³/4 is below 8 e^(L/2) for every L > 0, and um is at most ulp(m).

That takes every rounding to be as large as it can be and all to point the same way. In truth they
scatter, and the worst that has been seen in random and hard requests is below 1 unit.
"""
