"""Runs one command of ours in this process and keeps what it printed and its exit code."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.main import run


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def values(self) -> list[Any]:
        """stdout as one JSON value a line; fails when anything else is there."""
        return [json.loads(line) for line in self.out.splitlines()]


class Terminal:
    """A folder that commands run in."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capsys = capsys
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))  # nobody types anything
        monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "nowhere"))
        monkeypatch.setenv("HOME", str(folder / "nowhere"))
        monkeypatch.setenv("COLUMNS", "100")  # of no terminal at all; not that of whoever runs the tests

    def run(self, *arguments: str) -> Ran:
        self._capsys.readouterr()
        code = run(list(arguments))
        printed = self._capsys.readouterr()
        return Ran(code=code, out=printed.out, err=printed.err)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path
