"""What goes into each image: decided here, without building any."""

import re
from typing import Any

import pytest

from stackgap import images, project
from stackgap.docker_labels import OWN, image_labels
from stackgap.stacks import Stack, find, stacks

PYTHON = [name for name in images.NAMES if name != "axum"]


def packages(name: str) -> set[str]:
    return set(re.findall(r"(?m)^([A-Za-z0-9._-]+)==", images._requirements(name)))


@pytest.mark.parametrize("stack", stacks().values(), ids=stacks())
def test_every_stack_has_an_image_with_what_it_needs(stack: Stack) -> None:
    name = images.name_for(stack)
    if stack.server == "axum" and stack.framework == "axum":
        assert name == "axum"
        return
    needs = {stack.backend, stack.codec, stack.server.partition("-")[0]}
    libraries = {"numpy", "numba", "msgspec", "granian", "gunicorn", "uvicorn"}
    assert needs & libraries <= packages(name)


@pytest.mark.parametrize("name", PYTHON)
def test_only_the_image_that_computes_with_numpy_holds_it(name: str) -> None:
    assert ("numpy" in packages(name)) == (name in ("python-numpy", "python-numba"))
    assert ("numba" in packages(name)) == (name == "python-numba")


@pytest.mark.parametrize("name", PYTHON)
def test_every_requirement_is_pinned_and_hashed_as_in_the_lock(name: str) -> None:
    lock = (project.ROOT / "requirements.lock").read_text()
    entries = re.split(r"(?m)^(?=\S)", images._requirements(name))[1:]
    assert {"fastapi", "uvicorn", "uvloop", "httptools", "pydantic"} <= packages(name)
    for entry in entries:
        assert "--hash=sha256:" in entry
        assert entry.splitlines()[0] in lock


def test_an_image_holds_none_of_the_harness() -> None:
    assert not packages("python") & {"altair", "docker", "pytest", "scipy", "typer", "httpx"}


def test_a_container_has_the_labels_of_its_image_without_becoming_ours() -> None:
    assert not set(image_labels("python")) & set(OWN)


def test_stacks_behind_axum_have_both(tmp_path: Any) -> None:
    assert images.name_for(find("strangler-stock-rust")) == "python-behind-axum"
