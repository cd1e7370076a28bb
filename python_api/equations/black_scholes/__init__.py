"""Prices of European options without dividends, by Black and Scholes.

F. Black and M. Scholes, "The Pricing of Options and Corporate Liabilities", Journal of Political
Economy 81 (1973) 637-654. For spot S, strike K, t years to expiry, rate r and volatility sigma,
the steps, the same in every backend:

1. s = sigma sqrt(t), d1 = (ln(S/K) + (r + sigma^2/2) t)/s, d2 = d1 - s.
2. The normal tails N(d) and N(-d) of both: erfc(|d|/sqrt 2)/2, and 1 less that. The smaller is
   never computed as a difference, so that far from the money it keeps its digits.
3. D = K exp(-r t), the strike discounted.
4. call = S N(d1) - D N(d2), put = D N(-d2) - S N(-d1), and 0 where rounding made it negative,
   which can only bring it nearer.

Errors are counted in ulps of M = max(S, D), the larger of what is exchanged: a price far below it
is a difference of numbers near M. With u = 2^-53, an ulp of M is at least u M.

- Both prices change with d1 by S phi(d1), with d2 by -D phi(d2), and these are equal: what d1 and
  d2 have wrong in common, as the roundings of the logarithm, cancels but for less than 1e-22 M.
  What is left is 3u s in d1 - d2 (square root, product, 1/sqrt 2), u |d2| of the difference and
  u |d| of each argument of erfc. S phi(d1)/M is at most phi(s/2) and at most phi(d), s phi(s/2)
  is at most 0.484 and |d| phi(d) 0.242: together 2.2u.
- erfc is asked to be within 8 ulp, which are at most 8u: 4u in a tail, 4.5u with the rounding of
  the difference from 1; on S and on D, 9u.
- r t, up to 15, is rounded by up to 8u, exp adds an ulp, at most 2u, and the product u: 11u.
- Two products and a difference: 3u.

Together 25.2 ulp: the envelope, `contract.ENVELOPE_ULP`, is 26. `tests/equations/black_scholes/
error_bound.py` sums the same for a given option. Nearly all of it is room for rates and times that
no market has, and for an erfc that no backend here is that far off with: on realistic options
every backend is within 1e-15 of the spot price.
"""
