"""How our measure tables differ from CMS's public ones (qpp-measures-data), in both directions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from picheck.errors import InputError, UsageError
from picheck.rulebook.models import Measure, Rulebook

Kind = Literal["onlyHere", "onlyThere", "differs", "repeated"]

#: CMS's name of each fact that both tables hold.
FIELDS: Final = (
    "title",
    "objective",
    "metricType",
    "isRequired",
    "isBonus",
    "reportingCategory",
    "exclusion",
    "substitutes",
    "preprod",
)
_LISTS: Final = frozenset({"exclusion", "substitutes", "preprod"})
_FLAGS: Final = frozenset({"isRequired", "isBonus"})


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """One difference: a measure that one table has alone, or a field that disagrees.

    `field` is CMS's name of the fact; `here` is our value, `there` is CMS's.
    """

    year: int
    measure: str
    kind: Kind
    field: str | None = None
    here: Any = None
    there: Any = None


class YearDrift(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one year: how many entries were compared, or why none was."""

    year: int
    entries: int = 0
    skipped: str | None = None
    differences: tuple[Drift, ...] = ()


def cms_years(root: Path) -> tuple[int, ...]:
    """Return the years that a checkout or npm copy has a table for.

    Raises UsageError where the path is neither.
    """
    folder = root / "measures"
    if not os.path.isdir(folder):  # noqa: PTH112 - a name that is too long is no directory
        raise UsageError(
            f"{root} holds no measures folder; give the root of a checkout or npm copy of"
            " qpp-measures-data"
        )
    tables = folder.glob("[0-9][0-9][0-9][0-9]/measures-data.json")
    return tuple(sorted(int(table.parent.name) for table in tables))


def compare(root: Path, rulebook: Rulebook) -> YearDrift:
    """Compare one edition with CMS's table of its year.

    Raises InputError where the table is there and cannot be read.
    """
    file = root / "measures" / str(rulebook.year) / "measures-data.json"
    if not file.is_file():
        return YearDrift(year=rulebook.year, skipped=f"{file} does not exist")
    theirs = _entries(file, rulebook.program)
    if not theirs:
        return YearDrift(
            year=rulebook.year, skipped=f"{file} has no entry of category {rulebook.program}"
        )
    return YearDrift(
        year=rulebook.year, entries=len(theirs), differences=tuple(_differences(rulebook, theirs))
    )


def in_cms_shape(measure: Measure, program: str) -> dict[str, Any]:
    """Return a measure as CMS would list it, as far as both tables hold the same facts."""
    return {
        "category": program,
        "measureId": measure.id,
        "title": measure.title,
        "objective": measure.objective,
        "metricType": measure.metric,
        "isRequired": measure.is_required,
        "isBonus": measure.is_bonus,
        "reportingCategory": None if measure.category == "optional" else measure.category,
        "exclusion": list(measure.exclusions),
        "substitutes": list(measure.substitutes),
        "preprod": list(measure.levels),
    }


def _entries(file: Path, program: str) -> Sequence[Mapping[str, Any]]:
    """Return the entries of one category. Raises InputError, naming the place at fault."""
    uri = file.as_posix()
    try:
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise InputError(f"{uri} cannot be read: {error.strerror}", uri=uri) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{uri} is not JSON: {error}", uri=uri) from error
    if not isinstance(data, list):
        raise InputError(f"{uri} is not a list of measures, as qpp-measures-data has it", uri=uri)
    found = [each for each in data if isinstance(each, dict) and each.get("category") == program]
    for entry in found:
        if not isinstance(entry.get("measureId"), str):
            raise InputError(f"{uri} has a {program} entry without a measureId", uri=uri)
    return found


def _differences(rulebook: Rulebook, theirs: Sequence[Mapping[str, Any]]) -> Iterator[Drift]:
    there = {entry["measureId"]: entry for entry in theirs}
    for measure_id in sorted(rulebook.measures.keys() | there.keys()):
        measure, entry = rulebook.measures.get(measure_id), there.get(measure_id)
        if measure is None:
            yield Drift(year=rulebook.year, measure=measure_id, kind="onlyThere")
        elif entry is None:
            yield Drift(year=rulebook.year, measure=measure_id, kind="onlyHere")
        else:
            yield from _disagreements(rulebook, measure, entry)
    yield from _find_repeated(rulebook.year, (entry["measureId"] for entry in theirs))


def _disagreements(
    rulebook: Rulebook, measure: Measure, entry: Mapping[str, Any]
) -> Iterator[Drift]:
    ours = in_cms_shape(measure, rulebook.program)
    for field in FIELDS:
        if _comparable(field, ours[field]) != _comparable(field, entry.get(field)):
            yield Drift(
                year=rulebook.year,
                measure=measure.id,
                kind="differs",
                field=field,
                here=ours[field],
                there=entry.get(field),
            )


def _find_repeated(year: int, measure_ids: Iterable[str]) -> Iterator[Drift]:
    seen: set[str] = set()
    for measure_id in measure_ids:
        if measure_id in seen:
            yield Drift(year=year, measure=measure_id, kind="repeated")
        seen.add(measure_id)


def _comparable(field: str, value: Any) -> Any:
    """Bring a value into the form in which order, null, absence and white space do not count."""
    if field == "title" and isinstance(value, str):
        return " ".join(value.split())  # some of CMS's titles hold line breaks
    if field in _FLAGS:
        return False if value is None else value
    if field not in _LISTS:
        return value
    if value is None:
        return []
    return sorted(value, key=str) if isinstance(value, list) else value
