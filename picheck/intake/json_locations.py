"""A JSON text read slowly and with care: where everything is, and what decoding swallows.

Only for texts that have findings or that the fast path refused. It keeps the place of every
value and key, notices repeated keys and numbers that are none, and says where and why a text is
not JSON. It does not recurse; `check_limits` has bounded the depth before.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any, Final

import msgspec

from picheck.model.location import pointer_join, pointer_tokens
from picheck.rules.source_issues import NonFiniteNumber, RepeatedKey

_SPACE: Final = re.compile(r"[ \t\n\r]*")
# possessive (*+): a text without an end is gone through once, not once for each beginning
_TOKEN: Final = re.compile(
    r'(?P<text>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?)"
    r"|(?P<word>true|false|null)"
    r"|(?P<none>NaN|-?Infinity)"
    r"|(?P<mark>[\[\]{}:,])"
)
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
_OPENING: Final = "[{"
_MAX_DIGITS: Final = 400
#: How many characters of a text are quoted, and how many around them are looked at.
_QUOTED: Final = 12
_AROUND: Final = 64
_LONG_NUMBER: Final = re.compile(r"\d(?:[-. ]?\d){3,}")


class JsonSyntaxError(ValueError):
    """The text is not JSON. `offset` counts characters from the start."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class LocatedJson(msgspec.Struct, frozen=True, kw_only=True):
    """A text that was read with care: its value, the offset of each pointer, what was noticed."""

    value: Any
    offsets: dict[str, int]
    lines: tuple[int, ...]
    repeated_keys: tuple[RepeatedKey, ...]
    non_finite_numbers: tuple[NonFiniteNumber, ...]

    def locate(self, pointer: str) -> tuple[int, int]:
        """Return the 1-based line and column of a pointer, or of its nearest ancestor."""
        tokens = list(pointer_tokens(pointer))
        while pointer not in self.offsets and tokens:
            tokens.pop()
            pointer = pointer_join("", *tokens)
        return line_column(self.offsets.get(pointer, 0), self.lines)


def mask_digits(text: str, shortest: int = 4) -> str:
    """Hide the digits of every number in a text but its last two: `12-3456789` as `**-*****89`.

    Text that is not JSON is quoted in errors, and nothing says which number in it is a TIN. A
    number has at least `shortest` digits, with hyphens, points or spaces between them or not.
    """

    def mask(match: re.Match[str]) -> str:
        number = match[0]
        if sum(map(str.isdigit, number)) < shortest:
            return number
        shown = 0
        hidden: list[str] = []
        for char in reversed(number):
            shown += char.isdigit()
            hidden.append("*" if char.isdigit() and shown > 2 else char)  # noqa: PLR2004
        return "".join(reversed(hidden))

    return _LONG_NUMBER.sub(mask, text)


def line_starts(text: str) -> tuple[int, ...]:
    """Return the offsets at which the lines of a text begin."""
    return (0, *(match.end() for match in re.finditer("\n", text)))


def line_column(offset: int, lines: tuple[int, ...]) -> tuple[int, int]:
    """Return the 1-based line and column of an offset."""
    line = bisect_right(lines, offset)
    return line, offset - lines[line - 1] + 1


def read_text(text: str) -> LocatedJson:
    """Read a JSON text with care. Raises JsonSyntaxError where it is not JSON."""
    return _Parser(text).read()


