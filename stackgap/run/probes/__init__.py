"""What `stackgap probe` does: smaller measurements beside a run."""
