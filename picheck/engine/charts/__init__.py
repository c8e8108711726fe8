"""What a chart of a document shows, as plain data."""
