"""Exercise 8: decide.

The check draws cases from the records in benchmarks/results. How many times as much CPU as your
choices leave do these cases take by staying?

# PREDICTION = (low, high)
"""

CHOICES = (
    "stay",
    "change settings",
    "NumPy",
    "Numba",
    "Rust kernel",
    "bytes through Rust",
    "hot route mounted",
    "Axum in front",
    "Axum",
)


# Those of docs/decision-guide.md.
EQUATIONS = ("ephemeris", "black_scholes", "lorenz", "nbody", "heat")


def decide(equation: str, n: int, rate_hz: float, io_ms: float) -> str:
    """One of CHOICES for an endpoint that answers so many requests a second.

    `n` is values in each request, `io_ms` what a request waits for besides. Raises ValueError for
    an equation that is not measured.
    """
    if equation not in EQUATIONS:
        raise ValueError(f"{equation} is not measured")
    return "stay"
