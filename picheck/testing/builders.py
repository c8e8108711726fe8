"""A compliant submission to depart from, step by step."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from picheck.testing.examples import compliant_parts
from picheck.testing.mutations import answer, apply_patch, assign, merge_patch


class Draft:
    """A submission in the making, and the evidence that goes with it.

    Every step returns a new draft and leaves the old one as it was, so that drafts can branch.
    Keys are the API's own (`performanceStart`, `cehrtId`); every identifier is invented.
    """

    __slots__ = ("_evidence", "_submission")

    def __init__(
        self, submission: Mapping[str, Any], evidence: Mapping[str, Any] | None = None
    ) -> None:
        self._submission = copy.deepcopy(dict(submission))
        self._evidence = None if evidence is None else copy.deepcopy(dict(evidence))

    @property
    def evidence(self) -> dict[str, Any] | None:
        """The evidence as plain values, for the caller to keep; None where there is none."""
        return copy.deepcopy(self._evidence)

    def without(self, *measure_ids: str) -> Draft:
        """Take measurements out of the set, by measure id; ids that are not there do no harm."""
        submission = self.build()
        record = _first_set(submission)
        record["measurements"] = [
            m for m in record["measurements"] if m["measureId"] not in measure_ids
        ]
        return Draft(submission, self._evidence)

    def saying(self, answers: Mapping[str, Any] | None = None, **more: Any) -> Draft:
        """Answer measures, by id: replaced where they are, appended otherwise."""
        submission = self.build()
        for measure_id, value in {**(answers or {}), **more}.items():
            answer(_first_set(submission)["measurements"], measure_id, value)
        return Draft(submission, self._evidence)

    def with_counts(self, measure_id: str, numerator: Any, denominator: Any) -> Draft:
        """Answer a proportion measure with its two counts."""
        return self.saying({measure_id: {"numerator": numerator, "denominator": denominator}})

    def with_set(self, **keys: Any) -> Draft:
        """Set keys of the measurement set (`cehrtId="..."`); None removes one."""
        submission = self.build()
        assign(_first_set(submission), keys)
        return Draft(submission, self._evidence)

    def with_submission(self, **keys: Any) -> Draft:
        """Set keys of the submission itself (`entityType="individual"`); None removes one."""
        submission = self.build()
        assign(submission, keys)
        return Draft(submission, self._evidence)

    def with_evidence(self, patch: Mapping[str, Any] | None = None, **more: Any) -> Draft:
        """Change the evidence by a merge patch (RFC 7386): nested keys, None removes one."""
        return Draft(self._submission, merge_patch(self._evidence, {**(patch or {}), **more}))

    def without_evidence(self) -> Draft:
        """Drop the evidence: the audit knows what the submission says, and no more."""
        return Draft(self._submission)

    def patched(self, *operations: dict[str, Any]) -> Draft:
        """Apply RFC 6902 operations to the submission, for what no other step can say."""
        return Draft(apply_patch(self.build(), operations), self._evidence)

    def build(self) -> dict[str, Any]:
        """Return the submission as plain values, for the caller to keep."""
        return copy.deepcopy(self._submission)

    def to_json(self) -> str:
        """Return the submission's text, as it would be sent."""
        return json.dumps(self._submission, indent=2)


def compliant(year: int) -> Draft:
    """Start from picheck's own compliant Promoting Interoperability submission of a year.

    It comes with complete evidence; by itself it gives nothing but passes. Raises UsageError for
    a year without one.
    """
    return Draft(*compliant_parts(year))


def _first_set(submission: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = submission["measurementSets"][0]
    return record
