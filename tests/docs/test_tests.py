"""The tests themselves: none passes because there was nothing to look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT, some

FILES = sorted((ROOT / "tests").rglob("*.py"))
#: Calls that say of a collection whether it may be empty: see tests/support.py.
_GUARDS = {"some", "perhaps"}
#: Calls whose result is empty only where their first argument is.
_SAME_LENGTH = {"enumerate", "sorted", "reversed", "list", "tuple", "set"}
_VIEWS = {"items", "keys", "values"}


def name_of(file: Path) -> str:
    """Return the path of a file below the tests."""
    return file.relative_to(ROOT / "tests").as_posix()


def find_unguarded(tree: ast.Module) -> Iterator[int]:
    """Yield the lines of assertions that hold where a collection is empty, and nothing says so."""
    literals = {name for node in tree.body for name in name_literals(node)}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
            yield from (
                looked_at.lineno
                for looked_at in find_collections(function)
                if not is_guarded(looked_at, literals)
            )


def name_literals(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module gives to a collection with members in it."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    value = getattr(node, "value", None)
    if not isinstance(value, ast.expr) or not is_guarded(value, set()):
        return []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def find_collections(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what loops with assertions and assertions about every member go over, outermost."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.For) and any(isinstance(n, ast.Assert) for n in ast.walk(child)):
            yield child.iter
        elif isinstance(child, ast.Assert):
            yield from find_members(child.test)
        else:
            yield from find_collections(child)


def find_members(test: ast.expr) -> Iterator[ast.expr]:
    """Yield what `all(...)`, `not any(...)`, `not [...]` and `[...] == []` go over."""
    match test:
        case (
            ast.Call(func=ast.Name("all"), args=[ast.GeneratorExp() as every])
            | ast.UnaryOp(
                op=ast.Not(),
                operand=ast.Call(func=ast.Name("any"), args=[ast.GeneratorExp() as every]),
            )
            | ast.UnaryOp(op=ast.Not(), operand=ast.ListComp() | ast.SetComp() as every)
            | ast.Compare(
                left=ast.ListComp() | ast.SetComp() as every,
                ops=[ast.Eq()],
                comparators=[ast.List(elts=[]) | ast.Call(func=ast.Name("set"), args=[])],
            )
        ):
            yield every.generators[0].iter


def is_guarded(value: ast.expr, literals: set[str]) -> bool:
    """Whether a collection is written out, or a guard says whether it may be empty."""
    match value:
        case (
            ast.Tuple(elts=members)
            | ast.List(elts=members)
            | ast.Set(elts=members)
            | ast.Dict(values=members)
            | ast.Constant(value=str(members))
        ):
            return bool(members)
        case ast.BinOp(left=left, right=right):
            return is_guarded(left, literals) or is_guarded(right, literals)
        case ast.Name(id=name):
            return name in literals
        case ast.Call(func=ast.Name(id=name), args=[first, *_]):
            is_same = name in _SAME_LENGTH and is_guarded(first, literals)
            return is_same or name in _GUARDS or name == "range"
        case ast.Call(func=ast.Attribute(value=of, attr=name)) if name in _VIEWS:
            return is_guarded(of, literals)
    return False


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_no_assertion_passes_over_an_empty_collection_unseen(file: Path) -> None:
    assert list(find_unguarded(ast.parse(file.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "body",
    [
        "for each in found(): assert each",
        "with open(name) as file:\n  for line in file: assert line",
        "assert all(each for each in found())",
        "assert not any(each for each in found())",
        "assert [each for each in found() if each] == []",
        "assert {each for each in found() if each} == set()",
        "assert not [each for each in found() if each]",
        "for each in enumerate(found()): assert each",
        "for each in (): assert each",
    ],
)
def test_the_check_finds_what_it_looks_for(body: str) -> None:
    lines = "\n".join(f"  {line}" for line in body.splitlines())
    assert list(find_unguarded(ast.parse(f"def test_it():\n{lines}")))
    guarded = lines.replace("found()", "some(found())").replace("in file:", "in some(file):")
    guarded = guarded.replace("in ():", "in (1, 2):")
    assert list(find_unguarded(ast.parse(f"def test_it():\n{guarded}"))) == []


def test_some_fails_where_there_is_nothing() -> None:
    assert some(iter("ab")) == ["a", "b"]
    with pytest.raises(AssertionError, match="nothing to look at"):
        some(())
