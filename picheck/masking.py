"""Identifiers are hidden here, and nowhere else.

A TIN can be a Social Security number. Whatever a report says of a document passes through the
`Masker` of that document when a result is bound to it; logs and messages without a document
pass through `mask_digits`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from picheck.model.frozen import thaw

#: How many characters of an identifier a reader may see.
_VISIBLE: Final = 4
#: Digits that a reader would take for one number: 12-3456789, 123-45-6789, 123,456,789.
_DIGITS: Final = re.compile(r"\d(?:[-\u2010-\u2015.,\u00a0 ]?\d){4,}")
#: A TIN (nine digits) or an NPI (ten), wherever the document is not known.
_LONG: Final = re.compile(r"\d(?:[-\u2010-\u2015.\u00a0 ]?\d){3,}")


def mask(identifier: str) -> str:
    """Return an identifier with all but its last four characters hidden."""
    shown = identifier[-_VISIBLE:] if len(identifier) > _VISIBLE else ""
    return shown.rjust(len(identifier), "*")


def mask_digits(text: str) -> str:
    """Return a text with every number of nine digits or more masked, however it is spelled.

    For texts that belong to no document whose identifiers are known.
    """

    def hide(match: re.Match[str]) -> str:
        digits = _only_digits(match[0])
        return mask(digits) if len(digits) >= 9 else match[0]  # noqa: PLR2004 - a TIN's length

    return _LONG.sub(hide, text)


class Masker:
    """Hides the identifiers of one document in every text and value that is said of it.

    `identifiers` are its TIN and NPI, as far as they are known; without any, or where the user
    asked to `reveal` them, everything is returned as it is.
    """

    __slots__ = ("_digits", "_ends", "_reveal", "_texts")

    def __init__(self, identifiers: tuple[str | None, ...], *, reveal: bool = False) -> None:
        self._reveal = reveal
        texts = () if reveal else tuple([i for i in identifiers if i and _is_number(i)])
        self._texts = texts
        self._digits = tuple([_only_digits(text) for text in texts])
        ends = {end[-_VISIBLE:] for end in (*texts, *self._digits)}
        self._ends = (*ends, *[f"{end[0]},{end[1:]}" for end in ends])

    def identifier(self, identifier: str) -> str:
        """Return an identifier masked, however short it is."""
        return identifier if self._reveal else mask(identifier)

    def text(self, text: str) -> str:
        """Return a text with every spelling of an identifier masked."""
        # spellings keep the last four digits together, 12-3456789, or are grouped: 123,456,789
        for end in self._ends:
            if end in text:
                break
        else:
            # what is left to find is written in digits of another script
            if text.isascii():
                return text
        for identifier in self._texts:
            if identifier in text:
                text = text.replace(identifier, mask(identifier))
        return _DIGITS.sub(self._hide, text) if self._digits else text

    def value(self, value: Any) -> Any:  # noqa: PLR0911 - one for each kind of value
        """Return a value as plain JSON, masked all the way down, keys and numbers included."""
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            shown = repr(value)
            masked = self.text(shown)
            return value if masked == shown else masked
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(inner) for inner in value]
        if isinstance(value, set | frozenset):  # which has no order of its own
            return sorted((self.value(inner) for inner in value), key=repr)
        return self.value(thaw(value))

    def _hide(self, match: re.Match[str]) -> str:
        """Mask a number that holds an identifier, and leave every other one."""
        digits = _only_digits(match[0])
        for identifier in self._digits:
            if identifier in digits:
                return mask(digits)
        return match[0]


def _is_number(identifier: str) -> bool:
    """Whether an identifier holds more digits than are shown: a word in its place hides nothing."""
    return len(_only_digits(identifier)) > _VISIBLE


def _only_digits(text: str) -> str:
    """Return the digits of a text, in whatever script, as 0 to 9."""
    if text.isascii() and text.isdecimal():
        return text
    return "".join([str(int(character)) for character in text if character.isdecimal()])
