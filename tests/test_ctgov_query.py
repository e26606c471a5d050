"""Queries: our keys, the API's parameters, and addresses of search pages."""

import pytest

from monitor.registries.base import BadQuestion
from monitor.registries.ctgov_query import PARAMETERS, parameters, query_from_url, same

SITE = "https://clinicaltrials.gov"
PAGE = f"{SITE}/search?"


def test_all_keys_reach_the_api():
    query = {key: f"distance(1,2,3{'mi'})" if key == "geo" else f" about {key} " for key in PARAMETERS}
    given = dict(parameters(query | {"status": " COMPLETED "}))
    assert set(given) == set(PARAMETERS.values())
    assert given["query.cond"] == "about cond"
    assert given["aggFilters"] == "about agg"
    assert given["filter.overallStatus"] == "COMPLETED"


def test_equal_queries_ask_the_same_whatever_their_order():
    assert parameters({"term": "b", "cond": "a"}) == parameters({"cond": "a", "term": "b"})
    assert parameters({}) == []


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("condition", "cond"),
        ("conds", "cond"),
        ("query.cond", "cond"),
        ("Term", "term"),
        ("aggFilters", "agg"),
        ("filter.advanced", "advanced"),
        ("location", "locn"),
        ("sponsor", "spons"),
        ("distance", "geo"),
        ("overallStatus", "status"),
        ("advnaced", "advanced"),
    ],
)
def test_an_unknown_key_names_the_nearest(key, meant):
    with pytest.raises(BadQuestion, match=f"unknown query key: `{key}`") as caught:
        parameters({"cond": "x", key: "y"})
    assert caught.value.hint == f"did you mean `{meant}`?"


@pytest.mark.parametrize(
    ("key", "value", "area"),
    [
        ("phase", "PHASE3", "PHASE3"),
        ("Phases", "2, 3", "(PHASE2 OR PHASE3)"),
        ("filter.phase", "Phase 2/Phase 3", "(PHASE2 OR PHASE3)"),
        ("phase", "early phase 1", "EARLY_PHASE1"),
        ("phase", "not applicable", "NA"),
        ("phase", "late", "PHASE3"),
    ],
)
def test_a_phase_is_said_by_its_area(key, value, area):
    with pytest.raises(BadQuestion) as caught:
        parameters({key: value})
    assert caught.value.hint == f'write advanced = "AREA[Phase]{area}"'


def test_a_key_like_no_other_names_them_all():
    with pytest.raises(BadQuestion) as caught:
        parameters({"zzzzzz": "y"})
    assert "cond, term, intr" in (caught.value.hint or "")


@pytest.mark.parametrize("query", [{"cond": " "}, {"geo": "Berlin"}, {"geo": "distance(1,2)"}])
def test_values_that_cannot_be_meant(query):
    with pytest.raises(BadQuestion):
        parameters(query)


