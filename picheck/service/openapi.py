"""OpenAPI 3.1 of the API, made of its operations and of the records that it answers with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final

import msgspec

from picheck import __version__
from picheck.service.config import ServiceConfig
from picheck.service.operations import JSON, Operation
from picheck.service.problems import MEDIA_TYPE, ProblemRecord

_REFERENCE: Final = "#/components/schemas/{name}"
_ANY: Final[dict[str, Any]] = {}
_FILE: Final = {"type": "string", "format": "binary", "minLength": 1}
#: What a document may be sent as; what it says decides, not what it is sent as.
_DOCUMENTS: Final = {JSON: _ANY, "application/xml": _FILE, "application/octet-stream": _FILE}
#: What every operation may refuse with.
_ALWAYS: Final = (400, 500, 503)
_WITH_BODY: Final = (403, 408, 413, 415, 422)
_GUARDED: Final = (401, 403)


def describe_api(operations: Sequence[Operation], config: ServiceConfig) -> dict[str, Any]:
    """Return the description of the API as plain JSON."""
    types = [answer for operation in operations for answer in operation.answers]
    schemas, components = msgspec.json.schema_components(
        [*types, ProblemRecord], ref_template=_REFERENCE
    )
    *answers, problem = schemas
    by_type = dict(zip(types, answers, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        schema = _one_of([by_type[answer] for answer in operation.answers])
        described = _describe(operation, schema, problem, config)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "picheck",
            "version": __version__,
            "description": "Audits submissions of the MIPS Promoting Interoperability category.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": dict(sorted(components.items())), **_security(config)},
    }


def _one_of(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return {"anyOf": schemas} if len(schemas) > 1 else next(iter(schemas), _ANY)


def _describe(
    operation: Operation, schema: dict[str, Any], problem: dict[str, Any], config: ServiceConfig
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [parameter.describe() for parameter in operation.parameters],
    }
    if operation.has_body:
        content = {kind: {"schema": schema} for kind, schema in _DOCUMENTS.items()}
        described["requestBody"] = {"required": True, "content": content}
    described["responses"] = {
        "200": {"description": "Done.", "content": _contents(operation, schema)},
        **{str(status): _refusal(status, problem) for status in _statuses(operation, config)},
    }
    if config.keys:
        described["security"] = [{"key": []}, {"password": []}]
    return described


def _contents(operation: Operation, schema: dict[str, Any]) -> dict[str, Any]:
    """Return what an answer may hold: records as JSON, other JSON of any shape, or text."""
    contents = {}
    for kind in operation.media_types:
        other = _ANY if kind.endswith("+json") else {"type": "string"}
        contents[kind] = {"schema": schema if kind == JSON else other}
    return contents


def _refusal(status: int, problem: dict[str, Any]) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    return {"description": f"{phrase}.", "content": {MEDIA_TYPE: {"schema": problem}}}


def _statuses(operation: Operation, config: ServiceConfig) -> Iterable[int]:
    known = {*_ALWAYS, *operation.problems}
    if operation.has_body:
        known |= set(_WITH_BODY)
    if config.is_guarded:
        known |= set(_GUARDED)
    return sorted(known)


def _security(config: ServiceConfig) -> dict[str, Any]:
    if not config.keys:
        return {}
    return {
        "securitySchemes": {
            "key": {"type": "http", "scheme": "bearer"},
            "password": {"type": "http", "scheme": "basic", "description": "The key as password."},
        }
    }
