"""Other libraries' ways to compute an equation: rows beside ours, never part of a service.

A peer is named after its library and the routine that does the work. It takes a request's fields
in order, lists as NumPy arrays, and returns arrays in the order of the response's fields, held to
the same envelope as our backends. It runs in one thread, as they do.
"""

from collections.abc import Mapping

from benchmarks.peers import black_scholes, ephemeris, heat
from benchmarks.peers.peer import Peer

PEERS: Mapping[str, Mapping[str, Peer]] = {
    "black_scholes": black_scholes.PEERS,
    "ephemeris": ephemeris.PEERS,
    "heat": heat.PEERS,
}
"""By equation, then by name. `lorenz` and `nbody` have none: no library here has their kernel."""
