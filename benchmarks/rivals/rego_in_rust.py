"""Regorus, in Rust: the sixteen rules in Rego, interpreted, and compiled for its machine."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import regorus

from rivals import sixteen

_QUERY = "data.sixteen.found"


def interpreted(known: list[str], exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines with the engine that the manual shows."""
    interpreter = regorus.Engine()
    interpreter.add_policy("sixteen.rego", sixteen.REGO.read_text())
    interpreter.add_data({"terms": sixteen.terms(known, exclusions)})

    def check(line: bytes) -> set[str]:
        interpreter.set_input_json(line.decode())
        return set(interpreter.eval_rule(_QUERY))

    return lambda lines: [check(line) for line in lines]


def compiled(known: list[str], exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines with the virtual machine, which is faster."""
    data = orjson.dumps({"terms": sixteen.terms(known, exclusions)}).decode()
    modules = [("sixteen.rego", sixteen.REGO.read_text())]
    machine = regorus.Rvm()
    machine.load_program(regorus.Program.compile_from_modules(data, modules, [_QUERY]))
    machine.set_data_json(data)

    def check(line: bytes) -> set[str]:
        machine.set_input_json(line.decode())
        return set(orjson.loads(machine.execute()))

    return lambda lines: [check(line) for line in lines]
