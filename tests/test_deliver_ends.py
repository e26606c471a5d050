"""When a message is given up, and when it is not: pauses, blind attempts, looks that fail, a person's word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from doubles.told_channel import LATER, LOST, REFUSES, SENT, START, Room, Told, open_room

from notifiers.deliver import Drained, Notice, NoticeKind, Settings
from notifiers.message import Message
from notifiers.notifier import Found, Outcome, Result, Trace

CANNOT = Trace(found=Found.CANNOT_TELL, reason="Slack says `internal_error`", try_again=True)
REFUSES_TO_BE_ASKED = Trace(found=Found.CANNOT_TELL, reason="invalid_auth", channel_refuses=True)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path / "outbox.db") as made:
        yield made


def next_drain(room: Room, told: Told) -> Drained:
    """Drain, and let the time pass until something may be tried again."""
    drained = room.drain(told)
    if drained.next_at is not None:
        room.now = max(room.now, drained.next_at)
    return drained


def drains(room: Room, told: Told, most: int) -> list[Notice]:
    """So many drains, or until nothing waits; what the operator was told."""
    notices: list[Notice] = []
    for _ in range(most):
        drained = next_drain(room, told)
        notices += drained.notices
        if drained.next_at is None:
            break
    return notices


@pytest.mark.parametrize("hiccup", [LATER, LOST])
def test_a_pause_uses_up_no_horizon(room: Room, hiccup: Outcome) -> None:
    """Four days of probes, then it is mended and the first try meets one hiccup: nothing is given up."""
    room.put("m1")
    told = Told([REFUSES] * 96)
    drains(room, told, 96)
    assert room.now - START == timedelta(hours=96) and room.state("m1") == "waiting"
    told.answers[:] = [hiccup]
    assert next_drain(room, told).failed == 0
    assert drains(room, told, 9)[-1].kind is NoticeKind.MENDED
    assert room.state("m1") == "sent"


def test_probes_do_not_count_as_attempts_once_it_is_mended(room: Room) -> None:
    """The message that probed has its whole horizon before it, and all its attempts."""
    room.put("m1", "m2")
    told = Told([REFUSES] * 96)
    drains(room, told, 96)
    told.answers[:] = [SENT, *[LATER] * 500]  # one goes: the pause is over
    mended = room.now
    drains(room, told, 6)
    room.now = mended + timedelta(days=2, hours=23)
    drains(room, told, 3)
    assert "failed" not in (room.state("m1"), room.state("m2"))
    drains(room, told, 40)
    assert room.now - mended > timedelta(days=3)
    assert sorted((room.state("m1"), room.state("m2"))) == ["failed", "sent"]


def test_who_slept_after_a_pause_gives_up_nothing_on_waking(room: Room) -> None:
    """Dozens of probes and one try in days are one try: the least number of attempts guards it."""
    room.put("m1", "m2")
    told = Told([REFUSES] * 96)
    drains(room, told, 96)
    told.answers[:] = [SENT, LATER]  # one goes: the pause is over
    room.drain(told)
    room.now += timedelta(days=5)
    told.answers[:] = [LATER]
    assert room.drain(told).failed == 0
    drains(room, told, 2)
    assert (room.state("m1"), room.state("m2")) == ("sent", "sent")


def test_a_paused_channel_whose_probes_break_waits_on(room: Room) -> None:
    """The operator knows that it is paused; that the network fails too ends nothing."""
    room.put("m1")
    told = Told([REFUSES, *[LATER] * 600])
    notices = drains(room, told, 600)
    assert room.now - START > timedelta(days=5)
    assert [notice.kind for notice in notices] == [NoticeKind.PAUSED] and room.state("m1") == "waiting"


def test_the_horizon_of_all_that_waits_begins_anew_when_one_goes(room: Room) -> None:
    room.put("m1")
    told = Told([REFUSES])
    room.drain(told)
    room.put("m2")
    room.now += timedelta(days=10)
    told.answers[:] = [SENT, *[LATER] * 600]
    drained = room.drain(told)
    assert [notice.kind for notice in drained.notices] == [NoticeKind.MENDED]
    mended = room.now
    drains(room, told, 20)
    assert room.now - mended > timedelta(hours=1)
    assert "failed" not in (room.state("m1"), room.state("m2"))


def test_only_attempts_that_may_have_arrived_are_blind(room: Room) -> None:
    room.put("m1")
    blind = Told([LATER] * 5 + [LOST], reconcile_after=None)
    drains(room, blind, 12)
    assert room.state("m1") == "sent" and len(blind.sent) == 7


def test_a_look_that_always_fails_ends_by_age_and_the_trial_goes_on(room: Room) -> None:
    room.put("m1", "m2", thread="A")
    told = Told([LOST], [CANNOT] * 1000)
    notices = drains(room, told, 500)
    assert [(notice.kind, notice.message_id) for notice in notices] == [(NoticeKind.FAILED, "m1")]
    assert timedelta(days=3) < room.now - START < timedelta(days=4)
    assert "it may have arrived" in room.reason("m1") and "internal_error" in room.reason("m1")
    assert (room.state("m1"), room.state("m2")) == ("failed", "sent")


def test_a_look_that_fails_lets_other_trials_pass(room: Room) -> None:
    """It holds the channel for a while, as any failure does; then it is another's turn."""
    room.put("m1", thread="A")
    told = Told([LOST], [CANNOT] * 1000)
    next_drain(room, told)
    room.put("m2", thread="B")
    told.answers[:] = [LATER]
    drains(room, told, 4)
    assert (room.state("m1"), room.state("m2")) == ("unknown", "sent")


