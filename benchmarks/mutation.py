"""A mutation run over the rules, to see that every change of a verdict breaks a case.

Each module is mutated by cosmic-ray, one change at a time, in a copy of the plugins; then its
cases and tests are run against the copy, each mutant in a fork. Sessions are cosmic-ray's own
databases, so `cr-report` and `cr-html` read them too.

    python -m pip install cosmic-ray
    python benchmarks/mutation.py                   # all modules: more than an hour
    python benchmarks/mutation.py --only PIC-PER-03 # or a module, a family: roster, period
    python benchmarks/mutation.py --report          # what the last runs found

Exit code 1 says that a mutant survived which `mutation_accepted.toml` gives no reason for.
"""

from __future__ import annotations

import argparse
import compileall
import re
import shutil
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final, NamedTuple

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult
from mutation_judge import Seen, install, judge, warm_up
from mutation_modules import (
    PACK,
    PLUGINS,
    QRDA,
    ROOT,
    SESSIONS,
    Module,
    find_inert,
    list_modules,
)

ACCEPTED: Final = Path(__file__).with_name("mutation_accepted.toml")
_FATES: Final = ("killed", "annotation", "schema", "wording")
_OPEN: Final = ("unpinned", "unseen")


class Mutant(NamedTuple):
    """One mutant and what became of it: a fate of the judge, `accepted`, or why it was not run."""

    module: Module
    spec: MutationSpec
    fate: str
    diff: str


def run(module: Module, copy: Path, seen: Mapping[str, Seen], *, is_again: bool) -> None:
    """Run the mutants of a module and keep the results in its session.

    With `is_again` only those that have no result yet or were open, unless the module changed.
    """
    SESSIONS.mkdir(parents=True, exist_ok=True)
    is_new = not (is_again and _is_fresh(module))
    with use_db(module.session, WorkDB.Mode.create) as session:
        if is_new or not session.num_work_items:
            init([module.path], session, {})
        done = session.completed_work_items
        unexplained = [item for item, result in done if result.output in _OPEN]
        for item in [*session.pending_work_items, *unexplained]:
            (spec,) = item.mutations
            session.set_result(item.job_id, _run_mutant(module, spec, copy, seen))


def _is_fresh(module: Module) -> bool:
    """Whether a module is as it was when it was last run."""
    session = module.session
    return session.exists() and session.stat().st_mtime > module.path.stat().st_mtime


def _run_mutant(
    module: Module, spec: MutationSpec, copy: Path, seen: Mapping[str, Seen]
) -> WorkResult:
    for kind, node in find_inert(module.path):
        if _starts(node) <= spec.start_pos < _ends(node):
            return WorkResult(worker_outcome=WorkerOutcome.SKIPPED, output=kind)
    target = copy / module.path.relative_to(PLUGINS)
    with use_mutation(target, get_operator(spec.operator_name)(), spec.occurrence) as texts:
        fate = judge(module.cases, module.tests, seen)
    return WorkResult(
        worker_outcome=WorkerOutcome.NORMAL,
        test_outcome=TestOutcome.KILLED if fate == "killed" else TestOutcome.SURVIVED,
        output=fate,
        diff=_diff(*texts),
    )


