"""Audited documents become scenes, one for each entity and year, and scenes become scores."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import msgspec

from picheck.engine.audit import audit_inputs
from picheck.engine.entities import EntityYear, PriorBook
from picheck.engine.options import AuditOptions
from picheck.engine.prior.loader import LoadedPrior, load_prior
from picheck.errors import InputError, PicheckError, PluginError
from picheck.intake.decoder import DecodedDocument
from picheck.intake.documents import Input, RawDocument, Unreadable
from picheck.intake.evidence_lookup import find_evidence
from picheck.intake.files import read_inputs
from picheck.intake.formats import convert, decode
from picheck.masking import Masker
from picheck.model.evidence import Evidence
from picheck.model.location import pointer_tokens
from picheck.model.report import Notice, Report
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import rules_of
from picheck.plugins.scorer import Attempt, Edit, Preview, Scene, Wish
from picheck.rulebook.models import Rulebook
from picheck.rules.measurement_set import Entity, SetView


class ScoredEntity(NamedTuple):
    """A scene, the documents behind it, and the record of its score.

    Changes are tried with the record; whoever prints it has it masked, see `masked`.
    """

    scene: Scene
    sources: tuple[RawDocument, ...]
    preview: Preview
    record: dict[str, Any]
    masker: Masker

    def mask(self, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record as it may be printed: the same one where nothing is to be hidden."""
        text = msgspec.json.encode(record).decode()
        if self.masker.text(text) == text:
            return record
        hidden: dict[str, Any] = self.masker.value(record)
        return hidden


