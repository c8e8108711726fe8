"""What a new plugin is made of: it adds to a program's rulebooks, or brings the program itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final, NamedTuple

from picheck.errors import UsageError
from picheck.rulebook.registry import Rulebooks
from picheck.testing.examples import OWN_EXAMPLES, Examples, examples_in
from picheck.validation import closest_match

_PROGRAM: Final = re.compile(r"[a-z][a-zA-Z0-9]*")
_WHERE: Final = "package/compliant"


class Blueprint(NamedTuple):
    """The template folders, later ones replacing files of earlier ones, and what goes into them.

    `without` are files of the templates that are left out, `added` are written as they are.
    """

    years: tuple[int, ...]
    templates: tuple[str, ...]
    measures: tuple[str, str]
    rule: str
    without: frozenset[str] = frozenset()
    added: Mapping[str, str] = {}


def blueprint(program: str, prefix: str, rulebooks: Rulebooks) -> Blueprint:
    """Return what a plugin for a program is made of.

    For a program without any rulebook the plugin brings one. Raises UsageError for a name that
    cannot be one or is misspelt, and for a program without a compliant submission.
    """
    if program in rulebooks.programs:
        return _beside(program, rulebooks)
    near = closest_match(program, rulebooks.programs)
    if near:
        raise UsageError(f"no rulebook is for the program {program!r}; did you mean {near}?")
    if not _PROGRAM.fullmatch(program):
        raise UsageError(f"{program!r} is no program; use one word, as `category` spells it")
    finals = filter(None, map(rulebooks.newest_final, rulebooks.programs))
    year = max((book.year for book in finals), default=OWN_EXAMPLES.years[-1])
    return _of_its_own(program, prefix, year)


def _beside(program: str, rulebooks: Rulebooks) -> Blueprint:
    """Return what is added to rulebooks that another plugin owns."""
    examples = _examples(program, rulebooks)
    years = tuple(
        year
        for year in examples.years
        if rulebooks.has(program, year) and rulebooks.rulebook(program, year).status == "final"
    )
    if not years:
        raise UsageError(
            f"no compliant submission of {program} is installed: its plugin has no folder"
            " compliant with one a year"
        )
    counted = _find_shared(examples, years, counted=True)
    if examples is OWN_EXAMPLES and counted:
        return Blueprint(years, ("template",), (counted[-1], ""), "round-denominator")
    answered = _find_shared(examples, years, counted=False)
    if not answered:
        raise UsageError(f"the compliant submissions of {program} answer no measure in every year")
    return Blueprint(
        years,
        ("template", "template_answers"),
        (answered[0], ""),
        "answer-missing",
        added=dict(_write_values(examples, years)),
    )


def _of_its_own(program: str, prefix: str, year: int) -> Blueprint:
    """Return what a plugin is made of that brings a program with one year."""
    measures = f"{prefix}_1", f"{prefix}_2"
    record = {
        "category": program,
        "submissionMethod": "registry",
        "performanceStart": f"{year}-01-01",
        "performanceEnd": f"{year}-12-31",
        "measurements": [{"measureId": measure, "value": True} for measure in measures],
    }
    submission = {
        "entityType": "group",
        "taxpayerIdentificationNumber": "123456789",
        "performanceYear": year,
        "measurementSets": [record],
    }
    return Blueprint(
        (year,),
        ("template", "template_answers", "template_rulebook"),
        measures,
        "answer-missing",
        without=frozenset({"package/clauses.toml"}),
        added={f"{_WHERE}/{year}.json": _text(submission)},
    )


def _examples(program: str, rulebooks: Rulebooks) -> Examples:
    """Return the compliant submissions of a program: those of its plugin, or picheck's own."""
    for year in rulebooks.years(program):
        package = rulebooks.package(program, year)
        # the submissions of all years may lie above the package of each year
        while package:
            folder = files(package).joinpath("compliant")
            if folder.is_dir():
                return examples_in(folder)
            package = package.rpartition(".")[0]
    first = OWN_EXAMPLES.parts(OWN_EXAMPLES.years[0])[0]["measurementSets"][0]
    return OWN_EXAMPLES if first["category"] == program else Examples((), OWN_EXAMPLES.parts)


def _find_shared(examples: Examples, years: Sequence[int], *, counted: bool) -> list[str]:
    """Return the measures that every year's submission answers; `counted`: with two counts."""
    each = [
        {
            str(measurement["measureId"])
            for measurement in examples.parts(year)[0]["measurementSets"][0]["measurements"]
            if not counted or isinstance(measurement["value"], dict)
        }
        for year in years
    ]
    return sorted(set.intersection(*each))


def _write_values(examples: Examples, years: Sequence[int]) -> Iterator[tuple[str, str]]:
    for year in years:
        submission, evidence = examples.parts(year)
        yield f"{_WHERE}/{year}.json", _text(submission)
        if evidence:
            yield f"{_WHERE}/{year}.evidence.json", _text(evidence)


def _text(value: Any) -> str:
    return f"{json.dumps(value, indent=2)}\n"