def test_a_look_that_a_refusing_channel_answers_is_not_given_up(room: Room) -> None:
    room.put("m1")
    told = Told([LOST], [REFUSES_TO_BE_ASKED] * 200)
    notices = drains(room, told, 100)
    assert room.now - START > timedelta(days=3)
    assert [notice.kind for notice in notices] == [NoticeKind.PAUSED] and room.state("m1") == "unknown"


def test_who_drops_repeats_gets_them_unmarked_unlooked_for_and_until_the_horizon(room: Room) -> None:
    room.put("m1")
    told = Told([LOST] * 500, reconcile_after=None, repeats_are_dropped=True)
    drains(room, told, Settings().most_blind_attempts * 4)
    assert len(told.sent) > Settings().most_blind_attempts * 3 and room.state("m1") == "unknown"
    assert told.looked == [] and not any(placement.possible_repeat for _, placement in told.sent)
    (failed,) = drains(room, told, 500)
    assert failed.kind is NoticeKind.FAILED and timedelta(days=3) < room.now - START < timedelta(days=4)
    room.put("m2")
    told.answers[:] = [LOST]
    drains(room, told, 3)
    assert room.state("m2") == "sent" and told.ids[-2:] == ["m2", "m2"]


def test_what_is_unknown_at_the_horizon_is_buried(room: Room) -> None:
    """Each attempt is looked for and not found, and the next one is lost again."""
    room.put("m1")
    told = Told([LOST] * 2000)
    notices = drains(room, told, 2000)
    assert [notice.kind for notice in notices] == [NoticeKind.FAILED]
    assert room.state("m1") == "failed" and room.reason("m1").startswith("it may have arrived: reset")
    assert timedelta(days=3) < room.now - START < timedelta(days=4)


def test_a_defect_of_ours_in_a_look_stops_nobody_else(room: Room) -> None:
    room.put("m1")
    told = Broken([LOST])
    next_drain(room, told)
    room.put("m2")
    drains(room, told, 3)
    assert (room.state("m1"), room.state("m2")) == ("unknown", "sent")
    assert room.reason("m1") == "a defect of ours: ZeroDivisionError"


class Broken(Told):
    """Its looks and its word on whether it is mended fail, as only a defect of ours can make them."""

    def find(self, message: Message, **_: object) -> Trace:
        raise ZeroDivisionError

    def mended(self) -> bool:
        raise ZeroDivisionError


def test_a_defect_of_ours_in_a_probe_mends_nothing(room: Room) -> None:
    with room.transaction():
        room.outbox.pause("team", "is_archived", START, probe_at=START)
    drained = room.drain(Broken())
    assert drained.notices == [] and drained.next_at == START + timedelta(hours=1)


