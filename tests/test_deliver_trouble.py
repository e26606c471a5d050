"""Channels in trouble of every kind: nobody is silenced for ever, nothing is tried without end, order stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from doubles.told_channel import LATER, LOST, REFUSES, SENT, START, Room, Told, open_room

from notifiers.message import Level, Message
from notifiers.notifier import Found, Outcome, Result, Trace
from notifiers.outbox import PROBES
from notifiers.settings import Settings

ORDINARY = Settings()  # not the patient ones of other tests


@pytest.fixture
def room(tmp_path):
    with open_room(tmp_path / "outbox.db") as made:
        made.stop_after = 1_000_000
        yield made


class Firewall(Told):
    """Refuses one message as if it refused us altogether."""

    def send(self, message, placement):
        if message.id == "X":
            self.sent.append((message.id, placement))
            return REFUSES
        return super().send(message, placement)


class Defective(Told):
    """Breaks over one message, drawn or plain."""

    plain_too = False

    def send(self, message, placement):
        if message.id == "X" and (self.plain_too or not placement.plain):
            self.sent.append((message.id, placement))
            raise RuntimeError("drawing")
        return super().send(message, placement)


def until(room: Room, told: Told, done, rounds: int = 2_000) -> timedelta:
    """Drain as time allows until something is so; how long that took by the clock."""
    for _ in range(rounds):
        drained = room.drain(told, ORDINARY)
        if done():
            return room.now - START
        assert drained.next_at is not None
        room.now = max(drained.next_at, room.now)
    raise AssertionError("it never was so")


def test_a_message_that_makes_a_channel_refuse_us_is_given_up_when_it_takes_others(room):
    told = Firewall(well=False)
    room.put("X", "later of its trial", thread="T")
    room.put("other", thread="O")
    until(room, told, lambda: room.state("later of its trial") == "sent")
    assert (room.state("X"), room.state("other")) == ("failed", "sent")
    assert len([id_ for id_ in told.ids if id_ == "X"]) <= 4


def test_a_channel_that_refuses_everything_buries_nothing(room):
    told = Told(answers=[REFUSES] * 60, well=False)
    room.put("one", thread="T")
    room.put("two", thread="O")
    until(room, told, lambda: room.state("two") == "sent")
    assert room.state("one") == "sent" and len(told.ids) == 62


def test_a_defect_over_a_message_makes_it_plain(room):
    told = Defective()
    room.put("X", "Y", thread="T")
    assert until(room, told, lambda: room.state("Y") == "sent") < timedelta(minutes=5)
    assert room.state("X") == "sent" and told.sent[-2][1].plain


def test_a_defect_over_a_plain_message_too_ends_after_a_few_tries(room):
    told = Defective()
    told.plain_too = True
    room.put("X", "Y", thread="T")
    assert until(room, told, lambda: room.state("Y") == "sent") < timedelta(hours=1)
    assert room.state("X") == "failed" and len(told.sent) < 15


def test_where_nobody_can_tell_tries_are_few_and_far_apart(room):
    """As a bot of Slack without the scope to read: each try may be one more of the same to its reader."""
    told = Told([LOST] * 100, [Trace(found=Found.CANNOT_TELL, reason="missing_scope")] * 100)
    room.put("m")
    assert until(room, told, lambda: room.state("m") == "failed") > timedelta(hours=6)
    assert len(told.sent) == ORDINARY.most_blind_attempts


def test_a_clock_that_was_ahead_holds_no_channel(room):
    room.now += timedelta(days=700)
    room.put("m")
    told = Told([Outcome(result=Result.LATER, reason="429", retry_after=timedelta(seconds=30))])
    room.drain(told, ORDINARY)
    room.now = START + timedelta(hours=1)
    room.drain(told, ORDINARY)
    assert room.state("m") == "sent"


def test_a_clock_that_was_ahead_keeps_no_channel_paused(room):
    room.now += timedelta(days=700)
    room.put("m")
    told = Told([REFUSES])
    room.drain(told, ORDINARY)
    room.now = START + timedelta(hours=1)
    room.drain(told, ORDINARY)
    assert room.state("m") == "sent"


def test_what_is_critical_goes_before_what_waits_longer(room):
    room.put("minor", thread="A")
    with room.transaction():
        message = Message(id="stop", level=Level.CRITICAL, headline="stop", thread="B")
        room.outbox.put(message, "team", now=room.now)
    told = Told()
    room.drain(told)
    assert told.ids == ["stop", "minor"]


def test_a_drain_ends_after_a_while(room):
    room.put(*(f"m{number}" for number in range(100)))
    told = Told(pace=timedelta(seconds=1))
    drained = room.drain(told, longest=timedelta(seconds=30))
    assert drained.stopped and 25 <= drained.sent <= 31
    assert room.drain(told).sent == 100 - drained.sent


def test_what_partly_arrived_is_not_taken_back(room):
    room.put(*(f"notice {number}" for number in range(PROBES)))
    with room.transaction():
        room.outbox.enqueue("E", "team", thread="T", order=1, due_at=room.now, now=room.now, urgent=False)
        (due,) = room.outbox.due("team", room.now)
        letter = Message(id="M", level=Level.MAJOR, headline="M", thread="T", order=1)
        room.outbox.put(letter, "team", [due.id], now=room.now)
        while (claimed := room.outbox.claim("team", room.now)) is not None and claimed.message.id != "M":
            room.outbox.postpone(claimed.message.id, room.now + timedelta(minutes=5), "later")
        room.outbox.postpone("M", room.now + timedelta(minutes=5), "not yet to b", arrived={"to": "a@x"})
        room.outbox.retry(None, now=room.now)
        assert room.outbox.recall("team", room.now) == 0


def test_parts_follow_a_message_whose_deliveries_rank_higher_than_it_says(room):
    with room.transaction():
        for order in (1, 9):
            room.outbox.enqueue(
                f"e{order}",
                "team",
                thread=f"T{order}",
                order=order,
                due_at=room.now,
                now=room.now,
                urgent=False,
            )
        ids = [delivery.id for delivery in room.outbox.due("team", room.now)]
        first = Message(id="S", level=Level.MINOR, headline="S", thread="summary:S", order=1)
        room.outbox.put(first, "team", ids, now=room.now)
        part = Message(
            id="S-part-1", level=Level.MINOR, headline="p", thread="summary:S", order=1, continues="S"
        )
        room.outbox.put(part, "team", now=room.now)
    told = Told()
    room.drain(told)
    assert told.ids == ["S", "S-part-1"] and told.sent[1][1].reply_to is not None


def test_answers_that_come_back_are_counted_for_one_notifier(room):
    told = Told([LATER, SENT])
    room.put("m")
    room.drain(told)
    assert room.outbox.open_messages("team") == 1 and room.outbox.open_messages("log") == 0
