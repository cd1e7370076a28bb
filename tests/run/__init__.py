"""The whole pipeline of a run, its engine made up and its records real."""
