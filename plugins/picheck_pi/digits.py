"""Numbers that are texts of digits, told without being shown."""

from __future__ import annotations


def is_digits(text: str, length: int) -> bool:
    """Whether the text is that many digits and nothing else."""
    return len(text) == length and text.isdecimal() and text.isascii()


def tell_digits(text: str) -> str:
    """Say how many digits a text holds, and how many other characters."""
    digits = sum(character.isdecimal() and character.isascii() for character in text)
    others = len(text) - digits
    if not others:
        return f"{digits} found"
    return (
        f"{digits} digits and {others} other {'character' if others == 1 else 'characters'} found"
    )
