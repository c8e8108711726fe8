"""The settings file: `picheck.toml`, or `[tool.picheck]` in `pyproject.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from picheck.engine.options import GATES, Override
from picheck.errors import ConfigurationError
from picheck.file_access import read_text
from picheck.plugins.one_file import is_file
from picheck.validation import validate

OWN_FILE: Final = "picheck.toml"
SHARED_FILE: Final = "pyproject.toml"

#: The address of a site with pages of rules, which may also be a folder of this machine.
DOCS_URL: Final = r"(https?://[^\s/]|file:///)\S*"

_WORDS: Final[dict[str, Any]] = {
    "type": "list",
    "schema": {"type": "string", "empty": False},
}
_PATH: Final[dict[str, Any]] = {"type": "string", "empty": False}
_NAME: Final[dict[str, Any]] = {"type": "string", "empty": False}
_GATE: Final[dict[str, Any]] = {"type": "string", "allowed": list(GATES)}
_OVERRIDE: Final[dict[str, Any]] = {
    "files": {**_WORDS, "required": True, "empty": False},
    "select": _WORDS,
    "ignore": _WORDS,
    "fail_on": _GATE,
}
#: What a settings file may hold, as Cerberus reads it; the keys are the options of the audit.
SETTINGS_SCHEMA: Final[dict[str, Any]] = {
    "year": {"type": "integer"},
    "as_of": {"type": "string", "regex": r"\d{4}-\d{2}-\d{2}"},
    "fail_on": _GATE,
    "trust": {"type": "string", "allowed": ["verified", "unverified"]},
    "select": _WORDS,
    "ignore": _WORDS,
    "input_format": _NAME,
    "docs_url": {"type": "string", "regex": DOCS_URL},
    "format": _WORDS,
    "prior": _WORDS,
    "waivers": _PATH,
    "baseline": _PATH,
    "entity_key": _PATH,
    "history": _PATH,
    "all_results": {"type": "boolean"},
    "sources": {"type": "boolean"},
    "reveal": {"type": "boolean"},
    "require_plugin": _WORDS,
    "plugin": _WORDS,
    "plugins": {
        "type": "dict",
        "keysrules": {"type": "string"},
        "valuesrules": {"type": "dict"},
    },
    "overrides": {"type": "list", "schema": {"type": "dict", "schema": _OVERRIDE}},
}
#: The keys that set an option of the same name.
OPTION_KEYS: Final = tuple(key for key in SETTINGS_SCHEMA if key not in {"plugins", "overrides"})
_LISTS: Final = frozenset(key for key, kind in SETTINGS_SCHEMA.items() if kind["type"] == "list")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a settings file says; paths in `options` are made whole.

    `options` are by option name; `plugins` are handed on unread, for each plugin to check;
    `source` is the file, None where there is none.
    """

    source: Path | None = None
    options: Mapping[str, Any] = {}
    plugins: Mapping[str, Mapping[str, Any]] = {}
    overrides: tuple[Override, ...] = ()


NO_SETTINGS: Final = Settings()


def find_settings(start: Path) -> Path | None:
    """Return the nearest settings file, from a folder upward; None where there is none.

    In one folder `picheck.toml` comes before `pyproject.toml`, which counts only if it has a
    table `[tool.picheck]`. Raises ConfigurationError where a folder cannot be looked into.
    """
    for folder in (start, *start.parents):
        try:
            found = _find_in(folder)
        except OSError as error:
            raise ConfigurationError(
                f"{folder} may hold settings and cannot be looked into: {error.strerror};"
                " give --isolated to use none"
            ) from error
        if found is not None:
            return found
    return None


def _find_in(folder: Path) -> Path | None:
    """Return the settings file of one folder. Raises OSError where that cannot be said."""
    own, shared = folder / OWN_FILE, folder / SHARED_FILE
    if own.is_file():
        return own
    if shared.is_file() and _table(shared) is not None:
        return shared
    return None


def read_settings(path: Path) -> Settings:
    """Read a settings file. Raises ConfigurationError with one line for each fault."""
    table = _table(path)
    if table is None:
        raise ConfigurationError(f"{path}: has no table [tool.picheck]")
    data = validate(_widen(table), SETTINGS_SCHEMA, _name(path))
    folder = path.parent
    return Settings(
        source=path,
        options={
            key: _whole(key, value, folder) for key, value in data.items() if key in OPTION_KEYS
        },
        plugins=data.get("plugins", {}),
        overrides=tuple(_override(table, folder) for table in data.get("overrides", ())),
    )


def settings(config: Path | None, *, isolated: bool, start: Path | None = None) -> Settings:
    """Return the settings of a run: of the file that was given, or of the one that is found.

    `isolated` looks for none. Raises ConfigurationError where the file is wrong or absent.
    """
    if config is not None:
        return read_settings(config)
    if isolated:
        return NO_SETTINGS
    found = find_settings(start or Path.cwd())
    return NO_SETTINGS if found is None else read_settings(_under(found.parent, found.name))


def _table(path: Path) -> dict[str, Any] | None:
    """Return the file's settings; None for a pyproject.toml that has none."""
    try:
        data = tomllib.loads(read_text(path))
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: is not valid TOML: {error}") from error
    if path.name != SHARED_FILE:
        return data
    tools = data.get("tool")
    table = tools.get("picheck") if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else None


def _name(path: Path) -> str:
    return f"{path} [tool.picheck]" if path.name == SHARED_FILE else str(path)


def _widen(table: Mapping[str, Any]) -> dict[str, Any]:
    """Accept what people write for short: one text for a list, a TOML date for a text."""
    widened: dict[str, Any] = {}
    for key, value in table.items():
        if key in _LISTS and isinstance(value, str):
            widened[key] = [value]
        # not isinstance(): a TOML date with a time is a date too
        elif type(value) is date:
            widened[key] = value.isoformat()
        else:
            widened[key] = value
    overrides = widened.get("overrides")
    if isinstance(overrides, list):
        widened["overrides"] = [
            {key: [value] if key in {"files", "select", "ignore"} and isinstance(value, str)
             else value for key, value in each.items()}
            if isinstance(each, dict) else each
            for each in overrides
        ]  # fmt: skip
    return widened


def _whole(key: str, value: Any, folder: Path) -> Any:
    """Make paths whole: those in a settings file start at its folder, wherever picheck runs."""
    if key in {"waivers", "baseline", "entity_key"}:
        return _under(folder, value)
    if key == "history":
        return value if "://" in value else str(_under(folder, value))
    if key == "prior":
        return tuple(str(_under(folder, path)) for path in value)
    if key == "plugin":
        return tuple(str(_under(folder, name)) if is_file(name) else name for name in value)
    if key == "format":
        return tuple(_format(each, folder) for each in value)
    return tuple(value) if isinstance(value, list) else value


def _format(value: str, folder: Path) -> str:
    name, is_file, path = value.partition("=")
    return f"{name}={_under(folder, path)}" if is_file else name


def _under(folder: Path, path: str) -> Path:
    """Return a path as short as it can be said from the working directory."""
    whole = folder / path
    try:
        return whole.relative_to(Path.cwd())
    except ValueError:
        return whole


def _override(table: Mapping[str, Any], folder: Path) -> Override:
    return Override(
        files=tuple(table["files"]),
        folder=str(folder.absolute()),
        select=tuple(table.get("select", ())),
        ignore=tuple(table.get("ignore", ())),
        gate=table.get("fail_on"),
    )
