"""A form that was sent, as the fields and files that it holds: never as a file on a disk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

from picheck.service.problems import Problem

_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_BOUNDARY: Final = re.compile(r'boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))', re.IGNORECASE)
_DISPOSITION: Final = re.compile(rb"(?im)^content-disposition:[ \t]*form-data[ \t]*;(.*)$")
_PARAMETER: Final = re.compile(rb'[ \t]*(name|filename)="((?:[^"\\]|\\.)*)"[ \t]*(?:;|\r?$)')


class Part(msgspec.Struct, frozen=True):
    """One part of a form: its field, its bytes, and the name of the file that it holds, if any.

    The name is as the browser sent it; see `documents.clean_name`.
    """

    field: str
    data: bytes
    filename: str | None = None


class Form(msgspec.Struct, frozen=True):
    """The parts of a form in the order in which they were sent."""

    parts: tuple[Part, ...]

    def text(self, field: str) -> str:
        """Return the text of a field; an empty one where it was not sent.

        Raises Problem where it is there twice, or is not UTF-8.
        """
        found = self.all(field)
        if len(found) > 1:
            raise Problem(400, "fieldRepeated", f"{field} is there {len(found)} times, not once")
        try:
            return found[0].data.decode() if found else ""
        except UnicodeDecodeError as error:
            raise Problem(400, "notUtf8", f"{field} is not UTF-8") from error

    def all(self, field: str) -> tuple[Part, ...]:
        """Return every part of a field, for one that may hold several files or choices."""
        return tuple(part for part in self.parts if part.field == field)

    def files(self, field: str) -> tuple[Part, ...]:
        """Return the files of a field, empty ones and nameless ones too.

        Where none was chosen, there is neither a name nor a byte.
        """
        return tuple(part for part in self.all(field) if part.filename or part.data)


async def read_form(request: Request, most: int, may_repeat: Callable[[str], bool]) -> Form:
    """Read a form of at most `most` parts; `may_repeat` says which field may be there twice.

    Raises Problem where it is no form, or breaks a limit. The size of the body is bounded before.
    """
    kind = request.headers.get("content-type", "")
    body = await request.body()
    if kind.partition(";")[0].strip().lower() == _URLENCODED:
        parts = _read_urlencoded(body, most)
    elif kind.lower().startswith(_MULTIPART):
        parts = tuple(_multipart(body, _boundary(kind), most))
    else:
        raise Problem(415, "notAForm", f"a form is sent as {_MULTIPART} or {_URLENCODED}")
    form = Form(parts)
    for field, number in Counter(part.field for part in parts).items():
        if number > 1 and not may_repeat(field):
            raise Problem(400, "fieldRepeated", f"{field} is there more than once")
    return form


def _read_urlencoded(body: bytes, most: int) -> tuple[Part, ...]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=most
        )
    except UnicodeDecodeError as error:
        raise Problem(400, "notUtf8", "the form is not UTF-8 with percent escapes") from error
    except ValueError as error:
        raise _too_many(most) from error
    return tuple(Part(name, value.encode()) for name, value in pairs)


def _boundary(kind: str) -> bytes:
    found = _BOUNDARY.search(kind)
    if found is None:
        raise _broken("its Content-Type names no boundary")
    return (found[1] or found[2]).encode("latin-1")


def _multipart(body: bytes, boundary: bytes, most: int) -> Iterator[Part]:
    """Yield the parts between the boundaries (RFC 7578, RFC 2046)."""
    # the first boundary has no line end before it; one piece comes before it, and one after the
    # last
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, most + 2)
    if len(pieces) > most + 2:
        raise _too_many(most)
    if not pieces[-1].startswith(b"--") or pieces[0].strip():
        raise _broken("it does not end with its boundary")
    for piece in pieces[1:-1]:
        head, blank, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not blank:
            raise _broken("a part has no end to its headers")
        yield _part(head, data)


def _part(head: bytes, data: bytes) -> Part:
    disposition = _DISPOSITION.search(head)
    if disposition is None:
        raise _broken("a part does not say which field it is")
    given = {match[1]: _unquote(match[2]) for match in _PARAMETER.finditer(disposition[1])}
    if b"name" not in given:
        raise _broken("a part does not say which field it is")
    return Part(given[b"name"], data, given.get(b"filename"))


def _unquote(quoted: bytes) -> str:
    """Return a name as the browser meant it: quotes and line ends come as percent escapes."""
    plain = re.sub(rb"\\(.)", rb"\1", quoted)
    for escape, char in ((b"%22", b'"'), (b"%0D", b"\r"), (b"%0A", b"\n")):
        plain = plain.replace(escape, char)
    return plain.decode("utf-8", "replace")


def _broken(why: str) -> Problem:
    return Problem(400, "formBroken", f"the form cannot be read: {why}")


def _too_many(most: int) -> Problem:
    return Problem(400, "tooManyFields", f"the form has more than {most} fields")
