"""What pages say of a record's parts: phase, who may take part, sites, members of lists, what stands where."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from doubles.asking import asking
from doubles.web_history import RECORD, TRIAL, History, versions
from markupsafe import Markup

from monitor.web.drawing.blocks import Cell
from monitor.web.drawing.cells import CUT, drawn

AT = f"/trials/ctgov/{TRIAL}"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db")


def changed(**modules: Any) -> dict[str, Any]:
    record = copy.deepcopy(RECORD)
    for name, value in modules.items():
        record["protocolSection"][name].update(value)
    return record


def shown(history: History, *records: dict[str, Any], path: str = "") -> str:
    for number, record in enumerate(records):
        history.snapshot(record, f"2026-11-{17 + number}")
    with asking(history.app()) as browse:
        answer = browse.get(AT + path)
    assert answer.status == 200, answer.text
    return answer.text


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("phases", "said"),
    [(["NA"], "Not applicable"), ([], "not given"), (["PHASE1", "PHASE2"], "Phase 1/Phase 2")],
)
def test_only_na_is_not_applicable(history: History, phases: list[str], said: str) -> None:
    text = words(shown(history, changed(designModule={"phases": phases})))
    assert f"Phase {said} Study type" in text


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, "18 Years to no limit, all sexes"),
        ({"maximumAge": "65 Years", "sex": "FEMALE"}, "18 Years to 65 Years, female only"),
        ({"healthyVolunteers": False}, "18 Years to no limit, all sexes, no healthy volunteers"),
        ({"minimumAge": None, "maximumAge": "6 Months"}, "No lower limit to 6 Months, all sexes"),
    ],
)
def test_who_may_take_part(history: History, wanted: dict[str, Any], said: str) -> None:
    record = changed(eligibilityModule=wanted)
    kept = record["protocolSection"]["eligibilityModule"]
    record["protocolSection"]["eligibilityModule"] = {k: v for k, v in kept.items() if v is not None}
    assert f"Who may take part {said} Where" in words(shown(history, record))


def sites(*places: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "locations": [
            {
                "facility": name,
                "country": country,
                "status": status,
                "city": "X",
                "geoPoint": {"lat": 52.22977, "lon": 1},
            }
            for name, country, status in places
        ]
    }


def test_sites_are_counted_and_folded_by_country(history: History) -> None:
    many = [(f"Clinic {n}", "Poland" if n % 3 else "Spain", "RECRUITING") for n in range(20)]
    record = changed(contactsLocationsModule=sites(*many, ("Last", "Spain", "WITHDRAWN")))
    record["resultsSection"] = {"moreInfoModule": {"limitationsAndCaveats": {"description": "Few people."}}}
    text = shown(history, record, path="/versions/1")
    assert "21 in 2 countries: 20 recruiting, 1 withdrawn" in text
    assert "Poland (13 sites: 13 recruiting)" in words(text)
    assert "Spain (8 sites: 7 recruiting, 1 withdrawn)" in words(text)
    assert "52.22977" not in text, "a position is no answer to a reader's question"
    assert text.index('id="locations"') < text.index('id="results"') < text.index('id="identification"')


def test_a_site_written_otherwise_is_shown_both_ways(history: History) -> None:
    before = changed(contactsLocationsModule=sites(("Hospital de Malaga", "Spain", "RECRUITING")))
    after = changed(contactsLocationsModule=sites(("Hospital de Málaga", "Spain", "RECRUITING")))
    after["protocolSection"]["contactsLocationsModule"]["locations"][0]["geoPoint"]["lat"] = 36.72
    text = shown(history, before, after, path="/compare/1...2")
    assert "Hospital de <del>Malaga</del>" in text
    assert "Hospital de <ins>Málaga</ins>" in text
    assert "36" in text


def test_members_are_read_in_order_and_their_status_in_words(history: History) -> None:
    before = changed(contactsLocationsModule=sites(("Clinic", "Spain", "RECRUITING")))
    after = changed(contactsLocationsModule=sites(("Clinic", "Spain", "WITHDRAWN")))
    text = shown(history, before, after, path="/compare/1...2")
    assert "RECRUITING" not in text.replace('class="code">RECRUITING', "")
    assert text.index("<dt>Facility</dt>") < text.index("<dt>City</dt>") < text.index("<dt>Status</dt>")


def test_evidence_stands_before_the_record(history: History) -> None:
    text = shown(history, RECORD, path="/versions/1")
    assert text.index("SHA-256") < text.index('id="basic"')


def test_a_card_does_not_say_the_headline_again(history: History) -> None:
    later = changed()
    status = later["protocolSection"]["statusModule"]
    status["primaryCompletionDateStruct"] = {"date": "2028-06", "type": "ESTIMATED"}
    status["completionDateStruct"] = {"date": "2028-12-31", "type": "ESTIMATED"}
    for number, record in enumerate((RECORD, later)):
        history.snapshot(record, f"2026-11-{17 + number}")
    with asking(history.app()) as browse:
        text = browse.get("/").text
    assert "primary completion slipped" in text.lower()
    assert 'class="lines"' not in text


def test_a_backwards_comparison_has_no_neighbours(history: History) -> None:
    for number, record in enumerate(versions()):
        history.snapshot(record, f"2026-11-{17 + number}")
    with asking(history.app()) as browse:
        backwards, forwards = (browse.get(f"{AT}/compare/{pair}").text for pair in ("4...2", "2...4"))
    assert 'rel="prev"' not in backwards and 'rel="next"' not in backwards
    assert 'rel="prev"' in forwards and 'rel="next"' in forwards


def test_the_form_begins_with_our_last_two_snapshots_and_says_what_it_leaves_out(history: History) -> None:
    for number in range(205):
        record = changed(designModule={"enrollmentInfo": {"count": 30 + number, "type": "ESTIMATED"}})
        history.snapshot(record, f"20{26 + number // 300}-{number // 28 + 1:02}-{number % 28 + 1:02}")
    for number in range(2):  # of a later day, and yet not what a reader compares first
        history.archive(changed(designModule={"enrollmentInfo": {"count": number}}), number + 1, "2027-01-01")
    with asking(history.app()) as browse:
        text = browse.get(AT).text
    assert text.count("<option") == 400
    assert '<option value="204" selected' in text and '<option value="205" selected' in text
    assert "7 older versions are not listed" in text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Site 12, Warsaw (PL); 40–50 % + more", "Site 12, Warsaw (PL); 40–50 % + more"),
        ("<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
        ("ask anna@example.org", "ask [e-mail hidden]"),
        ("a\u202eb\x00", "a\ufffdb\ufffd"),
        ("x" * (CUT + 1), "x" * CUT + " …"),
    ],
)
def test_a_value_is_bounded_escaped_and_no_address(text: str, html: str) -> None:
    assert drawn(Cell(text)) == Markup(html)