def test_a_message_waits_by_itself_too_not_only_its_channel(room: Room) -> None:
    room.put("m1")
    told = Told([LATER])
    drained = room.drain(told)
    with room.transaction():
        room.outbox.unhold("team", room.now)
    assert drained.next_at is not None and room.drain(told).next_at == drained.next_at
    assert told.ids == ["m1"]


class Dropping(Told):
    """While it is looked for, a person drops the message."""

    room: Room

    def find(self, message: Message, **asked: object) -> Trace:
        with self.room.transaction():
            assert self.room.outbox.drop_message(message.id, reason="by a person", now=self.room.now)
        return super().find(message, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "trace",
    [
        Trace(found=Found.NOT_THERE),
        Trace(found=Found.THERE, remote={"ts": "7"}),
        Trace(found=Found.CANNOT_TELL, reason="missing_scope"),
        CANNOT,
        REFUSES_TO_BE_ASKED,
    ],
)
def test_what_is_dropped_while_it_is_looked_for_stays_dropped(room: Room, trace: Trace) -> None:
    room.put("m1")
    told = Dropping([LOST], [trace])
    told.room = room
    next_drain(room, told)
    room.drain(told)
    assert told.ids == ["m1"] and room.state("m1") == "dropped"
    assert room.reason("m1") == "by a person"


def test_a_dropped_message_is_not_buried_too(room: Room) -> None:
    room.put("m1")
    told = Dropping([LOST], [Trace(found=Found.CANNOT_TELL, reason="missing_scope")])
    told.room = room
    room.drain(told)
    room.now += MINUTE
    drained = room.drain(told, Settings(most_blind_attempts=1))
    assert drained.notices == [] and drained.failed == 0 and room.state("m1") == "dropped"


def test_a_retry_by_hand_keeps_the_rest_that_the_channel_asked_for(room: Room) -> None:
    room.put("m1")
    asked = Outcome(result=Result.LATER, reason="429", retry_after=timedelta(minutes=10))
    told = Told([asked])
    room.drain(told)
    assert room.outbox.retry(None, now=room.now) == 1
    drained = room.drain(told)
    assert told.ids == ["m1"]
    assert drained.next_at is not None and drained.next_at >= START + timedelta(minutes=10)
    room.now = drained.next_at
    assert room.drain(told).sent == 1


def test_a_retry_by_hand_ends_a_rest_that_we_took_ourselves(room: Room) -> None:
    room.put("m1")
    told = Told([LATER, LATER])
    room.drain(told)
    room.outbox.retry(None, now=room.now)
    assert room.drain(told).later == 1 and told.ids == ["m1", "m1"]


def test_a_retry_by_hand_looks_no_sooner_than_reconcile_after(room: Room) -> None:
    room.put("m1")
    told = Told([LOST])
    room.drain(told)
    with room.transaction():
        room.outbox.bury("m1", "given up", room.now)
    room.outbox.retry(["m1"], now=room.now)
    assert room.drain(told).next_at == START + MINUTE and told.looked == []
    room.now = START + MINUTE
    room.drain(told)
    assert told.looked == [("m1", START)] and room.state("m1") == "sent"


def test_what_is_retried_keeps_its_place_in_its_trial(room: Room) -> None:
    room.put("m1", "m2", thread="A")
    with room.transaction():
        room.outbox.claim("team", room.now)
        room.outbox.bury("m1", "refused", room.now)
    room.outbox.retry(["m1"], now=room.now)
    told = Told([LATER])
    room.drain(told)
    room.now += MINUTE
    room.drain(told)
    assert told.ids == ["m1", "m1", "m2"]


def test_the_mark_of_a_repeat_outlives_a_look_that_could_tell(room: Room) -> None:
    """The first attempt could not be told, the second was looked for: the first is in doubt still."""
    room.put("m1")
    told = Told([LOST, LOST], [Trace(found=Found.CANNOT_TELL, reason="missing_scope")] * 2)
    drains(room, told, 6)
    assert [placement.possible_repeat for _, placement in told.sent] == [False, True, True]
    assert room.outbox.listing()[0].possible_repeat
