"""The preview of the score."""
