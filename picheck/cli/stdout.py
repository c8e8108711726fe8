"""Standard output, which belongs to the report, and what is said beside it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, redirect_stdout, suppress

from picheck.errors import PicheckError
from picheck.plugins.deaths import note_run


class OutputLostError(PicheckError):
    """No output is left that could be written."""


def say_fault(text: str) -> None:
    """Write one line to standard error; where there is none, or it is closed, say nothing.

    Control characters, which a file name may hold, are escaped: a terminal would obey them.
    """
    with suppress(OSError, ValueError, AttributeError):
        encoding = sys.stderr.encoding or "utf-8"
        if not text.isprintable():
            from picheck.model.printable import printable  # noqa: PLC0415 - hardly ever needed

            text = printable(text)
        line = f"picheck: {text}".encode(encoding, "backslashreplace").decode(encoding)
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def say_unforeseen(error: Exception, arguments: Sequence[str]) -> None:
    """Say in one sentence that something went wrong that was not foreseen; with -v, where.

    Identifiers are masked.
    """
    import traceback  # noqa: PLC0415 - a run that ends well needs none of this

    from picheck.masking import mask_digits  # noqa: PLC0415
    from picheck.plugins.validation import describe_error  # noqa: PLC0415

    # looked for by hand, for the error may have come before the options were read
    if any(re.fullmatch(r"-[a-z]*v[a-z]*|--verbose", argument) for argument in arguments):
        lines = mask_digits("".join(traceback.format_exception(error)))
        with suppress(OSError, ValueError):
            sys.stderr.write(lines.encode("ascii", "backslashreplace").decode())
    what = mask_digits(describe_error(error))
    say_fault(
        f"the run broke off, and what it did not say was not checked: {what}"
        " (an error of picheck's; -v shows where)"
    )


def prints_aside() -> AbstractContextManager[object]:
    """Send what plugins print to standard error meanwhile."""
    return redirect_stdout(sys.stderr)


def begin_output() -> None:
    """Say that something goes to standard output now: from here on no work is begun again."""
    note_run(output=True)


def write_utf8(text: str) -> None:
    """Write to standard output in UTF-8, whatever its encoding: what programs read is UTF-8.

    Raises BrokenPipeError where its reader went away, OutputLostError where it cannot be written.
    """
    begin_output()
    binary = getattr(sys.stdout, "buffer", None)
    with as_output_lost():
        if binary is None:
            sys.stdout.write(text)
        else:
            # what was written as text comes first
            sys.stdout.flush()
            binary.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()


def write_prose(text: str) -> None:
    """Write to standard output in its own encoding; a letter that it lacks becomes its escape.

    Raises as `write_utf8` does.
    """
    begin_output()
    encoding = sys.stdout.encoding or "utf-8"
    with as_output_lost():
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()


@contextmanager
def as_output_lost() -> Iterator[None]:
    """Turn what goes wrong with standard output into OutputLostError; a closed pipe stays."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise OutputLostError(f"standard output cannot be written: {reason}") from error


def complete_streams() -> None:
    """Put something in the place of standard streams that were closed before the start.

    What is written to standard output then raises OSError, and no file that is opened later is
    taken for it.
    """
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def drop_output() -> None:
    """Forget what standard output still holds, so that the end of the process raises nothing."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
