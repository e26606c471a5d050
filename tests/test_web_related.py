"""Related trials: shared identifiers first and exactly, then similarity by words; bounded, and told for what it is."""

from __future__ import annotations

import copy
import csv
import io
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from doubles.asking import asking
from doubles.web_history import RECORD, TRIAL, History

from monitor.database import open_for_writing
from monitor.web.related.finding import MOST_WITH_ID, SHOWN
from monitor.web.related.terms import identifiers, units
from snapshots.search.index import catch_up

AT = f"/trials/ctgov/{TRIAL}"


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db")


def trial(number: int, *, title: str = "Another thing", **modules: Any) -> dict[str, Any]:
    record = copy.deepcopy(RECORD)
    protocol = record["protocolSection"]
    protocol["identificationModule"] = {"nctId": f"NCT{number:08}", "briefTitle": title}
    protocol["conditionsModule"] = {"conditions": [f"Condition{number}"]}
    protocol["armsInterventionsModule"] = {"interventions": [{"type": "DRUG", "name": f"Drug{number}"}]}
    for name, value in modules.items():
        protocol[name] = {**protocol.get(name, {}), **value}
    return record


def ids(org: str | None = None, *secondary: str, aliases: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "identificationModule": {
            **({"orgStudyIdInfo": {"id": org}} if org else {}),
            "secondaryIdInfos": [{"id": one} for one in secondary],
            "nctIdAliases": list(aliases),
        }
    }


def with_ids(number: int, *args: Any, **more: Any) -> dict[str, Any]:
    record = trial(number)
    record["protocolSection"]["identificationModule"] |= ids(*args, **more)["identificationModule"]
    return record


def filled(history: History, *records: dict[str, Any]) -> None:
    for record in records:
        history.snapshot(record, "2026-11-20")
    with closing(open_for_writing(history.path)) as db:
        catch_up(db)


def found(history: History, kind: str) -> dict[str, list[str]]:
    with asking(history.app()) as browse:
        told = browse.get(f"{AT}/related.json").json()
    return {one["trial"]: one["shares"] for one in told[kind]}


def test_identifiers_are_shared_exactly_and_however_they_are_written(history: History) -> None:
    own = copy.deepcopy(RECORD)
    own["protocolSection"]["identificationModule"] |= ids(
        "BIO-120002", "2019-001234-12", "U1111-1234-5678", "7", aliases=("NCT00000099",)
    )["identificationModule"]
    filled(
        history,
        own,
        with_ids(1, None, "EudraCT: 2019-001234-12"),  # a number within a longer text
        with_ids(2, "bio 120002"),  # the same, written otherwise
        with_ids(3, "BIO-120002-EXT"),  # another study's
        with_ids(4, None, "U1111-1234-5678-1", TRIAL),  # two, one of them ours
        with_ids(5, "7"),  # names no study
        with_ids(6, "NCT00000099"),  # our former number
        with_ids(7, "12-001234-2019"),  # the same parts in another order
    )
    assert found(history, "by_identifier") == {
        "NCT00000001": ["2019-001234-12"],
        "NCT00000002": ["BIO-120002"],
        "NCT00000004": [TRIAL, "U1111-1234-5678"],
        "NCT00000006": ["NCT00000099"],
    }


def test_a_number_that_very_many_have_leads_nowhere(history: History) -> None:
    own = copy.deepcopy(RECORD)
    own["protocolSection"]["identificationModule"] |= ids("PROTOCOL 1")["identificationModule"]
    filled(history, own, *(with_ids(n, "PROTOCOL 1") for n in range(1, MOST_WITH_ID + 2)))
    assert found(history, "by_identifier") == {}


def test_similar_trials_are_ranked_by_the_rare_words_that_both_have(history: History) -> None:
    exosomes = {"interventions": [{"type": "BIOLOGICAL", "name": "Exosomes"}]}
    sclerosis = {"conditions": ["Multiple Sclerosis"]}
    filled(
        history,
        RECORD,
        trial(1, conditionsModule=sclerosis, armsInterventionsModule=exosomes),
        trial(2, armsInterventionsModule=exosomes),
        *(trial(n, conditionsModule=sclerosis) for n in range(3, 6)),
        trial(6, title="Allogeneic grafts"),  # one word of the title, by chance
        trial(7),
    )
    similar = found(history, "by_words")
    assert list(similar)[:2] == ["NCT00000001", "NCT00000002"]
    assert set(similar) == {f"NCT0000000{n}" for n in range(1, 6)}
    assert similar["NCT00000001"] == ["Exosomes", "Multiple Sclerosis"]


