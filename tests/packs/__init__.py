"""Rule packs that only the tests know."""
