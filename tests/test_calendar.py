"""The calendar of key dates: read back by icalendar, its events move where the dates do, and it stays bounded."""

from __future__ import annotations

import copy
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import icalendar
import pytest
from doubles.asking import Asking, asking
from doubles.ctgov import LoopbackRegistry
from doubles.deadline_records import any_timed, timed
from doubles.hostile import HOSTILE
from doubles.watching import Watching, ids_watch
from doubles.web_history import NOW, RECORD, TRIAL, History
from hypothesis import given
from hypothesis import strategies as st
from test_feeds import pages_of

from monitor.web.calendar import ics
from monitor.web.calendar.asked import MOST_TRIALS
from monitor.web.calendar.key_dates import DateKind, key_dates
from snapshots.deadlines import states
from snapshots.deadlines.rules import all_states

ONE = "NCT00000001"
OF_ONE = f"/trials/ctgov/{ONE}/calendar.ics"


def read(browse: Asking, path: str) -> icalendar.Calendar:
    answer = browse.get(path)
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return strict(answer.content)


def strict(body: bytes) -> icalendar.Calendar:
    """RFC 5545 3.1: lines end in CRLF and have 75 octets at most; what each VEVENT must have, once."""
    assert body.endswith(b"\r\n")
    for line in body[:-2].split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        assert b"\r" not in line
        assert not set(line) & (set(range(32)) - {9})
    calendar = icalendar.Calendar.from_ical(body)
    assert isinstance(calendar, icalendar.Calendar)
    assert calendar.errors == []
    assert {"PRODID", "VERSION"} <= set(calendar)
    uids = []
    for event in calendar.events:
        assert event.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "STATUS"} <= set(event)
        assert isinstance(event.decoded("dtstart"), date)
        assert not isinstance(event.decoded("dtstart"), datetime)
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        uids.append(str(event["uid"]))
    assert len(uids) == len(set(uids))
    return calendar


def by_kind(calendar: icalendar.Calendar) -> dict[str, Any]:
    return {str(event["categories"].cats[0]): event for event in calendar.events}


def named(calendar: icalendar.Calendar) -> set[tuple[str, int]]:
    return {(str(event["uid"]), event["sequence"]) for event in calendar.events}


def days(calendar: icalendar.Calendar) -> dict[str, str]:
    return {kind: event.decoded("dtstart").isoformat() for kind, event in by_kind(calendar).items()}


def test_a_date_that_moves_moves_its_event(tmp_path: Path, clock: Any) -> None:
    first = timed(ONE, primary="2027-03-01", completion="2027-09", estimated=True, status="RECRUITING")
    with (
        LoopbackRegistry([first, timed("NCT00000002")], day="2026-11-20") as registry,
        closing(Watching(tmp_path, registry, ids_watch("both", ONE, "NCT00000002"), clock=clock)) as watching,
        asking(pages_of(tmp_path / "t.db")) as browse,
    ):
        watching.poll()
        before = read(browse, OF_ONE)
        assert days(before) == {
            "primary-completion": "2027-03-01",
            "completion": "2027-09-30",
            "results-due": "2028-03-01",
        }, "the start is further back than a year"
        clock.forward(days=1)
        moved = timed(ONE, primary="2027-05-15", completion="2027-09", estimated=True, status="RECRUITING")
        registry.publish("2026-11-21", [moved])
        watching.poll()
        after = read(browse, OF_ONE)
        assert days(after) == {
            "primary-completion": "2027-05-15",
            "completion": "2027-09-30",
            "results-due": "2028-05-15",
        }
        for kind, old in by_kind(before).items():
            new = by_kind(after)[kind]
            assert new["uid"] == old["uid"]
            assert (old["sequence"], new["sequence"]) == (1, 2)
            assert (
                old.decoded("dtstamp")
                == old.decoded("last-modified")
                == datetime(2026, 11, 20, 9, 20, tzinfo=UTC)
            )
            assert new.decoded("dtstamp") == datetime(2026, 11, 21, 9, 20, tzinfo=UTC)
        of_both = read(browse, "/watches/both/calendar.ics")
        assert named(after) < named(of_both), "an event is the same one in every calendar"

        clock.forward(days=1)
        over = timed(ONE, status="WITHDRAWN", start="2027-01-01", primary="2027-05-15", completion=None)
        registry.publish("2026-11-22", [over])
        watching.poll()
        withdrawn = read(browse, OF_ONE)
        assert {kind: (str(one["status"]), one["sequence"]) for kind, one in by_kind(withdrawn).items()} == {
            "start": ("CANCELLED", 3),
            "primary-completion": ("CANCELLED", 3),
        }, "what the record has no more is left out"

        for day in ("2026-11-23", "2026-11-24"):  # a record that is gone twice is believed to be gone
            clock.forward(days=1)
            registry.publish(day, removed=[ONE] if day.endswith("23") else ())
            watching.poll()
        assert read(browse, OF_ONE).events == []
        watching.edit("")
        watching.app.reconcile()
        assert browse.get("/watches/both/calendar.ics").status == 410
        assert browse.get("/watches/neither/calendar.ics").status == 404