def test_lists_are_bounded_and_a_trial_stands_in_one_of_them(history: History) -> None:
    same = RECORD["protocolSection"]["conditionsModule"]
    likes = []
    for number in range(1, 60):
        one = with_ids(number, "Bio120002" if number == 1 else None)
        one["protocolSection"]["conditionsModule"] = same
        likes.append(one)
    filled(history, RECORD, *likes)
    assert list(found(history, "by_identifier")) == ["NCT00000001"]
    similar = found(history, "by_words")
    assert len(similar) == SHOWN
    assert "NCT00000001" not in similar
    assert TRIAL not in similar


def test_both_lists_stand_on_the_records_page_with_status_and_phase_and_as_csv(history: History) -> None:
    sponsored = with_ids(1, "Bio120002")
    sponsored["protocolSection"]["statusModule"] = {"overallStatus": "TERMINATED"}
    sponsored["protocolSection"]["designModule"] = {"phases": ["PHASE2", "PHASE3"]}
    filled(history, RECORD, sponsored, trial(2, conditionsModule={"conditions": ["Multiple Sclerosis"]}))
    with asking(history.app()) as browse:
        pages = [browse.get(f"{AT}{one}").text for one in ("/versions/1", "/related")]
        rows = list(csv.DictReader(io.StringIO(browse.get(f"{AT}/related.csv").text)))
    for text in pages:
        words = " ".join(re.sub(r"<[^>]+>", " ", text).split())
        assert "Share an identifier" in words
        assert "NCT00000001 Another thing ✕ Terminated Phase 2/Phase 3 Bio120002" in words
        assert "Similar by words, not by judgement" in words
        assert "NCT00000002 Another thing ● Recruiting Early phase 1 Multiple Sclerosis" in words
    assert 'href="#related"' in pages[0]
    assert [(row["by"], row["trial"], row["status"], row["phase"]) for row in rows] == [
        ("identifier", "NCT00000001", "TERMINATED", "Phase 2/Phase 3"),
        ("words", "NCT00000002", "RECRUITING", "Early phase 1"),
    ]


def test_what_is_not_indexed_yet_is_said_to_be_missing(history: History) -> None:
    filled(history, RECORD)
    history.snapshot(with_ids(1, "Bio120002"), "2026-11-20")
    with asking(history.app()) as browse:
        text = browse.get(f"{AT}/related").text
    assert "1 trial waits to be indexed and may be missing here" in text
    assert "No other stored trial has one of its identifiers" in text


@pytest.mark.parametrize(
    "text", ['"', "a OR b", "NEAR(", "*", "title:x", "\x00", "(" * 50, "-", "🦠", "'; drop table trial;--"]
)
def test_no_words_of_a_record_are_a_query(history: History, text: str) -> None:
    own = copy.deepcopy(RECORD)
    protocol = own["protocolSection"]
    protocol["identificationModule"] |= {
        "briefTitle": text,
        **ids(f"{text} 12345", text)["identificationModule"],
    }
    protocol["conditionsModule"] = {"conditions": [f"{text} words {text}"]}
    filled(history, own, with_ids(1, f"{text} 12345"))
    assert set(found(history, "by_identifier")) == {"NCT00000001"}


def test_what_leads_to_others_is_bounded_and_each_once() -> None:
    assert identifiers(["NCT00000001", "nct 0000 0001", "EudraCT 2019-001234-12", "A1", "none"]) == {
        "nct00000001": "NCT00000001",
        "201900123412": "2019-001234-12",
        "eudract201900123412": "EudraCT 2019-001234-12",
    }
    assert len(identifiers(f"ID-{n}-X" for n in range(1000))) < 30
    many = "\n".join(f"condition number {n}" for n in range(1000))
    title = "First-in-human, Placebo-Controlled Study of the Safety, Tolerability and Preliminary Efficacy of LM-108"
    assert [one.text for one in units(title, "", "")] == ["lm-108"], "not what stands in any title"
    assert len(units("word " * 1000, many, many)) < 30
