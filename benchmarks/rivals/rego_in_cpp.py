"""rego-cpp: the sixteen rules in Rego."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from regopy import Interpreter

from rivals import sixteen


def engine(known: list[str], exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines."""
    interpreter = Interpreter()
    interpreter.add_module("sixteen", sixteen.REGO.read_text())
    interpreter.add_data({"terms": sixteen.terms(known, exclusions)})

    def check(line: bytes) -> set[str]:
        interpreter.set_input_term(line.decode())
        found: Any = json.loads(str(interpreter.query("data.sixteen.found")))
        return set(found["expressions"][0])

    return lambda lines: [check(line) for line in lines]
