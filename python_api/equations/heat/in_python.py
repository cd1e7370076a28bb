"""`heat` in plain Python: the standard library only."""

from collections.abc import Sequence

from python_api.equations.heat.contract import mesh_ratio


def compute(
    temperature: Sequence[float], diffusivity: float, dx: float, dt: float, steps: int
) -> tuple[list[float]]:
    """The n temperatures after `steps` Crank-Nicolson steps of `dt` seconds, ends held.

    Arguments are taken to be within the contract's limits.
    """
    # Each half of the rod from its held end, at index 0, to the middle.
    n_left = (len(temperature) + 1) // 2
    left, right = list(temperature[:n_left]), list(temperature[: n_left - 1 : -1])
    gains, shares = _factors(0.5 * mesh_ratio(diffusivity, dx, dt), n_left)
    share_left, share_right = shares[n_left - 1], shares[len(right) - 1]
    meeting = 1.0 / (1.0 - share_left * share_right)
    for _ in range(steps):
        from_left = _inwards(left, gains, shares)
        from_right = _inwards(right, gains, shares)
        v_left = (from_left[-1] + share_left * from_right[-1]) * meeting
        v_right = from_right[-1] + share_right * v_left
        _outwards(v_left, left, from_left, shares)
        _outwards(v_right, right, from_right, shares)
    return (left + right[::-1],)


compute_lists = compute


def _factors(r: float, n: int) -> tuple[list[float], list[float]]:
    """g and p of a half of `n` points: what a point's own value counts for, and its neighbour's."""
    gains, shares = [1.0], [0.0]
    for _ in range(n - 1):
        gain = 1.0 / ((1.0 + 2.0 * r) - r * shares[-1])
        gains.append(gain)
        shares.append(r * gain)
    return gains, shares


def _inwards(half: list[float], gains: list[float], shares: list[float]) -> list[float]:
    """The y of each point, from the end to the middle."""
    y = half[0]
    ys = [y]
    for i in range(1, len(half)):
        y = gains[i] * half[i] + shares[i] * y
        ys.append(y)
    return ys


def _outwards(v: float, half: list[float], ys: list[float], shares: list[float]) -> None:
    """Puts the new temperatures into `half`, from the middle's `v` to the end's neighbour."""
    for i in range(len(half) - 1, 0, -1):
        half[i] = 2.0 * v - half[i]
        v = ys[i - 1] + shares[i - 1] * v
