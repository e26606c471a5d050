"""The delivery loop obeys what each attempt came to, with a channel that answers as it is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from doubles.told_channel import LATER, LOST, REFUSED, REFUSES, SENT, START, Room, Told, open_room
from sqlite_utils import Database

from notifiers.deliver import NoticeKind, Settings
from notifiers.notifier import Found, Outcome, Result, Trace


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path / "outbox.db") as made:
        yield made


def test_everything_goes_and_then_nothing_waits(room: Room) -> None:
    room.put("m1", "m2", "m3")
    told = Told()
    drained = room.drain(told)
    assert (drained.sent, drained.next_at, drained.stopped) == (3, None, False)
    assert told.ids == ["m1", "m2", "m3"]
    assert room.drain(told).sent == 0


def test_the_pace_is_kept_within_a_drain_and_between_two(room: Room) -> None:
    room.put("m1", "m2")
    told = Told(pace=timedelta(seconds=1))
    room.drain(told)
    assert room.waits == [timedelta(0), timedelta(seconds=1)]
    room.now += timedelta(milliseconds=400)
    room.put("m3")
    room.drain(told)
    assert room.waits[2:] == [timedelta(milliseconds=600)]


def test_stops_when_asked(room: Room) -> None:
    room.put("m1", "m2", "m3")
    room.stop_after = 1
    drained = room.drain(Told())
    assert (drained.sent, drained.stopped, drained.next_at) == (1, True, room.now)


def test_a_claim_is_committed_before_the_network_is_touched(room: Room, tmp_path: Path) -> None:
    room.put("m1")
    seen = []

    def look() -> None:
        other = Database(tmp_path / "outbox.db")
        seen.extend(row["state"] for row in other.query("select state from message"))
        other.close()

    room.drain(Told(on_send=look))
    assert seen == ["claimed"]


def test_later_waits_the_channel_too_and_longer_each_time(room: Room) -> None:
    room.put("m1", "m2")
    told = Told([LATER, LATER])
    drained = room.drain(told)
    assert (drained.later, drained.sent) == (1, 0)  # m2 is not tried at a channel that is down
    assert drained.next_at == START + timedelta(seconds=2)
    room.now = drained.next_at
    drained = room.drain(told)
    assert told.ids == ["m1", "m2"]
    assert drained.next_at == room.now + timedelta(seconds=4)
    room.now = drained.next_at
    assert room.drain(told).sent == 2


def test_retry_after_is_honoured(room: Room) -> None:
    room.put("m1")
    asked = Outcome(result=Result.LATER, reason="429", retry_after=timedelta(seconds=30))
    drained = room.drain(Told([asked]))
    assert drained.next_at is not None and drained.next_at >= START + timedelta(seconds=30)


def test_given_up_past_the_horizon_and_said(room: Room) -> None:
    room.put("m1", "m2", thread="A")
    told = Told([LATER] * 500)
    notices = []
    while room.state("m1") == "waiting":
        drained = room.drain(told)
        notices += drained.notices
        assert drained.next_at is not None
        room.now = drained.next_at
    assert room.now - START > timedelta(days=3)
    assert [(notice.kind, notice.message_id) for notice in notices] == [(NoticeKind.FAILED, "m1")]
    assert (room.state("m1"), room.reason("m1")) == ("failed", "refused")
    told.answers.clear()
    assert room.drain(told).sent == 1  # the thread goes on
    assert told.ids[-1] == "m2"


def test_unknown_is_looked_for_before_it_is_sent_again(room: Room) -> None:
    room.put("m1")
    told = Told([LOST], [Trace(found=Found.THERE, remote={"ts": "7"})])
    drained = room.drain(told)
    assert (drained.unknown, drained.next_at) == (1, START + timedelta(seconds=60))
    room.now += timedelta(seconds=59)
    room.drain(told)
    assert told.looked == []  # not before reconcile_after
    room.now += timedelta(seconds=1)
    drained = room.drain(told)
    assert (drained.found, drained.sent, told.ids) == (1, 0, ["m1"])
    assert told.looked == [("m1", START)]
    assert room.state("m1") == "sent"


def test_unknown_and_not_there_is_sent_again_unmarked(room: Room) -> None:
    room.put("m1")
    told = Told([LOST])
    room.drain(told)
    room.now += timedelta(minutes=2)
    assert room.drain(told).sent == 1
    assert told.ids == ["m1", "m1"]
    assert not told.sent[1][1].possible_repeat


def test_a_channel_that_cannot_be_asked_marks_a_repeat(room: Room) -> None:
    room.put("m1")
    told = Told([LOST], [Trace(found=Found.CANNOT_TELL, reason="missing_scope")] * 2)
    room.drain(told)
    room.now += timedelta(minutes=2)
    assert room.drain(told).sent == 0  # few and far apart, for nobody can tell
    room.now += timedelta(minutes=2)
    assert room.drain(told).sent == 1
    assert told.sent[1][1].possible_repeat
    blind = Told([LOST], reconcile_after=None)
    room.put("m2")
    room.drain(blind)
    room.now += timedelta(minutes=2)
    assert room.drain(blind).sent == 1
    assert blind.sent[1][1].possible_repeat and blind.looked == []


def test_the_mark_of_a_repeat_stays(room: Room) -> None:
    room.put("m1")
    blind = Told([LOST, LATER], reconcile_after=None)
    for _ in range(3):
        room.drain(blind)
        room.now += timedelta(minutes=2)
    assert [placement.possible_repeat for _, placement in blind.sent] == [False, True, True]
    assert room.outbox.listing()[0].possible_repeat


def test_blind_attempts_have_an_end(room: Room) -> None:
    """A channel that takes each message and never says so must not be filled with copies for days."""
    room.put("m1")
    tried = []
    blind = Told([LOST] * 50, reconcile_after=None, on_send=lambda: tried.append(room.now - START))
    for _ in range(20 * 60):
        drained = room.drain(blind)
        room.now += timedelta(minutes=1)
    assert len(blind.sent) == Settings().most_blind_attempts
    # The first repeat soon, for most outages are short; the last one after half a day, for some are not.
    assert tried[1] <= timedelta(minutes=2) and tried[-1] > timedelta(hours=12)
    assert drained.next_at is None
    assert room.state("m1") == "failed" and "it may have arrived" in room.reason("m1")


def test_when_it_cannot_be_asked_just_now_nothing_is_posted(room: Room) -> None:
    room.put("m1")
    cannot = Trace(found=Found.CANNOT_TELL, reason="503", try_again=True, retry_after=timedelta(seconds=20))
    told = Told([LOST], [cannot])
    room.drain(told)
    room.now += timedelta(minutes=2)
    drained = room.drain(told)
    assert told.ids == ["m1"] and room.state("m1") == "unknown"
    assert drained.next_at is not None and drained.next_at >= room.now + timedelta(seconds=20)


def test_what_a_dead_sender_began_is_looked_for(room: Room) -> None:
    room.put("m1", "m2")
    with room.transaction():
        assert room.outbox.claim("team", room.now) is not None
    told = Told([], [Trace(found=Found.THERE)])
    room.now += timedelta(hours=1)
    drained = room.drain(told)
    assert told.ids == ["m2"]  # a request of the dead may be on its way yet
    assert drained.next_at == room.now + timedelta(seconds=60)
    room.now += timedelta(seconds=60)
    drained = room.drain(told)
    assert (drained.found, told.ids, told.looked) == (1, ["m2"], [("m1", START)])


def test_a_refusing_channel_is_paused_said_once_and_mended(room: Room) -> None:
    room.put("m1", "m2")
    told = Told([REFUSES, REFUSES])
    drained = room.drain(told)
    assert told.ids == ["m1"]
    assert [notice.kind for notice in drained.notices] == [NoticeKind.PAUSED]
    assert "invalid_auth" in drained.notices[0].text
    assert drained.next_at == START + timedelta(hours=1)
    room.now = drained.next_at
    drained = room.drain(told)  # one message probes
    assert len(told.sent) == 2 and drained.notices == []
    room.now += timedelta(days=30)
    drained = room.drain(told)
    assert drained.sent == 2 and drained.failed == 0  # the pause used up no horizon
    assert [notice.kind for notice in drained.notices] == [NoticeKind.MENDED]


def test_a_paused_channel_without_messages_asks_its_check(room: Room) -> None:
    with room.transaction():
        room.outbox.pause("team", "is_archived", START, probe_at=START + timedelta(hours=1))
    told = Told(well=False)
    assert room.drain(told).next_at == START + timedelta(hours=1)
    room.now += timedelta(hours=1)
    drained = room.drain(told)
    assert drained.notices == [] and drained.next_at == room.now + timedelta(hours=1)
    told.well = True
    room.now += timedelta(hours=1)
    drained = room.drain(told)
    assert [notice.kind for notice in drained.notices] == [NoticeKind.MENDED]
    assert drained.next_at is None


def test_a_channel_that_refuses_to_be_asked_is_paused(room: Room) -> None:
    room.put("m1")
    told = Told([LOST], [Trace(found=Found.CANNOT_TELL, reason="invalid_auth", channel_refuses=True)])
    room.drain(told)
    room.now += timedelta(minutes=2)
    drained = room.drain(told)
    assert [notice.kind for notice in drained.notices] == [NoticeKind.PAUSED]
    assert room.state("m1") == "unknown" and told.ids == ["m1"]


def test_a_refused_message_goes_plain_then_is_buried(room: Room) -> None:
    room.put("m1", "m2", thread="A")
    told = Told([REFUSED, REFUSED])
    drained = room.drain(told)
    assert [(id_, placement.plain) for id_, placement in told.sent] == [
        ("m1", False),
        ("m1", True),
        ("m2", False),
    ]
    assert (drained.refused, drained.failed, drained.sent) == (1, 1, 1)
    assert room.reason("m1") == "invalid_blocks"


def test_a_thread_that_is_gone_is_opened_anew(room: Room) -> None:
    room.put("m1", "m2", thread="A")
    gone = Outcome(result=Result.MESSAGE_REFUSED, reason="thread_not_found", thread_gone=True)
    told = Told([SENT, gone])
    drained = room.drain(told)
    assert drained.sent == 2
    assert [placement.reply_to for _, placement in told.sent] == [None, {"ts": "1"}, None]
    assert not told.sent[2][1].plain


def test_a_defect_of_ours_stops_nobody_else(room: Room) -> None:
    room.put("m1", "m2")
    told = Told([ValueError("with a secret in it")])
    room.drain(told)
    assert room.state("m1") == "unknown"
    assert room.reason("m1") == "a defect of ours: ValueError"
    room.now += timedelta(seconds=10)
    room.drain(told)
    assert room.state("m2") == "sent"
