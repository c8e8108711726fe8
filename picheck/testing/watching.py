"""Rules under watch: what they touch, what they raise, what they say and how long they take."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from time import perf_counter
from typing import Any, Final

import msgspec

from picheck.hooks.inventory import InstalledRule, Inventory
from picheck.rules.answer import Answer, Answers
from picheck.rules.context import Context, DocumentContext, EntityContext, SetContext
from picheck.testing.generating import Generated

MUTATES: Final = "does not mutate"
TOUCHES: Final = "opens nothing"
RAISES: Final = "never raises"
TELLS: Final = "tells no identifier"

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
    """Collects what rules do. `during` is the run being audited, for the witness."""

    def __init__(self) -> None:
        self.during: Generated | None = None
        self.calls = 0
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

    def over(self, inventory: Inventory, distribution: str) -> Inventory:
        """Return an inventory in which the distribution's rules are under watch."""
        return _replaced(inventory, self._guarded, distribution)

    def _guarded(self, installed: InstalledRule) -> Callable[[Any], Answers]:
        code, check = installed.rule.code, installed.rule.check

        def guarded(ctx: Any) -> Answers:
            before = _snapshot(ctx)
            self.calls += 1
            answers, touched = _listened(check, ctx)
            if _snapshot(ctx) != before:
                self.fault(MUTATES, f"{code} changed what it was given")
            for event in touched:
                self.fault(TOUCHES, f"{code} caused {event}")
            for identifier in _told(answers, ctx):
                self.fault(TELLS, f"{code} wrote an identifier of {len(identifier)} digits")
            return answers

        return guarded


def timed(inventory: Inventory) -> tuple[Inventory, Callable[[], dict[str, float]]]:
    """Return an inventory that times every rule, and what gives the median seconds by code."""
    taken: dict[str, list[float]] = defaultdict(list)

    def wrapped(installed: InstalledRule) -> Callable[[Any], Answers]:
        check, times = installed.rule.check, taken[installed.rule.code]

        def measured(ctx: Any) -> Answers:
            begun = perf_counter()
            answers = check(ctx)
            times.append(perf_counter() - begun)
            return answers

        return measured

    watched = _replaced(inventory, wrapped, None)
    return watched, lambda: {code: median(times) for code, times in taken.items() if times}


def _replaced(
    inventory: Inventory,
    wrap: Callable[[InstalledRule], Callable[[Any], Answers]],
    distribution: str | None,
) -> Inventory:
    rules = {
        code: InstalledRule(
            msgspec.structs.replace(installed.rule, check=wrap(installed)), installed.reference
        )
        if distribution in {None, installed.reference.distribution}
        else installed
        for code, installed in inventory.rules.items()
    }
    return msgspec.structs.replace(inventory, rules=rules)


def _listened(check: Callable[..., Answers], ctx: Any) -> tuple[Answers, Sequence[str]]:
    """Call a rule and return its answer with the forbidden events it caused."""
    global _seen, _is_hooked  # noqa: PLW0603 - a process has one list of audit hooks, for good
    if not _is_hooked:
        sys.addaudithook(_hook)
        _is_hooked = True
    _seen = []
    try:
        return check(ctx), tuple(_seen)
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


def _snapshot(ctx: Context) -> str:
    """Write down everything a rule could change."""
    seen: list[Any] = [ctx.evidence, ctx.clause, dict(ctx.options)]
    match ctx:
        case SetContext():
            seen += [ctx.document.submission, ctx.prior.keys(), *_views((ctx.set,))]
        case DocumentContext():
            seen += [ctx.submission, ctx.text, *_views(ctx.sets)]
        case EntityContext():
            seen += [ctx.entity, *_views(ctx.sets)]
    return repr(seen)


def _views(views: Sequence[Any]) -> Iterator[Any]:
    return ((v.record, v.pointer, v.document, dict(v.answers)) for v in views)


def _told(answers: Answers, ctx: Context) -> Iterator[str]:
    """Yield the identifiers that stand in a rule's words although the document masks them."""
    told = answers if isinstance(answers, list | tuple) else (answers,)
    words = " ".join(f"{a.message} {a.fix or ''}" for a in told if isinstance(a, Answer))
    return (found for found in _identifiers(ctx) if len(found) in _LENGTHS and found in words)


def _identifiers(ctx: Context) -> Iterator[str]:
    clinicians = ctx.evidence.clinicians or ()
    yield from (clinician.npi for clinician in clinicians if clinician.npi)
    if isinstance(ctx, EntityContext):
        yield from (part for part in (ctx.entity.tin, ctx.entity.npi) if part)
        return
    submission = getattr(ctx, "submission", None)
    if submission is not None:
        found = submission.taxpayer_identification_number, submission.national_provider_identifier
        yield from (part for part in found if part)


def _size(run: Generated | None) -> int:
    return 0 if run is None else run.size
