"""The report of one document, as the history keeps it and a replay makes it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from picheck.model.report import SCHEMA_VERSION, DocumentSummary
from picheck.model.result import Result

#: The outcomes of results that are recorded; how many rules passed is in the counts.
REPORTED: Final = frozenset({"fail", "error"})


def document_report(summary: DocumentSummary, results: Iterable[Result]) -> bytes:
    """Return what an audit says of one document as JSON: the same bytes for the same audit.

    What belongs to the run is left out: the document's number, and the pseudonym of its entity,
    which the key of the run makes, and whatever the chosen report formats ask for besides failures:
    passes, open questions and data for pictures.
    """
    document = msgspec.structs.replace(summary, entity=None, facts=None)
    content: dict[str, Any] = {
        "schemaVersion": SCHEMA_VERSION,
        "document": document,
        "results": [
            msgspec.structs.replace(result, document=0)
            for result in results
            if result.outcome in REPORTED
        ],
    }
    return msgspec.json.encode(content)
