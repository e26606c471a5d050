"""A poller killed with SIGKILL at any moment: the next one tells every change once and loses none."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from doubles.poller_process import POINTS, Pollers
from doubles.poller_scene import Scene, open_scene

TIMES = 5  # kills at each named point
KINDS = ("amid SQL", "at a request", "from outside")

pytestmark = pytest.mark.crash


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with open_scene(tmp_path) as made:
        yield made


@pytest.fixture
def pollers(scene: Scene) -> Iterator[Pollers]:
    with Pollers(scene.folder, scene.registry.url) as made:
        yield made


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point(scene: Scene, pollers: Pollers, point: str) -> None:
    scene.to_the_end(pollers)
    scene.next_build()
    kills = 0
    for attempt in range(TIMES):
        # There are three batches, asked for again as long as the build is not finished; one end of it.
        skip = {"between two batches": attempt % 3, "before finishing": 0}.get(point, attempt)
        pollers.start(hold=point, skip=skip)
        assert pollers.reaches_its_point("begins") and pollers.reaches_its_point()
        kills += pollers.kill()
    print(f"{point}: killed {kills} times")
    assert kills == TIMES
    scene.to_the_end(pollers)
    scene.check_file()


def test_killed_at_moments_that_nobody_chose(scene: Scene, pollers: Pollers) -> None:
    dice = random.Random(20261124)
    scene.to_the_end(pollers)
    kills: Counter[str] = Counter()
    started = 0
    while kills.total() < 30:
        if scene.drained():
            scene.next_build()  # whoever is killed has work before it
        kind = KINDS[started % len(KINDS)]
        started += 1
        if scene.kill_at_random(pollers, dice, kind) and not scene.drained():
            kills[kind] += 1
        assert started < 200
    print(
        f"killed {kills.total()} of {started} with work left: {dict(kills)}; {scene.changes.total()} changes"
    )
    assert all(kills[kind] >= 5 for kind in KINDS)
    scene.to_the_end(pollers)
    scene.check_file()


def test_killed_during_the_first_look(scene: Scene, pollers: Pollers) -> None:
    dice = random.Random(7)
    kills = 0
    for _ in range(8):
        pollers.start(die_after=dice.randint(1, 120))
        kills += pollers.end() != 0
    print(f"first look: killed {kills} times")
    assert kills >= 3
    scene.to_the_end(pollers)
    alerts = scene.folder / "alerts.jsonl"
    assert not alerts.exists() or alerts.read_text() == ""
    scene.next_build()
    scene.to_the_end(pollers)
    scene.check_file()
