"""Tests of option prices."""
