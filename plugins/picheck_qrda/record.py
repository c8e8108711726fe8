"""What is known of a file: where each value is, and what only the file states."""

from __future__ import annotations

from typing import Any

from picheck.api import Spot, pointer_join
from picheck_qrda.elements import Element


class Record:
    """Places and facts, collected while a file is read.

    Places that no part of the submission has are named by pointers that begin with `/source`.
    """

    def __init__(self) -> None:
        self.places: dict[str, Spot] = {}
        self.facts: dict[str, Any] = {}

    def place(self, pointer: str, element: Element, attribute: str | None = None) -> str:
        """Say where the value of a pointer is, unless that is known; return the pointer."""
        if pointer not in self.places:
            path = element.path if attribute is None else f"{element.path}/@{attribute}"
            self.places[pointer] = Spot(element.line, element.column, path, element.offset)
        return pointer

    def place_beside(self, kind: str, name: str | None, element: Element) -> str:
        """Return a new pointer for an element that the submission has no part for."""
        number = len(self.facts.get(kind, ())) + 1
        pointer = pointer_join("/source", kind, name or number)
        if pointer in self.places:
            pointer = f"{pointer}-{number}"
        return self.place(pointer, element)

    def note(self, kind: str, /, **fact: Any) -> None:
        """Add a fact to the list of its kind."""
        self.facts.setdefault(kind, []).append(fact)

    def fault(self, pointer: str, fault: str, measure: str | None = None, **more: Any) -> None:
        """Note that a value is not as it must be, and how."""
        self.note("faults", pointer=pointer, fault=fault, measure=measure, **more)
