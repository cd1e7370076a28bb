"""The equations of the Rust core, for Python.

Each comes four times: on lists and, as `..._into`, from and into buffers; scalar and, as
`..._simd`, with the vector instructions of this machine. A `Buffer` is any object with the buffer
protocol, such as `array.array`, `memoryview` or a NumPy array; NumPy is not needed. Every message
of an error names the argument at fault.

All of them raise TypeError for an argument, or a member of a list, of another type and ValueError
for a number that is not finite, arrays of different lengths, and what else each one states. Long
work is done without the GIL.

The `..._into` functions take one-dimensional contiguous float64 buffers in the machine's byte
order, TypeError or ValueError otherwise. An output must be as long as the first input and share
memory with no other argument; it is as it was after an error. Should another thread write into a
buffer meanwhile, each value is an old one or a new one, and nothing worse happens.
"""

from typing import Final

from typing_extensions import Buffer

__all__ = [
    "BUILD_HASH",
    "MAX_JD",
    "MAX_TIMES",
    "MIN_JD",
    "FaultyRequest",
    "answer_float64",
    "answer_request",
    "black_scholes",
    "black_scholes_into",
    "black_scholes_simd",
    "black_scholes_simd_into",
    "build_info",
    "elementary",
    "ephemeris",
    "ephemeris_into",
    "ephemeris_simd",
    "ephemeris_simd_into",
    "heat",
    "heat_into",
    "heat_simd",
    "heat_simd_into",
    "lorenz",
    "lorenz_into",
    "lorenz_simd",
    "lorenz_simd_into",
    "nbody",
    "nbody_into",
    "nbody_simd",
    "nbody_simd_into",
    "noop",
    "print_answer",
    "read_request",
    "request_schema",
    "response_schema",
    "solve_kepler",
    "solve_kepler_simd",
]

BUILD_HASH: Final[str]
"""Hash of the Rust sources this was built from, or "unset" when the build did not say."""

MIN_JD: Final[float]
"""Earliest time the elements are fitted to, as a TDB Julian date."""

MAX_JD: Final[float]
"""Latest time the elements are fitted to, as a TDB Julian date."""

MAX_TIMES: Final[int]
"""Most times a request may ask a service for; the functions here take any number."""

def ephemeris(planet: str, times_jd: list[float]) -> tuple[list[float], list[float], list[float]]:
    """Heliocentric coordinates x, y, z of a planet, as three lists of n floats.

    Mean ecliptic and equinox of J2000, in au. `planet` is a lower-case English name, `times_jd`
    n TDB Julian dates within MIN_JD to MAX_JD, n >= 0. Raises ValueError for an unknown planet or
    a time out of range.
    """

def ephemeris_into(planet: str, times_jd: Buffer, x_au: Buffer, y_au: Buffer, z_au: Buffer) -> None:
    """As `ephemeris`, from and into buffers."""

def ephemeris_simd(
    planet: str, times_jd: list[float]
) -> tuple[list[float], list[float], list[float]]:
    """As `ephemeris`, with vector instructions."""

def ephemeris_simd_into(
    planet: str, times_jd: Buffer, x_au: Buffer, y_au: Buffer, z_au: Buffer
) -> None:
    """As `ephemeris_into`, with vector instructions."""

def black_scholes(
    spot: list[float], strike: list[float], years: list[float], rate: float, volatility: float
) -> tuple[list[float], list[float]]:
    """Prices of n European calls and puts, as two lists of n floats.

    In the unit of `spot` and `strike`; `years` are to expiry, `rate` (continuously compounded) and
    `volatility` a year. No dividends.
    """

def black_scholes_into(
    spot: Buffer,
    strike: Buffer,
    years: Buffer,
    rate: float,
    volatility: float,
    call: Buffer,
    put: Buffer,
) -> None:
    """As `black_scholes`, from and into buffers."""

def black_scholes_simd(
    spot: list[float], strike: list[float], years: list[float], rate: float, volatility: float
) -> tuple[list[float], list[float]]:
    """As `black_scholes`, with vector instructions."""

def black_scholes_simd_into(
    spot: Buffer,
    strike: Buffer,
    years: Buffer,
    rate: float,
    volatility: float,
    call: Buffer,
    put: Buffer,
) -> None:
    """As `black_scholes_into`, with vector instructions."""

def lorenz(state: list[float], dt: float, steps: int) -> tuple[list[float]]:
    """Where the Lorenz system is after `steps` Runge-Kutta steps of `dt`: a list [x, y, z].

    `state` is where it starts. Raises ValueError unless it has 3 values, and for negative steps.
    """

def lorenz_into(state: Buffer, dt: float, steps: int, out_state: Buffer) -> None:
    """As `lorenz`, from and into buffers."""

def lorenz_simd(state: list[float], dt: float, steps: int) -> tuple[list[float]]:
    """As `lorenz`, with vector instructions."""

