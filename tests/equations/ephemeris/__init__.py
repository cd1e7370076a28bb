"""Tests of the planets' positions."""
