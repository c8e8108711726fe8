"""Audit Promoting Interoperability submissions before they are sent and scored."""

__version__ = "0.1.0"
