"""Tiny distributions, laid out as an installer would, and audits beside them."""

from __future__ import annotations

import textwrap
from pathlib import Path

from command_line import Run, run_here
from support import AS_OF, COMPLIANT, YEAR

#: A sound vendor module; the tests put one fault into it by replacing a line.
VENDOR = textwrap.dedent(
    f'''
    from picheck.api import AddedClause, Citation, Clause, fail, hookimpl, rule

    TERMS = {{}}

    @rule("ACME-TST-01", "acme-probe", terms=TERMS)
    def acme_probe(measurement_set, clause, rulebook):
        """A probe of the tests.

        What it checks: nothing.

        Why it matters: it does not.

        How to fix: not at all.
        """
        return None  # ANSWER

    def clause(code, year={YEAR}, **terms):
        source = Citation(key="invented", title="an invented source", standing="official")
        return AddedClause("pi", year, Clause(code=code, consequence="auditRisk",
            citations=(source,), terms=terms, variants={{}}))

    @hookimpl
    def picheck_register_rules():
        return (acme_probe,)  # RULES

    @hookimpl
    def picheck_register_clauses():
        return (clause("ACME-TST-01"),)  # CLAUSES
    '''
)
SIGNATURE, ANSWER, RULES, CLAUSES = (
    "(measurement_set, clause, rulebook)",
    "return None  # ANSWER",
    "return (acme_probe,)  # RULES",
    'return (clause("ACME-TST-01"),)  # CLAUSES',
)


def install(folder: Path, distribution: str, plugins: dict[str, str], version: str = "1.0") -> None:
    """Put a distribution into a folder: `plugins` maps plugin names to the source of a module."""
    lines = ["[picheck]"]
    for name, source in plugins.items():
        module = f"{distribution}_{name}".replace("-", "_")
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
        lines.append(f"{name} = {module}")
    info = folder / f"{distribution.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def audit(cwd: Path, *arguments: str | Path, **environment: str) -> Run:
    """Audit the compliant submission of a year beside what was installed, told as JSON."""
    options = ("--as-of", AS_OF, "--isolated", "-f", "json", *arguments)
    return run_here("audit", COMPLIANT, *options, cwd=cwd, stdin=b"", **environment)


def audit_beside(folder: Path, source: str, *arguments: str) -> Run:
    """Install one module as the plugin `acme` of the distribution `acme-tools`, and audit."""
    install(folder, "acme-tools", {"acme": source})
    return audit(folder, *arguments)
