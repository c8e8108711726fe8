"""What a request has to show before it is answered: its host, its origin, and who sends it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from picheck.service.config import ServiceConfig
from picheck.service.problems import Problem
from picheck.service.user import USER

#: What says that the service is there, to whoever asks.
HEALTH: Final = "/healthz"
_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITE: Final = frozenset({"same-origin", "none"})
_CHALLENGE: Final = 'Basic realm="picheck", charset="UTF-8", Bearer realm="picheck"'


class HostGuard:
    """Answers only to the names of the service: a foreign name that leads here is an attack."""

    def __init__(self, app: ASGIApp, config: ServiceConfig) -> None:
        self._app = app
        self._known = config.known_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request for a known host. Raises Problem for any other."""
        if scope["type"] == "http":
            given = Headers(scope=scope).getlist("host")
            name = _host_name(given[0]) if len(given) == 1 else ""
            if name not in self._known:
                raise Problem(
                    400,
                    "hostUnknown",
                    f"the service is not called {name[:100]!r}; name it with --allowed-host",
                )
        await self._app(scope, receive, send)


class SiteGuard:
    """Lets no other site's page send anything: what changes or checks something comes from here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what the service's own pages or a program sends. Raises Problem otherwise."""
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS:
            headers = Headers(scope=scope)
            site, origin = headers.get("sec-fetch-site"), headers.get("origin")
            is_foreign = site is not None and site not in _OWN_SITE
            # a form of ours is sent with the Origin "null", for our pages name no referrer
            if origin == "null" and site == "same-origin":
                origin = None
            if is_foreign or (origin is not None and not _is_own(origin, headers)):
                raise Problem(403, "crossSite", "a page of another site sent this request")
        await self._app(scope, receive, send)


class AccessGuard:
    """Lets in who has a key, or whom a trusted proxy names; with neither set up, whoever asks.

    The user's name is put into `scope["state"]["user"]`; it is empty where no one has to say it.
    """

    def __init__(self, app: ASGIApp, config: ServiceConfig) -> None:
        self._app = app
        self._config = config

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request of a known user. Raises Problem for any other."""
        if scope["type"] == "http" and scope["path"] != HEALTH:
            user = self._user(scope)
            scope.setdefault("state", {})["user"] = user
            USER.set(user)
        await self._app(scope, receive, send)

    def _user(self, scope: Scope) -> str:
        if self._config.keys:
            return self._key_owner(Headers(scope=scope))
        if self._config.proxies:
            return self._user_of_proxy(scope)
        return ""

    def _key_owner(self, headers: Headers) -> str:
        digest = hashlib.sha256(_presented_key(headers.get("authorization", ""))).hexdigest()
        owner = ""
        for name, known in self._config.keys.items():  # all of them, however early one fits
            if hmac.compare_digest(digest, known):
                owner = name
        if not owner:
            challenge = {"WWW-Authenticate": _CHALLENGE}
            raise Problem(401, "keyUnknown", "an API key is needed", headers=challenge)
        return owner

    def _user_of_proxy(self, scope: Scope) -> str:
        client = (scope.get("client") or ("",))[0]
        if not self._is_proxy(client):
            raise Problem(403, "notTheProxy", "requests come through the proxy, not directly")
        named = Headers(scope=scope).getlist(self._config.user_header)
        if len(named) != 1 or not named[0].strip():
            header = self._config.user_header
            raise Problem(401, "userUnknown", f"the proxy names no user in {header}")
        return named[0].strip()

    def _is_proxy(self, client: str) -> bool:
        try:
            address = ip_address(client)
        except ValueError:
            return False
        # a socket for both kinds of address shows 10.0.0.1 as ::ffff:10.0.0.1
        mapped = getattr(address, "ipv4_mapped", None) or address
        return any(mapped in network for network in self._config.proxies)


def _host_name(host: str) -> str:
    """Return the name in a Host header, without its port and brackets; empty for what is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_own(origin: str, headers: Headers) -> bool:
    """Whether an Origin is that of the service: a proxy may speak TLS, so the scheme is free."""
    try:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    except ValueError:
        return False


def _presented_key(authorization: str) -> bytes:
    """Return the key in `Bearer KEY`, or in the password of `Basic`, which browsers ask for."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("utf-8", "surrogateescape")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return b""
    return b""
