"""The images of the stacks: what goes into each, how it is built, whether it is up to date.

Everything that needs a network happens on this machine, checked against the hashes of
requirements.lock; a build copies it. So it runs on an engine without any, too.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import msgspec
from docker import DockerClient
from docker.errors import ImageNotFound
from docker.models.images import Image as DockerImage
from packaging.requirements import Requirement

from stackgap import build, project
from stackgap.docker_labels import IMAGE_FILTER, image_labels
from stackgap.launch import Site, built_here
from stackgap.stacks import Stack

REPOSITORY = "stackgap"
PUBLIC_BASE = "python:3.11-slim-bookworm"
OWN_BASE = f"{REPOSITORY}/debian"

_IN_IMAGE = Path("/app")
_LOCK = project.ROOT / "requirements.lock"
_SOURCES = "stackgap.sources"
_LAST_LINES = 10
_DEBIAN_SUITE = "bookworm"
_DEBIAN_PACKAGES = ("ca-certificates", "python3.11", "python3.11-venv")

_SERVING = ("fastapi", "uvicorn[standard]")
# What a stack needs besides, by the name of the image that has it.
_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "python": (),
    "python-numpy": ("numpy",),
    "python-numba": ("numba",),
    "python-msgspec": ("msgspec",),
    "python-granian": ("granian",),
    "python-gunicorn": ("gunicorn", "uvicorn-worker"),
    "python-behind-axum": (),
}
_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "axum": ("axum_api", "axum_api_mimalloc"),
    "python-behind-axum": ("axum_api",),
}
NAMES = ("axum", *_EXTRAS)


class ImageError(Exception):
    """An image that cannot be built or used; the message says what to do."""


@dataclass(frozen=True)
class Built:
    """An image that is there. `current` is whether it holds what the sources now say."""

    name: str
    tag: str
    size_bytes: int
    base: str
    current: bool


def name_for(stack: Stack) -> str:
    """The image that a stack is served from."""
    if stack.framework == "strangler":
        return "python-behind-axum"
    if stack.server == "axum":
        return "axum"
    for need in (stack.backend, stack.codec, stack.server):
        if f"python-{need}" in _EXTRAS:
            return f"python-{need}"
    return "python"


def tag(name: str) -> str:
    """What the image is called on the engine."""
    return f"{REPOSITORY}/{name}"


def site(host: str) -> Site:
    """Where a server is in an image of ours, listening on `host`."""
    return Site(host, "python", _IN_IMAGE, str(_IN_IMAGE))


def static_site() -> Site:
    """This machine, with the Axum binary that is in the images."""
    return msgspec.structs.replace(built_here(), programs=build.static_folder())


def needed(client: DockerClient, stack: Stack) -> str:
    """The id of a stack's image, which is up to date; ImageError if it is not."""
    name = name_for(stack)
    try:
        image = client.images.get(tag(name))
    except ImageNotFound:
        raise ImageError(f"no image {tag(name)}: run `stackgap images build`") from None
    if not _is_current(image, name):
        raise ImageError(
            f"image {tag(name)} holds other sources than the checkout: run `stackgap images build`"
        )
    return str(image.id)


def built(client: DockerClient) -> Iterator[Built]:
    """The images of ours that the engine has."""
    for name in NAMES:
        try:
            image = client.images.get(tag(name))
        except ImageNotFound:
            continue
        yield Built(
            name,
            tag(name),
            image.attrs["Size"],
            image.labels.get("stackgap.base", ""),
            _is_current(image, name),
        )


def clean(client: DockerClient) -> list[str]:
    """Removes this user's images of ours, the base among them; their names."""
    removed = []
    for image in client.images.list(filters=IMAGE_FILTER):
        removed += image.tags or [image.short_id]
        client.images.remove(str(image.id), force=True)
    return removed


def make_base(client: DockerClient) -> None:
    """A base image from Debian's packages, for an engine that reaches no registry.

    Raises ImageError without mmdebstrap, or where it fails.
    """
    if shutil.which("mmdebstrap") is None:
        raise ImageError("making a base image needs mmdebstrap: `apt-get install mmdebstrap`")
    with tempfile.TemporaryDirectory(prefix="stackgap-") as folder:
        archive = Path(folder) / "base.tar"
        include = f"--include={','.join(_DEBIAN_PACKAGES)}"
        _run(["mmdebstrap", "--quiet", "--variant=minbase", include, _DEBIAN_SUITE, str(archive)])
        changes = [f"LABEL {key}={value}" for key, value in image_labels("debian").items()]
        client.api.import_image_from_file(str(archive), repository=OWN_BASE, changes=changes)


def has_base(client: DockerClient) -> bool:
    """Whether `make_base` has been here."""
    return bool(client.images.list(name=OWN_BASE))


