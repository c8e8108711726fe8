"""Rules under watch: what they touch, what they raise, what they say and how long they take."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any, Final

import msgspec

from picheck.model.evidence import Evidence
from picheck.model.frozen import thaw
from picheck.plugins.registry import InstalledRule, PluginRegistry
from picheck.rules.check_result import CheckResult, CheckResults
from picheck.rules.measurement_set import Answers, CountsByMeasure, Entity, SetView
from picheck.rules.rule import Rule
from picheck.testing.strategies import Generated

MUTATES: Final = "does not mutate"
TOUCHES: Final = "opens nothing"
RAISES: Final = "never raises"
WRITES: Final = "writes no identifier"
DECLARES: Final = "declares its evidence"

#: Audit events (PEP 578) of files, sockets, processes and foreign code.
_FORBIDDEN: Final = (
    "open",
    "os.",
    "socket.",
    "subprocess.",
    "shutil.",
    "urllib.",
    "ctypes.",
    "sqlite3.",
    "tempfile.",
    "glob.",
    "pathlib.",
    "http.",
    "ftplib.",
    "smtplib.",
    "time.sleep",
    "pty.",
    "signal.",
    "syslog.",
    "webbrowser.",
    "mmap.",
    "fcntl.",
)
_LENGTHS: Final = range(9, 11)

_seen: list[str] | None = None
_is_hooked = False


class Fault(msgspec.Struct, frozen=True):
    """One broken promise, and the run that showed it."""

    promise: str
    text: str
    shown_by: Generated | None = None


class Watch:
    """Collects what rules do. `during` is the run being audited, for the witness.

    `unsteady` are the codes of rules that say something else in each process; whether they mind
    the order of measurements is chance.
    """

    def __init__(self) -> None:
        self.during: Generated | None = None
        self.calls = 0
        self.unsteady: set[str] = set()
        self._faults: dict[tuple[str, str], Fault] = {}

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every broken promise, each with the smallest run that showed it."""
        return tuple(self._faults.values())

    def fault(self, promise: str, text: str) -> None:
        """Enter a broken promise; of two alike, the one with the smaller run is kept."""
        known = self._faults.get((promise, text))
        if known is None or _size(self.during) < _size(known.shown_by):
            self._faults[promise, text] = Fault(promise, text, self.during)

    def over(self, registry: PluginRegistry, distribution: str) -> PluginRegistry:
        """Return a registry in which the distribution's rules are under watch."""
        return _replace_calls(registry, self._guard, distribution)

    def _guard(self, installed: InstalledRule) -> Callable[..., CheckResults]:
        rule = installed.rule
        code, check = rule.code, rule.check

        def guard(*parts: Any, **law: Any) -> CheckResults:
            given = dict(zip(rule.reads, parts, strict=False)) | law
            before = _snapshot(given)
            self.calls += 1
            results, touched = _listen(check, given)
            if _snapshot(given) != before:
                self.fault(MUTATES, f"{code} changed what it was given")
            for event in touched:
                self.fault(TOUCHES, f"{code} caused {event}")
            for identifier in _identifiers_in(results, given):
                self.fault(WRITES, f"{code} wrote an identifier of {len(identifier)} digits")
            if "evidence" in given and not _reads_declared(rule, given, results):
                self.fault(DECLARES, f"{code} looks at evidence that it does not declare")
            return results

        return guard


def time_rules(
    registry: PluginRegistry,
) -> tuple[PluginRegistry, Callable[[], dict[str, list[float]]]]:
    """Return a registry that times every rule, and a function that takes the times since.

    These are the seconds of each call, by code, in the order of the calls.
    """
    taken: dict[str, list[float]] = defaultdict(list)

    def wrap_rule(installed: InstalledRule) -> Callable[..., CheckResults]:
        check, code = installed.rule.check, installed.rule.code

        def measure(*parts: Any, **law: Any) -> CheckResults:
            begun = perf_counter()
            results = check(*parts, **law)
            taken[code].append(perf_counter() - begun)
            return results

        return measure

    def take() -> dict[str, list[float]]:
        times = dict(taken)
        taken.clear()
        return times

    return _replace_calls(registry, wrap_rule, None), take


