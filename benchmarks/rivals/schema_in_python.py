"""jsonschema: thirteen rules as JSON Schema, and plain Python for the rest."""

from __future__ import annotations

import json
from collections.abc import Callable

import jsonschema

from rivals import sixteen


def engine(known: list[str], exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines."""
    rules = sixteen.schema_rules(known, exclusions)
    validator = jsonschema.Draft202012Validator(
        sixteen.json_schema(known, exclusions), format_checker=jsonschema.FormatChecker()
    )

    def check(line: bytes) -> set[str]:
        document = json.loads(line)
        errors = validator.iter_errors(document)
        failed = {rules[int(error.absolute_schema_path[1])][0] for error in errors}
        return failed if "PIC-STR-01" in failed else failed | sixteen.remainder(document)

    return lambda lines: [check(line) for line in lines]
