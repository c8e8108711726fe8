"""Compressed files become streams of bytes."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import BinaryIO, Final, cast

from picheck.errors import InputError
from picheck.intake.uris import uri_of

#: What a compressed file's name ends with, after the ending of what is in it.
PACKED: Final = (".gz", ".zst")


def unpacked_name(name: str) -> str:
    """Return a file's name without the ending of its compression."""
    for ending in PACKED:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def open_file(path: Path) -> BinaryIO:
    """Open a file, unpacked while it is read.

    Raises OSError where it cannot be opened, InputError where nothing installed can unpack it.
    """
    if path.suffix == ".gz":
        import gzip  # noqa: PLC0415 - a cold start pays for every import

        return cast("BinaryIO", gzip.open(path))
    if path.suffix == ".zst":
        return _open_zst(path)
    return path.open("rb")


def faults() -> tuple[type[Exception], ...]:
    """Return what a damaged compressed file raises while it is read."""
    found: list[type[Exception]] = [EOFError, zlib.error]
    try:
        found.append(_zstd_error())
    except ImportError:
        pass
    return tuple(found)


def _open_zst(path: Path) -> BinaryIO:
    try:
        from compression import zstd  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        pass
    else:  # pragma: no cover - from Python 3.14 on
        return cast("BinaryIO", zstd.open(path))
    try:
        import zstandard  # noqa: PLC0415
    except ImportError as error:
        raise InputError(
            "is compressed with zstd, which this Python cannot unpack;"
            " pip install 'picheck[zstd]'",
            uri=uri_of(path),
        ) from error
    return cast("BinaryIO", zstandard.open(path, "rb"))


def _zstd_error() -> type[Exception]:
    try:
        from compression.zstd import ZstdError  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        from zstandard import ZstdError  # noqa: PLC0415
    return cast("type[Exception]", ZstdError)
