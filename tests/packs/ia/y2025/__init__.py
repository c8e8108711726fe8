"""The edition of one year."""
