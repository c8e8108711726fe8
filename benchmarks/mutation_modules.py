"""The modules that are mutated, and the cases and tests that judge each of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from picheck.plugins.registry import PluginRegistry
from picheck.testing.cases import Case, load_cases
from picheck.testing.examples import shipped_cases

ROOT: Final = Path(__file__).parent.parent
PLUGINS: Final = ROOT / "plugins"
PACK: Final = "picheck_pi"
QRDA: Final = "picheck_qrda"
SESSIONS: Final = ROOT / "build" / "mutation"

#: What hands rules over, the schemas of terms, and the parser of XML, whose bounds are held by
#: tests with hostile files: they decide nothing about what a submission says.
_LEFT_OUT: Final = ("__init__", "families", "term_schemas", "xml_reader")

#: Tests that judge what the cases let through.
_TESTS: Final[Mapping[str, tuple[str, ...]]] = {
    QRDA: tuple(
        f"tests/qrda/test_qrda_{name}.py"
        for name in ("dates", "faults", "header", "period", "root", "departures")
    ),
    **dict.fromkeys(("eligibility", "period", "structure"), ("tests/unit/test_envelopes.py",)),
}

_IMPORT: Final = re.compile(rf"^from ((?:{PACK}|{QRDA})\.[\w.]+) import", re.MULTILINE)


class Module(NamedTuple):
    """A module to mutate, and the codes of the rules whose cases judge it."""

    path: Path
    codes: tuple[str, ...]

    @property
    def family(self) -> str:
        """The rule family, `shared` or `qrda reader`."""
        folder = self.path.parent.name
        return {PACK: "shared", QRDA: "qrda reader"}.get(folder, folder)

    @property
    def session(self) -> Path:
        """The database of its mutants."""
        return SESSIONS / f"{self.family}-{self.path.stem}.sqlite"

    @property
    def cases(self) -> list[Case]:
        """The cases of its rules; for the reader of QRDA III those that are such files."""
        if self.family == "qrda reader":
            return [case for case in _mix_cases() if case.entry.qrda is not None]
        return [case for case in _mix_cases() if case.rule in self.codes]

    @property
    def tests(self) -> tuple[str, ...]:
        """The test files that judge what its cases let through."""
        return _TESTS.get(self.path.parent.name, ())


def list_modules(registry: PluginRegistry) -> list[Module]:
    """Return the modules of rules, those that they share, and the reader of QRDA III."""
    files = [*sorted(PLUGINS.joinpath(PACK, "rules").rglob("*.py"))]
    files += sorted(PLUGINS.joinpath(PACK).glob("*.py"))
    files += sorted(PLUGINS.joinpath(QRDA).glob("*.py"))
    codes = {rule.rule.check.__module__: code for code, rule in registry.rules.items()}
    imports = {_name(file): _IMPORT.findall(file.read_text(encoding="utf-8")) for file in files}
    return [
        Module(file, tuple(sorted(_find_codes(_name(file), imports, codes))))
        for file in files
        if file.stem not in _LEFT_OUT
    ]


def find_inert(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Yield the parts of a module that no audit runs, with the reason.

    An annotation is not evaluated, and the schema of a clause's terms is read when a rulebook is
    loaded.
    """
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.keyword) and node.arg == "terms":
            yield "schema", node.value
        if isinstance(node, ast.AnnAssign) and "Schema" in ast.unparse(node.annotation):
            yield "schema", node
        for field in ("annotation", "returns"):
            if isinstance(annotation := getattr(node, field, None), ast.expr):
                yield "annotation", annotation


def _name(file: Path) -> str:
    return ".".join(file.relative_to(PLUGINS).with_suffix("").parts)


def _find_codes(
    name: str, imports: Mapping[str, Collection[str]], codes: Mapping[str, str]
) -> set[str]:
    """Return the codes of the rules in a module and in all that import it, near or far."""
    users = {name}
    while new := {each for each, names in imports.items() if users & {*names}} - users:
        users |= new
    return {codes[user] for user in users if user in codes}


@cache
def _mix_cases() -> list[Case]:
    """Return all cases in a mixed order, for neighbours in a file notice the same mutants."""
    cases = load_cases(shipped_cases())
    return Random(0).sample(cases, len(cases))
