"""Looking for an attempt: in every place where it may stand, over long histories, whatever the clocks say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from doubles.slack_fault_proxy import DropAfter, Says, rate_limited, slack_error
from doubles.slack_room import HISTORY, POST, POSTED, REPLIES, Room, message, open_slack_room
from doubles.small_slack import Channel

from notifiers.message import Level
from notifiers.notifier import Found, Placement, Result

LIST = "conversations.list"
HOUR = timedelta(hours=1)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    with open_slack_room(monkeypatch) as made:
        yield made


def look(notifier, id_: str = "e1", placement: Placement | None = None, since=POSTED):
    return notifier.find(message(id_), since=since, placement=placement or Placement())


def test_a_private_channel_that_cannot_be_listed_is_no_missing_one(room: Room) -> None:
    """Without groups:read it is not in the list, and posting to it by its name works all the same."""
    room.alerts.is_private = True
    room.slack.scopes -= {"groups:read", "groups:history"}
    room.proxy.plan(POST, DropAfter())
    notifier = room.build()
    assert notifier.send(message(), Placement()).result is Result.UNKNOWN
    trace = look(notifier)
    assert (trace.found, trace.try_again, trace.channel_refuses) == (Found.CANNOT_TELL, False, False)
    assert "missing_scope" in trace.reason and "groups:read" in trace.reason
    assert notifier.mended()  # it posts


def test_a_listed_workspace_without_the_channel_says_so(room: Room) -> None:
    assert look(room.build(channel="nowhere")).channel_refuses
    assert not room.build(channel="nowhere").mended()


def test_the_id_that_an_earlier_answer_told_is_taken(room: Room) -> None:
    notifier = room.build()
    first = notifier.send(message("e0"), Placement())
    notifier.send(message("e1"), Placement())
    for placement in (
        Placement(latest=first.remote),
        Placement(reply_to=first.remote),
        Placement(previous=first.remote),
    ):
        assert look(room.build(), placement=placement).found is Found.THERE
    assert room.proxy.asked(LIST) == []
    look(room.build(channel="general"), placement=Placement(latest=first.remote))
    assert len(room.proxy.asked(LIST)) == 1  # told for another setting


def test_a_stored_id_that_is_gone_is_asked_for_by_name(room: Room) -> None:
    room.build().send(message(), Placement())
    stale = {"channel": "C0DELETED01", "ts": "1.0", "to": "#trial-alerts"}
    assert look(room.build(), placement=Placement(latest=stale)).found is Found.THERE


def test_a_long_history_is_read_on_where_slack_broke_it_off(room: Room) -> None:
    """Two pages a minute: read from its beginning each time, the third would never be seen."""
    notifier = room.build(channel="C0ALERTS001")
    notifier.send(message(), Placement())
    room.chatter(900)
    traces = []
    room.proxy.allow(HISTORY, 2)
    for _ in range(3):
        traces.append(look(notifier))
        room.proxy.allow(HISTORY, 2)
    assert [trace.found for trace in traces] == [Found.CANNOT_TELL, Found.CANNOT_TELL, Found.THERE]
    assert traces[0].try_again and traces[0].retry_after == timedelta(seconds=60)


def test_a_list_of_channels_is_read_on_too(room: Room) -> None:
    room.slack.channels[:0] = [Channel(f"C0FILLER{n:04}", f"filler-{n}") for n in range(900)]
    room.build().send(message(), Placement())
    notifier = room.build()
    found = []
    for _ in range(3):
        room.proxy.allow(LIST, 2)
        found.append(look(notifier).found)
    assert found == [Found.CANNOT_TELL, Found.CANNOT_TELL, Found.THERE]


def test_a_place_kept_for_too_long_is_begun_anew(room: Room) -> None:
    notifier = room.build(channel="C0ALERTS001")
    notifier.send(message(), Placement())
    room.chatter(250)
    room.proxy.allow(HISTORY, 1)
    assert look(notifier).try_again
    room.proxy.allow(HISTORY, 9)
    room.proxy.plan(HISTORY, slack_error("invalid_cursor"))
    assert look(notifier).found is Found.THERE


@pytest.mark.parametrize("ahead", [2 * HOUR, timedelta(days=3)])
def test_our_clock_is_ahead_of_slacks(room: Room, ahead: timedelta) -> None:
    ours = POSTED + ahead
    room.proxy.date = POSTED
    notifier = room.build(channel="C0ALERTS001")
    placement = Placement(now=ours)
    room.proxy.plan(POST, DropAfter())
    assert notifier.send(message(), placement).result is Result.UNKNOWN
    assert look(notifier, placement=placement, since=ours).found is Found.THERE
    assert look(room.build(channel="C0ALERTS001"), "e2", placement, since=ours).found is Found.NOT_THERE


def test_our_clock_was_ahead_and_was_set_right(room: Room) -> None:
    room.proxy.date = POSTED
    room.build().send(message(), Placement())
    placement = Placement(now=POSTED + timedelta(minutes=2))
    assert look(room.build(), placement=placement, since=POSTED + 5 * HOUR).found is Found.THERE


def test_our_clock_is_behind(room: Room) -> None:
    """Then more is read than need be, and nothing else changes."""
    room.proxy.date = POSTED + 5 * HOUR
    room.build().send(message(), Placement())
    assert look(room.build(), placement=Placement(now=POSTED)).found is Found.THERE
    assert {float(each["oldest"]) for each in room.proxy.asked(HISTORY)} == {(POSTED - HOUR).timestamp()}


def test_a_reply_is_found_when_the_setting_names_the_channel_in_another_way(room: Room) -> None:
    first = room.build().send(message("e0"), Placement())
    placement = Placement(reply_to=first.remote)
    room.build().send(message(level=Level.MINOR), placement)
    by_id = room.build(channel="C0ALERTS001")
    trace = look(by_id, placement=placement)
    assert trace.found is Found.THERE and not trace.alone
    # And later ones go on in the same thread.
    assert not by_id.send(message("e2"), placement).alone
    assert room.proxy.asked(POST)[-1]["thread_ts"] == first.remote["ts"]


def test_a_reply_to_what_was_deleted_is_found_in_the_channel(room: Room) -> None:
    notifier = room.build()
    first = notifier.send(message("e0"), Placement())
    room.alerts.messages.clear()
    placement = Placement(reply_to=first.remote)
    room.proxy.plan(POST, DropAfter())
    assert notifier.send(message(), placement).result is Result.UNKNOWN
    trace = look(notifier, placement=placement)
    assert trace.found is Found.THERE and trace.alone  # the thread goes on from it
    assert len(room.proxy.asked(REPLIES)) == len(room.proxy.asked(HISTORY)) == 1
    assert look(notifier, "e2", placement).found is Found.NOT_THERE


def test_a_reply_that_slack_posted_by_itself_opens_a_thread(room: Room) -> None:
    notifier = room.build()
    first = notifier.send(message("e0"), Placement())
    assert not notifier.send(message("e1"), Placement(reply_to=first.remote)).alone
    room.alerts.messages.clear()
    outcome = notifier.send(message("e2"), Placement(reply_to=first.remote))
    assert outcome.result is Result.SENT and outcome.alone


def test_a_thread_of_another_channel_is_begun_anew_here(room: Room) -> None:
    elsewhere = room.build(channel="general").send(message("e0"), Placement())
    outcome = room.build().send(message(), Placement(reply_to=elsewhere.remote))
    assert outcome.alone
    assert look(room.build(), placement=Placement(reply_to=elsewhere.remote)).alone


def test_a_broken_look_in_the_thread_is_not_taken_for_absence(room: Room) -> None:
    notifier = room.build()
    first = notifier.send(message("e0"), Placement())
    room.proxy.plan(REPLIES, Says(status=503, body=""))
    assert look(notifier, "e1", Placement(reply_to=first.remote)).try_again
    room.proxy.plan(REPLIES, rate_limited(9))
    assert look(notifier, "e1", Placement(reply_to=first.remote)).retry_after == timedelta(seconds=9)
    assert room.proxy.asked(HISTORY) == []


def test_mended(room: Room) -> None:
    """What is only good to have keeps no channel paused; what refuses a post does."""
    notifier = room.build()
    assert notifier.mended()
    room.slack.scopes.discard("channels:history")
    assert notifier.mended()
    room.alerts.is_archived = True
    assert not notifier.mended()
    room.alerts.is_archived, room.alerts.is_member = False, False
    assert not notifier.mended()
    room.alerts.is_member = True
    room.slack.scopes.discard("channels:read")
    assert notifier.mended() and room.build().mended()
    room.slack.scopes.discard("chat:write")
    assert not notifier.mended()
    assert not room.build(token="xoxb-wrong").mended()
    assert room.proxy.asked(POST) == []
