"""Markdown from templates: what comes from a plugin is shown as it is, and never read as markup."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from picheck.model.citation import Citation
from picheck.model.frozen import thaw
from picheck.model.printable import printable
from picheck.reporters.escaping import markdown as escape
from picheck.reporters.escaping import markdown_code, one_line
from picheck.reporters.presentation import CONSEQUENCES

#: What a URL may hold beside letters and digits and still be safe between angle brackets.
_IN_A_URL: Final = ";/?:@&=+$,#%~!*'()[]-_."
#: What begins a list, a comment or another block at the beginning of a line.
_BLOCK: Final = re.compile(r"^(\d*)(?=[-+.)]\s|[-+]{2}|[%=:])")


class Markdown(str):
    """A text that is Markdown already; any other text is escaped where a template prints it."""

    __slots__ = ()


def render(template: str, **facts: Any) -> str:
    """Return the page that a template makes of facts."""
    return _environment().get_template(template).render(facts)


def link_to(label: str, path: str) -> Markdown:
    """Return a link to another page."""
    return Markdown(f"[{_plain(label)}]({path})")


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - pages are Markdown; `finalize` escapes for that
        loader=PackageLoader("picheck.site"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    filters: Mapping[str, Callable[..., Markdown]] = {
        "code": _code,
        "codes": _codes,
        "finding": _show_finding,
        "words": _words,
        "url": _url,
        "sources": _sources,
        "json_block": _json_block,
        "tree": _tree,
    }
    environment.filters.update(filters)
    environment.globals |= {"costs": CONSEQUENCES, "as_markdown": Markdown}
    return environment


def _finalize(value: Any) -> str:
    if isinstance(value, Markdown):
        return value
    return "" if value is None else _plain(str(value))


def _plain(text: str) -> str:
    """Return a text as Markdown that shows it as it is, wherever in a line it is."""
    return _BLOCK.sub(r"\1\\", escape(text))


def _code(value: Any) -> Markdown:
    return Markdown(markdown_code(str(value)))


def _codes(values: Iterable[Any]) -> Markdown:
    return Markdown(", ".join(_code(value) for value in values))


def _show_finding(expected: Mapping[str, Any]) -> Markdown:
    """Return what a case expects to be found, in one line."""
    found = _code(expected["rule"])
    if expected["outcome"] != "fail":
        found = Markdown(f"{found} ({_plain(expected['outcome'])})")
    if "pointer" in expected:
        found = Markdown(f"{found} at {_code(expected['pointer'] or '/')}")
    missing = expected.get("missing")
    return Markdown(f"{found}, without the evidence {_codes(missing)}") if missing else found


def _words(name: str) -> Markdown:
    """Return the name of a term or a property as words: `minimum_days` as `minimum days`."""
    return Markdown(_plain(name.replace("_", " ")))


def _url(label: str, url: str | None) -> Markdown:
    """Return a link to an address; the label alone where the address is none of the web."""
    if not (url or "").startswith(("https://", "http://")):
        return Markdown(_plain(label))
    return Markdown(f"[{_plain(label)}](<{quote(url or '', safe=_IN_A_URL)}>)")


def _sources(citations: Iterable[Citation]) -> Markdown:
    """Return sources in one line, each with its place and its standing."""
    return Markdown("; ".join(map(_source, citations)) or "none")


def _source(citation: Citation) -> str:
    where = f", {_plain(citation.locator)}" if citation.locator else ""
    return f"{_url(citation.title, citation.url)}{where} ({citation.standing})"


def _json_block(value: Any) -> Markdown:
    """Return a value as an indented block of JSON."""
    text = msgspec.json.format(msgspec.json.encode(value, enc_hook=thaw), indent=2).decode()
    fence = "`" * 3
    # a value may hold a fence itself
    while fence in text:
        fence += "`"
    return Markdown(f"{fence}json\n{printable(text)}\n{fence}")


def _tree(value: Any) -> Markdown:
    """Return a term's value as a nested list; a plain value stays in its line."""
    lines = list(_branches(thaw(value)))
    if len(lines) == 1 and not lines[0].startswith("- "):
        return Markdown(lines[0])
    return Markdown("\n" + textwrap.indent("\n".join(lines), "  "))


def _branches(value: Any) -> Iterator[str]:
    """Yield the lines of a value: one for a plain one, a list item for each part of another."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _branch(f"{_span(key)}:", inner)
    elif _is_nested(value):
        for inner in value:
            yield from _branch("", inner)
    else:
        yield _in_line(value)


def _branch(label: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict) and not label and not _is_nested(value):
        parts = (f"{_span(key)}: {_in_line(inner)}" for key, inner in value.items())
        yield f"- {', '.join(parts)}"
    elif isinstance(value, dict) or _is_nested(value):
        yield f"- {label or 'one of'}"
        yield from (f"  {line}" for line in _branches(value))
    else:
        yield f"- {label} {_in_line(value)}".replace("-  ", "- ")


def _is_nested(value: Any) -> bool:
    """Whether a list or a table holds others."""
    inner = value.values() if isinstance(value, dict) else value
    return isinstance(value, dict | list) and any(isinstance(each, dict | list) for each in inner)


def _in_line(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_span(str(each)) for each in value) or "none"
    return _span(str(value)) or "empty"


def _span(text: str) -> str:
    """Return a text as code outside of tables, where a bar must not have a backslash."""
    shown = one_line(text).replace("`", "'")
    return f"`{shown}`" if shown else ""
