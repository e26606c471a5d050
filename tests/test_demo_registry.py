"""The embedded registry answers and refuses as the registry's API is described."""

from __future__ import annotations

import copy
import http.client
import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest

from monitor.demo import pages
from monitor.demo.archive import Seed
from monitor.demo.records import SEEDS
from monitor.demo.registry import DemoRegistry
from monitor.demo.script import DAYS, Day

PLAIN = "text/plain; charset=utf-8"


@pytest.fixture
def registry() -> Iterator[DemoRegistry]:
    with DemoRegistry() as one:
        yield one


@pytest.fixture
def ended() -> Iterator[DemoRegistry]:
    with DemoRegistry() as one:
        while one.advance():
            pass
        yield one


def ask(registry: DemoRegistry, path: str, **params: str) -> Any:
    return json.loads(body_of(registry, path, **params))


def body_of(registry: DemoRegistry, path: str, **params: str) -> bytes:
    query = (
        "?" + urlencode({name.replace("__", "."): value for name, value in params.items()}) if params else ""
    )
    with urllib.request.urlopen(registry.origin + path + query, timeout=10) as answer:
        read: bytes = answer.read()
        return read


def refused(registry: DemoRegistry, path: str, **params: str) -> tuple[int, str, str]:
    with pytest.raises(HTTPError) as caught:
        body_of(registry, path, **params)
    return caught.value.code, caught.value.headers["Content-Type"], caught.value.read().decode()


def ids(page: dict[str, Any]) -> list[str]:
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in page["studies"]]


def search(registry: DemoRegistry, **params: str) -> list[str]:
    return ids(ask(registry, "/api/v2/studies", pageSize="100", **params))


def test_a_build_is_published_each_day(registry: DemoRegistry) -> None:
    stamps = [ask(registry, "/api/v2/version")["dataTimestamp"]]
    while registry.advance():
        stamps.append(ask(registry, "/api/v2/version")["dataTimestamp"])
    assert stamps == [f"{day.date.isoformat()}T09:00:06" for day in DAYS]
    assert not registry.advance()
    assert ask(registry, "/api/v2/version") == {"apiVersion": "2.0.5", "dataTimestamp": stamps[-1]}


def test_nothing_changes_between_builds(registry: DemoRegistry) -> None:
    first = body_of(registry, "/api/v2/studies", pageSize="100")
    assert body_of(registry, "/api/v2/studies", pageSize="100") == first
    registry.advance()
    assert body_of(registry, "/api/v2/studies", pageSize="100") != first


def test_one_record(registry: DemoRegistry) -> None:
    raw = body_of(registry, "/api/v2/studies/NCT07146087")
    assert raw.count(b'"versionHolder":"2026-11-16"') == 1
    assert json.loads(raw) == registry.record("NCT07146087")


def test_an_alias_is_redirected_to_the_surviving_record(registry: DemoRegistry) -> None:
    connection = http.client.HTTPConnection(registry.origin.removeprefix("http://"), timeout=10)
    connection.request("GET", "/api/v2/studies/NCT99000327")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, "/api/v2/studies/NCT99000328")
    answer.read()
    connection.request("GET", "/api/v2/version")  # the same connection goes on
    assert connection.getresponse().status == 200
    connection.close()
    assert search(registry, filter__ids="NCT99000327") == ["NCT99000328"]
    assert search(registry, filter__ids="NCT99000327,NCT99000328") == ["NCT99000328"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/studies/NCT00000001",
        "/api/v2/nothing",
        "/study/NCT00000001",
        "/api/int/studies/NCT00000001/history",
    ],
)
def test_what_is_not_there_is_an_html_404(registry: DemoRegistry, path: str) -> None:
    status, kind, text = refused(registry, path)
    assert (status, kind) == (404, "text/html; charset=utf-8")
    assert "<html" in text


@pytest.mark.parametrize(
    "params",
    [
        {"filter__ids": "NCT07146087,NCT123"},
        {"fields": "NCTId,Nonsense"},
        {"fields": "protocolSection.noSuchModule.nctId"},
        {"filter__advanced": "AREA[Nonsense]PHASE3"},
        {"filter__advanced": "AREA[Phase"},
        {"filter__advanced": "(PHASE3"},
        {"filter__advanced": "PHASE3)"},
        {"filter__advanced": "AREA[LastUpdatePostDate]RANGE[yesterday,MAX]"},
        {"filter__advanced": "SEARCH[Location](Poland)"},
        {"filter__overallStatus": "OPEN"},
        {"filter__phase": "PHASE3"},
        {"filter__geo": "near Warsaw"},
        {"aggFilters": "results:maybe"},
        {"sort": "Nonsense:desc"},
        {"pageSize": "many"},
        {"pageToken": "forged"},
        {"format": "csv"},
        {"query__cond": '""'},
    ],
    ids=str,
)
def test_a_wrong_question_is_a_400_in_plain_text(registry: DemoRegistry, params: dict[str, str]) -> None:
    status, kind, text = refused(registry, "/api/v2/studies", **params)
    assert (status, kind) == (400, PLAIN)
    assert text


