"""OPA's own engine, in Go, behind a shared library: the sixteen rules in Rego.

The wheel is a shared library and two files of ctypes. It asks for Python 3.14, which nothing in
it needs; hence the advice to install it with `--ignore-requires-python` on an older one.
"""

from __future__ import annotations

from collections.abc import Callable

import orjson
from opa_bindings import OpaEngine

from rivals import sixteen


def engine(known: list[str], exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines; OPA prepares the query once and keeps it."""
    opa = OpaEngine()
    opa.add_policy("sixteen.rego", sixteen.REGO.read_text())
    opa.add_data({"terms": sixteen.terms(known, exclusions)})
    return lambda lines: [
        set(opa.eval_document("sixteen.found", orjson.loads(line))) for line in lines
    ]
