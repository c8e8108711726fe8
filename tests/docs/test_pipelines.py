"""Other people's pipelines: each page's example is read, and its commands are run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from acceptance_support import run, submission
from command_line import Run
from picheck.cli.completion import SHELLS
from picheck.cli.main import COMMANDS
from support import FIXTURES, ROOT, perhaps, some

PAGES: Final = ROOT / "docs" / "pipelines"
BASH: Final = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="there is no bash here")


def blocks(page: str, language: str) -> list[str]:
    text = (PAGES / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def load(text: str) -> Any:
    return yaml.safe_load(text)


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a PATH on which `picheck` is the one under test."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "picheck"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m picheck "$@"\n', "utf-8")
    script.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def shell(script: str, folder: Path, path: str, **environment: str) -> Run:
    assert BASH is not None
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PICHECK_")}
    done = subprocess.run(
        [BASH, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**kept, "PATH": path, "NO_COLOR": "1", "SOURCE_DATE_EPOCH": "1769904000"}
        | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr, None)


HOOKS: Final = {
    hook["id"]: hook for hook in load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}
ACTION: Final = load((ROOT / "action.yml").read_text("utf-8"))
STEPS: Final = {step["name"]: step for step in ACTION["runs"]["steps"]}


def test_the_hooks_have_what_pre_commit_asks_for() -> None:
    for hook in some(HOOKS.values()):
        assert {"id", "name", "description", "entry", "language"} <= hook.keys()
        assert hook["language"] == "python"
        assert hook["entry"].split()[1] in COMMANDS
        for key in ("files", "exclude"):
            re.compile(hook.get(key, ""))


def test_the_page_on_pre_commit_uses_hooks_that_are_there() -> None:
    (repository,) = load(blocks("pre-commit.md", "yaml")[0])["repos"]
    assert {hook["id"] for hook in repository["hooks"]} == HOOKS.keys()


def test_the_hook_passes_over_evidence_and_takes_submissions() -> None:
    exclude = re.compile(HOOKS["picheck"]["exclude"])
    assert exclude.search("submissions/a.evidence.json")
    assert not exclude.search("submissions/a.json")
    assert re.search(HOOKS["picheck-waivers"]["files"], "ci/picheck-waivers.toml")
    assert re.search(HOOKS["picheck-config"]["files"], "picheck.toml")


@needs_bash
def test_the_hooks_run_as_pre_commit_runs_them(tmp_path: Path, path: str) -> None:
    (repository,) = load(blocks("pre-commit.md", "yaml")[0])["repos"]
    arguments = " ".join(repository["hooks"][0]["args"])
    submission(tmp_path / "submissions" / "good.json", short=False)
    submission(tmp_path / "submissions" / "short.json", tin="987654321")
    (tmp_path / "waivers.toml").write_text("", "utf-8")
    (tmp_path / "picheck.toml").write_text('waivers = "waivers.toml"', "utf-8")
    hook = f"{HOOKS['picheck']['entry']} {arguments}"
    assert shell(f"{hook} submissions/good.json", tmp_path, path).code == 0
    done = shell(f"{hook} submissions/good.json submissions/short.json", tmp_path, path)
    assert done.code == 1, done.err
    for name in ("picheck-waivers", "picheck-config"):
        done = shell(HOOKS[name]["entry"], tmp_path, path)
        assert done.code == 0, done.err


def test_the_action_says_what_it_takes_and_gives() -> None:
    assert ACTION["runs"]["using"] == "composite"
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == ACTION["inputs"].keys()
    page = (PAGES / "github-action.md").read_text("utf-8")
    for name, given in some(ACTION["inputs"].items()):
        assert given["description"]
        assert f"`{name}`" in page


def test_no_text_from_a_workflow_becomes_part_of_a_script() -> None:
    for step in some(STEPS.values()):
        if "run" in step:
            assert "${{" not in step["run"]
            assert step["shell"] == "bash"


def test_the_page_on_the_action_gives_only_inputs_that_are_there() -> None:
    workflow = load(blocks("github-action.md", "yaml")[0])
    (step,) = [s for s in workflow["jobs"]["picheck"]["steps"] if "picheck" in s["uses"]]
    assert step["with"].keys() <= ACTION["inputs"].keys()
    assert workflow["permissions"]["security-events"] == "write"


@needs_bash
def test_the_action_audits_and_keeps_the_exit_code(tmp_path: Path, path: str) -> None:
    workflow = load(blocks("github-action.md", "yaml")[0])
    given = workflow["jobs"]["picheck"]["steps"][1]["with"]
    submission(tmp_path / "submissions" / "a file; with $(odd) name.json")
    (tmp_path / "archive" / "2024").mkdir(parents=True)
    shutil.copy(FIXTURES / "compliant" / "2024.json", tmp_path / "archive" / "2024")
    done = shell(
        STEPS["Audit"]["run"], tmp_path, path, ARGS=given["args"], AUDIT_PATHS=given["paths"],
        SARIF_FILE="picheck.sarif", GITHUB_OUTPUT="output", GITHUB_STEP_SUMMARY="summary.md",
    )  # fmt: skip
    assert done.code == 1, done.err
    assert "::error" in done.out
    assert (tmp_path / "output").read_text("utf-8") == "exit-code=1\n"
    assert "NOT READY" in (tmp_path / "summary.md").read_text("utf-8")
    sarif = json.loads((tmp_path / "picheck.sarif").read_text("utf-8"))
    assert sarif["version"] == "2.1.0"
    assert sarif["runs"][0]["results"][0]["ruleId"] == "PIC-PER-03"


@needs_bash
@pytest.mark.parametrize(("version", "target"), [("", "/the/action"), ("0.1.0", "picheck==0.1.0")])
def test_the_action_installs_itself_or_a_version(tmp_path: Path, version: str, target: str) -> None:
    told = tmp_path / "python"
    told.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', "utf-8")
    told.chmod(0o755)
    done = shell(
        STEPS["Install picheck"]["run"], tmp_path, f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        ACTION_PATH="/the/action", VERSION=version, PLUGINS="\nacme>=1.2\n\nother\n",
    )  # fmt: skip
    assert done.out.split() == [
        "-m", "pip", "install", "--quiet", target, "acme>=1.2", "other",
    ]  # fmt: skip


@needs_bash
def test_the_gitlab_job_writes_the_reports_it_promises(tmp_path: Path, path: str) -> None:
    job, milder = (load(text)["picheck"] for text in blocks("gitlab.md", "yaml"))
    assert milder["allow_failure"]["exit_codes"] == [1]
    submission(tmp_path / "submissions" / "a.json")
    install, *commands = job["script"]
    assert install == "pip install --quiet picheck"
    done = shell("\n".join(commands), tmp_path, path)
    assert done.code == 1, done.err
    artifacts = job["artifacts"]
    for name in (artifacts["reports"]["junit"], *artifacts["paths"]):
        assert (tmp_path / name).stat().st_size


@pytest.mark.parametrize("name", SHELLS)
def test_the_page_on_completion_shows_every_shell(name: str) -> None:
    assert any(f"picheck completion {name}" in text for text in blocks("shell-completion.md", name))


@needs_bash
def test_bash_completes_commands_and_options(tmp_path: Path, path: str) -> None:
    (block,) = blocks("shell-completion.md", "bash")
    done = shell(block, tmp_path, path, HOME=str(tmp_path))
    assert done.code == 0, done.err
    script = tmp_path / ".local/share/bash-completion/completions/picheck"
    asked = f'source "{script}"; COMP_WORDS=(picheck {{}}); COMP_CWORD=1; {{}}'
    for words, wanted in (("wai", "waivers"), ("bas", "baseline")):
        call = asked.format(words, '_picheck_completion picheck; echo "${COMPREPLY[@]}"')
        assert shell(call, tmp_path, path).out.split() == [wanted]


@pytest.mark.parametrize(
    "words",
    [
        (group, *inner)
        for group, commands in {
            "config": ("show", "validate", "schema"),
            "waivers": ("add", "list", "lint"),
            "baseline": ("create", "update", "show"),
        }.items()
        for inner in ((), *((name,) for name in commands))
    ],
)
def test_the_help_of_a_command_has_examples(words: tuple[str, ...], tmp_path: Path) -> None:
    told = run(tmp_path, *words, "--help", code=0).out
    assert re.search(rf"Examples?:.*picheck {words[0]} ", told, flags=re.DOTALL)
    for word in perhaps(words[1:]):
        assert f"picheck {words[0]} {word}" in told.partition("Example")[2]
