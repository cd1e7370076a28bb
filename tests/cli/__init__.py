"""The command as a user meets it: what it prints, exits with and leaves behind."""
