"""What a page was sent travels on inside the next page, for the service keeps nothing."""

from __future__ import annotations

import binascii
import zlib
from base64 import b64decode, b64encode
from datetime import date

import msgspec

from picheck.intake.documents import Input
from picheck.service.documents import clean_name, read_document
from picheck.service.problems import Problem


class SentDocument(msgspec.Struct, frozen=True):
    """One document as it was sent: what it is called, its bytes, and those of its evidence."""

    name: str
    data: bytes
    evidence: bytes | None = None


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """All that a person has sent to be audited together.

    `prior` are earlier years' submissions with their names; `as_of` is the date that the audit is
    made for, None for today.
    """

    documents: tuple[SentDocument, ...]
    prior: tuple[tuple[str, bytes], ...] = ()
    as_of: date | None = None

    def with_document(self, which: int, document: SentDocument) -> Sent:
        """Return the same with another document in one place."""
        documents = (*self.documents[:which], document, *self.documents[which + 1 :])
        return msgspec.structs.replace(self, documents=documents)

    def pack(self) -> str:
        """Return all of it as a text for one field of a form, compressed."""
        # as small as can be, for every page carries it
        return b64encode(zlib.compress(msgspec.msgpack.encode(self), 9)).decode()


def read_sent(document: SentDocument) -> Input:
    """Return a document that was sent as the audit takes it."""
    return read_document(document.data, clean_name(document.name), document.evidence)


def unpack(text: str, most: int) -> Sent:
    """Return what `Sent.pack` wrote, of at most `most` bytes.

    A field of a page is what anyone may have written: raises Problem where it is damaged or larger.
    """
    try:
        reader = zlib.decompressobj()
        # bounded while it is unpacked: a short text may become gigabytes
        data = reader.decompress(b64decode(text, validate=True), most + 1)
        if len(data) > most:
            raise Problem(413, "bodyTooLarge", "the files of this page are too large together")
        sent = msgspec.msgpack.decode(data, type=Sent)
    except (binascii.Error, zlib.error, msgspec.DecodeError, UnicodeError, ValueError) as error:
        raise _damage_problem() from error
    if not (reader.eof and sent.documents):
        raise _damage_problem()
    return _with_clean_names(sent)


def _with_clean_names(sent: Sent) -> Sent:
    documents = tuple(
        msgspec.structs.replace(each, name=clean_name(each.name)) for each in sent.documents
    )
    prior = tuple((clean_name(name), data) for name, data in sent.prior)
    return msgspec.structs.replace(sent, documents=documents, prior=prior)


def _damage_problem() -> Problem:
    return Problem(400, "formBroken", "what the page carries is damaged; begin again with the file")
