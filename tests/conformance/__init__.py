"""Holds every row of benchmarks/stacks.toml to docs/http-contract.md, over real sockets."""
