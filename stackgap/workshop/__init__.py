"""The workshop's checks: what a participant's file is held to, and how far each has come."""
