"""Cases as data: a small departure from a compliant submission, and the exact findings expected.

A file holds `{"rule": CODE, "cases": [...]}`. Each case names the years it holds in, what is
changed, and every result that is a failure, indeterminate or an error; anything else that comes
up fails the case, so that rules cannot drift into each other. A case may extend another one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import msgspec

from picheck.testing.case_inheritance import extend_case
from picheck.testing.examples import shipped_cases
from picheck.testing.mutations import Change

_YEAR: Final = re.compile(r"\{year([+-]\d+)?\}")
_IN_THE_WINDOW: Final = "{year+1}-02-01"


class Expectation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One expected result; what is not given is not compared.

    `pointer` is absolute and may name a measure by its id instead of its index; `document` is
    the index of the document among the case's own. A pass or a rule that does not apply is looked
    for only where a case names it as `outcome`.
    """

    rule: str
    pointer: str | None = None
    outcome: str = "fail"
    consequence: str | None = None
    severity: str | None = None
    document: int = 0
    missing: tuple[str, ...] | None = None


class Prior(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An earlier submission of the same entity."""

    year: Any
    change: Change = Change()


class Other(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further document of the same run."""

    change: Change = Change()


class CaseEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A case as it is written.

    `qrda` says that the document is written as QRDA III, and which texts are then replaced in it
    (`picheck.testing.qrda_builder.changed_qrda`). `evidence` is a merge patch (RFC 7386) on the
    compliant evidence; null means that there is none. `files` are texts, by file name, that lie
    beside the evidence: the documents that it lists. `options` are set for plugins, by plugin
    name. Texts may hold `{year}`, `{year+1}`.
    """

    name: str
    years: tuple[int, ...]
    expect: tuple[Expectation, ...]
    change: Change = Change()
    qrda: tuple[tuple[str, str], ...] | None = None
    evidence: dict[str, Any] | msgspec.UnsetType | None = msgspec.UNSET
    prior: tuple[Prior, ...] = ()
    others: tuple[Other, ...] = ()
    files: dict[str, str] = {}
    options: dict[str, dict[str, Any]] = {}
    as_of: str = _IN_THE_WINDOW
    why: str = ""


class CaseFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of cases; each is read on its own, once what it extends was put under it."""

    rule: str
    cases: tuple[dict[str, Any], ...]


class Case(msgspec.Struct, frozen=True):
    """One case in one year. `id` is readable: `PIC-PER-03-2025-179 days`."""

    rule: str
    year: int
    entry: CaseEntry

    @property
    def id(self) -> str:
        """Name the case for a test report."""
        return f"{self.rule}-{self.year}-{self.entry.name}"


def load_cases(path: Path | Traversable) -> tuple[Case, ...]:
    """Read a file of cases, or every `*.json` in a folder; one `Case` for each year.

    Raises msgspec.ValidationError, naming the file, where a case is written wrong.
    """
    files = sorted(path.iterdir(), key=lambda file: file.name) if path.is_dir() else [path]
    return tuple(case for file in files if file.name.endswith(".json") for case in _load(file))


def _load(file: Path | Traversable) -> Iterator[Case]:
    try:
        written = msgspec.json.decode(file.read_bytes(), type=CaseFile)
        for raw in written.cases:
            whole = extend_case(raw, _read_own_cases)
            # converted a first time for its years, which no year is put into
            for year in msgspec.convert(whole, CaseEntry).years:
                filled = _fill({"asOf": _IN_THE_WINDOW, **whole}, year)
                yield Case(written.rule, year, msgspec.convert(filled, CaseEntry))
    except (msgspec.DecodeError, LookupError) as error:
        raise msgspec.ValidationError(f"{file}: {error}") from error


def _read_own_cases(code: str) -> list[dict[str, Any]]:
    """Return picheck's own cases of a rule as they are written."""
    file = shipped_cases().joinpath(f"{code}.json")
    if not file.is_file():
        raise LookupError(f"picheck ships no cases of {code}")
    cases: list[dict[str, Any]] = json.loads(file.read_bytes())["cases"]
    return cases


def _fill(value: Any, year: int) -> Any:
    """Put the year into every `{year}`, `{year+1}`, `{year-1}` of a case's texts and keys."""
    if isinstance(value, str):
        return _YEAR.sub(lambda match: str(year + int(match[1] or 0)), value)
    if isinstance(value, list):
        return [_fill(item, year) for item in value]
    if isinstance(value, dict):
        return {_fill(key, year): _fill(item, year) for key, item in value.items()}
    return value