class _Parser:
    """One pass over a text with an explicit stack of open objects and arrays."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = line_starts(text)
        self._at = 0
        self._offsets: dict[str, int] = {}
        self._repeated: list[RepeatedKey] = []
        self._not_numbers: list[NonFiniteNumber] = []

    def read(self) -> LocatedJson:
        value = self._value()
        self._skip()
        if self._at < len(self._text):
            raise JsonSyntaxError(f"{self._quote_found()} after the end of the document", self._at)
        return LocatedJson(
            value=value,
            offsets=self._offsets,
            lines=self._lines,
            repeated_keys=tuple(self._repeated),
            non_finite_numbers=tuple(self._not_numbers),
        )

    def _value(self) -> Any:
        """Read one value with all that is in it."""
        stack: list[_Frame] = []
        pointer = ""
        while True:
            value, opened = self._scalar_or_open(pointer)
            if opened:
                stack.append(_Frame(value, pointer))
                if not self._closes(stack[-1]):
                    pointer = self._enter(stack[-1], is_first=True)
                    continue
                stack.pop()
            while stack:
                stack[-1].put(value)
                if self._goes_on(stack[-1]):
                    pointer = self._enter(stack[-1], is_first=False)
                    break
                value = stack.pop().container
            else:
                return value

    def _scalar_or_open(self, pointer: str) -> tuple[Any, bool]:
        self._skip()
        self._offsets[pointer] = self._at
        match = _TOKEN.match(self._text, self._at)
        kind = match.lastgroup if match else None
        token = match.group() if match else ""
        if match is None or (kind == "mark" and token not in _OPENING):
            raise JsonSyntaxError(f"{self._quote_found()} where a value is expected", self._at)
        self._at = match.end()
        match kind:
            case "text":
                return self._string(token, match.start()), False
            case "number":
                return self._number(token, pointer), False
            case "word":
                return _WORDS[token], False
            case "none":
                self._not_numbers.append(NonFiniteNumber(pointer=pointer, token=token))
                return float("nan"), False
            case _:
                return ([] if token == _OPENING[0] else {}), True

    def _enter(self, opened: _Frame, *, is_first: bool) -> str:
        """Go to the next member or item; return its pointer."""
        if isinstance(opened.container, list):
            return pointer_join(opened.pointer, len(opened.container))
        self._skip()
        start = self._at
        match = _TOKEN.match(self._text, start)
        if match is None or match.lastgroup != "text":
            wanted = 'a key in double quotes or "}"' if is_first else "a key in double quotes"
            raise JsonSyntaxError(f"{self._quote_found()} where {wanted} is expected", start)
        self._at = match.end()
        key = self._string(match.group(), start)
        pointer = pointer_join(opened.pointer, key)
        if key in opened.keys:
            self._repeated.append(
                RepeatedKey(
                    pointer=pointer,
                    key=key,
                    first=line_column(opened.keys[key], self._lines),
                    second=line_column(start, self._lines),
                )
            )
        opened.keys.setdefault(key, start)
        opened.key = key
        self._expect(":")
        return pointer

    def _closes(self, opened: _Frame) -> bool:
        """Whether the container that was just opened is empty, and so is closed at once."""
        self._skip()
        if self._text.startswith("]" if isinstance(opened.container, list) else "}", self._at):
            self._at += 1
            return True
        return False

    def _goes_on(self, opened: _Frame) -> bool:
        self._skip()
        if self._text.startswith(",", self._at):
            self._at += 1
            return True
        self._expect("]" if isinstance(opened.container, list) else "}")
        return False

    def _expect(self, mark: str) -> None:
        self._skip()
        if not self._text.startswith(mark, self._at):
            raise JsonSyntaxError(f'{self._quote_found()} where "{mark}" is expected', self._at)
        self._at += 1

    def _skip(self) -> None:
        match = _SPACE.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _string(self, token: str, start: int) -> str:
        try:
            return msgspec.json.decode(token.encode(), type=str)
        except (msgspec.DecodeError, UnicodeError) as error:
            raise JsonSyntaxError("a text holds half of a surrogate pair", start) from error

    def _number(self, token: str, pointer: str) -> Any:
        if len(token) > _MAX_DIGITS:
            raise JsonSyntaxError(
                f"a number of {len(token):,} digits, at most {_MAX_DIGITS} are read",
                self._offsets[pointer],
            )
        value = float(token) if set(token) & set(".eE") else int(token)
        if value in (float("inf"), float("-inf")):
            self._not_numbers.append(NonFiniteNumber(pointer=pointer, token=token))
            return float("nan")
        return value

    def _quote_found(self) -> str:
        if self._at >= len(self._text):
            return "the text ends"
        start = max(0, self._at - _AROUND)
        # an identifier may begin before the text that is quoted, or end after it
        around = mask_digits(self._text[start : self._at + _AROUND])
        return f"found {around[self._at - start :][:_QUOTED].split(chr(10))[0]!r}"


class _Frame:
    """An object or array that is being read."""

    __slots__ = ("container", "key", "keys", "pointer")

    def __init__(self, container: Any, pointer: str) -> None:
        self.container = container
        self.pointer = pointer
        self.keys: dict[str, int] = {}
        self.key = ""

    def put(self, value: Any) -> None:
        if isinstance(self.container, list):
            self.container.append(value)
        else:
            self.container[self.key] = value
