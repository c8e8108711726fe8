"""Which rules take part: codes, code prefixes and slugs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from picheck.errors import SelectorError
from picheck.handwritten import nearest
from picheck.rules.rule import Rule


class Selection:
    """The rules that were chosen. Raises SelectorError for a selector that fits no rule."""

    def __init__(
        self, rules: Mapping[str, Rule], select: Iterable[str], ignore: Iterable[str]
    ) -> None:
        self._rules = rules
        chosen = self._codes(select)
        dropped = self._codes(ignore)
        kept = rules.keys() if chosen is None else chosen
        self.codes = frozenset(kept) - (dropped or frozenset())

    def left_out(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return those of the codes that were not chosen, sorted."""
        return tuple(sorted(set(codes) - self.codes))

    def _codes(self, selectors: Iterable[str]) -> frozenset[str] | None:
        selectors = tuple(selectors)
        if not selectors:
            return None
        return frozenset(code for selector in selectors for code in self._match(selector))

    def _match(self, selector: str) -> list[str]:
        wanted = selector.upper()
        found = [
            code
            for code, rule in self._rules.items()
            if code == wanted or code.startswith(f"{wanted}-") or rule.slug == selector.lower()
        ]
        if found:
            return found
        known = {*self._rules, *(rule.slug for rule in self._rules.values())}
        known |= {code.rpartition("-")[0] for code in self._rules}
        hint = nearest(wanted, sorted(known)) or nearest(selector.lower(), sorted(known))
        raise SelectorError(
            f"no rule is called {selector!r}"
            + (f"; did you mean {hint}?" if hint else "; see picheck rules list")
        )
