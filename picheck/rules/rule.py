"""What a rule is: one formula with a code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import msgspec

from picheck.errors import UsageError
from picheck.model.outcome import Scope
from picheck.rules.answer import Answers
from picheck.rules.context import DocumentContext, EntityContext, SetContext

#: `FAMILY` may hold digits after its first letter; the prefix is the vendor's (`PIC` is ours).
CODE: Final = re.compile(r"[A-Z][A-Z0-9]*-[A-Z][A-Z0-9]*-[0-9]{2,}")
SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
HEADINGS: Final = ("What it checks", "Why it matters", "How to fix")


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One formula with a code.

    `check` is called with a context of the rule's scope and returns None for a pass, an
    `Answer`, or a sequence of them. `needs` are the codes that must not have failed on the same
    subject (or on its document) before. `terms` says which terms every clause must carry, as a
    Cerberus schema. A `structural` rule (document scope) also runs on a document whose shape
    was refused.
    """

    code: str
    slug: str
    scope: Scope
    check: Callable[..., Answers]
    needs: tuple[str, ...] = ()
    terms: Mapping[str, Any] = {}
    structural: bool = False
    title: str = ""
    help: Mapping[str, str] = {}

    def missing_terms(self, terms: Mapping[str, Any]) -> list[str]:
        """Return the terms that every clause must carry and these do not hold, sorted."""
        asked = {name for name, schema in self.terms.items() if schema.get("required", True)}
        return sorted(asked - terms.keys())


CheckT = TypeVar(
    "CheckT",
    bound="Callable[[SetContext], Answers] | Callable[[DocumentContext], Answers] "
    "| Callable[[EntityContext], Answers]",
)


def rule(
    code: str,
    slug: str,
    *,
    scope: Scope,
    needs: str | Sequence[str] = (),
    terms: Mapping[str, Any] | None = None,
    structural: bool = False,
) -> Callable[[CheckT], Rule]:
    """Make a rule of a function.

    `code` is `PREFIX-FAMILY-NN`; `slug` says what is wrong, in kebab case, and is the
    function's name. The docstring must hold the three headings "What it checks", "Why it
    matters" and "How to fix", each followed by its paragraph. Raises UsageError where one of
    these is not so.
    """

    def make(check: CheckT) -> Rule:
        name = getattr(check, "__name__", "")
        if not CODE.fullmatch(code):
            raise UsageError(f"rule code {code!r} is not PREFIX-FAMILY-NN, such as ACME-ERX-01")
        if not SLUG.fullmatch(slug):
            raise UsageError(f"slug {slug!r} of {code} is not in kebab-case")
        if name != slug.replace("-", "_"):
            raise UsageError(f"{code} is called {slug!r}, its function {name!r}; use one name")
        title, paragraphs = _read_docstring(code, check.__doc__ or "")
        return Rule(
            code=code,
            slug=slug,
            scope=scope,
            check=check,
            needs=(needs,) if isinstance(needs, str) else tuple(needs),
            terms=dict(terms or {}),
            structural=structural,
            title=title,
            help=paragraphs,
        )

    return make


def _read_docstring(code: str, docstring: str) -> tuple[str, dict[str, str]]:
    """Split a rule's docstring into its title and the paragraphs under the three headings."""
    title, *rest = re.split(
        rf"^\s*({'|'.join(HEADINGS)})\s*[:.]?\s*$|^\s*({'|'.join(HEADINGS)}):\s",
        docstring,
        flags=re.MULTILINE,
    )
    paragraphs: dict[str, str] = {}
    for heading_alone, heading_inline, text in zip(rest[0::3], rest[1::3], rest[2::3], strict=True):
        paragraphs[heading_alone or heading_inline] = " ".join(text.split())
    missing = [heading for heading in HEADINGS if not paragraphs.get(heading)]
    if missing or not title.strip():
        wanted = ", ".join(missing) or "a first line"
        raise UsageError(f"the docstring of {code} lacks: {wanted}")
    return " ".join(title.split()), paragraphs
