"""Which part of a rule's source a mutant lies in: one that can change a verdict or not.

Three parts cannot: an annotation is never evaluated; the schema of a clause's terms is read when
a rulebook is loaded; and words (a message, a fix, the values that they show, the key and the
related places) are what a finding says, not whether there is one. What counts as words is
followed through local names, helper functions and their parameters, over all modules at once.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

#: What `ctx.fail` and its kin take that is no words: where, how grave, and what is missing.
_WEIGHTY: Final = frozenset({"at", "missing", "pointer", "variant"})
#: The position of the words among their arguments.
_WORDS_AT: Final = {"also": 1, "fail": 1, "indeterminate": 0, "not_applicable": 0}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


Place = tuple[int, int]


class Span(NamedTuple):
    """A piece of one file, from the first to after the last character."""

    file: Path
    start: Place
    end: Place

    @classmethod
    def of(cls, file: Path, node: ast.expr | ast.stmt) -> Span:
        """Return the span of a node."""
        end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return cls(file, (node.lineno, node.col_offset), end)

    def holds(self, file: Path, place: Place) -> bool:
        """Whether a place lies in this piece."""
        return file == self.file and self.start <= place < self.end


class Function:
    """A function, with the places where its names are read, and what it assigns to them."""

    def __init__(self, file: Path, node: _Function) -> None:
        """Walk the function once."""
        self.file, self.name = file, node.name
        self.parameters = [argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)]
        self.reads = _reads(node)
        self.assignments = list(_assigned(file, node))


class Regions:
    """The parts of all modules that cannot change a verdict."""

    def __init__(self, files: list[Path]) -> None:
        """Read the modules and follow the words until no more are found."""
        self._trees: Mapping[Path, ast.Module] = {f: ast.parse(f.read_bytes()) for f in files}
        self._nodes = [
            (file, node) for file, tree in self._trees.items() for node in ast.walk(tree)
        ]
        self._functions = [Function(f, n) for f, n in self._nodes if isinstance(n, _Function)]
        self._calls = [(f, n) for f, n in self._nodes if isinstance(n, ast.Call)]
        self._uses = {file: _reads(tree) for file, tree in self._trees.items()}
        self._importing: dict[tuple[str, str], list[Path]] = {}
        for file, node in self._nodes:
            if isinstance(node, ast.ImportFrom):
                module = (node.module or "").rpartition(".")[2]
                for alias in node.names:
                    self._importing.setdefault((module, alias.name), []).append(file)
        self._inert = [*self._annotations(), *self._schemas()]
        self._words: dict[Path, set[Span]] = {file: set() for file in files}
        found: Iterable[Span] = self._told()
        while self._add(found):
            found = list(self._only_told())

    def inert(self, file: Path, place: Place) -> str | None:
        """Return `annotation` or `schema` where a mutant cannot be run in an audit."""
        return next((kind for kind, span in self._inert if span.holds(file, place)), None)

    def is_wording(self, file: Path, place: Place) -> bool:
        """Whether the place decides nothing but what a finding says."""
        return any(span.start <= place < span.end for span in self._words[file])

    def _add(self, spans: Iterable[Span]) -> bool:
        """Enter words; whether any of them is new."""
        before = sum(map(len, self._words.values()))
        for span in spans:
            self._words[span.file].add(span)
        return sum(map(len, self._words.values())) > before

    def _annotations(self) -> Iterator[tuple[str, Span]]:
        for file, node in self._nodes:
            for name in ("annotation", "returns"):
                if isinstance(annotation := getattr(node, name, None), ast.expr):
                    yield "annotation", Span.of(file, annotation)

    def _schemas(self) -> Iterator[tuple[str, Span]]:
        """Yield what follows `terms=`, and the constants that it is put together from."""
        names: set[str] = set()
        for file, node in self._nodes:
            if isinstance(node, ast.keyword) and node.arg == "terms":
                names |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
                yield "schema", Span.of(file, node.value)
        for file, tree in self._trees.items():
            for statement in tree.body:
                if names & set(_targets(statement)):
                    yield "schema", Span.of(file, statement)

    def _told(self) -> Iterator[Span]:
        """Yield the words that are handed to `ctx.fail` and its kin."""
        for file, node in self._calls:
            position = (
                _WORDS_AT.get(node.func.attr) if isinstance(node.func, ast.Attribute) else None
            )
            if position is None:
                continue
            for argument in node.args[position : position + 1]:
                yield Span.of(file, argument)
            for keyword in node.keywords:
                if keyword.arg not in _WEIGHTY:
                    yield Span.of(file, keyword.value)

    def _only_told(self) -> Iterator[Span]:
        """Yield what is used only in words: helpers, constants, names, arguments."""
        for file, tree in self._trees.items():
            for statement in tree.body:
                names = [statement.name] if _is_helper(statement) else _targets(statement)
                if names and all(self._are_words(self._uses_of(name, file)) for name in names):
                    yield Span.of(file, statement)
        for function in self._functions:
            file, reads = function.file, function.reads
            said = {name for name in reads if self._are_words((file, at) for at in reads[name])}
            yield from (span for names, span in function.assignments if said.issuperset(names))
            yield from self._arguments(function, said)

    def _uses_of(self, name: str, file: Path) -> list[tuple[Path, Place]]:
        """Return where a module's name is read: in the module, and wherever it is imported."""
        files = [file, *self._importing.get((file.stem, name), ())]
        return [(each, place) for each in files for place in self._uses[each].get(name, [])]

    def _are_words(self, uses: Iterable[tuple[Path, Place]]) -> bool:
        found = [self.is_wording(file, place) for file, place in uses]
        return bool(found) and all(found)

    def _arguments(self, function: Function, said: set[str]) -> Iterator[Span]:
        """Yield what is handed to a parameter that goes into words; its own module only."""
        for file, node in self._calls:
            if file != function.file or _called(node) != function.name:
                continue
            handed = [*zip(function.parameters, node.args, strict=False)]
            handed += [(keyword.arg or "", keyword.value) for keyword in node.keywords]
            yield from (Span.of(file, value) for name, value in handed if name in said)


def _reads(node: ast.AST) -> dict[str, list[Place]]:
    """Return where each name is read."""
    reads: dict[str, list[Place]] = {}
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load):
            reads.setdefault(each.id, []).append((each.lineno, each.col_offset))
    return reads


def _assigned(file: Path, node: _Function) -> Iterator[tuple[list[str], Span]]:
    """Yield the names that each assignment of a function binds, with what they are bound to."""
    for each in ast.walk(node):
        if not (isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None):
            continue
        target = each.targets[0] if isinstance(each, ast.Assign) else each.target
        if isinstance(target, ast.Tuple) and isinstance(each.value, ast.Tuple):
            pairs = zip(target.elts, each.value.elts, strict=False)
            yield from (([t.id], Span.of(file, v)) for t, v in pairs if isinstance(t, ast.Name))
        elif names := _targets(each):
            yield names, Span.of(file, each.value)


def _is_helper(node: ast.stmt) -> bool:
    return isinstance(node, _Function) and not node.decorator_list


def _called(node: ast.Call) -> str | None:
    return node.func.id if isinstance(node.func, ast.Name) else None


def _targets(node: ast.AST) -> list[str]:
    """Return the plain names that a statement assigns; none where it assigns anything else."""
    if isinstance(node, ast.AnnAssign):
        targets: list[ast.expr] = [node.target]
    elif isinstance(node, ast.Assign):
        targets = [t for g in node.targets for t in (g.elts if isinstance(g, ast.Tuple) else [g])]
    else:
        return []
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return names if len(names) == len(targets) else []
