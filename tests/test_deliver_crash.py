"""Nothing told twice, nothing untold, in order: whatever dies, and whatever answer is lost.

A process drains a real outbox into a Slack and is killed: at named points, and at random moments while
answers are lost on the way. Against our small Slack, and against npm's emulate where there is one.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from doubles import slack_emulate, small_slack
from doubles.sender_process import RECONCILE_AFTER, Senders, immediate, open_database
from doubles.slack_fault_proxy import DropAfter, DropBefore, Fault, SlackFaultProxy

from notifiers.message import Item, Level, Message
from notifiers.outbox import Outbox
from notifiers.schema import MIGRATIONS

pytestmark = pytest.mark.crash

LATEST_ENQUEUED = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Backend:
    url: str
    token: str
    read: Callable[[], list[dict[str, Any]]]  # all messages of the channel, in the order in which it has them


@pytest.fixture(params=["small", pytest.param("emulate", marks=pytest.mark.emulate)])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    with ExitStack() as stack:
        if request.param == "small":
            # Its messages are stamped with the time of now: `oldest` is asked for by the sender's own clock.
            small = stack.enter_context(small_slack.SmallSlack(epoch=int(time.time())))
            messages = small.channel("trial-alerts").messages
            yield Backend(small.url, small_slack.TOKEN, lambda: list(messages))
            return
        program = slack_emulate.emulate_or_skip()
        emulate = stack.enter_context(slack_emulate.SlackEmulate(program, tmp_path))
        yield Backend(emulate.url, slack_emulate.TOKEN, lambda: all_of(emulate))


def all_of(emulate: slack_emulate.SlackEmulate) -> list[dict[str, Any]]:
    channels = emulate.ask("conversations.list")["channels"]
    channel = next(each["id"] for each in channels if each["name"] == "trial-alerts")
    messages = []
    for top in emulate.ask("conversations.history", channel=channel, limit=999)["messages"]:
        messages += emulate.ask("conversations.replies", channel=channel, ts=top["ts"])["messages"]
    return sorted(messages, key=lambda message: float(message["ts"]))


def fill(database: Path, *, trials: int, alerts: int) -> list[str]:
    """That many alerts, one after another over the trials; their ids in order."""
    db = open_database(str(database))
    MIGRATIONS.apply(db)
    outbox = Outbox(db)
    ids = []
    with immediate(db):
        for number in range(alerts):
            thread = f"ctgov:NCT{number % trials:08}"
            id_ = f"{thread}:changed:{number}"
            now = LATEST_ENQUEUED + timedelta(seconds=number)
            outbox.enqueue(id_, "team", thread=thread, order=number, due_at=now, now=now, urgent=False)
            (delivery,) = outbox.waiting("team", thread)
            message = Message(
                id=id_,
                level=Level.MAJOR,
                headline=f"change {number}",
                items=(Item(level=Level.MAJOR, label="Status", summary="A → B"),),
                thread=thread,
                order=number,
                payload={"id": id_},
            )
            outbox.put(message, "team", [delivery.id], now=now)
            ids.append(id_)
    db.close()
    return ids


def told(backend: Backend) -> list[str]:
    return [message["metadata"]["event_payload"]["id"] for message in backend.read()]


def assert_each_once_in_order(backend: Backend, ids: list[str], database: Path) -> None:
    arrived = told(backend)
    counts = Counter(arrived)
    assert not [id_ for id_ in ids if counts[id_] == 0], "lost"
    assert not [id_ for id_ in ids if counts[id_] > 1], "doubled"
    by_trial: dict[str, list[int]] = {}
    for id_ in arrived:
        trial, _, number = id_.rpartition(":changed:")
        by_trial.setdefault(trial, []).append(int(number))
    assert all(numbers == sorted(numbers) for numbers in by_trial.values()), "out of order"
    assert_one_thread_a_trial(backend, by_trial)
    db = open_database(str(database))
    assert Outbox(db).counts() == {"team": {"sent": len(ids)}}
    db.close()


def assert_one_thread_a_trial(backend: Backend, by_trial: dict[str, list[int]]) -> None:
    top = [each for each in backend.read() if each.get("thread_ts") in (None, each["ts"])]
    assert len(top) == len(by_trial)


POINTS = ("claimed", "held, lost", "held, arrives", "answered")


@pytest.mark.parametrize("point", POINTS)
def test_a_sender_killed_at_a_named_point(backend: Backend, point: str, tmp_path: Path) -> None:
    database = tmp_path / "outbox.db"
    ids = fill(database, trials=3, alerts=12)
    kills = 0
    with SlackFaultProxy(backend.url) as proxy, Senders(database, proxy.url, backend.token) as senders:
        for _ in range(5):
            if point in ("claimed", "answered"):
                senders.start(point=point, nth=2)  # one goes well before, so that the work advances
                assert senders.reaches_its_point()
                kills += senders.kill()
            else:
                held = proxy.hold("chat.postMessage")
                senders.start()
                assert held.arrived.wait(30)
                kills += senders.kill()
                held.let_go(reaches_slack=point == "held, arrives")
        senders.start()
        assert senders.end() == 0
    print(f"{point}: killed {kills} times")
    assert kills == 5
    assert_each_once_in_order(backend, ids, database)


def test_a_request_of_the_dead_arrives_after_the_next_sender_began(backend: Backend, tmp_path: Path) -> None:
    """It was on its way when its sender was killed: looked for at once, it is not there yet, and is told twice."""
    database = tmp_path / "outbox.db"
    ids = fill(database, trials=3, alerts=12)
    patient = timedelta(seconds=3)
    with (
        SlackFaultProxy(backend.url) as proxy,
        Senders(database, proxy.url, backend.token, reconcile_after=patient) as senders,
    ):
        held = proxy.hold("chat.postMessage")
        senders.start()
        assert held.arrived.wait(30)
        assert senders.kill()
        senders.start()
        # The other two trials go; what is unknown is not asked for before the dead one's request is surely over.
        assert proxy.wait_for("chat.postMessage", 1 + 8)
        assert not proxy.wait_for("conversations.history", 1, timeout=0.3)
        held.let_go(reaches_slack=True)
        assert senders.end() == 0
        assert proxy.wait_for("conversations.history", 1)
    assert_each_once_in_order(backend, ids, database)


class LostAnswers:
    """One post in twenty is lost, half of them before Slack and half after, as the seed has it."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.lost: Counter[str] = Counter()

    def __call__(self, method: str) -> Fault | None:
        if method != "chat.postMessage" or self._random.random() >= 1 / 20:
            return None
        fault = self._random.choice([DropBefore(), DropAfter()])
        self.lost[type(fault).__name__] += 1
        return fault


