"""The audit: a plan a year, plain functions, results as records."""
