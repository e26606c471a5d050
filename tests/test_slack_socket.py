"""The connection of Socket Mode: each envelope once, acknowledged when it is written down, and every death mended."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from doubles.slack_app import APP_TOKEN, PATIENCE, SlackApp, in_time

from notifiers.backoff import Backoff
from notifiers.secret import Secret
from notifiers.slack.socket import SlackSocket

AT_ONCE = Backoff(first=timedelta(0), longest=timedelta(0))


class Taken:
    """What was written down, each id once."""

    def __init__(self) -> None:
        self.all = []
        self.handed = 0
        self.refusing = False
        self.changed = threading.Condition()

    def __call__(self, one) -> None:
        with self.changed:
            if self.refusing:
                raise OSError("the disk is full")
            self.handed += 1
            if one.id not in [each.id for each in self.all]:
                self.all.append(one)
            self.changed.notify_all()

    def ids(self):
        return [one.id for one in self.all]


@pytest.fixture
def slack():
    with SlackApp() as running:
        yield running


@pytest.fixture
def taken():
    return Taken()


@pytest.fixture
def link(slack, taken, clock):
    opened = []

    def start(*, connects=True, **more):
        values = {
            "name": "team",
            "app_token": Secret(APP_TOKEN),
            "api_url": slack.url,
            "take": taken,
            "clock": clock,
            "random": lambda: 0.5,
            "backoff": AT_ONCE,
        }
        made = SlackSocket(**(values | more))
        opened.append(made)
        made.start()
        if connects:
            in_time(lambda: made.standing().opened == 1)
        return made

    yield start
    for one in opened:
        one.close()
        assert not one._thread.is_alive()


def test_a_button_and_a_command_are_written_down_and_acknowledged(slack, taken, link):
    link()
    button = slack.send(slack.pressed("mute-trial", "ctgov:NCT1", ts="17.000001"))
    command = slack.send(slack.commanded("mute NCT07146087 30d"))
    assert (slack.acked(button), slack.acked(command)) == (1, 1)
    first, second = taken.all
    assert (first.kind, first.name, first.value, first.person, first.person_id) == (
        *("button", "mute-trial", "ctgov:NCT1"),
        *("anna", "U1"),
    )
    assert (first.channel, first.message, first.respond_to) == (
        *("C0ALERTS001", "17.000001"),
        f"{slack.url}respond/{button}",
    )
    assert (second.kind, second.name, second.value, second.message) == (
        *("command", "/trial", "mute NCT07146087 30d"),
        None,
    )


def test_it_is_written_down_before_it_is_acknowledged(slack, taken, link):
    """Killed in between, it is handed over again; the other way round it would be lost."""
    seen = []
    link(take=lambda one: (seen.append(list(slack.acks)), taken(one)))
    slack.acked(slack.send(slack.commanded("help")))
    assert seen == [[]]


def test_what_cannot_be_written_down_is_not_acknowledged_and_the_connection_stays(slack, taken, link):
    socket = link()
    taken.refusing = True
    lost = slack.send(slack.commanded("help"))
    after = slack.send({"envelope_id": "other", "type": "events_api", "payload": {}})
    slack.acked(after)  # in order: the one before it was heard
    assert lost not in [id_ for id_, _ in slack.acks]
    assert socket.standing().untaken == 1
    taken.refusing = False
    slack.acked(slack.send(slack.commanded("help")))
    assert len(slack.lines) == 1


def test_the_same_envelope_again_is_acknowledged_again(slack, taken, link):
    link()
    envelope = slack.commanded("help")
    slack.send(envelope)
    slack.send(envelope | {"retry_attempt": 1, "retry_reason": "timeout"})
    slack.wait(lambda: len(slack.acks) == 2)
    assert (taken.handed, taken.ids()) == (2, [envelope["envelope_id"]])


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"type": 7}', '{"envelope_id": 3, "type": "interactive"}', "[" * 100_000],
)
def test_what_makes_no_sense_ends_nothing(slack, taken, link, text):
    link()
    slack.connected(1).send(text)
    slack.acked(slack.send(slack.commanded("help")))
    assert len(slack.lines) == 1


@pytest.mark.parametrize("payload", [None, [], {}, {"type": "view_submission"}, {"actions": [{}]}])
def test_what_is_none_of_ours_is_acknowledged_and_let_go(slack, taken, link, payload):
    link()
    slack.acked(slack.send(slack.envelope("interactive", payload)))
    assert taken.all == []


def test_a_connection_that_breaks_is_opened_again(slack, taken, link):
    socket = link()
    slack.relay.cut()
    in_time(lambda: socket.standing().opened == 2)
    slack.acked(slack.send(slack.commanded("help")))
    standing = socket.standing()
    assert (standing.opened, standing.failures, standing.reason) == (2, 1, "the connection broke")


def test_closed_between_the_envelope_and_its_acknowledgement_it_is_taken_once(slack, taken, link):
    envelope = slack.commanded("help")

    def take(one):
        taken(one)
        if taken.handed == 1:
            slack.relay.cut()

    link(take=take)
    slack.send(envelope)
    slack.connected(2)
    slack.send(envelope)
    assert slack.acked(envelope["envelope_id"]) == 2
    assert (taken.handed, taken.ids()) == (2, [envelope["envelope_id"]])


def test_a_peer_that_is_gone_without_a_word_is_noticed(slack, taken, link):
    socket = link(ping_every=0.5)
    slack.relay.freeze()
    slack.connected(2)
    slack.acked(slack.send(slack.commanded("help")))
    assert socket.standing().reason == "Slack has not answered for 1 s"


def test_a_silent_connection_that_answers_is_kept(slack, link, clock):
    socket = link(ping_every=0.5)
    began = socket.standing().last_heard
    clock.forward(minutes=5)
    in_time(lambda: socket.standing().last_heard > began)
    assert (socket.standing().opened, socket.standing().failures) == (1, 0)


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_connection_that_slack_will_close_is_replaced_before(slack, taken, link, clock, reason):
    socket = link()
    first = slack.connected(1)
    clock.forward(minutes=1)
    waiting = slack.commanded("help")
    with slack.lock:  # both are there when the app looks
        first.send(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "w"}}))
        slack.send(waiting)
    slack.connected(2)
    assert slack.acked(waiting["envelope_id"]) == 1  # what came by the old one is not lost
    slack.acked(slack.send(slack.commanded("again")))
    standing = socket.standing()
    assert (standing.opened, standing.failures, standing.others) == (2, 0, 0)


def test_while_no_other_is_to_be_had_the_old_connection_is_heard(slack, taken, link, clock):
    socket = link()
    first = slack.connected(1)
    clock.forward(minutes=1)
    slack.open_answers = [{"ok": False, "error": "internal_error"}]
    first.send('{"type": "disconnect", "reason": "warning"}')
    in_time(lambda: socket.standing().failures == 1)
    assert slack.acked(slack.send(slack.commanded("help"))) == 1
    assert socket.standing().connected_since is not None
    first.close()
    slack.connected(2)
    slack.acked(slack.send(slack.commanded("again")))


def test_a_connection_is_replaced_at_the_age_that_slack_gives_it(slack, link, clock):
    slack.hello = {
        "type": "hello",
        "num_connections": 1,
        "debug_info": {"approximate_connection_time": 18060},
    }
    link(ping_every=0.2)
    clock.forward(seconds=18_059)
    assert len(slack.lines) == 1
    clock.forward(seconds=1)
    slack.connected(2)


@pytest.mark.parametrize("asked", ["by a word", "by its age"])
def test_a_connection_is_not_replaced_before_it_is_a_minute_old(slack, taken, link, clock, asked):
    """Slack may ask for another at once, each time (`too_many_websockets`)."""
    if asked == "by its age":
        slack.hello = slack.hello | {"debug_info": {"approximate_connection_time": 0.000001}}
    link(ping_every=0.2)
    if asked == "by a word":
        slack.lines[0].send('{"type": "disconnect", "reason": "too_many_websockets"}')
    clock.forward(seconds=59)
    for _ in range(2):  # it has looked at its age in between
        assert slack.acked(slack.send(slack.commanded("help"))) == 1
    assert slack.opened == 1
    clock.forward(seconds=1)
    slack.connected(2)


def test_a_young_connection_that_slack_closes_is_a_failure_and_the_pauses_grow(slack, link):
    socket = link(
        backoff=Backoff(first=timedelta(milliseconds=1), longest=timedelta(minutes=5), factor=10**9)
    )
    for number, failures in ((1, 1), (2, 2)):
        line = slack.connected(number)
        line.send('{"type": "disconnect", "reason": "too_many_websockets"}')
        line.close()
        in_time(lambda failures=failures: socket.standing().failures == failures)
    assert socket.standing().connected_since is None
    assert slack.opened == 2  # now it keeps still for minutes


def test_socket_mode_switched_off_is_said(slack, link):
    socket = link(backoff=Backoff(first=timedelta(minutes=5)))
    slack.connected(1).send('{"type": "disconnect", "reason": "link_disabled"}')
    in_time(lambda: socket.standing().failures == 1)
    standing = socket.standing()
    assert (standing.connected_since, standing.reason) == (
        None,
        "Socket Mode is switched off in the app's settings",
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"ok": False, "error": "invalid_auth"}, "set a valid app-level token, it begins with xapp-"),
        (
            {"ok": False, "error": "missing_scope", "needed": "connections:write"},
            "the scope connections:write",
        ),
        ({"ok": False, "error": "ratelimited"}, "ratelimited"),
        ({"ok": True}, "Slack gave no address to connect to"),
        ({"ok": True, "url": "ws://slack.example.org/link?ticket=secret-ticket"}, "no address to connect to"),
        ({"ok": True, "url": "https://slack.com/link?ticket=secret-ticket"}, "no address to connect to"),
        ({"ok": True, "url": "ws://127.0.0.1:9/link?ticket=secret-ticket"}, "could not be opened"),
        ({"ok": True, "url": "wss://[secret-ticket"}, "no address to connect to"),
    ],
)
def test_what_stands_in_the_way_is_said_and_tried_again(slack, link, answer, words):
    said = []
    slack.open_answers = [answer]
    socket = link(say=said.append)
    standing = socket.standing()
    assert words in standing.reason
    assert standing.failures == 1
    assert said[0] == f"not connected: {standing.reason}"
    assert not any(secret in "".join(said) for secret in ("secret-ticket", APP_TOKEN))


def test_an_address_to_answer_to_that_is_none_keeps_nobody_from_being_heard(slack, taken, link):
    link()
    envelope = slack.pressed("mute-trial", "ctgov:NCT1 e", ts="17.000001")
    envelope["payload"]["response_url"] = "https://[bad"
    slack.acked(slack.send(envelope))
    assert [(one.id, one.respond_to) for one in taken.all] == [(envelope["envelope_id"], None)]


def test_a_proxy_that_cannot_be_used_is_said(slack, link, monkeypatch):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ws_proxy", "socks5h://127.0.0.1:9")
    socket = link(connects=False, backoff=Backoff(first=timedelta(minutes=5)))
    in_time(lambda: socket.standing().failures == 1)
    assert "a SOCKS proxy is set" in socket.standing().reason


def test_what_nobody_thought_of_is_a_failure_and_tried_again(slack, taken, link, clock):
    went_wrong = []

    def broken_once():
        if not went_wrong:
            went_wrong.append(True)
            raise OverflowError("token xapp-1")
        return clock()

    socket = link(clock=broken_once)
    assert slack.acked(slack.send(slack.commanded("help"))) == 2
    assert (socket.standing().failures, socket.standing().reason) == (
        1,
        "something went wrong here: OverflowError",
    )


def test_a_log_that_cannot_be_written_ends_nothing(slack, taken, link):
    def say(words):
        raise BrokenPipeError

    link(say=say)
    slack.relay.cut()
    slack.connected(2)
    slack.acked(slack.send(slack.commanded("help")))
    assert len(taken.all) == 1


def test_no_hello_is_no_connection(slack, link):
    slack.hello = {"type": "goodbye"}
    socket = link(connects=False, backoff=Backoff(first=timedelta(minutes=5)))
    in_time(lambda: socket.standing().failures == 1)
    assert socket.standing().reason == "Slack did not say hello"


def test_connections_of_others_are_counted(slack, link):
    slack.hello = {"type": "hello", "num_connections": 3}
    socket = link()
    assert socket.standing().others == 2


def test_no_secret_is_in_what_it_says_or_how_it_looks(slack, link):
    said = []
    socket = link(connects=False, app_token=Secret("xapp-of-another-app"), say=said.append, backoff=Backoff())
    in_time(lambda: socket.standing().failures == 1)
    assert "xapp-of-another" not in repr(socket) + repr(socket.standing()) + "".join(said)
    assert "it begins with xapp-" in said[0]


def test_closing_ends_a_pause_and_runs_what_is_to_be_done_last(slack, link):
    ended = threading.Event()
    slack.open_answers = [{"ok": False, "error": "internal_error"}]
    socket = link(connects=False, backoff=Backoff(first=timedelta(hours=1)), ended=ended.set)
    in_time(lambda: socket.standing().failures == 1)
    socket.close()
    assert ended.wait(PATIENCE)
    socket.close()
