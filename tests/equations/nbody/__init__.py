"""Tests of the bodies' pull on each other."""
