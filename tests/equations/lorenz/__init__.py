"""Tests of the Lorenz system."""
