"""The service as people start it: it hears what is done in Slack, whatever dies, and shows it once."""

from __future__ import annotations

import signal
import sqlite3
import threading
from contextlib import closing

import pytest
from doubles.acting_scene import buttons, said, with_status
from doubles.command_process import PATIENCE, Place
from doubles.plain_edits import nct
from doubles.slack_app import APP_TOKEN, SlackApp, in_time
from doubles.small_slack import TOKEN

SLACK = """
[notifiers.team]
type = "slack"
token = "${{file:bot.token}}"
app_token = "${{file:app.token}}"
channel = "#trial-alerts"
api_url = "{url}"
[notifiers.others]
type = "slack"
token = "${{file:bot.token}}"
app_token = "${{file:app.token}}"
channel = "#general"
api_url = "{url}"
"""


@pytest.fixture
def slack():
    with SlackApp() as running:
        yield running


@pytest.fixture
def place(tmp_path, slack):
    (tmp_path / "bot.token").write_text(TOKEN)
    (tmp_path / "app.token").write_text(APP_TOKEN)
    made = Place(tmp_path)
    made.configure(*map(nct, made.records[:2]), also=SLACK.format(url=slack.url))
    yield made
    made.close()


def rows(place, sql):
    with closing(sqlite3.connect(place.folder / "t.db")) as db:
        return db.execute(sql).fetchall()


def alerted(place, slack):
    """A service that has told of a change, and the message in the channel."""
    service = place.start("run", "--no-web")
    service.until('"polled"')
    place.registry.publish("2026-11-23", [with_status(place.records[0], "SUSPENDED")])
    assert place.start("check").end() == 0
    (message,) = slack.channel("trial-alerts").messages
    slack.connected(1)
    return service, message


def muted(slack, message):
    (button,) = [one for one in buttons(message) if one["action_id"] == "mute-trial"]
    return slack.pressed("mute-trial", button["value"], ts=message["ts"])


def test_what_is_pressed_is_done_and_shown_in_every_channel(place, slack):
    service, message = alerted(place, slack)
    slack.acked(slack.send(muted(slack, message)))
    assert "muted by @anna until" in said(slack.responded())
    slack.wait(lambda: len(slack.updates) == 2)
    for name in ("trial-alerts", "general"):
        assert "Muted by @anna until" in said(slack.channel(name).messages[0])
    assert len(slack.lines) == 1  # two channels, one app
    assert place.start("unmute", nct(place.records[0]), "--by", "root").end() == 0
    slack.wait(lambda: len(slack.updates) == 4)
    assert "unmuted by root on the command line" in said(slack.channel("general").messages[0])
    assert place.start("ack", nct(place.records[0]), "--by", "root", "--note", "seen at last").end() == 0
    slack.wait(lambda: len(slack.updates) == 6)
    assert ": seen at last" in said(message)
    assert service.end(signal.SIGTERM) == 0
    assert not [line for line in service.said if "Traceback" in line or "xapp-" in line or "ticket" in line]


@pytest.mark.crash
@pytest.mark.parametrize("lost", ["the request", "the answer"])
def test_killed_between_the_act_and_what_shows_it_it_is_shown_later_and_done_once(place, slack, lost):
    service, message = alerted(place, slack)
    killed, stands = threading.Event(), threading.Event()
    if lost == "the request":
        slack.refuse_updates = True
    else:  # it stands in the channel, and the service never hears so
        slack.after_update = lambda: (stands.set(), killed.wait(PATIENCE))
    slack.acked(slack.send(muted(slack, message)))
    if lost == "the request":
        slack.wait(lambda: slack.refused_updates)
    else:
        assert stands.wait(PATIENCE)
    service.end(signal.SIGKILL)
    killed.set()
    slack.refuse_updates = False
    again = place.start("run", "--no-web")
    slack.connected(2)
    in_time(lambda: not rows(place, "select 1 from showing where asked > shown"))
    assert "Muted by @anna until" in said(slack.channel("trial-alerts").messages[0])
    assert rows(place, "select count(*) from mute") == [(1,)]
    assert len(slack.channel("trial-alerts").messages) == 1
    assert again.end(signal.SIGTERM) == 0


@pytest.mark.crash
def test_killed_after_it_was_taken_it_is_done_after_the_next_start(place, slack):
    service, message = alerted(place, slack)
    with closing(sqlite3.connect(place.folder / "t.db", isolation_level=None)) as db:
        # As after a kill between the acknowledgement and the work: the row is all that there is.
        db.execute(
            "create trigger hold before update of worked_at on interaction begin select raise(abort, 'held'); end"
        )
        slack.acked(slack.send(muted(slack, message)))
        service.end(signal.SIGKILL)
        db.execute("drop trigger hold")
    assert rows(place, "select count(*) from mute") == [(0,)]
    place.start("run", "--no-web")
    slack.connected(2)
    slack.wait(lambda: len(slack.updates) == 2)
    assert "Muted by @anna until" in said(slack.channel("trial-alerts").messages[0])
    assert rows(place, "select count(*) from mute") == [(1,)]


def test_a_changed_configuration_opens_the_connection_anew_or_ends_it(place, slack):
    service = place.start("run", "--no-web")
    slack.connected(1)
    place.configure(*map(nct, place.records[:3]), also=SLACK.format(url=slack.url))
    service.child.send_signal(signal.SIGHUP)
    service.until("configuration read again")
    slack.connected(2)
    slack.acked(slack.send(slack.commanded("help")))
    assert "/trial watch" in said(slack.responded())
    place.configure(*map(nct, place.records[:3]), also=SLACK.format(url=slack.url).replace("app_token", "#"))
    service.child.send_signal(signal.SIGHUP)
    service.until("configuration read again")
    assert slack.lines[1].wait_closed(PATIENCE)
    assert service.end(signal.SIGTERM) == 0
    assert len(slack.lines) == 2
