"""What waits, and why: `check`, `outbox` and `status` tell what waits by plan from what a channel holds up."""

from __future__ import annotations

import copy
import json
import re
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, recruiting, timeless
from doubles.webhook_receiver import SECRET, Says, WebhookReceiver

from monitor.database import open_for_writing
from notifiers.message import Level, Message
from notifiers.outbox import Outbox
from snapshots.database import immediate

DIGEST = '[[route]]\nto = ["log"]\ndigest = "mon 08:00"\n'
LOG = '[notifiers.log]\ntype = "jsonl"\npath = "alerts.jsonl"\n'


def closed(record):
    new = copy.deepcopy(record)
    new["protocolSection"]["statusModule"]["overallStatus"] = "ACTIVE_NOT_RECRUITING"
    return new


@pytest.fixture
def records():
    return [timeless(recruiting(number)) for number in range(1, 5)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def place(terminal, registry, records):
    """Polled once; `place.configure` writes what else the file holds."""

    def configure(more):
        terminal.write(
            "config.toml",
            f'[store]\npath = "t.db"\n[registries.ctgov]\nurl = "{registry.url}"\nrequests_per_minute = 100000\n'
            f'[[watch]]\nname = "four"\nids = {json.dumps([nct(one) for one in records])}\n{more}',
        )

    terminal.configure = configure
    configure(LOG)
    assert terminal.run("check").code == 0
    return terminal


@pytest.fixture
def receiver(monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    with WebhookReceiver() as running:
        monkeypatch.setenv("HOOK_URL", running.url)
        yield running


HOOK = '[notifiers.hook]\ntype = "webhook"\nurl = "${HOOK_URL}"\nsecrets = ["${HOOK_SECRET}"]\n'
THEN = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC")


def then(text):
    return THEN.sub("THEN", text)


def test_what_waits_for_a_digest_is_said_and_no_trouble(place, registry, records):
    place.configure(LOG + DIGEST)
    registry.publish("2026-11-23", [closed(one) for one in records])
    ran = place.run("check")
    assert ran.code == 0
    assert "log: 4 wait, the next at THEN (digest mon 08:00)" in then(ran.err)
    assert "held up" not in ran.err
    assert place.run("check").code == 0  # nor an hour later


def test_what_a_channel_did_not_take_is_trouble_beside_what_waits_by_plan(place, registry, records):
    place.configure(LOG + DIGEST + '[[route]]\nto = ["log"]\nmin_severity = "critical"\n')
    registry.publish("2026-11-23", [closed(records[0])])
    assert place.run("check").code == 0
    stopped = copy.deepcopy(records[1])
    stopped["protocolSection"]["statusModule"] |= {"overallStatus": "SUSPENDED", "whyStopped": "Supply"}
    registry.publish("2026-11-24", [stopped])
    (place.folder / "alerts.jsonl").mkdir()
    ran = place.run("check")
    assert ran.code == 3
    assert "log: 1 held up (`trialbell outbox` says why)" in ran.err
    assert "log: 1 waits until THEN (digest mon 08:00)" in then(ran.err)


def test_the_outbox_says_of_each_what_it_is_and_why_it_waits(place, registry, records):
    place.configure(LOG + DIGEST)
    registry.publish("2026-11-23", [closed(records[0])])
    place.run("check")
    head, number, why = place.run("outbox").out.splitlines()
    assert head.endswith(f"{nct(records[0])}: Recruiting → Active, not recruiting")
    assert number.split() == ["delivery", "1"]  # never tried: no next try
    assert then(why).strip() == "waits for the digest of mon 08:00 (THEN)"
    (value,) = place.run("outbox", "--json").values
    assert value["headline"].startswith(nct(records[0])) and value["digest"] == "mon 08:00"
    assert then(value["why"]) == "waits for the digest of mon 08:00 (THEN)"
    # A reason of its own comes first.
    soon = datetime.now(UTC) + timedelta(days=1)
    words = f"quiet hours until {soon:%Y-%m-%d %H:%M} UTC"
    with closing(open_for_writing(place.folder / "t.db")) as db, immediate(db):
        Outbox(db).put_off([1], soon, reason=words)
    assert place.run("outbox").out.splitlines()[2].strip() == words


def test_what_is_behind_a_channel_that_refuses_us_says_so(place, registry, records, receiver):
    place.configure(HOOK)
    receiver.always = Says(401)
    for day, record in (("2026-11-23", records[0]), ("2026-11-24", records[1])):
        registry.publish(day, [closed(record)])
        assert place.run("check").code == 3
    lines = place.run("outbox").out.splitlines()
    assert nct(records[1]) in lines[0] and "attempt" not in lines[1] and "next try" not in lines[1]
    assert then(lines[2]).strip().startswith("behind: hook refuses us since THEN: the receiver")
    assert "1 attempt" in lines[4] and "401" in lines[5]


def test_what_is_shown_is_what_drop_and_retry_take(place, registry, records):
    place.configure(LOG + DIGEST)
    registry.publish("2026-11-23", [closed(one) for one in records])
    place.run("check")
    assert place.run("outbox", "drop", "delivery 1").err == "1 dropped\n"
    assert place.run("outbox", "drop", "2", "delivery", "3").err == "2 dropped\n"
    assert [one["deliveries"] for one in place.run("outbox", "--json").values] == [[4]]
    again = place.run("outbox", "drop", "4", "2")
    assert (again.code, again.err) == (2, "error: not dropped: delivery `2` is dropped already\n")
    assert len(place.run("outbox", "--json").values) == 1  # all or none
    ran = place.run("outbox", "retry", "4")
    assert ran.code == 2 and "it was not tried yet: delivery `4`" in ran.err and "hint: " in ran.err
    ran = place.run("outbox", "drop", "83")
    assert ran.code == 2 and "no such delivery: `83`" in ran.err


def test_of_a_delivery_in_a_message_the_message_is_named_or_tried(place, registry, records):
    (place.folder / "alerts.jsonl").mkdir()
    registry.publish("2026-11-23", [closed(records[0])])
    assert place.run("check").code == 3
    (row,) = place.run("outbox", "--json").values
    ran = place.run("outbox", "drop", "1")
    assert ran.code == 2 and f"hint: `trialbell outbox drop {row['message']}`" in ran.err
    (place.folder / "alerts.jsonl").rmdir()
    assert place.run("outbox", "retry", "1").code == 0
    assert place.run("check").code == 0


def test_status_counts_what_tells_of_no_event_too_and_says_what_is_muted(place, registry, records):
    assert "messages" not in place.run("status").out
    now = datetime(2026, 11, 20, tzinfo=UTC)
    with closing(open_for_writing(place.folder / "t.db")) as db, immediate(db):
        Outbox(db).put(Message(id="m1", headline="A first look", level=Level.MINOR, order=0), "log", now=now)
    words = "\nmessages    of no event (first looks, notices): "
    assert words + "0 sent, 1 to be sent\n" in place.run("status").out
    assert place.run("check").code == 0
    out = place.run("status").out
    assert "\nevents      0 to be told, 0 told, 0 failed, 0 dropped\n" in out
    assert words + "1 sent\n" in out and "muted" not in out
    for one in records[:2]:
        place.run("mute", nct(one))
    place.run("mute", "--watch", "four")
    place.run("snooze", nct(records[2]), "--until", "3d")
    assert (
        "\nmuted       2 trials, 1 watch; snoozed: 1 trial (`trialbell mute` lists them)\n"
        in place.run("status").out
    )
    (value,) = place.run("status", "--json").values
    assert value["silenced"] == {"mute": 3, "snooze": 1}
    assert value["outbox"]["others_sent"] == 1


def test_status_says_what_a_channel_that_is_not_reached_holds_up(place, registry, records, receiver):
    place.configure(HOOK)
    receiver.always = Says(503, headers=(("retry-after", "600"),))
    registry.publish("2026-11-23", [closed(records[0])])
    assert place.run("check").code == 3
    ran = place.run("status")
    assert ran.code == 0  # nothing that needs a person yet
    assert "\nnotice      hook: 1 waits, the receiver" in ran.out
    assert re.search(r"\(since THEN, next try (\d{4}-\d\d-\d\d )?\d\d:\d\d\)\n", then(ran.out))
    assert ran.err == "nothing needs a person yet: hook is tried again by itself\n"
    (value,) = place.run("status", "--json").values
    assert value["unreached"] == ["hook"]


def test_status_says_what_is_not_well_once(place, registry, records, receiver):
    place.configure(HOOK)
    receiver.always = Says(401)
    registry.publish("2026-11-23", [closed(records[0])])
    place.run("check")
    for arguments in (("status",), ("status", "--quiet")):
        ran = place.run(*arguments)
        assert ran.code == 3
        assert (ran.out + ran.err).count("hook refuses us") == 1
        (line,) = [line for line in ran.err.splitlines() if "hook refuses us" in line]
        assert (line.count("since") == 1 and " (told at " in line) or " (not told yet" in line


def test_status_shows_how_it_goes_beside_a_file_that_is_wrong(place):
    before = place.run("status").out
    path = place.folder / "config.toml"
    right = path.read_text()
    path.write_text(right + '[[route]]\nto = ["lgo"]\n')
    ran = place.run("status")
    assert (ran.code, ran.out) == (2, before)
    assert "`to` names an unknown notifier" in ran.err and "hint: did you mean `log`?" in ran.err
    (value,) = place.run("status", "--json").values
    assert value["watches"][0]["name"] == "four" and "lgo" in value["config"][0]
    path.write_text(right.replace('path = "t.db"', 'path = "elsewhere.db"') + "[nonsense]\n")
    ran = place.run("status")  # nothing there to be shown
    assert (ran.code, ran.out) == (2, "") and "nonsense" in ran.err
    path.write_text(right + "[[")
    assert place.run("status", "--db", "t.db").code == 2


def test_doctor_shows_what_a_channel_said_when_it_was_last_tried(place, registry, records, receiver):
    place.configure(HOOK)
    receiver.always = Says(401)
    registry.publish("2026-11-23", [closed(records[0])])
    place.run("check")
    ran = place.run("doctor")
    assert ran.code == 3
    assert "ok   notifier hook: webhook: the receiver can be reached" in ran.out
    assert "BAD  notifier hook: notifier hook refuses us since THEN: the receiver" in then(ran.out)
    receiver.always = Says(503, headers=(("retry-after", "600"),))
    place.run("outbox", "retry")
    place.run("check")
    assert "\n-    notifier hook: hook: 1 waits, the receiver" in place.run("doctor").out


def test_notify_says_what_became_of_it_and_names_doctor_only_where_that_finds_something(place, receiver):
    place.configure(HOOK)
    receiver.always = Says(401)
    ran = place.run("notify", "hook")
    assert ran.code == 3
    (line,) = ran.err.splitlines()  # a look finds it well: no hint
    assert line.startswith("error: hook: it refuses us: the receiver")
    receiver.always = Says(503, headers=(("retry-after", "600"),))
    ran = place.run("notify", "hook")
    assert ran.err.startswith("error: hook: not delivered: the receiver") and "later" not in ran.err


def test_notify_to_nobody_there_says_what_doctor_finds(place, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("HOOK_URL", "http://127.0.0.1:9/sesame")
    place.configure(HOOK)
    ran = place.run("notify", "hook")
    assert ran.code == 3
    first, hint = ran.err.splitlines()
    assert first.startswith("error: hook: not delivered: ")
    assert hint.startswith("hint: `trialbell doctor` finds: webhook: the receiver cannot be reached")
    assert "sesame" not in ran.err


def test_check_marks_what_is_muted_and_snoozed(place, registry, records):
    place.run("mute", nct(records[0]))
    place.run("snooze", nct(records[1]), "--until", "2999-01-01")
    registry.publish("2026-11-23", [closed(one) for one in records[:3]])
    lines = place.run("check").out.splitlines()
    first = {trial: line for line in lines for trial in map(nct, records) if f" {trial}  " in line}
    assert first[nct(records[0])].endswith("  (muted)")
    assert first[nct(records[1])].endswith("  (snoozed until 2999-01-01 00:00 UTC)")
    assert first[nct(records[2])].endswith("Active, not recruiting")
