"""The states that time makes: each rule at its edges, and when what turns, of any record."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from doubles.deadline_records import STATUSES, any_timed, timed, tracked
from doubles.registry_data import ABSENT, RECORDS
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshots.deadlines.days import later
from snapshots.deadlines.rules import all_states, coming, next_turn, states
from snapshots.deadlines.states import StateKind

ONE = timedelta(days=1)


def on(record, day):
    return {one.state.value for one in states(record, date.fromisoformat(day))}


def only(record, kind):
    return next((one for one in all_states(record) if one.state == kind), None)


def stretch(record, kind):
    """First and last day of a state, as text."""
    found = only(record, kind)
    return found and (str(found.since), str(found.until) if found.until else None)


def overdue(record):
    found = only(record, StateKind.RESULTS_OVERDUE)
    return found and str(found.since)


def test_results_are_due_a_year_after_primary_completion_and_overdue_from_the_31st_day():
    record = timed()
    assert stretch(record, "results-due-soon") == ("2026-07-04", "2026-08-03")  # both ends included
    assert overdue(record) == "2026-09-03"
    assert [on(record, day) for day in ("2026-07-03", "2026-08-04", "2026-09-02")] == [set()] * 3
    assert on(record, "2026-08-03") == {"results-due-soon"} and on(record, "2026-09-03") == {
        "results-overdue"
    }
    assert only(record, StateKind.RESULTS_OVERDUE).due == date(2026, 8, 3)


def test_what_an_overdue_says_to_people():
    found = only(timed(estimated=True, status="RECRUITING"), StateKind.RESULTS_OVERDUE)
    assert found.reason == (
        "Results appear overdue since 3 September 2026: primary completion was to be 3 August 2025 (estimated), they"
        " were due a year later, on 3 August 2026, and 30 days of grace have passed; the status is still “Recruiting”"
    )
    partial = only(timed(primary="2025-08", status="UNKNOWN"), StateKind.RESULTS_OVERDUE)
    assert "August 2025 (taken as its last day)" in partial.reason and "“Unknown”" in partial.reason
    assert partial.assumed and not found.assumed


def test_completion_stands_in_for_an_absent_primary_completion():
    assert overdue(timed(primary=None, completion="2025-05-10")) == "2026-06-10"
    assert overdue(timed(primary=None, completion=None)) is None


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2025-08", "2026-10-01"),  # due on the last of August
        ("2025", "2027-01-31"),  # and of the year
        ("2024-02-29", "2025-03-31"),  # a year later is 28 February
        ("2024-02", "2025-03-31"),
        ("2023-02-28", "2024-03-30"),
    ],
)
def test_partial_dates_and_leap_years(given, day):
    assert overdue(timed(primary=given)) == day


@pytest.mark.parametrize(
    ("edit", "applies"),
    [
        ({}, True),
        ({"kind": "OBSERVATIONAL"}, False),
        ({"kind": "EXPANDED_ACCESS"}, False),
        ({"drug": False}, False),
        ({"drug": None, "device": None}, False),  # fallback of older trials only
        ({"drug": False, "device": True}, True),
        ({"phases": None}, False),
        ({"phases": ("EARLY_PHASE1",)}, False),
        ({"phases": ("PHASE1",)}, False),
        ({"phases": ("PHASE1", "PHASE2")}, True),
        ({"phases": ("PHASE2", "PHASE3")}, True),
        ({"phases": ("PHASE4",)}, True),
        ({"phases": ("NA",)}, True),
        ({"purpose": "DEVICE_FEASIBILITY"}, False),
        ({"status": "WITHDRAWN"}, False),
        ({"status": "TERMINATED"}, True),
        ({"start": None}, False),
        ({"start": "2017-01-18"}, True),
        ({"resultsWaived": True}, False),
    ],
)
def test_which_trials_are_applicable(edit, applies):
    assert (overdue(timed(**edit)) is not None) == applies


OLD = {"start": "2016-03-01", "primary": "2019-03-01"}
SILENT = {"drug": None, "device": None}


@pytest.mark.parametrize(
    ("edit", "applies"),
    [
        ({}, True),
        ({"primary": "2017-01-18"}, True),
        ({"primary": "2017-01-17"}, False),
        ({"primary": "2017-01"}, True),  # its last possible day
        ({"drug": False}, False),
        (SILENT, True),
        (SILENT | {"drug": False}, False),  # one flag is in the record
        (SILENT | {"country": "Puerto Rico"}, True),
        (SILENT | {"country": "Virgin Islands (U.S.)"}, True),
        (SILENT | {"country": "France"}, False),
        (SILENT | {"intervention": "COMBINATION_PRODUCT"}, True),
        (SILENT | {"intervention": "DIAGNOSTIC_TEST"}, True),
        (SILENT | {"intervention": "BEHAVIORAL"}, False),
        (SILENT | {"phases": ("PHASE1",)}, False),
    ],
)
def test_trials_begun_before_the_rule(edit, applies):
    assert (overdue(timed(**(OLD | edit))) is not None) == applies


def test_a_start_in_the_rules_own_month_is_its_last_day_and_said_to_be():
    """2017-01 counts as the 31st: a trial of the rule's own days, to which no fallback applies."""
    crossing = only(timed(start="2017-01", primary="2019-03-01"), StateKind.RESULTS_OVERDUE)
    assert crossing.assumed and "January 2017 (taken as its last day)" in crossing.reason
    assert overdue(timed(start="2017-01", primary="2019-03-01", **SILENT)) is None
    assert not only(timed(start="2016-12", primary="2019-03-01"), StateKind.RESULTS_OVERDUE).assumed


