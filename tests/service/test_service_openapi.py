"""The description of the API says what there is, and answers are as it says."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.applications import Starlette

from picheck.plugins.registry import PluginRegistry
from picheck.service.config import ServiceConfig
from picheck.service.static_files import read_static_files
from service_support import EXAMPLE, ask, audit, make_app
from support import COMPLIANT, some


@pytest.fixture(scope="module")
def description(app: Starlette) -> dict[str, Any]:
    found: dict[str, Any] = ask(app, "GET", "/openapi.json").json()
    return found


def test_every_route_of_the_api_is_described(app: Starlette, description: dict[str, Any]) -> None:
    served = {
        route.path: {m.lower() for m in route.methods} - {"head"}  # type: ignore[attr-defined]
        for route in app.routes
        if route.path.startswith("/api/")  # type: ignore[attr-defined]
    }
    assert description["openapi"] == "3.1.0"
    assert {path: set(methods) for path, methods in description["paths"].items()} == served


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    known = description["components"]["schemas"]
    used = {
        part.split('"')[0] for part in json.dumps(description).split("#/components/schemas/")[1:]
    }
    assert used == set(known)
    for schema in known.values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/audits"),
        ("POST", "/api/v1/scores"),
        ("GET", "/api/v1/rules"),
        ("GET", "/api/v1/rules/PIC-CEH-03"),
        ("GET", "/api/v1/rules/PIC-RUN-01"),
        ("GET", "/api/v1/years"),
    ],
)
@pytest.mark.parametrize("document", [EXAMPLE, COMPLIANT])
def test_an_answer_is_as_described(
    app: Starlette, description: dict[str, Any], method: str, path: str, document: Path
) -> None:
    answer = ask(app, method, path, content=document.read_bytes())
    described = re.sub("rules/.*", "rules/{code}", path)
    operation = description["paths"][described][method.lower()]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    whole = {**schema, "components": description["components"]}
    assert answer.status_code == 200
    assert list(Draft202012Validator(whole).iter_errors(answer.json())) == []


def test_a_problem_is_as_described(app: Starlette, description: dict[str, Any]) -> None:
    problem = audit(app, b"{broken").json()
    schema = description["components"]["schemas"]["ProblemRecord"]
    assert list(Draft202012Validator(schema).iter_errors(problem)) == []


def test_keys_are_described_where_they_are_needed(registry: PluginRegistry) -> None:
    digest = hashlib.sha256(b"made up").hexdigest()
    app = make_app(registry, ServiceConfig(keys={"portal": digest}))
    headers = {"authorization": "Bearer made up"}
    keyed = ask(app, "GET", "/openapi.json", headers=headers).json()
    assert set(keyed["components"]["securitySchemes"]) == {"key", "password"}
    for path in some(keyed["paths"].values()):
        for operation in path.values():
            assert operation["security"] == [{"key": []}, {"password": []}]
            assert "401" in operation["responses"]


def test_shipped_files_are_served_and_asked_for_again(app: Starlette) -> None:
    for name, file in some(read_static_files().items()):
        first = ask(app, "GET", f"/static/{name}")
        assert (first.content, first.headers["cache-control"]) == (file.data, "no-cache")
        tag = first.headers["etag"]
        assert not tag.startswith("W/")
        again = ask(app, "GET", f"/static/{name}", headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
