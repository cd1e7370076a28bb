"""How long your kepler() takes to its first answer in a fresh process, and what that holds."""

import resource
import time

import numpy as np

from stackgap.workshop.exercises import exercise, loaded

begun = time.perf_counter()
kepler = loaded(exercise(3).mine).kepler
kepler(0.3, np.linspace(-3, 3, 1000))
first_s = time.perf_counter() - begun
begun = time.perf_counter()
kepler(0.3, np.linspace(-3, 3, 1000))
later_s = time.perf_counter() - begun
print(f"first answer after {first_s:.2f} s, the next one after {later_s * 1e6:.0f} µs")
print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB at most")
