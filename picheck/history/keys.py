"""The key of a history: entities are kept as keyed digests, never by their numbers."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from picheck.engine.fingerprints import entity_json
from picheck.errors import UsageError
from picheck.file_access import read_file
from picheck.rules.measurement_set import Entity

#: The environment variable that names the file of the key.
KEY_VARIABLE: Final = "PICHECK_HISTORY_KEY_FILE"
_BYTES: Final = 32


def key_file(url: str) -> Path:
    """Return the file of a history's key: the one the environment names, or beside the database.

    Raises UsageError for a server without the variable.
    """
    given = os.environ.get(KEY_VARIABLE)
    if given:
        return Path(given)
    path = url.removeprefix("sqlite:///")
    if "://" in path:
        raise UsageError(
            f"a history on a server needs a key: name its file in {KEY_VARIABLE}, and keep it apart"
            " from the database"
        )
    return Path(f"{path}.key")


def make_key(url: str) -> None:
    """Write a new key where the history has none yet; only its owner can read it."""
    path = key_file(url)
    if path.exists():
        read_key(url)
        return
    try:
        # not over a key that came meanwhile: a history without its key is lost
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(_BYTES) + "\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def read_key(url: str) -> bytes:
    """Return the key of a history. Raises UsageError where it is absent or too short."""
    path = key_file(url)
    try:
        key = read_file(path).strip()
    except OSError as error:
        raise UsageError(
            f"the key of the history, {path}, cannot be read: {error.strerror}; without it no"
            " entity can be found again, so keep a copy of it"
        ) from error
    if len(key) < _BYTES:
        raise UsageError(f"the key of the history, {path}, holds fewer than {_BYTES} bytes")
    return key


def entity_key(entity: Entity, key: bytes) -> str:
    """Return the name of an entity in the history: an HMAC-SHA-256, in hexadecimal."""
    return hmac.new(key, entity_json(entity), hashlib.sha256).hexdigest()
