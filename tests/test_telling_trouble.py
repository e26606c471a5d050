"""What is told, and when, while a channel is in trouble, a clock was wrong, or a configuration changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.few_alerts import TEAM, closed, moment, nct, recruiting, renamed, scenes, suspended
from doubles.told_channel import LATER, REFUSES, START, Told
from doubles.watching import Watching, ids_watch

from monitor.acting import mutes
from monitor.alerting.alerts import sample
from monitor.alerting.summaries import Told as Alert
from monitor.alerting.summaries import of_many_trials
from notifiers.message import Level, Message
from notifiers.outbox import Outbox
from snapshots.changeset import Severity
from snapshots.database import immediate
from snapshots.event import Event, EventKind

AT_ONCE_OR_MONDAY = (
    '[[route]]\nmin_severity = "major"\nto = ["team"]\n[[route]]\nto = ["team"]\ndigest = "mon 08:00"\n'
)


@pytest.fixture
def records():
    return recruiting()


@pytest.fixture
def scene(tmp_path, records, clock):
    with scenes(tmp_path, records, clock) as make:
        yield make


def messages(team):
    return team.app.db.execute("select count(*) from message where notifier = 'team'").fetchone()[0]


def edited(team, records, text):
    team.watching.edit(TEAM + text + ids_watch("mine", *map(nct, records)))
    team.app = team.watching.app


class Firewall(Told):
    """Refuses what tells of one trial as if it refused us, and takes all else."""

    word = ""

    def send(self, message, placement):
        if self.word in message.title or any(self.word in item.label for item in message.items):
            self.sent.append((message.id, placement))
            return REFUSES
        return super().send(message, placement)


@pytest.mark.parametrize("many", [True, False])
def test_one_alert_that_a_channel_refuses_silences_no_other(scene, records, many):
    team = scene()
    channel = Firewall(
        name="team", well=False, holds_many=many, reconcile_after=None, repeats_are_dropped=True
    )
    channel.word = nct(records[0])
    team.app.notifiers["team"] = channel
    team.poll("2026-11-20T10:00:00", closed(records[0]))
    for number in range(1, 15):
        team.clock.forward(hours=12)
        team.poll(f"2026-11-{20 + number // 2}T{11 + number % 2}:{number:02}:00", suspended(records[number]))
        for _ in range(6):
            team.clock.forward(minutes=61)
            team.app.deliver("team")
    assert len(channel.heard) == 14 and team.states() == {"sent": 14, "failed": 1}


def test_a_channel_that_refuses_us_is_made_no_messages_for_without_end(scene, records):
    """Whatever it is tried by: a sample here, which tells of no event."""
    team = scene()
    team.channel.answers, team.channel.well = [REFUSES] * 1000, False
    team.app.say(sample(message_id="n1", now=team.clock()), "team")
    team.app.deliver()
    team.poll("2026-11-20T10:00:00", *map(closed, records[:3]))
    before = messages(team)
    for _ in range(20):
        team.clock.forward(seconds=1)
        team.app.deliver("team")
    assert messages(team) <= before + 2


def test_what_happened_before_in_a_trial_is_told_with_what_is_told_now(scene, records):
    team = scene(AT_ONCE_OR_MONDAY)
    team.poll("2026-11-20T12:00:00", renamed(records[0]))  # minor: Monday
    team.poll("2026-11-20T15:00:00", closed(renamed(records[0])))  # major: at once
    (alert,) = team.heard()
    assert [item.label for item in alert.items] == ["Brief title", "Recruitment status"]
    team.at("2026-11-23T07:00:00")
    assert team.heard() == [] and team.states() == {"sent": 2}


def test_what_a_lifted_quiet_put_off_is_told_before_what_comes_later(scene, records):
    team = scene()
    edited(team, records, 'quiet_days = ["sat", "sun"]\n')
    team.clock.now = moment("2026-11-21T10:00:00")
    team.poll("2026-11-21T10:00:00", closed(records[0]))
    assert team.heard() == []
    edited(team, records, "")
    team.poll("2026-11-21T12:00:00", renamed(closed(records[0])))
    (alert,) = team.heard()
    assert "Active, not recruiting" in alert.headline and team.states() == {"sent": 2}


def test_a_file_of_alerts_gets_what_was_snoozed_before_what_could_not_wait(tmp_path, records, clock):
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, ids_watch("mine", *map(nct, records)), clock=clock)
        watching.poll()
        with immediate(watching.app.db):
            mutes.mute(
                *(watching.app.db, mutes.Scope.TRIAL, nct(records[0])),
                until=clock() + timedelta(days=3),
                now=clock(),
                kind=mutes.Kind.SNOOZE,
            )
        registry.publish("2026-11-21", [renamed(records[0])])
        watching.poll()
        assert watching.rung() == []
        registry.publish("2026-11-22", [suspended(renamed(records[0]))])
        watching.poll()
        assert [alert["severity"] for alert in watching.rung()] == ["minor", "critical"]
        watching.close()


def test_what_piles_up_while_a_channel_cannot_be_reached_comes_as_one(scene, records):
    team = scene()
    team.channel.answers = [LATER] * 100_000
    for number in range(30):
        team.clock.forward(hours=1)
        team.poll(team.clock.now.replace(tzinfo=None).isoformat(), closed(records[number]))
        for _ in range(3):
            team.clock.forward(minutes=2)
            team.app.deliver("team")
    team.channel.answers = []
    team.clock.forward(minutes=5)
    team.app.deliver("team")
    team.clock.forward(minutes=5)
    team.app.deliver("team")
    told = team.heard()
    assert len(told) <= 6 and team.states() == {"sent": 30}


@pytest.mark.parametrize(
    ("more", "answers", "at"),
    [
        ("", [LATER], "2028-01-01T12:00:00"),
        ("", [REFUSES], "2028-01-01T12:00:00"),
        ('[[route]]\nto = ["team"]\ndigest = "daily 08:00"\n', [], "2028-01-01T12:00:00"),
        ('quiet_hours = "20:00-07:00"\n', [], "2028-01-01T22:00:00"),
    ],
)
def test_a_clock_that_was_ahead_delays_nothing_for_long(scene, records, more, answers, at):
    team = scene(more)
    team.channel.answers = list(answers)
    team.clock.now = moment(at)
    team.poll("2026-11-20T10:00:00", closed(records[0]))
    assert team.heard() == []
    team.clock.now = moment("2026-11-20T11:00:00")
    team.poll("2026-11-20T12:00:00", renamed(records[1]))
    for _ in range(4):
        team.clock.forward(hours=12)
        team.app.deliver("team")
    assert team.states() == {"sent": 2}


def test_what_becomes_urgent_is_told_in_the_middle_of_a_long_backlog(scene, records):
    team = scene()
    team.channel.pace = timedelta(seconds=1)

    def wait(pause):
        team.clock.now += pause
        return True

    team.app.wait_with(wait)
    outbox = Outbox(team.app.db)
    with immediate(team.app.db):
        for number in range(300):
            outbox.put(Message(id=f"b{number}", level=Level.MINOR, headline="b"), "team", now=team.clock())

    def on_send():
        if len(team.channel.sent) == 3:
            team.registry.publish(moment("2026-11-23"), [suspended(records[0])])
            team.app.poll()

    team.channel.on_send = on_send
    team.app.deliver("team")
    told = team.heard()
    place = next(at for at, message in enumerate(told) if message.level is Level.CRITICAL)
    assert len(told) == 301 and place < 60  # a slice and a little


def test_a_first_look_keeps_quiet_hours_and_does_not_go_to_the_operator(tmp_path, records, clock):
    clock.now = moment("2026-11-20T23:00:00")
    ops = '[notifiers.ops]\ntype = "slack"\ntoken = "${SLACK_BOT_TOKEN}"\nchannel = "#ops"\n[operator]\nto = ["ops"]\n'
    watch = f'[[watch]]\nname = "mine"\nbaseline = "summary"\nids = ["{nct(records[0])}"]\n'
    channels = {"team": Told(name="team"), "ops": Told(name="ops")}
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        text = TEAM + 'quiet_hours = "20:00-07:00"\nquiet_days = ["sat", "sun"]\n' + ops + watch
        watching = Watching(tmp_path, registry, text, clock=clock, channels=channels)
        watching.app.wait_with(lambda pause: True)
        watching.poll()
        assert channels["team"].heard == []
        clock.now = moment("2026-11-23T05:00:00")
        watching.app.deliver()
        assert channels["team"].heard == []
        clock.now = moment("2026-11-23T06:00:00")
        watching.app.deliver()
        watching.close()
    assert [len(channels[name].heard) for name in ("team", "ops")] == [1, 0]


def test_a_summary_says_nothing_of_all_that_is_true_of_those_it_lists():
    def told(number):
        trial = f"NCT{number:08}"
        event = Event(
            id=f"e{number}",
            kind=EventKind.ENTERED,
            registry="ctgov",
            trial=trial,
            title="t",
            url="https://example.org",
            severity=Severity.MAJOR,
            headline="h",
            at=START,
            watches=("A",),
        )
        alert = Message(id=trial, level=Level.MAJOR, headline="h", thread=f"ctgov:{trial}", order=number)
        return [Alert(event=event, alert=alert)]

    summary = of_many_trials(
        [told(number) for number in range(1, 301)],
        message_id="S",
        counts={Level.MAJOR: 300, Level.MINOR: 200},
        now=START,
        digest=None,
        why=None,
        public_url=None,
    )
    assert summary.headline == "500 trials with news: 300 major, 200 minor"
    assert "A" not in " ".join(value for _, value in summary.facts) and summary.title == ""
    assert summary.items[-1].label == "… and 200 trials more"
