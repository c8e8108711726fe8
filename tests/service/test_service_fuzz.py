"""The API against its own description: whatever that allows or forbids is answered as it says."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings

from picheck.plugins.host import Host
from picheck.plugins.registry import collect_plugins
from picheck.service.config import ServiceConfig
from service_support import make_app

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

#: A body of the right kind may still be no document (422), and no rule may have a code (404).
_EXPECTED: Final = ["2xx", "404", "422"]
_CONFIG: Final = {
    "checks": {"positive_data_acceptance": {"expected-statuses": _EXPECTED}},
}


def _schema() -> Any:
    host = Host()
    host.discover()
    app = make_app(collect_plugins(host), ServiceConfig(hosts=("testserver",)))
    config = schemathesis.Config.from_dict(_CONFIG)
    return schemathesis.openapi.from_asgi("/openapi.json", app, config=config)


SCHEMA: Final = _schema()


@SCHEMA.parametrize()  # type: ignore[untyped-decorator]
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_request_is_answered_as_described(case: Any) -> None:
    case.call_and_validate()
