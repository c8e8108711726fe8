"""Places in documents: what a rule's pointer means in the document that the rule was run on."""

from __future__ import annotations

from typing import NamedTuple

from picheck.engine.subject import Subject
from picheck.model.location import Location
from picheck.rules.measurement_set import SetView


class Place(NamedTuple):
    """A place in a document: the absolute pointer, and the set that it lies in, if any."""

    document: int
    pointer: str
    view: SetView | None

    @property
    def named(self) -> str:
        """The pointer with the measure's id in place of its index, from the set if there is one."""
        return self.view.name(self.pointer[len(self.view.pointer) :]) if self.view else self.pointer


def place_of(
    pointer: str,
    at: SetView | int | None,
    subject: Subject,
    *,
    from_root: bool = False,
    is_related: bool = False,
) -> Place:
    """Return the place of a pointer that starts at a set, at the submission, or at the root.

    A related place may be in a set of the same practice at another level.
    Raises IndexError or ValueError where `at` is no set that the rule was given to speak of: one
    of an earlier year would lead into another document.
    """
    # Python would take -1 for the last set, and the finding would be about the wrong one
    if isinstance(at, int) and at < 0:
        raise IndexError(f"there is no set {at}")
    view = subject.sets[at] if isinstance(at, int) else at or subject.set_
    known = subject.sets + subject.other_levels if is_related else subject.sets
    if view is not subject.set_ and view not in known:
        raise ValueError(
            "the set that the result points into is not one of those that the rule was given"
        )
    if view is not None and not from_root:
        return Place(view.document, view.pointer + view.resolve(pointer), view)
    absolute = pointer if from_root else subject.keys_pointer + pointer
    return Place(subject.document, absolute, set_at(absolute, subject))


def set_at(pointer: str, subject: Subject) -> SetView | None:
    """Return the set of the document that a pointer leads into; None where it leads into none."""
    for view in subject.sets:
        # with a slash at the end of both: /measurementSets/10 does not lie in /measurementSets/1
        if view.document == subject.document and f"{pointer}/".startswith(f"{view.pointer}/"):
            return view
    return None


def location_of(
    place: Place, subject: Subject, home: int, *, message: str | None = None
) -> Location:
    """Return a place, masked; the line is known where a document is one line of a file."""
    masker = subject.masker
    pointer = masker.text(place.pointer)
    named = masker.text((place.view.pointer if place.view else "") + place.named)
    return Location(
        pointer=pointer,
        named=named if named != pointer else None,
        line=subject.line if place.document == subject.document else None,
        document=None if place.document == home else place.document,
        message=message and masker.text(message),
    )
