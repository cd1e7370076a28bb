"""What one owns with a choice: lines of files that exist, its image and its build as recorded."""

from stackgap.analyse.choices import CHOICES, SHAPES
from stackgap.owned import owned

EQUATIONS = list(SHAPES.values())
OWNED = {own.choice.name: own for own in owned(EQUATIONS)}


def test_every_choice_but_the_first_two_owns_lines_and_axum_most() -> None:
    assert list(OWNED) == [choice.name for choice in CHOICES]
    for equation in EQUATIONS:
        lines = [own.lines[equation] for own in OWNED.values()]
        assert lines[:2] == [0, 0]
        assert all(count > 5 for count in lines[2:])
        kernel, through_bytes = OWNED["Rust kernel"], OWNED["bytes through Rust"]
        assert kernel.lines[equation] < through_bytes.lines[equation]
        assert through_bytes.lines[equation] < OWNED["hot route mounted"].lines[equation]
        assert OWNED["Axum"].lines[equation] > kernel.lines[equation]


def test_what_brings_libraries_has_the_larger_image_and_axum_the_smallest() -> None:
    sizes = {name: own.image_bytes for name, own in OWNED.items()}
    assert sizes["Axum"] < sizes["stay"] < sizes["NumPy"] < sizes["Numba"]
    assert sizes["stay"] < sizes["Axum in front"]


def test_only_rust_has_to_be_compiled() -> None:
    built = {name for name, own in OWNED.items() if own.build_s}
    assert built == {
        "Rust kernel", "bytes through Rust", "hot route mounted", "Axum in front", "Axum",
    }  # fmt: skip
    assert all(own.build_s[0] > 1 for own in OWNED.values() if own.build_s)
