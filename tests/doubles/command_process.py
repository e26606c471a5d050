"""Commands of ours as people start them: processes with their files, beside one another."""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import sys
import threading
from pathlib import Path

from doubles.ctgov import LoopbackRegistry
from doubles.study_records import study_record

PATIENCE = 30  # seconds that nothing here should need


class Process:
    """A command of ours whose stderr is read line by line while it runs."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SLACK")}
        self.child = subprocess.Popen(
            [sys.executable, "-m", "monitor", *arguments],
            cwd=folder,
            env=environment | {"HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.said: list[str] = []
        self._unasked: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.child.stderr:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, pattern: str) -> str:
        """The first line of stderr that holds a pattern and was not asked for before."""
        while True:
            found = next((line for line in self._unasked if re.search(pattern, line)), None)
            if found is not None:
                self._unasked.remove(found)
                return found
            line = self._lines.get(timeout=PATIENCE)
            assert line is not None, f"ended without saying {pattern!r}:\n" + "\n".join(self.said)
            self.said.append(line)
            self._unasked.append(line)

    def end(self, signal_: int | None = None) -> int:
        if signal_ is not None:
            self.child.send_signal(signal_)
        code = self.child.wait(PATIENCE)
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            self.said.append(line)
        return code


class Place:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records = [study_record(number) for number in range(1, 6)]
        for record in self.records:
            record["protocolSection"]["statusModule"]["overallStatus"] = "RECRUITING"
            record["protocolSection"]["statusModule"].pop("whyStopped", None)
        self.registry = LoopbackRegistry(self.records, day="2026-11-20")
        self.registry.start()
        self.running: list[Process] = []

    def configure(self, *trials: str, also: str = "", every: str = "1h") -> None:
        text = (
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{self.registry.url}"\n'
            f'requests_per_minute = 100000\n[schedule]\nevery = "{every}"\n'
            '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n'
            f'[[watch]]\nname = "mine"\nids = {json.dumps(list(trials))}\n{also}'
        )
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    def start(self, *arguments: str) -> Process:
        made = Process(self.folder, *arguments)
        self.running.append(made)
        return made

    def alerts(self) -> list[dict]:
        path = self.folder / "alerts.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def close(self) -> None:
        for one in self.running:
            if one.child.poll() is None:
                one.child.kill()
                one.child.wait()
        self.registry.stop()
