"""What a rule is: one function with a code, whose parameters are what it reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from types import FunctionType
from typing import Any, Final, Literal, TypeVar, get_args

import msgspec

from picheck.errors import MissingEvidence, UsageError
from picheck.model.evidence import NO_EVIDENCE
from picheck.model.evidence_sections import OWN_SECTIONS
from picheck.model.vocabulary import SCOPES, Scope
from picheck.rules.check_result import CheckResults, indeterminate, not_applicable
from picheck.rules.inputs import PARAMETERS, Parts
from picheck.validation import closest_match

#: `FAMILY` may hold digits after its first letter; the prefix is the vendor's (`PIC` is ours).
CODE: Final = re.compile(r"[A-Z][A-Z0-9]*-[A-Z][A-Z0-9]*-[0-9]{2,}")
SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
WithoutEvidence = Literal["notApplicable", "indeterminate"]
HEADINGS: Final = ("What it checks", "Why it matters", "How to fix")
#: Where the author of a plugin for version 1 of the interface finds how to move.
MOVING_PAGE: Final = "docs/plugins/moving-to-2.md"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One function with a code.

    `check` is called with the parameters that it names, in their order: `reads`. It returns None
    for a pass, a `CheckResult`, or a sequence of them. `needs` are the codes that must not have
    failed on the same subject (or on its document) before. `terms` is a Cerberus schema of the
    terms that every clause must carry. `evidence` are the evidence keys that the rule looks at;
    `without_evidence` is its outcome where there is no evidence at all: it is then not called.
    A `structural` rule (scope document) also runs on a document whose shape was refused.
    """

    code: str
    slug: str
    scope: Scope
    check: Callable[..., CheckResults]
    reads: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    terms: Mapping[str, Any] = {}
    evidence: tuple[str, ...] = ()
    without_evidence: WithoutEvidence | None = None
    structural: bool = False
    title: str = ""
    help: Mapping[str, str] = {}

    def missing_terms(self, terms: Mapping[str, Any]) -> list[str]:
        """Return the terms that every clause must carry and these do not hold, sorted."""
        asked = {name for name, schema in self.terms.items() if schema.get("required", True)}
        return sorted(asked - terms.keys())


CheckT = TypeVar("CheckT", bound="Callable[..., CheckResults]")


