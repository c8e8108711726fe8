"""Earlier submissions, read so that rules can look back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from picheck.engine.subjects import EntityYear, PriorBook
from picheck.errors import InputError, RulebookError
from picheck.intake.inputs import Input, RawDocument, Unreadable
from picheck.intake.limits import check_limits
from picheck.intake.structure import read_structure
from picheck.model.report import Notice
from picheck.rulebook.shelf import Shelf
from picheck.rules.view import Entity, SetView


class ReadPrior(NamedTuple):
    """Earlier submissions, and a notice for each that could not be used."""

    book: PriorBook
    notices: tuple[Notice, ...]


def read_prior(inputs: Iterable[Input], shelf: Shelf) -> ReadPrior:
    """Read earlier submissions; return them with a notice for each that could not be used."""
    book = PriorBook()
    notices: list[Notice] = []
    for given in inputs:
        try:
            if isinstance(given, Unreadable):
                raise given.error
            _enter(given, book, shelf)
        except (InputError, RulebookError) as error:
            uri = given.uri if isinstance(given, RawDocument) else given.error.uri
            notices.append(
                Notice(
                    kind="priorUnusable",
                    message=f"earlier submission {uri} was not used: {error}",
                    is_incomplete=True,
                )
            )
    return ReadPrior(book, tuple(notices))


def _enter(raw: RawDocument, book: PriorBook, shelf: Shelf) -> None:
    check_limits(raw.data, raw.uri)
    structure = read_structure(raw.data, raw.uri)
    submission = structure.submission
    if submission is None:
        first = structure.text.violations[0]
        raise InputError(f"it does not follow the schema: {first.message}", uri=raw.uri)
    year = submission.performance_year
    found = False
    for program in shelf.programs:
        records = [r for r in submission.measurement_sets if r.category == program]
        if records:
            found = True
            rulebook = shelf.rulebook(program, year)
            views = tuple(SetView(record, "", rulebook) for record in records)
            book.add(EntityYear(program, year, Entity.of(submission)), views)
    if not found:
        raise InputError(f"it holds no set of {', '.join(shelf.programs)}", uri=raw.uri)
