"""Few alerts, end to end: from the registry's answer to what a channel is told, and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.few_alerts import TEAM, closed, moment, nct, recruiting, renamed, scenes, suspended
from doubles.told_channel import REFUSES, Told
from doubles.watching import Watching, ids_watch

from notifiers.message import Level


@pytest.fixture
def records():
    return recruiting()


@pytest.fixture
def scene(tmp_path, records, clock):
    with scenes(tmp_path, records, clock) as make:
        yield make


def test_what_a_poll_finds_in_many_trials_is_one_summary(scene, records):
    team = scene()
    team.poll("2026-11-23", *map(closed, records[:8]), suspended(records[8]))
    alert, summary = team.heard()
    assert alert.headline.startswith(nct(records[8])) and alert.level is Level.CRITICAL
    assert summary.headline == "8 trials changed"
    assert {item.link.text for item in summary.items} == {nct(record) for record in records[:8]}
    assert all("Active, not recruiting" in item.summary and item.details for item in summary.items)
    assert team.states() == {"sent": 9}
    assert len(team.watching.rung()) == 9  # a file of alerts has each event


def test_each_trial_of_a_summary_keeps_its_place_in_its_thread(scene, records):
    """What comes later of one of its trials waits for the summary."""
    team = scene()
    team.channel.answers = [REFUSES]
    team.poll("2026-11-23", *map(closed, records[:8]))
    team.poll("2026-11-24", suspended(records[0]))
    assert team.heard() == []
    team.clock.forward(hours=2)
    team.app.deliver()
    team.app.deliver()
    assert [message.headline[:8] for message in team.heard()] == ["8 trials", nct(records[0])[:8]]


def test_several_changes_of_a_trial_are_one_alert_that_lists_them_in_order(scene, records):
    team = scene('[[route]]\nto = ["team"]\ndigest = "daily 08:00"\n')
    team.poll("2026-11-20T12:00:00", closed(records[0]))
    team.poll("2026-11-20T15:00:00", renamed(closed(records[0])))
    team.at("2026-11-21T07:00:00")
    (alert,) = team.heard()
    assert alert.headline.startswith(f"{nct(records[0])}: Recruiting → Active, not recruiting")
    assert "title" in alert.headline.casefold()
    assert [item.label for item in alert.items] == ["Recruitment status", "Brief title"]
    assert team.states() == {"sent": 2}


class CannotSplit(Told):
    """A channel with a defect in its drawing of what is more than one thing."""

    def parts(self, message):
        if len(message.items) > 6:
            raise RuntimeError("a defect of ours")
        return (message,)


def test_what_cannot_be_put_together_is_told_one_by_one(tmp_path, records, clock):
    channel = CannotSplit(name="team")
    with LoopbackRegistry(records, day="2026-11-20") as registry:
        text = TEAM + ids_watch("mine", *map(nct, records))
        watching = Watching(tmp_path, registry, text, clock=clock, channels={"team": channel})
        watching.app.wait_with(lambda pause: True)
        watching.poll()
        registry.publish("2026-11-23", [*map(closed, records[:8])])
        watching.poll()
        watching.close()
    assert len(channel.heard) == 8
    assert {message.headline[:11] for message in channel.heard} == {nct(one) for one in records[:8]}


def test_a_digest_comes_at_its_local_time_and_what_is_critical_does_not_wait(scene, records):
    team = scene('[[route]]\nto = ["team"]\ndigest = "daily 08:00"\n')
    team.poll("2026-11-20T12:00:00", closed(records[0]), closed(records[1]))
    assert team.heard() == [] and team.states() == {"waiting": 2}
    team.poll("2026-11-20T15:00:00", suspended(closed(records[1])), closed(records[2]))
    (alert,) = team.heard()  # and takes along what waited of its trial
    assert nct(records[1]) in alert.headline and "Suspended" in alert.headline
    assert team.states() == {"sent": 2, "waiting": 2}
    team.at("2026-11-21T06:59:59")
    assert team.heard() == []
    team.at("2026-11-21T07:00:00")
    (digest,) = team.heard()
    assert digest.headline == "Daily digest: 2 trials changed"
    assert team.states() == {"sent": 4}


def test_a_route_that_tells_at_once_goes_before_a_digest(scene, records):
    team = scene(
        '[[route]]\nto = ["team"]\ndigest = "mon 08:00"\n[[route]]\nto = ["team"]\nmin_severity = "major"\n'
    )
    team.poll("2026-11-20T12:00:00", closed(records[0]), renamed(records[1]))
    (alert,) = team.heard()
    assert nct(records[0]) in alert.headline
    team.at("2026-11-23T07:00:00")
    (digest,) = team.heard()  # of one trial: its alert
    assert nct(records[1]) in digest.headline
    assert team.states() == {"sent": 2}


def test_quiet_hours_delay_all_but_what_is_critical(scene, records, clock):
    clock.now = moment("2026-11-20T20:00:00")
    team = scene()
    team.watching.edit(TEAM + 'quiet_hours = "20:00-07:00"\n' + ids_watch("mine", *map(nct, records)))
    team.app = team.watching.app
    team.poll("2026-11-23", closed(records[0]), suspended(records[1]))
    (alert,) = team.heard()
    assert nct(records[1]) in alert.headline
    row = team.app.db.execute(
        "select due_at, reason from delivery where state = 'waiting' and notifier = 'team'"
    )
    assert "quiet hours until 2026-11-21 06:00 UTC" in row.fetchone()[1]
    team.at("2026-11-21T05:59:00")
    assert team.heard() == []
    team.at("2026-11-21T06:00:00")
    assert [nct(records[0]) in one.headline for one in team.heard()] == [True]


def test_a_channel_that_rang_often_gets_the_rest_as_one(scene, records):
    team = scene()
    team.watching.edit(TEAM + "most_per_hour = 3\n" + ids_watch("mine", *map(nct, records)))
    team.app = team.watching.app
    for number, day in enumerate(("20T10", "20T11", "20T12", "20T13", "20T14", "20T15")):
        team.poll(f"2026-11-{day}:00:00", closed(records[number]), suspended(records[number + 10]))
    told = team.heard()
    assert [one.level for one in told].count(Level.CRITICAL) == 6  # each of them at once
    assert len(told) == 8
    team.clock.forward(hours=1, minutes=1)
    team.app.deliver()
    (rest,) = team.heard()
    assert rest.headline == "4 trials changed"
    assert ("Why together", "more than 3 messages in an hour") in rest.facts
    assert team.states() == {"sent": 12}


def test_what_piled_up_while_a_channel_refused_us_is_told_as_one(scene, records):
    team = scene()
    team.channel.answers = [REFUSES]
    team.poll("2026-11-20T10:00:00", closed(records[0]), closed(records[1]))
    for number, hour in enumerate((11, 12, 13, 14, 15, 16), start=2):
        team.poll(f"2026-11-20T{hour}:00:00", closed(records[number]))
    assert team.heard() == []
    team.clock.forward(hours=2)
    team.app.deliver()
    team.app.deliver()
    first, second, rest = team.heard()  # by two of them the channel is tried
    assert {one.headline[:11] for one in (first, second)} == {nct(one) for one in records[:2]}
    assert rest.headline == "6 trials changed"
    assert team.states() == {"sent": 8}


def test_a_first_look_is_summed_up_once_where_it_is_asked_for(tmp_path, records, clock):
    ids = ", ".join(f'"{nct(one)}"' for one in records[:12]) + ', "NCT99999999"'
    watch = f'[[watch]]\nname = "mine"\nbaseline = "summary"\nids = [{ids}]\n'
    channel = Told(name="team")
    published = [*records[:9], *map(suspended, records[9:12])]
    with LoopbackRegistry(published, day="2026-11-20") as registry:
        watching = Watching(tmp_path, registry, TEAM + watch, clock=clock, channels={"team": channel})
        watching.poll()
        watching.poll()
        registry.publish("2026-11-23", [])
        watching.poll()
        watching.close()
    (first,) = channel.heard
    assert first.headline == "Now watching “mine”: 12 trials, 9 recruiting, 3 suspended"
    assert first.level is Level.INFO
    assert [(item.label, item.summary) for item in first.items] == [("Not in the registry", "NCT99999999")]
    assert watching.rung() == []


def test_a_summary_of_what_was_muted_meanwhile_holds_it_no_more(scene, records):
    from monitor.acting import mutes
    from snapshots.database import immediate

    team = scene('[[route]]\nto = ["team"]\ndigest = "daily 08:00"\n')
    team.poll("2026-11-20T12:00:00", *map(closed, records[:3]))
    with immediate(team.app.db):
        mutes.mute(team.app.db, mutes.Scope.TRIAL, nct(records[1]), until=None, now=team.clock())
    team.at("2026-11-21T07:00:00")
    (digest,) = team.heard()
    assert [item.link.text for item in digest.items] == [nct(records[0]), nct(records[2])]
    assert team.states() == {"sent": 2, "dropped": 1}


def test_a_snooze_is_told_at_its_end_together(scene, records):
    from monitor.acting import mutes
    from snapshots.database import immediate

    team = scene()
    until = team.clock() + timedelta(days=3)
    with immediate(team.app.db):
        mutes.mute(
            *(team.app.db, mutes.Scope.TRIAL, nct(records[0])),
            until=until,
            now=team.clock(),
            kind=mutes.Kind.SNOOZE,
        )
    team.poll("2026-11-20T12:00:00", closed(records[0]))
    team.poll("2026-11-20T15:00:00", renamed(closed(records[0])))
    assert team.heard() == [] and team.states() == {"waiting": 2}
    team.clock.now = until
    team.app.deliver()
    (alert,) = team.heard()
    assert nct(records[0]) in alert.headline and team.states() == {"sent": 2}
