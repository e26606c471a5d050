"""One call of Slack's API: no redirect, no late post of a call that was left, no token in any word."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from doubles.scripted_server import ScriptedServer, response
from doubles.slack_fault_proxy import Says
from doubles.slack_room import POST, POSTED, Room, message, open_slack_room
from doubles.small_slack import TOKEN

from notifiers.http.deadline import Deadline, NotBegun, Sending
from notifiers.notifier import Found, Placement, Result, WrongSettings
from notifiers.secret import Secret
from notifiers.slack.channel import SlackNotifier


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    with open_slack_room(monkeypatch) as made:
        yield made


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_channel_refuses(room: Room, status: int) -> None:
    with ScriptedServer(response(200, b'{"ok": true}')) as elsewhere:
        away = response(status, b"", ("Location", elsewhere.url.replace("127.0.0.1", "localhost")))
        with ScriptedServer(away) as server:
            outcome = room.build(api_url=server.url).send(message(), Placement())
        assert outcome.result is Result.CHANNEL_REFUSES and f"HTTP {status}" in outcome.reason
        assert elsewhere.requests == []


def test_408_may_have_arrived(room: Room) -> None:
    room.proxy.plan(POST, Says(status=408, body=""), Says(status=408, body='{"ok": false, "error": "x"}'))
    for _ in range(2):
        assert room.build().send(message(), Placement()).result is Result.UNKNOWN


@pytest.mark.parametrize("token", ["xoxb-abc…def", "xoxb-äbc", "xoxb abc", "xoxb-a\nb", "xoxb-\x00"])
def test_a_token_that_is_none_is_refused_in_one_line(token: str) -> None:
    with pytest.raises(WrongSettings) as refused:
        SlackNotifier(name="team", token=Secret(token), channel="#c")
    assert str(refused.value) == "notifier `team`: the token holds a character that no token has"
    assert token not in str(refused.value) and "copy" in (refused.value.hint or "")


def test_space_around_a_token_is_no_part_of_it(room: Room) -> None:
    assert room.build(token=f" {TOKEN}\n").send(message(), Placement()).result is Result.SENT


def test_no_token_in_the_words_of_a_broken_connection(room: Room) -> None:
    """An intermediary that answers nonsense with our own request in it."""
    with ScriptedServer(f"HTTP/{TOKEN} nonsense\r\n\r\n".encode()) as server:
        outcome = room.build(api_url=server.url).send(message(), Placement())
    assert outcome.result is Result.UNKNOWN
    assert TOKEN not in outcome.reason and "BadStatusLine" in outcome.reason


def test_a_call_left_while_it_connects_never_posts(room: Room) -> None:
    """A host that is there and lets nobody in yet: whoever was left at the door says nothing when it opens."""
    with ExitStack() as stack:
        door = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        _fill(door, stack)
        url = f"http://127.0.0.1:{door.getsockname()[1]}/api/"
        notifier = room.build(api_url=url, deadline=0.2)
        outcome = notifier.send(message(), Placement())
        assert outcome.result is Result.LATER  # it certainly did not arrive
        heard = _let_in(door)
    assert heard == b""


def _fill(door: socket.socket, stack: ExitStack) -> None:
    """Connect until one more would have to wait."""
    for _ in range(16):
        waiting = stack.enter_context(socket.socket())
        waiting.setblocking(False)
        waiting.connect_ex(door.getsockname())
        waiting.settimeout(0.05)
        try:
            waiting.send(b"")
            waiting.getpeername()
        except OSError:
            return
    pytest.skip("this system's sockets let everybody in")


def _let_in(door: socket.socket) -> bytes:
    """All that anybody who comes in says, until nobody comes any more."""
    heard = b""
    door.settimeout(3)
    try:
        while True:
            inside, _ = door.accept()
            inside.settimeout(0.2)
            try:
                heard += inside.recv(65_536)
            except OSError:
                pass
            finally:
                inside.close()
    except TimeoutError:
        return heard


def test_a_deadline_leaves_what_has_begun_and_forbids_what_has_not() -> None:
    deadline = Deadline(0.05, name="t")
    go, ended = threading.Event(), threading.Event()
    began: list[bool] = []

    def slow(sending: Sending) -> None:
        go.wait(30)
        try:
            sending.begin()
            began.append(True)
        except OSError:
            began.append(False)
        ended.set()

    with pytest.raises(NotBegun):
        deadline.run(slow, key="a")
    assert not deadline.on_its_way("a")
    go.set()
    assert ended.wait(30) and began == [False]

    going = threading.Event()

    def begun(sending: Sending) -> None:
        sending.begin()
        going.wait(30)
        sending.ended.set()
        ended.set()

    ended.clear()
    with pytest.raises(TimeoutError):
        deadline.run(begun, key="b")
    assert deadline.on_its_way("b") and not deadline.on_its_way("a")
    going.set()
    assert ended.wait(30) and not deadline.on_its_way("b")


def test_nobody_looks_for_what_is_still_going_out(room: Room) -> None:
    """A large post over a line that stands still: it may arrive after a look that found nothing."""
    with ExitStack() as stack:
        door = stack.enter_context(socket.socket())
        door.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        door.bind(("127.0.0.1", 0))
        door.listen(1)
        notifier = room.build(
            api_url=f"http://127.0.0.1:{door.getsockname()[1]}/api/",
            channel="C0ALERTS001",
            deadline=0.2,
            reconcile_after=timedelta(seconds=7),
        )
        huge = {"channel": "C0ALERTS001", "text": "x" * 30_000_000}
        answer = notifier._calls.call(POST, key="e1", json=huge)
        assert answer.result is Result.UNKNOWN
        trace = notifier.find(message(), since=POSTED, placement=Placement())
        assert trace.found is Found.CANNOT_TELL and trace.try_again
        assert trace.retry_after == timedelta(seconds=7)
