"""Watches by query, end to end: each key finds what it says, and trials that enter, leave and return are told."""

from __future__ import annotations

import copy
import json
from math import asin, cos, hypot, radians, sin

import pytest
from doubles.ctgov import LoopbackRegistry
from doubles.plain_edits import nct, timeless, with_status
from doubles.study_records import study_records
from doubles.watching import Watching, query_watch

from monitor import watches
from monitor.registries.ctgov_query import PARAMETERS

RECORDS = list(study_records(150))
WARSAW = (52.2297, 21.0122)


def protocol(record, module):
    return record["protocolSection"].get(module, {})


def status(record):
    return protocol(record, "statusModule")["overallStatus"]


def phases(record):
    return protocol(record, "designModule").get("phases", [])


def sites(record):
    return protocol(record, "contactsLocationsModule").get("locations", [])


def lead(record):
    return protocol(record, "sponsorCollaboratorsModule")["leadSponsor"]["name"]


def miles(one, point):
    """By the straight line through the earth, where the double goes along its surface."""
    (a, b), (c, d) = (tuple(map(radians, at)) for at in (one, point))
    line = hypot(cos(a) * cos(b) - cos(c) * cos(d), cos(a) * sin(b) - cos(c) * sin(d), sin(a) - sin(c))
    return 2 * 3958.76 * asin(line / 2)


def near(record, reach):
    return any(
        miles((site["geoPoint"]["lat"], site["geoPoint"]["lon"]), WARSAW) <= reach
        for site in sites(record)
        if "geoPoint" in site
    )


def spelled(record, module):
    return json.dumps(protocol(record, module), ensure_ascii=False).casefold()


def titles(record):
    module = protocol(record, "identificationModule")
    return " ".join(module.get(key, "") for key in ("briefTitle", "officialTitle", "acronym")).casefold()


