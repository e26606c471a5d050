"""A mirror and a daily poll killed with SIGKILL at any moment: what is stored in the end is as if nothing had been."""

from __future__ import annotations

import copy
import random
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.mirror_process import Mirrors
from doubles.plain_edits import nct, with_results, with_status, without
from doubles.small_records import small_record
from doubles.store_contents import contents

KILLS = 25
PAGES = {"page_size": 20, "ids_per_request": 20}
FIRST, SECOND = datetime(2026, 11, 20, 9, 20, tzinfo=UTC), datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
CONFIG = """
[store]
path = "t.db"
[notifiers.log]
type = "jsonl"
path = "alerts.jsonl"
[[watch]]
name = "named"
ids = ["NCT00000001", "NCT00000002", "NCT00000149", "NCT00000999"]
[[watch]]
name = "stopped"
query = { status = "SUSPENDED|TERMINATED" }
[[watch]]
name = "everything"
query = {}
"""

pytestmark = pytest.mark.crash


@pytest.fixture
def records():
    made = [with_results(small_record(f"NCT{number:08}")) for number in range(1, 151)]
    for record in made:
        record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = "2026-01-15"
    return made


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


def next_build(registry: LoopbackRegistry, records: list) -> None:
    """Posted changes, changes that no post date tells, new, gone and merged ones, and a section lost by a few."""
    posted = [with_status(record, "SUSPENDED") for record in records[:12]]
    for record in posted:
        record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = "2026-11-22"
    unknown = [with_status(record, "UNKNOWN") for record in records[60:72]]
    lost = [without(record, "resultsSection") for record in records[80:83]]
    new = [small_record(f"NCT{number:08}", status="TERMINATED") for number in (998, 999)]
    reworded = copy.deepcopy(records[1])
    reworded["protocolSection"]["descriptionModule"]["briefSummary"] = "Other words."
    registry.publish(
        "2026-11-23",
        [*posted, *unknown, *lost, *new, reworded],
        removed=[nct(records[100]), nct(records[148])],
        aliases={nct(records[110]): nct(records[111])},
    )


def folder_of(path: Path, base: Path | None = None) -> Path:
    path.mkdir()
    (path / "config.toml").write_text(CONFIG)
    if base is not None:
        for file in base.glob("t.db*"):  # a process that ends at once leaves its log
            shutil.copy(file, path / file.name)
    return path


def polled(folder: Path, registry: LoopbackRegistry, now: datetime) -> list[str]:
    with Mirrors(folder, registry.url, now=now, **PAGES) as mirrors:
        mirrors.start()
        assert mirrors.end() == 0
    return contents(folder / "t.db")


def killed(
    folder: Path, registry: LoopbackRegistry, now: datetime, dice: random.Random, kills: Counter[str]
) -> list[str]:
    """Polled until one poll comes to its end; most are killed."""
    with Mirrors(folder, registry.url, now=now, **PAGES) as mirrors:
        while True:
            kind = dice.choice(("amid SQL", "at a request"))
            if kind == "amid SQL":
                mirrors.start(die_after=dice.randint(20, 350))
            else:
                asked = iter(range(dice.randint(2, 8), 0, -1))
                registry.on_request = lambda _, asked=asked: mirrors.strike() if next(asked, 0) == 1 else None
                mirrors.start()
            ended = mirrors.end()
            registry.on_request = None
            if ended == 0:
                return contents(folder / "t.db")
            assert ended == -9
            kills[kind] += 1


def till_killed_enough(run: Callable[[int, Counter[str]], list[str]], undisturbed: list[str]) -> Counter[str]:
    kills: Counter[str] = Counter()
    attempt = 0
    while kills.total() < KILLS:
        attempt += 1
        assert run(attempt, kills) == undisturbed
        assert attempt < 60
    print(f"killed {kills.total()} times in {attempt} runs: {dict(kills)}")
    return kills


def test_a_mirror_killed_at_any_moment_holds_what_an_undisturbed_one_does(tmp_path, registry):
    undisturbed = polled(folder_of(tmp_path / "undisturbed"), registry, FIRST)
    assert len([line for line in undisturbed if line.startswith('["version"')]) == 150
    dice = random.Random(20261120)

    def run(attempt: int, kills: Counter[str]) -> list[str]:
        return killed(folder_of(tmp_path / f"mirror-{attempt}"), registry, FIRST, dice, kills)

    kills = till_killed_enough(run, undisturbed)
    assert min(kills["amid SQL"], kills["at a request"]) >= 5


def test_a_poll_killed_at_any_moment_leaves_what_an_undisturbed_one_does(tmp_path, registry, records):
    base = folder_of(tmp_path / "base")
    polled(base, registry, FIRST)
    next_build(registry, records)
    undisturbed = polled(folder_of(tmp_path / "undisturbed", base), registry, SECOND)
    events = Counter(
        line.split('"kind": "')[1].split('"')[0] for line in undisturbed if '["event"' in line[:9]
    )
    assert events.keys() >= {"changed", "entered", "merged"}
    dice = random.Random(20261123)

    def run(attempt: int, kills: Counter[str]) -> list[str]:
        return killed(folder_of(tmp_path / f"poll-{attempt}", base), registry, SECOND, dice, kills)

    kills = till_killed_enough(run, undisturbed)
    assert min(kills["amid SQL"], kills["at a request"]) >= 5
