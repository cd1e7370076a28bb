"""Heat flowing along a rod whose ends are held at their temperatures, by Crank and Nicolson.

u' = diffusivity u_xx on n points dx apart. With r = diffusivity dt / (2 dx²) and L the second
difference, a step solves (I - rL) u_new = (I + rL) u. The steps, the same in every backend:

1. u_new = 2v - u, where (I - rL) v = u: the same, because (I + rL) u = 2u - (I - rL) u. It needs
   no right-hand side. At the ends v is the held temperature.
2. Factors, once per request: p = 0 at an end, then from point to point towards the middle
   g = 1/((1 + 2r) - r p_before) and p = r g. From either end they are the same.
3. From both ends to the middle y = g u + p y_before, y at an end being its temperature. The left
   half has one point more where their number is odd.
4. Where the halves meet, v_left = (y_left + p_left y_right) / (1 - p_left p_right) and
   v_right = y_right + p_right v_left; the quotient is a product with a reciprocal made once.
   Outwards from there v = y + p v_beyond.

The unit of an error is an ulp of the largest magnitude M of a temperature at the start. An answer
is at most `reference.envelope_ulp` of it off:

    C steps ((4 gamma + 8)/(1 - p) + 13) U/M,    gamma = (4 + 2p²)/(1 - p²)

p is the limit of the p above, ((1 + 2r) - sqrt(1 + 4r))/(2r); U the largest magnitude that occurs
in any step of the exact solution; C bounds what the steps after make of an error: 1 at mesh ratios
up to 1, where no step enlarges any, else 4.325 (Farago and Palencia 2002, Applied Numerical
Mathematics 42, 133-140). For the rest, to first order and in parts of u = 2^-53:

- p and g: (1 + 2r)/(r/p) = 1 + p², so that 1 + 2r and the difference are wrong by 1 + p² plus
  (1 + the error of p) p² plus 1, the quotient and r g by 1 each. The fixed point is gamma.
- y: |y| is at most (1 - p) U, because g + p (1 - p_before) = 1 - p. Each point adds (gamma + 2)
  (1 - p) U and passes on the part p: (gamma + 2) U at most.
- v, outwards: a point adds gamma + 2 from y, (gamma + 1) p from the product and 1 from the sum, and
  passes on the part p: at most (2 gamma + 4)/(1 - p) U. In the middle (gamma (1 + p)² + 6 + 3p -
  4p²)/(1 - p²) U, which is less.
- r is wrong by 3 parts. That changes v by 3 (I - rL)^-1 (v - u), at most 6U.
- 2v - u: twice the error of v, and 1 for the difference.

1/(1 - p) is about sqrt(r) for large r, and so is gamma: the envelope grows as r does. It must,
because 1 + 2r alone is rounded by r ulps of 1, and a steady profile is then off by as many. It
takes all roundings to be as large as they can be, and to point the same way; the worst that has
been seen, over random and hard requests, is a fifth of it.
"""
