"""An evidence file to be filled in: the missing keys in place, and nothing claimed.

Every open fact is null, which is how evidence says "not known": a skeleton that is saved as it
is settles nothing. An empty list or table in its place would say that there is nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

#: Parts of the evidence that are lists; what they lack is named by a key inside their entries.
_LISTS: Final = frozenset({"documents", "clinicians"})


def evidence_skeleton(missing: Iterable[str]) -> dict[str, Any]:
    """Return evidence that holds null at each dotted key, such as `cehrt.certifiedOn`.

    Where a whole part and facts inside it are missing, the facts are named.
    """
    table: dict[str, Any] = {}
    for path in sorted(set(missing)):
        *above, last = _steps(path)
        target = table
        for name in above:
            if target.get(name) is None:
                target[name] = {}
            target = target[name]
        target.setdefault(last, None)
    return table


def _steps(path: str) -> list[str]:
    first, *inside = path.split(".")
    return [first] if first in _LISTS else [first, *inside]
