"""What all audits of a run have in common: options, plugins, rulebooks, files."""

from __future__ import annotations

import platform
import tomllib
from typing import Any

import msgspec

from picheck import __version__
from picheck.engine.options import AuditOptions
from picheck.engine.run_inputs import run_inputs
from picheck.history.blob import Blob
from picheck.plugins.host import Host
from picheck.plugins.lockfile import lock_of, write_lock
from picheck.plugins.registry import PluginRegistry


class RunTerms(msgspec.Struct, frozen=True, kw_only=True):
    """What all audits of a run have in common, as digests, and the blobs behind these."""

    digests: dict[str, Any]
    blobs: tuple[Blob, ...]


def describe_terms(options: AuditOptions, environment: Blob, *, keep: bool) -> RunTerms:
    """Return the options, the environment and the files of a run as the history keeps them."""
    given = Blob.of(encode_options(options), "application/json")
    blobs = [given, environment]
    digests: dict[str, Any] = {"options": given.sha256, "environment": environment.sha256}
    for role, path in (("waivers", options.waivers), ("baseline", options.baseline)):
        if path is not None:
            blob = Blob.of(path.read_bytes(), "text/plain", keep=keep)
            digests[role] = blob.sha256
            blobs.append(blob)
    named = (*digests, "prior")  # a document's record names the earlier years that it was given
    others = [[use.role, use.sha256] for use in run_inputs(options) if use.role not in named]
    if others:
        digests["files"] = others
    return RunTerms(digests=digests, blobs=tuple(blobs))


def encode_options(options: AuditOptions) -> bytes:
    """Return the options that change what is found in one document, as JSON.

    Neither the date nor any file is among them, nor what changes the form of a report alone.
    """
    given = {
        "year": options.year,
        "gate": options.gate,
        "select": options.select,
        "ignore": options.ignore,
        "trustUnverified": options.trust_unverified,
        "plugins": {name: dict(values) for name, values in options.plugin_options.items()},
        "overrides": options.overrides,
        "inputFormat": options.input_format,
    }
    return msgspec.json.encode(given, order="deterministic")


def describe_environment(host: Host, registry: PluginRegistry) -> str:
    """Return what audits, as TOML: the plugins as their lock has them, rulebooks, versions."""
    rulebooks = "".join(
        f'\n[[rulebooks]]\nprogram = "{program}"\nyear = {year}\nsha256 = "{sha256}"\n'
        for program, year, sha256 in registry.rulebooks.digests()
    )
    versions = f'picheck = "{__version__}"\npython = "{platform.python_version()}"\n'
    return f"{versions}\n{write_lock(lock_of(host))}{rulebooks}"


def compare_environments(before: str, now: str) -> list[str]:
    """Return what differs between two environments, a line each; empty where they are equal.

    Python itself may be another: findings do not depend on its version.
    """
    first, second = _parts(before), _parts(now)
    lines = []
    for name in sorted(first.keys() | second.keys()):
        was, is_ = first.get(name), second.get(name)
        if was == is_:
            continue
        if was is None:
            lines.append(f"{name} is installed now and was not then")
        elif is_ is None:
            # a rulebook has no version
            lines.append(f"{name} {was[0]} is not installed".replace("  ", " "))
        elif was[0] != is_[0]:
            lines.append(f"{name} is {is_[0]}, and was {was[0]}")
        else:
            lines.append(f"{name} {was[0]} has other contents than it had".replace("  ", " "))
    return lines


def requirements(environment: str) -> str:
    """Return the command that installs the distributions of an environment."""
    names = [
        f"{each['name']}=={each['version']}" if each["version"] else each["name"]
        for each in tomllib.loads(environment).get("distributions", ())
    ]
    return f"pip install {' '.join(names)}"


def _parts(environment: str) -> dict[str, tuple[str, str]]:
    """Return the version and the digest of each part of an environment by its name."""
    table = tomllib.loads(environment)
    parts = {
        each["name"]: (str(each["version"]), str(each["sha256"]))
        for each in table.get("distributions", ())
    }
    for book in table.get("rulebooks", ()):
        parts[f"rulebook {book['program']} {book['year']}"] = "", str(book["sha256"])
    return parts