def _starts(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _ends(node: Any) -> tuple[int, int]:
    return node.end_lineno, node.end_col_offset


def _diff(before: str, after: str) -> str:
    """Return the lines that differ; a mutant changes few."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) != len(new):
        gone = next(a for a, b in zip(old, [*new, ""], strict=False) if a != b)
        return f"-{gone.strip()}\n+"
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    return "\n".join(f"-{a.strip()}\n+{b.strip()}" for a, b in changed)


def read_mutants(module: Module, accepted: Sequence[Mapping[str, Any]]) -> Iterator[Mutant]:
    """Yield the mutants of a module's last run."""
    with use_db(module.session, WorkDB.Mode.open) as session:
        done, left = session.completed_work_items, session.pending_work_items
    yield from (Mutant(module, item.mutations[0], "not run", "") for item in left)
    for item, result in done:
        mutant = Mutant(module, item.mutations[0], result.output or "", result.diff or "")
        if mutant.fate in _OPEN and any(_fits(entry, mutant) for entry in accepted):
            mutant = mutant._replace(fate="accepted")
        yield mutant


def _fits(entry: Mapping[str, Any], mutant: Mutant) -> bool:
    """Whether an accepted survivor is this one: by module, operator and the line it changes."""
    name = mutant.spec.operator_name.removeprefix("core/")
    line = mutant.diff.partition("\n")[0].removeprefix("-")
    return (
        fnmatch(mutant.module.path.stem, entry.get("module", "*"))
        and any(fnmatch(name, pattern) for pattern in entry.get("operators", ["*"]))
        and re.search(entry["line"], line) is not None
        and ("becomes" not in entry or re.search(entry["becomes"], mutant.diff) is not None)
    )


def table(found: Sequence[Mutant]) -> Iterator[str]:
    """Yield a line for each family, and one for all."""
    fates = sorted({*_FATES, *_OPEN, *(mutant.fate for mutant in found)})
    yield " ".join(["family".ljust(16), "mutants", *(fate.rjust(10) for fate in fates)])
    for family in [*dict.fromkeys(mutant.module.family for mutant in found), "all"]:
        counts = Counter(m.fate for m in found if family in {m.module.family, "all"})
        cells = (str(counts[fate]).rjust(10) for fate in fates)
        yield " ".join([family.ljust(16), str(counts.total()).rjust(7), *cells])


def _find_idle(accepted: Sequence[Mapping[str, Any]], found: Sequence[Mutant]) -> Iterator[str]:
    """Yield a line for each accepted survivor of these modules that no longer survives."""
    stems = {mutant.module.path.stem for mutant in found}
    survivors = [mutant for mutant in found if mutant.fate in {"accepted", *_OPEN}]
    for entry in accepted:
        is_run = entry.get("module", "*") in stems
        if is_run and not any(_fits(entry, mutant) for mutant in survivors):
            yield f"nothing survives that is accepted as {entry['line']} in {entry['module']}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants that are asked for, and say which survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="CODE", help="codes, families, modules"
    )
    parser.add_argument(
        "--survivors", action="store_true", help="run what no case noticed, and what changed"
    )
    parser.add_argument("--report", action="store_true", help="run nothing; read the last runs")
    parser.add_argument("--all", action="store_true", help="show every survivor, line by line")
    options = parser.parse_args(arguments)
    asked = [
        module
        for module in list_modules(install())
        if not options.only
        or {module.path.stem, module.family, *module.codes[:1]} & {*options.only}
    ]
    if not options.report:
        _run_all(asked, is_again=options.survivors)
    return _report([module for module in asked if module.session.exists()], show_all=options.all)


def _run_all(asked: Sequence[Module], *, is_again: bool) -> None:
    """Run the modules in a copy of the plugins that is imported instead of the plugins."""
    sys.dont_write_bytecode = True  # a mutant is as old and as long as the module it replaces
    cases = {case.id: case for module in asked for case in module.cases}
    with tempfile.TemporaryDirectory() as folder:
        for package in (PACK, QRDA):
            shutil.copytree(PLUGINS / package, Path(folder, package))
        compileall.compile_dir(folder, quiet=1)
        seen = warm_up([*cases.values()], (PACK, QRDA))
        sys.path.insert(0, folder)
        for module in asked:
            run(module, Path(folder), seen, is_again=is_again)
            print(f"{module.path.stem}: done", file=sys.stderr, flush=True)


def _report(asked: Sequence[Module], *, show_all: bool) -> int:
    accepted = tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).get("accepted", [])
    found = [mutant for module in asked for mutant in read_mutants(module, accepted)]
    shown = {*_OPEN, "wording", "accepted"} if show_all else {*_OPEN}
    for mutant in found:
        if mutant.fate in shown:
            at = f"{mutant.module.path.relative_to(ROOT)}:{mutant.spec.start_pos[0]}"
            print(f"{at} {mutant.spec.operator_name} [{mutant.fate}]")
            print("  " + mutant.diff.replace("\n", "\n  "))
    print("\n".join([*_find_idle(accepted, found), *table(found)]))
    return int(any(mutant.fate in _OPEN for mutant in found))


if __name__ == "__main__":
    raise SystemExit(main())
