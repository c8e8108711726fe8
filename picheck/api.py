"""The front door: every name a plugin may import from picheck, and nothing else.

A plugin states the version of this interface that it was written for with `picheck_api = "2"`
in its module; a version that this picheck does not offer is refused by name.
"""

from __future__ import annotations

from typing import Any, Final

from picheck.errors import InputError, MissingEvidence
from picheck.model.citation import Citation
from picheck.model.conversion import Converted, Format, Spot
from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.model.evidence_sections import EvidenceSection
from picheck.model.location import Location, pointer_join
from picheck.model.report import DocumentSummary, Notice, Report
from picheck.model.result import Result, RuleRecord, Unverified
from picheck.model.skeleton import evidence_skeleton
from picheck.model.submission import (
    Counts,
    Measurement,
    MeasurementSet,
    Submission,
    is_counts_like,
)
from picheck.plugins.markers import API_VERSIONS, hookimpl
from picheck.plugins.pages import make_environment
from picheck.plugins.reporter import Reporter, Style
from picheck.plugins.scorer import Attempt, Edit, Preview, Scene, Wish
from picheck.rulebook.loader import RulebookSource, rulebook_in
from picheck.rulebook.models import Clause, Measure, Rulebook
from picheck.rulebook.plugin_clauses import AddedClause, clauses_in, clauses_of
from picheck.rulebook.registry import Rulebooks
from picheck.rules.check_result import (
    CheckResult,
    CheckResults,
    RelatedLocation,
    fail,
    indeterminate,
    not_applicable,
    related,
)
from picheck.rules.discovery import rules_in
from picheck.rules.inputs import PARAMETERS, Source
from picheck.rules.measurement_set import (
    Answers,
    CountsByMeasure,
    Entity,
    Period,
    SetView,
    parse_date,
    to_json,
    whole_pair,
)
from picheck.rules.rule import MOVING_PAGE, Rule, rule
from picheck.rules.source_issues import SourceIssues
from picheck.validation import closest_match

API_VERSION: Final = API_VERSIONS[-1]

__all__ = [
    "API_VERSION",
    "NO_EVIDENCE",
    "PARAMETERS",
    "AddedClause",
    "Answers",
    "Attempt",
    "CheckResult",
    "CheckResults",
    "Citation",
    "Clause",
    "Converted",
    "Counts",
    "CountsByMeasure",
    "DocumentSummary",
    "Edit",
    "Entity",
    "Evidence",
    "EvidenceSection",
    "Format",
    "InputError",
    "Location",
    "Measure",
    "Measurement",
    "MeasurementSet",
    "MissingEvidence",
    "Notice",
    "Period",
    "Preview",
    "RelatedLocation",
    "Report",
    "Reporter",
    "Result",
    "Rule",
    "RuleRecord",
    "Rulebook",
    "RulebookSource",
    "Rulebooks",
    "Scene",
    "SetView",
    "Source",
    "SourceIssues",
    "Spot",
    "Style",
    "Submission",
    "Unverified",
    "Wish",
    "clauses_in",
    "clauses_of",
    "closest_match",
    "evidence_skeleton",
    "fail",
    "hookimpl",
    "indeterminate",
    "is_counts_like",
    "make_environment",
    "not_applicable",
    "parse_date",
    "pointer_join",
    "related",
    "rule",
    "rulebook_in",
    "rules_in",
    "to_json",
    "whole_pair",
]

#: Names of version 1 that a plugin may still ask for; it is answered what came in their place.
_VERSION_1: Final = frozenset(
    {"Answer", "DocumentContext", "EntityContext", "Place", "SetContext", "nearest"}
)


def __getattr__(name: str) -> Any:
    """Refuse the names of version 1 with the page that says how to move."""
    if name in _VERSION_1:
        raise ImportError(f"picheck.api.{name} was part of API version 1; see {MOVING_PAGE}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
