"""`trialbell routes`: each route in words, and where an event goes, with nothing sent and nothing stored."""

from __future__ import annotations

import copy
import json
import re
from contextlib import closing
from datetime import UTC, datetime

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.small_records import small_record
from inline_snapshot import snapshot

from monitor.database import open_for_writing
from notifiers.message import Level, Message
from notifiers.outbox import Outbox
from snapshots.database import immediate

TRIAL = "NCT00000001"
CONFIG = """\
[store]
path = "t.db"
[registries.ctgov]
url = "{url}"
requests_per_minute = 100000
[[watch]]
name = "two"
ids = ["NCT00000001", "NCT00000002"]
[notifiers.team]
type = "jsonl"
path = "team.jsonl"
[notifiers.log]
type = "jsonl"
path = "log.jsonl"
"""
ROUTES = """\
[[route]]
to = ["team"]
watches = ["two"]
min_severity = "major"
[[route]]
to = ["team", "log"]
tags = ["sites"]
countries = ["PL", "France"]
except_fields = ["central-contacts"]
[[route]]
to = ["log"]
fields = ["overall-status"]
phases = ["phase 3"]
sponsors = ["Novartis"]
status_before = ["recruiting"]
status_after = ["suspended", "terminated"]
digest = "mon 08:00"
"""


def suspended(record):
    new = copy.deepcopy(record)
    new["protocolSection"]["statusModule"] |= {"overallStatus": "SUSPENDED", "whyStopped": "Supply ran out"}
    return new


@pytest.fixture
def registry():
    with LoopbackRegistry([small_record(TRIAL), small_record("NCT00000002")], day="2026-11-20") as running:
        yield running


@pytest.fixture
def polled(terminal, registry):
    """Polled twice, with a stop of one of two trials in between."""
    terminal.write("config.toml", CONFIG.format(url=registry.url) + ROUTES)
    assert terminal.run("check").code == 0
    registry.publish("2026-11-23", [suspended(small_record(TRIAL))])
    assert terminal.run("check").code == 0
    return terminal


