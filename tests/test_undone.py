"""A change that takes an earlier one back says so, after how long, and only where that is true."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from doubles.change_cases.record import PRIMARY, base, site, sites

from snapshots.changes import compare
from snapshots.changeset import ChangeSet, Severity, Source, VersionRef
from snapshots.past import FARTHEST, MOST, Past, changed_on, earlier

Record = dict[str, Any]
Edit = Callable[[Record], None]
DAYS = ("2026-11-01", "2026-11-20", "2026-11-23", "2026-11-25")


def ref(number: int, day: str, *, build: str | None = None) -> VersionRef:
    return VersionRef(source=Source.SNAPSHOT, version=number, seen_at=None, updated=day, build=build or day)


def read(*edits: Edit, days: tuple[str, ...] = DAYS) -> ChangeSet:
    """The last of the change sets between a base record and what each edit in turn makes of it."""
    record, past = base(), ()
    told: ChangeSet | None = None
    for number, edit in enumerate(edits, start=1):
        new = copy.deepcopy(record)
        edit(new)
        from_, to = ref(number, days[number - 1]), ref(number + 1, days[number])
        told = compare(record, new, from_=from_, to=to, past=past)
        past = earlier(told.changes, from_, to) + past
        record = new
    assert told is not None
    return told


def status(value: str, why: str | None = None) -> Edit:
    def edit(record: Record) -> None:
        module = record["protocolSection"]["statusModule"]
        module["overallStatus"] = value
        module.pop("whyStopped", None)
        if why:
            module["whyStopped"] = why

    return edit


def put(module: str, key: str, value: Any) -> Edit:
    return lambda record: record["protocolSection"][module].update({key: copy.deepcopy(value)})


def summaries(told: ChangeSet, field: str) -> list[str]:
    return [change.summary for change in told.changes if change.field == field]


def test_a_suspension_that_is_over() -> None:
    told = read(status("SUSPENDED", "Drug supply"), status("RECRUITING"), days=("2026-11-01", *DAYS[2:]))
    assert told.headline == "Suspended → Recruiting: back to Recruiting after 2 days"
    assert told.severity is Severity.CRITICAL
    assert {"status", "restarted"} <= set(told.tags)


def test_by_way_of_another_status() -> None:
    told = read(status("SUSPENDED", "a"), status("TERMINATED", "b"), status("RECRUITING"))
    assert told.headline == "Terminated → Recruiting (backwards): back to Recruiting after 5 days"


def test_a_stop_that_comes_again_keeps_its_reason() -> None:
    told = read(status("SUSPENDED", "Drug supply"), status("RECRUITING"), status("SUSPENDED", "Funding"))
    assert told.headline == "Recruiting → Suspended again after 2 days: Funding"
    assert read(status("SUSPENDED"), status("RECRUITING"), status("SUSPENDED")).headline == (
        "Recruiting → Suspended again after 2 days, no reason given"
    )


def test_the_same_day_and_days_that_run_backwards() -> None:
    edits = (status("SUSPENDED"), status("RECRUITING"))
    assert read(*edits, days=("2026-11-01", "2026-11-20", "2026-11-20")).headline == (
        "Suspended → Recruiting: back to Recruiting on the same day"
    )
    # 2026-11-19 is no day after 2026-11-20: how long it was is not known, that it was is.
    assert read(*edits, days=("2026-11-01", "2026-11-20", "2026-11-19")).headline == (
        "Suspended → Recruiting: back to Recruiting"
    )


def test_days_are_the_registrys_post_dates_and_where_these_stand_still_the_builds() -> None:
    moved, still = ref(3, "2026-11-22", build="2026-11-24"), ref(3, "2026-11-20", build="2026-11-24")
    assert changed_on(ref(2, "2026-11-20"), moved) == "2026-11-22"
    assert changed_on(ref(2, "2026-11-20"), still) == "2026-11-24"
    assert changed_on(None, replace(moved, updated=None, build=None)) is None


def dated(day: str, type_: str = "ESTIMATED") -> Edit:
    return put("statusModule", PRIMARY, {"date": day, "type": type_})


def test_a_date_that_moves_and_moves_back() -> None:
    told = read(dated("2027-10-31"), dated("2027-03-31"))
    assert told.headline == (
        "Primary completion brought forward 214 days (2027-10-31 → 2027-03-31), as it was until 3 days ago"
    )
    coarser = read(dated("2027-10-31"), dated("2027-03"))
    assert coarser.headline.endswith("as it was until 3 days ago")
    assert "as it was" not in read(dated("2027-10-31"), dated("2027-04-01")).headline
    assert "as it was" not in read(dated("2027-10-31"), dated("2027-03-31", "ACTUAL")).headline


def test_counts_choices_sponsors_and_texts() -> None:
    count = {"count": 42, "type": "ESTIMATED"}
    was = {"count": 300, "type": "ESTIMATED"}
    told = read(put("designModule", "enrollmentInfo", count), put("designModule", "enrollmentInfo", was))
    assert told.headline == "Enrolment raised from 42 to 300 (+614 %), as it was until 3 days ago"
    phases = read(
        put("designModule", "phases", ["PHASE3"]), put("designModule", "phases", ["PHASE2", "PHASE3"])
    )
    assert phases.headline == "Phase changed: Phase 3 → Phase 2/Phase 3, as it was until 3 days ago"
    sponsor, first = (
        {"name": "Other Hospital", "class": "OTHER"},
        {"name": "Northfield University", "class": "OTHER"},
    )
    module = "sponsorCollaboratorsModule"
    assert read(put(module, "leadSponsor", sponsor), put(module, "leadSponsor", first)).headline == (
        "Lead sponsor changed: Other Hospital → Northfield University, as it was until 3 days ago"
    )
    text = base()["protocolSection"]["descriptionModule"]["briefSummary"]
    (words,) = summaries(
        read(
            put("descriptionModule", "briefSummary", "Else."), put("descriptionModule", "briefSummary", text)
        ),
        "brief-summary",
    )
    assert words.endswith(", as it was until 3 days ago")


def test_results_that_come_and_go() -> None:
    def results(there: bool) -> Edit:
        return lambda record: record.update(hasResults=there)

    told = read(results(True), results(False), results(True))
    assert told.headline == "Results posted again (taken down 2 days before)"
    assert told.severity is Severity.CRITICAL
    assert read(results(True), results(False)).headline == "Results taken down (posted 3 days before)"
    assert read(results(True)).headline == "Results posted"


def outcomes(*measures: str) -> Edit:
    return put(
        "outcomesModule", "primaryOutcomes", [{"measure": one, "timeFrame": "12 weeks"} for one in measures]
    )


def test_a_primary_outcome_dropped_and_added_again() -> None:
    two = outcomes("Pain on a scale of ten", "Death of any cause")
    told = read(two, outcomes("Pain on a scale of ten"), two)
    assert summaries(told, "primary-outcomes") == [
        "Primary outcome added again while recruiting: Death of any cause (dropped 2 days before)"
    ]
    assert "again" in told.headline and told.severity is Severity.CRITICAL
    dropped = read(outcomes("Pain on a scale of ten"), two, outcomes("Pain on a scale of ten"))
    assert (
        dropped.headline
        == "Primary outcome dropped while recruiting: Death of any cause (added 2 days before)"
    )


def test_two_of_one_name_are_two() -> None:
    one, two = outcomes("Pain", "Death"), outcomes("Pain", "Death", "Death")
    told = read(outcomes("Pain", "Death"), outcomes("Pain"), two)
    words = summaries(told, "primary-outcomes")
    assert len(words) == 2 and sum("again" in line for line in words) == 1
    assert "again" not in read(outcomes("Pain"), one, two).headline  # it is there, and a second one comes


def test_an_arm_dropped_and_added_again() -> None:
    arms = base()["protocolSection"]["armsInterventionsModule"]["armGroups"]
    told = read(
        put("armsInterventionsModule", "armGroups", arms[:1]),
        put("armsInterventionsModule", "armGroups", arms),
    )
    assert "Arm added again: Placebo (dropped 3 days before)" in summaries(told, "arms")


LIMA = site("Clinic of Lima", "Lima", "15001", "Peru")


def places(*more: Record) -> Edit:
    kept = base()["protocolSection"]["contactsLocationsModule"]["locations"]
    return put("contactsLocationsModule", "locations", [*kept, *more])


def test_a_site_and_its_country_leave_and_come_back() -> None:
    told = read(places(LIMA), places(), places(LIMA))
    (words,) = summaries(told, "locations")
    assert words.endswith("(Peru had closed 2 days before)")
    assert told.headline.endswith("(Peru had closed 2 days before)")
    kept = read(places(), lambda record: sites(record).pop(1), places())
    (words,) = summaries(kept, "locations")
    assert words.startswith("Site added again") and words.endswith("(removed 2 days before)")
    assert kept.headline.endswith("(removed 2 days before)")


def test_a_site_suspended_and_open_again() -> None:
    told = read(places(LIMA), places({**LIMA, "status": "SUSPENDED"}), places(LIMA))
    (words,) = summaries(told, "locations")
    assert words.endswith("2 days before)") or words.endswith("as it was until 2 days ago")


def test_what_is_only_counted_is_never_said_to_be_as_it_was() -> None:
    """Another person, as many as before: nobody may read that the old one is back."""

    def officials(*names: str) -> Edit:
        return put("contactsLocationsModule", "overallOfficials", [{"name": name} for name in names])

    told = read(officials("Ada"), officials("Ada", "Bert"), officials("Eve"))
    assert all("as it was" not in change.summary for change in told.changes)


def test_what_changed_beside_a_value_does_not_say_when_it_was() -> None:
    """Only a site's contacts changed then: it was open before and after."""
    old, new = base(), base()
    sites(old)[4]["status"] = "SUSPENDED"
    told = compare(old, new, from_=ref(1, DAYS[0]), to=ref(2, DAYS[1]))
    (change,) = told.changes
    contacts = replace(change, before=change.after)
    past = earlier([contacts], None, ref(1, DAYS[0]))
    again = compare(old, new, from_=ref(1, DAYS[0]), to=ref(2, DAYS[1]), past=past)
    assert again.headline == told.headline and again.changes == told.changes


