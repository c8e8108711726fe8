"""jsonschema-rs: thirteen rules as JSON Schema, and plain Python for the rest."""

from __future__ import annotations

from collections.abc import Callable

import jsonschema_rs
import orjson

from rivals import sixteen


def engine(known: list[str], exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines."""
    rules = sixteen.schema_rules(known, exclusions)
    validator = jsonschema_rs.Draft202012Validator(
        sixteen.json_schema(known, exclusions), validate_formats=True
    )

    def check(line: bytes) -> set[str]:
        document = orjson.loads(line)
        failed = {rules[int(error.schema_path[1])][0] for error in validator.iter_errors(document)}
        return failed if "PIC-STR-01" in failed else failed | sixteen.remainder(document)

    return lambda lines: [check(line) for line in lines]
