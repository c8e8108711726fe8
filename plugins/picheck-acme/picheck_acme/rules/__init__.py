"""One rule a module; the module bears the rule's name."""
