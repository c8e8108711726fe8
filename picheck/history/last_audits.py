"""What a history has last of a document: looked up before anything new is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, and_, func, select
from sqlalchemy.engine import Connection, Row

from picheck.history.chain import decode_body
from picheck.history.tables import RECORD, VERDICT

#: How many values one query takes; SQLite takes no more than some thousands.
_MANY: Final = 500
#: How many later audits of the same entities are looked at, at most: a practice sends few files.
_LOOKED_BACK: Final = 2000


def last_identities(
    connection: Connection, documents: Sequence[str], *, amended: bool = False
) -> dict[str, str]:
    """Return the identity of the last audit of each document, by the document's digest."""
    kind = VERDICT.c.amends.is_not(None) if amended else VERDICT.c.amends.is_(None)
    found: dict[str, str] = {}
    for start in range(0, len(documents), _MANY):
        some = documents[start : start + _MANY]
        newest = (
            select(func.max(VERDICT.c.seq))
            .where(VERDICT.c.document.in_(some), kind)
            .group_by(VERDICT.c.document)
        )
        query = select(VERDICT.c.document, VERDICT.c.identity).where(VERDICT.c.seq.in_(newest))
        found.update((row.document, row.identity) for row in connection.execute(query))
    return found


def find_superseded(
    connection: Connection, places: Mapping[str, Mapping[str, Any]]
) -> frozenset[str]:
    """Return the documents after which another one was audited at the same place.

    `places` are the `uri` and `line` of documents, by digest. A file that was changed and changed
    back is looked at in this way: its last audit is not the last of what lies there.
    """
    found: set[str] = set()
    documents = sorted(places)
    for start in range(0, len(documents), _MANY):
        own, later = RECORD.alias(), RECORD.alias()
        newest = (
            select(VERDICT.c.document, func.max(VERDICT.c.seq).label("seq"))
            .where(VERDICT.c.document.in_(documents[start : start + _MANY]))
            .group_by(VERDICT.c.document)
            .subquery()
        )
        query = (
            select(newest.c.document, later.c.body)
            .join(own, own.c.seq == newest.c.seq)
            .join(
                later,
                and_(
                    later.c.kind == "audit",
                    later.c.entity == own.c.entity,
                    later.c.program == own.c.program,
                    later.c.year == own.c.year,
                    later.c.seq > own.c.seq,
                ),
            )
            .order_by(later.c.seq.desc())
            .limit(_LOOKED_BACK)
        )
        for row in connection.execute(query):
            body, place = decode_body(row.body), places[row.document]
            if body["document"] != row.document and _place(body) == _place(place):
                found.add(row.document)
    return frozenset(found)


def _place(said: Mapping[str, Any]) -> tuple[Any, Any]:
    return said.get("uri"), said.get("line")


def last_audit_of(
    connection: Connection, document: str, number: int, said: Mapping[str, Any]
) -> Row[Any] | None:
    """Return the last audit of a document by itself whose body says what is given.

    One of a document with the same number in its run comes before others: a run may have the same
    bytes twice.
    """
    found = None
    query = _audits_of(document)
    for row in connection.execute(query.order_by(RECORD.c.seq.desc())):
        body = decode_body(row.body)
        if all(body.get(name) == value for name, value in said.items()):
            if body["number"] == number:
                return row
            found = found or row
    return found


def last_audit(connection: Connection, document: str) -> Row[Any] | None:
    """Return the last audit of a document by itself; None where there is none."""
    query = _audits_of(document).order_by(RECORD.c.seq.desc()).limit(1)
    return connection.execute(query).first()


def find_audit(connection: Connection, document: str, identity: str) -> Row[Any]:
    """Return the last audit of a document by itself that has an identity, which is there."""
    query = _audits_of(document).where(VERDICT.c.identity == identity)
    return connection.execute(query.order_by(RECORD.c.seq.desc()).limit(1)).one()


def _audits_of(document: str) -> Select[Any]:
    """Return the query of the audits of a document by itself."""
    joined = select(RECORD).join(VERDICT, VERDICT.c.seq == RECORD.c.seq)
    return joined.where(VERDICT.c.document == document, VERDICT.c.amends.is_(None))
