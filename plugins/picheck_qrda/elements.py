"""The elements of an XML document, with their places and their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

#: As much of a text as a number or a name needs.
LONGEST_TEXT: Final = 200


class Element:
    """An element: its name, attributes and children, and where its start tag is.

    Names in the namespace of the root element are plain; others are `{namespace}name`. `line`
    and `column` are 1-based, `offset` counts bytes from the start of the file. `text` is filled in
    narratives only, up to `LONGEST_TEXT` characters.
    """

    __slots__ = (
        "attributes",
        "children",
        "column",
        "line",
        "name",
        "name_counts",
        "offset",
        "parent",
        "position",
        "text",
    )

    def __init__(  # noqa: PLR0917 - made once an element, and there are many
        self,
        name: str,
        attributes: Mapping[str, str],
        parent: Element | None,
        line: int,
        column: int,
        offset: int,
    ) -> None:
        self.name = name
        self.attributes = attributes
        self.parent = parent
        self.line = line
        self.column = column
        self.offset = offset
        self.text = ""
        self.children: list[Element] = []
        #: How many children of each name were added; those that are dropped later count too.
        self.name_counts: dict[str, int] = {}
        self.position = 1

    def append(self, child: Element) -> None:
        """Add a child; its position among those of its name is then known."""
        child.position = self.name_counts[child.name] = self.name_counts.get(child.name, 0) + 1
        self.children.append(child)

    def get(self, attribute: str) -> str | None:
        """Return the value of an attribute; None where it is absent."""
        return self.attributes.get(attribute)

    def find_children(self, name: str) -> list[Element]:
        """Return the children of a name."""
        return [child for child in self.children if child.name == name]

    def find(self, *names: str) -> list[Element]:
        """Return the elements that a path of names leads to, in document order."""
        found = [self]
        for name in names:
            found = [child for element in found for child in element.find_children(name)]
        return found

    def within(self) -> Iterator[Element]:
        """Yield all elements below this one, in document order."""
        for child in self.children:
            yield child
            yield from child.within()

    def has_template(self, root: str) -> bool:
        """Whether the element says that it follows a template, whatever its version."""
        return any(each.get("root") == root for each in self.find_children("templateId"))

    @property
    def path(self) -> str:
        """The XPath of the element in the file; with a position among siblings of the same name."""
        if self.parent is None:
            return f"/{self.name}"
        is_alone = self.parent.name_counts[self.name] == 1
        position = "" if is_alone else f"[{self.position}]"
        return f"{self.parent.path}/{self.name}{position}"
