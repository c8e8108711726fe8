"""A mutation run over the rules, to see that every change of a verdict breaks a case.

Each rule module is mutated by cosmic-ray, one change at a time, in a copy of the rule pack; then
the cases of the rule are run against the copy, each mutant in a fork. A module that several rules
share is judged by the cases of all of them. Sessions are cosmic-ray's own databases, so `cr-report`
and `cr-html` read them too.

    python -m pip install cosmic-ray
    python -m benchmarks.mutation                   # all modules: minutes
    python -m benchmarks.mutation --only PIC-PER-03 # or a module's name: present
    python -m benchmarks.mutation --report          # what the last runs found

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
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final, NamedTuple

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

from benchmarks.mutation_judging import holds, warm_up
from benchmarks.mutation_regions import Regions

PACK: Final = Path("plugins/picheck_pi")
SESSIONS: Final = Path("build/mutation")
ACCEPTED: Final = Path(__file__).with_name("mutation_accepted.toml")
_REASONS: Final = ("cache", "equivalent", "identity", "shortcut", "signature", "wording")


class Module(NamedTuple):
    """A module to mutate, and the codes of the rules whose cases judge it."""

    path: Path
    codes: tuple[str, ...]

    @property
    def family(self) -> str:
        """The rule family, or `shared`."""
        return self.path.parent.name if "rules" in self.path.parts else "shared"

    @property
    def session(self) -> Path:
        """The database of its mutants."""
        return SESSIONS / f"{self.family}-{self.path.stem}.sqlite"


class Mutant(NamedTuple):
    """One mutant and what became of it: killed, annotation, schema, wording, accepted or open."""

    module: Module
    spec: MutationSpec
    fate: str
    diff: str


def modules() -> list[Module]:
    """Return the rule modules, then the shared ones."""
    files = [f for f in sorted((PACK / "rules").rglob("*.py")) if f.name != "__init__.py"]
    files += [f for f in sorted(PACK.glob("*.py")) if f.name != "__init__.py"]
    return [Module(file, _codes(file, files)) for file in files]


def _codes(file: Path, files: Sequence[Path]) -> tuple[str, ...]:
    """Return the codes of the rules in a module and in all that import it, near or far."""
    known, new = {file}, {file}
    while new:
        names = "|".join(".".join(f.relative_to(PACK.parent).with_suffix("").parts) for f in new)
        importing = re.compile(rf"^from ({names}) import ", re.MULTILINE)
        new = {f for f in files if importing.search(f.read_text(encoding="utf-8"))} - known
        known |= new
    texts = "".join(f.read_text(encoding="utf-8") for f in known)
    return tuple(sorted(set(re.findall(r'@rule\(\s*"([A-Z0-9-]+)"', texts))))


def run(module: Module, copy: Path, regions: Regions) -> None:
    """Run every mutant of a module and keep the results in its session."""
    SESSIONS.mkdir(parents=True, exist_ok=True)
    if not holds(module.codes):
        raise SystemExit(f"the cases of {', '.join(module.codes)} fail without any mutant")
    with use_db(module.session, WorkDB.Mode.create) as session:
        init([module.path], session, {})
        for item in session.pending_work_items:
            (spec,) = item.mutations
            session.set_result(item.job_id, _result(module, spec, copy, regions))


def _result(module: Module, spec: MutationSpec, copy: Path, regions: Regions) -> WorkResult:
    if kind := regions.inert(module.path, spec.start_pos):
        return WorkResult(worker_outcome=WorkerOutcome.SKIPPED, output=kind)
    operator = get_operator(spec.operator_name)()
    target = copy / module.path.relative_to(PACK)
    with use_mutation(target, operator, spec.occurrence) as (before, after):
        survived = holds(module.codes)
    return WorkResult(
        worker_outcome=WorkerOutcome.NORMAL,
        test_outcome=TestOutcome.SURVIVED if survived else TestOutcome.KILLED,
        output="",
        diff=_diff(before, after),
    )


def _diff(before: str, after: str) -> str:
    """Return the lines that differ; a mutant changes few."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) != len(new):
        gone = next(a for a, b in zip(old, [*new, ""], strict=False) if a != b)
        return f"-{gone.strip()}\n+"
    changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    return "\n".join(f"-{a.strip()}\n+{b.strip()}" for a, b in changed)