def kill_at_random(
    backend: Backend,
    database: Path,
    *,
    kills: int,
    seed: int,
    reconcile_after: timedelta | None = RECONCILE_AFTER,
) -> tuple[int, LostAnswers]:
    """Kill that many senders, each within a few posts and at no chosen moment; then let one finish."""
    dice = random.Random(seed)
    losing = LostAnswers(seed)
    killed = 0
    with (
        SlackFaultProxy(backend.url, choose=losing) as proxy,
        Senders(database, proxy.url, backend.token, reconcile_after=reconcile_after) as senders,
    ):
        while killed < kills:
            posts = len(proxy.asked("chat.postMessage"))
            senders.start()
            # A few posts, then a random part of the time that one takes: any moment of it is hit.
            proxy.wait_for("chat.postMessage", posts + dice.randint(0, 4))
            proxy.wait_for("chat.postMessage", posts + 1000, timeout=dice.uniform(0, 0.012))
            if not senders.kill():
                break  # it had done everything
            killed += 1
        senders.start()
        assert senders.end() == 0
    return killed, losing


def test_senders_killed_at_random_while_answers_are_lost(backend: Backend, tmp_path: Path) -> None:
    database = tmp_path / "outbox.db"
    ids = fill(database, trials=20, alerts=200)
    killed, losing = kill_at_random(backend, database, kills=42, seed=7)
    print(f"kills {killed}, lost {dict(losing.lost)}, told {len(told(backend))}, of {len(ids)}")
    assert killed >= 40
    assert losing.lost["DropBefore"] and losing.lost["DropAfter"]
    assert_each_once_in_order(backend, ids, database)


def test_the_guard_is_needed(tmp_path: Path) -> None:
    """Without reconciliation the same kills and losses tell things twice: the test above can fail."""
    database = tmp_path / "outbox.db"
    with small_slack.SmallSlack(epoch=int(time.time())) as small:
        messages = small.channel("trial-alerts").messages
        backend = Backend(small.url, small_slack.TOKEN, lambda: list(messages))
        ids = fill(database, trials=20, alerts=200)
        killed, losing = kill_at_random(backend, database, kills=42, seed=7, reconcile_after=None)
        counts = Counter(told(backend))
        doubled = [id_ for id_ in ids if counts[id_] > 1]
        print(f"kills {killed}, lost {dict(losing.lost)}, doubled {len(doubled)} of {len(ids)}")
        assert doubled
        assert not [id_ for id_ in ids if counts[id_] == 0]  # at least once all the same
        marked = [each for each in messages if "Possible repeat" in each["text"]]
        assert len(marked) >= len(doubled)
