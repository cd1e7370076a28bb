"""Shows a run's summary: on a terminal, as a page, as Markdown."""
