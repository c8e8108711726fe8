"""An object repeats a key, or a number is none."""

from __future__ import annotations

from picheck.api import Answers, DocumentContext, rule


@rule("PIC-STR-11", "json-key-repeated", scope="document", structural=True)
def json_key_repeated(ctx: DocumentContext) -> Answers:
    """An object repeats a key, or a number is not one that JSON has.

    What it checks:
    The text of the document before it is decoded: that no object holds one key twice, and that no
    NaN, no Infinity and no number beyond the range of numbers stands in it.

    Why it matters:
    Programs disagree about which of two equal keys counts, so what CMS scores may not be what was
    checked here. NaN and Infinity are not JSON at all; the API refuses them.

    How to fix:
    Remove the key that is not meant, or put the real number in. A rate whose denominator is zero
    often turns into NaN: send the two counts instead.
    """
    text = ctx.text
    if not text.repeated_keys and not text.not_numbers:
        return None
    repeated = [
        ctx.fail(
            found.pointer,
            "the key {name!r} stands twice in one object, {lines}",
            name=found.key,
            lines=_lines(found.first[0], found.second[0]),
            key=found.key,
            fix="keep one of them",
        )
        for found in text.repeated_keys
    ]
    numbers = [
        ctx.fail(
            found.pointer,
            "{actual} is not a number that JSON has",
            actual=found.token,
            fix="put the real number in, or remove the answer",
        )
        for found in text.not_numbers
    ]
    return repeated + numbers


def _lines(first: int, second: int) -> str:
    return f"in line {first}" if first == second else f"in lines {first} and {second}"
