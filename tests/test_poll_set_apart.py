"""A record that cannot be read, compared or stored is set apart: it is there, nothing is known of it, and nothing else
waits for it."""

from __future__ import annotations

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.plain_edits import nct, recruiting, with_results, with_status, without
from doubles.watching import Watching, ids_watch, query_watch

STUDIES = "/api/v2/studies"
BUILDS = ("2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-12-01", "2026-12-09")


@pytest.fixture
def records():
    return [recruiting(number) for number in range(1, 31)]


@pytest.fixture
def registry(records):
    with LoopbackRegistry(records, day="2026-11-20") as running:
        yield running


@pytest.fixture
def opened(tmp_path, registry, ticking):
    made = []

    def of(tables):
        made.append(
            Watching(
                tmp_path, registry, tables, clock=ticking, pages={"page_size": 10, "ids_per_request": 10}
            )
        )
        return made[-1]

    yield of
    for one in made:
        one.close()


def unreadable(record):
    odd = with_status(record, "COMPLETED")
    deep = odd["protocolSection"]["designModule"]["deep"] = []
    for _ in range(200):
        deep.append([])
        deep = deep[0]
    return odd


def stopped(record):
    return without(with_status(record, "TERMINATED"), "resultsSection")


def whole_pages(registry):
    return [one for one in registry.requests(STUDIES) if not {"fields", "filter.ids"} & set(one.query)]


WATCHED = {
    "everything": query_watch("all"),
    "a query": query_watch("all", status="RECRUITING,TERMINATED,COMPLETED"),
    "ids": None,
}


@pytest.mark.parametrize("kind", WATCHED)
@pytest.mark.parametrize("how", ["unreadable", "damaged"])
def test_a_stop_is_not_withheld_because_another_record_is_set_apart(opened, registry, records, kind, how):
    registry.publish("2026-11-21", [with_results(records[0])])
    watching = opened(WATCHED[kind] or ids_watch("all", *map(nct, records)))
    assert watching.poll().outcome == "complete"
    odd = unreadable(records[-1])
    if how == "damaged":
        odd = with_status(records[-1], "COMPLETED")
        watching.app.db.execute(
            "update head set body = x'00' where trial = (select key from trial where trial = ?)", [nct(odd)]
        )
        watching.app.db.conn.commit()
    registry.publish("2026-11-23", [stopped(records[0]), odd], removed=[nct(records[1])])
    told = []
    for build in BUILDS:
        report = watching.poll()
        told += watching.told()
        assert report.finished == []
        assert any(nct(odd) in line for line in report.problems)
        registry.publish(build)
    assert told == [("changed", nct(records[0])), ("gone", nct(records[1]))]
    assert watching.count("select count(*) from staged_record") == 0


@pytest.mark.parametrize("status", [{}, {"status": "RECRUITING,COMPLETED"}])
def test_a_first_look_comes_to_its_end_without_what_cannot_be_read(opened, registry, records, status):
    odd = unreadable(records[-1])
    registry.publish("2026-11-21", [odd])
    watching = opened(query_watch("q", **status))
    report = watching.poll()
    assert (report.finished, report.first_looks) == ([], {"q": 29})
    assert watching.told() == []
    entered = recruiting(99)
    registry.publish("2026-11-23", [entered])
    watching.poll()
    assert watching.told() == [("entered", nct(entered))]


def test_everything_is_not_asked_for_whole_on_every_build_because_of_one_record(opened, registry, records):
    registry.publish("2026-11-21", [unreadable(records[-1])])
    watching = opened(query_watch("all"))
    watching.poll()
    for build in ("2026-11-23", "2026-11-24"):
        registry.publish(build)
        for _ in range(2):
            registry.forget()
            assert watching.poll().finished == []
            assert whole_pages(registry) == []


def test_a_merged_id_whose_survivor_does_not_say_so_is_asked_for_by_itself(opened, registry, records):
    merged, survivor = nct(records[0]), nct(records[1])
    watching = opened(ids_watch("ids", *map(nct, records)) + query_watch("q", status="RECRUITING"))
    watching.poll()

    def silent(page):
        for study in page.get("studies", ()):
            study["protocolSection"]["identificationModule"].pop("nctIdAliases", None)
        return page

    registry.publish("2026-11-23", aliases={merged: survivor})
    registry.misbehave(Fault.rewritten(silent), times=None, path=STUDIES)
    assert watching.poll().outcome == "complete"
    assert watching.told() == [("merged", merged)]
    registry.publish("2026-11-24")
    assert watching.poll().outcome == "complete"
    assert watching.told() == []


def test_a_merge_into_a_record_that_was_merged_in_its_turn_is_followed(opened, registry, records):
    first, second, last = map(nct, records[:3])
    watching = opened(ids_watch("ids", first) + query_watch("q", status="RECRUITING"))
    watching.poll()

    def silent(page):
        for study in page.get("studies", ()):
            study["protocolSection"]["identificationModule"].pop("nctIdAliases", None)
        return page

    registry.publish("2026-11-23", aliases={first: second})
    registry.publish("2026-11-24", aliases={second: last})
    registry.misbehave(Fault.rewritten(silent), times=None, path=STUDIES)
    registry.misbehave(
        Fault.redirect(f"{registry.url}{STUDIES}/{second}", 301), times=None, path=f"{STUDIES}/{first}"
    )
    assert watching.poll().outcome == "complete"
    registry.publish("2026-11-25")
    assert watching.poll().outcome == "complete"
    assert sorted(watching.told()) == [("merged", first), ("merged", second)]
