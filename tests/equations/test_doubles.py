"""The arrays that the Rust extension reads and fills."""

from array import array
from typing import Any

import numpy as np
import pytest

from python_api.equations import doubles


@pytest.mark.parametrize("n", [0, 1, 1000])
def test_a_new_array_is_of_n_doubles_that_are_zero(n: int) -> None:
    assert doubles.new(n) == array("d", [0.0] * n)


def test_new_arrays_share_no_memory() -> None:
    first, second = doubles.new(3), doubles.new(3)
    first[0] = 1.0
    assert list(second) == [0.0] * 3


@pytest.mark.parametrize("n", [0, 1, 1000])
def test_the_doubles_of_any_buffer_are_counted(n: int) -> None:
    buffers: list[Any] = [array("d", bytes(8 * n)), bytes(8 * n), np.zeros(n)]
    assert list(map(doubles.count, buffers)) == [n] * 3


def test_what_is_no_buffer_is_refused() -> None:
    with pytest.raises(TypeError):
        doubles.count([0.0])  # type: ignore[arg-type]
