"""The history: a database of audits and submissions, append-only and hash-chained."""
