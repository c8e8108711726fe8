"""Generated submissions are audited twice, then with their measurements shuffled."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions
from picheck.intake.documents import RawDocument
from picheck.model.result import Result
from picheck.plugins.registry import PluginRegistry
from picheck.testing.builders import Draft
from picheck.testing.examples import Examples
from picheck.testing.instrumentation import MUTATES, RAISES, Watch
from picheck.testing.strategies import Generated, runs

DETERMINISTIC: Final = "deterministic"
UNORDERED: Final = "order does not matter"
_SEED: Final = 20_250_101


def fuzz(  # noqa: PLR0917 - called in one place
    watched: PluginRegistry,
    codes: Sequence[str],
    base: Examples,
    years: Sequence[int],
    examples: int,
    watch: Watch,
) -> int:
    """Audit generated submissions under watch; return how many there were.

    `base` are the compliant submissions that they depart from. That of each year, and plain
    departures from one, come first.
    """
    if not years:
        return 0
    books = {year: _write_rulebook(watched, year) for year in years}
    count = 0
    for run in plain_runs(base, years):
        _try(run, watched, codes, watch)
        count += 1

    # the same submissions each time, so that a certificate can be made again
    @seed(_SEED)
    @settings(
        max_examples=examples,
        # or hypothesis would begin with what failed on this machine before
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(years).flatmap(lambda year: runs(base, year, _ids(watched, year))))
    def generate(run: Generated) -> None:
        nonlocal count
        count += 1
        _try(run, watched, codes, watch)

    generate()
    watch.during = None
    for year, before in books.items():
        if _write_rulebook(watched, year) != before:
            watch.fault(MUTATES, f"a rule changed the rulebook of {year}")
    return count


def run_of(
    run: Generated, registry: PluginRegistry, codes: Sequence[str], as_of: date
) -> tuple[Result, ...]:
    """Audit the documents of a run with some rules, and return what those say."""
    documents = [
        RawDocument(uri=f"document-{number}.json", data=data, evidence=run.evidence)
        for number, data in enumerate(run.documents)
    ]
    options = AuditOptions(as_of=as_of, select=tuple(codes), gate="indeterminate")
    report = audit_inputs(documents, options, registry)
    return report.results


def _try(run: Generated, watched: PluginRegistry, codes: Sequence[str], watch: Watch) -> None:
    watch.during = run
    day = date(run.year + 1, 2, 1)
    try:
        first = run_of(run, watched, codes, day)
        for broken in (result for result in first if result.outcome == "error"):
            watch.fault(RAISES, broken.message)
        again = run_of(run, watched, codes, day)
        if first != again:
            which = _describe_difference(first, again)
            watch.fault(DETERMINISTIC, f"{which} said something else the next time")
        shuffled = _shuffle(run)
        if shuffled is not None:
            second = run_of(shuffled, watched, codes, day)
            first, second = (
                tuple(each for each in results if each.code not in watch.unsteady)
                for results in (first, second)
            )
            if _drop_places(first) != _drop_places(second):
                which = _describe_difference(first, second)
                watch.fault(UNORDERED, f"{which} minds the order of the measurements")
    except Exception as error:  # noqa: BLE001 - whatever breaks here is what we are looking for
        watch.fault(RAISES, f"the audit itself broke: {type(error).__name__}: {error}")


def plain_runs(base: Examples, years: Sequence[int]) -> list[Generated]:
    """Return the compliant run of every year, and departures from the newest one.

    The departures are: without evidence, without each measurement once, and cut at forty places.
    """
    whole = []
    for year in years:
        submission, evidence = base.parts(year)
        whole.append(Generated.of(year, (submission,), evidence))
    year, data = years[-1], whole[-1].documents[0]
    less = Draft(*base.parts(year))
    ids = (m["measureId"] for m in less.build()["measurementSets"][0]["measurements"])
    without = [less.without_evidence(), *(less.without(measure_id) for measure_id in ids)]
    cuts = range(0, len(data), max(len(data) // 40, 1))
    return [
        *whole,
        *(Generated.of(year, (draft.build(),), draft.evidence) for draft in without),
        *(Generated(year, (data[:cut],), None) for cut in cuts),
    ]


def _shuffle(run: Generated) -> Generated | None:
    """Return the run with its measurements in another order; None where that has a meaning."""
    try:
        documents = [json.loads(data) for data in run.documents]
        for document in documents:
            for record in document["measurementSets"]:
                ids = [measurement["measureId"] for measurement in record["measurements"]]
                # of a repeated id the last one counts, so another order says something else
                if len(set(ids)) < len(ids):
                    return None
                random.Random(len(ids)).shuffle(record["measurements"])  # noqa: S311
    except (ValueError, LookupError, TypeError):
        return None
    return Generated(run.year, tuple(json.dumps(d).encode() for d in documents), run.evidence)


def _drop_places(results: Sequence[Result]) -> list[Any]:
    """Return results without the places that another order moves."""
    return sorted(
        (
            result.document,
            result.code,
            result.outcome,
            result.location.named or result.location.pointer,
            result.message,
            result.remediation or "",
            repr((result.expected, result.actual, result.missing_evidence)),
        )
        for result in results
    )


def _describe_difference(first: Sequence[Result], second: Sequence[Result]) -> str:
    rest = _drop_places(second)
    codes = {entry[1] for entry in _drop_places(first) if entry not in rest}
    codes |= {entry[1] for entry in rest if entry not in _drop_places(first)}
    return ", ".join(sorted(codes)) or "a rule"


def _ids(registry: PluginRegistry, year: int) -> list[str]:
    rulebooks = registry.rulebooks
    books = [
        rulebooks.rulebook(program, year)
        for program in rulebooks.programs
        if rulebooks.has(program, year)
    ]
    return sorted({measure_id for book in books for measure_id in book.measures})


def _write_rulebook(registry: PluginRegistry, year: int) -> str:
    rulebooks = registry.rulebooks
    return repr([rulebooks.rulebook(p, year) for p in rulebooks.programs if rulebooks.has(p, year)])