def test_a_certificate_of_delay_makes_it_three_years():
    found = only(timed(dispFirstSubmitDate="2026-07-01"), StateKind.RESULTS_OVERDUE)
    assert (found.due, found.since) == (date(2028, 8, 3), date(2028, 9, 3))
    assert "three years later" in found.reason and "certificate of delay" in found.reason


SENT = {"releaseDate": "2026-07-01"}


@pytest.mark.parametrize(
    ("infos", "reported"),
    [
        ([SENT], True),
        ([SENT | {"resetDate": "2026-07-20"}], True),  # returned counts as reported
        ([SENT | {"unreleaseDate": "2026-07-20"}], False),
        ([SENT | {"unreleaseDateUnknown": True}], False),
        ([SENT | {"unreleaseDate": "2026-07-20"}, {"releaseDate": "2026-08-01"}], True),
        (
            [
                SENT | {"resetDate": "2026-07-20"},
                {"releaseDate": "2026-08-01", "unreleaseDate": "2026-08-02"},
            ],
            False,
        ),
    ],
)
def test_what_counts_as_reported(infos, reported):
    record = tracked(timed(), *infos)
    assert (overdue(record) is None) == reported
    if not reported:
        assert "withdrawn before they were public" in only(record, StateKind.RESULTS_OVERDUE).reason
    assert overdue({**record, "hasResults": True}) is None


def test_submissions_are_read_from_the_annotations_too():
    events = [{"type": "RELEASE", "date": "2026-07-01"}]
    module = {"annotationModule": {"unpostedAnnotation": {"unpostedEvents": events}}}
    assert overdue(timed() | {"annotationSection": module}) is None
    events.append({"type": "UNRELEASE"})  # on an unknown day
    assert overdue(timed() | {"annotationSection": module}) == "2026-09-03"


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_stale_after_twelve_months(status):
    record = timed(status=status, verified="2025-10", drug=False)
    running = {*STATUSES} - {"COMPLETED", "TERMINATED", "WITHDRAWN", "UNKNOWN"}
    assert stretch(record, "status-stale") == (("2026-11-01", None) if status in running else None)


@pytest.mark.parametrize("status", STATUSES)
def test_who_may_turn_unknown(status):
    record = timed(status=status, verified="2024-11-10", completion="2026-11-30", drug=False)
    running = {"RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION"}
    assert stretch(record, "will-turn-unknown") == (("2026-10-31", None) if status in running else None)


def test_unknown_waits_for_the_later_of_verification_and_completion():
    def since(**edit):
        return stretch(timed(status="RECRUITING", **edit), "will-turn-unknown")

    assert since(verified="2024-11", completion="2025-01-01") == ("2026-10-31", None)
    assert since(verified="2020-01", completion="2027-06") == ("2027-05-31", None)
    assert since(verified="2020-01", completion=None, primary="2027-06-30") == ("2027-05-31", None)
    assert since(verified="2020-01", completion=None, primary=None) is None
    assert since(verified=None) is None


def test_a_start_passes_the_day_after():
    record = timed(status="NOT_YET_RECRUITING", start="2026-10", drug=False)
    assert stretch(record, "start-passed") == ("2026-11-01", None)
    assert only(record, StateKind.START_PASSED).assumed
    assert stretch(timed(status="RECRUITING", start="2026-10"), "start-passed") is None


@pytest.mark.parametrize("status", STATUSES)
def test_a_completion_passes_when_both_dates_have(status):
    record = timed(status=status, primary="2026-11-10", completion="2026-11-20", drug=False)
    unfinished = {*STATUSES[:5]}
    assert stretch(record, "completion-passed") == (("2026-11-21", None) if status in unfinished else None)


