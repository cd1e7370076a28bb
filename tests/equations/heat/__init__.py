"""Tests of heat flow along a rod."""
