"""How each stack is started: arguments and environment of its server."""

import os
import sys

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


def command(stack: Stack, port: int, equation: str | None = None) -> Command:
    """How to serve `stack` on 127.0.0.1 at `port`, in the foreground.

    All equations or, where one is named, that one alone: then the server loads no other's code.
    """
    env = {"STACKGAP_STACK": stack.name, "STACKGAP_BACKEND": stack.backend}
    if equation is not None:
        env["STACKGAP_EQUATIONS"] = equation
    if stack.framework == "strangler":
        return _strangler(stack, port, equation)
    if stack.server == "axum":
        return Command(_axum_arguments(stack, port), env)
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
    argv = arguments.get(stack.server, _uvicorn_arguments)(stack, str(port))
    return Command(argv, env | {"PYTHONPATH": _python_path()})


def _strangler(stack: Stack, port: int, equation: str | None) -> Command:
    """Axum in front, which starts FastAPI behind it at a port that it puts into the command."""
    behind = Stack(stack.name, "fastapi", "pydantic", stack.backend, "quiet")
    argv = [*_axum_arguments(stack, port), "--", *_uvicorn_arguments(behind, "{port}")]
    return Command(argv, command(behind, port, equation).env)


def _axum_arguments(stack: Stack, port: int) -> list[str]:
    program = "axum_api" if stack.allocator == "system" else f"axum_api_{stack.allocator}"
    argv = [str(project.binary(program)), "--port", str(port)]
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


def _uvicorn_arguments(stack: Stack, port: str) -> list[str]:
    app = _application(stack)
    argv = [sys.executable, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", port]
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


def _gunicorn_arguments(stack: Stack, port: str) -> list[str]:
    argv = [sys.executable, "-m", "gunicorn", f"{_application(stack)}()"]
    argv += ["--worker-class", "uvicorn_worker.UvicornWorker", "--workers", str(stack.workers)]
    # Its control socket lies in the home directory: two servers would meet there.
    argv += ["--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    if stack.access_log:
        argv += ["--access-logfile", "-"]
    return argv


def _granian_arguments(stack: Stack, port: str) -> list[str]:
    interface = "rsgi" if stack.framework == "rsgi" else "asgi"
    # One worker and one thread for the network: what suits one core.
    argv = [sys.executable, "-m", "granian", _application(stack), "--factory"]
    argv += ["--host", "127.0.0.1", "--port", port, "--interface", interface]
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


def _python_path() -> str:
    inherited = os.environ.get("PYTHONPATH")
    return f"{project.ROOT}{os.pathsep}{inherited}" if inherited else str(project.ROOT)