def test_an_ordinary_way_on_is_no_return() -> None:
    told = read(status("ACTIVE_NOT_RECRUITING"), status("COMPLETED"))
    assert told.headline == "Active, not recruiting → Completed"


def test_noise_is_left_alone_and_so_are_two_trials() -> None:
    def verified(month: str) -> Edit:
        return put("statusModule", "statusVerifiedDate", month)

    assert all(
        "as it was" not in one.summary for one in read(verified("2026-10"), verified("2026-09")).changes
    )


def test_the_past_ends_after_a_year() -> None:
    edits = (status("SUSPENDED"), status("RECRUITING"))
    first = date(2025, 1, 10)
    for days, back in ((FARTHEST, True), (FARTHEST + 1, False)):
        told = read(*edits, days=("2025-01-01", first.isoformat(), (first + timedelta(days)).isoformat()))
        assert ("back to" in told.headline) is back


def test_no_past_no_word_of_it() -> None:
    old, new = base(), base()
    status("SUSPENDED")(old)
    told = compare(old, new, from_=ref(1, DAYS[0]), to=ref(2, DAYS[1]))
    assert told.headline == "Suspended → Recruiting"


@pytest.mark.parametrize("source", [Source.SNAPSHOT, Source.ARCHIVE])
def test_the_stored_past_is_that_of_the_line_the_newest_first_and_bounded(tmp_path, source) -> None:
    from snapshots.database import immediate, open_database
    from snapshots.event import changed_event
    from snapshots.query import Reader
    from snapshots.schema import MIGRATIONS
    from snapshots.store import Store

    with closing(open_database(tmp_path / "t.db", [MIGRATIONS])) as db:
        record, past = base(), ()
        expected: list[Past] = []
        trial = record["protocolSection"]["identificationModule"]["nctId"]
        with immediate(db):
            for number in range(1, MOST + 6):
                new = copy.deepcopy(record)
                status(("SUSPENDED", "RECRUITING")[number % 2])(new)
                put("statusModule", "statusVerifiedDate", f"2026-{number % 9 + 1:02}")(new)
                from_, to = (
                    replace(ref(n, f"2026-10-{n // 2 + 1:02}"), source=source) for n in (number, number + 1)
                )
                told = compare(record, new, from_=from_, to=to)
                Store(db).add_event(changed_event(told, at=None, url=None))
                past = earlier(told.changes, from_, to) + past
                expected.append(past)
                record = new
        reader = Reader(db)
        assert reader.past("ctgov", trial, replace(ref(3, ""), source=source)) == expected[1]
        whole = reader.past("ctgov", trial, replace(ref(MOST + 6, ""), source=source))
        assert whole == expected[-1][: len(whole)] and len({one.day for one in whole}) <= MOST
        assert len([one for one in whole if one.field == "overall-status"]) in (MOST - 1, MOST)
        other = Source.ARCHIVE if source is Source.SNAPSHOT else Source.SNAPSHOT
        assert reader.past("ctgov", trial, replace(ref(99, ""), source=other)) == ()
        assert (
            reader.past(
                "ctgov",
                trial,
                VersionRef(source=Source.FILE, version=None, seen_at=None, updated=None, build=None),
            )
            == ()
        )


def test_quiet_versions_take_no_room_in_the_past(tmp_path) -> None:
    from snapshots.database import immediate, open_database
    from snapshots.event import changed_event
    from snapshots.query import Reader
    from snapshots.schema import MIGRATIONS
    from snapshots.store import Store

    with closing(open_database(tmp_path / "t.db", [MIGRATIONS])) as db:
        record = base()
        with immediate(db):
            for number in range(1, MOST + 6):
                new = copy.deepcopy(record)
                put("statusModule", "statusVerifiedDate", f"2026-{number % 9 + 1:02}")(new)
                if number == 1:
                    status("SUSPENDED")(new)
                told = compare(record, new, from_=ref(number, DAYS[0]), to=ref(number + 1, DAYS[1]))
                Store(db).add_event(changed_event(told, at=None, url=None))
                record = new
        trial = record["protocolSection"]["identificationModule"]["nctId"]
        (one,) = Reader(db).past("ctgov", trial, ref(MOST + 6, DAYS[1]))
        assert (one.field, one.before, one.after) == ("overall-status", "RECRUITING", "SUSPENDED")