def test_a_calendar_that_is_asked_for_a_part_of_itself_says_that_it_has_none(tmp_path: Path) -> None:
    with asking(History(tmp_path / "history.db").fill().app()) as browse:
        path = f"/trials/ctgov/{TRIAL}/calendar.ics"
        answer = browse.get(f"{path}?kind=results")
        assert answer.status == 400 and "o such filter here: <code>kind</code>" in answer.text
        assert browse.get("/watches/MSC%20exosomes/calendar.ics?x=1").status == 400
        assert browse.get(f"{path}?utm_source=reader").status == 200


def test_words_say_how_sure_a_date_is_and_what_was_assumed(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db").fill()
    with asking(history.app(public_url="https://trials.example.org/deep", allowed_hosts=("*",))) as browse:
        calendar = read(browse, f"/trials/ctgov/{TRIAL}/calendar.ics")
    found = by_kind(calendar)
    assert days(calendar) == {"primary-completion": "2027-06-30", "completion": "2027-12-31"}
    primary = found["primary-completion"]
    assert str(primary["summary"]).startswith(
        f"{TRIAL}: Primary completion (estimated) – Allogeneic exosomes"
    )
    words = str(primary["description"])
    assert "June 2027 (estimated; taken as its last day). The registry gives no day" in words
    assert "Status: Suspended." in words
    assert f"History: https://trials.example.org/deep/trials/ctgov/{TRIAL}" in words
    assert f"Record: https://clinicaltrials.gov/study/{TRIAL}" in words
    assert str(primary["url"]) == f"https://trials.example.org/deep/trials/ctgov/{TRIAL}"
    assert str(primary["status"]) == "TENTATIVE"
    assert str(primary["transp"]) == "TRANSPARENT"
    assert primary["sequence"] == 5
    assert str(calendar["x-wr-calname"]) == f"Key dates of {TRIAL}"
    assert calendar["refresh-interval"].dt == timedelta(hours=6)
    assert str(calendar["source"]) == f"https://trials.example.org/deep/trials/ctgov/{TRIAL}/calendar.ics"


def test_actual_dates_are_sure_and_results_due_are_told_apart() -> None:
    found = {one.kind: one for one in key_dates(timed(ONE))}
    assert {kind: (one.day.isoformat(), one.settled) for kind, one in found.items()} == {
        DateKind.START: ("2024-02-01", False),
        DateKind.PRIMARY_COMPLETION: ("2025-08-03", True),
        DateKind.COMPLETION: ("2025-12-31", True),
        DateKind.RESULTS_DUE: ("2026-08-03", False),
    }
    assert found[DateKind.START].title == "Start", "the record does not say whether it is actual"
    assert found[DateKind.PRIMARY_COMPLETION].title == "Primary completion (actual)"
    assert "appear due on 3 August 2026, a year after primary completion" in found[DateKind.RESULTS_DUE].words
    reported = timed(ONE) | {"hasResults": True}
    assert DateKind.RESULTS_DUE not in {one.kind for one in key_dates(reported)}


@given(record=any_timed())
def test_results_are_due_in_the_calendar_when_the_deadline_says_so(record: dict[str, Any]) -> None:
    found = {one.kind: one for one in key_dates(record)}
    due = {one.due for one in all_states(record) if one.state is states.StateKind.RESULTS_DUE_SOON}
    assert {found[DateKind.RESULTS_DUE].day} == due if due else DateKind.RESULTS_DUE not in found
    assert all(one.words.endswith(".") for one in found.values())


def test_a_large_watch_gives_what_comes_next(tmp_path: Path, clock: Any) -> None:
    """More trials than one calendar holds: those far off are left out, and it says so."""
    many = MOST_TRIALS + 20
    # What was lately comes after all that is to come, in whatever order they are held.
    ends = [(NOW.date() + timedelta(days=number)).isoformat() for number in range(1, many - 4)]
    ends[:0] = [(NOW.date() - timedelta(days=number)).isoformat() for number in range(1, 6)]
    records = [
        timed(f"NCT{number:08}", primary=None, completion=end, kind="OBSERVATIONAL", start="2020-01-01")
        for number, end in enumerate([*ends, "2020-12-31"], 1)
    ]
    ids = [one["protocolSection"]["identificationModule"]["nctId"] for one in records]
    with (
        LoopbackRegistry(records, day="2026-11-20") as registry,
        closing(Watching(tmp_path, registry, ids_watch("many", *ids), clock=clock)) as watching,
        asking(pages_of(tmp_path / "t.db")) as browse,
    ):
        watching.poll()
        calendar = read(browse, "/watches/many/calendar.ics")
    assert len(calendar.events) == MOST_TRIALS
    assert {str(event["summary"])[:11] for event in calendar.events} == set(ids[5 : MOST_TRIALS + 5])
    assert f"Of {many} trials with such dates, the {MOST_TRIALS} whose dates come next." in str(
        calendar["description"]
    )


@pytest.mark.parametrize(
    "damage",
    [
        "update version set size = size where 0",  # none: the other trial is in the calendar by itself
        "delete from version where trial = (select key from trial where trial = 'NCT00000001')",
        "delete from ledger where trial = (select key from trial where trial = 'NCT00000001')",
        "update ledger set sha256 = zeroblob(32) where trial = (select key from trial where trial = 'NCT00000001')",
    ],
)
def test_a_damaged_trial_takes_nothing_from_the_others(tmp_path: Path, clock: Any, damage: str) -> None:
    other = "NCT00000002"
    records = [timed(one, completion="2027-03-01", kind="OBSERVATIONAL") for one in (ONE, other)]
    with (
        LoopbackRegistry(records, day="2026-11-20") as registry,
        closing(Watching(tmp_path, registry, ids_watch("two", ONE, other), clock=clock)) as watching,
        asking(pages_of(tmp_path / "t.db")) as browse,
    ):
        watching.poll()
        with sqlite3.connect(tmp_path / "t.db") as db:
            changed = db.execute(damage).rowcount
        told = {str(event["summary"])[:11] for event in read(browse, "/watches/two/calendar.ics").events}
    assert told == ({other} if changed else {ONE, other})


def test_only_the_registrys_own_history_is_no_calendar_yet(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    history.archive(copy.deepcopy(RECORD), 1, "2025-01-10")
    with asking(history.app()) as browse:
        assert read(browse, f"/trials/ctgov/{TRIAL}/calendar.ics").events == []


def test_a_calendar_is_known_again(tmp_path: Path) -> None:
    with asking(History(tmp_path / "history.db").fill().app()) as browse:
        first = browse.get(f"/trials/ctgov/{TRIAL}/calendar.ics")
        again = browse.get(f"/trials/ctgov/{TRIAL}/calendar.ics", {"if-none-match": first.headers["etag"]})
        assert (again.status, again.content) == (304, b"")


def test_without_icalendar_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with asking(History(tmp_path / "history.db").fill().app()) as browse:
        answer = browse.get(f"/trials/ctgov/{TRIAL}/calendar.ics")
        assert answer.status == 501
        assert "The calendar needs icalendar, which is not installed." in answer.text
        assert "uv tool install &#39;.[calendar]&#39;" in answer.text
        assert browse.get(f"/trials/ctgov/{TRIAL}").status == 200


MISCHIEF = st.one_of(
    st.text(max_size=300), st.sampled_from([*HOSTILE, "a\r\nEND:VEVENT\r\nBEGIN:VALARM", "\\;,:\"'"])
)


@given(text=MISCHIEF, other=MISCHIEF)
def test_whatever_a_record_holds_the_calendar_can_be_read(text: str, other: str) -> None:
    event = ics.Event(
        uid="x@y", sequence=1, changed=NOW, day=NOW.date(), title=text, description=other,
        url="https://trials.example.org/", category="start", status="TENTATIVE",
    )  # fmt: skip
    made = ics.Calendar(
        uid="z@y",
        name=other,
        about=text,
        address="https://trials.example.org/",
        events=(ics.lines_of(event),),
    )
    calendar = strict(ics.written(made))
    assert [one.name for one in calendar.subcomponents] == ["VEVENT"]
    assert calendar.events[0].subcomponents == []
    assert len(calendar.events[0]) == 12