def mutants(module: Module, regions: Regions, accepted: Sequence[dict[str, Any]]) -> list[Mutant]:
    """Read a session, and say of each mutant what became of it."""
    with use_db(module.session, WorkDB.Mode.open) as session:
        done, left = session.completed_work_items, session.pending_work_items
    found = [Mutant(module, item.mutations[0], "not run", "") for item in left]
    for item, result in done:
        (spec,) = item.mutations
        fate = result.output or ("killed" if result.is_killed else "open")
        mutant = Mutant(module, spec, fate, result.diff or "")
        if fate == "open":
            mutant = mutant._replace(fate=_reason(mutant, regions, accepted))
        found.append(mutant)
    return found


def _reason(mutant: Mutant, regions: Regions, accepted: Sequence[dict[str, Any]]) -> str:
    """Return why a survivor may survive, or `open`."""
    if regions.is_wording(mutant.module.path, mutant.spec.start_pos):
        return "wording"
    return next((entry["reason"] for entry in accepted if _fits(entry, mutant)), "open")


def _fits(entry: dict[str, Any], mutant: Mutant) -> bool:
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
    fates = ["killed", "open"]
    fates += sorted({mutant.fate for mutant in found} - {*fates})
    yield " ".join(
        ["family".ljust(16), "mutants", *(fate.rjust(max(7, len(fate))) for fate in fates)]
    )
    for family in [*dict.fromkeys(mutant.module.family for mutant in found), "all"]:
        counts = Counter(m.fate for m in found if family in {m.module.family, "all"})
        cells = (str(counts[fate]).rjust(max(7, len(fate))) for fate in fates)
        yield " ".join([family.ljust(16), str(counts.total()).rjust(7), *cells])


def _idle(accepted: Sequence[dict[str, Any]], found: Sequence[Mutant]) -> Iterator[str]:
    """Yield a line for each accepted survivor of these modules that no longer survives."""
    stems = {mutant.module.path.stem for mutant in found}
    survivors = [mutant for mutant in found if mutant.fate in {"open", *_REASONS}]
    for entry in accepted:
        is_run = entry.get("module", "*") in stems
        if is_run and not any(_fits(entry, mutant) for mutant in survivors):
            yield f"nothing survives that is accepted as {entry['line']} in {entry['module']}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants that are asked for, and say which survived."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="CODE", help="codes, families, modules"
    )
    parser.add_argument("--report", action="store_true", help="run nothing; read the last runs")
    parser.add_argument("--all", action="store_true", help="show the accepted survivors too")
    options = parser.parse_args(arguments)
    asked = [
        m
        for m in modules()
        if not options.only or {*m.codes[:1], m.family, m.path.stem} & {*options.only}
    ]
    regions = Regions([module.path for module in modules()])
    if not options.report:
        _run_all(asked, regions)
    return _tell([m for m in asked if m.session.exists()], regions, told_all=options.all)


def _run_all(asked: Sequence[Module], regions: Regions) -> None:
    """Run the modules in a copy of the pack that is imported instead of the pack itself."""
    sys.dont_write_bytecode = True  # a mutant is as old and as long as the module it replaces
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, PACK.name)
        shutil.copytree(PACK, copy)
        compileall.compile_dir(copy, quiet=1)
        sys.path.insert(0, folder)
        warm_up(PACK.name)
        for module in asked:
            run(module, copy, regions)
            print(f"{module.path.stem}: done", file=sys.stderr, flush=True)


def _tell(asked: Sequence[Module], regions: Regions, *, told_all: bool) -> int:
    accepted = tomllib.loads(ACCEPTED.read_text(encoding="utf-8")).get("accepted", [])
    found = [mutant for module in asked for mutant in mutants(module, regions, accepted)]
    silent = {"killed", "annotation", "schema"} if told_all else {m.fate for m in found} - {"open"}
    for mutant in found:
        if mutant.fate not in silent:
            row = mutant.spec.start_pos[0]
            print(f"{mutant.module.path}:{row} {mutant.spec.operator_name} [{mutant.fate}]")
            print("  " + mutant.diff.replace("\n", "\n  "))
    print("\n".join([*_idle(accepted, found), *table(found)]))
    return int(any(mutant.fate == "open" for mutant in found))


if __name__ == "__main__":
    raise SystemExit(main())
