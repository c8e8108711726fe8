"""Earlier submissions of the entities of a run."""