def score_json(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Return masked records as the JSON of a score; `score` is that of the only entity, if any."""
    only = records[0]["score"] if len(records) == 1 else None
    document = {"score": only, "entities": records}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


@contextmanager
def plugin_errors(preview: Preview) -> Iterator[None]:
    """Turn whatever a preview raises into a PluginError that names it."""
    try:
        yield
    except PicheckError:
        raise
    except Exception as error:
        owner = type(preview).__module__
        text = " ".join(str(error).split())
        raise PluginError(
            f"the preview {preview.name!r} of {owner} broke: {type(error).__name__}: {text}",
            plugin=owner,
            distribution=owner.partition(".")[0],
            original=error,
        ) from error


class ScoreRunner:
    """Audits documents and scores them, the first time and every time after a change."""

    def __init__(
        self,
        options: AuditOptions,
        registry: PluginRegistry,
        wish: Wish,
        prior: LoadedPrior | None = None,
    ) -> None:
        """Take the terms; earlier submissions are `prior`, or those that the options name."""
        # an open question could still be a zero, and the score names it
        self._options = msgspec.structs.replace(options, with_unverified=True)
        self._registry = registry
        self._wish = wish
        self._prior = prior or load_prior(
            read_inputs(options.prior, registry.document_suffixes), registry
        )

    @property
    def terms(self) -> dict[str, Any]:
        """On what terms documents are scored, as plain values."""
        wish, options = self._wish, self._options
        return {
            "asOf": options.as_of.isoformat(),
            "participation": wish.participation,
            "conflictPolicy": wish.conflict_policy,
            "options": options.in_report(),
        }

    @property
    def prior(self) -> PriorBook:
        """The earlier submissions of the entities."""
        return self._prior.book

    @property
    def prior_notices(self) -> Iterable[Notice]:
        """What could not be used of the earlier submissions."""
        return self._prior.notices

    def score(
        self, inputs: Iterable[Input], prior: PriorBook | None = None
    ) -> tuple[Report, tuple[ScoredEntity, ...]]:
        """Audit the documents and score every entity in them that a preview knows.

        Programs without a preview, and years without a rulebook, have no score. `prior` are the
        earlier submissions where the documents are a part of a run; the notices of these are then
        those of the whole run.
        """
        given = tuple(inputs)
        notices = self._prior.notices if prior is None else ()
        book = self._prior.book if prior is None else prior
        report = audit_inputs(given, self._options, self._registry, book, notices)
        readable = tuple(
            raw for raw in given if isinstance(raw, RawDocument) and self._is_document(raw)
        )
        return report, tuple(self._score_entities(report, readable))

    def what_if(self, shown: ScoredEntity) -> list[dict[str, Any]]:
        """Return the changes that would bring points to one entity, each one tried."""
        with plugin_errors(shown.preview):
            return shown.preview.what_if(shown.scene, self._wish, self.try_edit(shown))

    def try_edit(self, shown: ScoredEntity) -> Attempt:
        """Return a function that tries a change to one set and returns the new record."""
        places = {index: place for place, index in enumerate(shown.scene.documents)}

        def attempt(view: SetView, edit: Edit) -> Mapping[str, Any]:
            place = places[view.document]
            sources = list(shown.sources)
            try:
                sources[place] = self._edit(sources[place], view.pointer, edit)
            except msgspec.DecodeError:
                return {}  # only what is clean JSON can be changed and tried again
            _, again = self.score(sources)
            mine = [other for other in again if other.scene.rulebook is shown.scene.rulebook]
            return mine[0].record if mine else {}

        return attempt

    def _score_entities(
        self, report: Report, readable: Sequence[RawDocument]
    ) -> Iterator[ScoredEntity]:
        for key, sources in self._groups(readable).items():
            preview = self._registry.previews.get(key.program)
            if preview is None or not self._registry.rulebooks.has(key.program, key.year):
                continue
            rulebook = self._registry.rulebooks.rulebook(key.program, key.year)
            scene = self._scene(report, rulebook, sources, key.entity)
            with plugin_errors(preview):
                scored = preview.score(scene, self._wish)
            record = {"entity": report.documents[next(iter(sources))].entity, **scored}
            masker = Masker((key.entity.tin, key.entity.npi), reveal=self._options.reveal)
            yield ScoredEntity(scene, tuple(sources.values()), preview, record, masker)

    def _evidence(self, sources: Iterable[RawDocument]) -> Evidence:
        """Return the evidence of the first document that has any."""
        given, sections = self._options.evidence, self._registry.evidence
        for raw in sources:
            found = find_evidence(raw, self.decode(raw), given, sections).evidence
            if not found.is_empty:
                return found
        return sections.empty

    def _groups(self, readable: Sequence[RawDocument]) -> dict[EntityYear, dict[int, RawDocument]]:
        """Gather documents by program, year and entity; a document without an entity is alone."""
        groups: dict[EntityYear, dict[int, RawDocument]] = {}
        for index, raw in enumerate(readable):
            submission = self.decode(raw).submission
            entity = Entity.of(submission) if submission else Entity("", None, None, None)
            if not entity.is_identified:
                entity = Entity(entity.entity_type, None, None, f"document {index}")
            for program in self._registry.previews:
                year = self._options.year or (submission.performance_year if submission else None)
                if year is None:
                    newest = self._registry.rulebooks.newest_final(program)
                    # no rulebook is of the year 0, so such a document has no score
                    year = newest.year if newest else 0
                groups.setdefault(EntityYear(program, year, entity), {})[index] = raw
        return groups

    def _scene(
        self,
        report: Report,
        rulebook: Rulebook,
        sources: Mapping[int, RawDocument],
        entity: Entity,
    ) -> Scene:
        first = report.documents[next(iter(sources))]
        return Scene(
            rulebook=rulebook,
            subject=first.subject,
            entity_type=first.entity_type,
            sets=tuple(
                view
                for index, raw in sources.items()
                for view in _views(self.decode(raw), index, rulebook)
            ),
            documents={index: report.documents[index] for index in sources},
            results=tuple(result for result in report.results if result.document in sources),
            rules=rules_of(report),
            evidence=self._evidence(sources.values()),
            entity=entity,
            notices=tuple(
                notice
                for notice in report.run.notices
                if notice.document is None or notice.document in sources
            ),
        )

    def decode(self, raw: RawDocument) -> DecodedDocument:
        """Decode a document of whatever format. Raises InputError where it is none."""
        registry = self._registry
        return decode(
            raw, registry.formats, self._options.input_format, registry.rulebooks.programs
        )

    def _is_document(self, given: Input) -> bool:
        """Whether the audit took the input as a document; the report speaks of the others."""
        if isinstance(given, Unreadable):
            return False
        try:
            self.decode(given)
        except InputError:
            return False
        return True

    def _edit(self, raw: RawDocument, pointer: str, edit: Edit) -> RawDocument:
        """Return a document with one of its sets edited; the one given is left as it is.

        What only the file states stays: a change of the answers does not mend the file around them.
        """
        choice, formats = self._options.input_format, self._registry.formats
        made = raw.converted or convert(raw.data, raw.uri, choice, formats)
        target = msgspec.json.decode(made.document)
        record: Any = target
        for token in pointer_tokens(pointer):
            record = record[int(token)] if isinstance(record, list) else record[token]
        edit(record)
        if made.places is None:
            return msgspec.structs.replace(raw, data=msgspec.json.encode(target))
        changed = made._replace(document=msgspec.json.encode(target))
        return msgspec.structs.replace(raw, converted=changed)


def _views(structure: DecodedDocument, index: int, rulebook: Rulebook) -> Iterator[SetView]:
    if structure.submission is None:
        return
    for place, record in enumerate(structure.submission.measurement_sets):
        if record.category == rulebook.program:
            yield SetView(record, structure.set_pointer(place), rulebook, index)
