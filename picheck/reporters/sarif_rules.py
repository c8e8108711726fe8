"""The rules of a report as SARIF describes them, with their help."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from picheck.api import Citation, RuleRecord


def describe_rules(
    rules: Iterable[RuleRecord],
) -> tuple[dict[str, RuleRecord], list[dict[str, Any]]]:
    """Return the rules that are described, by code, and their descriptors, sorted by code.

    A rule of several years is described once, as its newest year has it.
    """
    newest: dict[str, RuleRecord] = {}
    for rule in rules:
        known = newest.get(rule.code)
        if known is None or (rule.year or 0) > (known.year or 0):
            newest[rule.code] = rule
    return newest, [_descriptor(rule) for _, rule in sorted(newest.items())]


def _descriptor(rule: RuleRecord) -> dict[str, Any]:
    title = rule.title or rule.slug.replace("-", " ")
    paragraphs = {"What it checks, and why it matters": rule.help, "How to fix": rule.remediation}
    sections = {name: text for name, text in paragraphs.items() if text}
    tags = ["promoting-interoperability", *([rule.consequence] if rule.consequence else [])]
    described: dict[str, Any] = {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.slug.split("-")),
        "shortDescription": {"text": title},
        "fullDescription": {"text": rule.help or title},
        "help": {
            "text": "\n\n".join(f"{name}: {text}" for name, text in sections.items()) or title,
            "markdown": _help(title, sections, rule),
        },
        "properties": {
            "tags": tags,
            "year": rule.year,
            "plugin": rule.plugin,
            "distribution": rule.distribution,
            "version": rule.version,
            "remediation": rule.remediation,
            "note": rule.note,
            "citations": msgspec.to_builtins(rule.citations),
        },
        "defaultConfiguration": {"level": rule.severity},
    }
    if rule.help_uri:
        described["helpUri"] = rule.help_uri
    return described


def _help(title: str, sections: dict[str, str], rule: RuleRecord) -> str:
    parts = [f"# {title}", *(f"## {name}\n\n{text}" for name, text in sections.items())]
    if rule.note:
        parts.append(f"## Note\n\n{rule.note}")
    if rule.citations:
        sources = "\n".join(f"- {_source(citation)}" for citation in rule.citations)
        parts.append(f"## Sources\n\n{sources}")
    return "\n\n".join(parts) + "\n"


def _source(citation: Citation) -> str:
    where = f", {citation.locator}" if citation.locator else ""
    title = f"[{citation.title}]({citation.url})" if citation.url else citation.title
    return f"{title}{where} ({citation.standing})"
