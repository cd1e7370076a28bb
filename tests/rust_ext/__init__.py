"""Tests of the Rust extension's edge."""
