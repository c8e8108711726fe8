"""The front door: every name a plugin may import from picheck, and nothing else.

A plugin declares the version it was written for with `picheck_api = "1"` in its module; a
version that this picheck does not offer is refused by name.
"""

from __future__ import annotations

from typing import Final

from picheck.handwritten import nearest
from picheck.hooks.markers import API_VERSIONS, hookimpl
from picheck.hooks.preview import Attempt, Edit, Preview, Scene, Wish
from picheck.hooks.reporter import Reporter, Style
from picheck.model.citation import Citation
from picheck.model.evidence import Evidence
from picheck.model.finding import Result
from picheck.model.location import Location
from picheck.model.report import DocumentSummary, Report
from picheck.model.skeleton import evidence_skeleton
from picheck.model.submission import (
    Counts,
    Measurement,
    MeasurementSet,
    Submission,
    is_counts_like,
)
from picheck.rulebook.added import AddedClause, clauses_in
from picheck.rulebook.edition import Clause, Measure, Rulebook
from picheck.rulebook.reading import RulebookSource, rulebook_in
from picheck.rules.answer import Answer, Answers, Place
from picheck.rules.catalogue import rules_in
from picheck.rules.context import DocumentContext, EntityContext, SetContext
from picheck.rules.rule import Rule, rule
from picheck.rules.view import Entity, Period, SetView, parse_date, to_json

API_VERSION: Final = API_VERSIONS[-1]

__all__ = [
    "API_VERSION",
    "AddedClause",
    "Answer",
    "Answers",
    "Attempt",
    "Citation",
    "Clause",
    "Counts",
    "DocumentContext",
    "DocumentSummary",
    "Edit",
    "Entity",
    "EntityContext",
    "Evidence",
    "Location",
    "Measure",
    "Measurement",
    "MeasurementSet",
    "Period",
    "Place",
    "Preview",
    "Report",
    "Reporter",
    "Result",
    "Rule",
    "Rulebook",
    "RulebookSource",
    "Scene",
    "SetContext",
    "SetView",
    "Style",
    "Submission",
    "Wish",
    "clauses_in",
    "evidence_skeleton",
    "hookimpl",
    "is_counts_like",
    "nearest",
    "parse_date",
    "rule",
    "rulebook_in",
    "rules_in",
    "to_json",
]
