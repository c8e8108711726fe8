"""Rules that could not be decided: merged, masked, and without keys where evidence was refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from picheck.masking import Masker
from picheck.model.result import Result, Unverified

#: What is said of a side file of which nothing is used.
EVIDENCE_REFUSED: Final = "the evidence file was refused"

_encode: Final = msgspec.json.Encoder().encode


def refuse_results(results: Iterable[Result]) -> tuple[Result, ...]:
    """Return results that ask for no evidence: the file that was refused may hold it."""
    return tuple(
        [
            msgspec.structs.replace(result, message=EVIDENCE_REFUSED, missing_evidence=())
            if result.outcome == "indeterminate"
            else result
            for result in results
        ]
    )


def drop_keys(unverified: Iterable[Unverified]) -> tuple[Unverified, ...]:
    """Return what could not be decided without the keys that would decide it."""
    return tuple([msgspec.structs.replace(entry, missing=()) for entry in unverified])


def _merge_two(first: Unverified, second: Unverified) -> Unverified:
    return Unverified(
        code=first.code,
        missing=tuple(dict.fromkeys((*first.missing, *second.missing))),
        measures=tuple(dict.fromkeys((*first.measures, *second.measures))),
    )


def mask_unverified(unverified: tuple[Unverified, ...], masker: Masker) -> tuple[Unverified, ...]:
    """Return what could not be decided with its texts masked; seldom one of them has to be."""
    text = _encode(unverified).decode()
    if masker.text(text) == text:
        return unverified
    return tuple(
        [
            msgspec.structs.replace(
                each,
                missing=tuple(map(masker.text, each.missing)),
                measures=tuple(map(masker.text, each.measures)),
            )
            for each in unverified
        ]
    )


def merge_unverified(unverified: Iterable[Unverified]) -> tuple[Unverified, ...]:
    """Return the rules that could not be decided, each once, by code, with all that they lack."""
    by_code: dict[str, Unverified] = {}
    for each in unverified:
        known = by_code.get(each.code)
        by_code[each.code] = each if known is None else _merge_two(known, each)
    return tuple([by_code[code] for code in sorted(by_code)])
