"""picheck itself, asked to apply the sixteen rules and no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from picheck.cli.options import load_inventory
from picheck.engine.document import DocumentAuditor
from picheck.engine.options import AuditOptions
from picheck.intake.documents import RawDocument
from rivals import sixteen


def measures() -> tuple[list[str], sixteen.Exclusions]:
    """Return the year's measures and their exclusions, which every rival is given."""
    _, registry = load_inventory(())
    rulebook = registry.rulebooks.rulebook("pi", 2025)
    return list(rulebook.measures), {m.id: m.exclusions for m in rulebook.measures.values()}


def engine(_known: list[str], _exclusions: sixteen.Exclusions) -> Callable[..., list[set[str]]]:
    """Return what applies the rules to all lines; it reads the measures from its own rulebook."""
    _, registry = load_inventory(())
    options = AuditOptions(as_of=date(2026, 2, 1), select=sixteen.CODES)

    def run(lines: list[bytes]) -> list[set[str]]:
        auditor = DocumentAuditor(registry, options)
        raws = (RawDocument(uri="", data=line, line=1) for line in lines)
        return [
            {each.code for each in auditor.audit(raw, index).results if each.outcome == "fail"}
            for index, raw in enumerate(raws)
        ]

    return run
