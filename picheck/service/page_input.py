"""What the form of a page asks for: files that are chosen, or what the last page carried on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from picheck.intake.file_names import EVIDENCE_SUFFIX
from picheck.service.documents import clean_name, evidence_name
from picheck.service.facts import FactForm, group_answers
from picheck.service.forms import Form, Part
from picheck.service.parameters import AS_OF, CONFLICTS, PARTICIPATION, YEAR, read_parameters
from picheck.service.problems import Problem
from picheck.service.sent import Sent, SentDocument, unpack

#: What begins the name of a field that answers a question; its evidence key follows.
FACT: Final = "fact."
#: What a pasted text is called.
PASTED: Final = "submission.json"
#: The field that asks for the box with a long text.
EDIT: Final = "edit"
#: What a page lets choose for a score.
SCORE_TERMS: Final = (YEAR, PARTICIPATION, CONFLICTS)
_SEVERAL: Final = frozenset({"file", "evidenceFile", "prior"})


class PageInput(NamedTuple):
    """All that was sent, and which document the page is about; None for all of them.

    `terms` are those of a score that were chosen, by the name of their parameter; `wants_text` says
    that a long text is to be corrected.
    """

    sent: Sent
    which: int | None
    terms: Mapping[str, Any] = {}
    wants_text: bool = False

    @property
    def document(self) -> SentDocument:
        """The document that the page is about; the first one for a page about all."""
        return self.sent.documents[self.which or 0]


def may_repeat(field: str) -> bool:
    """Whether a field of a page may be there several times."""
    return field in _SEVERAL or field.startswith(FACT)


def read_input(form: Form, facts: FactForm, most: int) -> PageInput:
    """Return what a form asks for, with answers and corrections put in.

    `most` bounds the bytes of what a page carries on. Raises Problem for what cannot be used.
    """
    carried = form.text("sent")
    sent = unpack(carried, most) if carried else _read_files(form)
    which = _read_which(form, len(sent.documents))
    if which is None:
        return PageInput(sent, None)
    document = sent.documents[which]
    if carried:
        document = _correct(form, document)
    document = facts.add_answers(document, _read_answers(form))
    sent = sent.with_document(which, document)
    return PageInput(sent, which, _read_terms(form), wants_text=bool(form.text(EDIT)))


def _read_terms(form: Form) -> dict[str, Any]:
    """Return the terms of a score that were chosen. Raises Problem for what is none."""
    given = [(each.name, form.text(each.name)) for each in SCORE_TERMS]
    return read_parameters(SCORE_TERMS, [pair for pair in given if pair[1]], {})


def normalize_lines(text: str) -> str:
    """Return a text with line feeds alone: a browser sends CR LF, whatever it was given."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_which(form: Form, number: int) -> int | None:
    """Return the place of the document that is asked for; the only one needs no choice."""
    text = form.text("which")
    if not text:
        return 0 if number == 1 else None
    if not text.isdecimal() or int(text) >= number:
        raise Problem(400, "formBroken", f"there is no document {text[:20]!r} on this page")
    return int(text)


def _correct(form: Form, document: SentDocument) -> SentDocument:
    """Return a document with the text of the box, if that was changed."""
    if not form.all("text"):
        return document
    text = normalize_lines(form.text("text"))
    if text == normalize_lines(document.data.decode("utf-8", "replace")):
        return document
    return msgspec.structs.replace(document, data=text.encode())


def _read_answers(form: Form) -> dict[str, list[str]]:
    return group_answers(
        (part.field.removeprefix(FACT), part.data.decode("utf-8", "replace"))
        for part in form.parts
        if part.field.startswith(FACT)
    )


def _read_files(form: Form) -> Sent:
    """Return the files that were chosen, and the text that was pasted."""
    chosen = form.files("file")
    beside = [part for part in chosen if (part.filename or "").endswith(EVIDENCE_SUFFIX)]
    given = [_document(part) for part in chosen if part not in beside]
    if (text := form.text("text")).strip():
        given.append(SentDocument(PASTED, normalize_lines(text).encode()))
    if not given and beside:
        name = clean_name(beside[0].filename or "")
        said = f"{name} is evidence; choose the submission that it belongs to as well"
        raise Problem(400, "nothingSent", said)
    if not given:
        raise Problem(400, "nothingSent", "choose a file, or paste its text into the box")
    documents = _add_evidence(given, [*beside, *form.files("evidenceFile")])
    prior = tuple((clean_name(part.filename or ""), part.data) for part in form.files("prior"))
    return Sent(documents=documents, prior=prior, as_of=_read_date(form.text("asOf")))


def _document(part: Part) -> SentDocument:
    return SentDocument(clean_name(part.filename or ""), part.data)


def _add_evidence(
    documents: Sequence[SentDocument], evidence: Sequence[Part]
) -> tuple[SentDocument, ...]:
    """Return documents with their evidence: a single one's, or that named after the document."""
    if len(documents) == len(evidence) == 1:
        return (msgspec.structs.replace(documents[0], evidence=evidence[0].data),)
    data = {clean_name(part.filename or ""): part.data for part in evidence}
    named = Counter(each.name for each in documents)
    for name in data:
        # one beside A.json and A.xml is read with both, as in a folder
        wanted = [each for each in named if evidence_name(each) == name]
        repeated = [each for each in wanted if named[each] > 1]
        if not wanted or repeated:
            raise Problem(400, "badEvidence", _no_place(name, repeated))
    return tuple(
        msgspec.structs.replace(each, evidence=data.get(evidence_name(each.name)))
        for each in documents
    )


def _no_place(name: str, repeated: Sequence[str]) -> str:
    if repeated:
        same = f"several of the files are called {repeated[0]}"
        return f"{same}, and {name} may belong to each; audit them one at a time"
    return f"{name} belongs to none of the files; evidence for A.json is called A{EVIDENCE_SUFFIX}"


def _read_date(text: str) -> date | None:
    given = [("asOf", text)] if text else []
    found: date | None = read_parameters([AS_OF], given, {}).get("asOf")
    return found
