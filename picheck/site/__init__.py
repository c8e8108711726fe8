"""Pages about rules and years, made of what the installed plugins hand over."""
