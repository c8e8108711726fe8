"""What has to be proved, by which documents, and for how long."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from picheck.api import Evidence, parse_date
from picheck_pi.parameter_types import SetAnswers

#: The ids that need proof, each with the index of the first set that has it.
Answered = Mapping[str, int]


class Proof(NamedTuple):
    """A document, and the day until which it is kept: `date.min` where that is not known."""

    kept_until: date
    file: str


def index_answers(set_answers: SetAnswers, levels: frozenset[str]) -> Answered:
    """Return the ids that need proof, each with the index of the first set that reports it."""
    answered: dict[str, int] = {}
    for at, answers in enumerate(set_answers):
        for measure_id in answers.reported - levels:
            answered.setdefault(measure_id, at)
    return answered


def find_proofs(evidence: Evidence) -> dict[str, Proof]:
    """Return the longest-kept document of each id that any document supports."""
    proofs: dict[str, Proof] = {}
    for document in evidence.documents or ():
        proof = Proof(parse_date(document.kept_until) or date.min, document.file)
        for measure_id in document.supports:
            proofs[measure_id] = max(proof, proofs.get(measure_id, proof))
    return proofs


def find_needed_until(as_of: date, year: int, retention_years: int) -> date:
    """Return the day until which the proof must at least be kept."""
    sent = min(max(as_of, date(year, 12, 31)), date(year + 1, 12, 31))
    # most years have no 29 February
    day = 28 if (sent.month, sent.day) == (2, 29) else sent.day
    return date(sent.year + retention_years, sent.month, day)
