"""A registry whose trials change build by build, and pollers of it that are killed."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import timeless
from doubles.poller_process import Pollers
from doubles.study_records import study_record

from monitor.database import open_for_reading
from snapshots.changeset import Source
from snapshots.query import Reader

_FIRST = date(2026, 10, 1)
_STATUSES = ("RECRUITING", "SUSPENDED")


def nct(record: dict[str, Any]) -> str:
    return record["protocolSection"]["identificationModule"]["nctId"]


class Scene:
    """60 trials, of which half change their status with each new build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._records = [timeless(study_record(number)) for number in range(1, 61)]
        for record in self._records:
            record["protocolSection"]["statusModule"]["overallStatus"] = _STATUSES[0]
        self.registry = LoopbackRegistry(self._records, day=_FIRST.isoformat()).start()
        self._builds = 0
        self._newest: set[str] = set()  # that the last build changed
        self.changes: Counter[str] = Counter()  # what must be told, by trial
        ids = json.dumps([nct(record) for record in self._records])
        (folder / "config.toml").write_text(
            f'[store]\npath = "t.db"\n[[watch]]\nname = "all"\nids = {ids}\n'
            '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n'
        )

    def next_build(self) -> None:
        self._builds += 1
        changed = []
        self._newest.clear()
        for record in self._records[self._builds % 2 :: 2]:
            trial = nct(record)
            self.changes[trial] += 1
            status = _STATUSES[self.changes[trial] % 2]
            record["protocolSection"]["statusModule"]["overallStatus"] = status
            self._newest.add(trial)
            changed.append(json.loads(json.dumps(record)))
        self.registry.publish((_FIRST + timedelta(days=self._builds)).isoformat(), changed)

    def to_the_end(self, pollers: Pollers) -> None:
        pollers.start()
        assert pollers.end() == 0

    def drained(self) -> bool:
        """Whether everything that changed so far is told."""
        db = open_for_reading(self.folder / "t.db")
        try:
            rows = db.execute("select state, count(*) from delivery group by state").fetchall()
            return dict(rows) == ({"sent": self.changes.total()} if self.changes else {})
        finally:
            db.close()

    def kill_at_random(self, pollers: Pollers, dice: random.Random, kind: str) -> bool:
        """One poller, killed in the way of `kind`. False when it was done before."""
        if kind == "amid SQL":
            pollers.start(die_after=dice.randint(1, 150))
            return pollers.end() != 0
        if kind == "at a request":
            asked = iter(range(dice.randint(1, 6), 0, -1))
            self.registry.on_request = lambda _: pollers.strike() if next(asked, 0) == 1 else None
            pollers.start()
            ended = pollers.end()
            self.registry.on_request = None
            return ended != 0
        pollers.start()
        assert pollers.reaches_its_point("begins")
        pollers.ends_within(dice.uniform(0, 0.5))
        return pollers.kill()

    def check_told(self, told: list[str]) -> None:
        """told: the trials of all alerts, in the order in which they arrived."""
        assert Counter(told) == self.changes
        db = open_for_reading(self.folder / "t.db")
        try:
            assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
            reader = Reader(db)
            assert reader.check_ledger() == []
            rows = db.execute("select trial from event where kind = 'changed'").fetchall()
            assert Counter(row[0] for row in rows) == self.changes
            for record in self._records:
                versions = 1 + self.changes[nct(record)]
                assert len(reader.versions("ctgov", nct(record))) == versions
                if nct(record) in self._newest:  # another's would differ in the build that it names
                    stored = reader.record("ctgov", nct(record), Source.SNAPSHOT, versions)
                    assert stored == self.registry.record(nct(record))
            assert self.drained()
        finally:
            db.close()

    def check_file(self) -> None:
        lines = [json.loads(line) for line in (self.folder / "alerts.jsonl").read_text().splitlines()]
        self.check_told([line["trial"] for line in lines])
        versions: dict[str, list[int]] = {}
        for line in lines:
            versions.setdefault(line["trial"], []).append(line["to"]["version"])
        assert all(numbers == sorted(numbers) for numbers in versions.values()), "out of order"


@contextmanager
def open_scene(folder: Path) -> Iterator[Scene]:
    made = Scene(folder)
    try:
        yield made
    finally:
        made.registry.stop()
