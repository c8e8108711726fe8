"""What a preview is: something that says what measurement sets would score, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec

from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.model.report import DocumentSummary, Notice
from picheck.model.result import Result, RuleRecord
from picheck.plugins.reporter import RuleKey, Style
from picheck.rulebook.models import Rulebook
from picheck.rules.measurement_set import Entity, SetView


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """All that one entity sent for one year, with what the audit says of it.

    `sets` are the views of its measurement sets in input order; `documents` are the audited
    documents by the index that views and results name; `results` those of these documents,
    among them refusals of documents that have no sets. `notices` speak of the documents or of
    the whole run; `rules` are the rules that the results refer to. `evidence` is that of the
    first document that has any. `entity` are the keys of the entity, which a record may not show;
    None where they are not handed over.
    """

    rulebook: Rulebook
    subject: str
    entity_type: str | None
    sets: tuple[SetView, ...]
    documents: Mapping[int, DocumentSummary]
    results: tuple[Result, ...]
    notices: tuple[Notice, ...] = ()
    rules: Mapping[RuleKey, RuleRecord] = {}
    evidence: Evidence = NO_EVIDENCE
    entity: Entity | None = None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the user asked the preview for; None leaves it to the year.

    `conflict_policy` says what contradicting sets cost, `participation` how the entity takes
    part; the words are the preview's own.
    """

    conflict_policy: str | None = None
    participation: str | None = None


#: Changes a set of a document in place: the plain JSON object of one measurement set. It is
#: given a copy; nobody's file is touched.
Edit = Callable[[dict[str, Any]], None]

#: Tries an edit of one set: audits and scores a copy, and returns the record of its score.
Attempt = Callable[[SetView, Edit], Mapping[str, Any]]


@runtime_checkable
class Preview(Protocol):
    """Says what the sets of one program would score.

    Records are plain JSON values. `program` is the category of measurement sets that it scores,
    `name` says in a few words what it is.
    """

    program: str
    name: str

    def score(self, scene: Scene, wish: Wish) -> dict[str, Any]:
        """Return the record of one entity: its sets' scores, and which of them counts."""
        ...

    def what_if(self, scene: Scene, wish: Wish, attempt: Attempt) -> list[dict[str, Any]]:
        """Return the changes that would bring points, most points first, each one attempted."""
        ...

    def render(self, records: Sequence[Mapping[str, Any]], form: str, style: Style) -> str:
        """Return records as `text` for people or as a page in `html`."""
        ...
