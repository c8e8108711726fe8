"""The plans of a run, each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator

from picheck.engine.parts import PlanKey
from picheck.engine.planning import Plan, make_plan
from picheck.engine.remembering import Memories
from picheck.engine.terms import Terms
from picheck.hooks.inventory import Inventory
from picheck.hooks.settings import settle


class Plans:
    """Plans by program, year and choice of rules."""

    def __init__(self, inventory: Inventory, terms: Terms) -> None:
        self._inventory = inventory
        self._options = settle(terms.options, inventory.options, inventory.plugins)
        self._made: dict[PlanKey, Plan] = {}
        self._memories: dict[int, Memories] = {}

    @property
    def keys(self) -> set[PlanKey]:
        """What to ask `of` for to get the plans that were used."""
        return set(self._made)

    def __iter__(self) -> Iterator[Plan]:
        """Yield the plans that were used, by program and year; several where overrides chose."""
        return iter(
            sorted(
                self._made.values(),
                key=lambda plan: (plan.rulebook.program, plan.rulebook.year, plan.left_out),
            )
        )

    def of(self, program: str, year: int, chosen: frozenset[str]) -> Plan:
        """Return the plan of a year for a choice of rules."""
        key = program, year, chosen
        if key not in self._made:
            rulebook = self._inventory.shelf.rulebook(program, year)
            self._made[key] = make_plan(rulebook, self._inventory.rules, chosen, self._options)
        return self._made[key]

    def memories(self, plan: Plan) -> Memories:
        """Return what the rules of one of these plans said in this run."""
        known = self._memories.get(id(plan))
        if known is None:
            known = self._memories[id(plan)] = Memories.of(plan)
        return known
