"""What a plugin hands over, looked at before anybody relies on it."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, get_args

from picheck.errors import UsageError
from picheck.model.conversion import Format
from picheck.model.evidence_sections import EvidenceSection
from picheck.model.vocabulary import CONSEQUENCES, Scope
from picheck.plugins.markers import API_VERSIONS, PROJECT
from picheck.plugins.reporter import Reporter
from picheck.rulebook.loader import RulebookSource
from picheck.rulebook.models import Clause
from picheck.rulebook.plugin_clauses import AddedClause
from picheck.rules.rule import CODE, MOVING_PAGE, SLUG, Rule, parameters_of

#: What `--input-format` takes besides the formats of plugins.
OWN_FORMATS: Final = ("auto", "json")


def check_version(plugin: object) -> None:
    """Raise RuntimeError where a plugin asks for an interface that is not on offer."""
    wanted = str(getattr(plugin, "picheck_api", API_VERSIONS[-1]))
    if wanted not in API_VERSIONS:
        offered = ", ".join(API_VERSIONS)
        raise RuntimeError(
            f"asks for picheck_api {wanted!r}; this picheck offers {offered}; see {MOVING_PAGE}"
        )


def unmarked_hooks(plugin: object, hooks: Collection[str]) -> list[str]:
    """Return the hooks that a plugin has under the right name but did not mark."""
    return sorted(
        name
        for name in hooks
        if inspect.isroutine(found := getattr(plugin, name, None))
        and not hasattr(found, f"{PROJECT}_impl")
    )


def unknown_hooks(plugin: object, hooks: Collection[str]) -> list[str]:
    """Return the functions of a plugin that look like hooks, and are none."""
    return sorted(
        name
        for name in set(dir(plugin)) - set(hooks)
        if callable(found := getattr(plugin, name, None))
        and (name.startswith(f"{PROJECT}_") or hasattr(found, f"{PROJECT}_impl"))
    )


def check_handed(handed: Any, expected: type) -> Sequence[Any]:
    """Hold a hook to its word: a sequence of sound things of the expected kind.

    Raises TypeError or ValueError that says what was handed over instead.
    """
    wanted = expected.__name__
    if not isinstance(handed, Sequence) or isinstance(handed, str | bytes):
        raise TypeError(f"returned {type(handed).__name__}, expected a sequence of {wanted}")
    for item in handed:
        if not isinstance(item, expected):
            raise TypeError(f"handed over {type(item).__name__}, expected {wanted}")
        if fault := fault_of(item):
            raise ValueError(f"handed over a {wanted} that cannot be used: {fault}")
    return handed


def describe_error(error: BaseException) -> str:
    """Say what went wrong in one line, with the kind of the exception."""
    try:
        text = " ".join(str(error).split())
    except KeyboardInterrupt:
        raise
    except BaseException as inner:  # noqa: BLE001 - a plugin's own exception may break here too
        text = f"it cannot be shown ({type(inner).__name__})"
    text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    # half characters would break whoever writes the line
    return text.encode("utf-8", "backslashreplace").decode()


def fault_of(item: object) -> str | None:
    """Return what is wrong with a rule, rulebook, clause, section, format or reporter, if any.

    Records check nothing when they are made by hand, and a fault that is found here is reported
    with the plugin's name instead of breaking whoever uses the record later.
    """
    if isinstance(item, Rule):
        return _rule_fault(item)
    if isinstance(item, RulebookSource):
        return _key_fault(item.program, item.year)
    if isinstance(item, AddedClause):
        return _key_fault(item.program, item.year) or _clause_fault(item.clause)
    if isinstance(item, EvidenceSection):
        return item.fault()
    return _format_fault(item) if isinstance(item, Format) else _reporter_fault(item)


def _reporter_fault(item: object) -> str | None:
    if isinstance(item, Reporter) and not (isinstance(item.name, str) and item.name):
        return f"a reporter's name is {item.name!r}, expected a word"
    return None


def _format_fault(form: Format) -> str | None:
    if not (isinstance(form.name, str) and form.name) or form.name in OWN_FORMATS:
        return f"a format's name is {form.name!r}, expected a word that picheck does not use"
    suffixes: object = form.suffixes
    if not (
        isinstance(suffixes, tuple)
        and suffixes
        and all(isinstance(s, str) and s.startswith(".") and s == s.lower() for s in suffixes)
    ):
        return f"the suffixes of {form.name} are {suffixes!r}, expected such as ('.xml',)"
    return None


def _rule_fault(rule: Rule) -> str | None:
    if not (isinstance(rule.code, str) and CODE.fullmatch(rule.code)):
        return f"rule code {rule.code!r} is not PREFIX-FAMILY-NN"
    if not (isinstance(rule.slug, str) and SLUG.fullmatch(rule.slug)):
        return f"slug {rule.slug!r} of {rule.code} is not in kebab-case"
    if rule.scope not in get_args(Scope):
        return f"{rule.code} has scope {rule.scope!r}, expected {', '.join(get_args(Scope))}"
    try:
        reads = parameters_of(rule.code, rule.check)
    except UsageError as error:
        return str(error)
    if reads != rule.reads:
        return f"{rule.code} says that it reads {rule.reads}, but its function has {reads}"
    return None


def _key_fault(program: object, year: object) -> str | None:
    # not isinstance(): True is an int, and no year
    if isinstance(program, str) and type(year) is int:
        return None
    return f"program {program!r} and year {year!r}, expected a word and a whole number"


def _clause_fault(clause: object) -> str | None:
    if not isinstance(clause, Clause):
        return f"holds {type(clause).__name__}, expected Clause"
    if not isinstance(clause.terms, Mapping) or not isinstance(clause.variants, Mapping):
        return f"the clause of {clause.code} has terms or variants that are no table"
    if clause.consequence not in CONSEQUENCES:
        known = ", ".join(CONSEQUENCES)
        return f"the clause of {clause.code} has consequence {clause.consequence!r}, not {known}"
    return None
