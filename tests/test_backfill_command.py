"""`trialbell backfill` as a person runs it: alone, beside a service, stopped and started again; and what it shows."""

from __future__ import annotations

import json
import signal
import threading
from contextlib import closing
from datetime import UTC, date, datetime

import pytest
from doubles.command_process import PATIENCE, Place
from doubles.ctgov import Fault
from doubles.pasts import line, on, submitted, with_pasts
from doubles.plain_edits import nct, with_status

from monitor import requests
from monitor.database import open_for_reading, open_for_writing
from snapshots.database import immediate

LINES = [line(number, 5) for number in (1, 2, 3)]
ONE, TWO, THREE = (nct(versions[-1]) for versions in LINES)
ALL = [ONE, TWO, THREE]


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    made.registry.publish("2026-11-21", [versions[-1] for versions in LINES])
    with_pasts(made.registry, *LINES)
    made.configure(*ALL)
    yield made
    made.close()


@pytest.fixture
def here(terminal, place):
    """Commands in this process, in the same folder."""
    assert terminal.run("check").code == 0
    place.registry.forget()
    return terminal


def archive_requests(place):
    return len(place.registry.requests("/api/int/*"))


def test_everything_watched_gets_its_past(here, place):
    ran = here.run("backfill", "--json")
    assert ran.code == 0
    assert [(one["trial"], one["state"], one["stored"], one["changes"]) for one in ran.values] == [
        (trial, "done", 5, 4) for trial in ALL
    ]
    assert "3 trials: about 15 requests, which takes about a minute" in ran.err
    assert ran.err.splitlines()[-1] == "3 trials: 15 versions stored, 12 change sets"
    assert archive_requests(place) == 3 + 15
    again = here.run("backfill", "--json")
    assert again.values == ran.values  # done less than a day ago: as after a kill
    assert again.err.splitlines()[-1] == "3 trials: nothing new; 15 versions stored, 12 change sets before"
    assert f"{ONE}  nothing new: 5 versions stored, 4 change sets before" in here.run("backfill").out
    dry = here.run("backfill", "--dry-run")
    assert (dry.code, dry.out) == (0, "")
    assert dry.err == "3 trials: nothing would be asked for, all of it is stored\n"
    assert archive_requests(place) == 18
    assert not (place.folder / "alerts.jsonl").exists() or not place.alerts()


def test_what_was_brought_is_found_as_of_its_days(here):
    day = str(submitted(LINES[0][0]))
    assert here.run("search", ONE, "--as-of", day).out == ""
    assert here.run("backfill").code == 0
    ran = here.run("search", ONE, "--as-of", day, "--json")
    assert [(hit["source"], hit["version"]) for hit in ran.values] == [("archive", 1)]
    assert ran.err == ""  # nothing waits to be indexed


def test_one_watch_one_trial_or_none(here, place):
    assert [one["trial"] for one in here.run("backfill", TWO, "--json").values] == [TWO]
    assert [one["trial"] for one in here.run("backfill", "mine", "--json").values] == ALL
    assert archive_requests(place) == 18
    for wrong, message, hint in (
        (["NCT99999999"], "no watch holds `NCT99999999`", "`trialbell watch add NCT99999999`"),
        (["mien"], "neither a watch nor an id: `mien`", "mine"),
        (["mine", ONE], "watches and ids at once", "one `trialbell backfill` for each kind"),
        (["--since", "2026-13-01"], "no such day: `2026-13-01`", "write it as 2026-01-31"),
        (["--since", "2999-01-01"], "a day yet to come: `2999-01-01`", "a day of the past"),
        (["--limit", "0"], "invalid value for '--limit'", ""),
    ):
        ran = here.run("backfill", *wrong)
        assert ran.code == 2
        assert message in ran.err and hint in ran.err


def test_nothing_watched_is_one_line(terminal, tmp_path):
    terminal.write("config.toml", '[store]\npath = "t.db"\n')
    ran = terminal.run("backfill")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "error: nothing is watched")


def test_ids_that_no_poll_has_seen_get_their_past_too(terminal, place):
    ran = terminal.run("backfill", ONE)
    assert ran.code == 0, ran.err
    assert terminal.run("history", ONE, "--json").values[0]["source"] == "archive"
    shown = terminal.run("diff", ONE)  # only the archive is stored: the registry's own last two versions
    assert shown.code == 1
    assert "Suspended → Recruiting" in shown.out
    first = terminal.run("check")  # a first look all the same
    assert (first.code, place.alerts()) == (0, [])
    assert "first look at mine: 3 trials, none told" in first.err
    assert terminal.run("history", ONE, "--json").values[0]["source"] == "snapshot"


def test_a_dry_run_says_what_it_would_ask_for_and_stores_nothing(here, place):
    here.run("backfill", TWO)
    before = archive_requests(place)
    ran = here.run("backfill", "--dry-run", "--limit", "2")
    assert ran.code == 0
    assert ran.out.splitlines()[0] == f"{ONE}  3 versions of the registry's 5 to ask for"
    assert ran.out.splitlines()[1] == f"{TWO}  0 versions of the registry's 5 to ask for"
    assert (
        ran.err.splitlines()[-1]
        == "3 trials: about 9 requests, which takes about a minute; nothing was stored"
    )
    assert archive_requests(place) == before + 3
    assert len(here.run("history", ONE, "--json").values) == 1


