"""One count proves that decoding swallowed nothing: a JSON document has a colon for each key."""

from __future__ import annotations

from typing import Any

import msgspec

from picheck.intake.limits import count_marks
from picheck.intake.strict_checks import BARE, POSTED_SET, WITH_EVIDENCE, Envelope
from picheck.model.submission import Counts, MeasurementSet, Submission


def count_unaccounted(
    marks: tuple[int, int],
    data: bytes,
    submission: Submission,
    shape: Envelope,
    evidence: bytes | None,
) -> tuple[int, int]:
    """Count the colons and brackets that nothing decoded accounts for; none in a plain document.

    The API's own echo has colons in its times. They are looked for only where the first count
    does not come out even, and only in a text without escapes: there each decoded text is
    as it was, so that what is subtracted is never too much. `marks` are the colons and brackets
    of `data` outside of texts, `evidence` the part of it that is evidence.
    """
    keys, opened = _count(submission, shape)
    colons, brackets = marks[0] - keys, marks[1] - opened
    if evidence is not None:
        own_colons, own_brackets = count_marks(evidence)
        colons -= own_colons + 1
        brackets -= own_brackets
    if colons and b"\\" not in data:
        colons -= _api_metadata(submission)
    return colons, brackets


def _count(submission: Submission, shape: Envelope) -> tuple[int, int]:
    """Count the keys that were decoded, as far as that is cheap, and the objects and lists.

    Never too many.
    """
    keys, opened = _count_given(submission), 2  # the submission, and the list of its sets
    if shape is POSTED_SET:
        keys -= 1  # `measurementSets` is the document itself
        opened -= 1
    if shape is WITH_EVIDENCE:
        opened += 1
    for record in submission.measurement_sets:
        values = [measurement.value for measurement in record.measurements]
        keys += _count_given(record) + 2 * len(values)
        opened += 2 + len(values)
        for value in values:
            if type(value) is Counts:
                keys += (value.numerator is not None) + (value.denominator is not None)
                opened += 1
    return keys if shape is BARE else keys + 1, opened


def _count_given(record: Submission | MeasurementSet) -> int:
    # a key with null is not counted: that costs a careful reading, and hides nothing
    values = msgspec.structs.astuple(record)
    return len(values) - values.count(None)


def _api_metadata(submission: Submission) -> int:
    """Count the colons of what the API adds: keys of measurements, and texts of any level."""
    count = 0
    texts: list[Any] = [*msgspec.structs.astuple(submission)]
    for record in submission.measurement_sets:
        texts += msgspec.structs.astuple(record)
        for measurement in record.measurements:
            # after the id and the value, which are counted already
            echo = msgspec.structs.astuple(measurement)[2:]
            count += len(echo) - echo.count(None)
            texts += echo
    return count + "".join([text for text in texts if type(text) is str]).count(":")
