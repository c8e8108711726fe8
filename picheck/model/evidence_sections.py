"""Sections of the evidence that plugins bring, beside picheck's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, cast

import msgspec

from picheck.model.evidence import NO_EVIDENCE, Evidence, attribute_of, empty_evidence
from picheck.model.evidence_questions import QUESTIONS
from picheck.model.section_schema import section_schema

#: The names of picheck's own sections, as an evidence file spells them.
OWN_SECTIONS: Final = Evidence.__struct_encode_fields__
#: A name that is one word in a file and in a dotted key.
_NAME: Final = re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*")
_EMPTY: Final[Mapping[str, Any]] = MappingProxyType({})


class EvidenceSection(msgspec.Struct, frozen=True):
    """A section of the evidence that a plugin brings: `"acme": {...}`.

    `name` is one word in camel case. `schema` is either a JSON Schema of the section (with
    `"type": "object"`) or a Cerberus schema, by key. `questions` ask for the facts, by key
    without the section's name (`{"contractOn": "Since when ...?"}`).
    """

    name: str
    schema: Mapping[str, Any]
    questions: Mapping[str, str] = _EMPTY

    def fault(self) -> str | None:
        """Return why the section cannot be used; None for a sound one."""
        if not isinstance(self.name, str) or not _NAME.fullmatch(self.name):
            return f"section {self.name!r} is not one word in camel case"
        # a section called get would hide the method
        if self.name in OWN_SECTIONS or hasattr(NO_EVIDENCE, attribute_of(self.name)):
            return f"section {self.name!r} is picheck's own; choose another name"
        try:
            schema = self.json_schema()
        except (TypeError, ValueError) as error:
            return f"section {self.name!r}: {error}"
        for key, text in self.questions.items():
            if not _has_place(schema, key):
                return f"section {self.name!r} asks for {key!r}, which its schema does not have"
            if not isinstance(text, str) or not text.endswith("?"):
                return f"section {self.name!r}: the question for {key!r} does not end with a '?'"
        return None

    def json_schema(self) -> dict[str, Any]:
        """Return the section as part of the published schema; every fact may be null.

        Raises ValueError or TypeError where the schema cannot be used.
        """
        return section_schema(self.name, self.schema)


class EvidenceSections:
    """The sections of all loaded plugins, and what evidence with them looks like.

    `owners` names the plugin of each section. `absent` names plugins that did not load, with the
    reason: one of them may bring a section that a file holds.
    """

    def __init__(
        self,
        sections: Mapping[str, EvidenceSection] = _EMPTY,
        owners: Mapping[str, str] = _EMPTY,
        absent: Mapping[str, str] = _EMPTY,
    ) -> None:
        self.schemas: Mapping[str, Mapping[str, Any]] = {
            name: section.json_schema() for name, section in sections.items()
        }
        self.questions: Mapping[str, str] = {
            f"{name}.{key}": text
            for name, section in sections.items()
            for key, text in section.questions.items()
        }
        self.owners = owners
        self.absent = absent

    def __bool__(self) -> bool:
        return bool(self.schemas)

    @cached_property
    def kind(self) -> type[Evidence]:
        """The class of evidence that has these sections as further fields."""
        if not self.schemas:
            return Evidence
        # of any type here: what is in a section is held to its schema when evidence is decoded
        fields = [(attribute_of(name), Any, None) for name in self.schemas]
        kind: Any = msgspec.defstruct(
            "Evidence",
            fields,
            bases=(Evidence,),
            module=__name__,
            frozen=True,
            rename={attribute_of(name): name for name in self.schemas},
            forbid_unknown_fields=True,
        )
        return cast("type[Evidence]", kind)

    @property
    def empty(self) -> Evidence:
        """Evidence that holds nothing."""
        return empty_evidence(self.kind)

    def find_given(self, evidence: Evidence) -> Iterator[tuple[str, Any]]:
        """Yield the sections of plugins that evidence holds, by name."""
        for name in self.schemas:
            value = evidence.get(name)
            if value is not None:
                yield name, value

    def can_hold(self, key: str) -> bool:
        """Whether evidence can hold a dotted key."""
        first, _, rest = key.partition(".")
        if first in self.schemas:
            return not rest or _has_place(self.schemas[first], rest)
        try:
            NO_EVIDENCE.get(key)
        except AttributeError:
            return False
        return True

    @property
    def keys(self) -> tuple[str, ...]:
        """The dotted keys that evidence can hold, as far as they can be listed."""
        own = (key for key in QUESTIONS if "*" not in key)
        added = (
            key
            for name, schema in self.schemas.items()
            for key in (name, *(f"{name}.{inner}" for inner in _keys(schema)))
        )
        return (*own, *added)

    def source_of(self, section: str) -> str:
        """Say which plugin could bring a section that nothing loaded brings."""
        word = section.lower()
        for plugin, reason in self.absent.items():
            if word in {plugin, plugin.replace("-", ""), plugin.removeprefix("picheck-")}:
                return f"the plugin {plugin} could bring it, but {reason}"
        return f"if it is the evidence of a plugin, such as picheck-{word}, install that"


NO_SECTIONS: Final = EvidenceSections()


def _has_place(schema: Mapping[str, Any], key: str) -> bool:
    """Whether an object schema has a place for a dotted key."""
    first, _, rest = key.partition(".")
    place = schema.get("properties", {}).get(first, schema.get("additionalProperties", False))
    if isinstance(place, bool) or not rest:
        return bool(place)
    return "object" in place.get("type", ()) and _has_place(place, rest)


def _keys(schema: Mapping[str, Any]) -> Iterator[str]:
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from (f"{name}.{key}" for key in _keys(inner))