def test_bounds(here, place):
    ran = here.run("backfill", ONE, "--limit", "1", "--json")
    assert (ran.values[0]["versions"], ran.values[0]["stored"], ran.values[0]["changes"]) == (5, 2, 0)
    ran = here.run("backfill", ONE, "--since", "2025-04-01", "--json")
    assert (ran.values[0]["stored"], ran.values[0]["changes"]) == (
        2,
        2,
    )  # from the third, which stood on that day
    ran = here.run("backfill", ONE, "--limit", "1")
    assert "nothing new" in ran.out


def test_since_takes_a_span(here):
    ran = here.run("backfill", ONE, "--since", "30d", "--json")
    assert ran.values[0]["stored"] == 2  # what stood then, and the first


def test_what_retention_would_take_at_once_is_not_brought(here, place):
    """The fourth version was replaced on the fifth's day; the span begins between the two before."""
    days = (datetime.now(UTC).date() - date.fromisoformat(submitted(LINES[0][3]))).days
    text = (place.folder / "config.toml").read_text()
    here.write("config.toml", text.replace("[store]\n", f'[store]\nkeep_versions_for = "{days}d"\n', 1))
    dry = here.run("backfill", ONE, "--dry-run")
    assert dry.err.startswith("not brought: what was replaced before 2025-")
    assert "2 versions of the registry's 5 to ask for" in dry.out
    ran = here.run("backfill", ONE, "--json")
    assert ran.err.startswith("not brought: what was replaced before 2025-")
    assert ran.values[0]["stored"] == 2
    assert here.run("retention").out.startswith("0 versions")


def test_a_watch_that_no_poll_has_seen_holds_nothing(terminal, place):
    text = (place.folder / "config.toml").read_text()
    head = text[: text.index("[[watch]]")]
    terminal.write("config.toml", head + '[[watch]]\nname = "q"\nquery = { cond = "ALS" }\n')
    ran = terminal.run("backfill", "q")
    assert (ran.code, ran.out) == (0, "")
    assert "run `trialbell check` first" in ran.err


def test_a_trial_set_aside_is_told_and_tried_again(here, place):
    place.registry.archive.remove(TWO)
    ran = here.run("backfill")
    assert ran.code == 3
    assert f"{TWO}  set aside: the registry keeps no history of this record: `{TWO}`" in ran.out.splitlines()
    assert "; 1 trial set aside" in ran.err
    status = here.run("status")
    assert status.code == 0, status.err  # the watching is well
    assert "backfill    1 trial set aside: `trialbell backfill` tries again" in status.out
    assert here.run("status", "--json").values[0]["backfill"] == {
        "waiting": 0,
        "requests": 0,
        "done": 2,
        "aside": 1,
        "reasons": [{"trial": TWO, "reason": f"the registry keeps no history of this record: `{TWO}`"}],
        "paused": None,
    }
    with_pasts(place.registry, LINES[1])
    assert here.run("backfill").code == 0
    assert "backfill" not in here.run("status").out


def test_a_registry_that_is_down_is_exit_code_3_and_resumed(here, place):
    place.registry.misbehave(Fault.broken(404), times=None, path=f"/api/int/studies/{TWO}/history/3")
    place.registry.misbehave(Fault.forbidden(), times=None, path="/api/v2/version")
    place.registry.misbehave(Fault.forbidden(), times=None, path=f"/api/int/studies/{TWO}/history/2")
    ran = here.run("backfill")
    assert ran.code == 3
    assert "refused this client" in ran.err and "goes on from there" in ran.err
    status = here.run("status")
    assert "backfill    2 trials to go, about 8 requests" in status.out
    assert "paused until" in status.out
    place.registry.behave()
    place.registry.forget()
    assert here.run("backfill").code == 0
    assert archive_requests(place) == 8
    assert "paused" not in here.run("status").out


def test_dropped_it_asks_for_no_more(here, place):
    place.registry.misbehave(Fault.forbidden(), times=None)
    here.run("backfill")
    assert "3 trials let go" in here.run("backfill", "--drop").err
    assert "nothing waits" in here.run("backfill", "--drop").err
    assert "backfill" not in here.run("status").out