def test_unknown_ids_are_silently_missing(registry: DemoRegistry) -> None:
    assert search(registry, filter__ids="NCT00000001|NCT07146087") == ["NCT07146087"]


def test_pages(registry: DemoRegistry) -> None:
    params = {"pageSize": "8", "countTotal": "true", "filter__advanced": "AREA[StudyType]INTERVENTIONAL"}
    first = ask(registry, "/api/v2/studies", **params)
    second = ask(registry, "/api/v2/studies", **params, pageToken=first["nextPageToken"])
    assert first["totalCount"] == 15 and "totalCount" not in second
    assert (len(first["studies"]), len(second["studies"])) == (8, 7)
    assert len(set(ids(first) + ids(second))) == 15
    assert "nextPageToken" not in second


def test_a_token_belongs_to_one_question_and_one_build(registry: DemoRegistry) -> None:
    token = ask(registry, "/api/v2/studies", pageSize="2")["nextPageToken"]
    assert refused(registry, "/api/v2/studies", pageSize="3", pageToken=token)[0] == 400
    registry.advance()
    assert refused(registry, "/api/v2/studies", pageSize="2", pageToken=token)[0] == 400


def test_ten_on_a_page_unless_asked_and_a_thousand_at_most() -> None:
    seeds = []
    for number in range(1001):
        record = copy.deepcopy(SEEDS[1].record)
        record["protocolSection"]["identificationModule"]["nctId"] = f"NCT98{number:06}"
        seeds.append(Seed(record=record))
    with DemoRegistry([Day(date=DAYS[0].date, sentence="", expect="", new=tuple(seeds))]) as many:
        assert len(ask(many, "/api/v2/studies")["studies"]) == 10
        assert len(ask(many, "/api/v2/studies", pageSize="5000")["studies"]) == 1000


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"query__cond": "progressive multiple sclerosis", "filter__advanced": "AREA[Phase]PHASE3"}, {"101"}),
        ({"query__cond": "sclerosis multiple"}, {"101", "M"}),
        ({"query__cond": '"multiple sclerosis" AND NOT progressive'}, set()),
        ({"query__lead": "Biocells"}, {"M"}),
        ({"query__spons": "digestive tumours"}, {"328"}),
        ({"query__intr": "larkovimab"}, {"101"}),
        ({"query__intr": "LKV-114"}, {"101"}),
        ({"query__locn": "Malaga OR Seville"}, {"434", "547"}),
        ({"query__titles": "VELA-2"}, {"328"}),
        ({"query__outc": "EASI-75"}, {"215"}),
        ({"query__id": "Bio120002"}, {"M"}),
        ({"query__term": "insomnia"}, {"653"}),
        ({"query__patient": "sleep apnoea"}, {"653"}),
        ({"filter__overallStatus": "COMPLETED", "filter__advanced": "AREA[Phase]PHASE2"}, {"215", "653"}),
        ({"aggFilters": "phase:3 0,results:without"}, {"101", "547", "M"}),
        ({"filter__geo": "distance(52.2,21.0,20km)"}, {"M"}),
        ({"filter__advanced": "AREA[Phase](PHASE3 OR EARLY_PHASE1)"}, {"101", "547", "M"}),
        ({"filter__advanced": "AREA[EnrollmentCount]RANGE[1000,MAX]"}, {"434", "547"}),
        ({"filter__advanced": "AREA[LastUpdatePostDate]RANGE[2026-08-20,2026-10-08]"}, {"101", "547"}),
        ({"filter__advanced": "AREA[LastUpdatePostDate]RANGE[10/01/2026,MAX]"}, {"547"}),
        (
            {"filter__advanced": 'AREA[LocationCountry]"United States" NOT AREA[HasResults]true'},
            {"101", "215", "328", "653"},
        ),
    ],
    ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value),  # workers must agree
)
def test_searches(registry: DemoRegistry, params: dict[str, str], found: set[str]) -> None:
    got = search(registry, **params)
    relatives = {"NCT01730547", "NCT02403947"}
    assert {"M" if trial == "NCT07146087" else trial[-3:] for trial in got if trial not in relatives} == found


def test_what_was_posted_since_a_day(ended: DemoRegistry) -> None:
    since = {"filter__advanced": "AREA[LastUpdatePostDate]RANGE[2026-11-20,MAX]"}
    page = ask(
        ended,
        "/api/v2/studies",
        fields="NCTId,LastUpdatePostDate",
        sort="LastUpdatePostDate:desc",
        pageSize="20",
        **since,
    )
    assert [
        (
            study["protocolSection"]["identificationModule"]["nctId"],
            study["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"],
        )
        for study in page["studies"]
    ] == [
        ("NCT99000547", "2026-11-27"),
        *((f"NCT9900080{number}", "2026-11-25") for number in range(1, 8)),
        ("NCT07146087", "2026-11-24"),
        ("NCT99000101", "2026-11-23"),
        ("NCT99000769", "2026-11-23"),
        ("NCT99000328", "2026-11-20"),
    ]


