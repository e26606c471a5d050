"""Messages that go on another in its thread, in the outbox: their order, and that they end with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from doubles.told_channel import LATER, REFUSED, REFUSES, SENT, Room, Told, open_room

from notifiers.message import Level, Message
from notifiers.notifier import NotifiersError


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path / "outbox.db") as made:
        yield made


def message(id_: str, order: int, continues: str | None = None) -> Message:
    return Message(id=id_, level=Level.MAJOR, headline=id_, thread="A", order=order, continues=continues)


def put(room: Room, id_: str, order: int, *, event: str | None = None) -> None:
    """A message with two that go on it; with a delivery, if it is of an event."""
    held = []
    if event is not None:
        room.outbox.enqueue(
            event, "team", thread="A", order=order, due_at=room.now, now=room.now, urgent=False
        )
        held = [each.id for each in room.outbox.due("team", room.now) if each.event_id == event]
    room.outbox.put(message(id_, order), "team", held, now=room.now)
    for number in (1, 2):
        room.outbox.put(message(f"{id_}-{number}", order, id_), "team", now=room.now)


def states(room: Room, id_: str) -> list[str]:
    return [room.state(each) for each in (id_, f"{id_}-1", f"{id_}-2")]


def test_it_goes_before_its_parts_and_they_before_what_is_later(room: Room) -> None:
    put(room, "late", 9)
    put(room, "early", 1)
    told = Told()
    room.drain(told)
    assert told.ids == ["early", "early-1", "early-2", "late", "late-1", "late-2"]


def test_a_part_that_must_wait_holds_back_what_is_later_in_its_thread_alone(room: Room) -> None:
    put(room, "one", 1)
    put(room, "two", 2)
    told = Told(answers=[SENT, LATER])
    room.drain(told)
    assert told.ids == ["one", "one-1"]
    assert states(room, "one") == ["sent", "waiting", "waiting"]
    room.now = room.outbox.next_at("team", room.now) or room.now
    room.drain(told)
    assert told.ids[2:] == ["one-1", "one-2", "two", "two-1", "two-2"]


def test_a_part_that_is_given_up_leaves_the_rest(room: Room) -> None:
    put(room, "one", 1)
    room.drain(Told(answers=[SENT, REFUSED, REFUSED]))
    assert states(room, "one") == ["sent", "failed", "sent"]


def test_what_is_buried_takes_its_parts_with_it(room: Room) -> None:
    put(room, "one", 1)
    put(room, "two", 2)
    told = Told(answers=[REFUSED, REFUSED])
    room.drain(told)
    assert states(room, "one") == ["failed"] * 3
    assert room.reason("one-1") == "what it goes on was not delivered"
    assert told.ids == ["one", "one", "two", "two-1", "two-2"]


def test_what_is_dropped_takes_its_parts_with_it(room: Room) -> None:
    put(room, "one", 1)
    assert room.outbox.drop_message("one", reason="by hand", now=room.now)
    assert states(room, "one") == ["dropped"] * 3
    told = Told()
    room.drain(told)
    assert told.ids == []


def test_dropped_after_it_failed_its_parts_are_dropped_too(room: Room) -> None:
    put(room, "one", 1)
    room.drain(Told(answers=[REFUSED, REFUSED]))
    assert room.outbox.drop_message("one", reason="by hand", now=room.now)
    assert states(room, "one") == ["dropped"] * 3
    assert room.outbox.retry(None, now=room.now) == 0


def test_a_retry_brings_its_parts_back_in_order(room: Room) -> None:
    put(room, "one", 1)
    room.drain(Told(answers=[REFUSED, REFUSED]))
    assert room.outbox.retry(["one"], now=room.now) == 3
    told = Told()
    room.drain(told)
    assert told.ids == ["one", "one-1", "one-2"]


def test_recalled_to_be_told_as_a_summary_its_parts_go_with_it(room: Room) -> None:
    put(room, "one", 1, event="e1")
    put(room, "two", 2, event="e2")
    put(room, "three", 3, event="e3")
    told = Told(answers=[REFUSES])
    room.drain(told)  # one was tried; the others were not
    assert room.outbox.recall("team", room.now) == 1
    assert states(room, "three") == ["dropped"] * 3
    assert states(room, "one") == states(room, "two") == ["waiting"] * 3
    assert [each.event_id for each in room.outbox.due("team", room.now)] == ["e3"]


def test_what_was_sent_is_not_recalled_for_its_parts(room: Room) -> None:
    put(room, "one", 1, event="e1")
    room.drain(Told(answers=[SENT, REFUSES]))
    assert room.outbox.recall("team", room.now) == 0
    assert states(room, "one") == ["sent", "waiting", "waiting"]


def test_a_part_holds_no_delivery_and_goes_on_what_is_there(room: Room) -> None:
    put(room, "one", 1)
    with pytest.raises(NotifiersError, match="goes on no message"):
        room.outbox.put(message("lost", 1, "nobody"), "team", now=room.now)
    room.outbox.enqueue("e9", "team", thread="A", order=9, due_at=room.now, now=room.now, urgent=False)
    (held,) = room.outbox.due("team", room.now)
    with pytest.raises(NotifiersError, match="holds deliveries"):
        room.outbox.put(message("heavy", 1, "one"), "team", [held.id], now=room.now)
