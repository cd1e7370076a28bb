"""How each stack is started: arguments and environment of its server."""

import os
import sys
from pathlib import Path

import msgspec

from stackgap import project
from stackgap.stacks import Stack


class Command(msgspec.Struct, frozen=True):
    """What to execute to serve a stack: arguments, and environment on top of the caller's."""

    argv: list[str]
    env: dict[str, str]

    def complete_env(self) -> dict[str, str]:
        """The environment to start it with."""
        return dict(os.environ) | self.env


class Site(msgspec.Struct, frozen=True):
    """Where servers run: what they listen on, and what their programs are called there.

    `programs` is the folder of Axum's, None for where cargo builds them; `python_path` is that of
    `python_api`.
    """

    host: str
    python: str
    programs: Path | None
    python_path: str

    def program(self, name: str) -> str:
        """The path of one of our own programs; FileNotFoundError for one that is not built."""
        return str(self.programs / name if self.programs else project.binary(name))


LOOPBACK = "127.0.0.1"


def built_here() -> Site:
    """This machine, with this interpreter and the release binaries."""
    inherited = os.environ.get("PYTHONPATH")
    root = str(project.ROOT)
    python_path = f"{root}{os.pathsep}{inherited}" if inherited else root
    return Site(LOOPBACK, sys.executable, None, python_path)


def command(
    stack: Stack, port: int, equation: str | None = None, site: Site | None = None
) -> Command:
    """How to serve `stack` at `port`, in the foreground; here, unless `site` says where.

    All equations or, where one is named, that one alone: then the server loads no other's code.
    """
    site = site or built_here()
    env = {"STACKGAP_STACK": stack.name, "STACKGAP_BACKEND": stack.backend}
    if equation is not None:
        env["STACKGAP_EQUATIONS"] = equation
    if stack.framework == "strangler":
        return _strangler(stack, site, port, equation)
    if stack.server == "axum":
        return Command(_axum_arguments(stack, site, port), env)
    env |= {"STACKGAP_CODEC": stack.codec, "STACKGAP_ENDPOINT": stack.endpoint}
    if stack.injected:
        env |= {
            "STACKGAP_INJECT_INTO": stack.framework,
            "STACKGAP_INJECT_CPU_US": str(stack.inject_cpu_us),
            "STACKGAP_INJECT_WAIT_MS": str(stack.inject_wait_ms),
            "STACKGAP_INJECT_ANON_MB": str(stack.inject_anonymous_mb),
        }
        places = {"CODEC": stack.inject_codec_us, "KERNEL": stack.inject_kernel_us}
        env |= {
            f"STACKGAP_INJECT_{place}_US": str(us) for place, us in places.items() if us is not None
        }
    arguments = {"granian": _granian_arguments, "gunicorn": _gunicorn_arguments}
    argv = arguments.get(stack.server, _uvicorn_arguments)(stack, site, str(port))
    return Command([site.python, "-m", *argv], env | {"PYTHONPATH": site.python_path})


def _strangler(stack: Stack, site: Site, port: int, equation: str | None) -> Command:
    """Axum in front, which starts FastAPI behind it at a port that it puts into the command."""
    behind = Stack(stack.name, "fastapi", "pydantic", stack.backend, "quiet")
    own = msgspec.structs.replace(site, host=LOOPBACK)
    uvicorn = [site.python, "-m", *_uvicorn_arguments(behind, own, "{port}")]
    env = command(behind, port, equation, site).env
    return Command([*_axum_arguments(stack, site, port), "--", *uvicorn], env)


def _axum_arguments(stack: Stack, site: Site, port: int) -> list[str]:
    program = "axum_api" if stack.allocator == "system" else f"axum_api_{stack.allocator}"
    argv = [site.program(program), "--host", site.host, "--port", str(port)]
    if not stack.contract:
        argv += ["--mode", "quickstart"]
    argv += ["--backend", stack.backend]
    argv += ["--float64"] if stack.payload == "float64" else ["--codec", stack.codec]
    argv += ["--long-work", stack.long_work]
    if stack.injected:
        argv += ["--inject-cpu-us", str(stack.inject_cpu_us)]
    if stack.inject_wait_ms:
        argv += ["--inject-wait-ms", str(stack.inject_wait_ms)]
    return argv


def _uvicorn_arguments(stack: Stack, site: Site, port: str) -> list[str]:
    app = _application(stack)
    argv = ["uvicorn", app, "--host", site.host, "--port", port]
    if app.endswith(":create_app"):
        argv.append("--factory")
    if not stack.access_log:
        argv.append("--no-access-log")
    if stack.server == "uvicorn-h11":
        # What it takes where httptools and uvloop are not installed.
        argv += ["--loop", "asyncio", "--http", "h11"]
    if stack.workers > 1:
        argv += ["--workers", str(stack.workers)]
    return argv


def _gunicorn_arguments(stack: Stack, site: Site, port: str) -> list[str]:
    argv = ["gunicorn", f"{_application(stack)}()"]
    argv += ["--worker-class", "uvicorn_worker.UvicornWorker", "--workers", str(stack.workers)]
    # Its control socket lies in the home directory: two servers would meet there.
    argv += ["--bind", f"{site.host}:{port}", "--no-control-socket"]
    if stack.access_log:
        argv += ["--access-logfile", "-"]
    return argv


def _granian_arguments(stack: Stack, site: Site, port: str) -> list[str]:
    interface = "rsgi" if stack.framework == "rsgi" else "asgi"
    # One worker and one thread for the network: what suits one core.
    argv = ["granian", _application(stack), "--factory"]
    argv += ["--host", site.host, "--port", port, "--interface", interface]
    argv += ["--workers", str(stack.workers), "--runtime-threads", "1", "--runtime-mode", "st"]
    argv += ["--loop", "uvloop", "--http", "1", "--no-ws"]
    if stack.access_log:
        argv.append("--access-log")
    return argv


def _application(stack: Stack) -> str:
    if stack.injected:
        return "python_api.stacks.injected:create_app"
    if not stack.contract:
        return f"python_api.stacks.{stack.framework}_quickstart:app"
    return f"python_api.stacks.{stack.framework}_app:create_app"
