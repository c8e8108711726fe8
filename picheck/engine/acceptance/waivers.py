"""Waivers: findings that somebody accepts, with a reason, in their own name, until a date."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from picheck.engine.file_patterns import matches
from picheck.engine.subject import subject_name
from picheck.errors import ConfigurationError
from picheck.file_access import read_text
from picheck.masking import Masker, mask
from picheck.model.vocabulary import Consequence
from picheck.rulebook.registry import Rulebooks
from picheck.rules.measurement_set import Entity
from picheck.validation import closest_match, validate

#: A TIN or an NPI that somebody wrote in full; reports never print one.
_NUMBER: Final = re.compile(r"\d{5,}")
_TEXT: Final = {"type": "string", "required": True, "empty": False, "regex": r"(?s).*\S.*"}
_NAME: Final = {"type": "string", "empty": False}
_WAIVER: Final[dict[str, Any]] = {
    "fingerprint": {"type": "string", "regex": "[0-9a-f]{64}"},
    "code": {"type": "string", "regex": "[A-Z][A-Z0-9]*-[A-Z][A-Z0-9]*-[0-9]{2,}"},
    "subject": _NAME,
    "file": _NAME,
    "year": {"type": "integer"},
    "reason": _TEXT,
    "owner": _TEXT,
    "expires": {**_TEXT, "regex": r"\d{4}-\d{2}-\d{2}"},
}
#: What a waivers file may hold, as Cerberus reads it.
WAIVERS_SCHEMA: Final[dict[str, Any]] = {
    "waivers": {"type": "list", "schema": {"type": "dict", "schema": _WAIVER}}
}


class Waiver(msgspec.Struct, frozen=True, kw_only=True):
    """One accepted finding, or one accepted rule for one subject.

    Everything that is given must fit: the finding's `fingerprint`; the rule's `code` with a
    `subject` as reports print it (`tin *****6789`) or a `file` pattern; the `year`. `expires`
    is the last day on which the waiver holds.
    """

    reason: str
    owner: str
    expires: date
    fingerprint: str | None = None
    code: str | None = None
    subject: str | None = None
    file: str | None = None
    year: int | None = None

    @property
    def label(self) -> str:
        """Say what is waived: `PIC-PER-04 of tin *****6789 in 2025`."""
        parts = [self.code or f"finding {(self.fingerprint or '')[:12]}"]
        if self.subject:
            parts.append(f"of {_NUMBER.sub(lambda found: mask(found[0]), self.subject)}")
        if self.file:
            parts.append(f"in {self.file}")
        if self.year:
            parts.append(f"for {self.year}")
        return " ".join(parts)

    @property
    def account(self) -> str:
        """Say why, who and how long, as reports carry it."""
        return f"{self.reason}; {self.owner}, until {self.expires}"

    def has_expired(self, as_of: date) -> bool:
        """Whether the waiver's last day lies before this one."""
        return self.expires < as_of

    def may_match(
        self, fingerprint: str | None, code: str, year: int | None, uri: str, folder: Path
    ) -> bool:
        """Whether a result is what this waiver speaks of, if it is of the right subject.

        `folder` holds the waivers file: patterns start there.
        """
        return (
            (self.fingerprint is None or self.fingerprint == fingerprint)
            and (self.code is None or self.code == code)
            and (self.year is None or self.year == year)
            and (self.file is None or matches(self.file, uri, folder))
        )


def matches_subject(waiver: Waiver, entity: Entity | None) -> bool:
    """Whether an entity is the subject that a waiver names, masked or in full, if it names one."""
    if waiver.subject is None:
        return True
    if entity is None:
        return False
    return _plain(waiver.subject) in _subject_names(entity)


@lru_cache(maxsize=64)  # an entity meets many waivers, one after the other
def _subject_names(entity: Entity) -> frozenset[str]:
    """Return what an entity is called, masked and in full."""
    identifiers = (entity.tin, entity.npi)
    return frozenset(
        _plain(subject_name(entity, Masker(identifiers, reveal=reveal))) for reveal in (False, True)
    )


def is_named(entity: Entity | None) -> bool:
    """Whether an entity can be distinguished from every other.

    Documents that name no entity, and clinicians without both of their numbers, share their
    fingerprints with others; nothing of theirs is ever accepted.
    """
    if entity is None or not entity.is_identified:
        return False
    return entity.entity_type != "individual" or bool(entity.tin and entity.npi)


def read_waivers(path: Path, known: Collection[str] = ()) -> tuple[Waiver, ...]:
    """Read a waivers file; `known` are the codes of the rules that are there, if they matter.

    Raises ConfigurationError with one line for each fault.
    """
    try:
        text = read_text(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not valid TOML: {error}") from error
    return parse_waivers(text, path.as_posix(), known)


def can_never_hold(waiver: Waiver, rulebooks: Rulebooks) -> bool:
    """Whether CMS refuses whatever the waived rule finds, in every year it may speak of."""
    consequences: set[Consequence] = set()
    for program in rulebooks.programs:
        for year in rulebooks.years(program):
            clause = rulebooks.rulebook(program, year).clauses.get(waiver.code or "")
            if clause is not None and waiver.year in {None, year}:
                consequences.add(clause.consequence)
                consequences |= {variant.consequence for variant in clause.variants.values()}
    return consequences == {"submissionRejected"}


def parse_waivers(text: str, file: str, known: Collection[str] = ()) -> tuple[Waiver, ...]:
    """Turn the text of a waivers file into waivers. Raises ConfigurationError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: is not valid TOML: {error}") from error
    tables = validate(_with_texts(data), WAIVERS_SCHEMA, file).get("waivers", [])
    lines = [
        f"{file}: waivers.{place}{fault}"
        for place, table in enumerate(tables)
        for fault in _faults(table, known)
    ]
    if lines:
        raise ConfigurationError("\n".join(lines))
    return tuple(
        Waiver(**{**table, "expires": date.fromisoformat(table["expires"])}) for table in tables
    )


def _faults(table: Mapping[str, Any], known: Collection[str]) -> Iterator[str]:
    """Yield what no schema can say: which keys go together, and which values they take."""
    code = table.get("code")
    if "fingerprint" not in table and not (code and {"subject", "file"} & table.keys()):
        yield " names no finding; give a fingerprint, or a code with a subject or a file pattern"
    try:
        date.fromisoformat(table["expires"])
    except ValueError:
        yield f".expires is {table['expires']!r}, which is not a date; write YYYY-MM-DD"
    if code and known and code not in known:
        near = closest_match(code, sorted(known))
        hint = f"did you mean {near}?" if near else "see picheck rules list"
        yield f".code is {code!r}, which no loaded rule has; {hint}"


def _with_texts(data: Mapping[str, Any]) -> dict[str, Any]:
    """Accept a TOML date (`expires = 2026-12-31`) where a text is meant."""
    waivers = data.get("waivers")
    if not isinstance(waivers, list):
        return dict(data)
    return {
        **data,
        "waivers": [
            {key: _as_text(value) for key, value in each.items()}
            if isinstance(each, dict)
            else each
            for each in waivers
        ],
    }


def _as_text(value: object) -> object:
    return value.isoformat() if type(value) is date else value


def _plain(name: str) -> str:
    """Compare names without regard to case and spacing."""
    return " ".join(name.lower().split())
