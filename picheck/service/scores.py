"""Documents that were sent become previews of a score."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any, Final

import msgspec

from picheck.engine.score_preview import ScoredEntity, ScoreRunner
from picheck.errors import InputError, UsageError
from picheck.intake.documents import Input, RawDocument
from picheck.model.report import Report
from picheck.plugins.scorer import Wish
from picheck.service.sent import SentDocument, read_sent
from picheck.service.workbench import Prior, Workbench, name_inputs

NO_WISH: Final = Wish()
#: A score counts every finding: none is left out or accepted.
_EVERY_FINDING: Final = {
    "select": (),
    "ignore": (),
    "waivers": None,
    "baseline": None,
    "overrides": (),
}


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """The report behind a score, and the record of each entity, masked, with what-if if asked."""

    report: Report
    records: tuple[dict[str, Any], ...]


def score_documents(
    workbench: Workbench,
    documents: Sequence[SentDocument],
    *,
    prior: Prior = (),
    as_of: date | None = None,
    year: int | None = None,
    wish: Wish = NO_WISH,
    what_if: bool = False,
    which: int | None = None,
) -> Scored:
    """Preview the score of every entity in some documents, or of those in one, `which`.

    With `what_if` the changes that would raise it are tried. Raises UsageError where no plugin
    offers a preview, PluginError where one breaks.
    """
    if not workbench.registry.previews:
        raise UsageError("no plugin offers a preview of the score")
    terms = msgspec.structs.replace(workbench.terms(as_of, year), **_EVERY_FINDING)
    earlier = workbench.load_prior(prior)
    if workbench.history is not None:
        earlier = workbench.history.add_archive(earlier, workbench.registry)
    runner = ScoreRunner(terms, workbench.registry, wish, earlier)
    report, shown = runner.score([_read(workbench, each) for each in documents])
    chosen = [each for each in shown if which is None or which in each.scene.documents]
    records = tuple(_record(runner, each, what_if=what_if) for each in chosen)
    return Scored(report=name_inputs(report, prior), records=records)


def _read(workbench: Workbench, sent: SentDocument) -> Input:
    """Return a document, converted once where it is not JSON: each change is tried on that."""
    given = read_sent(sent)
    if not isinstance(given, RawDocument):
        return given
    with suppress(InputError):  # the audit says what is wrong with it
        made = workbench.convert(given.data, given.uri)
        if made.places is not None:
            return msgspec.structs.replace(given, converted=made)
    return given


def _record(runner: ScoreRunner, shown: ScoredEntity, *, what_if: bool) -> dict[str, Any]:
    record = shown.record | {"whatIf": runner.what_if(shown)} if what_if else shown.record
    return shown.mask(record)
