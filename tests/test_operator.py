"""Whoever runs this is told what is not well with the watching: once when it begins, once when it ends."""

from __future__ import annotations

import json

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.operated import HEAD, REFUSES, SENT, UNFIT, Operated
from doubles.plain_edits import nct, recruiting, with_results, with_status, without
from doubles.watching import ids_watch, query_watch

from monitor.operating.conditions import LONGEST_HEADLINE
from monitor.polling import held
from notifiers.notifier import Outcome, Result
from snapshots.database import immediate


@pytest.fixture
def records():
    return [with_results(recruiting(number)) for number in range(1, 13)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def watches(records):
    return ids_watch("all", *map(nct, records))


@pytest.fixture
def operated(tmp_path, registry, watches, clock):
    made = Operated(tmp_path, registry, watches, clock=clock)
    made.poll()
    yield made
    made.close()


def suspend(operated, records, day="2026-11-23"):
    operated.registry.publish(day, [with_status(records[0], "SUSPENDED")])
    operated.app.poll()


def test_where_all_is_well_nothing_is_said_written_or_put_anywhere(operated):
    before = operated.app.db.execute("select total_changes()").fetchone()
    assert operated.attend(hours=1) == {}
    assert operated.app.db.execute("select total_changes()").fetchone() == before
    assert operated.kinds() == []


def test_a_registry_that_stopped_answering(operated, records):
    operated.registry.misbehave(Fault.broken(503), times=None)
    operated.app.poll()
    assert operated.attend() == {}
    operated.app.poll()
    assert operated.attend(minutes=14) == {}
    operated.app.poll()
    (line,) = operated.attend(minutes=1)["ops"]
    assert line.startswith("ClinicalTrials.gov: 3 polls failed") and len(line) <= LONGEST_HEADLINE
    whole = operated.channels["ops"].messages[-1].items[0].summary
    assert whole.startswith("ctgov: 3 polls failed, the last: ") and "503" in whole
    assert operated.attend(hours=2) == {}
    operated.registry.behave()
    operated.app.poll()
    assert operated.attend(minutes=1) == {}
    (over,) = operated.attend(hours=1)["ops"]
    assert over.startswith("Over after 2 h 16 min: ClinicalTrials.gov: 3 polls failed")
    assert operated.attend(hours=9) == {} and operated.kinds() == []
    began, ended = operated.channels["ops"].messages
    assert began.thread == ended.thread is not None and began.order < ended.order
    assert any("trialbell doctor" in item.summary for item in began.items)


def test_a_registry_that_flaps_rings_once(operated):
    for _ in range(5):
        operated.registry.misbehave(Fault.broken(503), times=None)
        operated.app.poll()
        operated.attend()
        operated.app.poll()
        operated.attend(minutes=20)
        operated.registry.behave()
        operated.app.poll()
        operated.attend(minutes=20)
    assert len(operated.channels["ops"].messages) == 1


@pytest.mark.parametrize("decision", ["dropped", "accepted", "believed", "passed"])
def test_a_held_sweep_until_it_is_decided_on(operated, records, decision):
    lost = [without(record, "resultsSection") for record in records]
    operated.registry.publish("2026-11-23", lost)
    operated.app.poll()
    (line,) = operated.attend()["ops"]
    assert line.startswith("Held: 12 of 12 records lost") and len(line) <= LONGEST_HEADLINE
    *_, item = operated.channels["ops"].messages[-1].items
    assert "trialbell held accept 1" in item.summary
    assert operated.attend(hours=5) == {}
    if decision == "dropped":
        with immediate(operated.app.db):
            held.drop(operated.app.db, 1, operated.clock())
    elif decision == "accepted":
        operated.app.accept_held(1)
    else:
        operated.registry.publish("2026-11-24", lost if decision == "believed" else records)
        operated.app.poll()
    told = operated.attend(minutes=1)
    (over,) = told["ops"]
    assert over.startswith("Over after 5 h 1 min: held: 12 of 12")
    words = {
        "dropped": "A person dropped it",
        "accepted": "A person accepted it",
        "believed": "The next build said the same",
        "passed": "accident",
    }
    assert words[decision] in operated.channels["ops"].messages[-1].items[0].summary


def test_a_channel_that_refuses_and_takes_again(operated, records):
    operated.channels["team"].answer = REFUSES
    suspend(operated, records)
    operated.app.deliver()
    told = operated.attend()
    assert told == {"ops": ["Notifier team refuses us: not in the channel"]}
    whole = operated.channels["ops"].messages[-1].items[0].summary
    assert whole == "notifier team refuses us since 2026-11-20 09:20 UTC: not in the channel"
    operated.channels["team"].answer = SENT
    assert set(operated.attend(hours=1)) == {"team"}  # the probe: it takes what waited
    assert operated.attend() == {}
    (over,) = operated.attend(minutes=30)["ops"]
    assert over.startswith("Over after 1 h: notifier team refuses us")


def test_messages_that_were_given_up(operated, records):
    operated.channels["team"].answer = UNFIT
    suspend(operated, records)
    operated.app.deliver()
    assert operated.attend() == {}  # more may follow: they are told with their number
    operated.registry.publish("2026-11-24", [with_status(records[1], "SUSPENDED")])
    operated.app.poll()
    operated.app.deliver()
    assert operated.attend(minutes=5) == {"ops": ["2 deliveries to team failed"]}
    whole = operated.channels["ops"].messages[-1].items[0].summary
    assert whole == "2 deliveries to team failed: `trialbell outbox --failed` says why"
    assert operated.attend(hours=23) == {}
    (over,) = operated.attend(hours=1)["ops"]
    assert over.startswith("Over after 1 d: 2 deliveries to team failed")
    # It is over as news. That they failed is not, and is said.
    (item,) = operated.channels["ops"].messages[-1].items
    assert "2 messages given up before stay so" in item.summary


def test_what_was_tried_again_by_hand_is_over_without_a_remainder(operated, records):
    operated.channels["team"].answer = UNFIT
    suspend(operated, records)
    operated.app.deliver()
    operated.attend()
    operated.attend(minutes=5)
    operated.channels["team"].answer = SENT
    from notifiers.outbox import Outbox

    with immediate(operated.app.db):
        assert Outbox(operated.app.db).retry(None, now=operated.clock()) == 1
    assert [line[:10] for line in operated.attend(minutes=1)["ops"]] == ["Over after"]
    assert operated.channels["ops"].messages[-1].items == ()


def test_messages_that_reached_only_some(operated, records):
    operated.channels["team"].answer = Outcome(result=Result.SENT, reason="refused: one of three")
    suspend(operated, records)
    operated.app.deliver()
    assert operated.attend() == {}
    assert operated.attend(minutes=5) == {"ops": ["1 message to team did not reach everybody"]}
    whole = operated.channels["ops"].messages[-1].items[0].summary
    assert whole == "1 message to team did not reach everybody, the last: refused: one of three"
    assert operated.attend(hours=23) == {}
    assert [line[:10] for line in operated.attend(hours=1)["ops"]] == ["Over after"]
    assert "Nobody else was missed" in operated.channels["ops"].messages[-1].items[0].summary


def test_a_query_watch_that_matches_nothing_any_more(operated, records, watches, registry):
    query = watches + query_watch("stopped", status="SUSPENDED") + query_watch("never", status="WITHDRAWN")
    operated.edit(query)
    suspend(operated, records)
    assert set(operated.attend()) == {"team"}
    registry.publish("2026-11-24", [records[0]])
    operated.app.poll()
    told = operated.attend()
    assert told["ops"] == ["Watch stopped holds nothing: no trial matches its query any more"]
    registry.publish("2026-11-25", [with_status(records[0], "SUSPENDED")])
    operated.app.poll()
    assert operated.attend(days=1)["ops"] == [
        "Over after 1 d: watch stopped holds nothing: no trial matches its query any more"
    ]


def test_an_edited_query_that_matches_nothing_is_as_somebody_wrote_it(operated, records, watches):
    operated.edit(watches + query_watch("q", status="RECRUITING"))
    operated.app.poll()
    operated.edit(watches + query_watch("q", status="WITHDRAWN"))
    operated.app.poll()
    assert operated.count("select count(*) from member join watch on watch.id = watch where name = 'q'") == 0
    assert operated.attend() == {}


def test_ids_that_the_registry_does_not_have_once_two_builds_say_so(operated, watches, registry):
    both = watches + ids_watch("slip", "NCT99999991", "NCT99999992")
    operated.edit(both)
    operated.app.poll()
    assert operated.attend() == {}
    registry.publish("2026-11-23")
    operated.app.poll()
    assert operated.attend(days=3) == {"ops": ["Watch slip holds nothing: the registry has none of its ids"]}
    operated.edit(watches)  # somebody saw it, and took the watch away
    operated.app.poll()
    assert operated.attend()["ops"][0].startswith("Over after less than a minute: watch slip")


def test_a_watch_that_was_edited_and_not_swept_yet_is_not_judged(operated, records, watches, registry):
    operated.edit(watches + ids_watch("some", nct(records[0]), "NCT99999991"))
    for day in ("2026-11-23", "2026-11-24"):
        registry.publish(day)
        operated.app.poll()
    operated.edit(watches + ids_watch("some", nct(records[1]), "NCT99999991"))
    operated.app.reconcile()
    assert operated.attend() == {}


def test_ids_whose_records_were_all_taken_down(operated, records, watches, registry):
    operated.edit(watches + ids_watch("two", nct(records[0]), nct(records[1])))
    operated.app.poll()
    gone = [nct(records[0]), nct(records[1])]
    registry.publish("2026-11-23", removed=gone)
    operated.app.poll()
    assert operated.attend() == {}
    registry.publish("2026-11-24")
    operated.app.poll()
    told = operated.attend()
    assert told["ops"] == ["Watch two holds nothing: the registry has none of its ids"]
    registry.publish("2026-11-25", records[:2])
    operated.app.poll()
    assert operated.attend()["ops"][0].startswith("Over after")


def test_a_disk_that_is_nearly_full(operated, monkeypatch):
    """The file system's word is the one thing that is put in its mouth: no test fills a disk."""
    import os

    room = os.statvfs(operated.folder)
    fields = list(room[:10])
    fields[4] = 100_000_000 // room.f_frsize  # f_bavail
    with monkeypatch.context() as patched:
        patched.setattr(os, "statvfs", lambda path: os.statvfs_result(fields))
        operated.attend()
        (line,) = operated.attend(minutes=5)["ops"]
        assert line.endswith("MB are free where the database is, 200 MB are wanted")
    operated.attend()
    assert operated.attend(hours=1)["ops"][0].startswith("Over after")


def test_two_operators_are_told_and_one_that_is_broken_by_the_other(
    tmp_path, registry, watches, records, clock
):
    head = HEAD.replace('["ops"]', '["ops", "night"]')
    operated = Operated(tmp_path, registry, watches, clock=clock, head=head, tables={"night": ""})
    operated.poll()
    operated.channels["team"].answer = REFUSES
    operated.channels["ops"].answer = REFUSES
    suspend(operated, records)
    operated.app.deliver()
    told = operated.attend()
    assert set(told) == {"night"} and len(told["night"]) == 1  # of team; ops has refused it just now
    told = operated.attend()
    assert told == {"night": ["Notifier ops refuses us: not in the channel"]}
    for channel in operated.channels.values():
        channel.answer = SENT
    operated.attend(hours=1)  # the probes
    operated.attend()
    told = operated.attend(minutes=30)
    assert [line[:10] for line in told["night"]] == ["Over after"] * 2
    # What waited for the broken one came, but for what was about itself.
    texts = [message.headline for message in operated.channels["ops"].messages]
    assert [text for text in texts if "notifier ops" in text.casefold()] == []
    assert len([text for text in texts if "notifier team" in text.casefold()]) == 2
    operated.close()


def test_a_broken_channel_of_the_only_operator_stands_in_status_and_rings_nowhere(operated, records):
    operated.channels["ops"].answer = REFUSES
    operated.channels["team"].answer = REFUSES
    suspend(operated, records)
    operated.app.deliver()
    operated.attend()
    assert operated.attend() == {}
    assert operated.kinds() == ["channel", "channel"]
    about_itself = "select count(*) from message where lower(headline) like 'notifier ops%'"
    assert operated.count(about_itself) == 0
    for _ in range(5):
        assert operated.attend(hours=1) == {}
    assert operated.count("select count(*) from message where notifier = 'ops'") == 1


def test_a_notice_that_an_operators_channel_does_not_take_makes_no_chain(operated, records):
    for channel in operated.channels.values():
        channel.answer = UNFIT
    suspend(operated, records)
    operated.app.deliver()
    for _ in range(12):
        operated.attend(minutes=6)
    # One of team's delivery to ops; that it failed there is nothing that ops is told.
    assert operated.count("select count(*) from message where notifier = 'ops'") == 1
    assert operated.kinds() == ["failed", "failed"]


def test_an_operators_notifier_gets_no_trial_unless_a_route_names_it(operated, records, watches):
    suspend(operated, records)
    assert set(operated.attend()) == {"team"}
    operated.edit(watches + '[[route]]\nto = ["ops"]\nmin_severity = "critical"\n')
    operated.registry.publish("2026-11-24", [with_status(records[1], "SUSPENDED")])
    operated.app.poll()
    assert set(operated.attend()) == {"ops"}


def test_what_stands_is_told_once_over_restarts(operated, records, watches):
    operated.channels["team"].answer = REFUSES
    suspend(operated, records)
    operated.app.deliver()
    assert len(operated.attend()["ops"]) == 1
    for _ in range(3):
        operated.edit(watches)
        assert operated.attend(minutes=10) == {}
    operated.channels["team"].answer = SENT
    operated.attend(hours=1)
    operated.attend()
    operated.edit(watches)
    (over,) = operated.attend(minutes=30)["ops"]
    assert over.startswith("Over after 1 h 30 min: notifier team")


def test_without_an_operator_it_is_kept_for_status_and_said_in_the_log(
    tmp_path, registry, watches, records, clock, capsys
):
    from monitor import logs

    head = HEAD.replace('[operator]\nto = ["ops"]\n', "")
    operated = Operated(tmp_path, registry, watches, clock=clock, head=head)
    operated.poll()
    operated.channels["team"].answer = REFUSES
    operated.channels["ops"].answer = REFUSES
    suspend(operated, records)
    logs.configure()
    operated.app.deliver()
    assert operated.attend() == {}
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert sum(line["event"] == "operator" and "refuses us" in line["notice"] for line in said) == 2
    assert operated.kinds() == ["channel", "channel"]
    assert operated.count("select count(*) from message where level = 'notice'") == 0
    operated.close()


def test_a_notifier_that_left_the_configuration_is_nobodys_trouble(operated, records, watches):
    operated.channels["team"].answer = REFUSES
    suspend(operated, records)
    operated.app.deliver()
    assert len(operated.attend()["ops"]) == 1
    del operated._tables["team"], operated.channels["team"]
    operated.edit(watches + '[[route]]\nto = ["ops"]\n')
    operated.attend()
    (over,) = operated.attend(minutes=30)["ops"]
    assert over.startswith("Over after")


def test_a_check_tells_at_its_end_what_the_service_would(operated, records):
    from monitor.requests import Request

    operated.channels["team"].answer = REFUSES
    operated.registry.publish("2026-11-23", [with_status(records[0], "SUSPENDED")])
    answer = operated.app.answer(Request(row=0, kind="check", arguments={}))
    assert answer["told"]["notices"] == [
        "notifier team refuses us since 2026-11-20 09:20 UTC: not in the channel"
    ]
    assert operated.heard()["ops"] == ["Notifier team refuses us: not in the channel"]
    assert operated.app.answer(Request(row=0, kind="check", arguments={}))["told"]["notices"] == []


def test_health_has_what_stands_since_when_and_whether_it_was_told(operated, records):
    from monitor.health import health_json
    from monitor.schedule import Service

    operated.channels["team"].answer = REFUSES
    suspend(operated, records)
    operated.app.deliver()
    operated.attend()
    shown = health_json(
        Service(operated.app).look().health(operated.app.db, operated.clock()), at=operated.clock()
    )
    (one,) = shown["conditions"]
    assert (one["kind"], one["subject"], one["since"]) == ("channel", "team", "2026-11-20T09:20:00Z")
    assert one["told_at"] == "2026-11-20T09:20:00Z" and one["clear_since"] is None
    assert one["text"] in shown["problems"]
    assert shown["ping"] is None
