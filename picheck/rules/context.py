"""What a rule is given, and how it answers.

One context serves all rules of one subject; the engine sets `clause` and `options` before each
call. Code, year, consequence, citations, plugin and fingerprint are added by the engine: a rule
cannot forget them, and cannot forge them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Self

from picheck.model.evidence import Evidence
from picheck.model.location import pointer_join
from picheck.model.submission import Submission
from picheck.rulebook.edition import Clause, Rulebook
from picheck.rulebook.shelf import Shelf
from picheck.rules.answer import Answer, Place
from picheck.rules.text import CLEAN_TEXT, DocumentText
from picheck.rules.view import Entity, SetView

_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})
_EMPTY_SHELF: Final = Shelf({}, {})


@lru_cache(maxsize=1024)
def _not_applicable(reason: str) -> Answer:
    """Make the answer once for each reason: rules that do not apply are asked by the million."""
    return Answer(outcome="notApplicable", message=reason)


class Context:
    """What every scope has in common.

    `clause` holds the rule's terms in the year, `rulebook` the whole edition, `evidence` the
    facts of the side file (all of them None without one), `as_of` the day the audit speaks for,
    `shelf` the other editions (`ctx.shelf.years_knowing(program, measure_id)`), `options` what
    users set for the rule's own plugin, defaults applied (empty where it declares none).
    """

    __slots__ = ("as_of", "clause", "evidence", "options", "rulebook", "shelf")

    clause: Clause
    options: Mapping[str, Any]

    def __init__(
        self, rulebook: Rulebook, evidence: Evidence, as_of: date, shelf: Shelf | None = None
    ) -> None:
        self.rulebook = rulebook
        self.evidence = evidence
        self.as_of = as_of
        self.shelf = shelf or _EMPTY_SHELF

    def apart(self) -> Self:
        """Return a copy, for a rule that is not trusted to leave the context as it was."""
        twin = object.__new__(type(self))
        for kind in type(self).__mro__:
            for name in getattr(kind, "__slots__", ()):
                if hasattr(self, name):  # `clause` stands only once a rule was asked
                    setattr(twin, name, getattr(self, name))
        return twin

    def fail(
        self,
        pointer: str,
        message: str,
        *,
        at: SetView | None = None,
        expected: Any = None,
        actual: Any = None,
        fix: str | None = None,
        variant: str | None = None,
        key: str = "",
        related: Sequence[Place] = (),
        **parameters: object,
    ) -> Answer:
        """Say that the subject breaks the rule.

        `pointer` starts at the subject: at the set for a rule of scope "set" (`"/cehrtId"`,
        `ctx.set.place("...")`), at the set given by `at` for the other scopes, else at the
        document's root. `message` and `fix` are format strings over `expected`, `actual` and
        the further parameters; without `fix` the rule's own "How to fix" is shown. `variant`
        picks the clause's variant of that name, with its consequence and sources. `key` tells
        two findings of one rule at one place apart (a measure id, a statement).
        """
        place = self._locate(pointer, at)
        values = {"expected": expected, "actual": actual, **parameters}
        return Answer(
            outcome="fail",
            message=message.format(**values),
            pointer=place.pointer,
            document=place.document,
            expected=expected,
            actual=actual,
            fix=fix.format(**values) if fix else None,
            variant=variant,
            key=key,
            related=tuple(related),
        )

    def not_applicable(self, reason: str) -> Answer:
        """Say that the rule has nothing to look at here, and why."""
        return _not_applicable(reason)

    def indeterminate(
        self, message: str, *, missing: Sequence[str], pointer: str = "", key: str = ""
    ) -> Answer:
        """Say that the facts needed were not supplied.

        `missing` names the exact evidence keys that would settle it (`cehrt.certifiedOn`).
        """
        place = self._locate(pointer, None)
        return Answer(
            outcome="indeterminate",
            message=message,
            pointer=place.pointer,
            document=place.document,
            missing=tuple(missing),
            key=key,
        )

    def also(self, pointer: str, message: str | None = None, *, at: SetView | None = None) -> Place:
        """Name a related place, by a pointer that starts where `fail`'s does."""
        place = self._locate(pointer, at)
        return Place(place.pointer, message, place.document)

    def _locate(self, pointer: str, at: SetView | None) -> Place:
        return Place(at.pointer + pointer, None, at.document) if at else Place(pointer)


class DocumentContext(Context):
    """For rules that look at one document.

    `submission` is None only for structural rules on a document whose shape was refused.
    `sets` are the views of the program's measurement sets. `text` knows what only the text can
    tell: schema violations, repeated keys, unknown properties. `digests` maps the names of
    supporting documents that lie beside the evidence to their SHA-256. `place(name)` points to
    one of the submission's own keys.
    """

    __slots__ = ("digests", "keys_pointer", "sets", "submission", "text")

    def __init__(  # noqa: PLR0917 - called once a document, and by name of position in one place
        self,
        rulebook: Rulebook,
        evidence: Evidence,
        as_of: date,
        submission: Submission | None,
        sets: tuple[SetView, ...],
        text: DocumentText = CLEAN_TEXT,
        keys_pointer: str = "",
        digests: Mapping[str, str] = _NOTHING,
        shelf: Shelf | None = None,
    ) -> None:
        super().__init__(rulebook, evidence, as_of, shelf)
        self.submission = submission
        self.sets = sets
        self.text = text
        self.keys_pointer = keys_pointer
        self.digests = digests

    def place(self, name: str) -> str:
        """Return the pointer of one of the submission's keys (`entityType`)."""
        return pointer_join(self.keys_pointer, name)


class SetContext(Context):
    """For rules that look at one measurement set.

    `set` is its view, `document` the context of the document around it, and `prior` the sets of
    earlier years' submissions of the same entity, by year.
    """

    __slots__ = ("document", "prior", "set")

    def __init__(
        self,
        document: DocumentContext,
        view: SetView,
        prior: Mapping[int, tuple[SetView, ...]] = _NOTHING,
    ) -> None:
        super().__init__(document.rulebook, document.evidence, document.as_of, document.shelf)
        self.document = document
        self.set = view
        self.prior = prior

    def apart(self) -> Self:
        """Return a copy with a copy of the document's context."""
        twin = super().apart()
        twin.document = self.document.apart()
        return twin

    @property
    def submission(self) -> Submission:
        """The submission around the set."""
        submission = self.document.submission
        assert submission is not None, "sets exist only where the shape was accepted"  # noqa: S101
        return submission

    def _locate(self, pointer: str, at: SetView | None) -> Place:
        view = at or self.set
        return Place(view.pointer + pointer, None, view.document)


class EntityContext(Context):
    """For rules that look at all sets of one entity in one year, across documents.

    `sets` holds the views in input order; each knows its document's index (`view.document`).
    A failing answer names the set it belongs to: `ctx.fail(pointer, ..., at=view)`.
    """

    __slots__ = ("entity", "sets")

    def __init__(
        self,
        rulebook: Rulebook,
        evidence: Evidence,
        as_of: date,
        entity: Entity,
        sets: tuple[SetView, ...],
    ) -> None:
        super().__init__(rulebook, evidence, as_of)
        self.entity = entity
        self.sets = sets
