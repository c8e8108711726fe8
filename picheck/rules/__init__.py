"""What a rule is; the rules themselves live in rule packs."""
