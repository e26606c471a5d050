"""The whole chain, from the registry to a Slack, killed at random while answers are lost: each change is told once."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doubles.poller_process import Pollers
from doubles.poller_scene import Scene, open_scene
from doubles.slack_fault_proxy import DropAfter, DropBefore, Fault, SlackFaultProxy, rate_limited
from doubles.small_slack import SmallSlack

from monitor.database import open_for_reading

pytestmark = pytest.mark.crash
POST = "chat.postMessage"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with open_scene(tmp_path) as made:
        yield made


class Losing:
    """One post in ten: lost before Slack, lost after it, or too soon."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.lost: Counter[str] = Counter()

    def __call__(self, method: str) -> Fault | None:
        if method != POST or self._random.random() >= 1 / 10:
            return None
        fault: Fault = self._random.choice([DropBefore(), DropAfter(), rate_limited(0)])
        self.lost[type(fault).__name__] += 1
        return fault


def test_from_the_registry_to_slack_under_kills(scene: Scene) -> None:
    dice, losing = random.Random(11), Losing(11)
    kills: Counter[str] = Counter()
    started = 0
    # Its messages are stamped with the time of now: `oldest` is asked for by the poller's own clock.
    with SmallSlack(epoch=int(time.time())) as slack, SlackFaultProxy(slack.url, choose=losing) as proxy:
        with Pollers(scene.folder, scene.registry.url, slack=proxy.url) as pollers:
            scene.to_the_end(pollers)
            while kills.total() < 25:
                if scene.drained():
                    scene.next_build()
                kind = dice.choice(["amid SQL", "at a request", "at a post", "at a post"])
                if kind == "at a post":
                    killed = killed_at_a_post(pollers, proxy, dice)
                else:
                    killed = scene.kill_at_random(pollers, dice, kind)
                kills[kind] += killed and not scene.drained()
                started += 1
                assert started < 200
            scene.to_the_end(pollers)
        posted = slack.channel("trial-alerts").messages
    print(f"killed {kills.total()} times {dict(kills)}, lost {dict(losing.lost)}, told {len(posted)}")
    assert kills["at a post"] >= 5 and losing.lost["DropAfter"] and losing.lost["DropBefore"]
    scene.check_told([trial_of(message) for message in posted])
    assert_in_order_and_together(scene, posted)


def killed_at_a_post(pollers: Pollers, proxy: SlackFaultProxy, dice: random.Random) -> bool:
    """A few posts, then a random part of the time that one takes: any moment of it is hit."""
    posts = len(proxy.asked(POST))
    pollers.start()
    proxy.wait_for(POST, posts + dice.randint(1, 6), timeout=10)
    proxy.wait_for(POST, posts + 1000, timeout=dice.uniform(0, 0.02))
    return pollers.kill()


def trial_of(message: dict[str, Any]) -> str:
    found = re.search(r"NCT\d{8}", message["text"])
    assert found is not None
    return found.group()


def assert_in_order_and_together(scene: Scene, posted: list[dict[str, Any]]) -> None:
    db = open_for_reading(scene.folder / "t.db")
    try:
        rows = db.execute("select id from message order by position, number").fetchall()
    finally:
        db.close()
    place = {row[0]: number for number, row in enumerate(rows)}
    by_trial: dict[str, list[dict[str, Any]]] = {}
    for message in posted:
        by_trial.setdefault(trial_of(message), []).append(message)
    for messages in by_trial.values():
        orders = [place[message["metadata"]["event_payload"]["id"]] for message in messages]
        assert orders == sorted(orders), "out of order"
        assert {message.get("thread_ts") for message in messages[1:]} <= {messages[0]["ts"]}, "not together"