def lorenz_simd_into(state: Buffer, dt: float, steps: int, out_state: Buffer) -> None:
    """As `lorenz_into`, with vector instructions."""

def nbody(
    mass: list[float], x: list[float], y: list[float], z: list[float], softening: float
) -> tuple[list[float], list[float], list[float]]:
    """Accelerations of n bodies by each other's gravity (G = 1), as three lists of n floats.

    `softening` is Plummer's length; 0 makes what a body does to itself NaN.
    """

def nbody_into(
    mass: Buffer,
    x: Buffer,
    y: Buffer,
    z: Buffer,
    softening: float,
    ax: Buffer,
    ay: Buffer,
    az: Buffer,
) -> None:
    """As `nbody`, from and into buffers."""

def nbody_simd(
    mass: list[float], x: list[float], y: list[float], z: list[float], softening: float
) -> tuple[list[float], list[float], list[float]]:
    """As `nbody`, with vector instructions."""

def nbody_simd_into(
    mass: Buffer,
    x: Buffer,
    y: Buffer,
    z: Buffer,
    softening: float,
    ax: Buffer,
    ay: Buffer,
    az: Buffer,
) -> None:
    """As `nbody_into`, with vector instructions."""

def heat(
    temperature: list[float], diffusivity: float, dx: float, dt: float, steps: int
) -> tuple[list[float]]:
    """Temperatures of n points after `steps` Crank-Nicolson steps of `dt`, as a list of n floats.

    The points are `dx` apart; the two at the ends are held. Raises ValueError for fewer than 3
    points, and for negative steps.
    """

def heat_into(
    temperature: Buffer,
    diffusivity: float,
    dx: float,
    dt: float,
    steps: int,
    out_temperature: Buffer,
) -> None:
    """As `heat`, from and into buffers."""

def heat_simd(
    temperature: list[float], diffusivity: float, dx: float, dt: float, steps: int
) -> tuple[list[float]]:
    """As `heat`, with vector instructions."""

def heat_simd_into(
    temperature: Buffer,
    diffusivity: float,
    dx: float,
    dt: float,
    steps: int,
    out_temperature: Buffer,
) -> None:
    """As `heat_into`, with vector instructions."""

def solve_kepler(mean_anomaly: float, e: float) -> float:
    """The eccentric anomaly E with E - e sin E = `mean_anomaly`.

    Radians, -pi to pi; eccentricities from 0 to 0.3.
    """

def solve_kepler_simd(mean_anomaly: float, e: float) -> float:
    """As `solve_kepler`, with vector instructions."""

def elementary(function: str, level: str, values: list[float]) -> list[float]:
    """An elementary function of the vector code, of each of n values, for tests of its accuracy.

    `function` is sin, cos, exp, ln or erfc; `level` baseline, avx2 or avx512, lowered to the best
    this machine has. Raises ValueError for another function or level.
    """

class FaultyRequest(ValueError):
    """A request's body is not as the contract says.

    Its arguments are the RFC 6901 pointer to the value at fault, and what is wrong with it.
    """

def read_request(equation: str, body: bytes) -> tuple[str | float | int | list[float], ...]:
    """The fields of a JSON request in the contract's order, checked against all of its limits.

    Raises FaultyRequest, and ValueError for an unknown equation.
    """

def print_answer(equation: str, arrays: list[list[float]]) -> bytes:
    """An answer as JSON, from its arrays in the contract's order.

    Raises ValueError for an unknown equation, another number of arrays, or a number that is not
    finite.
    """

def answer_request(equation: str, backend: str, body: bytes, codec: str = "serde_json") -> bytes:
    """The JSON answer to a JSON request, computed by `backend`, rust or rust_simd: all in one call.

    `codec` reads the body: serde_json, or lexical, which is faster and takes and refuses the same.
    Long work is done without the GIL. Raises FaultyRequest, and ValueError for an unknown equation,
    backend or codec, or an answer that is not finite.
    """

def answer_float64(equation: str, backend: str, body: bytes) -> bytes:
    """The same from and to little-endian doubles, in the order of docs/http-contract.md.

    Raises as `answer_request` does.
    """

def request_schema(equation: str) -> str:
    """The JSON Schema of a request, as JSON: the limits that `read_request` keeps to.

    Raises ValueError for an unknown equation.
    """

def response_schema(equation: str) -> str:
    """The JSON Schema of an answer, as JSON; raises ValueError for an unknown equation."""

def noop() -> None:
    """Does nothing: what it takes is the price of a call."""

def build_info() -> dict[str, str]:
    """How this was built, and what it runs on.

    `build_hash`, `profile`, `rustc`, `target`, `target_features`, and the level `simd` of the
    vector instructions in use; the environment variable STACKGAP_SIMD caps it. Importing this
    module raises ValueError if that names no level.
    """
