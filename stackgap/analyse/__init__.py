"""Pure functions from a run's records to what it shows: no files, no processes, no clocks."""
