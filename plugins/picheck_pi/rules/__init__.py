"""One room a rule family; one module a rule."""
