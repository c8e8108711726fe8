"""Opens zip archives, also those whose directory `zipfile` refuses."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from typing import IO, Any, BinaryIO, Final, cast

#: Everything that `zipfile` and the decompressors raise for an archive that is damaged.
ARCHIVE_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    RuntimeError,  # encrypted; as NotImplementedError: a method that is not known
    EOFError,
    OSError,
    ValueError,  # as UnicodeDecodeError: a name
    LookupError,
    ArithmeticError,
    MemoryError,
)

_ENTRY: Final = b"PK\x01\x02"
_ENTRY_SIZE: Final = 46
_END: Final = b"PK\x05\x06"
#: Of the end of an archive after its mark, without its comment; and of the whole of it.
_END_SIZE: Final = 18
_LONGEST_END: Final = 22 + 0xFFFF
_COUNTED_ELSEWHERE: Final = 0xFFFF
#: Older programs count no further than this, and begin again.
_MANY: Final = 0x10000
#: A newer version is asked for than `zipfile` reads; most say so of members that it can read.
_MAX_VERSION: Final = 63
_IS_UTF8: Final = 0x800
#: The name that an entry gets which cannot be read; a submission's name ends otherwise.
DAMAGED_NAME: Final = "?"


def open_archive(file: BinaryIO) -> tuple[zipfile.ZipFile, int]:
    """Open an archive; return it with the number of damaged places in its directory.

    `zipfile` refuses a whole archive for one bad entry. Such a directory is mended in memory
    first, so that the other members can be read. Raises one of `ARCHIVE_ERRORS` where that does
    not help.
    """
    try:
        archive = zipfile.ZipFile(file)
        return archive, _count_missing(archive, file)
    except ARCHIVE_ERRORS:
        mended = _MendedFile(file)
        return zipfile.ZipFile(cast("IO[bytes]", mended)), mended.damaged


def _count_missing(archive: zipfile.ZipFile, file: BinaryIO) -> int:
    """Return how many members the end of an archive counts that its directory does not name.

    An entry whose size is damaged may take those after it for its comment.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - _LONGEST_END, 0))
    _, mark, end = file.read().rpartition(_END)
    if not mark or len(end) < _END_SIZE:
        return 0
    (counted,) = struct.unpack_from("<H", end, 6)
    missing = (counted - len(archive.filelist)) % _MANY
    # the count of a newer archive may be elsewhere, and more entries than counted lose nothing
    return 0 if counted == _COUNTED_ELSEWHERE or missing > _MANY // 2 else missing


class _MendedFile:
    """An archive whose directory is mended while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.damaged = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if data.startswith(_ENTRY) and len(data) > _ENTRY_SIZE:
            data = self._mend(bytearray(data))
        return data

    def _mend(self, directory: bytearray) -> bytes:
        """Return a directory of the same length without what `zipfile` refuses."""
        start = self.damaged = 0
        while start + _ENTRY_SIZE < len(directory):
            end = self._end_of_entry(directory, start)
            if end is None:
                self.damaged += 1
                end = directory.find(_ENTRY, start + _ENTRY_SIZE + 1)
                if not 0 < end < len(directory) - _ENTRY_SIZE:
                    end = len(directory)
                _blot(directory, start, end)
            else:
                _mend_entry(directory, start)
            start = end
        return bytes(directory)

    def _end_of_entry(self, directory: bytearray, start: int) -> int | None:
        """Return where an entry ends; None where it is damaged.

        It is sound if another one begins at its end, or the member's own head has its name.
        """
        if not directory.startswith(_ENTRY, start):
            return None
        sizes: tuple[int, ...] = struct.unpack_from("<3H", directory, start + 28)
        end = start + _ENTRY_SIZE + sum(sizes)
        if end == len(directory) or directory.startswith(_ENTRY, end):
            return end
        name = bytes(directory[start + _ENTRY_SIZE :][: sizes[0]])
        (offset,) = struct.unpack_from("<L", directory, start + 42)
        is_sound = end <= len(directory) and name and self._name_at(int(offset)) == name
        return end if is_sound else None

    def _name_at(self, offset: int) -> bytes:
        """Return the name in the head of the member at an offset, nothing if there is no head."""
        self._file.seek(offset)
        head = self._file.read(30)
        if not head.startswith(b"PK\x03\x04") or len(head) < 30:  # noqa: PLR2004 - a head's size
            return b""
        return self._file.read(struct.unpack_from("<H", head, 26)[0])


def _mend_entry(directory: bytearray, start: int) -> None:
    name_size, extra_size = struct.unpack_from("<2H", directory, start + 28)
    name = start + _ENTRY_SIZE
    extra = name + name_size
    directory[start + 6] = min(directory[start + 6], _MAX_VERSION)
    try:
        directory[name:extra].decode()
    except UnicodeDecodeError:  # then it is read as older archives' names are
        flags = struct.unpack_from("<H", directory, start + 8)[0]
        struct.pack_into("<H", directory, start + 8, flags & ~_IS_UTF8)
    if not _is_sound(bytes(directory[extra : extra + extra_size])):
        # one field of no known kind in place of all of them, which `zipfile` passes over
        struct.pack_into("<2H", directory, extra, 0xFFFF, extra_size - 4)


def _is_sound(extra: bytes) -> bool:
    """Whether the extra fields of an entry are as long as they say."""
    while len(extra) >= 4:  # noqa: PLR2004 - a field's head
        kind, size = cast("tuple[int, int]", struct.unpack_from("<2H", extra))
        # 1 marks the sizes of ZIP64, without which a large member cannot be found
        if kind == 1 or size + 4 > len(extra):
            return kind == 1 and size + 4 <= len(extra)
        extra = extra[size + 4 :]
    return True


def _blot(directory: bytearray, start: int, end: int) -> None:
    """Write an entry with a name of its own, and comments, over what cannot be read."""
    while start < end:
        size = min(end - start, 0xFFFF)
        if 0 < end - start - size <= _ENTRY_SIZE:
            size -= _ENTRY_SIZE + 1
        blank = bytearray(_ENTRY_SIZE)
        blank[:4] = _ENTRY
        struct.pack_into("<3H", blank, 28, 1, 0, max(size - _ENTRY_SIZE - 1, 0))
        directory[start : start + _ENTRY_SIZE + 1] = blank + DAMAGED_NAME.encode()
        start += size
