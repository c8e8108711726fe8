"""The rules of a report as SARIF describes them, with their help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from picheck.api import Citation, Result, Rule

_LEVELS: Final = {"error": "error", "warning": "warning", "note": "note", "none": "none"}


def descriptors(results: Iterable[Result], rules: Mapping[str, Rule]) -> list[dict[str, Any]]:
    """Return a descriptor for each rule that spoke, sorted by code."""
    spoke: dict[str, Result] = {}
    for result in results:
        known = spoke.get(result.rule.code)
        if known is None or (known.severity == "none" and result.severity != "none"):
            spoke[result.rule.code] = result
    return [_descriptor(result, rules.get(code)) for code, result in sorted(spoke.items())]


def _descriptor(result: Result, rule: Rule | None) -> dict[str, Any]:
    reference = result.rule
    title = rule.title if rule else reference.slug.replace("-", " ")
    paragraphs = dict(rule.help) if rule else {"How to fix": result.remediation or title}
    told: dict[str, Any] = {
        "id": reference.code,
        "name": "".join(word.capitalize() for word in reference.slug.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": paragraphs.get("What it checks", title)},
        "help": {
            "text": "\n\n".join(f"{name}: {text}" for name, text in paragraphs.items()),
            "markdown": _help(title, paragraphs, result.citations),
        },
        "properties": {
            "tags": [
                "promoting-interoperability",
                *([result.consequence] if result.consequence else []),
            ],
            "plugin": reference.plugin,
            "distribution": reference.distribution,
            "version": reference.version,
        },
    }
    if result.outcome == "fail":
        told["defaultConfiguration"] = {"level": _LEVELS[result.severity]}
    return told


def _help(title: str, paragraphs: Mapping[str, str], citations: Iterable[Citation]) -> str:
    parts = [f"# {title}", *(f"## {name}\n\n{text}" for name, text in paragraphs.items())]
    sources = "\n".join(f"- {_source(citation)}" for citation in citations)
    if sources:
        parts.append(f"## Sources\n\n{sources}")
    return "\n\n".join(parts) + "\n"


def _source(citation: Citation) -> str:
    where = f", {citation.locator}" if citation.locator else ""
    title = f"[{citation.title}]({citation.url})" if citation.url else citation.title
    return f"{title}{where} ({citation.standing})"