def timeless(text):
    """Without the moments and the user of this run."""
    text = re.sub(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC", "THEN", text)
    return re.sub(r"Z by \S+\s+on\s+the\s+command\s+line", "Z", text)


EVENT = f"ctgov:{TRIAL}:changed:1-2"


def test_each_route_in_words(terminal, registry):
    terminal.write("config.toml", CONFIG.format(url=registry.url) + ROUTES)
    ran = terminal.run("routes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == snapshot("""\
1  → team
   what is major or critical, held by “two”
2  → team, log
   everything from minor up, tagged sites, concerning Poland or France, leaving out the field
   central-contacts
3  → log, in a digest (mon 08:00)
   everything from minor up, sponsored by “Novartis”, in phase 3, in a trial that was recruiting, in
   a trial that is suspended or terminated, for a change of overall-status
""")
    assert [(one["route"], one["line"], one["to"]) for one in terminal.run("routes", "--json").values] == [
        (1, 15, ["team"]),
        (2, 19, ["team", "log"]),
        (3, 24, ["log"]),
    ]
    terminal.write("config.toml", CONFIG.format(url=registry.url))
    assert terminal.run("routes").err == snapshot(
        "no [[route]] in the configuration: every notifier gets everything from minor up\n"
    )
    terminal.write("config.toml", CONFIG.format(url=registry.url) + '[[route]]\nto = ["team"]\n')
    assert terminal.run("routes").err == snapshot("log: no route names it, it gets nothing\n")


def test_an_event_says_where_it_went_and_why_not_elsewhere(polled):
    ran = polled.run("routes", "test", EVENT)
    assert (ran.code, ran.err) == (0, "")
    assert timeless(ran.out) == snapshot("""\
!! critical NCT00000001  Recruiting → Suspended: Supply ran out
            Study NCT00000001
            THEN · two · build of 2026-11-23
            ctgov:NCT00000001:changed:1-2
✓ team
    sent THEN
    by today's file, mutes and snoozes it would be told at once
    route 1 takes it: critical, held by “two”
    route 2 does not: it bears none of the tags: sites
✗ log
    route 2 does not: it bears none of the tags: sites
    route 3 does not: its lead sponsor is “A Hospital”, the route is for “Novartis”
""")
    (value,) = polled.run("routes", "test", EVENT, "--json").values
    assert (value["event"], value["reaches"], value["silent"]) == (EVENT, ["team"], [])
    team, log = value["notifiers"]
    assert (team["goes"], team["delivery"]["state"]) == (True, "sent")
    assert (log["goes"], log["delivery"]) == (False, None)
    assert team["decisions"][0] == snapshot({"route": 1, "goes": True, "reason": "critical, held by “two”"})


def test_an_event_is_named_by_its_trial_or_by_two_versions_too(polled):
    by_id = polled.run("routes", "test", EVENT).out
    assert polled.run("routes", "test", TRIAL).out == by_id
    assert polled.run("routes", "test", f"{TRIAL}@1..2").out == by_id
    assert polled.run("routes", "test", "--from", f"{TRIAL}@1", "--to", f"{TRIAL}@2").out == by_id
    backwards = polled.run("routes", "test", f"{TRIAL}@2..1", "--json").values[0]
    assert backwards["event"] is None and "Suspended → Recruiting" in backwards["headline"]


def test_two_files_need_no_database(terminal, registry):
    terminal.write("config.toml", CONFIG.format(url=registry.url) + ROUTES)
    terminal.write("old.json", json.dumps(small_record(TRIAL)))
    terminal.write("new.json", json.dumps(suspended(small_record(TRIAL))))
    files = ("routes", "test", "--from", "old.json", "--to", "new.json")
    assert terminal.run(*files, "--json").values[0]["reaches"] == []
    assert terminal.run(*files, "--exit-code").code == 1
    ran = terminal.run(*files, "--watch", "two", "--exit-code")
    assert ran.code == 0 and "route 1 takes it: critical, held by “two”" in ran.out
    assert not (terminal.folder / "t.db").exists() and registry.requests() == []


def test_a_file_tells_where_its_sites_are(terminal, registry):
    only = (
        '[[route]]\nto = ["team"]\ncountries = ["Switzerland"]\n[[route]]\nto = ["log"]\ncountries = ["PL"]\n'
    )
    terminal.write("config.toml", CONFIG.format(url=registry.url) + only)
    terminal.write("old.json", json.dumps(small_record(TRIAL)))
    terminal.write("new.json", json.dumps(suspended(small_record(TRIAL))))
    (value,) = terminal.run("routes", "test", "--from", "old.json", "--to", "new.json", "--json").values
    assert [one["decisions"][0]["reason"] for one in value["notifiers"]] == snapshot(
        ["critical, with sites in Switzerland", "no site in Poland: it has sites in France and Switzerland"]
    )


def test_overrides_mutes_and_notifiers_that_left_are_named(polled, registry):
    routes = '[[route]]\nto = ["log"]\nmin_severity = "critical"\n[severity]\noverall-status = "minor"\n'
    text = CONFIG.format(url=registry.url).replace("[notifiers.team]", "[notifiers.crew]") + routes
    polled.write("config.toml", text)
    assert polled.run("mute", TRIAL, "--until", "2099-01-01").code == 0
    out = polled.run("routes", "test", EVENT).out
    assert timeless(out).splitlines()[3:] == snapshot(
        [
            "            ctgov:NCT00000001:changed:1-2",
            "            overall-status is minor by your configuration, critical by itself",
            "            would be told to nobody now: trial NCT00000001 muted until 2099-01-01T00:00:00Z",
            "✗ crew",
            "    no route names this notifier",
            "✗ log",
            "    route 1 takes it: critical",
            "✓ team  left config.toml",
            "    sent THEN",
        ]
    )
    (value,) = polled.run("routes", "test", EVENT, "--json").values
    assert value["reaches"] == [] and value["overridden"] == snapshot(
        [{"field": "overall-status", "computed": "critical", "own": "minor"}]
    )
    assert [(one["notifier"], one["configured"]) for one in value["notifiers"]] == [
        ("crew", True),
        ("log", True),
        ("team", False),
    ]
    assert polled.run("routes", "test", EVENT, "--exit-code").code == 1


def test_asking_sends_nothing_and_stores_nothing(polled, registry):
    """Nor does comparing by hand."""
    polled.write("config.toml", CONFIG.format(url=registry.url))  # everything goes everywhere now
    with closing(open_for_writing(polled.folder / "t.db")) as db:
        before = list(db.conn.iterdump())
        sent = [(polled.folder / name).read_bytes() for name in ("team.jsonl",)]
        for arguments in (
            ("routes", "test", TRIAL),
            ("routes", "test", f"{TRIAL}@2..1"),
            ("routes", "test", "--from", f"{TRIAL}@1", "--to", TRIAL),
            ("diff", TRIAL),
            ("diff", f"{TRIAL}@1", f"{TRIAL}@2"),
        ):
            assert polled.run(*arguments).code in (0, 1), arguments
        assert list(db.conn.iterdump()) == before
    assert [(polled.folder / name).read_bytes() for name in ("team.jsonl",)] == sent
    assert polled.run("check").code == 0  # nor did they leave anything to be sent
    assert not (polled.folder / "log.jsonl").exists()


def test_what_was_delivered_is_not_said_to_go_nowhere(polled, registry):
    """The file of today would not tell of it: that comes second."""
    only = '[[route]]\nto = ["log"]\nmin_severity = "critical"\n'
    polled.write("config.toml", CONFIG.format(url=registry.url) + only)
    out = timeless(polled.run("routes", "test", EVENT).out)
    assert "✓ team\n    sent THEN\n    by today's file, mutes and snoozes it would not be told\n" in out
    assert "✗" not in out


def test_what_came_before_its_digest_says_what_it_came_along_with(polled, registry):
    both = '[[route]]\nto = ["team"]\nmin_severity = "critical"\n[[route]]\nto = ["team"]\ndigest = "mon 08:00"\n'
    text = CONFIG.format(url=registry.url) + both
    polled.write("config.toml", text)
    calm = suspended(small_record(TRIAL))
    calm["protocolSection"]["identificationModule"]["briefTitle"] = "Another title"
    registry.publish("2026-11-24", [calm])
    assert polled.run("check").code == 0
    event = f"ctgov:{TRIAL}:changed:2-3"
    out = polled.run("routes", "test", event).out
    assert "→ team\n    waiting since " in out
    with closing(open_for_writing(polled.folder / "t.db")) as db, immediate(db):
        # As `Maker` does it where one of a trial cannot wait (a channel that holds many).
        outbox, now = Outbox(db), datetime.now(UTC)
        outbox.enqueue("e2", "team", thread=f"ctgov:{TRIAL}", order=99, due_at=now, now=now, urgent=True)
        ids = [one.id for one in outbox.waiting("team", f"ctgov:{TRIAL}")]
        outbox.put(Message(id="m1", headline="Stopped", level=Level.CRITICAL, order=99), "team", ids, now=now)
        outbox.claim("team", now)
        outbox.settle("m1", {}, now)
    out = polled.run("routes", "test", event).out
    assert "✓ team\n    sent " in out and "along with an alert that could not wait (Stopped)\n" in out
    (value,) = polled.run("routes", "test", event, "--json").values
    assert value["notifiers"][0]["delivery"]["along"] == "Stopped"


def test_a_trial_to_which_nothing_happened_says_why_there_was_no_alert(polled, registry):
    noisy = small_record("NCT00000002")
    noisy["protocolSection"]["statusModule"]["statusVerifiedDate"] = "2026-11"
    registry.publish("2026-11-24", [noisy])
    assert polled.run("check").code == 0
    polled.run("mute", "--watch", "two", "--until", "2099-01-01")
    ran = polled.run("routes", "test", "NCT00000002", "--exit-code")
    assert ran.code == 0
    assert timeless(ran.out) == snapshot("""\
NCT00000002  no alert: nothing happened to it yet that is told
    watched by “two” since THEN
    last poll THEN, build of 2026-11-24
    2 versions stored, the first in the build of 2026-11-20, a silent first look
    1 version holds nothing but noise: 2 (build of 2026-11-24)
    watch two muted until 2099-01-01T00:00:00Z
""")
    assert ran.err.startswith("`trialbell routes test --from NCT00000002@r1")
    (value,) = polled.run("routes", "test", "NCT00000002", "--json").values
    assert [(one["version"], one["quiet"]) for one in value["versions"]] == [(1, False), (2, True)]
    assert (value["event"], value["watches"][0]["state"], value["build"][:10]) == (None, "in", "2026-11-24")


def test_a_trial_that_is_watched_and_not_there_yet_is_known(polled, registry):
    polled.run("watch", "add", "NCT00000009")
    ran = polled.run("routes", "test", "NCT00000009")
    assert ran.code == 0 and "nothing is stored of it yet" in ran.out
    assert "named, and not polled yet, by “" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name an event or a trial"),
        (("--from", "old.json"), "two records are needed"),
        ((TRIAL, "--to", "a.json"), "name an event or a trial"),
        (("ctgov:NCT00000001:changed:7-8",), "no such event: `ctgov:NCT00000001:changed:7-8`"),
        (("NCT00000003",), "nothing is known of it: `NCT00000003`"),
        ((f"{TRIAL}@1..9",), "no such version is stored"),
        (("a.json",), "one record is no event: `a.json`"),
        ((TRIAL, "--watch", "tow"), "no such watch: `tow`"),
    ],
)
def test_wrong_use_is_one_line(polled, arguments, words):
    ran = polled.run("routes", "test", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err and len(ran.err.splitlines()) <= 2, ran.err
