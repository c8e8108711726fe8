"""How a service listens, whom it lets in, and how much it takes."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

import msgspec

Network = IPv4Network | IPv6Network
#: The names by which a browser on the same machine reaches the service.
LOOPBACK_HOSTS: Final = ("127.0.0.1", "localhost", "::1")
MEBIBYTE: Final = 1024 * 1024


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much a service takes before it refuses.

    `body_bytes` bounds the body of a request, `parts` the fields of a form; `seconds` is the time
    for one request, its body included; `requests` are those in work at one time, `threads` the
    audits at one time.
    """

    body_bytes: int = 16 * MEBIBYTE
    parts: int = 256
    seconds: float = 60.0
    requests: int = 64
    threads: int = 4


class ServiceConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How a service listens and whom it lets in.

    `hosts` are further names that a request may call the service by. `keys` are the SHA-256
    digests of API keys, in hexadecimal, by the name of who has the key. `proxies` are the networks
    of proxies that have asked the user for a password; they name the user in the header
    `user_header`. With neither, whoever reaches the port is let in. `frames` are the origins of
    portals whose pages may show this service in a frame.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    hosts: tuple[str, ...] = ()
    keys: Mapping[str, str] = {}
    proxies: tuple[Network, ...] = ()
    user_header: str = ""
    frames: tuple[str, ...] = ()
    limits: Limits = Limits()

    @property
    def known_hosts(self) -> frozenset[str]:
        """Every name that a request may call the service by, in lower case."""
        return frozenset(name.lower() for name in (*LOOPBACK_HOSTS, self.host, *self.hosts))

    @property
    def is_guarded(self) -> bool:
        """Whether a request has to show who sends it."""
        return bool(self.keys or self.proxies)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address; a name other than localhost does not count."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