# A query, and what it says of a record, said again without any search language.
SAID = {
    "cond": ({"cond": "asthma"}, lambda r: "asthma" in spelled(r, "conditionsModule") + titles(r)),
    "term": ({"term": "NCT90000007"}, lambda r: nct(r) == "NCT90000007"),
    "intr": (
        {"intr": "Zanterol"},
        lambda r: "zanterol" in spelled(r, "armsInterventionsModule"),
    ),
    "titles": ({"titles": '"knee osteoarthritis"'}, lambda r: "knee osteoarthritis" in titles(r)),
    "lead": ({"lead": f'"{lead(RECORDS[0])}"'}, lambda r: lead(r) == lead(RECORDS[0])),
    "spons": (
        {"spons": f'"{lead(RECORDS[0])}"'},
        lambda r: lead(RECORDS[0]) in json.dumps(r["protocolSection"]["sponsorCollaboratorsModule"], ensure_ascii=False)
        or lead(RECORDS[0]) == protocol(r, "identificationModule").get("organization", {}).get("fullName"),
    ),
    "locn": ({"locn": "Poland"}, lambda r: any(site["country"] == "Poland" for site in sites(r))),
    "outc": ({"outc": "days"}, lambda r: "days" in spelled(r, "outcomesModule")),
    "id": ({"id": "NCT90000003 OR NCT90000009"}, lambda r: nct(r) in ("NCT90000003", "NCT90000009")),
    "patient": (
        {"patient": "asthma"},
        lambda r: "asthma"
        in spelled(r, "conditionsModule")
        + titles(r)
        + spelled(r, "descriptionModule").partition("detaileddescription")[0]
        + spelled(r, "eligibilityModule"),
    ),
    "status": ({"status": "SUSPENDED,TERMINATED"}, lambda r: status(r) in ("SUSPENDED", "TERMINATED")),
    "geo": ({"geo": f"distance({WARSAW[0]},{WARSAW[1]},120mi)"}, lambda r: near(r, 120)),
    "geo in km": (
        {"geo": f"distance({WARSAW[0]}, {WARSAW[1]}, 120km)"},
        lambda r: near(r, 120 / 1.609344),
    ),
    "advanced": (
        {"advanced": "AREA[Phase](PHASE2 OR PHASE3) AND NOT AREA[OverallStatus]COMPLETED"},
        lambda r: {"PHASE2", "PHASE3"} & set(phases(r)) and status(r) != "COMPLETED",
    ),
    "agg": (
        {"agg": "phase:2 3,results:without"},
        lambda r: {"PHASE2", "PHASE3"} & set(phases(r)) and not r["hasResults"],
    ),
    "one place alone": (
        {
            "advanced": 'SEARCH[Location](AREA[LocationCountry]"Poland"'
            " AND AREA[LocationStatus]RECRUITING)"
        },
        lambda r: any(s["country"] == "Poland" and s.get("status") == "RECRUITING" for s in sites(r)),
    ),
    "missing": (
        {"advanced": "AREA[DetailedDescription]MISSING"},
        lambda r: "detailedDescription" not in protocol(r, "descriptionModule"),
    ),
    "range": (
        {"advanced": "AREA[EnrollmentCount]RANGE[50, 120] AND AREA[LastUpdatePostDate]RANGE[2025-01-01, MAX]"},
        lambda r: 50 <= protocol(r, "designModule").get("enrollmentInfo", {}).get("count", 0) <= 120
        and protocol(r, "statusModule")["lastUpdatePostDateStruct"]["date"] >= "2025-01-01",
    ),
    "full match": (
        {"advanced": "AREA[LeadSponsorName]COVERAGE[FullMatch]EXPANSION[None]" + f'"{lead(RECORDS[0])}"'},
        lambda r: lead(r) == lead(RECORDS[0]),
    ),
    "several keys": (
        {"locn": "Poland OR Germany", "status": "RECRUITING", "advanced": "NOT AREA[Phase]NA"},
        lambda r: status(r) == "RECRUITING"
        and "NA" not in phases(r)
        and any(site["country"] in ("Poland", "Germany") for site in sites(r)),
    ),
    "all": ({"term": "ALL"}, lambda r: True),
}  # fmt: skip


@pytest.fixture(scope="module")
def many():
    with LoopbackRegistry(RECORDS, day="2026-11-20", cache_pages=True) as running:
        yield running


def test_no_key_is_left_out():
    assert set(PARAMETERS) == {key for query, _ in SAID.values() for key in query}


@pytest.mark.parametrize("name", SAID)
def test_a_watch_holds_exactly_what_its_query_says(name, many, tmp_path, ticking):
    query, says = SAID[name]
    expected = {nct(record) for record in RECORDS if says(record)}
    assert expected
    assert name == "all" or len(expected) < len(RECORDS)
    watching = Watching(tmp_path, many, query_watch("q", **query), clock=ticking)
    assert watching.poll().outcome == "complete"
    [watch] = watches.active(watching.app.db)
    assert set(watches.held_trials(watching.app.db, watch.row)) == expected
    assert watching.app.registries["ctgov"].preview(query, show=1).matches == len(expected)
    watching.close()


# Entering, leaving, returning

FEW = [timeless(with_status(record, "RECRUITING")) for record in RECORDS[:4]]


@pytest.fixture
def registry():
    with LoopbackRegistry(FEW, day="2026-11-20") as running:
        yield running


def memberships(watching):
    return [(one["event"], one["watches"]) for one in watching.rung() if one["event"] != "changed"]


