"""Compressed files become streams of bytes.

gzip, bzip2, xz and zstd are read by the suffix of the file's name, in any case.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from picheck.errors import InputError
from picheck.file_access import open_to_read

#: What a compressed file's name ends with, after the suffix of what is in it.
SUFFIXES: Final = (".gz", ".bz2", ".xz", ".zst")
#: The compressed bytes that are unpacked at once where the result cannot be limited.
_STEP: Final = 8 * 1024
#: The unpacked bytes at once where they can be.
_MAX_STEP: Final = 1024 * 1024


def compression_of(name: str) -> str | None:
    """Return the suffix of a file's compression in lower case, None where there is none."""
    lower = name.lower()
    return next((suffix for suffix in SUFFIXES if lower.endswith(suffix)), None)


def unpacked_name(name: str) -> str:
    """Return a file's name without the suffix of its compression."""
    suffix = compression_of(name)
    return name if suffix is None else name[: -len(suffix)]


def open_file(path: Path, uri: str) -> BinaryIO:
    """Open a file, unpacked while it is read.

    `uri` is what an error calls it. Raises OSError where it cannot be opened, InputError where
    nothing installed can unpack it.
    """
    match compression_of(path.name):
        case None:
            return open_to_read(path)
        case ".gz":
            import gzip  # noqa: PLC0415 - a cold start pays for every import

            return cast("BinaryIO", gzip.open(path))
        case ".bz2":
            from bz2 import BZ2Decompressor  # noqa: PLC0415

            return _open_frames(path, BZ2Decompressor)
        case ".xz":
            from lzma import LZMADecompressor  # noqa: PLC0415

            return _open_frames(path, LZMADecompressor)
        case _:
            return _open_zst(path, uri)


def read_errors() -> tuple[type[Exception], ...]:
    """Return what a damaged compressed file raises while it is read, beside OSError."""
    from lzma import LZMAError  # noqa: PLC0415

    errors: list[type[Exception]] = [EOFError, zlib.error, LZMAError]
    with suppress(ImportError):
        errors.append(_zstd_error())
    return tuple(errors)


def _open_zst(path: Path, uri: str) -> BinaryIO:
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
            uri=uri,
        ) from error
    return _open_frames(path, zstandard.ZstdDecompressor().decompressobj)


def _open_frames(path: Path, decompressor: Callable[[], Any]) -> BinaryIO:
    return io.BufferedReader(_FrameReader(path.open("rb"), decompressor), 1 << 20)


class _FrameReader(io.RawIOBase):
    """The frames of a compressed file, one after the other.

    Raises EOFError where the file ends in the middle of one, and what the decompressor raises
    for bytes after a frame that begin no other. The readers of the libraries take both for the
    end of the data, and the rest would be lost without a word. Zero bytes between frames are
    padding.
    """

    def __init__(self, file: BinaryIO, decompressor: Callable[[], Any]) -> None:
        self._file = file
        self._new = decompressor
        self._frame = decompressor()
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
        packed = self._packed
        # bz2 and lzma hold back what was not asked for; zstandard gives all at once, and does not
        # say
        if not packed and getattr(self._frame, "needs_input", True):
            packed = self._file.read(_STEP)
            if not packed:
                if self._is_inside:
                    raise EOFError("it ends in the middle")
                return False
        if not self._is_inside:
            packed = packed.lstrip(b"\0")
            if not packed:
                self._packed = b""
                return True
        self._ready = self._unpack(packed)
        self._is_inside = not self._frame.eof
        self._packed = b"" if self._is_inside else self._frame.unused_data
        if not self._is_inside:
            self._frame = self._new()
        return True

    def _unpack(self, packed: bytes) -> bytes:
        """Unpack some bytes, and no more than a step of the result where that can be said."""
        if hasattr(self._frame, "needs_input"):
            return cast("bytes", self._frame.decompress(packed, _MAX_STEP))
        return cast("bytes", self._frame.decompress(packed))


def _zstd_error() -> type[Exception]:
    try:
        from compression.zstd import ZstdError  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError:
        from zstandard import ZstdError  # noqa: PLC0415
    return cast("type[Exception]", ZstdError)