def _replace_calls(
    registry: PluginRegistry,
    wrap: Callable[[InstalledRule], Callable[..., CheckResults]],
    distribution: str | None,
) -> PluginRegistry:
    rules = {
        code: InstalledRule(
            msgspec.structs.replace(installed.rule, check=wrap(installed)), installed.owner
        )
        if distribution in {None, installed.owner.distribution}
        else installed
        for code, installed in registry.rules.items()
    }
    return msgspec.structs.replace(registry, rules=rules)


def _listen(
    check: Callable[..., CheckResults], given: Mapping[str, Any]
) -> tuple[CheckResults, Sequence[str]]:
    """Call a rule and return its results with the forbidden events it caused."""
    global _seen, _is_hooked  # noqa: PLW0603 - a process has one list of audit hooks, for good
    if not _is_hooked:
        sys.addaudithook(_hook)
        _is_hooked = True
    _seen = []
    try:
        return check(**given), tuple(_seen)
    finally:
        _seen = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _seen is not None and event.startswith(_FORBIDDEN) and not _is_import():
        _seen.append(f"{event} {str(arguments[0])[:80]!r}" if arguments else event)


def _is_import() -> bool:
    """Whether the event comes from an import statement, which reads files by its nature."""
    frame: Any = sys._getframe(2)  # noqa: SLF001 - there is no other way to see who asks
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _snapshot(given: Mapping[str, Any]) -> str:
    """Write down everything that a rule was given and could change."""
    # all years would be too much for each call: `fuzz` compares them once, at the end
    return repr({name: _write(value) for name, value in given.items() if name != "rulebooks"})


def _write(value: Any) -> Any:
    match value:
        case SetView():
            return value.record, value.pointer, value.document, dict(value.values)
        case Answers():
            return value.key
        case CountsByMeasure():
            return {measure_id: value.get(measure_id) for measure_id in value}
        case tuple() if not hasattr(value, "_fields"):
            return [_write(inner) for inner in value]
        case Mapping():
            return {key: _write(inner) for key, inner in value.items()}
    return value


def _reads_declared(rule: Rule, given: Mapping[str, Any], results: CheckResults) -> bool:
    """Whether a rule returns the same where the evidence holds the declared keys alone."""
    evidence: Evidence = given["evidence"]
    restricted = restrict(evidence, rule.evidence)
    if restricted == evidence:
        return True
    try:
        return repr(rule.check(**{**given, "evidence": restricted})) == repr(results)
    except Exception:  # noqa: BLE001 - it misses what it did not declare
        return False


def restrict(evidence: Evidence, keys: Sequence[str]) -> Evidence:
    """Return what some dotted keys name of evidence, and nothing else."""
    return msgspec.convert(_name_values(keys, thaw(evidence), ""), type(evidence))


def _name_values(keys: Sequence[str], table: Mapping[str, Any], above: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in table.items():
        path = f"{above}{name}"
        if any(path == key or path.startswith(f"{key}.") for key in keys):
            kept[name] = value
        elif isinstance(value, Mapping) and any(key.startswith(f"{path}.") for key in keys):
            kept[name] = _name_values(keys, value, f"{path}.")
    return kept


def _identifiers_in(results: CheckResults, given: Mapping[str, Any]) -> Iterator[str]:
    """Yield the identifiers in a rule's own words, which a report masks, and other texts not."""
    several = results if isinstance(results, list | tuple) else (results,)
    texts = []
    for result in several:
        if isinstance(result, CheckResult):
            values = {"expected": result.expected, "actual": result.actual, **result.values}
            texts.append(f"{result.message} {result.remediation or ''}".format(**values))
    words = " ".join(texts)
    return (found for found in _identifiers(given) if len(found) in _LENGTHS and found in words)


def _identifiers(given: Mapping[str, Any]) -> Iterator[str]:
    evidence, entity, submission = map(given.get, ("evidence", "entity", "submission"))
    if evidence is not None:
        yield from (each.npi for each in evidence.clinicians or () if each.npi)
    if submission is not None:
        entity = Entity.of(submission)
    if entity is not None:
        yield from (part for part in (entity.tin, entity.npi) if part)


def _size(run: Generated | None) -> int:
    return 0 if run is None else run.size