def test_fields_cut_a_record_to_what_was_asked(registry: DemoRegistry) -> None:
    study = ask(
        registry,
        "/api/v2/studies/NCT07146087",
        fields="NCTId|LocationCity,HasResults,annotationSection,protocolSection.statusModule.overallStatus,"
        "ConditionsModule",
    )
    assert study == {
        "protocolSection": {
            "identificationModule": {"nctId": "NCT07146087"},
            "contactsLocationsModule": {"locations": [{"city": "Warsaw"}]},
            "statusModule": {"overallStatus": "RECRUITING"},
            "conditionsModule": {
                "conditions": ["Multiple Sclerosis"],
                "keywords": ["exosomes", "mesenchymal stem cells", "progressive disease"],
            },
        },
        "hasResults": False,
    }


def test_the_record_history_counts_from_0_and_grows_with_each_submission(ended: DemoRegistry) -> None:
    changes = ask(ended, "/api/int/studies/NCT07146087/history")["changes"]
    assert [(one["version"], one["date"], one["status"]) for one in changes] == [
        (0, "2025-08-11", "RECRUITING"),
        (1, "2025-08-26", "RECRUITING"),
        (2, "2026-11-16", "SUSPENDED"),
        (3, "2026-11-20", "RECRUITING"),
    ]
    assert changes[2]["moduleLabels"] == ["Study Status", "Contacts/Locations"]
    slipped = ask(ended, "/api/int/studies/NCT99000328/history")["changes"]
    assert [one["date"] for one in slipped] == ["2024-07-29", "2026-05-12", "2026-11-17", "2026-11-18"]


def test_an_archived_version_has_its_texts_as_html(ended: DemoRegistry) -> None:
    answer = ask(ended, "/api/int/studies/NCT07146087/history/0")
    assert answer["studyVersion"] == 0
    protocol = answer["study"]["protocolSection"]
    assert protocol["designModule"]["enrollmentInfo"]["count"] == 10
    assert (
        "<li>EDSS from 3.0 to 6.5 at screening (&gt;= 3.0)</li>"
        in protocol["eligibilityModule"]["eligibilityCriteria"]
    )
    assert refused(ended, "/api/int/studies/NCT07146087/history/4")[0] == 404


def test_an_archived_version_stays_as_it_was(registry: DemoRegistry) -> None:
    while registry.today.date.day < 20:
        registry.advance()
    archived = body_of(registry, "/api/int/studies/NCT99000328/history/3")
    while registry.advance():
        pass
    assert body_of(registry, "/api/int/studies/NCT99000328/history/3") == archived


def test_the_latest_archived_version_is_the_record_but_for_markup(ended: DemoRegistry) -> None:
    answer = ask(ended, "/api/int/studies/NCT99000101", history="true")
    last = len(answer["history"]["changes"]) - 1
    newest = ask(ended, f"/api/int/studies/NCT99000101/history/{last}")["study"]
    newest["derivedSection"]["miscInfoModule"]["versionHolder"] = "2026-11-27"
    assert answer["study"] == newest
    assert (
        answer["history"]["originalData"]["protocolSection"]["statusModule"]["overallStatus"]
        == "NOT_YET_RECRUITING"
    )


def test_the_human_page_says_what_it_is_and_escapes(registry: DemoRegistry) -> None:
    page = body_of(registry, "/study/NCT07146087", tab="history", a="1", b="2").decode()
    assert "belongs to the demo of trialbell, not to ClinicalTrials.gov" in page
    assert '<li class="compared">1: 2025-08-11, RECRUITING</li>' in page
    assert "Allogeneic Mesenchymal Stem Cell-Derived Exosome" in page
    hostile = registry.record("NCT07146087")
    hostile["protocolSection"]["identificationModule"]["briefTitle"] = "<script>alert(1)</script>"
    drawn = pages.study_page(hostile, [], {"a": "<b>"})
    assert "<script>" not in drawn and "&lt;script&gt;" in drawn
    assert "NCT99000434" in body_of(registry, "/").decode()


def test_head_has_no_body_and_writing_is_refused(registry: DemoRegistry) -> None:
    connection = http.client.HTTPConnection(registry.origin.removeprefix("http://"), timeout=10)
    connection.request("HEAD", "/api/v2/version")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.request("POST", "/api/v2/studies", body=b"x")
    assert connection.getresponse().status == 405
    connection.close()


def test_it_listens_on_loopback_alone_and_stops() -> None:
    registry = DemoRegistry()
    with registry:
        assert registry.origin.startswith("http://127.0.0.1:")
        connection = http.client.HTTPConnection(registry.origin.removeprefix("http://"), timeout=10)
        connection.request("GET", "/api/v2/version")
        connection.getresponse().read()
    registry.close()
    with pytest.raises((ConnectionError, http.client.HTTPException)):
        connection.request("GET", "/api/v2/version")
        connection.getresponse()
    connection.close()
