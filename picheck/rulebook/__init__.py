"""One performance year's law as data."""