def test_a_trial_that_leaves_returns_and_leaves_again_is_told_each_time(tmp_path, registry, ticking):
    watching = Watching(tmp_path, registry, query_watch("open", status="RECRUITING"), clock=ticking)
    watching.poll()
    told = []
    for day, now in enumerate(["SUSPENDED", "RECRUITING", "COMPLETED", "RECRUITING"], start=23):
        registry.publish(f"2026-11-{day}", [with_status(FEW[0], now)])
        watching.poll()
        told.append(watching.rung())
        assert watching.poll().outcome == "quiet"
        assert watching.rung() == []
    assert [[one["event"] for one in some] for some in told] == [
        ["changed", "left"],
        ["changed", "returned"],
        ["changed", "left"],
        ["changed", "returned"],
    ]
    ids = [one["id"] for some in told for one in some]
    assert len(set(ids)) == len(ids)
    left, returned = told[0][1], told[1][1]
    assert (left["headline"], left["severity"]) == ("No longer matches “open”", "minor")
    assert (returned["headline"], returned["severity"]) == ("Matches “open” again", "major")
    assert (left["from"], left["to"]["version"]) == (None, 2)


def test_a_trial_that_is_new_or_begins_to_match_enters(tmp_path, registry, ticking):
    watching = Watching(tmp_path, registry, query_watch("done", status="COMPLETED"), clock=ticking)
    watching.poll()
    new = timeless(with_status(RECORDS[10], "COMPLETED"))
    registry.publish("2026-11-23", [new, with_status(FEW[0], "COMPLETED")])
    watching.poll()
    alerts = watching.rung()
    # Not what changed: it was not watched before, and how it stood is not known.
    assert sorted((one["event"], one["trial"]) for one in alerts) == [
        ("entered", nct(FEW[0])),
        ("entered", nct(new)),
    ]
    assert {one["headline"] for one in alerts} == {"Now matches “done”"}


def test_overlapping_queries_tell_of_each_leaving_and_the_change_once(tmp_path, registry, ticking):
    wide = query_watch("wide", status="RECRUITING|SUSPENDED")
    watching = Watching(tmp_path, registry, wide + query_watch("narrow", status="RECRUITING"), clock=ticking)
    watching.poll()
    registry.publish("2026-11-23", [with_status(FEW[0], "SUSPENDED")])
    watching.poll()
    told = watching.rung()
    assert [(one["event"], one["watches"]) for one in told] == [
        ("changed", ["wide", "narrow"]),  # who hears that it left hears why
        ("left", ["narrow"]),
    ]
    registry.publish("2026-11-24", [with_status(FEW[0], "COMPLETED")])
    watching.poll()
    assert [(one["event"], one["watches"]) for one in watching.rung()][1:] == [("left", ["wide"])]
    registry.publish("2026-11-25", [with_status(FEW[0], "RECRUITING")])
    watching.poll()
    assert sorted(memberships(watching)) == [("returned", ["narrow"]), ("returned", ["wide"])]


@pytest.mark.parametrize("to", ["SUSPENDED", "COMPLETED"])
def test_what_an_edited_query_lets_in_or_drops_is_silent(tmp_path, registry, ticking, to):
    registry.publish("2026-11-23", [with_status(FEW[0], to)])
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    watching.edit(query_watch("q", status=to))
    registry.publish("2026-11-24")
    watching.poll()
    assert watching.rung() == []
    [watch] = watches.active(watching.app.db)
    assert watches.held_trials(watching.app.db, watch.row) == [nct(FEW[0])]
    registry.publish("2026-11-25", [with_status(FEW[1], to)])
    watching.poll()
    assert memberships(watching) == [("entered", ["q"])]


def test_a_record_that_was_taken_down_leaves_no_query_twice(tmp_path, registry, ticking):
    watching = Watching(tmp_path, registry, query_watch("q", status="RECRUITING"), clock=ticking)
    watching.poll()
    for day in ("2026-11-23", "2026-11-24", "2026-11-25"):
        registry.publish(day, removed=[nct(FEW[0])] if day == "2026-11-23" else [])
        watching.poll()
    assert watching.told() == [("gone", nct(FEW[0]))]
    registry.publish("2026-11-26", [copy.deepcopy(FEW[0])])
    watching.poll()
    assert watching.told()[:1] == [("back", nct(FEW[0]))]
