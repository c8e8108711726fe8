"""Plugins pinned by name, version and digest, for audits that must be reproducible."""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import msgspec

from picheck.errors import ConfigurationError, PluginError
from picheck.file_access import read_text
from picheck.plugins.entry_points import list_entry_points
from picheck.plugins.host import Host
from picheck.plugins.one_file import digest_in

LOCK_FILE: Final = "picheck-plugins.lock"
_CACHE: Final = "__pycache__"
_HEAD: Final = """\
# Made by `picheck plugins lock`.
# `picheck audit --locked` refuses to run with other plugins.
"""


class Locked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One distribution: its version, the digest of its files, and its plugins by name."""

    name: str
    version: str
    sha256: str
    plugins: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    distributions: tuple[Locked, ...]


def lock_of(host: Host) -> tuple[Locked, ...]:
    """Return what is loaded, by distribution."""
    plugins: dict[str, list[str]] = {}
    versions: dict[str, str] = {}
    packages: dict[str, set[str]] = {}
    for origin in host.loaded:
        plugins.setdefault(origin.distribution, []).append(origin.name)
        versions[origin.distribution] = origin.version or ""
        module = host.module_of(origin.name)
        name = module.__name__ if isinstance(module, ModuleType) else type(module).__module__
        packages.setdefault(origin.distribution, set()).add(name.partition(".")[0])
    return tuple(
        Locked(
            name,
            versions[name],
            digest_in(versions[name]) or digest_of(name, frozenset(packages[name])),
            tuple(sorted(own)),
        )
        for name, own in sorted(plugins.items())
    )


def write_lock(lock: tuple[Locked, ...]) -> str:
    """Return the lock as the text of its file, TOML."""
    tables = (
        f"\n[[distributions]]\nname = {_quote(each.name)}\nversion = {_quote(each.version)}\n"
        f"sha256 = {_quote(each.sha256)}\nplugins = [{', '.join(map(_quote, each.plugins))}]\n"
        for each in lock
    )
    return _HEAD + "".join(tables)


def read_lock(path: Path) -> tuple[Locked, ...]:
    """Read a lock file. Raises ConfigurationError where it is absent or no lock."""
    try:
        table = tomllib.loads(read_text(path))
        return msgspec.convert(table, _File).distributions
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"{path} does not exist; make it with picheck plugins lock"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    except msgspec.ValidationError as error:
        raise ConfigurationError(
            f"{path} is no lock: {error}; make it again with picheck plugins lock"
        ) from error


def check_lock(path: Path, host: Host) -> None:
    """Hold what is loaded against a lock file.

    Raises PluginError with one line for each difference: a plugin more or less, another
    version, other files.
    """
    locked = {each.name: each for each in read_lock(path)}
    loaded = {each.name: each for each in lock_of(host)}
    faults = [
        (name, line)
        for name in sorted(locked.keys() | loaded.keys())
        for line in _differences(locked.get(name), loaded.get(name))
    ]
    if faults:
        lines = [f"{path}: {line}" for _, line in faults]
        lines.append("install what was locked, or accept this with picheck plugins lock")
        name = faults[0][0]
        first = loaded.get(name) or locked[name]
        raise PluginError("\n".join(lines), plugin=first.plugins[0], distribution=name)


def digest_of(distribution: str, packages: frozenset[str] = frozenset()) -> str:
    """Return the SHA-256 over the files of a distribution's packages, however it is installed.

    Its packages are those that its entry points lead into, and `packages` besides. Names and
    contents of all files count, in order of their names; caches do not.
    """
    digest = hashlib.sha256()
    for package in sorted({*packages, *_packages(distribution)}):
        for name, file in _files(package):
            content = file.read_bytes()
            # with the length, or bytes could move from one file to the next unseen
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _differences(locked: Locked | None, loaded: Locked | None) -> Iterator[str]:
    if locked is None and loaded is not None:
        yield f"{loaded.name} ({', '.join(loaded.plugins)}) is loaded but not locked"
    elif loaded is None and locked is not None:
        yield f"{locked.name} {locked.version} ({', '.join(locked.plugins)}) is not loaded"
    elif locked is not None and loaded is not None:
        if digest_in(locked.version) and digest_in(loaded.version):
            if locked.version != loaded.version:
                yield f"{loaded.name} is another file than was locked"
        elif locked.version != loaded.version:
            yield f"{loaded.name} is {loaded.version}, locked at {locked.version}"
        elif locked.sha256 != loaded.sha256:
            yield f"{loaded.name} {loaded.version} has other files than were locked"
        for name in sorted(set(locked.plugins) ^ set(loaded.plugins)):
            where = "not loaded" if name in locked.plugins else "loaded but not locked"
            yield f"plugin {name} of {loaded.name} is {where}"


def _packages(distribution: str) -> Iterator[str]:
    for entry in list_entry_points():
        if entry.distribution == distribution:
            yield entry.module.partition(".")[0]


def _files(package: str) -> Iterator[tuple[str, Path]]:
    spec = importlib.util.find_spec(package)
    if spec is None:
        return
    if spec.submodule_search_locations is None:
        if spec.origin is not None:
            yield package, Path(spec.origin)
        return
    for folder in spec.submodule_search_locations:
        root = Path(folder)
        for file in sorted(root.rglob("*")):
            if file.is_file() and _CACHE not in file.parts:
                yield f"{package}/{file.relative_to(root).as_posix()}", file


def _quote(text: str) -> str:
    """Write a TOML basic string; JSON's are a subset of them."""
    return msgspec.json.encode(text).decode()
