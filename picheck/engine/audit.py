"""The audit: documents go in one by one, a report comes out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from picheck.engine.document import AuditedDocument, DocumentAuditor
from picheck.engine.entities import EntityGroups, PriorBook
from picheck.engine.entity_rules import EntityRuleRunner
from picheck.engine.notices import plugin_notices, unreadable_notice
from picheck.engine.options import AuditOptions
from picheck.engine.prior.loader import load_prior
from picheck.engine.recorder import AuditedInput, Recorder
from picheck.engine.run_report import add_documents, finish
from picheck.engine.summary import RunSummary
from picheck.engine.watchdog import Watchdog
from picheck.errors import InputError
from picheck.intake.documents import Input, RawDocument, Unreadable
from picheck.intake.files import Inputs, left_out_notices, read_inputs
from picheck.model.report import Notice, Report
from picheck.plugins.registry import PluginRegistry

#: How many documents a recorder is given together.
_COLLECTED_TOGETHER: Final = 1000


def audit(
    paths: Iterable[str],
    options: AuditOptions,
    registry: PluginRegistry,
    recorder: Recorder | None = None,
) -> Report:
    """Audit every document behind the paths and return the report; `recorder` is given them too.

    Raises UsageError (or a subclass) where nothing can be audited: an unknown selector, a broken
    rulebook.
    """
    prior = load_prior(read_inputs(options.prior, registry.document_suffixes), registry)
    given = read_inputs(paths, registry.document_suffixes)
    book = prior.book if recorder is None else recorder.add_archive(prior.book, registry.rulebooks)
    return audit_inputs(given, options, registry, book, prior.notices, recorder=recorder)


def audit_inputs(
    inputs: Iterable[Input],
    options: AuditOptions,
    registry: PluginRegistry,
    prior: PriorBook | None = None,
    notices: Iterable[Notice] = (),
    *,
    recorder: Recorder | None = None,
) -> Report:
    """Audit documents that are at hand and return the report. `notices` are those of `prior`."""
    with Watchdog(options.rule_timeout).arm() as is_weak:
        run = RunSummary(is_timeout_weak=is_weak)
        return _audit_inputs(run, inputs, options, registry, prior, notices, recorder)


def _audit_inputs(  # noqa: PLR0917 - the body of the function above
    run: RunSummary,
    inputs: Iterable[Input],
    options: AuditOptions,
    registry: PluginRegistry,
    prior: PriorBook | None,
    notices: Iterable[Notice],
    recorder: Recorder | None,
) -> Report:
    auditor = DocumentAuditor(registry, options, prior)
    collect = None if recorder is None else recorder.make_collector(auditor, registry)
    collected, waiting = list[Any](), list[AuditedInput]()
    said = [*plugin_notices(registry), *notices]
    audited, in_memory = list[AuditedDocument](), dict[int, RawDocument]()
    groups = EntityGroups()
    for given in inputs:
        document = audit_one(auditor, given, len(audited))
        if isinstance(document, Notice):
            said.append(document)
            continue
        if isinstance(given, RawDocument) and given.line is None and _is_kept(given, inputs):
            in_memory[len(audited)] = given
        run.add(document)
        said += document.notices
        groups.add(document.entity_sets)
        if collect is not None and isinstance(given, RawDocument):
            waiting.append(AuditedInput(len(audited), given, document))
            if len(waiting) == _COLLECTED_TOGETHER:  # so that not all bytes are held
                collected += collect(waiting)
                waiting.clear()
        audited.append(document)
    if collect is not None and recorder is not None:
        collected += collect(waiting)
        recorder.add(collected)
    summaries = [document.summary for document in audited]
    results = [result for document in audited for result in document.results]
    for index, more in EntityRuleRunner(auditor, options).run(groups, summaries, in_memory):
        run.amend(summaries[index], more)
        if recorder is not None:
            recorder.amend(index, more, summaries)
        summaries[index] = more.summary
        results += more.results
        said += more.notices
    said += left_out_notices(inputs)
    report = finish(auditor, options, registry, run, said)
    return add_documents(report, auditor, summaries, results)


def _is_kept(given: RawDocument, inputs: Iterable[Input]) -> bool:
    """Whether a document cannot be read again: of a stream, or handed in and of no file."""
    return given.is_stream or not isinstance(inputs, Inputs)


def audit_one(auditor: DocumentAuditor, given: Input, index: int) -> AuditedDocument | Notice:
    """Audit one input; return a notice where no document could be read from it."""
    try:
        if isinstance(given, Unreadable):
            raise given.error
        return auditor.audit(given, index)
    except InputError as error:
        return unreadable_notice(given, error)
