"""The ways to serve the equations from Python; `docs/http-contract.md` binds all but the bare one.

What every framework needs lives in modules that import no framework: `body`, `problems`, `service`.
"""
