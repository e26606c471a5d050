"""What docs/guide/export.md tells people to type, typed."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
from pathlib import Path

import duckdb
import pytest
from doubles.web_history import History

from monitor.cli.main import run
from monitor.export.page import export_page
from monitor.export.tables import TABLES

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "guide" / "export.md").read_text(encoding="utf-8")


def fenced(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def folder(terminal):
    History(terminal.folder / "trialbell.db").fill()
    return terminal.folder


def typed(line: str) -> int:
    words = shlex.split(line)
    assert words[0] == "trialbell"
    if ">" not in words:
        return run(words[1:])
    at = words.index(">")
    with (
        Path(words[at + 1]).open("w", encoding="utf-8", newline="") as file,
        contextlib.redirect_stdout(file),
    ):
        return run(words[1:at])


def test_every_command_and_every_question_answers(folder, capsys):
    lines = [line for block in fenced("sh") for line in block.splitlines()]
    assert len(lines) >= 9
    for line in lines:
        assert typed(line) == 0, capsys.readouterr().err
    assert isinstance(sys.stdout, io.TextIOBase)
    questions = [one for block in fenced("sql") for one in block.split(";") if one.strip()]
    assert len(questions) == 3
    with duckdb.connect() as db:
        for one in questions:
            assert db.execute(one).fetchall()
    assert {path.name for path in folder.iterdir()} >= {
        "changes.csv",
        "enrolment.csv",
        "NCT07146087.jsonl",
        "tables",
        "lake",
        "trialbell-copy.db",
        "metadata.json",
    }


def test_the_reference_page_has_every_column():
    page = export_page()
    for table in TABLES.values():
        section = page.split(f"## {table.name}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", section, re.MULTILINE) == [
            column.name for column in (*table.columns, *table.more)
        ]
