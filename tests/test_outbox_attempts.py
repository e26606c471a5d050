"""The outbox, the sender's half: claims in order, threads, pauses, what is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from notifiers.message import Level, Message
from notifiers.outbox import Outbox
from notifiers.outbox_rows import Claimed
from notifiers.schema import MIGRATIONS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    db = Database(tmp_path / "outbox.db")
    MIGRATIONS.apply(db)
    yield Outbox(db)
    db.close()


def put(outbox: Outbox, id_: str, thread: str | None = None, order: int = 0, notifier: str = "team") -> None:
    message = Message(id=id_, level=Level.MAJOR, headline=id_, thread=thread, order=order)
    outbox.put(message, notifier, now=NOW)


def claim(outbox: Outbox, now: datetime = NOW, notifier: str = "team") -> str | None:
    claimed = outbox.claim(notifier, now)
    return None if claimed is None else claimed.message.id


def claimed(outbox: Outbox, now: datetime = NOW) -> Claimed:
    found = outbox.claim("team", now)
    assert found is not None
    return found


def test_one_thread_goes_in_order_and_others_go_on(outbox: Outbox) -> None:
    put(outbox, "a1", "A", 1)
    put(outbox, "a2", "A", 2)
    put(outbox, "b1", "B", 1)
    assert claim(outbox) == "a1"
    assert claim(outbox) == "b1"  # a2 waits while a1 is being tried
    assert claim(outbox) is None
    outbox.postpone("a1", NOW + MINUTE, "later")
    assert claim(outbox) is None
    outbox.unknown("b1", "lost", NOW, look_at=NOW + 2 * MINUTE)
    assert outbox.next_at("team", NOW) == NOW + MINUTE
    assert claim(outbox, NOW + MINUTE) == "a1"
    outbox.settle("a1", {}, NOW + MINUTE)
    assert claim(outbox, NOW + MINUTE) == "a2"


def test_the_order_given_counts_not_that_of_putting(outbox: Outbox) -> None:
    put(outbox, "a2", "A", 2)
    put(outbox, "a1", "A", 1)
    assert claim(outbox) == "a1"
    assert claim(outbox) is None


def test_a_summary_keeps_its_place_in_every_thread(outbox: Outbox) -> None:
    for order, thread in ((1, "A"), (2, "B")):
        outbox.enqueue(f"e{order}", "team", thread=thread, order=order, due_at=NOW, now=NOW, urgent=False)
    ids = [each.id for each in outbox.due("team", NOW)]
    outbox.put(Message(id="summary", level=Level.MAJOR, headline="2 changes"), "team", ids, now=NOW)
    put(outbox, "a3", "A", 3)
    put(outbox, "b4", "B", 4)
    put(outbox, "c5", "C", 5)
    assert claim(outbox) == "summary"
    outbox.postpone("summary", NOW + MINUTE, "later")
    assert claim(outbox) == "c5"
    assert claim(outbox) is None
    assert claim(outbox, NOW + MINUTE) == "summary"
    outbox.bury("summary", "refused", NOW + MINUTE)
    assert {claim(outbox, NOW + MINUTE), claim(outbox, NOW + MINUTE)} == {"a3", "b4"}


def test_notifiers_do_not_wait_for_one_another(outbox: Outbox) -> None:
    put(outbox, "t1", "A", 1)
    put(outbox, "l1", "A", 1, notifier="log")
    outbox.pause("team", "invalid_auth", NOW)
    assert claim(outbox) is None
    assert claim(outbox, notifier="log") == "l1"


def test_the_least_tried_goes_first(outbox: Outbox) -> None:
    put(outbox, "poison")
    put(outbox, "good")
    assert claim(outbox) == "poison"
    outbox.postpone("poison", NOW, "again")
    assert claim(outbox) == "good"
    assert claim(outbox) == "poison"


def test_what_a_dead_sender_began_is_unknown(outbox: Outbox) -> None:
    put(outbox, "a1", "A", 1)
    put(outbox, "a2", "A", 2)
    assert claim(outbox) == "a1"
    later = NOW + MINUTE
    assert outbox.take_over("log", "it died", look_at=later) == 0
    assert outbox.take_over("team", "it died", look_at=later + MINUTE) == 1
    assert claim(outbox, later) is None
    found = claimed(outbox, later + MINUTE)
    assert (found.message.id, found.unsure_since, found.attempts) == ("a1", NOW, 1)
    assert (
        claimed(outbox, later + MINUTE).message.id == "a1"
    )  # looking is no attempt: it may be claimed again
    outbox.begin_again("a1", later + MINUTE, possible_repeat=True)
    assert claim(outbox, later + MINUTE) is None
    outbox.unknown("a1", "lost again", later + MINUTE, look_at=later + MINUTE)
    found = claimed(outbox, later + MINUTE)
    assert found.unsure_since == NOW  # of the first: both are looked for
    assert found.placement.possible_repeat and found.attempts == 2


def test_a_failed_message_that_may_have_arrived_is_looked_for_when_retried(outbox: Outbox) -> None:
    put(outbox, "m1")
    claim(outbox)
    outbox.unknown("m1", "lost", NOW)
    outbox.bury("m1", "it may have arrived: lost", NOW)
    outbox.retry(["m1"], now=NOW + MINUTE)
    found = claimed(outbox, NOW + MINUTE)
    assert (found.unsure_since, found.attempts) == (NOW, 0)


def test_replies_while_fresh_then_a_new_thread(outbox: Outbox) -> None:
    for order in range(1, 5):
        put(outbox, f"a{order}", "A", order)
    assert claimed(outbox).placement.reply_to is None
    outbox.settle("a1", {"ts": "1"}, NOW)
    assert claimed(outbox).placement.reply_to == {"ts": "1"}
    outbox.settle("a2", {"ts": "2"}, NOW + timedelta(days=6))
    # 6 days after the last message, 12 after the first
    third = claimed(outbox, NOW + timedelta(days=12))
    assert third.placement.reply_to == {"ts": "1"} and third.placement.previous is None
    outbox.settle("a3", {"ts": "3"}, NOW + timedelta(days=12))
    fourth = claimed(outbox, NOW + timedelta(days=19))
    assert fourth.placement.reply_to is None and fourth.placement.previous == {"ts": "3"}
    outbox.settle("a4", {"ts": "4"}, NOW + timedelta(days=19))
    put(outbox, "a5", "A", 5)
    assert claimed(outbox, NOW + timedelta(days=20)).placement.reply_to == {"ts": "4"}


def test_an_unknown_attempt_is_looked_for_where_it_went(outbox: Outbox) -> None:
    put(outbox, "a1", "A", 1)
    put(outbox, "a2", "A", 2)
    claim(outbox)
    outbox.settle("a1", {"ts": "1"}, NOW)
    claim(outbox)
    outbox.unknown("a2", "lost", NOW)
    assert claimed(outbox, NOW + timedelta(days=30)).placement.reply_to == {"ts": "1"}


def test_a_thread_that_is_gone_is_forgotten(outbox: Outbox) -> None:
    put(outbox, "a1", "A", 1)
    put(outbox, "a2", "A", 2)
    claim(outbox)
    outbox.settle("a1", {"ts": "1"}, NOW)
    assert claimed(outbox).placement.reply_to is not None
    outbox.forget_thread("a2")
    outbox.postpone("a2", None, "thread_not_found")
    assert claimed(outbox).placement.reply_to is None


def test_a_paused_channel_waits_and_is_probed(outbox: Outbox) -> None:
    put(outbox, "m1")
    assert claim(outbox) == "m1"
    outbox.postpone("m1", None, "not_in_channel")
    assert outbox.pause("team", "not_in_channel", NOW, probe_at=NOW + MINUTE)
    assert not outbox.pause("team", "not_in_channel", NOW, probe_at=NOW + MINUTE)
    assert claim(outbox) is None
    assert outbox.next_at("team", NOW) == NOW + MINUTE
    assert claim(outbox, NOW + MINUTE) == "m1"
    assert outbox.settle("m1", {}, NOW + MINUTE)  # it had been paused
    assert outbox.channel("team").paused_at is None


def test_waiting_in_a_pause_does_not_use_up_the_horizon(outbox: Outbox) -> None:
    put(outbox, "m1")
    outbox.pause("team", "invalid_auth", NOW)
    mended = NOW + timedelta(days=10)
    assert outbox.resume("team", mended)
    assert not outbox.resume("team", mended)
    assert claimed(outbox, mended).ready_at == mended


def test_a_held_channel_tries_nothing(outbox: Outbox) -> None:
    put(outbox, "m1")
    outbox.hold("team", NOW + MINUTE, "429")
    outbox.hold("team", NOW + MINUTE, "429")
    assert claim(outbox) is None
    assert outbox.channel("team").failures == 2
    assert outbox.next_at("team", NOW) == NOW + MINUTE
    assert claim(outbox, NOW + MINUTE) == "m1"
    outbox.settle("m1", {}, NOW + MINUTE)
    assert outbox.channel("team").failures == 0


def test_an_ended_message_stays_ended(outbox: Outbox) -> None:
    put(outbox, "m1")
    claim(outbox)
    outbox.settle("m1", {}, NOW)
    outbox.postpone("m1", None, "late word")
    outbox.unknown("m1", "late word", NOW)
    outbox.begin_again("m1", NOW)
    assert claim(outbox) is None
    assert outbox.message_counts() == {"team": {"sent": 1}}
    with pytest.raises(LookupError, match="`none`"):
        outbox.bury("none", "", NOW)


def test_claims_use_the_indices_made_for_them(outbox: Outbox) -> None:
    """A claim looks at what is open in its threads, not at all that was ever sent."""
    put(outbox, "m1", "A", 1)
    asked: list[tuple[str, object]] = []
    with outbox._db.tracer(lambda sql, parameters: asked.append((sql, parameters))):
        claim(outbox)
    sql, parameters = next((sql, parameters) for sql, parameters in asked if "lane" in sql)
    plan = outbox._db.conn.execute(f"explain query plan {sql}", parameters).fetchall()
    details = [row[3] for row in plan]
    assert details and not [detail for detail in details if detail.startswith("SCAN")], details
