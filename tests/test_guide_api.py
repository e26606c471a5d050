"""What docs/guide/api.md and docs/guide/mcp.md tell people to run, run; and what they say of it."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from doubles.web_history import NOW, TRIAL, History
from test_web_server import serving

from monitor.mcp.questions import MOST, Changes, Deadlines, Diff, Search, Trial
from monitor.watches import Definition, add

GUIDES = Path(__file__).resolve().parents[1] / "docs" / "guide"
API = (GUIDES / "api.md").read_text(encoding="utf-8")
MCP = (GUIDES / "mcp.md").read_text(encoding="utf-8")
ROOT = "http://127.0.0.1:8787"
QUESTIONS = {"search": Search, "trial": Trial, "changes": Changes, "diff": Diff, "deadlines": Deadlines}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    history = History(tmp_path_factory.mktemp("guide") / "history.db").fill()
    with history.writing() as (db, _):
        add(db, "MSC exosomes", Definition(registry="ctgov", ids=(TRIAL,)), now=NOW)
    with serving(history.app()) as port:
        yield f"http://127.0.0.1:{port}"


def fenced(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_lines_for_curl_answer(root: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine")
    lines = [line for block in fenced(API, "sh") for line in block.splitlines()]
    assert len(lines) == 3
    for line in lines:
        command = shlex.split(line.replace(ROOT, root))
        ran = subprocess.run([*command, "--fail"], capture_output=True, text=True, timeout=60, check=True)
        if ".csv" in line:
            assert ran.stdout.startswith("number,")
        else:
            assert isinstance(json.loads(ran.stdout), dict)


def test_the_script_prints_every_event(root: str) -> None:
    (script,) = fenced(API, "python")
    ran = subprocess.run(
        [sys.executable, "-c", script.replace(ROOT, root)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert [line.split()[:2] for line in ran.stdout.splitlines()] == [["4", TRIAL], ["3", TRIAL]]


def test_configurations_of_clients_are_json_that_starts_the_command() -> None:
    blocks = [json.loads(block) for block in fenced(MCP, "json")]
    assert [next(iter(one)) for one in blocks] == ["mcpServers", "servers"]
    for one in blocks:
        (servers,) = one.values()
        assert servers["trialbell"]["command"].endswith("/trialbell")
        assert servers["trialbell"]["args"][:2] == ["mcp", "--db"]


def test_examples_of_questions_can_be_asked() -> None:
    rows = re.findall(r"^\| `([a-z]+)` \|.*\| `(\{.*\})` \|$", MCP, re.MULTILINE)
    assert [name for name, _ in rows] == list(QUESTIONS)
    for name, arguments in rows:
        msgspec.convert(json.loads(arguments), QUESTIONS[name])
    assert f"at most {MOST} changes" in MCP
