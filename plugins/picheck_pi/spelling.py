"""The id or the name that a text spells otherwise.

An id is no word: PI_LVITC_1 and PI_LVOTC_1 are a letter apart and mean opposite things. So only
what carries no meaning may differ: case, separators, and a letter in place of the digit that
looks like it.
"""

import re
from collections.abc import Iterable
from typing import Final

from picheck.api import closest_match

_SEPARATORS: Final = re.compile(r"[^0-9A-Z]")
_NO_DIGITS: Final = re.compile(r"\D")
_ALIKE: Final = str.maketrans("OIL", "011")


def find_spelling(text: str, ids: Iterable[str]) -> str | None:
    """Return the id that a text spells otherwise; None where there is none, or several."""
    plain = _plain(text)
    found = [known for known in ids if _plain(known) == plain]
    return found[0] if len(found) == 1 else None


def find_nearest(text: str, names: Iterable[str]) -> str | None:
    """Return the name that a text spells otherwise, or is most like; None where there is none.

    No name whose digits differ is like it, for they are its meaning; and what begins several names
    means none of them.
    """
    names = tuple(names)
    if same := find_spelling(text, names):
        return same
    if sum(name.lower().startswith(text.lower()) for name in names) > 1:
        return None
    digits = _NO_DIGITS.sub("", text)
    alike = {name.lower(): name for name in names if _NO_DIGITS.sub("", name) == digits}
    return alike.get(closest_match(text.lower(), alike) or "")


def find_same_end(text: str, names: Iterable[str]) -> str | None:
    """Return the name that ends as a text does: clinicalPsychologist for psychologist.

    None where there is none, or several. Likeness is not enough: a physician is no
    physicianAssistant.
    """
    plain = _plain(text)
    pairs = ((_plain(each), each) for each in names)
    found = [each for known, each in pairs if known.endswith(plain) or plain.endswith(known)]
    return found[0] if len(found) == 1 else None


def _plain(text: str) -> str:
    return _SEPARATORS.sub("", text.upper()).translate(_ALIKE)
