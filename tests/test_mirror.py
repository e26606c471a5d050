"""`query = {}`: the whole registry, at first whole, then what changed; what it finds, and what it costs."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from math import ceil

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, with_results, with_status
from doubles.small_records import small_record
from doubles.watching import Watching, ids_watch, query_watch

from monitor.polling import query_sweep

STUDIES = "/api/v2/studies"
COUNT, PAGE = 90, 20
MIRROR = query_watch("everything")


@pytest.fixture
def records():
    return [
        posted(small_record(f"NCT{number:08}"), "2026-01-15", "RECRUITING") for number in range(1, COUNT + 1)
    ]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def opened(tmp_path, registry, ticking):
    made = []

    def of(tables=MIRROR):
        made.append(
            Watching(
                tmp_path, registry, tables, clock=ticking, pages={"page_size": PAGE, "ids_per_request": PAGE}
            )
        )
        return made[-1]

    yield of
    for one in made:
        one.close()


@pytest.fixture
def mirror(opened, registry):
    watching = opened()
    assert watching.poll().outcome == "complete"
    registry.forget()
    return watching


def posted(record, day, status="COMPLETED"):
    new = with_status(record, status)
    new["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = day
    return new


def asked(registry):
    """The searches of a poll, by what they ask for."""
    kinds = {"posted": 0, "slim": 0, "ids": 0, "whole": 0}
    for one in registry.requests(STUDIES):
        query = one.query
        kind = (
            "posted"
            if "LastUpdatePostDate" in query.get("filter.advanced", "")
            else "slim"
            if "fields" in query
            else "ids"
            if "filter.ids" in query
            else "whole"
        )
        kinds[kind] += 1
    return kinds


def test_the_first_look_is_whole_and_silent(opened, registry):
    watching = opened()
    report = watching.poll()
    assert (report.outcome, report.records, report.versions) == ("complete", COUNT, COUNT)
    assert report.first_looks == {"everything": COUNT}
    assert watching.rung() == []
    assert len(registry.requests()) == ceil(COUNT / PAGE) + 2
    registry.forget()
    assert watching.poll().quiet
    assert len(registry.requests()) == 1


@pytest.mark.parametrize("changed", [0, 1, 20, 21, 45])
def test_a_build_costs_what_was_posted_and_slim_pages(mirror, registry, records, changed):
    registry.publish("2026-11-23", [posted(record, "2026-11-22") for record in records[:changed]])
    report = mirror.poll()
    assert (report.outcome, report.records) == ("complete", COUNT)
    assert sorted(mirror.told()) == [("changed", nct(record)) for record in records[:changed]]
    searches = asked(registry)
    assert searches == {
        "posted": max(1, ceil(changed / PAGE)),
        "slim": ceil(COUNT / PAGE),
        "ids": ceil(changed / PAGE),
        "whole": 0,
    }
    assert len(registry.requests()) == sum(searches.values()) + 2
    registry.forget()
    assert mirror.poll().quiet
    assert len(registry.requests()) == 1


def test_slim_records_find_what_no_post_date_tells(mirror, registry, records):
    unknown = with_status(records[0], "UNKNOWN")
    unknown["protocolSection"]["statusModule"]["lastKnownStatus"] = "RECRUITING"
    returned = copy.deepcopy(records[1])
    event = {"type": "RELEASE", "date": "2026-11-21"}
    returned["annotationSection"] = {
        "annotationModule": {
            "unpostedAnnotation": {"unpostedEvents": [event], "unpostedResponsibleParty": "X"}
        }
    }
    registry.publish(
        "2026-11-23",
        [unknown, returned, with_results(records[2]), small_record("NCT00000999")],
        removed=[nct(records[3])],
        aliases={nct(records[4]): nct(records[5])},
    )
    assert mirror.poll().outcome == "complete"
    assert sorted(mirror.told()) == [
        ("changed", nct(records[0])),
        ("changed", nct(records[1])),
        ("changed", nct(records[2])),
        ("changed", nct(records[5])),  # its list of aliases
        ("entered", "NCT00000999"),
        ("merged", nct(records[4])),
    ]
    registry.publish("2026-11-24")
    assert mirror.poll().outcome == "complete"
    assert mirror.told() == [("gone", nct(records[3]))]


def test_what_slim_records_do_not_tell_is_found_within_a_week_of_builds(mirror, registry, records):
    reworded = copy.deepcopy(records[0])
    reworded["protocolSection"]["designModule"]["phases"] = ["PHASE3"]
    day = date(2026, 11, 21)
    registry.publish(day.isoformat(), [reworded])
    while day < date(2026, 11, 26):
        assert mirror.poll().outcome == "complete"
        assert asked(registry)["whole"] == 0
        assert mirror.told() == []
        day += timedelta(days=1)
        registry.publish(day.isoformat())
    registry.publish("2026-11-27")
    registry.forget()
    assert mirror.poll().outcome == "complete"
    assert mirror.told() == [("changed", nct(records[0]))]
    assert asked(registry) == {"posted": 0, "slim": 0, "ids": 0, "whole": ceil(COUNT / PAGE)}
    registry.publish("2026-11-28")
    mirror.poll()
    assert asked(registry)["whole"] == ceil(COUNT / PAGE)  # counted from that one on


def test_a_version_stored_by_another_watch_is_no_difference_and_hides_none(opened, registry, records):
    tables = MIRROR + ids_watch("one", nct(records[0]))
    watching = opened(tables)
    watching.poll()
    for day, status in (("2026-11-23", "COMPLETED"), ("2026-11-24", "RECRUITING")):
        registry.publish(day, [with_status(records[0], status)])
        registry.forget()
        watching.poll()
        assert watching.told() == [("changed", nct(records[0]))]
        assert asked(registry)["ids"] == 1  # of the watch of ids
    watching.edit(MIRROR)
    registry.publish("2026-11-25", [with_status(records[0], "COMPLETED")])
    watching.poll()
    assert watching.told() == [("changed", nct(records[0]))]


def test_a_database_that_holds_no_digests_makes_them_and_asks_for_nothing(mirror, registry):
    mirror.app.db.execute("delete from slim")
    registry.publish("2026-11-23")
    assert mirror.poll().versions == 0
    assert asked(registry)["ids"] == 0
    assert mirror.count("select count(*) from slim") == COUNT


def test_named_trials_and_narrower_queries_are_told_before_the_mirror_is_swept(opened, registry, records):
    tables = MIRROR + ids_watch("named", nct(records[0])) + query_watch("narrow", status="SUSPENDED")
    watching = opened(tables)
    watching.poll()
    registry.publish(
        "2026-11-23", [with_status(records[0], "TERMINATED"), with_status(records[1], "SUSPENDED")]
    )

    registry.misbehave(Fault.forbidden(), times=None, path=STUDIES, where=lambda one: "fields" in one.query)
    report = watching.poll()
    assert sorted(report.finished) == ["named", "narrow"]
    assert len(report.problems) == 1
    assert sorted(watching.told()) == [
        ("changed", nct(records[0])),
        ("changed", nct(records[1])),
        ("entered", nct(records[1])),
    ]
    registry.behave()
    assert watching.poll().finished == ["everything"]
    assert watching.told() == []


def test_a_registry_that_refuses_slim_records_is_swept_whole(mirror, registry, records):
    registry.misbehave(
        Fault.raw(b"Unknown field name", status=400),
        times=None,
        path=STUDIES,
        where=lambda one: "fields" in one.query,
    )
    registry.publish("2026-11-23", [with_status(records[0], "COMPLETED")])
    assert mirror.poll().outcome == "complete"
    assert mirror.told() == [("changed", nct(records[0]))]
    assert asked(registry)["whole"] == ceil(COUNT / PAGE)


def test_slim_records_that_nearly_all_differ_are_given_up_for_whole_ones(
    mirror, registry, records, monkeypatch
):
    monkeypatch.setattr(query_sweep, "FEW_DIFFERING", 10)

    def more(page):
        for study in page["studies"]:
            study["protocolSection"]["statusModule"]["fresh"] = True
        return page

    registry.misbehave(
        Fault.rewritten(more), times=None, path=STUDIES, where=lambda one: "fields" in one.query
    )
    for day, status in (("2026-11-23", "COMPLETED"), ("2026-11-24", "TERMINATED")):
        registry.publish(day, [with_status(records[-1], status)])
        registry.forget()
        registry.misbehave(
            Fault.forbidden(),
            path=STUDIES,
            skip=1,
            where=lambda one: not {"fields", "filter.ids"} & set(one.query),
        )
        assert mirror.poll().outcome == "incomplete"
        assert asked(registry) == {"posted": 1, "slim": 1, "ids": 0, "whole": 2}
        assert mirror.told() == []
        assert mirror.poll().outcome == "complete"
        assert asked(registry) == {"posted": 1, "slim": 1, "ids": 0, "whole": ceil(COUNT / PAGE) + 1}
        assert mirror.told() == [("changed", nct(records[-1]))]


def test_one_that_is_listed_and_does_not_come_leaves_the_mirror_unfinished(mirror, registry, records):
    registry.publish("2026-11-23", [with_status(record, "COMPLETED") for record in records[:2]])
    registry.misbehave(
        Fault.rewritten(lambda page: {**page, "studies": page["studies"][:1], "totalCount": 1}),
        path=STUDIES,
        where=lambda one: "filter.ids" in one.query,
    )
    report = mirror.poll()
    assert "listed, and not given when asked for by id" in report.problems[0]
    assert report.finished == []
    registry.forget()
    assert mirror.poll().outcome == "complete"
    assert asked(registry) == {"posted": 0, "slim": 0, "ids": 1, "whole": 0}
    assert sorted(mirror.told()) == [("changed", nct(record)) for record in records[:2]]


def test_a_database_of_0_1_goes_on_where_it_was(opened, registry, records):
    before = opened(MIRROR + ids_watch("one", nct(records[0])))
    before.poll()
    with before.app.db.conn as db:
        for table in ("sweep_wanted", "sweep_page", "sweep", "slim"):
            db.execute(f"drop table {table}")
        db.execute("alter table watch drop column whole")
        db.execute("alter table request drop column begun")
        db.execute("delete from _sqlite_migrations where name = '0002_sweeps'")
    before.close()
    after = opened(MIRROR + ids_watch("one", nct(records[0])))
    assert after.poll().quiet
    registry.publish("2026-11-23", [with_status(records[1], "COMPLETED")])
    registry.forget()
    assert after.poll().outcome == "complete"
    assert asked(registry)["whole"] == ceil(COUNT / PAGE)  # when all of it was seen last is not on record
    assert after.told() == [("changed", nct(records[1]))]
    registry.publish("2026-11-24")
    registry.forget()
    assert after.poll().versions == 0
    assert (asked(registry)["whole"], asked(registry)["slim"]) == (0, ceil(COUNT / PAGE))