def rule(
    code: str,
    slug: str,
    *,
    scope: Scope | None = None,
    needs: str | Sequence[str] = (),
    terms: Mapping[str, Any] | None = None,
    evidence: str | Sequence[str] = (),
    without_evidence: WithoutEvidence | None = None,
    structural: bool = False,
) -> Callable[[CheckT], Rule]:
    """Make a rule of a function.

    `code` is `PREFIX-FAMILY-NN`; `slug` says what is wrong, in kebab case, and is the function's
    name. The function's parameters name what the rule reads (`picheck.rules.inputs.PARAMETERS`);
    its scope follows from them, and is given only where several are possible. A rule that can
    decide nothing without evidence says `without_evidence`: "notApplicable", or "indeterminate"
    with its evidence keys as what is missing. The docstring holds the headings "What it checks",
    "Why it matters" and "How to fix", each with its paragraph. Raises UsageError where one of
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
        reads = parameters_of(code, check)
        keys = (evidence,) if isinstance(evidence, str) else tuple(evidence)
        _check_evidence_keys(code, keys, reads)
        if without_evidence and not keys:
            raise UsageError(f"{code} says without_evidence, but declares no evidence keys")
        title, paragraphs = _read_docstring(code, check.__doc__ or "")
        return Rule(
            code=code,
            slug=slug,
            scope=scope_of(code, reads, scope),
            check=check,
            reads=reads,
            needs=(needs,) if isinstance(needs, str) else tuple(needs),
            terms=dict(terms or {}),
            evidence=keys,
            without_evidence=without_evidence,
            structural=structural,
            title=title,
            help=paragraphs,
        )

    return make


def parameters_of(code: str, check: object) -> tuple[str, ...]:
    """Return the names of a function's parameters, in their order.

    Raises UsageError for a parameter that no rule can have (with the nearest known name), for
    an annotation that does not fit, and for anything but a plain function with named parameters.
    """
    if not isinstance(check, FunctionType):
        raise UsageError(f"{code}: a rule is a plain function, not a {type(check).__name__}")
    coded = check.__code__
    if coded.co_flags & 0x0C or coded.co_kwonlyargcount:  # *args, **kwargs
        raise UsageError(f"{code}: name each parameter; *args, ** and keyword-only are not given")
    reads = coded.co_varnames[: coded.co_argcount]
    for name in reads:
        if name not in PARAMETERS:
            near = closest_match(name, list(PARAMETERS))
            hint = f"did you mean {near}?" if near else f"known are {', '.join(PARAMETERS)}"
            if name == "ctx":
                hint = f"rules of API version 1 took a context; see {MOVING_PAGE}"
            raise UsageError(f"{code}: no rule can read {name!r}; {hint}")
        annotation = check.__annotations__.get(name)
        allowed = PARAMETERS[name].annotations
        if annotation is not None and _spell(annotation) not in allowed:
            raise UsageError(
                f"{code}: {name} is annotated {_spell(annotation)}, it is {' or '.join(allowed)}"
            )
    return reads


def _check_evidence_keys(code: str, keys: Sequence[str], reads: Sequence[str]) -> None:
    """Raise UsageError unless the keys are declared where evidence is read, and can be there.

    Sections of plugins are known only when all plugins are loaded, and checked then.
    """
    if keys and "evidence" not in reads:
        raise UsageError(f"{code} declares evidence keys without the parameter evidence")
    if "evidence" in reads and not keys:
        raise UsageError(
            f"{code} reads evidence; declare the keys: evidence=('cehrt.certifiedOn',)"
        )
    for key in keys:
        if key.partition(".")[0] not in OWN_SECTIONS:
            continue
        try:
            NO_EVIDENCE.get(key)
        except AttributeError as error:
            raise UsageError(f"{code} declares {key!r}, which no evidence can hold") from error


def scope_of(code: str, reads: Sequence[str], declared: Scope | None) -> Scope:
    """Return the scope that the parameters ask for.

    Raises UsageError where they contradict each other or the declared scope, and where several
    scopes are possible and none is declared.
    """
    possible = [
        scope
        for scope in SCOPES
        if all(scope in PARAMETERS[name].scopes for name in reads if PARAMETERS[name].scopes)
    ]
    asked = ", ".join(name for name in reads if PARAMETERS[name].scopes) or "nothing of a subject"
    if not possible:
        raise UsageError(f"{code} reads {asked}: no scope has all of these")
    if declared is None:
        if len(possible) > 1:
            raise UsageError(f"{code} reads {asked}: say scope={' or '.join(map(repr, possible))}")
        return possible[0]
    if declared not in possible:
        raise UsageError(f"{code} reads {asked}: that is not of scope {declared!r}")
    return declared


def bind_parts(rule: Rule, law: Mapping[str, Any]) -> Callable[[Parts], CheckResults]:
    """Return the rule as a function of the parts; what it reads of the law is fixed already."""
    call = _bind(rule, law)
    if rule.without_evidence is None:
        return call
    keys = rule.evidence
    # made once: it is the same for every document without evidence
    open_ = indeterminate(str(MissingEvidence(*keys)), missing=keys)
    is_open = rule.without_evidence == "indeterminate"
    result = open_ if is_open else not_applicable("there is no evidence to compare with")
    return lambda subject: result if subject.evidence.is_empty else call(subject)


def _bind(rule: Rule, law: Mapping[str, Any]) -> Callable[[Parts], CheckResults]:
    check = rule.check
    parts = tuple(name for name in rule.reads if name not in law)
    fixed = tuple(law[name] for name in rule.reads if name in law)
    if not parts or rule.reads[: len(parts)] != parts:
        named = {name: law[name] for name in rule.reads if name in law}
        return lambda subject: check(**named, **{name: getattr(subject, name) for name in parts})
    read = attrgetter(*parts)  # the usual order: parts, then the law
    if len(parts) == 1:
        return lambda subject: check(read(subject), *fixed)
    return lambda subject: check(*read(subject), *fixed)


def _spell(annotation: object) -> str:
    """Return an annotation as it is written in the source, without the names of modules."""
    if isinstance(annotation, type) and not get_args(annotation):
        return annotation.__name__
    return re.sub(r"\b(?:\w+\.)+(?=\w)", "", str(annotation))


def _read_docstring(code: str, docstring: str) -> tuple[str, dict[str, str]]:
    """Return a rule's first line and the paragraphs under the three headings."""
    title, *rest = re.split(
        rf"^\s*({'|'.join(HEADINGS)})\s*[:.]?\s*$|^\s*({'|'.join(HEADINGS)}):\s",
        docstring,
        flags=re.MULTILINE,
    )
    paragraphs: dict[str, str] = {}
    # each match gives two groups, one of them None, and after them comes its text
    for heading_alone, heading_inline, text in zip(rest[0::3], rest[1::3], rest[2::3], strict=True):
        paragraphs[heading_alone or heading_inline] = " ".join(text.split())
    missing = [heading for heading in HEADINGS if not paragraphs.get(heading)]
    if missing or not title.strip():
        wanted = ", ".join(missing) or "a first line"
        raise UsageError(f"the docstring of {code} lacks: {wanted}")
    return " ".join(title.split()), paragraphs
