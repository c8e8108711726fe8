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
from picheck.testing.blueprints import Blueprint, blueprint

_SUFFIX: Final = ".tmpl"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PREFIX: Final = re.compile(r"[A-Z][A-Z0-9]{1,11}")
_TOKEN: Final = re.compile(r"@([A-Z]+)@")


def scaffold(
    name: str, prefix: str, folder: Path, registry: PluginRegistry, program: str
) -> tuple[Path, ...]:
    """Write a complete distribution into a folder and return its files, sorted.

    `name` is the plugin's, `prefix` that of its codes, `program` the one its example rule is
    for; one without any rulebook is brought along, with one year. Raises UsageError for a name,
    prefix or program that cannot be used, and for a folder that holds anything: nothing is ever
    overwritten.
    """
    _check_name(name, registry)
    _check_prefix(prefix, registry)
    plan = blueprint(program, prefix, registry.rulebooks)
    words = _words(name, prefix, program, plan)
    filled = {path: _fill(text, words) for path, text in _texts(plan).items()}
    texts = {_fill_path(path, words): text for path, text in {**filled, **plan.added}.items()}
    try:
        return _write(folder, texts)
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder} cannot be written: {error.strerror}"
        ) from error


def _write(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Write the files into a folder that is empty or not there. Raises UsageError, OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; choose another folder with --output")
    written = []
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="\n")
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


def _words(name: str, prefix: str, program: str, plan: Blueprint) -> Mapping[str, str]:
    slug = f"{name}-{plan.rule}"
    measure, other = plan.measures
    return {
        "NAME": name,
        "DISTRIBUTION": f"picheck-{name}",
        "PACKAGE": f"picheck_{name.replace('-', '_')}",
        "PREFIX": prefix,
        "CODE": f"{prefix}-QLT-01",
        "SLUG": slug,
        "MODULE": slug.replace("-", "_"),
        "PROGRAM": program,
        "MEASURE": measure,
        "OTHER": other,
        "YEARS": ", ".join(map(str, plan.years)),
        "MATRIX": ",".join(map(str, plan.years)),
        "SETTINGS": "\n".join(f"    ry{year}: PICHECK_RULE_YEAR = {year}" for year in plan.years),
    }


def _texts(plan: Blueprint) -> Mapping[str, str]:
    """Return the texts of a plan's templates by path; later folders replace earlier files."""
    texts: dict[str, str] = {}
    for folder in plan.templates:
        for path, template in _templates(files("picheck.testing").joinpath(folder), ""):
            texts[path] = template.read_text("utf-8")
    return {path: text for path, text in texts.items() if path not in plan.without}


def _templates(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _templates(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            yield f"{path}{entry.name.removesuffix(_SUFFIX)}", entry


def _fill_path(path: str, words: Mapping[str, str]) -> str:
    """Return where a template's text goes: `package/` and the capital names are placeholders."""
    path = path.replace("package/", f"{words['PACKAGE']}/").replace("yYEAR", f"y{words['YEARS']}")
    return path.replace("MODULE.py", f"{words['MODULE']}.py").replace("CODE", words["CODE"])


def _fill(text: str, words: Mapping[str, str]) -> str:
    return _TOKEN.sub(lambda match: words[match[1]], text)