@pytest.mark.parametrize(
    ("address", "query"),
    [
        (
            PAGE + "cond=progressive%20multiple%20sclerosis&term=a+b&aggFilters=phase:3,status:rec%20act",
            {"cond": "progressive multiple sclerosis", "term": "a b", "agg": "phase:3,status:rec act"},
        ),
        (PAGE + "cond=ALS&viewType=Table&page=3&limit=100&sort=@relevance&rank=2&intr=", {"cond": "ALS"}),
        (SITE + "/search", {}),
        (
            "clinicaltrials.gov/search?spons=MySponsor&lead=L&id=X1&outc=pain&titles=ABC",
            {"spons": "MySponsor", "lead": "L", "id": "X1", "outc": "pain", "titles": "ABC"},
        ),
        (
            PAGE + "locStr=Berlin,%20Germany&country=Germany&city=Berlin&lat=52.52&lng=13.405&distance=50",
            {"geo": "distance(52.52,13.405,50mi)"},
        ),
        (PAGE + "locStr=Chile&term=x", {"term": "x", "locn": "Chile"}),
        (PAGE + "locStr=Belgium&country=Belgium", {"advanced": 'AREA[LocationCountry]"Belgium"'}),
        (
            PAGE + "locStr=Orlando&country=United%20States&state=Florida",
            {
                "advanced": 'SEARCH[Location](AREA[LocationCountry]"United States"'
                ' AND AREA[LocationState]"Florida")'
            },
        ),
        (
            PAGE + "start=2024-01-01_2024-12-31&lastUpdPost=2026-01-01_",
            {
                "advanced": "AREA[StartDate]RANGE[2024-01-01,2024-12-31]"
                " AND AREA[LastUpdatePostDate]RANGE[2026-01-01,MAX]"
            },
        ),
        (PAGE + "resFirstPost=_2030-01-01", {"advanced": "AREA[ResultsFirstPostDate]RANGE[MIN,2030-01-01]"}),
        ("https://clinicaltrials.gov/ct2/results?cond=ALS&term=&recrs=", {"cond": "ALS"}),
        (
            SITE + "/api/v2/studies?query.cond=ALS&filter.overallStatus=RECRUITING&pageSize=5&fields=X",
            {"cond": "ALS", "status": "RECRUITING"},
        ),
    ],
)
def test_search_addresses(address, query):
    assert query_from_url(address, site=SITE) == query
    parameters(query)


@pytest.mark.parametrize(
    "text",
    ["NCT07146087", "", SITE + "/study/NCT07146087", "https://example.org/search?cond=x", SITE + "/help"],
)
def test_what_is_no_search_address(text):
    assert query_from_url(text, site=SITE) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (PAGE + "cond=ALS&phase=PHASE3", "phase"),
        ("https://clinicaltrials.gov/ct2/results?cond=ALS&recrs=a", "recrs"),
        (SITE + "/api/v2/studies?query.cond=ALS&postFilter.ids=NCT1", "postFilter.ids"),
        (PAGE + "start=soon", "start=soon"),
        (PAGE + "start=_", "start=_"),
    ],
)
def test_no_part_of_a_search_is_dropped_in_silence(address, name):
    with pytest.raises(BadQuestion, match=f"`{name}`"):
        query_from_url(address, site=SITE)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"cond": "a  b", "status": "X,Y"}, {"status": "Y|X", "cond": " a b "}, True),
        ({"advanced": 'AREA[Phase]X  AND "a  b"'}, {"advanced": 'AREA[Phase]X AND  "a  b"'}, True),
        ({"advanced": '"a  b"'}, {"advanced": '"a b"'}, False),
        ({"advanced": 'x "a" y'}, {"advanced": 'x"a" y'}, False),
        ({"geo": "distance(1, 2, 5mi)"}, {"geo": "distance(1,2,5mi)"}, True),
        ({"cond": "A"}, {"cond": "a"}, False),
        ({"agg": "results:with,status:rec"}, {"agg": "status:rec,results:with"}, True),
        ({}, {"cond": "a"}, False),
    ],
)
def test_queries_are_the_same_where_that_is_certain(one, other, equal):
    assert (same(one) == same(other)) is equal


def test_a_status_is_understood_as_people_write_it():
    for written, sent in (
        ("recruiting", "RECRUITING"),
        ("Not yet recruiting, active-not-recruiting", "NOT_YET_RECRUITING,ACTIVE_NOT_RECRUITING"),
        ("NEW_ONE", "NEW_ONE"),  # the registry may know more than we do
    ):
        assert parameters({"status": written}) == [("filter.overallStatus", sent)]
    assert same({"status": "completed,Recruiting"}) == same({"status": "RECRUITING|COMPLETED"})
    with pytest.raises(BadQuestion, match="no such status: `recruting`") as caught:
        parameters({"status": "recruting"})
    assert caught.value.hint == "did you mean `RECRUITING`?"
