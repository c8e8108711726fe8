"""What an earlier run wrote of its output, where a later run goes on with it."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from picheck.engine.summary import RunSummary
from picheck.errors import UsageError
from picheck.plugins.reporter import RuleKey

#: How much of a document's SHA-256 is kept to see whether it is still the same.
_DIGEST: Final = 16


class KeptInputs(msgspec.Struct, frozen=True):
    """Which inputs of a chunk were written by an earlier run.

    All with a number below `until` were; `waived` are those that may have met a waiver;
    `digests` are the beginnings of the digests that the documents with number `first` and the
    following had (see `kept_digest`); 0 where no document was written. A recorder has taken those
    below `recorded`.
    """

    until: int = 0
    waived: tuple[int, ...] = ()
    first: int = 0
    digests: tuple[int, ...] = ()
    recorded: int = 0

    def digest_of(self, index: int) -> int:
        """Return what is known of the document of an input; 0 where it had none."""
        place = index - self.first
        return self.digests[place] if 0 <= place < len(self.digests) else 0

    def documents(self) -> Iterator[int]:
        """Yield the numbers of the inputs of which a document was written."""
        return (self.first + place for place, digest in enumerate(self.digests) if digest)


FROM_START: Final = KeptInputs()


class ResumePoint(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an NDJSON output that is kept.

    `length` is its size in bytes, `next_input` the number of the first input that is not in it,
    `summary` what it adds up to, `rules` are the rules that were written. `waived` are, in
    order, the inputs that may have met a waiver (the output does not say whose they are, for it
    masks names), `digests` the beginnings of the documents' digests by input; a recorder has taken
    those below `recorded`.
    """

    length: int = 0
    next_input: int = 0
    summary: RunSummary = msgspec.field(default_factory=RunSummary)
    rules: frozenset[RuleKey] = frozenset()
    waived: Sequence[int] = ()
    digests: Sequence[int] = ()
    recorded: int = 0

    def of(self, first: int, count: int) -> KeptInputs:
        """Return what is kept of some consecutive inputs."""
        if first >= self.next_input:
            return FROM_START
        start = bisect_left(self.waived, first)
        end = bisect_left(self.waived, first + count, start)
        return KeptInputs(
            self.next_input,
            tuple(self.waived[start:end]),
            first,
            tuple(self.digests[first : first + count]),
            self.recorded,
        )


def kept_digest(sha256: str, evidence: Iterable[str]) -> int:
    """Return the beginning of a document's digest, or of one over it and its side files'."""
    # the evidence takes part, for a finding may rest on it while the document is the same
    others = list(evidence)
    whole = hashlib.sha256("".join([sha256, *others]).encode()).hexdigest() if others else sha256
    return int(whole[:_DIGEST], 16)


def changed_error(name: str) -> UsageError:
    """Return the error of an input that is not the one whose results were written."""
    return UsageError(
        f"{name} has changed since the output was begun, or its evidence, or a file before it came"
        " or went; audit again without --resume"
    )
