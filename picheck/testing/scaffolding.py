"""A new plugin's distribution, written from templates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from picheck.errors import UsageError
from picheck.plugins.registry import OWN_PREFIX, PluginRegistry
from picheck.testing.examples import compliant_parts, example_years

_TEMPLATES: Final = files("picheck.testing").joinpath("template")
_SUFFIX: Final = ".tmpl"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PREFIX: Final = re.compile(r"[A-Z][A-Z0-9]{1,11}")
_TOKEN: Final = re.compile(r"@([A-Z]+)@")


def scaffold(
    name: str, prefix: str, folder: Path, registry: PluginRegistry, program: str
) -> tuple[Path, ...]:
    """Write a complete distribution into a folder and return its files, sorted.

    `name` is the plugin's, `prefix` that of its codes, `program` the one its example rule is
    for. Raises UsageError for a name or prefix that cannot be used, and for a folder that holds
    anything: nothing is ever overwritten.
    """
    _check_name(name, registry)
    _check_prefix(prefix, registry)
    words = _words(name, prefix, registry, program)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; choose another folder with --output")
    written = []
    for path, template in _templates(_TEMPLATES, ""):
        file = folder / _named(path, words)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_filled(template.read_text("utf-8"), words), "utf-8", newline="\n")
        written.append(file)
    return tuple(sorted(written))


def _check_name(name: str, registry: PluginRegistry) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no plugin name; use small letters, digits and hyphens")
    if name == "picheck" or name in {use.name for use in registry.plugins}:
        raise UsageError(f"a plugin called {name!r} is installed already; choose another name")


def _check_prefix(prefix: str, registry: PluginRegistry) -> None:
    if prefix == OWN_PREFIX:
        raise UsageError(
            f"the prefix {OWN_PREFIX} belongs to picheck; choose your own, such as ACME"
        )
    if not _PREFIX.fullmatch(prefix):
        raise UsageError(f"{prefix!r} is no prefix; use 2 to 12 capital letters and digits")
    owner = next(
        (r.owner.distribution for c, r in registry.rules.items() if c.startswith(f"{prefix}-")),
        None,
    )
    if owner is not None:
        raise UsageError(f"the prefix {prefix} belongs to {owner}; choose another one")


def _words(name: str, prefix: str, registry: PluginRegistry, program: str) -> Mapping[str, str]:
    rulebooks = registry.rulebooks
    years = [
        year
        for year in example_years()
        if rulebooks.has(program, year) and rulebooks.rulebook(program, year).status == "final"
    ]
    if not years:
        raise UsageError(f"there is no compliant example for {program}; choose another program")
    slug = f"{name}-round-denominator"
    return {
        "NAME": name,
        "DISTRIBUTION": f"picheck-{name}",
        "PACKAGE": f"picheck_{name.replace('-', '_')}",
        "PREFIX": prefix,
        "CODE": f"{prefix}-QLT-01",
        "SLUG": slug,
        "MODULE": slug.replace("-", "_"),
        "PROGRAM": program,
        "MEASURE": _measure(years),
        "YEARS": ", ".join(map(str, years)),
        "MATRIX": ",".join(map(str, years)),
        "SETTINGS": "\n".join(f"    ry{year}: PICHECK_RULE_YEAR = {year}" for year in years),
    }


def _measure(years: list[int]) -> str:
    """Return a measure that every year's compliant submission answers with two counts."""
    counted = [
        {str(m["measureId"]) for m in _measurements(year) if isinstance(m["value"], dict)}
        for year in years
    ]
    return max(set.intersection(*counted))


def _measurements(year: int) -> list[dict[str, object]]:
    measurements: list[dict[str, object]] = compliant_parts(year)[0]["measurementSets"][0][
        "measurements"
    ]
    return measurements


def _templates(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _templates(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            yield f"{path}{entry.name.removesuffix(_SUFFIX)}", entry


def _named(path: str, words: Mapping[str, str]) -> str:
    """Return where a template's text goes: `package/` and the capital names are placeholders."""
    path = path.replace("package/", f"{words['PACKAGE']}/")
    return path.replace("MODULE.py", f"{words['MODULE']}.py").replace("CODE", words["CODE"])


def _filled(text: str, words: Mapping[str, str]) -> str:
    return _TOKEN.sub(lambda match: words[match[1]], text)
