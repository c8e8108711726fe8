"""Audits for tests: a document as plain values, plugins as modules, a report back."""

from __future__ import annotations

import importlib
import json
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from functools import cache
from types import ModuleType
from typing import Any

import msgspec

from picheck.engine.audit import audit_inputs
from picheck.engine.options import AuditOptions, Gate
from picheck.engine.prior.loader import load_prior
from picheck.errors import PluginError
from picheck.intake.documents import RawDocument
from picheck.intake.evidence import decode_evidence
from picheck.model.evidence import Evidence
from picheck.model.report import Report
from picheck.plugins.host import Host
from picheck.plugins.one_file import is_file
from picheck.plugins.registry import PluginRegistry, collect_plugins
from picheck.testing.builders import Draft

#: A draft, plain JSON values, or the text itself.
Document = Draft | Mapping[str, Any] | str | bytes


def audit(
    document: Document | Sequence[Document],
    *,
    plugins: Sequence[Any] = (),
    evidence: Mapping[str, Any] | None = None,
    prior: Document | Sequence[Document] = (),
    options: Mapping[str, Mapping[str, Any]] | None = None,
    as_of: date | None = None,
    gate: Gate = "error",
) -> Report:
    """Audit one document, or several in one run, and return the report with every result.

    All installed plugins take part, and `plugins` besides: modules, names of modules, paths of
    plugins that are one file, or objects with hooks. `evidence` serves every document that brings
    none of its own (a draft does). `options` are set for plugins, by plugin name. `as_of` is the
    first of February after the documents' year by default, inside the submission window. Raises
    UsageError (or a subclass) where an option cannot be followed, and PluginError where a plugin of
    `plugins` did not load.
    """
    documents = [_raw(n, d, evidence) for n, d in enumerate(_several(document))]
    settings = AuditOptions(
        as_of=as_of or _after(documents), gate=gate, all_results=True, plugin_options=options or {}
    )
    earlier = [_raw(n, d, None, "prior") for n, d in enumerate(_several(prior))]
    registry = stock(plugins)
    loaded = load_prior(earlier, registry)
    return audit_inputs(documents, settings, registry, loaded.book, loaded.notices)


def evidence_of(values: Mapping[str, Any], *, plugins: Sequence[Any] = ()) -> Evidence:
    """Return evidence made of plain values, for a test that calls a rule.

    It may hold the sections that installed plugins and `plugins` bring. Raises InputError where
    an audit would refuse it.
    """
    data = json.dumps(dict(values)).encode()
    return decode_evidence(data, "evidence.json", stock(plugins).evidence)


def stock(plugins: Sequence[Any] = ()) -> PluginRegistry:
    """Return what all installed plugins and the ones named hand over.

    Raises PluginError where one that was named did not load.
    """
    modules = tuple(
        importlib.import_module(p) if isinstance(p, str) and not is_file(p) else p for p in plugins
    )
    # a path is read each time, for its file may have changed; what has no hash cannot be kept
    if all(isinstance(m, Hashable) and not isinstance(m, str) for m in modules):
        return _stock(modules)
    return _stock.__wrapped__(modules)


@cache
def _stock(modules: tuple[Any, ...]) -> PluginRegistry:
    _, registry, named = load_plugins(modules)
    for use in registry.failed:
        if use.name in named:
            raise PluginError(
                f"plugin {use.name} did not load: {use.reason}",
                plugin=use.name,
                distribution=use.distribution or use.name,
            )
    return registry


def load_plugins(plugins: Sequence[Any] = ()) -> tuple[Host, PluginRegistry, list[str]]:
    """Load the installed plugins, and modules, or names and paths of some, beside them.

    Return the host, what they hand over, and the names of those beside the installed ones.
    """
    host = Host()
    host.discover()
    names = [_register(host, plugin) for plugin in plugins]
    return host, collect_plugins(host), names


def _register(host: Host, module: Any) -> str:
    """Register a plugin unless its entry point has loaded it already; return its name."""
    if isinstance(module, str):
        return host.load(module)
    found = host.name_of(module)
    if found is not None:
        return found
    name = module.__name__ if isinstance(module, ModuleType) else type(module).__name__.lower()
    host.register(module, name, name.partition(".")[0])
    return name


def _several(given: Document | Sequence[Document]) -> list[Document]:
    if isinstance(given, Draft | Mapping | str | bytes):
        return [given]
    return list(given)


def _raw(
    number: int, document: Document, evidence: Mapping[str, Any] | None, name: str = "document"
) -> RawDocument:
    own = document.evidence if isinstance(document, Draft) else None
    handed = own if evidence is None else evidence
    return RawDocument(
        uri=f"{name}-{number}.json",
        data=_bytes(document),
        evidence=None if handed is None else json.dumps(dict(handed)).encode(),
    )


def _bytes(document: Document) -> bytes:
    match document:
        case Draft():
            return document.to_json().encode()
        case str():
            return document.encode()
        case bytes():
            return document
        case _:
            return json.dumps(dict(document), indent=2).encode()


def _after(documents: Sequence[RawDocument]) -> date:
    """Return a day on which the first document could be sent; any day where it has no year."""
    try:
        year = msgspec.json.decode(documents[0].data)["performanceYear"]
        return date(year + 1, 2, 1)
    except (LookupError, TypeError, ValueError, msgspec.DecodeError):
        return date.min
