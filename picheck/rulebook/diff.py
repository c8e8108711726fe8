"""The difference between two editions: computed, and held against what was declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from picheck.rulebook.models import Change, ChangeKind, Clause, Measure, Rulebook


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not the same in two editions; `old` and `new` only where it changed."""

    path: str
    kind: ChangeKind
    old: Any = None
    new: Any = None


def differences(before: Rulebook, after: Rulebook) -> tuple[Difference, ...]:
    """Return every difference in measures, objectives and clauses, by path.

    Citations and notes are left out: each edition cites its own sources.
    """
    return tuple(
        sorted(
            (
                *_compare("objectives", dict(before.objectives), dict(after.objectives)),
                *_compare("measures", _measures(before), _measures(after)),
                *_compare("clauses", _clauses(before), _clauses(after)),
            ),
            key=lambda difference: difference.path,
        )
    )


def find_undeclared(before: Rulebook, after: Rulebook) -> tuple[str, ...]:
    """Return one line for each difference not declared exactly, and each phantom change."""
    found = {difference.path: difference for difference in differences(before, after)}
    declared = {path: change for change in after.changes for path in change.paths}
    # `declared` has the last of two declarations of a path, so they are counted here
    twice = Counter(path for change in after.changes for path in change.paths)
    lines = [f"{path}: declared twice" for path, times in sorted(twice.items()) if times > 1]
    lines += [
        f"{path}: {_tell(found[path])} is not declared"
        for path in sorted(found.keys() - declared.keys())
    ]
    lines += [f"{path}: declared, but nothing changed" for path in sorted(declared.keys() - found)]
    lines += [
        f"{path}: declared as {_tell(declared[path])}, found {_tell(found[path])}"
        for path in sorted(found.keys() & declared.keys())
        if not _agrees(declared[path], found[path])
    ]
    return tuple(lines)


def reasons(after: Rulebook) -> dict[str, Change]:
    """Return the declared changes of an edition by path."""
    return {path: change for change in after.changes for path in change.paths}


def _agrees(declared: Change, found: Difference) -> bool:
    return (declared.kind, _plain(declared.old), _plain(declared.new)) == (
        found.kind,
        found.old,
        found.new,
    )


def _tell(change: Change | Difference) -> str:
    return f"{change.old!r} -> {change.new!r}" if change.kind == "changed" else change.kind


def _compare(path: str, old: Any, new: Any) -> Iterator[Difference]:
    """Walk two trees of plain values and yield what differs, at the deepest table."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        if old != new:
            yield Difference(path=path, kind="changed", old=old, new=new)
        return
    for key in {**old, **new}:
        inner = f"{path}.{key}"
        if key not in new:
            yield Difference(path=inner, kind="removed")
        elif key not in old:
            yield Difference(path=inner, kind="added")
        else:
            yield from _compare(inner, old[key], new[key])


def _measures(rulebook: Rulebook) -> dict[str, Any]:
    return {key: _measure(measure) for key, measure in rulebook.measures.items()}


def _measure(measure: Measure) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(measure)
    # the id is in the path of the difference already
    del plain["id"]
    # a criterion that comes or goes is added or removed, and no change from null
    if measure.criterion is None:
        del plain["criterion"]
    return plain


def _clauses(rulebook: Rulebook) -> dict[str, Any]:
    return {key: _clause(clause) for key, clause in rulebook.clauses.items()}


def _clause(clause: Clause) -> dict[str, Any]:
    return {
        "consequence": clause.consequence,
        "terms": _plain(clause.terms),
        "variants": {
            name: {"consequence": variant.consequence} for name, variant in clause.variants.items()
        },
    }


def _plain(value: Any) -> Any:
    """Turn records into tables and tuples into lists, so that values compare as data."""
    # dict for read-only mappings, which the encoder does not know
    return msgspec.json.decode(msgspec.json.encode(value, enc_hook=dict))
