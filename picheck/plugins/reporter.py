"""What a reporter is: something that turns a report into text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

import msgspec

from picheck.model.report import DocumentSummary, Notice, Report
from picheck.model.result import Result, RuleRecord
from picheck.rules.rule import Rule

#: A rule in a year: its code and the year, as results refer to it.
RuleKey: TypeAlias = tuple[str, int | None]


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How the output may look.

    `color` allows colours, `width` is the longest line. `reveal` says that identifiers are not
    masked. `quiet` leaves out documents that are ready. `sources` adds notes and sources to the
    text report. `evidence` is what the side file of a document holds already, by the index of
    the document: the file to fill in, which a report prints, then holds it as well. `rules` are
    the installed rules by code; `questions` ask for the evidence of plugins, by key.
    """

    color: bool = False
    width: int = 80
    reveal: bool = False
    quiet: bool = False
    sources: bool = False
    evidence: Mapping[int, Mapping[str, Any]] = {}
    rules: Mapping[str, Rule] = {}
    questions: Mapping[str, str] = {}


#: The number of documents up to which a report has the facts for a chart of each: a longer one is
#: searched rather than read.
MAX_CHARTS: Final = 50


@runtime_checkable
class Reporter(Protocol):
    """Turns a report into text. `name` is what `--format` takes; `description` is one line.

    Three further attributes are optional: `wants_all = True` asks for passes and for rules that do
    not apply, `wants_facts = True` for the facts of each document that a chart needs, which come
    with reports of at most `MAX_CHARTS` documents;
    `media_type` is what HTTP calls the output, `text/plain` without it.
    """

    name: str
    description: str

    def render(self, report: Report, style: Style) -> str:
        """Return the whole output, ending in a line feed."""
        ...


@runtime_checkable
class StreamingReporter(Reporter, Protocol):
    """A reporter that can also write a run piece by piece, each piece in any process.

    The pieces are put together in order: the opening; for each document the rules that no
    document before it needed, the document itself, and its notices; the closing. A document is
    written a second time, at the end, where rules that look at several documents found something
    in it; then its last piece holds. `summed` is a report without documents and results; the
    opening's is also without what is known only at the end of a run.
    """

    def opening(self, summed: Report) -> bytes:
        """Return what comes before the first document."""
        ...

    def rules(self, records: Sequence[RuleRecord]) -> bytes:
        """Return rules, each written once, before the first document that needs it.

        It may be nothing.
        """
        ...

    def document(
        self,
        index: int,
        summary: DocumentSummary,
        results: Sequence[Result],
        rules: Mapping[RuleKey, RuleRecord],
    ) -> bytes:
        """Return a document with its results.

        `rules` holds at least the rules that the results and `summary.unverified` refer to.
        """
        ...

    def notice(self, index: int, notice: Notice) -> bytes:
        """Return what must be known of an input beside results; it may be nothing."""
        ...

    def closing(self, summed: Report) -> bytes:
        """Return what comes after the last document."""
        ...


def rule_key(result: Result) -> RuleKey:
    """Return the key of the rule that a result refers to."""
    return result.code, result.year


def rules_of(report: Report) -> dict[RuleKey, RuleRecord]:
    """Return the rules of a report by their keys."""
    return {(rule.code, rule.year): rule for rule in report.rules}


def find_rule(rules: Mapping[RuleKey, RuleRecord], code: str, year: int | None) -> RuleRecord:
    """Return the rule that a result or an `unverified` entry refers to.

    picheck's own rules are the same in every year and belong to none. A rule that the report
    does not hold is named by its code.
    """
    found = rules.get((code, year)) or rules.get((code, None))
    if found is None:
        return RuleRecord(code=code, year=year, slug=code.lower(), title=code, plugin="unknown")
    return found


def rules_needed(summary: DocumentSummary, results: Iterable[Result]) -> tuple[RuleKey, ...]:
    """Return the keys of the rules that a document refers to, in the order of their first use.

    Its results come first, then what is unverified, which is of the document's own year.
    """
    keys = dict.fromkeys([(result.code, result.year) for result in results])
    for entry in summary.unverified:
        keys[entry.code, summary.performance_year] = None
    return tuple(keys)


def results_by_document(report: Report) -> dict[int, list[Result]]:
    """Return the results of each document that has some, in the order of the report."""
    by_document: dict[int, list[Result]] = {}
    for result in report.results:
        by_document.setdefault(result.document, []).append(result)
    return by_document


def stream(report: Report, reporter: StreamingReporter) -> Iterator[bytes]:
    """Yield the pieces of a whole report, in the order in which a run would write them."""
    rules, written = rules_of(report), set[RuleKey]()
    results = results_by_document(report)
    notices: dict[int, list[Notice]] = {}
    for notice in report.run.notices:
        if notice.document is not None:
            notices.setdefault(notice.document, []).append(notice)
    yield reporter.opening(report)
    for index, document in enumerate(report.documents):
        own = results.get(index, [])
        if records := _take_new(rules_needed(document, own), rules, written):
            yield reporter.rules(records)
        yield reporter.document(index, document, own, rules)
        for notice in notices.get(index, ()):
            yield reporter.notice(index, notice)
    yield reporter.closing(report)


def _take_new(
    keys: Iterable[RuleKey], rules: Mapping[RuleKey, RuleRecord], written: set[RuleKey]
) -> list[RuleRecord]:
    """Return the rules under keys that were not written yet, and note that they are."""
    records = []
    for key in keys:
        if key not in written:
            written.add(key)
            record = find_rule(rules, *key)
            # a rule of the framework is asked for by each year, and is one record for all
            own_key = record.code, record.year
            if own_key == key or own_key not in written:
                written.add(own_key)
                records.append(record)
    return records
