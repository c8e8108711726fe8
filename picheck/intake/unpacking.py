"""Compressed files become streams of bytes."""

from __future__ import annotations

import io
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from picheck.errors import InputError
from picheck.intake.uris import uri_of

#: What a compressed file's name ends with, after the ending of what is in it.
PACKED: Final = (".gz", ".zst")
_STEP: Final = 64 * 1024


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
    with suppress(ImportError):
        found.append(_zstd_error())
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
            "is compressed with zstd, which this Python cannot unpack; pip install 'picheck[zstd]'",
            uri=uri_of(path),
        ) from error
    return io.BufferedReader(_Frames(path.open("rb"), zstandard.ZstdDecompressor()), 1 << 20)


class _Frames(io.RawIOBase):
    """The frames of a zstd file. Raises EOFError where it ends in the middle of one.

    The reader of the library takes such an end for the end of the data, and lines would be lost
    without a word.
    """

    def __init__(self, file: BinaryIO, decompressor: Any) -> None:
        self._file = file
        self._decompressor = decompressor
        self._frame = decompressor.decompressobj()
        self._is_inside = False
        self._packed = b""
        self._ready = b""

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        while not self._ready and self._fill():
            pass
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size

    def _fill(self) -> bool:
        """Unpack what comes next; False at the end."""
        packed = self._packed or self._file.read(_STEP)
        if not packed:
            if self._is_inside:
                raise EOFError("it ends in the middle")
            return False
        self._ready = self._frame.decompress(packed)
        self._is_inside = not self._frame.eof
        self._packed = b"" if self._is_inside else self._frame.unused_data
        if not self._is_inside:
            self._frame = self._decompressor.decompressobj()
        return True


def _zstd_error() -> type[Exception]:
    try:
        from compression.zstd import ZstdError  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        from zstandard import ZstdError  # noqa: PLC0415
    return cast("type[Exception]", ZstdError)
