"""Audits from a program that brings the documents itself: data lakes, services, notebooks.

A program opens a session with its options and hands in documents in any order, from any number
of processes. What only several documents of one entity can show, it learns by handing those in
together afterwards. `docs/examples/spark_audit.py` does both.
"""

from __future__ import annotations

import pickle
import threading
import weakref
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from picheck.engine.audit import audit_one
from picheck.engine.document import DocumentAuditor
from picheck.engine.entities import EntityGroups, references
from picheck.engine.entity_rules import EntityRuleRunner
from picheck.engine.options import AuditOptions
from picheck.engine.prior.loader import check_prior, load_prior
from picheck.engine.watchdog import ThreadWatchdog
from picheck.errors import PluginError
from picheck.intake.documents import RawDocument
from picheck.intake.files import read_inputs
from picheck.model.report import DocumentSummary, Notice
from picheck.model.result import Result, RuleRecord
from picheck.plugins.host import Host
from picheck.plugins.registry import PluginRegistry, collect_plugins
from picheck.plugins.reporter import RuleKey

__all__ = ["AuditOptions", "AuditSession", "DocumentReport", "InputDocument", "get_session"]

_thread_local: Final = threading.local()


class InputDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One document: its number, its bytes, and the name that messages use for it.

    A document is a submission, a posted set or a case; the number is the program's own, and
    results carry it.
    """

    number: int
    data: bytes
    uri: str


class DocumentReport(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one document.

    `summary` is None where it cannot be read, and `notices` say why. `entities` holds a digest
    of the practice (its TIN, or the entity that names none) for each measurement set; documents
    that share one belong together. A digest does not hide the practice: whoever has it can try all
    TINs, so keep it from other readers.
    """

    number: int
    summary: DocumentSummary | None
    results: tuple[Result, ...] = ()
    notices: tuple[Notice, ...] = ()
    entities: tuple[int, ...] = ()


class AuditSession:
    """Audits documents with the installed plugins, which are loaded once.

    It serves one thread at a time. Raises PluginError where a plugin did not load (without it a
    report would be incomplete), UsageError where the options cannot be followed.
    """

    def __init__(self, options: AuditOptions) -> None:
        registry = _installed_plugins()
        check_prior(options.prior)
        prior = load_prior(read_inputs(options.prior, registry.document_suffixes), registry)
        self._auditor = DocumentAuditor(registry, options, prior.book)
        self._entity_rules = EntityRuleRunner(self._auditor, options)
        self._watchdog = ThreadWatchdog(options.rule_timeout)
        weakref.finalize(self, self._watchdog.close)

    def audit(self, document: InputDocument) -> DocumentReport:
        """Audit one document by itself."""
        with self._watchdog.watch():
            audited = audit_one(self._auditor, _raw(document), document.number)
        if isinstance(audited, Notice):
            return DocumentReport(number=document.number, summary=None, notices=(audited,))
        found = references(audited.entity_sets, audited.summary.sha256)
        return DocumentReport(
            number=document.number,
            summary=audited.summary,
            results=audited.results,
            notices=audited.notices,
            entities=tuple(each.practice for each in found for _ in range(each.sets)),
        )

    def audit_entity(self, documents: Iterable[InputDocument]) -> Iterator[DocumentReport]:
        """Yield what only all documents of one practice can show: the results, the new verdicts.

        Hand in the documents that share a digest; a document in which nothing more is found is
        not yielded. Raises InputError for one that cannot be read.
        """
        with self._watchdog.watch():
            found = self._audit_entity(documents)
        yield from (found[number] for number in sorted(found))

    def _audit_entity(self, documents: Iterable[InputDocument]) -> dict[int, DocumentReport]:
        groups, summaries, in_memory = EntityGroups(), dict[int, DocumentSummary](), {}
        # in the order of a run, for the evidence of an entity's first document counts
        for document in sorted(documents, key=lambda document: document.number):
            raw = in_memory[document.number] = _raw(document)
            audited = self._auditor.audit(raw, document.number)
            summaries[document.number] = audited.summary
            groups.add(audited.entity_sets)
        found: dict[int, DocumentReport] = {}
        for number, more in self._entity_rules.run(groups, summaries, in_memory):
            summaries[number] = more.summary
            before = found.get(number, DocumentReport(number=number, summary=None))
            found[number] = DocumentReport(
                number=number,
                summary=more.summary,
                results=before.results + more.results,
                notices=before.notices + more.notices,
            )
        return found

    def rule(self, key: RuleKey) -> RuleRecord:
        """Return what a report says of a rule, by the code and year of a result."""
        return self._auditor.plans.record(*key)


def get_session(options: AuditOptions) -> AuditSession:
    """Return this thread's session for these options, opened when it is first asked for."""
    # by value, for a worker gets equal options as a new object with each call
    pickled = pickle.dumps(options)
    known: tuple[bytes, AuditSession] | None = getattr(_thread_local, "session", None)
    if known is None or known[0] != pickled:
        known = _thread_local.session = pickled, AuditSession(options)
    return known[1]


def _installed_plugins() -> PluginRegistry:
    host = Host()
    host.discover()
    registry = collect_plugins(host)
    if registry.failed:
        use = registry.failed[0]
        raise PluginError(
            f"plugin {use.name} ({use.distribution}) did not load: {use.reason}",
            plugin=use.name,
            distribution=use.distribution or use.name,
        )
    return registry


def _raw(document: InputDocument) -> RawDocument:
    return RawDocument(uri=document.uri, data=document.data)
