"""The loopback ClinicalTrials.gov itself: it answers, refuses, publishes and misbehaves as documented."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.ctgov_archive import markdown_to_html
from doubles.ctgov_process import RegistryProcess
from doubles.study_records import Edit, edited, study_record, study_records

STUDIES = "/api/v2/studies"
FIRST = "NCT90000001"


@pytest.fixture
def registry() -> Iterator[LoopbackRegistry]:
    with LoopbackRegistry(study_records(25)) as running:
        yield running


@pytest.fixture
def client(registry: LoopbackRegistry) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=registry.url, timeout=10) as open_client:
        yield open_client


def ids(page: Any) -> list[str]:
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in page["studies"]]


def sweep(client: httpx.Client, **query: Any) -> list[Any]:
    pages = []
    while True:
        answer = client.get(STUDIES, params=query)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        if "nextPageToken" not in pages[-1]:
            return pages
        query["pageToken"] = pages[-1]["nextPageToken"]


# Answers


def test_version_and_one_study(registry: LoopbackRegistry, client: httpx.Client) -> None:
    assert client.get("/api/v2/version").json() == {
        "apiVersion": "2.0.5",
        "dataTimestamp": "2026-11-20T09:00:06",
    }
    study = client.get(f"{STUDIES}/{FIRST}").json()
    assert study == registry.record(FIRST)
    assert study["derivedSection"]["miscInfoModule"]["versionHolder"] == "2026-11-20"
    assert study["protocolSection"] == study_record(1)["protocolSection"]


@pytest.mark.parametrize("gzip", [True, False])
@pytest.mark.parametrize("cache", [True, False])
def test_pages_hold_every_study_once(gzip: bool, cache: bool) -> None:
    with (
        LoopbackRegistry(study_records(25), gzip=gzip, cache_pages=cache) as registry,
        httpx.Client(base_url=registry.url) as client,
    ):
        for _ in range(2):
            pages = sweep(client, countTotal="true")
            assert [len(page["studies"]) for page in pages] == [10, 10, 5]
            assert sorted(id for page in pages for id in ids(page)) == sorted(registry.ids)
            assert [page.get("totalCount") for page in pages] == [25, None, None]
        assert client.get(STUDIES).headers.get("content-encoding") == ("gzip" if gzip else None)


def test_filter_ids_knows_aliases_and_passes_over_unknown_ids(
    registry: LoopbackRegistry, client: httpx.Client
) -> None:
    registry.publish("2026-11-23", aliases={"NCT90000002": FIRST})
    asked = "NCT90000002,NCT90000003|NCT99999999"
    page = client.get(STUDIES, params={"filter.ids": asked, "countTotal": "true"}).json()
    assert sorted(ids(page)) == [FIRST, "NCT90000003"]
    assert page["totalCount"] == 2
    moved = client.get(f"{STUDIES}/NCT90000002?fields=NCTId")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{STUDIES}/{FIRST}?fields=NCTId")
    assert registry.record(FIRST)["protocolSection"]["identificationModule"]["nctIdAliases"] == [
        "NCT90000002"
    ]


def test_fields_give_partial_records(client: httpx.Client) -> None:
    fields = "NCTId,protocolSection.statusModule.overallStatus|HasResults"
    page = client.get(STUDIES, params={"filter.ids": FIRST, "fields": fields}).json()
    status = study_record(1)["protocolSection"]["statusModule"]["overallStatus"]
    protocol = {"identificationModule": {"nctId": FIRST}, "statusModule": {"overallStatus": status}}
    assert page["studies"] == [{"protocolSection": protocol, "hasResults": study_record(1)["hasResults"]}]


SEARCHED = [
    study_record(1, status="RECRUITING", phases=["PHASE3"], updated="2026-11-19", conditions=["Asthma"]),
    study_record(2, status="COMPLETED", phases=["PHASE2", "PHASE3"], updated="2026-10-01", enrollment=2000),
    study_record(
        3, status="SUSPENDED", phases=["NA"], updated="2026-11-18", title="Asthma at Night", enrollment=5
    ),
    study_record(4, status="COMPLETED", has_results=True, updated="2025-01-31", sponsor="Old Bell Clinic"),
]
SEARCHED[0]["protocolSection"]["contactsLocationsModule"]["locations"] = [
    {"city": "Oslo", "zip": "0150", "country": "Norway", "geoPoint": {"lat": 59.91273, "lon": 10.74609}},
    {"city": "Arica", "zip": "1000000", "country": "Chile"},
]
for _other in SEARCHED[1:]:
    _other["protocolSection"]["contactsLocationsModule"].pop("locations", None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"filter.advanced": "AREA[LastUpdatePostDate]RANGE[2026-11-18,MAX]"}, [1, 3]),
        ({"filter.advanced": "AREA[LastUpdatePostDate]RANGE[MIN,2026-10-01]"}, [2, 4]),
        ({"filter.advanced": "AREA[Phase]PHASE3 AND NOT AREA[OverallStatus]COMPLETED"}, [1]),
        ({"filter.advanced": "AREA[OverallStatus](SUSPENDED OR RECRUITING)"}, [1, 3]),
        ({"filter.advanced": "AREA[NCTId]NCT90000001 OR AREA[Phase]PHASE2 AND AREA[Phase]PHASE3"}, [1, 2]),
        ({"filter.advanced": "AREA[HasResults]true"}, [4]),
        ({"filter.advanced": 'AREA[BriefTitle]"asthma at" AND AREA[EnrollmentCount]RANGE[1,10]'}, [3]),
        ({"filter.advanced": "AREA[EnrollmentCount]RANGE[2000,MAX] NOT AREA[Phase]NA"}, [2]),
        ({"filter.advanced": "AREA[ResultsFirstPostDate]MISSING"}, [1, 2, 3]),
        ({"filter.advanced": "AREA[BriefTitle]COVERAGE[FullMatch]asthma"}, []),
        ({"filter.advanced": 'AREA[BriefTitle]COVERAGE[FullMatch]"asthma at night"'}, [3]),
        ({"filter.advanced": "AREA[BriefTitle]COVERAGE[StartsWith]EXPANSION[None]asthma at"}, [3]),
        ({"filter.advanced": "AREA[BriefTitle]COVERAGE[EndsWith](night)"}, [3]),
        ({"filter.advanced": "SEARCH[Location](AREA[LocationCity]Oslo AND AREA[LocationCountry]Chile)"}, []),
        ({"filter.advanced": "SEARCH[Location](AREA[LocationCity]Oslo AND AREA[LocationZip]0150)"}, [1]),
        ({"filter.advanced": "AREA[LocationCity]Oslo AND AREA[LocationCountry]Chile"}, [1]),
        ({"filter.geo": "distance(59.91,10.75,5km)"}, [1]),
        ({"filter.geo": "distance(59.91,10.75,200mi)", "query.cond": "flu"}, []),
        ({"query.cond": "asthma"}, [1, 3]),
        ({"query.titles": "NIGHT asthma"}, [3]),
        ({"query.spons": "bell clinic", "query.cond": ""}, [4]),
        ({"filter.overallStatus": "SUSPENDED|RECRUITING"}, [1, 3]),
        ({"aggFilters": "results:with,status:com"}, [4]),
        ({"filter.ids": "NCT90000001,NCT90000002", "filter.overallStatus": "COMPLETED"}, [2]),
    ],
)
def test_searches(query: dict[str, str], found: list[int]) -> None:
    with LoopbackRegistry(SEARCHED) as registry, httpx.Client(base_url=registry.url) as client:
        answer = client.get(STUDIES, params={**query, "sort": "LastUpdatePostDate:desc"})
        assert answer.status_code == 200, answer.text
        assert sorted(ids(answer.json())) == [f"NCT9000000{number}" for number in found]
        posted = [
            s["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"]
            for s in answer.json()["studies"]
        ]
        assert posted == sorted(posted, reverse=True)


# Refusals


@pytest.mark.parametrize(
    "query",
    [
        {"filter.phase": "PHASE3"},
        {"fields": "NCTId,NoSuchField"},
        {"filter.advanced": "AREA[NoSuchArea]x"},
        {"filter.advanced": "(asthma"},
        {"filter.advanced": "NEAR[5]asthma"},
        {"filter.ids": f"{FIRST},NCT123"},
        {"filter.ids": f"{FIRST},"},
        {"filter.overallStatus": "SLEEPING"},
        {"filter.geo": "near me"},
        {"filter.geo": "distance(95,10,5km)"},
        {"filter.geo": "distance(59.91, 10.75, 5km)"},
        {"filter.advanced": "SEARCH[Nowhere]x"},
        {"filter.advanced": "AREA[BriefTitle]COVERAGE[Some]x"},
        {"sort": "NoSuchField"},
        {"pageSize": "many"},
        {"pageToken": "invented"},
        {"countTotal": "yes"},
        {"format": "csv"},
    ],
)
def test_bad_requests_are_refused_in_plain_text(client: httpx.Client, query: dict[str, str]) -> None:
    answer = client.get(STUDIES, params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")


def test_other_refusals(registry: LoopbackRegistry, client: httpx.Client) -> None:
    assert client.get(f"{STUDIES}/NCT99999999").status_code == 404
    assert "text/html" in client.get(f"{STUDIES}/NCT99999999").headers["content-type"]
    assert client.get(f"{STUDIES}/NCT12").status_code == 400
    assert client.get("/api/v2/nothing").status_code == 404
    assert client.get(STUDIES, params={"query.term": "x" * 8000}).status_code == 414
    for method in ("POST", "PUT", "DELETE", "HEAD"):
        assert client.request(method, STUDIES, content=b"x").status_code == 405
    assert client.get(STUDIES, params={"pageSize": 5000}).status_code == 200


def test_pages_need_the_same_parameters_and_a_living_token(
    registry: LoopbackRegistry, client: httpx.Client
) -> None:
    token = client.get(STUDIES).json()["nextPageToken"]
    assert client.get(STUDIES, params={"pageToken": token, "pageSize": 3}).status_code == 400
    assert client.get(STUDIES, params={"pageToken": token}).status_code == 200
    registry.expire_tokens()
    assert client.get(STUDIES, params={"pageToken": token}).status_code == 400


# Builds and the archive


def test_a_build_comes_between_two_pages(registry: LoopbackRegistry, client: httpx.Client) -> None:
    changed = edited(study_record(1), Edit.RENAME, Random(1), day="2026-11-23")
    registry.prepare("2026-11-23", [changed, study_record(26)], removed=["NCT90000005"])
    registry.switch_after(pages=1)
    token = client.get(STUDIES).json()["nextPageToken"]
    assert client.get("/api/v2/version").json()["dataTimestamp"] == "2026-11-23T09:00:06"
    assert client.get(STUDIES, params={"pageToken": token}).status_code == 400
    found = {id for page in sweep(client) for id in ids(page)}
    assert "NCT90000026" in found and "NCT90000005" not in found
    assert registry.record(FIRST)["protocolSection"] == changed["protocolSection"]
    assert registry.record("NCT90000002")["derivedSection"]["miscInfoModule"]["versionHolder"] == "2026-11-23"
    with pytest.raises(ValueError, match="later"):
        registry.publish("2026-11-20")


def test_the_archive_grows_with_submissions_only(registry: LoopbackRegistry, client: httpx.Client) -> None:
    record = study_record(1, status="RECRUITING", sites=2)
    registry.publish("2026-11-23", [record])
    suspended = edited(record, Edit.SUSPEND, Random(1), day="2026-11-24")
    registry.publish("2026-11-24", [suspended])
    registry.publish("2026-11-25", [edited(suspended, Edit.REDERIVE_BROWSE, Random(1))])
    changes = client.get(f"/api/int/studies/{FIRST}/history").json()["changes"]
    assert [change["version"] for change in changes] == list(range(len(changes)))
    submitted = suspended["protocolSection"]["statusModule"]["lastUpdateSubmitDate"]
    assert (changes[-1]["status"], changes[-1]["date"]) == ("SUSPENDED", submitted)
    assert "Study Status" in changes[-1]["moduleLabels"]
    version = client.get(f"/api/int/studies/{FIRST}/history/{len(changes) - 1}").json()
    assert version["studyVersion"] == len(changes) - 1
    text = version["study"]["protocolSection"]["eligibilityModule"]["eligibilityCriteria"]
    assert "<li>" in text and "\\" not in text
    whole = client.get(f"/api/int/studies/{FIRST}?history=true").json()
    assert whole["history"]["changes"] == changes
    registry.archive.remove(FIRST)
    assert client.get(f"/api/int/studies/{FIRST}/history").json() == {"changes": []}
    assert client.get(f"/api/int/studies/{FIRST}/history/0").status_code == 404


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("One.\n\nTwo \\> 3 & <4", "<p>One.</p><p>Two &gt; 3 &amp; &lt;4</p>"),
        (
            "A:\n\n* x\n* y\n\nB:\n\n1. z",
            "<p>A:</p><ul><li>x</li><li>y</li></ul><p>B:</p><ol><li>z</li></ol>",
        ),
        ("* a\n\n  1. b\n  2. c\n* d", "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>"),
        ("\\[x\\] \\~1 a\\_b 2\\*3", "<p>[x] ~1 a_b 2*3</p>"),
    ],
)
def test_the_archive_serves_text_as_html(markdown: str, html: str) -> None:
    assert markdown_to_html(markdown) == html


# Misbehaviour


@pytest.mark.parametrize(
    ("fault", "status", "header"),
    [
        (Fault.too_many(), 429, None),
        (Fault.too_many(retry_after=2), 429, "2"),
        (Fault.forbidden(), 403, None),
        (Fault.broken(502), 502, None),
        (Fault.html(), 200, None),
        (Fault.redirect("http://other.example/"), 302, None),
    ],
)
def test_refusing_faults_pass_after_their_time(
    registry: LoopbackRegistry, client: httpx.Client, fault: Fault, status: int, header: str | None
) -> None:
    registry.misbehave(fault, times=2, path=STUDIES)
    assert client.get("/api/v2/version").status_code == 200
    for _ in range(2):
        answer = client.get(STUDIES)
        assert (answer.status_code, answer.headers.get("retry-after")) == (status, header)
    assert client.get(STUDIES).json()["studies"]
    assert [request.fault for request in registry.requests(STUDIES)] == [fault.name, fault.name, ""]


def test_faults_can_wait_be_aimed_and_be_ended(registry: LoopbackRegistry, client: httpx.Client) -> None:
    registry.misbehave(Fault.expired_token(), times=None)
    stranger = registry.misbehave(Fault.forbidden(), times=None, where=lambda r: "httpx" not in r.user_agent)
    later = registry.misbehave(Fault.broken(), times=None, skip=1, path=f"{STUDIES}/*")
    token = client.get(STUDIES).json()["nextPageToken"]
    assert client.get(STUDIES, params={"pageToken": token}).status_code == 400
    assert client.get(STUDIES, headers={"User-Agent": "curl"}).status_code == 403
    assert [client.get(f"{STUDIES}/{FIRST}").status_code for _ in range(3)] == [200, 503, 503]
    registry.behave(later)
    registry.behave(stranger)
    assert client.get(f"{STUDIES}/{FIRST}").status_code == 200
    registry.behave()
    assert client.get(STUDIES, params={"pageToken": token}).status_code == 200


@pytest.mark.parametrize(
    ("fault", "total", "seen"),
    [
        (Fault.missing(FIRST), 3, ["NCT90000002", "NCT90000003"]),
        (Fault.missing_share(1.0), 3, []),
        (Fault.unasked(study_record(9)), 3, [FIRST, "NCT90000002", "NCT90000003", "NCT90000009"]),
        (Fault.wrong_total(-1), 2, [FIRST, "NCT90000002", "NCT90000003"]),
    ],
)
def test_lying_faults(
    registry: LoopbackRegistry, client: httpx.Client, fault: Fault, total: int, seen: list[str]
) -> None:
    registry.misbehave(fault)
    query = {"filter.ids": f"{FIRST},NCT90000002,NCT90000003", "countTotal": "true"}
    page = client.get(STUDIES, params=query).json()
    assert (page["totalCount"], sorted(ids(page))) == (total, seen)


def test_faults_that_bend_whole_pages(registry: LoopbackRegistry, client: httpx.Client) -> None:
    registry.misbehave(Fault.empty_page(), path=STUDIES)
    pages = sweep(client, pageSize=20)
    assert [len(page["studies"]) for page in pages] == [0, 20, 5]
    registry.misbehave(Fault.repeated())
    page = client.get(STUDIES).json()
    assert ids(page)[0] == ids(page)[1]
    registry.misbehave(Fault.lost("protocolSection.statusModule", share=0.5))
    page = client.get(STUDIES).json()
    assert sum("statusModule" in study["protocolSection"] for study in page["studies"]) == 5
    assert "statusModule" in registry.record(FIRST)["protocolSection"]


def test_faults_of_json(registry: LoopbackRegistry, client: httpx.Client) -> None:
    def body(fault: Fault) -> bytes:
        registry.misbehave(fault)
        return client.get(f"{STUDIES}/{FIRST}").content

    whole = client.get(f"{STUDIES}/{FIRST}").content
    assert body(Fault.empty_body()) == b""
    assert body(Fault.empty_object()) == b"{}"
    assert body(Fault.cut_json(0.25)) == whole[: len(whole) // 4]
    assert body(Fault.nested(9000)).count(b"[") == 9000
    assert body(Fault.duplicate_keys()).count(b'"overallStatus":') == whole.count(b'"overallStatus":') + 1
    assert body(Fault.nan()).count(b":NaN") == 1
    assert body(Fault.lone_surrogate()).count(b"\\ud83d") == 1
    with pytest.raises(UnicodeDecodeError):
        body(Fault.bad_utf8()).decode()
    assert body(Fault.rewritten(lambda study: {"only": study["hasResults"]}))[:8] == b'{"only":'
    registry.misbehave(Fault.bomb(megabytes=3))
    with client.stream("GET", STUDIES) as answer:
        packed = b"".join(answer.iter_raw())
    assert len(packed) < 20_000
    registry.misbehave(Fault.bomb(megabytes=3))
    assert json.loads(client.get(STUDIES).content) == {"studies": []}


@pytest.mark.parametrize("fault", [Fault.cut_transfer(), Fault.reset()])
def test_broken_transfers(registry: LoopbackRegistry, client: httpx.Client, fault: Fault) -> None:
    registry.misbehave(fault)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.get(STUDIES)
    assert client.get(STUDIES).status_code == 200


def test_a_drip_goes_on_until_it_is_told_to_hurry(registry: LoopbackRegistry, client: httpx.Client) -> None:
    hurry = threading.Event()
    registry.misbehave(Fault.drip(every=0.001, until=hurry))
    with client.stream("GET", f"{STUDIES}/{FIRST}") as answer:
        chunks = answer.iter_raw()
        received = [next(chunks) for _ in range(3)]
        assert sum(map(len, received)) < 100
        hurry.set()
        rest = b"".join(chunks)
    assert sum(map(len, received)) + len(rest) == int(answer.headers["content-length"])


def test_silence_ends_when_the_client_goes_away_or_the_registry_stops(registry: LoopbackRegistry) -> None:
    registry.misbehave(Fault.silence(), times=None)
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(registry.url + STUDIES, timeout=0.05)
    registry.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(registry.url + STUDIES)
    registry.behave()
    registry.start()
    assert httpx.get(registry.url + STUDIES).status_code == 200


# The log


def test_the_log_tells_what_was_asked(registry: LoopbackRegistry, client: httpx.Client) -> None:
    seen: list[str] = []
    registry.on_request = lambda request: seen.append(request.path)
    client.get(STUDIES, params={"pageSize": 1}, headers={"User-Agent": "trialbell/0 (test)"})
    client.get("/api/v2/version")
    [request] = registry.requests(STUDIES)
    assert (request.method, request.query, request.status) == ("GET", {"pageSize": "1"}, 200)
    assert request.user_agent == "trialbell/0 (test)"
    assert request.bytes > 500
    assert [entry.path for entry in registry.log] == seen == [STUDIES, "/api/v2/version"]
    registry.forget()
    assert registry.log == []


def test_a_registry_in_its_own_process(tmp_path: Path) -> None:
    def write(name: str, *numbers: int) -> Path:
        lines = [json.dumps(study_record(number), ensure_ascii=False) for number in numbers]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return tmp_path / name

    with (
        RegistryProcess(write("first.jsonl", 1, 2, 3)) as registry,
        httpx.Client(base_url=registry.url) as client,
    ):
        registry.publish("2026-11-23", write("second.jsonl", 4), removed=("NCT90000002",))
        page = client.get(STUDIES, params={"countTotal": "true"}).json()
        assert sorted(ids(page)) == [FIRST, "NCT90000003", "NCT90000004"]
        assert [request["status"] for request in registry.requests(STUDIES)] == [200]
        with pytest.raises(RuntimeError, match="later"):
            registry.publish("2026-11-23")
