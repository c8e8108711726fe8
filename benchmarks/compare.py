"""The same sixteen rules on what a user would pick instead, checked first, then timed.

Every engine gets the same bytes and must find every planted defect and flag no clean document
before it is timed. Ratios are against `orjson.loads` of the same bytes in the same run.

    python benchmarks/compare.py --count 400
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import orjson
from generate import Planted, corpus
from rivals import sixteen

from picheck.cli.options import load_inventory
from picheck.engine.audit import Audit
from picheck.engine.terms import Terms
from picheck.intake.inputs import RawDocument

Found = list[set[str]]
Engine = Callable[[list[bytes]], Found]

_CODES: Final = frozenset(sixteen.CODES)


def main() -> None:
    """Print one line for each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*")
    given = parser.parse_args()
    documents = list(_documents(given.count))
    lines = [planted.data for planted in documents]
    yardstick = _best(lambda lines: [orjson.loads(line) for line in lines], lines, 9)
    print(f"{len(lines)} documents, {sum(map(len, lines)) / len(lines):.0f} bytes each")
    print(f"{'':28}{'version':>12}{'us/doc':>10}{'orjson':>8}{'picheck':>9}")
    ours = 0.0
    for name, package, make in ENGINES:
        if given.only and name not in given.only and name != "picheck":
            continue
        try:
            engine = make()
        except ImportError as error:
            print(f"{name:28}{'absent':>12}  {error}")
            continue
        _check(name, engine(lines), documents)
        seconds = _best(engine, lines, given.rounds)
        ours = ours or seconds
        version = importlib.metadata.version(package)
        each = seconds / len(lines) * 1e6
        ratios = f"{seconds / yardstick:8.1f}{seconds / ours:9.2f}"
        print(f"{name:28}{version:>12}{each:10.1f}{ratios}")


def _documents(count: int) -> Iterator[Planted]:
    """Yield documents whose label lies within the sixteen rules."""
    for planted in corpus(count * 2, seed=3, defects=0.3, form="bare"):
        if not planted.is_entity and set(planted.expected) <= _CODES:
            yield planted
            count -= 1
        if not count:
            return


def _check(name: str, found: Found, documents: list[Planted]) -> None:
    for place, (mine, planted) in enumerate(zip(found, documents, strict=True)):
        missed = set(planted.expected) - mine
        if missed or (not planted.expected and mine):
            said = f"{name}: document {place} ({planted.defect})"
            raise SystemExit(f"{said}: found {mine}, missed {missed}")


def _best(engine: Callable[[list[bytes]], object], lines: list[bytes], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        engine(lines)
        times.append(time.process_time() - start)
    return min(times)


def _picheck() -> Engine:
    _, inventory = load_inventory(())
    terms = Terms(as_of=date(2026, 2, 1), select=sixteen.CODES)

    def run(lines: list[bytes]) -> Found:
        audit = Audit(terms, inventory)
        raws = (RawDocument(uri="", data=line, line=1) for line in lines)
        return [
            {result.rule.code for result in audited.results if result.outcome == "fail"}
            for audited in audit.documents(raws)
        ]

    return run


def _terms() -> tuple[list[str], dict[str, tuple[str, ...]]]:
    _, inventory = load_inventory(())
    rulebook = inventory.shelf.rulebook("pi", 2025)
    return list(rulebook.measures), {m.id: m.exclusions for m in rulebook.measures.values()}


def _jsonschema() -> Engine:
    import jsonschema

    rules = sixteen.schema_rules(*_terms())
    validator = jsonschema.Draft202012Validator(
        sixteen.json_schema(*_terms()), format_checker=jsonschema.FormatChecker()
    )

    def check(line: bytes) -> set[str]:
        document = json.loads(line)
        errors = validator.iter_errors(document)
        failed = {rules[error.absolute_schema_path[1]][0] for error in errors}
        return failed if "PIC-STR-01" in failed else failed | sixteen.remainder(document)

    return lambda lines: [check(line) for line in lines]


def _jsonschema_rs() -> Engine:
    import jsonschema_rs

    rules = sixteen.schema_rules(*_terms())
    validator = jsonschema_rs.Draft202012Validator(
        sixteen.json_schema(*_terms()), validate_formats=True
    )

    def check(line: bytes) -> set[str]:
        document = orjson.loads(line)
        failed = {rules[int(error.schema_path[1])][0] for error in validator.iter_errors(document)}
        return failed if "PIC-STR-01" in failed else failed | sixteen.remainder(document)

    return lambda lines: [check(line) for line in lines]


def _rego() -> Engine:
    from regopy import Interpreter

    known, exclusions = _terms()
    interpreter = Interpreter()
    text = Path(__file__).with_name("rivals").joinpath("sixteen.rego").read_text()
    interpreter.add_module("sixteen", text)
    interpreter.add_data(
        {
            "terms": {
                "entityTypes": list(sixteen.ENTITY_TYPES),
                "methods": list(sixteen.METHODS),
                "minimumDays": sixteen.MINIMUM_DAYS,
                "cehrt": sixteen.CEHRT,
                "known": dict.fromkeys(known, True),
                "rates": list(sixteen.RATES),
                "statements": list(sixteen.STATEMENTS),
                "required": {k: list(v) for k, v in sixteen.required(exclusions).items()},
            }
        }
    )

    def check(line: bytes) -> set[str]:
        interpreter.set_input_term(line.decode())
        found: Any = json.loads(str(interpreter.query("data.sixteen.found")))
        return set(found["expressions"][0])

    return lambda lines: [check(line) for line in lines]


def _duckdb() -> Engine:
    import duckdb

    known, exclusions = _terms()
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    query = Path(__file__).with_name("rivals").joinpath("sixteen.sql").read_text()
    connection.execute("CREATE TABLE known AS SELECT unnest(?) AS id", [known])
    pairs = [
        (measure, other)
        for measure, others in sixteen.required(exclusions).items()
        for other in (None, *others)
    ]
    connection.execute("CREATE TABLE required (measure VARCHAR, other VARCHAR)")
    connection.executemany("INSERT INTO required VALUES (?, ?)", pairs)

    def run(lines: list[bytes]) -> Found:
        found: Found = [set() for _ in lines]
        with tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
            file.write(b"\n".join(lines) + b"\n")
            file.flush()
            for place, code in connection.execute(query, [file.name]).fetchall():
                found[place].add(code)
        return found

    return run


def _pydantic() -> Engine:
    from rivals.models import checker

    check = checker(*_terms())
    return lambda lines: [check(line) for line in lines]


def _cerberus() -> Engine:
    from rivals.cerberus_rules import checker

    check = checker(*_terms())
    return lambda lines: [check(json.loads(line)) for line in lines]


ENGINES: Final = (
    ("picheck", "picheck", _picheck),
    ("pydantic", "pydantic", _pydantic),
    ("jsonschema-rs and Python", "jsonschema-rs", _jsonschema_rs),
    ("DuckDB SQL", "duckdb", _duckdb),
    ("Rego (regopy)", "regopy", _rego),
    ("jsonschema and Python", "jsonschema", _jsonschema),
    ("Cerberus and Python", "cerberus", _cerberus),
)

if __name__ == "__main__":
    main()
