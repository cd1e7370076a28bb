"""Plans runs, drives an engine through them, and keeps their records."""
