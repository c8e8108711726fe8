"""What pages and API can do with a document: audit it, report on it, convert it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Final

import msgspec

from picheck.engine.audit import audit_inputs
from picheck.engine.document import DocumentAuditor
from picheck.engine.options import AuditOptions
from picheck.engine.prior.loader import LoadedPrior, load_prior
from picheck.engine.prior.memory import MemoryWriter
from picheck.engine.report_filter import ask_for, fit_report
from picheck.errors import PluginError, RulebookError, UsageError
from picheck.intake.documents import FromFormat, Unreadable
from picheck.intake.formats import convert, decode
from picheck.masking import mask_digits
from picheck.model.report import InputUse, Report
from picheck.plugins.registry import PluginRegistry
from picheck.plugins.reporter import Reporter, Style
from picheck.plugins.validation import describe_error
from picheck.service.audit_history import ServiceHistory
from picheck.service.documents import clean_name, read_document
from picheck.service.rule_lookup import RuleLookup
from picheck.service.sent import SentDocument, read_sent
from picheck.validation import closest_match

#: Earlier submissions: pairs of a name and the bytes of a document.
Prior = Sequence[tuple[str, bytes]]
#: The reporters that an audit is made for where none is named.
JSON_FORMAT: Final = ("json",)
PLAIN_TEXT: Final = "text/plain"
_WIDTH: Final = 100


class Workbench:
    """Audits with the plugins and on the terms that the service was begun with.

    Any number of threads may call it: nothing is kept of a document, and each call has an auditor
    of its own. `today` gives the date of an audit that names none. Documents are bytes with a
    name, of which the last part counts; no file is opened by it.
    """

    def __init__(
        self,
        options: AuditOptions,
        registry: PluginRegistry,
        *,
        today: Callable[[], date],
        sources: bool = False,
        history: ServiceHistory | None = None,
    ) -> None:
        """Take the terms; `sources` has the text report print them, `history` keeps audits.

        Raises UsageError where the terms do not fit the plugins.
        """
        self.registry = registry
        self.history = history
        # both come with each request
        self._options = msgspec.structs.replace(options, prior=(), evidence=None)
        self._today = today
        self._style = Style(
            width=_WIDTH,
            reveal=options.reveal,
            sources=sources,
            rules={code: installed.rule for code, installed in registry.rules.items()},
            questions=registry.evidence.questions,
        )
        self.lookup = RuleLookup(registry, options.help_base)
        DocumentAuditor(registry, self._options)  # a wrong selector is said before any request
        for program in registry.rulebooks.programs:
            for year in registry.rulebooks.years(program):
                with suppress(RulebookError):  # it is raised again for whoever asks for the year
                    registry.rulebooks.rulebook(program, year)

    @property
    def rule_timeout(self) -> float:
        """How many seconds one call of a rule may take; 0 for any number."""
        return self._options.rule_timeout

    def audit(
        self,
        document: bytes,
        name: str,
        *,
        evidence: bytes | None = None,
        prior: Prior = (),
        as_of: date | None = None,
        year: int | None = None,
        formats: Sequence[str] = JSON_FORMAT,
    ) -> Report:
        """Audit one document and return the whole report, the command line's for the same input.

        `formats` are the reporters that will be asked to render it; some want more of an audit
        than others. `evidence` counts before what the document carries itself. Raises UsageError
        for an unknown reporter, or where two formats claim the document.
        """
        given = [SentDocument(name, document, evidence)]
        return self.audit_all(given, prior=prior, as_of=as_of, year=year, formats=formats)

    def audit_all(
        self,
        documents: Sequence[SentDocument],
        *,
        prior: Prior = (),
        as_of: date | None = None,
        year: int | None = None,
        formats: Sequence[str] = JSON_FORMAT,
    ) -> Report:
        """Audit documents together, as one run: rules look across those of one entity as well."""
        terms = ask_for(self.terms(as_of, year), [self._reporter(each) for each in formats])
        earlier = self.load_prior(prior)
        given = [read_sent(each) for each in documents]
        if self.history is not None:
            report = self.history.audit(given, terms, self.registry, earlier)
        else:
            report = audit_inputs(given, terms, self.registry, earlier.book, earlier.notices)
        return name_inputs(report, prior)

    def check_read(self, report: Report, document: bytes, name: str) -> None:
        """Raise InputError, with its place, where the audit of a document could not read it."""
        if not report.documents:
            self.check_readable(document, name)

    def check_readable(self, document: bytes, name: str) -> None:
        """Raise InputError, with line and column where it has some, for what is no document."""
        given = read_document(document, clean_name(name))
        if isinstance(given, Unreadable):
            raise given.error
        registry = self.registry
        decode(given, registry.formats, self._options.input_format, registry.rulebooks.programs)

    def render(self, report: Report, format_name: str, *, evidence: bytes | None = None) -> bytes:
        """Return a report as a reporter writes it; `evidence` is that of the document.

        Raises UsageError for an unknown reporter, or one that writes to a file alone; PluginError
        for one that breaks.
        """
        reporter = self._reporter(format_name)
        if hasattr(reporter, "sink"):
            raise UsageError(f"{format_name} goes to a file; choose csv or ndjson")
        style = msgspec.structs.replace(self._style, evidence=self._known_evidence(evidence))
        fitting = fit_report(report, reporter, keeps_all=self._options.all_results)
        try:
            return reporter.render(fitting, style).encode("utf-8", "backslashreplace")
        except Exception as error:
            owner = self.registry.reporter_owners.get(format_name, format_name)
            why = f"reporter {format_name} of {owner} broke: {describe_error(error)}"
            raise PluginError(why, plugin=owner, distribution=owner, original=error) from error

    def format_names(self) -> tuple[str, ...]:
        """Return the reporters that `render` may be asked for."""
        reporters = self.registry.reporters
        return tuple(name for name in reporters if not hasattr(reporters[name], "sink"))

    def media_type(self, format_name: str) -> str:
        """Return what HTTP calls the output of a reporter. Raises UsageError for an unknown one."""
        return getattr(self._reporter(format_name), "media_type", PLAIN_TEXT)

    def convert(self, document: bytes, name: str) -> FromFormat:
        """Return a document of any format as JSON, with the places of its values in the file.

        Raises InputError for a file of no format that is read.
        """
        choice = self._options.input_format
        return convert(document, clean_name(name), choice, self.registry.formats)

    def terms(self, as_of: date | None, year: int | None) -> AuditOptions:
        """Return the options of one audit; None leaves the date and the year to the service's."""
        return msgspec.structs.replace(
            self._options,
            as_of=as_of or self._today(),
            year=self._options.year if year is None else year,
        )

    def _reporter(self, name: str) -> Reporter:
        reporter = self.registry.reporters.get(name)
        if reporter is None:
            near = closest_match(name, list(self.registry.reporters))
            known = ", ".join(sorted(self.registry.reporters)) or "none"
            hint = f"did you mean {near}?" if near else f"known: {known}"
            raise UsageError(f"no reporter is called {name!r}; {hint}")
        return reporter

    def load_prior(self, prior: Prior) -> LoadedPrior:
        """Return earlier submissions as the audit takes them, in memory alone."""
        given = [read_document(data, clean_name(name)) for name, data in prior]
        return load_prior(given, self.registry, MemoryWriter)

    def _known_evidence(self, evidence: bytes | None) -> Mapping[int, Mapping[str, Any]]:
        """Return evidence that a report may print with what is missing: none with identifiers."""
        if evidence is None:
            return {}
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if self._style.reveal or mask_digits(text := evidence.decode()) == text:
                return {0: msgspec.json.decode(evidence, type=dict[str, Any])}
        return {}


def name_inputs(report: Report, prior: Prior) -> Report:
    """Name the earlier submissions in a report, each with its digest, as files are named."""
    if not prior:
        return report
    uses = tuple(
        InputUse(role="prior", uri=clean_name(name), sha256=hashlib.sha256(data).hexdigest())
        for name, data in prior
    )
    run = msgspec.structs.replace(report.run, inputs=(*report.run.inputs, *uses))
    return msgspec.structs.replace(report, run=run)
