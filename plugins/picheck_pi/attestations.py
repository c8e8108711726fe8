"""The dated tasks behind attestations: a clause lists them, the evidence dates them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from picheck.api import (
    Answers,
    CheckResult,
    Evidence,
    MissingEvidence,
    fail,
    indeterminate,
    parse_date,
)
from picheck_pi.term_schemas import EVIDENCE_KEY, MEASURE_ID, TEXT, Schema

#: What a clause says of a task: the statement that claims it, its evidence key and its name.
TASK: Final[Mapping[str, Schema]] = {"measure": MEASURE_ID, "evidence": EVIDENCE_KEY, "title": TEXT}


class AttestedTask(NamedTuple):
    """A task that a statement answered yes claims to be done.

    `at` is the index of the set with the statement `measure_id`; `done_on` is the date that the
    evidence gives at `key`, None where it gives none. Before `not_before`, where it is known, the
    task cannot have been done.
    """

    at: int
    measure_id: str
    title: str
    key: str
    done_on: date | None
    is_optional: bool
    not_before: date | None

    def fail(self, message: str, **details: Any) -> CheckResult:
        """Return a failure at the statement: `{actual}` shows the date, `{title}` the task.

        `details` are further arguments of `picheck.api.fail`.
        """
        return fail(
            f"/measurements/{self.measure_id}",
            message,
            at=self.at,
            actual=self.done_on and self.done_on.isoformat(),
            title=self.title,
            key=self.key,
            **details,
        )

    def fail_to_come(self, as_of: date, **details: Any) -> CheckResult:
        """Return the failure of a task whose date is after `as_of`, that of the audit."""
        return self.fail(
            "{title} is dated {actual}, and this audit is made for {expected}: it is not done yet",
            expected=as_of.isoformat(),
            remediation="answer yes only when {title} is done",
            **details,
        )


def list_tasks(
    set_answers: Sequence[Answers], evidence: Evidence, rows: Iterable[Mapping[str, Any]]
) -> Iterator[AttestedTask]:
    """Yield the task of each row of the clause whose statement is answered yes in some set."""
    for row in rows:
        earliest = row.get("not_before")
        at = first_yes(set_answers, row["measure"])
        if at is not None:
            yield AttestedTask(
                at=at,
                measure_id=row["measure"],
                title=row["title"],
                key=row["evidence"],
                done_on=parse_date(evidence.get(row["evidence"])),
                is_optional=row.get("optional", False),
                not_before=parse_date(evidence.get(earliest)) if earliest else None,
            )


def first_yes(set_answers: Sequence[Answers], measure_id: str) -> int | None:
    """Return the index of the first set that answers a statement yes; None where none does."""
    return next((i for i, answers in enumerate(set_answers) if answers.is_yes(measure_id)), None)


def ask_for(measures_by_key: Mapping[str, str]) -> list[CheckResult]:
    """Return one question for all evidence keys that are missing, none where none is.

    `measures_by_key` maps each key to the measure or statement that it would decide.
    """
    if not measures_by_key:
        return []
    keys = tuple(measures_by_key)
    measures = tuple(dict.fromkeys(measures_by_key.values()))
    return [indeterminate(str(MissingEvidence(*keys)), missing=keys, measures=measures)]
