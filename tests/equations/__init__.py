"""Tests of the equations in every backend."""
