"""The undocumented record history: numbers, shapes, and every way of not being there."""

import json

import pytest
from doubles.ctgov import Fault, LoopbackRegistry
from doubles.small_records import small_record
from doubles.still_clock import StillClock

from monitor.registries.base import Absurd, ArchiveEntry, MalformedId, NoHistory
from monitor.registries.ctgov import CtgovRegistry

TRIAL = "NCT00000001"
INTERNAL = "/api/int/studies/*"


@pytest.fixture
def loopback():
    with LoopbackRegistry([small_record(TRIAL, words="Pain > 3 & *more*:\n\n* one\n* two")]) as registry:
        registry.publish(
            "2026-11-23", [small_record(TRIAL, status="SUSPENDED", submitted="2026-11-22", holder=None)]
        )
        yield registry


@pytest.fixture
def ctgov(loopback):
    clock = StillClock()
    registry = CtgovRegistry(url=loopback.url, requests_per_minute=60_000, clock=clock.clock, wait=clock.wait)
    yield registry
    registry.close()


def test_versions_count_from_one_as_the_tab_shows_them(ctgov, loopback):
    assert ctgov.history(TRIAL) == (
        ArchiveEntry(number=1, submitted="2026-11-18", status="RECRUITING", modules=()),
        ArchiveEntry(
            number=2,
            submitted="2026-11-22",
            status="SUSPENDED",
            modules=("Study Status", "Study Description"),
        ),
    )
    assert [request.path for request in loopback.requests()] == [f"/api/int/studies/{TRIAL}/history"]


def test_a_version_is_asked_for_by_the_number_before(ctgov, loopback):
    record = ctgov.archived(TRIAL, 2)
    assert record["protocolSection"]["statusModule"]["overallStatus"] == "SUSPENDED"
    assert [request.path for request in loopback.requests()] == [f"/api/int/studies/{TRIAL}/history/1"]


def test_archived_text_is_brought_to_the_form_of_today(ctgov):
    summary = ctgov.archived(TRIAL, 1)["protocolSection"]["descriptionModule"]["briefSummary"]
    assert "<li>" not in summary
    assert "&gt;" not in summary
    assert "* one" in summary


@pytest.mark.parametrize("number", [0, -1, 3, 999])
def test_a_version_that_is_not_there(ctgov, number):
    with pytest.raises(NoHistory):
        ctgov.archived(TRIAL, number)


def test_a_record_without_a_history(ctgov, loopback):
    loopback.archive.remove(TRIAL)
    with pytest.raises(NoHistory, match=f"keeps no history of this record: `{TRIAL}`"):
        ctgov.history(TRIAL)
    with pytest.raises(NoHistory):
        ctgov.archived(TRIAL, 1)


def test_an_unknown_record(ctgov):
    with pytest.raises(NoHistory, match="`NCT00000404`"):
        ctgov.history("NCT00000404")
    with pytest.raises(MalformedId):
        ctgov.history("nonsense")


STUDY = json.dumps({"protocolSection": {"identificationModule": {"nctId": TRIAL}}})


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b'{"changes":{}}',
        b'{"changes":[{"date":"2026-11-18"}]}',
        b'{"changes":[{"version":"0","date":"2026-11-18"}]}',
        b'{"changes":[{"version":1,"date":"2026-11-18"},{"version":0,"date":"2026-11-19"}]}',
        b'{"changes":[{"version":0,"date":"2026-11-18"},{"version":0,"date":"2026-11-19"}]}',
        b'{"changes":[{"version":-1,"date":"2026-11-18"}]}',
        b'{"changes":[{"version":0,"date":"18/11/2026"}]}',
        b'{"changes":[{"version":0,"date":"2026-11-18","moduleLabels":"all"}]}',
    ],
)
def test_a_history_of_another_shape_is_none(ctgov, loopback, body):
    loopback.misbehave(Fault.raw(body), path=INTERNAL)
    with pytest.raises(NoHistory, match="not as we know it") as caught:
        ctgov.history(TRIAL)
    assert "history = false" in (caught.value.hint or "")


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"studyVersion":0}',
        f'{{"study":{STUDY}}}',
        f'{{"studyVersion":1,"study":{STUDY}}}',  # another version
        f'{{"studyVersion":0,"study":{STUDY.replace(TRIAL, "NCT00000002")}}}',  # another record
        '{"studyVersion":0,"study":[]}',
        '{"studyVersion":0,"study":{"protocolSection":[]}}',
        '{"studyVersion":0,"study":{"a":1,"a":2}}',
    ],
)
def test_a_version_of_another_shape_is_none(ctgov, loopback, body):
    loopback.misbehave(Fault.raw(body.encode()), path=INTERNAL)
    with pytest.raises(NoHistory, match="not as we know it"):
        ctgov.archived(TRIAL, 1)


@pytest.mark.parametrize(
    "fault",
    [Fault.html(), Fault.empty_body(), Fault.cut_json(), Fault.raw(b'{"changes":'), Fault.raw(b"\xff")],
)
@pytest.mark.parametrize("ask", [lambda ctgov: ctgov.history(TRIAL), lambda ctgov: ctgov.archived(TRIAL, 1)])
def test_no_json_at_all_is_a_bad_answer(ctgov, loopback, fault, ask):
    loopback.misbehave(fault, path=INTERNAL)
    with pytest.raises(Absurd, match="/api/int/studies/"):
        ask(ctgov)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.redirect("/api/int/studies/NCT00000002/history", 301),
        Fault.raw(b"no", status=400),
        Fault.bomb(40),
    ],
)
def test_a_history_that_cannot_be_had(ctgov, loopback, fault):
    loopback.misbehave(fault, path=INTERNAL)
    with pytest.raises(NoHistory, match=f"`{TRIAL}`"):
        ctgov.history(TRIAL)
    assert len(loopback.requests()) == 1
