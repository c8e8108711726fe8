"""What a rule is shown of a document when only its outline may matter.

An outline is a document without what tells it from others of its kind: the identifiers, the
numbers, the period, the certified EHR's id, the facts of its evidence. Whoever reaches for one
of these gets no value but `Unseen`: what was said of an outline holds for every document that
has the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from picheck.model.evidence import NO_EVIDENCE, Evidence
from picheck.model.submission import Kind
from picheck.rules.context import DocumentContext, SetContext
from picheck.rules.text import CLEAN_TEXT
from picheck.rules.view import SetView

#: What may be shown besides the outline, one at a time.
Detail = Literal["period", "certificate"]
Key = tuple[object, ...]

_FIELDS: Final[Mapping[Detail, tuple[str, ...]]] = {
    "period": ("performance_start", "performance_end"),
    "certificate": ("cehrt_id",),
}
_PLAIN: Final = frozenset({True, False, "counts"})
_set: Final = object.__setattr__


class Unseen(BaseException):
    """A rule reached for what an outline does not show.

    No `Exception`, so that no rule takes it for a fault of its own and goes on without.
    """


class _Veiled:
    """Has what it was given, and refuses to be asked for anything else."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        raise Unseen(name)


def set_key(view: SetView) -> Key | None:
    """Return what sets of one outline have in common; None for an unusual set.

    Answers that are neither yes, no nor counts are unusual, and so are repeated ones.
    """
    kinds, record = view.kinds, view.record
    if len(kinds) != len(record.measurements) or not _PLAIN.issuperset(kinds.values()):
        return None
    return view.pointer, record.submission_method, record.program_name, *kinds.items()


def document_key(context: DocumentContext) -> Key | None:
    """Return what documents of one outline have in common beside their sets."""
    if context.submission is None:
        return None
    entity_type, is_clean = context.submission.entity_type, context.text is CLEAN_TEXT
    said = () if context.evidence is NO_EVIDENCE else _said(context.evidence)
    return entity_type, context.keys_pointer, is_clean, not context.digests, said


def detail_key(view: SetView, detail: Detail) -> Key:
    """Return a detail of a set, so that it can be compared."""
    record = view.record
    if detail == "period":
        return record.performance_start, record.performance_end
    return (record.cehrt_id,)


def _said(evidence: Evidence) -> Key:
    """Tell which parts of the evidence say anything: an outline shows only those that do not."""
    return tuple([name for name, nothing in _NOTHING if getattr(evidence, name) != nothing])


def document_outline(context: DocumentContext, detail: Detail | None = None) -> DocumentContext:
    """Return a context that shows no more than the outline, and one detail of each set."""
    outline = _without_sets(context)
    outline.sets = tuple([SetOutline(view, detail) for view in context.sets])
    return outline


def set_outline(context: SetContext, detail: Detail | None = None) -> SetContext:
    """Return a context that shows no more than the outline of a set, and one detail of it."""
    outline = _SetOutlineContext.__new__(_SetOutlineContext)
    _show_common(outline, context)
    outline.set = SetOutline(context.set, detail)
    outline.document = _without_sets(context.document)
    if not context.prior:
        outline.prior = context.prior
    return outline


def _without_sets(context: DocumentContext) -> DocumentContext:
    outline = _DocumentOutline.__new__(_DocumentOutline)
    _show_common(outline, context)
    outline.keys_pointer = context.keys_pointer
    if context.submission is not None:
        entity_type = context.submission.entity_type
        outline.submission = _Veil(entity_type=entity_type)  # type: ignore[assignment]
    if context.text is CLEAN_TEXT:
        outline.text = context.text
    if not context.digests:
        outline.digests = context.digests
    return outline


class SetOutline(_Veiled, SetView):
    """A set whose answers are known, and whose numbers are not."""

    __slots__ = ()

    def __init__(self, view: SetView, detail: Detail | None) -> None:
        record = view.record
        shown = {name: getattr(record, name) for name in _FIELDS[detail]} if detail else {}
        seen = _Veil(
            category=record.category,
            submission_method=record.submission_method,
            program_name=record.program_name,
            measurements=tuple(
                [_Veil(measure_id=m.measure_id, kind=m.kind) for m in record.measurements]
            ),
            **shown,
        )
        _set(self, "record", seen)
        _set(self, "kinds", view.kinds)
        _set(self, "answers", _Answers(view.kinds))
        _set(self, "pointer", view.pointer)
        _set(self, "rulebook", view.rulebook)
        _set(self, "document", None)  # whichever it is: an answer's own
        if detail == "period":
            _set(self, "period", view.period)


class _Answers(Mapping[str, Any]):
    """Answers of which only a yes or a no can be read."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds

    def __getitem__(self, measure_id: str) -> bool:
        kind = self._kinds[measure_id]
        if kind is True or kind is False:
            return kind
        raise Unseen(measure_id)

    def __contains__(self, measure_id: object) -> bool:
        return measure_id in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def __len__(self) -> int:
        return len(self._kinds)


class _Veil(_Veiled):
    """Shows some attributes of a record, and no other."""

    def __init__(self, **shown: object) -> None:
        self.__dict__.update(shown)


class _DocumentOutline(_Veiled, DocumentContext):
    __slots__ = ()


class _SetOutlineContext(_Veiled, SetContext):
    __slots__ = ()


def _show_common(
    outline: DocumentContext | SetContext, context: DocumentContext | SetContext
) -> None:
    """Show what is the same for all documents of a run, and what their evidence leaves open."""
    outline.rulebook = context.rulebook
    outline.as_of = context.as_of
    outline.shelf = context.shelf
    said = _said(context.evidence)
    nothing = {name: value for name, value in _NOTHING if name not in said}
    outline.evidence = _Veil(**nothing)  # type: ignore[assignment]


#: The parts of the evidence, each with what stands there where nothing is said.
_NOTHING: Final = tuple((name, getattr(NO_EVIDENCE, name)) for name in Evidence.__struct_fields__)
