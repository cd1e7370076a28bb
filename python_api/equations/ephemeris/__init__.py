"""Heliocentric positions of the planets from mean elements that drift linearly with time."""
