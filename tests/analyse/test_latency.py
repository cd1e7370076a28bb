import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stackgap.analyse import latency
from stackgap.records import Slice
from tests.analyse import factory


def timed(*histogram: tuple[int, int]) -> Slice:
    whole = factory.a_slice(factory.cell("axum-stock"), 60.0)
    return msgspec.structs.replace(whole, latency_ns_histogram=histogram)


@given(
    values=st.lists(st.integers(1, 10**9), min_size=1, max_size=200),
    share=st.sampled_from([0.25, 0.5, 0.75, 0.99]),
)
def test_a_quantile_is_that_of_the_single_values(values: list[int], share: float) -> None:
    slices = [timed((value, 1)) for value in values]
    expected = np.quantile(values, share, method="inverted_cdf") / 1000
    assert latency.quantiles_us(slices, [share]) == [expected]


def test_histograms_of_several_slices_add_up() -> None:
    slices = [timed((1000, 98)), timed((9000, 1), (1000, 1))]
    assert latency.quantiles_us(slices, [0.99]) == [1]
    assert latency.quantiles_us([*slices, timed((9000, 1))], [0.99]) == [9]


def test_nothing_timed_has_no_quantile() -> None:
    assert latency.quantiles_us([timed()], [0.5]) == [None]
