"""`/trials`: what is held, by id; of a status, a phase, a watch; and where words lead."""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from doubles.asking import Asking, asking
from doubles.web_history import RECORD, TRIAL, History

from monitor.web.reading import Reading
from monitor.web.search.held import held_after

STATUSES = ("RECRUITING", "COMPLETED", "TERMINATED")


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "history.db")
    for number in range(1, 10):
        record = copy.deepcopy(RECORD)
        record["protocolSection"]["identificationModule"]["nctId"] = f"NCT{number:08}"
        record["protocolSection"]["statusModule"]["overallStatus"] = STATUSES[number % 3]
        record["protocolSection"]["designModule"]["phases"] = (
            ["PHASE2", "PHASE3"] if number < 5 else ["PHASE1"]
        )
        history.snapshot(record, "2026-11-17")
    return history


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as browse:
        yield browse


def listed(browse: Asking, query: str) -> list[int]:
    return [int(one["trial"][3:]) for one in browse.get(f"/trials.json?{query}").json()["items"]]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", list(range(1, 10))),
        ("after=NCT00000007", [8, 9]),
        ("status=completed", [1, 4, 7]),
        ("status=completed&after=NCT00000001", [4, 7]),
        ("phase=3", [1, 2, 3, 4]),
        ("phase=3&status=terminated", [2]),
        ("status=withdrawn", []),
    ],
)
def test_trials_are_listed_by_id_and_narrowed(browse: Asking, query: str, numbers: list[int]) -> None:
    assert listed(browse, query) == numbers
    text = browse.get(f"/trials?{query}").text
    assert text.count('<th scope="row">') == len(numbers)
    assert ("No trial fits" in text) is (not numbers)
    assert len(browse.get(f"/trials.csv?{query}").text.splitlines()) == len(numbers) + 1


def test_what_is_looked_through_is_bounded_and_none_is_lost(history: History) -> None:
    reader = Reading(history.open())
    seen: list[str] = []
    after, rounds = "", 0
    while True:
        held = held_after(reader, after, status="COMPLETED", limit=2, through=3)
        seen += [one.trial for one in held.trials]
        rounds += 1
        if held.following is None:
            break
        assert held.looked == 3
        after = held.following
    assert seen == ["NCT00000001", "NCT00000004", "NCT00000007"]
    assert rounds == 3
    full = held_after(reader, "", status="COMPLETED", limit=2)
    assert (full.following, full.looked) == ("NCT00000006", None)
    assert [one.trial for one in held_after(reader, "NCT00000006", status="COMPLETED").trials] == [
        "NCT00000007"
    ]


def test_words_lead_to_the_search(browse: Asking) -> None:
    answer = browse.get("/trials?q=multiple+sclerosis")
    assert (answer.status, answer.headers["location"]) == (308, "/search?q=multiple+sclerosis")


def test_what_cannot_be_understood_is_refused(browse: Asking) -> None:
    for query in ("status=finished", "phase=9", "after=" + "x" * 100, "country=pl"):
        assert browse.get(f"/trials?{query}").status == 400, query
    assert browse.get("/trials?watch=none").status == 404


def test_each_line_says_what_is_held(browse: Asking) -> None:
    line = next(csv.DictReader(io.StringIO(browse.get("/trials.csv?phase=3").text)))
    assert (line["trial"], line["phase"], line["snapshots"]) == ("NCT00000001", "Phase 2/Phase 3", "1")
    assert line["sponsor"] == "Biocells Medical"
    assert line["countries"] == "Poland"
    assert TRIAL not in browse.get("/trials").text
