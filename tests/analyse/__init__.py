"""Tests of `stackgap.analyse`, on records made up by `factory`."""
