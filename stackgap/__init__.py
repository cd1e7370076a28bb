"""Measures where the gap between a FastAPI and an Axum service comes from."""
