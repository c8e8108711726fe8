"""Results of rules are reused wherever the parts that the rules name are equal.

A rule is given the parts that it names as parameters, and nothing else of a document. So for
equal parts it returns equal results: a rule that does not is broken (`picheck plugins verify`
finds it). Only parts with few values have a key; a rule that reads any other part is called for
every subject. What is kept belongs to no document: places, identifiers and fingerprints are
added when a result is bound to its document (`picheck.engine.results`).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from operator import attrgetter
from typing import Final, Generic, TypeVar

from picheck.rules.inputs import Parts

T = TypeVar("T")

#: The parts by which results are kept: where the key of each is found in `Parts`. A key that is
#: None says that this value is not one of the few: the evidence is not empty, for example.
KEYS: Final[Mapping[str, str]] = {
    "answers": "answers.key",
    "set_answers": "set_answers_key",
    "period": "period",
    "cehrt_id": "cehrt_id",
    "evidence": "evidence_key",
    "prior": "prior_key",
    "digests": "digests_key",
    "source": "source_key",
    "source_issues": "source_issues_key",
}

#: The number of keys of one group of rules at which its results are forgotten.
MAX_ENTRIES: Final = 512


def cacheable(reads: Collection[str]) -> bool:
    """Whether results of a rule that reads these parts can be kept under a key at all."""
    return all(name in KEYS for name in reads)


class ResultCache(Generic[T]):
    """What rules returned that read the same parts, for the values of these parts that came up."""

    __slots__ = ("_key", "_results")

    def __init__(self, reads: Collection[str]) -> None:
        """Take the names of the parts that the rules read; each must be in `KEYS`."""
        paths = [KEYS[name] for name in sorted(reads)]
        self._key = attrgetter(*paths) if paths else lambda _: True
        self._results: dict[Hashable, T] = {}

    def get(self, parts: Parts) -> T | None:
        """Return the results for the same parts, if they are kept."""
        return self._results.get(self._key(parts))

    def keep(self, parts: Parts, results: T) -> None:
        """Keep the results for these parts, unless one of them has no key."""
        key = self._key(parts)
        if key is None or (type(key) is tuple and None in key):
            return
        if len(self._results) >= MAX_ENTRIES:  # memory must not grow with the number of documents
            self._results.clear()
        self._results[key] = results
