"""Who races: every rival's name, where its engine is written, and how to install it."""

from __future__ import annotations

import importlib
import importlib.metadata
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from rivals import npm_package
from rivals.sixteen import Exclusions

#: The codes that failed, for each line.
Found = list[set[str]]
Engine = Callable[[list[bytes]], Found]
#: What was found, and the seconds of processor time that it took.
Lap = Callable[[list[bytes]], tuple[Found, float]]


class AbsentError(Exception):
    """A rival is not installed; the message says how to install it."""


class Rival(NamedTuple):
    """One engine: `maker` in `rivals.<module>` builds it from the measures and exclusions."""

    name: str
    package: str
    module: str
    maker: str = "engine"
    install: str = ""

    def enter(self, known: list[str], exclusions: Exclusions) -> tuple[Lap, str]:
        """Return its lap and its version; raise `AbsentError` where it is not installed."""
        try:
            version = importlib.metadata.version(self.package)
            make = getattr(importlib.import_module(f"rivals.{self.module}"), self.maker)
        except ImportError as error:
            remedy = self.install or f"pip install {self.package}"
            raise AbsentError(f"absent; to race it: {remedy}") from error
        return _timed(make(known, exclusions)), version


class NpmRival(NamedTuple):
    """One engine of npm: a script beside the package's `package.json`, run by node."""

    name: str
    package: str
    script: str

    def enter(self, known: list[str], exclusions: Exclusions) -> tuple[Lap, str]:
        """Return its lap and its version; raise `AbsentError` where it is not installed."""
        version = npm_package.version(self.package)
        if version is None:
            raise AbsentError(f"absent; to race it: {npm_package.INSTALL}")
        return npm_package.lap(self.script, known, exclusions), version


def _timed(engine: Engine) -> Lap:
    def lap(lines: list[bytes]) -> tuple[Found, float]:
        start = time.process_time()
        found = engine(lines)
        return found, time.process_time() - start

    return lap


FIELD: Final[tuple[Rival | NpmRival, ...]] = (
    Rival("picheck", "picheck", "ours"),
    Rival("pydantic and Python", "pydantic", "models"),
    NpmRival("ajv", "ajv", "ajv.mjs"),
    Rival("jsonschema-rs and Python", "jsonschema-rs", "schema_in_rust"),
    Rival("DuckDB SQL", "duckdb", "sql"),
    Rival("Regorus, compiled", "gordon-to-regorus", "rego_in_rust", "compiled"),
    Rival("Regorus, interpreted", "gordon-to-regorus", "rego_in_rust", "interpreted"),
    Rival(
        *("OPA", "opa-golib-python-bindings", "rego_in_go"),
        install="pip install --ignore-requires-python opa-golib-python-bindings",
    ),
    Rival("jsonschema and Python", "jsonschema", "schema_in_python"),
    Rival("Cerberus and Python", "cerberus", "cerberus_rules"),
    Rival("rego-cpp", "regopy", "rego_in_cpp"),
    NpmRival("Spectral", "@stoplight/spectral-core", "spectral.mjs"),
)
