"""One room a performance year: a complete edition as data."""