def build_all(
    client: DockerClient, names: Sequence[str], base: str, tell: Callable[[str], None]
) -> Iterator[str]:
    """Builds the images of these names from what `prepare` left, two at once: an engine waits
    more than it works. Yields each name when it is there; raises as `build_image`."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        building = {pool.submit(build_image, client, name, base, tell): name for name in names}
        try:
            for done in as_completed(building):
                done.result()
                yield building[done]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def build_image(client: DockerClient, name: str, base: str, tell: Callable[[str], None]) -> None:
    """Builds one image from what `prepare` left; `tell` hears every step. Raises ImageError."""
    context = _context(name)
    dockerfile = project.ROOT / ("axum_api" if name == "axum" else "python_api") / "Dockerfile"
    shutil.copy(dockerfile, context / "Dockerfile")
    lines = []
    for event in client.api.build(
        path=str(context),
        tag=tag(name),
        buildargs={"BASE": base},
        labels=image_labels(name) | {_SOURCES: _contents(name), "stackgap.base": base},
        network_mode="none",
        rm=True,
        forcerm=True,
        decode=True,
    ):
        said = str(event.get("stream") or event.get("status") or event.get("error") or "").strip()
        if said:
            lines.append(said)
            tell(f"building {tag(name)}: {said.splitlines()[0]}")
        if "error" in event:
            raise ImageError("\n".join([*lines[-_LAST_LINES:], f"{tag(name)} was not built"]))


def prepare(names: Iterable[str], tell: Callable[[str], None]) -> None:
    """Gathers what the images of these names hold: static binaries, hashed wheels, our package.

    Raises build.BuildError or ImageError.
    """
    tell("building the static Axum binaries")
    build.build_static()
    for name in names:
        context = _context(name)
        shutil.rmtree(context, ignore_errors=True)
        app = context / "app"
        app.mkdir(parents=True)
        for program in _PROGRAMS.get(name, ()):
            shutil.copy(build.static_folder() / program, app)
        if name == "axum":
            continue
        tell(f"gathering the wheels of {name}")
        requirements = _requirements(name)
        (context / "requirements.txt").write_text(requirements)
        _link_wheels(requirements, context / "wheels")
        shutil.copytree(
            project.ROOT / "python_api",
            app / "python_api",
            ignore=shutil.ignore_patterns("__pycache__", "Dockerfile", "*.pyi"),
        )


def _context(name: str) -> Path:
    return project.target_directory() / "images" / name


def _is_current(image: DockerImage, name: str) -> bool:
    return image.labels.get(_SOURCES) == _contents(name)


def _contents(name: str) -> str:
    """A hash of all that the image is made of but its base."""
    digest = hashlib.sha256(build.source_hash().encode())
    folder = "axum_api" if name == "axum" else "python_api"
    files = [project.ROOT / folder / "Dockerfile"]
    if name != "axum":
        digest.update(_requirements(name).encode())
        files += sorted(project.ROOT.glob("python_api/**/*.py"))
        files += sorted(project.ROOT.glob("python_api/**/*.json"))
    for path in files:
        build.feed(digest, path.relative_to(project.ROOT).as_posix(), path.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _requirements(name: str) -> str:
    """The lines of requirements.lock, hashes included, of what an image needs."""
    wanted = _closure([*_SERVING, *_EXTRAS[name]])
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", _LOCK.read_text())
    chosen = [
        entry for entry in entries if "==" in entry and _normal(entry.partition("==")[0]) in wanted
    ]
    lines = (line for entry in chosen for line in entry.splitlines())
    return "".join(f"{line}\n" for line in lines if not line.lstrip().startswith("#"))


def _closure(roots: Iterable[str]) -> set[str]:
    """The names of `roots` and all that they need here, by what is installed."""
    pending = [Requirement(root) for root in roots]
    seen: set[tuple[str, frozenset[str]]] = set()
    while pending:
        requirement = pending.pop()
        key = (_normal(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        needs = map(Requirement, metadata.requires(requirement.name) or ())
        pending += [each for each in needs if _applies(each, requirement.extras)]
    return {name for name, _ in seen}


def _applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _link_wheels(requirements: str, folder: Path) -> None:
    """The wheels of `requirements` in `folder`, downloaded once for all images."""
    digest = hashlib.sha256(requirements.encode()).hexdigest()[:16]
    store = project.target_directory() / "wheels" / digest
    if not store.exists():
        unfinished = store.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        listed = unfinished / "requirements.txt"
        listed.write_text(requirements)
        pip = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--quiet"]
        checked = ["--no-input", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
        _run([*pip, *checked, "--requirement", str(listed), "--dest", str(unfinished)])
        listed.unlink()
        unfinished.rename(store)
    shutil.copytree(store, folder, copy_function=os.link)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-_LAST_LINES:])
        raise ImageError(f"{said}\n{command[0]} failed, for the reason above")
