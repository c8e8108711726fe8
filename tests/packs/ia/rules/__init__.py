"""The rules of the pack, one a module."""
