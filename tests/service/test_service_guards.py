"""Who is answered, and how much is taken."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from picheck.errors import ConfigurationError, UsageError
from picheck.plugins.registry import PluginRegistry
from picheck.service.access import check_access, read_frames, read_keys, read_networks
from picheck.service.config import ServiceConfig
from service_support import EXAMPLE, HERE, ask, audit, make_app
from support import some

DOCUMENT = EXAMPLE.read_bytes()
EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is refused
KEY = "a made-up key of the tests"
KEYS = {"portal": hashlib.sha256(KEY.encode()).hexdigest(), "other": "0" * 64}


@pytest.fixture(scope="module")
def keyed(registry: PluginRegistry) -> Starlette:
    return make_app(registry, ServiceConfig(keys=KEYS))


# What every answer carries

EXPECTED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'none'; style-src 'self';"
    " img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def paths_of(app: Starlette) -> list[str]:
    made = [route.path for route in app.routes]  # type: ignore[attr-defined]
    return [
        *(path.replace("{code}", "PIC-CEH-03").replace("{year}", "2025") for path in made),
        "/not/there",
        "/static/..%2f",
    ]


def test_every_answer_has_the_headers(app: Starlette) -> None:
    paths = paths_of(app)
    assert {"/", "/api/v1/audits", "/healthz", "/openapi.json"} <= set(paths)
    for path in some(paths):
        for method in ("GET", "POST", "HEAD", "PUT", "OPTIONS"):
            answer = ask(app, method, path, content=DOCUMENT)
            given = {name: answer.headers.get(name) for name in EXPECTED}
            assert answer.status_code < 500, (method, path)
            if not path.startswith("/static/"):
                assert given == EXPECTED, (method, path)
            assert "server" not in answer.headers
            assert "access-control-allow-origin" not in answer.headers


def test_a_portal_may_frame_the_service_if_it_is_named(registry: PluginRegistry) -> None:
    portals = ("https://portal.example.org", "http://127.0.0.1:9000")
    app = make_app(registry, ServiceConfig(frames=read_frames(portals)))
    policy = ask(app, "GET", "/").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://portal.example.org http://127.0.0.1:9000")
    assert policy.count("frame-ancestors") == 1


@pytest.mark.parametrize(
    "origin",
    ["*", "portal.example.org", "https://a.example/path", "https://a.example; script-src *",
     "https://a.example https://b.example", "https://*.example", "javascript:x", "", "https://a\n"],
)  # fmt: skip
def test_what_is_no_origin_may_frame_nothing(origin: str) -> None:
    with pytest.raises(UsageError, match="is not an origin"):
        read_frames([origin])


# Names: DNS rebinding


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8765", "127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8765"]
)
def test_the_own_names_are_answered(app: Starlette, host: str) -> None:
    assert ask(app, "GET", "/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "[::1", "localhost@evil",
     "evil.example, localhost", "0.0.0.0:8765"],
)  # fmt: skip
def test_any_other_name_is_refused_on_every_path(app: Starlette, host: str) -> None:
    for path in some(paths_of(app)):
        answer = ask(app, "GET", path, headers={"host": host})
        assert (answer.status_code, answer.json()["code"]) == (400, "hostUnknown")


def test_a_second_host_header_is_refused(app: Starlette) -> None:
    headers = [("host", "localhost"), ("host", "localhost")]
    assert ask(app, "GET", "/healthz", headers=headers).status_code == 400


def test_a_further_name_is_answered_where_it_was_allowed(registry: PluginRegistry) -> None:
    app = make_app(registry, ServiceConfig(hosts=("Picheck.example",)))
    assert ask(app, "GET", "/", headers={"host": "picheck.example:443"}).status_code == 200


# Other sites


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": HERE},
        {"sec-fetch-site": "same-origin", "origin": "http://evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:8766"},
        {"origin": "null"},
        {"origin": ""},
    ],
)
def test_a_page_of_another_site_cannot_send(app: Starlette, headers: dict[str, str]) -> None:
    for path in some(paths_of(app)):
        answer = ask(app, "POST", path, content=DOCUMENT, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "crossSite")


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-fetch-site": "same-origin", "origin": HERE}, {"sec-fetch-site": "none"},
     {"origin": HERE}],
)  # fmt: skip
def test_own_pages_and_programs_can_send(app: Starlette, headers: dict[str, str]) -> None:
    assert audit(app, DOCUMENT, headers=headers).status_code == 200


# Keys and proxies


@pytest.mark.parametrize(
    "authorization",
    [f"Bearer {KEY}", f"bearer {KEY}", "Basic " + base64.b64encode(f"me:{KEY}".encode()).decode()],
)
def test_a_key_lets_in(keyed: Starlette, authorization: str) -> None:
    headers = {"authorization": authorization}
    assert audit(keyed, DOCUMENT, headers=headers).status_code == 200
    assert ask(keyed, "GET", "/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", f"Bearer {KEY}x", f"Bearer {KEYS['portal']}", f"Token {KEY}",
     "Basic !", "Basic bWU=", "Bearer \xe4"],
)  # fmt: skip
def test_whatever_is_no_key_does_not(keyed: Starlette, authorization: str) -> None:
    for path in set(paths_of(keyed)) - {"/healthz"}:
        headers = {"authorization": authorization.encode("latin-1")}
        answer = ask(keyed, "GET", path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "keyUnknown"), path
        assert answer.headers["www-authenticate"].startswith("Basic ")


def test_who_asks_whether_the_service_is_there_needs_no_key(keyed: Starlette) -> None:
    assert ask(keyed, "GET", "/healthz").json() == {"status": "ok"}


def test_keys_are_compared_in_constant_time_and_all_of_them(
    keyed: Starlette, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def compare(first: str, second: str) -> bool:
        seen.append(second)
        return first == second

    monkeypatch.setattr("hmac.compare_digest", compare)
    ask(keyed, "GET", "/", headers={"authorization": f"Bearer {KEY}"})
    assert seen == list(KEYS.values())


PROXY = ServiceConfig(
    proxies=(ip_network("10.0.0.0/8"), ip_network("fd00::/8")), user_header="X-Forwarded-User"
)


def ask_from(app: Starlette, client: str, **headers: str) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(client, 1))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as http:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await http.get("/", headers=named)

    return asyncio.run(send())


@pytest.mark.parametrize("client", ["10.1.2.3", "fd00::1", "::ffff:10.1.2.3"])
def test_what_the_proxy_sends_with_a_user_is_answered(
    registry: PluginRegistry, client: str
) -> None:
    app = make_app(registry, PROXY)
    assert ask_from(app, client, X_Forwarded_User="a made-up user").status_code == 200
    assert ask_from(app, client).json()["code"] == "userUnknown"
    assert ask_from(app, client, X_Forwarded_User=" ").status_code == 401


@pytest.mark.parametrize("client", ["11.0.0.1", "127.0.0.1", "::1", "", "a socket"])
def test_what_comes_from_elsewhere_is_refused(registry: PluginRegistry, client: str) -> None:
    answer = ask_from(make_app(registry, PROXY), client, X_Forwarded_User="a made-up user")
    assert (answer.status_code, answer.json()["code"]) == (403, "notTheProxy")


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (ServiceConfig(host=EVERYWHERE), "can be reached by others"),
        (ServiceConfig(host="::"), "can be reached by others"),
        (ServiceConfig(host="picheck.example"), "can be reached by others"),
        (ServiceConfig(host="127.0.0.1.example"), "can be reached by others"),
        (ServiceConfig(user_header="X-User"), "belong together"),
        (ServiceConfig(proxies=PROXY.proxies), "belong together"),
        (ServiceConfig(keys=KEYS, proxies=PROXY.proxies), "exclude each other"),
        (ServiceConfig(proxies=PROXY.proxies, user_header="X User"), "not the name of a header"),
    ],
)
def test_a_service_that_lets_in_anyone_is_not_begun(config: ServiceConfig, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        check_access(config)


@pytest.mark.parametrize(
    "config",
    [ServiceConfig(host=host) for host in ("127.0.0.1", "127.8.0.1", "::1", "localhost")]
    + [ServiceConfig(host=EVERYWHERE, keys=KEYS), PROXY],
)
def test_a_service_that_is_guarded_or_local_is_begun(config: ServiceConfig) -> None:
    assert check_access(config) is config


def test_a_file_of_keys_is_read_and_never_quoted(tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    file.write_text(f'portal = "{KEYS["portal"]}"\n')
    assert read_keys(file) == {"portal": KEYS["portal"]}
    for text in (f'portal = "{KEY}"', "portal = 1", "", "portal"):
        file.write_text(text)
        with pytest.raises(ConfigurationError) as refused:
            read_keys(file)
        assert str(file) in str(refused.value)
        assert KEY not in str(refused.value)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_keys(tmp_path / "missing.toml")


def test_a_network_is_read() -> None:
    assert read_networks(["10.0.0.0/8", "::1"]) == (ip_network("10.0.0.0/8"), ip_network("::1"))
    with pytest.raises(UsageError, match=r"10\.0\.0\.1/8"):
        read_networks(["10.0.0.1/8"])


def test_a_problem_is_a_page_for_people_and_data_for_programs(app: Starlette) -> None:
    accept = {"accept": "text/html,application/xhtml+xml"}
    page = ask(app, "GET", "/not/there", headers=accept)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    data = ask(app, "GET", "/api/v1/not/there", headers=accept)
    assert data.headers["content-type"] == "application/problem+json"
