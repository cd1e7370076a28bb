"""Lines that one owns with a choice are counted in files that exist."""

from stackgap.analyse.choices import CHOICES, SHAPES
from stackgap.owned import lines_owned


def test_every_choice_but_the_first_two_owns_lines_and_axum_most() -> None:
    owned = lines_owned(list(SHAPES.values()))
    assert set(owned) == {choice.name for choice in CHOICES}
    for equation in SHAPES.values():
        lines = [owned[choice.name][equation] for choice in CHOICES]
        assert lines[:2] == [0, 0]
        assert all(count > 5 for count in lines[2:])
        assert owned["Rust kernel"][equation] < owned["bytes through Rust"][equation]
        assert owned["bytes through Rust"][equation] < owned["hot route mounted"][equation]
        assert owned["Axum"][equation] > owned["Rust kernel"][equation]
