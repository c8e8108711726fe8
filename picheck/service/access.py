"""Whom a service is set up to let in: the file of API keys, and the networks of proxies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path
from typing import Final

from picheck.errors import ConfigurationError, UsageError
from picheck.file_access import read_text
from picheck.service.config import Network, ServiceConfig, is_loopback

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?")
_HEADER: Final = re.compile(r"[A-Za-z0-9-]+")


def read_keys(path: Path) -> dict[str, str]:
    """Return the SHA-256 digests of API keys by name, from a TOML file of `name = "digest"`.

    Raises ConfigurationError with one line for each fault. No value is quoted: it may be a key.
    """
    try:
        table = tomllib.loads(read_text(path))
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: is not valid TOML: {error}") from error
    lines = [
        f"{path}: {name} is not a SHA-256 digest; write 64 hexadecimal digits in lower case"
        for name, value in table.items()
        if not (isinstance(value, str) and _DIGEST.fullmatch(value))
    ]
    if not table:
        lines.append(f'{path}: holds no key; write NAME = "the SHA-256 digest of a key"')
    if lines:
        raise ConfigurationError("\n".join(lines))
    return table


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return networks as they are written, `10.0.0.0/8`. Raises UsageError for what is none."""
    found = []
    for text in texts:
        try:
            found.append(ip_network(text))
        except ValueError as error:
            raise UsageError(
                f"--behind-proxy {text!r} is not a network; write 10.0.0.0/8 or 127.0.0.1/32"
            ) from error
    return tuple(found)


def read_frames(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the origins of pages that may frame the service. Raises UsageError for what is none.

    An origin is copied into a header: it holds a scheme, a host and perhaps a port, and no more.
    """
    found = tuple(texts)
    for text in found:
        if _ORIGIN.fullmatch(text) is None:
            raise UsageError(
                f"--frame-ancestor {text!r} is not an origin; write https://portal.example.org"
            )
    return found


def check_access(config: ServiceConfig) -> ServiceConfig:
    """Return the configuration if it lets in no one by mistake.

    Raises UsageError where others can reach the service and need not say who they are, and where
    the options of keys and proxies do not go together.
    """
    if config.keys and config.proxies:
        raise UsageError("--api-keys and --behind-proxy exclude each other; choose one")
    if bool(config.proxies) != bool(config.user_header):
        raise UsageError("--behind-proxy CIDR and --user-header NAME belong together; give both")
    if config.user_header and _HEADER.fullmatch(config.user_header) is None:
        raise UsageError(f"--user-header {config.user_header!r} is not the name of a header")
    if not (is_loopback(config.host) or config.is_guarded):
        raise UsageError(
            f"--host {config.host} can be reached by others; give --api-keys FILE, or"
            " --behind-proxy CIDR with --user-header NAME"
        )
    return config
