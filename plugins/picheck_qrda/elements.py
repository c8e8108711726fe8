"""The elements of an XML document, with their places and their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class Element:
    """An element: its name, attributes and children, and where its start tag stands.

    Names in the namespace of the root element are plain; others are `{namespace}name`. `line`
    and `column` are 1-based, `offset` counts bytes from the start of the file.
    """

    __slots__ = ("attributes", "children", "column", "line", "name", "offset", "parent")

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
        self.children: list[Element] = []

    def get(self, attribute: str) -> str | None:
        """Return the value of an attribute; None where it is absent."""
        return self.attributes.get(attribute)

    def named(self, name: str) -> list[Element]:
        """Return the children of a name."""
        return [child for child in self.children if child.name == name]

    def find(self, *names: str) -> list[Element]:
        """Return the elements that a path of names leads to, in document order."""
        found = [self]
        for name in names:
            found = [child for element in found for child in element.named(name)]
        return found

    def within(self) -> Iterator[Element]:
        """Yield all elements below this one, in document order."""
        for child in self.children:
            yield child
            yield from child.within()

    def has_template(self, root: str) -> bool:
        """Whether the element says that it follows a template, whatever its version."""
        return any(each.get("root") == root for each in self.named("templateId"))

    @property
    def path(self) -> str:
        """The XPath of the element; a position stands where siblings have the same name."""
        if self.parent is None:
            return f"/{self.name}"
        alike = self.parent.named(self.name)
        position = "" if len(alike) == 1 else f"[{alike.index(self) + 1}]"
        return f"{self.parent.path}/{self.name}{position}"
