"""The exercises: folders of `workshop/`, each with a page, a stub, a check and a solution."""

import importlib.util
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from stackgap import project
from stackgap.misuse import MisuseError

FOLDER = project.ROOT / "workshop"
MINE = FOLDER / "mine"


@dataclass(frozen=True)
class Exercise:
    """One folder, named like "2-numpy"."""

    folder: Path

    @property
    def number(self) -> int:
        """Its place in the workshop, from 1."""
        return int(self.folder.name.partition("-")[0])

    @property
    def stub(self) -> Path:
        """What a participant starts from."""
        return next(self.folder.glob("stub.*"))

    @property
    def solution(self) -> Path:
        """One way to do it."""
        return next(self.folder.glob("solution.*"))

    @property
    def mine(self) -> Path:
        """Where the participant's own file lies."""
        return MINE / f"{self.folder.name}{self.stub.suffix}"

    @cached_property
    def check(self) -> Any:
        """The module that says what is right: `TITLE`, `MINUTES`, `QUESTION`, `LIMITS`,
        `AGAINST`, `SLOW`, where it is not the stub `BASELINE`, and the functions `opened`,
        `contract`, `correct`, `measure` and `decided`."""
        return loaded(self.folder / "check.py")


def exercises() -> list[Exercise]:
    """All, in their order."""
    return sorted((Exercise(path) for path in FOLDER.glob("[0-9]-*")), key=lambda own: own.number)


def exercise(number: int) -> Exercise:
    """The one of that number; MisuseError says which there are."""
    for own in exercises():
        if own.number == number:
            return own
    known = ", ".join(str(own.number) for own in exercises())
    raise MisuseError(f"no exercise {number}; there are {known}")


def loaded(path: Path) -> ModuleType:
    """A Python file as a module of its own; raises what the file raises."""
    name = f"workshop_{path.parent.name}_{path.stem}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def started(own: Exercise) -> Path:
    """The participant's file, a copy of the stub if there is none; one that is there is kept."""
    if not own.mine.exists():
        own.mine.parent.mkdir(parents=True, exist_ok=True)
        own.mine.write_bytes(own.stub.read_bytes())
    return own.mine
