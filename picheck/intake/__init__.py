"""Bytes become a trusted submission."""
