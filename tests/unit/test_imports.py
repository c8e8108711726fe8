"""No module needs another in a circle, also where the import is made at its first use."""

from __future__ import annotations

from graphlib import TopologicalSorter

import grimp

PACKAGES = ("picheck", "picheck_pi", "picheck_qrda")


def test_there_are_no_circles_in_a_room_or_between_rooms() -> None:
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    needs = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(needs) > 300
    TopologicalSorter(needs).prepare()  # raises CycleError, which names a circle
