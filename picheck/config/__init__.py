"""Settings that a project keeps in a file."""