def test_a_primary_completion_may_be_the_later_or_absent():
    late = timed(status="RECRUITING", primary="2026-12-05", completion="2026-11-20")
    assert stretch(late, "completion-passed") == ("2026-12-06", None)
    assert "primary completion 5 December 2026" in only(late, StateKind.COMPLETION_PASSED).reason
    assert stretch(timed(status="RECRUITING", primary=None), "completion-passed") == ("2026-01-01", None)
    assert stretch(timed(status="RECRUITING", completion=None), "completion-passed") is None


@pytest.mark.parametrize(
    ("status", "last_known", "site", "found"),
    [
        ("COMPLETED", None, "RECRUITING", True),
        ("RECRUITING", None, "RECRUITING", False),
        ("COMPLETED", None, "COMPLETED", False),
        ("COMPLETED", None, None, False),
        ("UNKNOWN", "RECRUITING", "RECRUITING", False),
        ("UNKNOWN", "NOT_YET_RECRUITING", "RECRUITING", True),
        ("UNKNOWN", None, "RECRUITING", False),  # nothing to compare with
    ],
)
def test_a_site_recruits_while_the_study_does_not(status, last_known, site, found):
    record = timed(status=status, last_known=last_known, site=site)
    state = only(record, StateKind.INCONSISTENT_SITE)
    assert (state is not None) == found
    if state is not None:
        assert state.reason.startswith("1 site in the United States is listed as recruiting, while the study")
        assert (state.since, state.due) == (None, None)


@given(any_timed())
@settings(max_examples=60)
def test_what_turns_next_is_what_a_look_at_every_day_finds(record):
    begin, end = date(2016, 6, 1), date(2025, 12, 31)
    held = {one.state for one in states(record, begin)}
    turn = next_turn(record, begin)
    day = begin
    while day < end:
        day += ONE
        now = {one.state for one in states(record, day)}
        assert (now != held) == (day == turn), day
        if day == turn:
            turn = next_turn(record, day)
        held = now


@given(any_timed(), st.dates(date(2016, 6, 1), date(2025, 1, 1)), st.integers(0, 500))
@settings(max_examples=100)
def test_what_is_to_come_stands_on_its_day_and_not_before(record, day, span):
    for one in coming(record, after=day, until=day + timedelta(days=span)):
        assert one.state in {each.state for each in states(record, one.since)}
        assert one.state not in {each.state for each in states(record, one.since - ONE)}


@given(any_timed())
@settings(max_examples=100)
def test_nobody_is_accused_and_a_partial_date_is_said_to_be_assumed(record):
    for one in all_states(record):
        if one.state in ("results-overdue", "results-due-soon"):
            assert "appear" in one.reason
        assert one.assumed == ("taken as its last day" in one.reason)
    assert len({one.state for one in all_states(record)}) == len(all_states(record))


@pytest.mark.parametrize("damage", [None, 5, "x", [], {}, [None], {"a": 1}])
def test_records_that_hold_anything_raise_nothing(damage):
    record = timed()
    for section in record:
        states(record | {section: damage}, date(2026, 11, 25))
    for module in record["protocolSection"]:
        states(
            {**record, "protocolSection": {**record["protocolSection"], module: damage}}, date(2026, 11, 25)
        )
    status = record["protocolSection"]["statusModule"]
    for key in status:
        changed = {**record["protocolSection"], "statusModule": status | {key: damage}}
        states({**record, "protocolSection": changed}, date(2026, 11, 25))
    for year in ("0001", "9999-12", "0000-01"):
        days = timed(status="RECRUITING", start=year, primary=year, completion=year, verified=year)
        states(days, date(2026, 11, 25))
        next_turn(days, date(2026, 11, 25))


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 48))
def test_months_later_is_the_same_day_or_the_months_last(day, months):
    found = later(day, months=months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + ONE).day == 1)


@pytest.mark.registry_data
def test_real_records_turn_when_they_are_said_to():
    if not RECORDS.exists():
        pytest.skip(ABSENT)
    for path in sorted(RECORDS.glob("*.json"))[::40]:
        record = json.loads(path.read_text(encoding="utf-8"))
        day, end = date(2025, 1, 1), date(2028, 1, 1)
        held, turn = {one.state for one in states(record, day)}, next_turn(record, day)
        while day < end:
            day += ONE
            now = {one.state for one in states(record, day)}
            assert (now != held) == (day == turn), (path.name, day)
            held, turn = now, next_turn(record, day) if day == turn else turn
