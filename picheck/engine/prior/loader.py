"""Earlier submissions, read so that rules can look back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import msgspec

from picheck.engine.entities import EntityYear, PriorBook
from picheck.errors import InputError, RulebookError, UsageError
from picheck.intake.decoder import DecodedDocument
from picheck.intake.discovery import Discovery
from picheck.intake.documents import Input, RawDocument, Unreadable
from picheck.intake.files import left_out_notices
from picheck.intake.formats import AUTO, decode
from picheck.masking import mask_digits
from picheck.model.report import Notice
from picheck.model.submission import MeasurementSet
from picheck.plugins.registry import PluginRegistry
from picheck.rulebook.registry import Rulebooks
from picheck.rules.measurement_set import Entity

if TYPE_CHECKING:
    from picheck.engine.prior.store import HistoryLocation

#: So many notices of a kind name their submission; further ones are only counted.
_MANY: Final = 100


def check_prior(paths: Sequence[str]) -> None:
    """Raise UsageError where a path leads to no earlier submission; no file is opened."""
    for found in Discovery(paths, reads_heads=False):
        if isinstance(found, Unreadable):
            raise UsageError(f"prior: {found.error.uri} {found.error}")


class LoadedPrior(NamedTuple):
    """Earlier submissions, and a notice for each that could not be used."""

    book: PriorBook
    notices: tuple[Notice, ...]


class PriorWriter(Protocol):
    """Takes in earlier submissions one by one, and hands them over as a book."""

    def add(self, key: EntityYear, records: tuple[MeasurementSet, ...]) -> None:
        """Enter the sets of one earlier submission."""
        ...

    def close(self, rulebooks: Rulebooks) -> PriorBook:
        """Return what was entered."""
        ...


def load_prior(
    inputs: Iterable[Input],
    registry: PluginRegistry,
    make_writer: Callable[[], PriorWriter] | None = None,
) -> LoadedPrior:
    """Read earlier submissions; return them with a notice for each that could not be used.

    They go to a file one by one, for there may be as many of them as of documents, or to what
    `make_writer` returns.
    """
    writer: PriorWriter | None = None
    faults = _Faults()
    for given in inputs:
        if writer is None:
            writer = _file_writer() if make_writer is None else make_writer()
        try:
            if isinstance(given, Unreadable):
                raise given.error
            decoded = _enter(given, writer, registry)
        except (InputError, RulebookError) as error:
            faults.unusable(given, error)
        else:
            faults.add_repeated(given, decoded)
    book = PriorBook() if writer is None else writer.close(registry.rulebooks)
    left_out = (
        msgspec.structs.replace(notice, message=f"--prior {notice.message}")
        for notice in left_out_notices(inputs)
    )
    return LoadedPrior(book, (*faults.notices(), *left_out))


def _file_writer() -> PriorWriter:
    from picheck.engine.prior.store import HistoryWriter  # noqa: PLC0415 - few runs look back

    return HistoryWriter()


def open_prior(location: HistoryLocation, rulebooks: Rulebooks) -> LoadedPrior | None:
    """Open what another process of the run has read; None where it cannot be seen from here."""
    from picheck.engine.prior.store import History  # noqa: PLC0415 - few runs look back

    try:
        return LoadedPrior(History(location, rulebooks), ())
    except LookupError:
        return None


def _enter(
    raw: RawDocument,
    writer: PriorWriter,
    registry: PluginRegistry,
) -> DecodedDocument:
    decoded = decode(raw, registry.formats, AUTO, registry.rulebooks.programs)
    submission = decoded.submission
    if submission is None:
        # a document that was refused has one at least
        first = decoded.issues.violations[0]
        raise InputError(f"it does not follow the schema: {first.message}", uri=raw.uri)
    year, entity = submission.performance_year, Entity.of(submission)
    programs = {record.category for record in submission.measurement_sets}
    programs &= set(registry.rulebooks.programs)
    if not programs:
        raise InputError(
            f"it holds no set of {', '.join(registry.rulebooks.programs)}", uri=raw.uri
        )
    for program in programs:
        registry.rulebooks.rulebook(program, year)  # it is asked for by whoever looks back
    if not entity.is_identified:
        raise InputError("it does not say whom it speaks for", uri=raw.uri)
    for program in programs:
        records = tuple(r for r in submission.measurement_sets if r.category == program)
        writer.add(EntityYear(program, year, entity), records)
    return decoded


class _Faults:
    """What is to be said of earlier submissions, in bounded memory too."""

    def __init__(self) -> None:
        self._notices: list[Notice] = []
        self._counts: Counter[str] = Counter()

    def unusable(self, given: Input, error: Exception) -> None:
        message = f"{_name(given)} was not used: {mask_digits(str(error))}"
        self._add(Notice(kind="priorUnusable", message=message, is_incomplete=True))

    def add_repeated(self, given: Input, decoded: DecodedDocument) -> None:
        if keys := decoded.issues.repeated_keys:
            pointers = mask_digits(", ".join(dict.fromkeys(key.pointer for key in keys)))
            message = f"{_name(given)} has a key twice: {pointers}; the last one counts"
            self._add(Notice(kind="priorRepeatedKey", message=message))

    def notices(self) -> Iterator[Notice]:
        yield from self._notices
        for kind, said, is_incomplete in (
            ("priorUnusable", "were not used", True),
            ("priorRepeatedKey", "have a key twice", False),
        ):
            if (more := self._counts[kind] - _MANY) > 0:
                message = f"{more:,} further earlier submissions {said}"
                yield Notice(kind=kind, message=message, is_incomplete=is_incomplete)

    def _add(self, notice: Notice) -> None:
        self._counts[notice.kind] += 1
        if self._counts[notice.kind] <= _MANY:
            self._notices.append(notice)


def _name(given: Input) -> str:
    if isinstance(given, RawDocument):
        uri, line = given.uri, given.line
    else:
        uri, line = given.error.uri, given.error.line
    return f"earlier submission {uri}{f':{line}' if line else ''}"
