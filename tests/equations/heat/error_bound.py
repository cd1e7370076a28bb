"""How far rounding can carry a temperature in one step: what the envelope rests on.

The algorithm's recurrences once more, each carrying the largest error that its numbers can have,
for temperatures of magnitude 1 at most. Errors are in parts of 2^-53; an operation adds the size
of its result at most, a temperature or a v being 1 at most and y at most 1 - p.
"""


def bound_of_step(ratio: float, n: int) -> float:
    """The most that one step at that mesh ratio adds to the error of a rod of `n` points."""
    r = 0.5 * ratio
    n_left = (n + 1) // 2
    n_right = n - n_left
    shares, of_shares, of_gains = _factors(r, n_left)
    of_y = [0.0]
    for i in range(1, n_left):
        gain = shares[i] / r
        own = (of_gains[i] + 1.0) * gain
        neighbours = (of_shares[i] + 1.0) * shares[i] * (1.0 - shares[i - 1])
        of_y.append(own + neighbours + shares[i] * of_y[-1] + (1.0 - shares[i]))

    left, right = n_left - 1, n_right - 1
    of_left = _of_meeting(
        (shares[left], of_shares[left], of_y[left]), (shares[right], of_shares[right], of_y[right])
    )
    of_right = of_y[right] + shares[right] * (of_left + of_shares[right] + 1.0) + 1.0
    worst = 0.0
    for middle, of_middle in ((left, of_left), (right, of_right)):
        of_v = of_middle
        for i in range(middle, 0, -1):
            worst = max(worst, of_v)
            of_v = of_y[i - 1] + shares[i - 1] * (of_v + of_shares[i - 1] + 1.0) + 1.0
    # r is a product and a quotient of rounded numbers: 3, which (I - rL)^-1 (v - u) carries on.
    return 2.0 * (worst + 3.0 * 2.0) + 1.0


def _factors(r: float, n: int) -> tuple[list[float], list[float], list[float]]:
    """p, and the relative errors of p and g."""
    shares, of_shares, of_gains = [0.0], [0.0], [0.0]
    for _ in range(n - 1):
        pivot = 1.0 + 2.0 * r - r * shares[-1]
        of_pivot = (1.0 + 2.0 * r + (of_shares[-1] + 1.0) * r * shares[-1]) / pivot + 1.0
        shares.append(r / pivot)
        of_gains.append(of_pivot + 1.0)
        of_shares.append(of_pivot + 2.0)
    return shares, of_shares, of_gains


def _of_meeting(left: tuple[float, float, float], right: tuple[float, float, float]) -> float:
    """The error of v left of the middle, from p, its relative error, and y's on either side."""
    (p_left, of_p_left, of_y_left), (p_right, of_p_right, of_y_right) = left, right
    rest = 1.0 - p_left * p_right
    of_product = (of_p_left + 1.0) * p_left * (1.0 - p_right) + p_left * of_y_right
    of_sum = of_y_left + of_product + rest
    of_rest = (of_p_left + of_p_right + 1.0) * p_left * p_right + rest
    return (of_sum + of_rest) / rest + 2.0
