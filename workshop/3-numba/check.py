"""What exercise 3 is held to."""

from stackgap.workshop import arrays
from stackgap.workshop.opening import python_file
from stackgap.workshop.timing import Limit

TITLE = "Compile the loop with Numba, and see what that costs"
MINUTES = 20
QUESTION = "How many times as fast as the loop is it for 1,000 anomalies, once it is compiled?"
AGAINST = "the loop"
SLOW = "Is what runs really machine code? `kepler.signatures` is empty where nothing was compiled."
LIMITS = [Limit("1,000 anomalies", "solution", 2.0)]

opened = python_file
contract = arrays.contract
correct = arrays.correct
measure = arrays.timed(LIMITS[0].quantity, 1_000)


def decided(turns, _runs):
    """As it was timed."""
    return arrays.times_as_fast(turns, LIMITS[0].quantity)
