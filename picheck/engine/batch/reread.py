"""Documents that are read a second time, picked by their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from picheck.errors import InputError
from picheck.intake.chunks import ChunkReader
from picheck.intake.documents import Input, Unreadable

#: The number and digest that come after the last document; no document has this number.
_NO_MORE: Final = (-1, 0)


def pick_documents(
    chunks: ChunkReader, needed: Iterator[tuple[int, int]]
) -> Iterator[tuple[int, int, Input]]:
    """Yield the documents with these numbers, which are in order, each with its digest.

    Reads no chunk without any of them. Where a document is not there any more, an unreadable
    input says so in its place; other inputs that cannot be read were said before.
    """
    number, digest = next(needed, _NO_MORE)
    for chunk in chunks if number >= 0 else ():
        # a chunk without a wanted document is passed over unread
        end = chunk.first + chunk.count
        for index, given in chunk.inputs() if 0 <= number < end else ():
            while 0 <= number < index:
                yield number, digest, _report_gone(number)
                number, digest = next(needed, _NO_MORE)
            if index == number:
                yield index, digest, given
                number, digest = next(needed, _NO_MORE)
        while 0 <= number < end:
            yield number, digest, _report_gone(number)
            number, digest = next(needed, _NO_MORE)
    while number >= 0:
        yield number, digest, _report_gone(number)
        number, digest = next(needed, _NO_MORE)


def _report_gone(number: int) -> Unreadable:
    message = "cannot be read again: it is not there any more"
    return Unreadable(error=InputError(message, uri=f"input {number}"))
