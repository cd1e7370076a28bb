"""Tests of everything; folders mirror the tree they test."""
