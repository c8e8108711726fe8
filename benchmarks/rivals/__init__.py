"""The same sixteen rules on what a user would pick instead."""
