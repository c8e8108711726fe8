"""The doors: what a plugin may hand over, and how plugins are found and held to their word."""