def test_both_lines_read_as_one(here, place):
    newer = on(with_status(LINES[0][-1], "COMPLETED"), date(2026, 11, 19), count=140)
    place.registry.publish("2026-11-23", [newer])
    here.run("check")
    here.run("backfill")
    marks = [shown[:8].strip() for shown in here.run("history", ONE).out.splitlines()]
    assert [mark for mark in marks if mark != "-"] == ["2 = r6", "1 = r5", "r4", "r3", "r2", "r1"]
    values = here.run("history", ONE, "--json").values
    assert len(values) == 8  # every version is there
    assert [one["equal_to"] for one in values if one["source"] == "snapshot"] == [
        {"source": "archive", "version": 6},
        {"source": "archive", "version": 5},
    ]
    field = here.run("field", ONE, "enrollment", "--json").values
    assert [(one["day"], one["before"], one["after"]) for one in field] == [
        ("2025-01-01", None, {"count": 100, "type": "ESTIMATED"}),  # as it came; the others as they are told
        *(
            (
                submitted(LINES[0][step]),
                f"{99 + step} ESTIMATED",
                f"{100 + step} ESTIMATED",
            )
            for step in range(1, 5)
        ),
        ("2026-11-19", "104 ESTIMATED", "140 ESTIMATED"),  # submitted; seen on 2026-11-23
    ]
    assert "the registry's version 3, submitted 2025-03-02" in here.run("show", f"{ONE}@r3").out
    assert "the registry's version 3" in here.run("show", f"{ONE}@2025-03-05").out
    assert here.run("diff", f"{ONE}@r5", f"{ONE}@1").code == 0  # the seam
    across = here.run("diff", f"{ONE}@r1", f"{ONE}@2")
    assert across.code == 1 and "Recruiting → Completed" in across.out
    changes = here.run("changes", "--archive", "--trial", ONE)
    assert "submitted 2025-01-31, the registry's r1 → r2" in changes.out
    assert "the registry's r" not in here.run("changes", "--trial", ONE).out


def test_beside_a_service_the_service_does_it_with_the_same_words_and_code(place, tmp_path, terminal):
    service = place.start("run", "--no-web")
    service.until('"polled"')
    place.registry.archive.remove(TWO)
    command = place.start("backfill", "--json")
    assert command.end() == 3
    assert any(f"process {service.child.pid}" in said and "does it" in said for said in command.said)
    beside = command.child.stdout.read()
    assert service.end(signal.SIGTERM) == 0
    (place.folder / "t.db").rename(place.folder / "served.db")
    for rest in place.folder.glob("t.db-*"):
        rest.unlink()
    terminal.run("check")
    alone = terminal.run("backfill", "--json")
    assert (alone.code, alone.out) == (3, beside)


def test_whoever_wants_to_poll_does_so_between_two_requests(place):
    """A check beside a long backfill waits for a request, not for the end."""
    place.start("check").end()
    reached, go = threading.Event(), threading.Event()
    seen, polled = [], []

    def hold(request):
        if "/int/" not in request.path:
            polled.append(len(seen))
            return
        seen.append(request)
        if len(seen) == 4:
            reached.set()
            assert go.wait(PATIENCE)

    place.registry.on_request = hold
    place.registry.publish("2026-11-23", [with_status(LINES[0][-1], "SUSPENDED")])
    past = place.start("backfill")
    assert reached.wait(PATIENCE)
    check = place.start("check", "--exit-code")
    assert "`trialbell backfill`" in check.until("does it")
    with closing(open_for_reading(place.folder / "t.db")) as db:
        while not requests.waiting(db):
            assert check.child.poll() is None
    go.set()
    assert check.end() == 1
    assert past.end() == 0
    assert set(polled) == {4}
    assert len(seen) == 19  # the newest version is new itself
    assert [alert["trial"] for alert in place.alerts()] == [ONE]


def test_one_who_asked_and_died_is_not_waited_for(place):
    place.start("check").end()
    db = open_for_writing(place.folder / "t.db")
    with immediate(db):
        requests.ask(db, "check", {}, now=datetime.now(UTC))
    past = place.start("backfill")
    assert past.end() == 0
    db.close()


def test_ctrl_c_leaves_all_whole_and_the_next_goes_on(place):
    place.start("check").end()
    seen, reached = [], threading.Event()

    def hold(request):
        if "/int/" in request.path:
            seen.append(request.path)
            if len(seen) == 8:
                reached.set()
                threading.Event().wait(0.2)

    place.registry.on_request = hold
    past = place.start("backfill")
    assert reached.wait(PATIENCE)
    assert past.end(signal.SIGINT) == 130
    assert any("`trialbell backfill` goes on from there" in line for line in past.said)
    assert not any("Traceback" in line for line in past.said)
    again = place.start("backfill", "--json")
    assert again.end() == 0
    values = [json.loads(line) for line in again.child.stdout.read().splitlines()]
    assert [(one["stored"], one["changes"]) for one in values] == [(5, 4)] * 3
    assert len(seen) - len(set(seen)) <= 1  # the request under way, at most


def test_check_works_on_where_it_is_switched_on(terminal, place):
    text = (place.folder / "config.toml").read_text()
    terminal.write("config.toml", text.replace("requests_per", "backfill = true\nrequests_per"))
    ran = terminal.run("check")
    assert ran.code == 0, ran.err
    assert terminal.run("status", "--json").values[0]["backfill"]["done"] == 3
    assert len(terminal.run("history", THREE, "--json").values) == 6
    place.registry.forget()
    assert terminal.run("check").code == 0
    assert archive_requests(place) == 0
    assert terminal.run("check", "--dry-run").code == 0
