"""The `stackgap` command: one module a verb."""

from stackgap.cli.main import app

__all__ = ["app"]
