"""Submissions that no practice would write: compliant ones with departures (hypothesis)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from picheck.testing.examples import Examples
from picheck.testing.mutations import assign, merge_patch

_COUNTS: Final[st.SearchStrategy[Any]] = st.one_of(
    st.integers(-2, 3000),
    st.sampled_from([0, 1, 100, 10**18, 10**30, 0.5, -1.5, 1e308, True, None, "12", "", []]),
)
_TALLY: Final = st.fixed_dictionaries({}, optional={"numerator": _COUNTS, "denominator": _COUNTS})
_VALUES: Final = st.one_of(
    st.booleans(), _TALLY, _TALLY, _COUNTS, st.text(max_size=4), st.just([{"a": [None]}])
)
_DAYS: Final = st.one_of(
    st.none(), st.dates().map(str), st.sampled_from(["", "9999-02-30", "today", "0000-00-00"])
)
# the last: a direction mark, a colour of terminals, a tag and a formula, all of them harmful
_TEXTS: Final = st.one_of(st.none(), st.text(max_size=20), st.just("\u202e\x1b[31m<b>'=1+1"))
_DIGITS: Final = st.text("0123456789", min_size=8, max_size=11)
_ENTITIES: Final = ("group", "individual", "apm", "virtualGroup", "subgroup", "nobody")
#: Not even the shape: what an upload may hold instead of a submission.
_RUBBISH: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


class Generated(msgspec.Struct, frozen=True):
    """The documents of one run, of one entity and year, with their evidence."""

    year: int
    documents: tuple[bytes, ...]
    evidence: bytes | None

    @classmethod
    def of(cls, year: int, submissions: Sequence[Any], evidence: Any) -> Generated:
        """Make a run of plain values; no evidence is None."""
        documents = tuple(json.dumps(submission).encode() for submission in submissions)
        return cls(year, documents, None if evidence is None else json.dumps(evidence).encode())

    @property
    def size(self) -> int:
        """How much there is to read, for choosing the smallest witness."""
        return sum(map(len, self.documents))


@st.composite
def runs(draw: st.DrawFn, base: Examples, year: int, measure_ids: Sequence[str]) -> Generated:
    """Draw one run: one or two documents of an entity, sometimes cut short or not even close."""
    submission, evidence = base.parts(year)
    assign(
        submission,
        draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "entityType": st.sampled_from(_ENTITIES),
                    "taxpayerIdentificationNumber": st.one_of(st.none(), _DIGITS),
                    "nationalProviderIdentifier": _DIGITS,
                    "entityId": st.text(max_size=6),
                },
            )
        ),
    )
    documents = [_document(draw, submission, measure_ids) for _ in range(draw(st.integers(1, 2)))]
    parts = st.sampled_from(sorted(evidence)) if evidence else st.nothing()
    dropped = draw(st.sets(parts, max_size=len(evidence)))
    kept = merge_patch(evidence, dict.fromkeys(dropped))
    return Generated(
        year, tuple(documents), draw(st.sampled_from([json.dumps(kept).encode(), None]))
    )


def _document(draw: st.DrawFn, submission: dict[str, Any], measure_ids: Sequence[str]) -> bytes:
    changed = json.loads(json.dumps(submission))
    records = changed["measurementSets"]
    _depart(draw, records[0], measure_ids)
    if draw(st.integers(0, 7)) == 0:
        records.append({**records[0], "submissionMethod": "electronicHealthRecord"})
    kind = draw(st.sampled_from(["whole"] * 6 + ["cut", "misshapen", "rubbish"]))
    if kind == "misshapen":
        key = draw(st.sampled_from(sorted(changed)))
        changed[key] = draw(_RUBBISH)
    if kind == "rubbish":
        changed = draw(_RUBBISH)
    data = json.dumps(changed).encode()
    return data[: draw(st.integers(0, len(data)))] if kind == "cut" else data


def _depart(draw: st.DrawFn, record: dict[str, Any], measure_ids: Sequence[str]) -> None:
    """Change the measurement set's own keys, and take out, change, add and repeat answers."""
    keys = {
        "performanceStart": _DAYS,
        "performanceEnd": _DAYS,
        "cehrtId": _TEXTS,
        "submissionMethod": _TEXTS,
        "programName": _TEXTS,
    }
    assign(record, draw(st.fixed_dictionaries({}, optional=keys)))
    ids = st.sampled_from([*measure_ids, "XX_UNKNOWN_1"])
    gone = draw(st.sets(ids, max_size=5))
    changed = draw(st.dictionaries(ids, _VALUES, max_size=6))
    kept = [m for m in record["measurements"] if m["measureId"] not in gone | changed.keys()]
    kept += [{"measureId": measure_id, "value": value} for measure_id, value in changed.items()]
    if kept and draw(st.integers(0, 5)) == 0:
        kept.append(draw(st.sampled_from(kept)))
    record["measurements"] = kept
