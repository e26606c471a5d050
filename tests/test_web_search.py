"""`/search`: words lead to trials and changes, ids to the trial; marks are safe; nothing found says what to do."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doubles.asking import Asking, asking
from doubles.web_history import RECORD, TRIAL, History

from monitor.web.search.marked import marked

AT = f"/trials/ctgov/{TRIAL}"
OTHER = "NCT01730547"


def record(trial: str, title: str, **more: Any) -> dict[str, Any]:
    made = copy.deepcopy(RECORD)
    made["protocolSection"]["identificationModule"].update(nctId=trial, briefTitle=title, **more)
    return made


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "history.db").fill()
    other = record(OTHER, "Cells <b>&amp;</b> more", acronym="MESEMS")
    other["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"] = "University of Genova"
    other["protocolSection"]["conditionsModule"]["conditions"] = ["Optic Neuritis"]
    other["protocolSection"]["designModule"]["phases"] = ["PHASE2", "PHASE3"]
    other["protocolSection"]["contactsLocationsModule"]["locations"][0]["country"] = "Turkey (Türkiye)"
    history.snapshot(other, "2026-11-17")
    return history.indexed()


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as browse:
        yield browse


def page(browse: Asking, path: str) -> str:
    answer = browse.get(path)
    assert answer.status == 200, answer.text
    return answer.text


def found(browse: Asking, query: str) -> list[str]:
    return [one["trial"] for one in browse.get(f"/search.json?{query}").json()["trials"]]


@pytest.mark.parametrize(
    "words",
    [
        "genova",
        "optic+neuritis",
        "mesems",
        "cells+mesems",
        "Genova+OR+aspirin",
        "genov*",
        "%22optic+neuritis%22",
    ],
)
def test_a_trial_is_found_by_what_people_know_of_it(browse: Asking, words: str) -> None:
    assert found(browse, f"q={words}") == [OTHER]
    text = page(browse, f"/search?q={words}")
    assert f'href="/trials/ctgov/{OTHER}"' in text
    assert f'href="{AT}"' not in text


@pytest.mark.parametrize(
    "text", ["nct7146087", "07146087", f"https%3A%2F%2Fclinicaltrials.gov%2Fstudy%2F{TRIAL}"]
)
def test_an_id_leads_straight_to_its_trial(browse: Asking, text: str) -> None:
    for path in (f"/search?q={text}",):
        answer = browse.get(path)
        assert (answer.status, answer.headers["location"]) == (303, AT)
    text = page(browse, "/search?q=NCT00000001")
    assert "trialbell watch add NCT00000001" in text


def test_the_words_are_marked_where_they_were_found(browse: Asking) -> None:
    text = page(browse, "/search?q=exosomes+sclerosis")
    assert "Allogeneic <mark>exosomes</mark> in progressive multiple <mark>sclerosis</mark>" in text
    text = page(browse, "/search?q=neuritis")
    assert "Cells &lt;b&gt;&amp;amp;&lt;/b&gt; more" in text
    assert "Conditions and keywords:</span> Optic <mark>Neuritis</mark>" in text
    one = browse.get("/search.json?q=neuritis").json()["trials"][0]
    start, end = one["snippet"]["marks"][0]
    assert one["snippet"]["text"][start:end] == "Neuritis"


def test_marked_text_is_escaped_and_without_addresses() -> None:
    assert marked(((False, "a<"), (True, "b>"), (False, "&c"))) == "a&lt;<mark>b&gt;</mark>&amp;c"
    hidden = marked(((False, "write to "), (True, "paula"), (False, "@biocells.example now")))
    assert hidden == "write to [e-mail hidden] now"
    assert len(marked(((True, "x" * 5000),))) < 500


@pytest.mark.parametrize(
    ("query", "trials"),
    [
        ("q=biological+OR+cells+OR+exosomes", {TRIAL, OTHER}),
        ("q=exosomes&status=suspended", {TRIAL}),
        ("q=exosomes&status=completed", set()),
        ("q=exosomes&phase=3", {OTHER}),
        ("q=exosomes&phase=early+1", {TRIAL}),
        ("q=exosomes&sponsor=genova", {OTHER}),
        ("q=exosomes&country=pl", {TRIAL}),
        ("q=exosomes&country=turkey", {OTHER}),
    ],
)
def test_what_is_found_can_be_narrowed(browse: Asking, query: str, trials: set[str]) -> None:
    assert set(found(browse, query)) == trials


def test_only_what_a_watch_holds(history: History, browse: Asking) -> None:
    definition = json.dumps({"registry": "ctgov", "ids": [OTHER]})
    with history.writing() as (db, _):
        db.execute(
            "insert into watch (id, name, registry, definition, definition_hash, origin, added_at)"
            " values (7, 'mine', 'ctgov', ?, 'x', 'command', '2026-11-17T00:00:00Z')",
            [definition],
        )
        db.execute(
            "insert into member (watch, trial, state, since) values (7, ?, 'in', '2026-11-17')", [OTHER]
        )
    assert found(browse, "q=exosomes&watch=mine") == [OTHER]
    assert "There are mine." in browse.get("/search?q=a&watch=other").text


def test_as_the_records_were_on_a_day(browse: Asking) -> None:
    one = browse.get("/search.json?q=exosomes&as_of=2026-11-20&status=recruiting").json()["trials"]
    assert [(hit["trial"], hit["version"]) for hit in one if hit["trial"] == TRIAL] == [(TRIAL, 4)]
    text = page(browse, "/search?q=sclerosis&as_of=2026-11-20")
    assert f'href="{AT}/versions/4"' in text
    early = page(browse, "/search?q=sclerosis&as_of=2020-01-01")
    assert "the first day that is known is 2025-01-10" in early


def test_changes_are_searched_too(browse: Asking) -> None:
    text = page(browse, "/search?q=supply&in=changes")
    assert f'href="{AT}/compare/4...5"' in text
    assert "sev-critical" in text
    data = browse.get("/search.json?q=supply&in=changes").json()
    assert [one["severity"] for one in data["changes"]] == ["critical"]
    assert browse.get("/search?q=supply&in=changes&country=pl").status == 400
    assert browse.get("/search?q=supply&archive=on").status == 400


def test_names_of_staff_are_in_no_change_that_is_found(browse: Asking) -> None:
    for query in ("q=newcomer&in=changes", "q=supply&in=changes", "q=supply+OR+newcomer+OR+paula&in=changes"):
        assert "Newcomer" not in page(browse, f"/search?{query}").replace('value="newcomer"', "")
        assert "Newcomer" not in browse.get(f"/search.csv?{query}").text


def test_nothing_found_says_what_to_do(browse: Asking) -> None:
    text = page(browse, "/search?q=asprin")
    assert "No trial found" in text
    assert "Check its spelling" in text
    assert "<code>aspr*</code>" in text
    assert browse.get("/search.json?q=asprin").json()["nowhere"] == ["asprin"]
    assert "Search for the same words without the filters" in page(
        browse, "/search?q=exosomes&status=completed"
    )
    assert "<code>AND</code> joins" in page(browse, "/search?q=asprin+and")


def test_words_that_only_the_trials_or_only_the_changes_hold_lead_there(browse: Asking) -> None:
    text = page(browse, "/search?q=neuritis&in=changes")
    assert "No change found" in text
    assert 'Trials hold these words as they are: <a href="/search?q=neuritis">search the trials</a>' in text
    assert "spelling" not in text
    text = page(browse, "/search?q=%226+months%22")
    assert 'Changes hold these words: <a href="/search?q=%226+months%22&amp;in=changes">' in text
    assert "In no change that is stored: <code>asprin</code>. Check" in page(
        browse, "/search?q=asprin&in=changes"
    )


def test_what_was_typed_has_a_reading_or_a_reason(browse: Asking) -> None:
    assert "Read as:" in page(browse, "/search?q=exosomes+OR")
    assert "Nothing to look for" in page(browse, "/search?q=---")
    assert browse.get("/search.json?q=---").status == 400
    assert browse.get("/search.json").json()["trials"] == []
    assert len(browse.get("/search.csv").text.splitlines()) == 1
    assert "<h1>Search</h1>" in page(browse, "/search")


def test_what_is_not_indexed_yet_is_said(history: History, browse: Asking) -> None:
    assert "Not searched yet" not in page(browse, "/search?q=exosomes")
    history.snapshot(record("NCT00000009", "Brand new"), "2026-11-17")
    assert "Not searched yet: 1 trial stored" in page(browse, "/search?q=exosomes")
    assert browse.get("/search.json?q=brand").json()["not_searched"]["trials"] == 1


def test_pages_go_on_and_end(history: History, browse: Asking) -> None:
    for number in range(1, 46):
        history.snapshot(record(f"NCT{number:08}", f"Paging {number}"), "2026-11-17")
    history.indexed()
    seen: list[str] = []
    path: str | None = "/search.json?q=paging"
    while path:
        data = browse.get(path).json()
        assert len(data["trials"]) <= 20
        seen += [one["trial"] for one in data["trials"]]
        path = data["next"]
    assert sorted(seen) == [f"NCT{number:08}" for number in range(1, 46)]
    on_a_day: list[str] = []
    for at in (1, 2, 3):
        on_a_day += found(browse, f"q=paging&as_of=2026-11-18&page={at}")
    assert sorted(on_a_day) == sorted(seen)
    text = page(browse, "/search?q=paging&page=3")
    assert "That is all" in text
    assert browse.get("/search?q=paging&page=11").status == 400
    text = page(browse, "/search?q=paging&page=4")
    assert "There are no more" in text
    assert '<a href="/search?q=paging">The first page' in text
    assert "No trial found" not in text


def test_the_same_as_csv(browse: Asking) -> None:
    lines = list(csv.DictReader(io.StringIO(browse.get("/search.csv?q=neuritis").text)))
    assert [(one["trial"], one["phase"], one["snippet"]) for one in lines] == [
        (OTHER, "Phase 2/Phase 3", "Optic Neuritis · COVID · exosomes")
    ]


def test_the_heads_form_leads_here(browse: Asking) -> None:
    assert '<form class="search" role="search" action="/search"' in page(browse, "/")
