"""The published JSON Schemas of picheck: submission, evidence, report."""
