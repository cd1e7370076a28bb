"""What exercise 2 is held to."""

from stackgap.workshop import arrays
from stackgap.workshop.opening import python_file
from stackgap.workshop.timing import Limit

TITLE = "Vectorise with NumPy, and find where it pays"
MINUTES = 20
QUESTION = "How many times as fast as the loop is it for 10,000 anomalies?"
AGAINST = "the loop"
SLOW = "Does anything still walk over single numbers? A list and back is such a walk too."
LIMITS = [Limit("10,000 anomalies", "solution", 2.0)]

opened = python_file
contract = arrays.contract
correct = arrays.correct
measure = arrays.timed(LIMITS[0].quantity, 10_000)


def decided(turns, _runs):
    """As it was timed."""
    return arrays.times_as_fast(turns, LIMITS[0].quantity)
