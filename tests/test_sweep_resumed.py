"""A sweep that was stopped, however it was, goes on where it was; where it cannot, it begins again."""

from __future__ import annotations

import copy
from math import ceil

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, with_results, with_status, without
from doubles.small_records import small_record
from doubles.watching import Watching, ids_watch, query_watch

STUDIES = "/api/v2/studies"
COUNT, PAGE = 90, 10
PAGES = ceil(COUNT / PAGE)
TABLES = {"everything": query_watch("q"), "a query": query_watch("q", status="RECRUITING|COMPLETED")}


@pytest.fixture
def records():
    return [small_record(f"NCT{number:08}") for number in range(1, COUNT + 1)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture(params=TABLES)
def watching(tmp_path, registry, ticking, request):
    sizes = {"page_size": PAGE, "ids_per_request": PAGE}
    made = Watching(tmp_path, registry, TABLES[request.param], clock=ticking, pages=sizes)
    yield made
    made.close()


def break_at(registry, page):
    """The registry cannot be reached from this page on."""
    registry.misbehave(Fault.reset(), times=None, path=STUDIES, skip=page)


def pages_of(registry):
    return [one for one in registry.requests(STUDIES) if "filter.ids" not in one.query and one.status == 200]


@pytest.mark.parametrize("page", [1, 4, PAGES - 1])
def test_a_first_look_goes_on_where_it_was(watching, registry, page):
    break_at(registry, page)
    report = watching.poll()
    assert (report.outcome, report.versions, report.finished) == ("incomplete", page * PAGE, [])
    registry.behave()
    registry.forget()
    report = watching.poll()
    assert (report.outcome, report.versions) == ("complete", COUNT - page * PAGE)
    assert report.first_looks == {"q": COUNT}
    assert len(pages_of(registry)) == PAGES - page
    assert all("pageToken" in one.query for one in pages_of(registry))
    assert watching.rung() == []
    assert (
        watching.count("select count(*) from sweep") == watching.count("select count(*) from sweep_page") == 0
    )


def test_what_a_page_that_was_swept_before_the_stop_shows_is_told_and_nothing_is_missed(
    watching, registry, records
):
    watching.poll()
    changed = [with_status(record, "COMPLETED") for record in records[:40]]
    registry.publish("2026-11-23", changed, removed=[nct(records[50])])
    for page in (1, 2, 2):
        break_at(registry, page)
        assert watching.poll().outcome != "complete"
        registry.behave()
    assert watching.poll().outcome == "complete"
    assert sorted(watching.told()) == [("changed", nct(record)) for record in changed]
    registry.publish("2026-11-24")
    watching.poll()
    assert watching.told() == [("gone", nct(records[50]))]


def test_a_token_that_is_not_taken_any_more_begins_it_again(watching, registry):
    break_at(registry, 4)
    watching.poll()
    registry.behave()
    registry.expire_tokens()
    registry.forget()
    report = watching.poll()
    assert (report.outcome, report.first_looks) == ("complete", {"q": COUNT})
    assert len(pages_of(registry)) == PAGES
    assert watching.count("select count(*) from version") == COUNT


def test_another_build_begins_it_anew(watching, registry, records):
    break_at(registry, 4)
    watching.poll()
    registry.behave()
    registry.publish("2026-11-23", removed=[nct(record) for record in records[:3]])
    registry.forget()
    report = watching.poll()
    assert (report.outcome, report.first_looks) == ("complete", {"q": COUNT - 3})
    assert "pageToken" not in pages_of(registry)[0].query


def test_a_resumed_sweep_that_does_not_add_up_concludes_nothing_and_begins_again(watching, registry, records):
    watching.poll()
    registry.publish("2026-11-23")
    watching.app.db.execute("update watch set whole = '2026-11-01'")
    break_at(registry, 4)
    watching.poll()
    registry.behave()
    registry.misbehave(Fault.missing(nct(records[5]), nct(records[6])), times=None, path=STUDIES)
    report = watching.poll()
    if report.outcome == "complete":  # both lie on the pages that came before
        pytest.fail("choose other records")
    assert "not whole: 88 records came, the registry counts 90" in report.problems[0]
    assert watching.told() == []
    registry.behave()
    registry.forget()
    assert watching.poll().outcome == "complete"
    assert len(pages_of(registry)) == PAGES
    assert watching.told() == []


def test_an_ended_sweep_is_not_asked_for_again_when_what_follows_failed(watching, registry, records):
    watching.poll()
    registry.publish("2026-11-23", removed=[nct(records[7])])
    registry.misbehave(Fault.broken(500), times=None, path=f"{STUDIES}/*")
    assert watching.poll().outcome == "incomplete"
    registry.behave()
    registry.forget()
    assert watching.poll().outcome == "complete"
    assert pages_of(registry) == []


def test_a_record_that_could_not_be_read_is_asked_for_by_itself(watching, registry, records):
    odd = copy.deepcopy(records[7])
    odd["protocolSection"]["designModule"]["deep"] = _nested(200)
    registry.publish("2026-11-21", [odd])
    report = watching.poll()
    assert len(report.problems) == 1 and nct(odd) in report.problems[0]
    assert report.versions == COUNT - 1
    assert report.first_looks == {"q": COUNT - 1}
    for _ in range(2):
        registry.forget()
        assert watching.poll().finished == []
        assert [one.query["filter.ids"] for one in registry.requests(STUDIES)] == [nct(odd)]
    registry.publish("2026-11-24", [records[7]])
    assert watching.poll().finished == ["q"]
    assert watching.told() == [("entered", nct(odd))]  # its first look was over without it


def test_sections_lost_on_pages_before_the_stop_are_judged_with_the_rest(watching, registry, records):
    full = [with_results(record) for record in records]
    registry.publish("2026-11-21", full)
    watching.poll()
    registry.publish("2026-11-23", [without(record, "resultsSection") for record in full[:30]])
    break_at(
        registry, 6 if watching.count("select count(*) from watch where definition like '%status%'") else 2
    )
    watching.poll()
    registry.behave()
    report = watching.poll()
    assert report.finished == ["q"]
    assert [line.split(" in ")[0] for line in report.held] == [
        "held: 30 of 90 records lost resultsSection"
    ] or [line.split(" in ")[0] for line in report.held] == ["held: 30 of 30 records lost resultsSection"]
    assert watching.told() == []
    registry.publish("2026-11-24")
    watching.poll()
    assert sorted(watching.told()) == [("changed", nct(record)) for record in full[:30]]


def test_a_poll_of_another_watch_in_between_disturbs_it_not(tmp_path, registry, records, ticking):
    tables = query_watch("q") + ids_watch("one", nct(records[0]))
    watching = Watching(tmp_path, registry, tables, clock=ticking, pages={"page_size": PAGE})
    break_at(registry, 4)  # the ids, and three pages
    assert watching.poll().finished == ["one"]
    registry.behave()
    watching.edit(tables + ids_watch("two", nct(records[1])))
    registry.forget()
    report = watching.poll()
    assert sorted(report.finished) == ["q", "two"]
    assert len(pages_of(registry)) == PAGES - 3


def _nested(depth):
    value = {}
    for _ in range(depth):
        value = {"deeper": value}
    return value
