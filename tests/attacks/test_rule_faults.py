"""Rules that do not come back, that print, that leave, and that answer with what is no answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from command_line import Run, run_apart
from distributions import ANSWER, SIGNATURE, VENDOR, install
from long_runs import TERMS, write_lines
from support import AS_OF, COMPLIANT, some


def vendor(body: str, head: str = "") -> str:
    """Return the vendor's module with another body of its rule, and something before it."""
    inner = textwrap.indent(textwrap.dedent(body).strip(), "    ").strip()
    return head + VENDOR.replace(ANSWER, inner)


def audit(folder: Path, source: str, *arguments: str, hash_seed: str = "0") -> Run:
    """Audit the compliant submission beside one plugin, in a process of its own."""
    install(folder, "acme-tools", {"acme": source})
    given = arguments or ("-f", "json")
    return run_apart("audit", COMPLIANT, *TERMS, *given, cwd=folder, PYTHONHASHSEED=hash_seed)


def reading(parameters: str, source: str) -> str:
    """Return the vendor's module with other parameters of its rule."""
    return source.replace(SIGNATURE, f"({parameters})")


def broken(run: Run) -> list[str]:
    return [r["message"] for r in run.report["results"] if r["outcome"] == "error"]


LOOPS = {
    "loops": "while True: pass",
    "sleeps": "import time; time.sleep(1000)",
    "loops and catches": """
        while True:
            try:
                while True: pass
            except Exception:
                pass
        """,
    "answers without an end": """
        class Endless(list):
            def __iter__(self):
                while True:
                    yield 1
        return Endless([1])
        """,
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_a_rule_that_loops_is_reported_and_the_audit_goes_on(body: str, tmp_path: Path) -> None:
    run = audit(tmp_path, vendor(body), "--rule-timeout", "1", "-f", "json")
    assert run.code == 4
    (message,) = broken(run)
    assert message.startswith("ACME-TST-01 of acme (acme-tools) broke: ")
    assert "did not return within 1 s" in message
    assert run.report["documents"][0]["outcomes"]["pass"] > 20


HANGS = {
    "hangs where no timer reaches it": "import itertools; return sum(itertools.count())",
    "catches everything": """
        while True:
            try:
                while True: pass
            except BaseException:
                pass
        """,
}


@pytest.mark.parametrize("body", HANGS.values(), ids=HANGS)
def test_a_rule_that_no_timer_breaks_off_is_ended_and_named(body: str, tmp_path: Path) -> None:
    run = audit(tmp_path, vendor(body), "--rule-timeout", "1", "-f", "json")
    assert run.code == 4
    (message,) = broken(run)
    assert message.startswith("ACME-TST-01 of acme (acme-tools) broke: ")
    assert "did not return within 1 s" in message


IN_A_THREAD = """
import sys, threading, signal
from picheck.cli.options import load_inventory
from picheck.engine.audit import audit
from picheck.engine.options import AuditOptions
from datetime import date

def work():
    _, registry = load_inventory(())
    terms = AuditOptions(as_of=date.fromisoformat(sys.argv[2]), rule_timeout=0.5)
    report = audit([sys.argv[1]], terms, registry)
    print(report.summary.exit.code, *(r.message for r in report.results if r.outcome == "error"))

if sys.argv[3] == "thread":
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
else:  # the program uses the timer for itself
    signal.signal(signal.SIGALRM, lambda *_: None)
    work()
"""


@pytest.mark.parametrize("place", ["thread", "program"])
@pytest.mark.parametrize("body", ["while True: pass", LOOPS["loops and catches"]])
def test_a_rule_that_loops_is_reported_where_no_timer_can_be_set(
    body: str, place: str, tmp_path: Path
) -> None:
    install(tmp_path, "acme-tools", {"acme": vendor(body)})
    done = subprocess.run(
        [sys.executable, "-c", IN_A_THREAD, str(COMPLIANT), AS_OF, place],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        timeout=60,
    )
    said = done.stdout.decode()
    assert said.startswith("4 ACME-TST-01 of acme (acme-tools) broke: ")
    assert "did not return within 0.5 s" in said
    assert not done.stderr


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_rule_that_loops_is_reported_by_workers(jobs: str, tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": vendor("while True: pass")})
    path = write_lines(tmp_path, 2)
    options = ("-f", "ndjson=out", "-j", jobs, "--rule-timeout", "0.5")
    run = run_apart("audit", path, *TERMS, *options, cwd=tmp_path)
    assert run.code == 4, run.err
    written = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    told = [v["message"] for v in written if v.get("code") == "PIC-RUN-01" and "message" in v]
    assert len(told) == 2
    assert all("did not return within 0.5 s" in message for message in some(told))
    assert written[-1]["type"] == "summary"


def test_a_result_that_timed_out_is_not_reused(tmp_path: Path) -> None:
    head = "import time\nslow = [True]\n"
    body = "if slow.pop() if slow else False: time.sleep(1000)"
    source = reading("answers", vendor(body, head))
    install(tmp_path, "acme-tools", {"acme": source})
    options = ("--rule-timeout", "0.5", "-f", "json", "--all-results")
    run = run_apart("audit", write_lines(tmp_path, 3), *TERMS, *options, cwd=tmp_path)
    mine = [r["outcome"] for r in run.report["results"] if "ACME" in r["code"] + r["message"]]
    assert mine == ["error", "pass", "pass"]


def test_a_rule_may_take_any_time_where_the_limit_is_off(tmp_path: Path) -> None:
    body = "import time; time.sleep(2)"
    run = audit(tmp_path, vendor(body), "--rule-timeout", "0", "-f", "json")
    assert broken(run) == []


@pytest.mark.parametrize("options", [("-f", "json"), ("-f", "ndjson"), ("-f", "ndjson", "-j", "2")])
def test_the_slowest_rules_are_printed_beside_the_report(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    body = "import time; time.sleep(0.05)"
    run = audit(tmp_path, vendor(body), "--durations", "2", *options)
    told = run.err.splitlines()
    (title,) = (line for line in told if line.startswith("picheck: slowest 2 of "))
    slowest = told[told.index(title) + 1]
    assert slowest.split()[0] == "ACME-TST-01"
    assert 0.05 <= float(slowest.split()[1]) < 0.5
    assert slowest.split()[3:5] == ["1", "calls"]
    assert len(told) == told.index(title) + 3
    assert "slowest" not in run.out


#: Ways to write to standard output: Python's, the descriptor's, and another program's.
PRINTS = {
    "print": "print('HELLO')",
    "descriptor": "import os; os.write(1, b'HELLO')",
    "program": "import subprocess; subprocess.run(['echo', 'HELLO'])",
}


@pytest.mark.parametrize("place", ["rule", "import", "hook", "end"])
@pytest.mark.parametrize("how", PRINTS)
@pytest.mark.parametrize("options", [("-f", "json"), ("-f", "ndjson"), ("-f", "ndjson", "-j", "2")])
def test_what_a_plugin_prints_goes_to_standard_error(
    options: tuple[str, ...], how: str, place: str, tmp_path: Path
) -> None:
    call = PRINTS[how]
    sources = {
        "rule": vendor(call),
        "import": f"{call}\n{VENDOR}",
        "hook": VENDOR.replace("    return (acme_probe,)", f"    {call}\n    return (acme_probe,)"),
        "end": f"{VENDOR}\n@hookimpl\ndef picheck_audit_finished():\n    {call}\n",
    }
    run = audit(tmp_path, sources[place], *options)
    assert "HELLO" in run.err
    for text in [run.out] if options == ("-f", "json") else run.out.splitlines():
        json.loads(text)
    assert run.code == 0


#: Ways to end a process, and how that is described.
DEATHS = {
    "leaves at once": ("import os; os._exit(0)", "exit status 0"),
    "leaves with 1": ("import os; os._exit(1)", "exit status 1"),
    "reads at zero": ("import ctypes; ctypes.string_at(0)", "killed by SIGSEGV"),
    "kills itself": ("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL"),
}


@pytest.mark.parametrize(("body", "how"), DEATHS.values(), ids=DEATHS)
def test_a_rule_that_ends_the_process_is_named_in_the_report(
    body: str, how: str, tmp_path: Path
) -> None:
    run = audit(tmp_path, vendor(body))
    assert run.code == 4
    (message,) = broken(run)
    assert message.startswith("ACME-TST-01 of acme (acme-tools) broke: ")
    assert f"it ended the process: {how}" in message
    assert run.report["documents"][0]["outcomes"]["pass"] > 20


def test_only_the_document_that_ends_the_process_loses_the_rule(tmp_path: Path) -> None:
    body = "import os\nif entity.tin == '000000002': os._exit(0)"
    source = reading("entity, measurement_set", vendor(body))
    install(tmp_path, "acme-tools", {"acme": source})
    path = write_lines(tmp_path)
    run = run_apart("audit", path, *TERMS, "-f", "json", cwd=tmp_path)
    assert run.code == 4
    assert [r["document"] for r in run.report["results"] if r["outcome"] == "error"] == [2]


def test_a_rule_that_always_ends_the_process_costs_a_bounded_time(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": vendor("import os; os._exit(0)")})
    run = run_apart("audit", write_lines(tmp_path, 50), *TERMS, "-f", "json", cwd=tmp_path)
    assert run.code == 4
    assert len(broken(run)) == 50
    assert run.err.count("ended the process") == 3


def test_standard_input_is_read_again_where_a_rule_ended_the_process(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": vendor("import os; os._exit(0)")})
    run = run_apart("audit", "-", *TERMS, "-f", "json", cwd=tmp_path, stdin=COMPLIANT.read_bytes())
    assert run.code == 4
    assert len(run.report["documents"]) == 1
    (message,) = broken(run)
    assert "ACME-TST-01" in message


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_document_that_kills_its_worker_costs_that_rule_on_itself_alone(
    jobs: str, tmp_path: Path
) -> None:
    body = "import os\nif entity.tin == '000000002': os._exit(0)"
    source = reading("entity, measurement_set", vendor(body))
    install(tmp_path, "acme-tools", {"acme": source})
    options = ("-f", "ndjson=out", "-j", jobs)
    run = run_apart("audit", write_lines(tmp_path), *TERMS, *options, cwd=tmp_path)
    assert run.code == 4, run.err
    written = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert len([v for v in written if v["type"] == "document"]) == 6
    told = [(v["document"], v["message"]) for v in written if v.get("outcome") == "error"]
    ((index, message),) = told
    assert index == 2
    assert message.startswith("ACME-TST-01 of acme (acme-tools) broke: ")
    assert written[-1]["exit"]["code"] == 4


def test_the_documents_after_one_that_kills_its_worker_are_audited(tmp_path: Path) -> None:
    """It is the last of its chunk, and other chunks are under way meanwhile."""
    body = "import os\nif entity.tin == '000000063': os._exit(0)"
    source = reading("entity, measurement_set", vendor(body))
    install(tmp_path, "acme-tools", {"acme": source})
    folder = tmp_path / "files"
    folder.mkdir()
    for index, line in enumerate(write_lines(tmp_path, 66).read_text("utf-8").splitlines()):
        (folder / f"{index:03}.json").write_text(line, "utf-8")
    run = run_apart("audit", folder, *TERMS, "-f", "ndjson=out", "-j", "2", cwd=tmp_path)
    assert run.code == 4, run.err
    written = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert [v["document"] for v in written if v.get("outcome") == "error"] == [63]
    assert len([v for v in written if v["type"] == "document"]) == 66


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_several_documents_of_one_entity_that_end_their_worker_do_not_end_the_run(
    jobs: str, tmp_path: Path
) -> None:
    """They are read a second time, for the rules that compare them, in the run's own process."""
    install(tmp_path, "acme-tools", {"acme": vendor("import os; os._exit(0)")})
    line = json.dumps(json.loads(COMPLIANT.read_bytes()))
    (tmp_path / "same.ndjson").write_text(f"{line}\n" * 2, "utf-8")
    options = ("-f", "ndjson=out", "-j", jobs)
    run = run_apart("audit", "same.ndjson", *TERMS, *options, cwd=tmp_path)
    assert run.code == 4, run.err
    written = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    assert written[-1]["type"] == "summary"
    assert written[-1]["outcomes"]["error"] == 2


#: Where else a plugin may leave, and what is told.
ELSEWHERE = {
    "import": f"import os; os._exit(0)\n{VENDOR}",
    "hook": VENDOR.replace("    return (acme_probe,)", "    import os; os._exit(0)"),
}


@pytest.mark.parametrize("source", ELSEWHERE.values(), ids=ELSEWHERE)
@pytest.mark.parametrize("options", [("-f", "json"), ("-f", "ndjson"), ("-f", "ndjson", "-j", "2")])
def test_a_plugin_that_ends_the_process_when_it_is_loaded_did_not_load(
    options: tuple[str, ...], source: str, tmp_path: Path
) -> None:
    run = audit(tmp_path, source, *options)
    assert run.code == 4
    assert "plugin acme (acme-tools) did not load: " in run.err
    assert "it ended the process: exit status 0" in run.err
    assert run.out


def test_a_plugin_that_ends_the_process_when_told_the_end_is_named(tmp_path: Path) -> None:
    source = f"{VENDOR}\n@hookimpl\ndef picheck_audit_finished():\n    import os; os._exit(0)\n"
    run = audit(tmp_path, source)
    assert run.code == 4
    assert run.report["summary"]["verdict"] == "ready"
    assert "plugin acme (acme-tools) ended the process" in run.err


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit of memory")
def test_a_rule_that_takes_all_memory_is_named(tmp_path: Path) -> None:
    install(tmp_path, "acme-tools", {"acme": vendor("return [b'x' * 10**9 for _ in range(100)]")})
    limit = "import resource as r; r.setrlimit(r.RLIMIT_AS, (2**31, 2**31));"
    start = f"{limit} from picheck.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", start, "audit", str(COMPLIANT), *TERMS, "-f", "json"],
        check=False,
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 4, done.stderr
    report = json.loads(done.stdout)
    (message,) = (r["message"] for r in report["results"] if r["outcome"] == "error")
    assert message == "ACME-TST-01 of acme (acme-tools) broke: MemoryError"


#: Answers that no JSON holds, or that not every encoding does.
ANSWERS = {
    "no number": "return fail('', 'no', actual=float('nan'))",
    "infinity": "return fail('', 'no {actual}', actual=[float('inf')])",
    "bytes": "return fail('', 'no {actual}', actual=b'\\xff')",
    "a set": "return fail('', 'no', actual={'b', 'a', 'c'})",
    "an object": "return fail('', 'no', actual=object())",
    "a circle": "x = []; x.append(x); return fail('', 'no', actual=x)",
    "a deep list": "x = []\nfor _ in range(900): x = [x]\nreturn fail('', 'no', actual=x)",
    "a huge number": "return fail('', 'no', actual=10**30)",
    "a number too long to print": "return fail('', 'no', actual=10**5000)",
    "half a character": "return fail('', 'no', actual='\\ud800')",
    "half a character in a message": "return fail('', 'no \\ud800')",
    "half a character in a pointer": "return fail('/\\ud800', 'no')",
    "half a character in a key": "return fail('', 'no', key='\\ud800')",
    "half a character in a remedy": "return fail('', 'no', remediation='\\ud800')",
    "half a character in what is missing": (
        "from picheck.api import indeterminate; return indeterminate('x', missing=['\\ud800'])"
    ),
    "missing what is no text": (
        "from picheck.api import indeterminate; return indeterminate('x', missing=[{1}])"
    ),
    "measures that are no texts": "return fail('', 'no', measures=[object()])",
    "related to what is no place": "return fail('', 'no', related=[3])",
    "keys that are no texts": "return fail('', 'no', actual={(1, 2): {None: b'x'}})",
    "an exception that cannot be shown": (
        "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd"
    ),
    "an exception with half a character": "raise ValueError('\\ud800')",
    "a value that breaks when formatted": (
        "class Odd:\n    def __format__(self, s): raise SystemExit\nreturn fail('', '{a}', a=Odd())"
    ),
    "a message that is no text": "return fail('', None)",
    "a remedy that is no text": "return fail('', 'no', remediation=5)",
    "a variant that is no text": "return fail('', 'no', variant=[])",
    "missing evidence that is no text": (
        "from picheck.errors import MissingEvidence; raise MissingEvidence([1])"
    ),
}
FORMATS = (
    "text",
    "csv",
    "github",
    "html",
    "junit",
    "markdown",
    "ndjson",
    "operationoutcome",
    "sarif",
)


@pytest.mark.parametrize("body", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_no_json_holds_breaks_the_rule_or_is_rendered(
    body: str, tmp_path: Path
) -> None:
    formats = [part for name in FORMATS for part in ("-f", f"{name}={name}.out")]
    options = ("-f", "json", *formats)
    run = audit(tmp_path, vendor(body), *options, hash_seed="1")
    mine = [r for r in run.report["results"] if "ACME" in r["code"] + r["message"]]
    assert [(r["code"], r["outcome"]) for r in mine] in (
        [("ACME-TST-01", "fail")],
        [("PIC-RUN-01", "error")],
    )
    assert run.code == (4 if mine[0]["outcome"] == "error" else 0)
    assert "broke off" not in run.err
    assert "reporter" not in run.err
    json.dumps(run.report, allow_nan=False)
    for name in FORMATS:
        assert (tmp_path / f"{name}.out").read_text(encoding="utf-8")
    again = run_apart("audit", COMPLIANT, *TERMS, *options, cwd=tmp_path, PYTHONHASHSEED="2")
    assert again.out == run.out
