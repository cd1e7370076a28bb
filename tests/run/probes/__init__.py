"""Tests of the drivers of probes."""
