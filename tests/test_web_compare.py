"""Comparisons: two versions, by number or by day; two trials; unified or side by side; what differs or all."""

from __future__ import annotations

import copy
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from doubles.asking import Asking, asking
from doubles.hostile import HOSTILE
from doubles.strict_page import Strict
from doubles.web_history import RECORD, STAFF, TRIAL, History, versions
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from monitor.alerting.discretion import without_people
from monitor.web.compare.beside import beside
from monitor.web.compare.criteria import criteria, criteria_changes
from monitor.web.compare.marks import is_personal
from monitor.web.compare.passages import passages
from snapshots.changes import compare
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.event import changed_event, event_json
from snapshots.fields import table
from snapshots.query import Reader
from snapshots.record import canonical

AT = f"/trials/ctgov/{TRIAL}"
OTHER = "NCT01730547"
BEFORE = (
    "Inclusion Criteria:\n\n* EDSS 3.0 to 6.5\n* Age 18 to 60\n  * or 17 with consent\n* No pregnancy\n\n"
    "Exclusion Criteria:\n\n1. A relapse within 3 months\n2. Allergy to the product"
)
AFTER = (
    "Inclusion Criteria:\n\n* A signed consent form\n* EDSS 3.0 to 6.5\n* Age 21 to 60\n  * or 17 with consent\n\n"
    "Exclusion Criteria:\n\n1. A relapse within 6 months\n2. Allergy to the product"
)


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "history.db").fill()
    record = copy.deepcopy(RECORD)
    record["protocolSection"]["identificationModule"] |= {
        "nctId": OTHER,
        "briefTitle": "Another <b>trial</b>",
    }
    record["protocolSection"]["conditionsModule"]["conditions"].append("Neuromyelitis optica")
    record["protocolSection"]["outcomesModule"]["primaryOutcomes"].append({"measure": "Relapses"})
    record["protocolSection"]["contactsLocationsModule"]["centralContacts"][0]["name"] = "Rosa Newcomer"
    history.snapshot(record, "2026-11-18")
    return history


@pytest.fixture
def browse(history: History) -> Iterator[Asking]:
    with asking(history.app()) as asked:
        yield asked


def page(browse: Asking, path: str) -> str:
    answer = browse.get(path)
    assert answer.status == 200, answer.text
    return answer.text


# --- which criterion changed ---


def test_each_criterion_that_changed_is_named_by_part_and_number() -> None:
    found = [(one.name, one.what, Markup(one.words).striptags()) for one in criteria(BEFORE, AFTER).named]
    assert found == [
        ("Inclusion criterion 1", "added", "A signed consent form"),
        ("Inclusion criterion 3", "changed (was inclusion criterion 2)", "Age 1821 to 60"),
        ("Inclusion criterion 3", "dropped", "No pregnancy"),
        ("Exclusion criterion 1", "changed", "A relapse within 36 months"),
    ]
    assert criteria(BEFORE, AFTER).line.startswith(
        "Inclusion criterion 1 added; inclusion criterion 3 changed"
    )


def test_what_stands_below_a_criterion_has_its_number_and_one_of_its_own() -> None:
    (one,) = criteria(BEFORE, BEFORE.replace("or 17", "or 16")).named
    assert (one.name, one.words) == (
        "Inclusion criterion 2.1",
        "or <del>17</del><ins>16</ins> with consent",
    )


def test_the_page_names_the_criterion_at_a_glance(browse: Asking) -> None:
    text = page(browse, f"{AT}/compare/3...4")
    glance = text[text.index('class="glance"') : text.index("</ol>", text.index('class="glance"'))]
    assert "Exclusion criterion 1 changed" in glance
    assert '<strong>Exclusion criterion 1</strong> <span class="what">changed</span>' in text
    assert "A relapse within <del>3</del><ins>6</ins> months" in text


# --- how it is looked at ---


def test_unified_shows_both_in_one_and_says_so_only_in_the_address(browse: Asking) -> None:
    beside_text, unified = (page(browse, f"{AT}/compare/3...5{query}") for query in ("", "?view=unified"))
    assert "After, version 5" in beside_text
    assert "After, version 5" not in unified
    assert "<del>20 (estimated)</del>" in unified
    assert "<ins>12 (estimated)</ins>" in unified
    assert f'href="{AT}/compare/3...5?view=unified&amp;show=all"' in unified
    assert f'href="{AT}/compare/2...3?view=unified"' in unified, "neighbours are looked at in the same way"
    assert f'href="{AT}/compare/3...5?show=all"' in beside_text
    assert browse.get(f"{AT}/compare/3...5?view=sideways").status == 400
    assert browse.get(f"{AT}/compare/3...5?shows=all").status == 400


def test_all_has_every_field_of_both_records_and_marks_what_changed_in_its_place(browse: Asking) -> None:
    text = page(browse, f"{AT}/compare/3...5?show=all")
    order = [
        text.index(one)
        for one in (
            'id="h-s-identification">Identification <span class="item">unchanged',
            'id="h-s-status">Status <span class="item">2 changed',
            'id="overall-status-1"',
            'id="h-s-eligibility"',
            'id="eligibility-criteria-4"',
            'id="h-s-other-fields"',
        )
    ]
    assert order == sorted(order)
    for said in (
        "Change in EDSS",
        "COVID",
        "a field nobody knows yet",
        "Biocells Medical, Warsaw: Recruiting",
    ):
        assert said in text
    assert (
        text.count("<article") == len(re.findall(r'class="glance-line"', text)) + 1
    )  # and a data build's noise
    for person in (*STAFF, "Rosa Newcomer"):
        assert person not in text


def test_every_leaf_of_both_records_is_in_one_row() -> None:
    older, newer = versions()[0], versions()[4]

    def leaves(value: Any) -> int:
        if isinstance(value, dict):
            return sum(map(leaves, value.values()))
        return sum(map(leaves, value)) if isinstance(value, list) else 1

    rows = [row for part in beside(older, newer, table("ctgov")) for row in part.rows]
    for record, side in ((older, "a"), (newer, "b")):
        assert sum(leaves(getattr(row, side)) for row in rows if getattr(row, side) is not None) == leaves(
            record
        )


texts = st.text(st.sampled_from("ab*1. \n-<&"), max_size=60) | st.sampled_from(HOSTILE)


@given(texts, texts)
def test_unified_keeps_every_letter_of_both_and_makes_nothing_else(before: str, after: str) -> None:
    html = "".join(str(one.same or one.both or "") for one in passages(before, after, unified=True))
    parser = Strict()
    parser.feed(html)
    assert parser.bad == []
    for text, other in ((before, "ins"), (after, "del")):
        own = re.sub(rf"<{other}>.*?</{other}>", "", html, flags=re.DOTALL)
        said = Markup(own.replace("<", " <")).striptags()
        assert [one for one in said if one in "ab<&"] == [one for one in text if one in "ab<&"]


@given(texts, texts)
def test_named_criteria_of_any_text_are_safe(before: str, after: str) -> None:
    parser = Strict()
    for one in criteria(before, after).named:
        parser.feed(str(one.words))
    assert parser.bad == []


# --- by day ---


def test_days_lead_to_the_versions_that_stood_then(browse: Asking) -> None:
    form = browse.get(f"{AT}/compare?a=2025-04-01&b=2026-11-20&view=unified")
    assert (form.status, form.headers["location"]) == (
        303, f"{AT}/compare/2025-04-01...2026-11-20?view=unified",
    )  # fmt: skip
    then = browse.get(form.headers["location"])
    assert (then.status, then.headers["location"]) == (303, f"{AT}/compare/r2...4?view=unified")
    data = browse.get(f"{AT}/compare/2025-04-01...4.json")
    assert data.headers["location"] == f"{AT}/compare/r2...4.json"
    early = browse.get(f"{AT}/compare/2020-01-01...4")
    assert early.status == 404
    assert "2025-01-10" in early.text
    assert browse.get(f"{AT}/compare/2026-02-30...4").status == 400


# --- for programs ---


def test_json_is_the_event_and_csv_its_changes(browse: Asking, history: History) -> None:
    reader = Reader(history.open())
    stored = reader.event(f"ctgov:{TRIAL}:changed:3-4")
    assert stored is not None
    assert without_criteria(browse.get(f"{AT}/compare/3...4.json").json()) == event_json(stored)
    both = [reader.version("ctgov", TRIAL, stored.from_.source, number).ref for number in (3, 5)]  # type: ignore[union-attr]
    made = changed_event(compare(versions()[2], versions()[4], from_=both[0], to=both[1]), at=None, url=None)
    found = without_criteria(browse.get(f"{AT}/compare/3...5.json").json())
    assert found["changes"] == event_json(without_people(made))["changes"]
    assert "noise" in {
        one["severity"] for one in browse.get(f"{AT}/compare/3...5.json?show=all").json()["changes"]
    }
    lines = list(csv.DictReader(io.StringIO(browse.get(f"{AT}/compare/3...5.csv").text)))
    assert [one["field"] for one in lines if not one["number"]] == [one["field"] for one in found["changes"]]
    assert all(person not in browse.get(f"{AT}/compare/3...5.csv").text for person in STAFF)


def without_criteria(event: dict[str, Any]) -> dict[str, Any]:
    for one in event["changes"]:
        one.pop("criteria", None)
    return event


def test_programs_are_told_which_criterion(browse: Asking) -> None:
    (change,) = (
        one
        for one in browse.get(f"{AT}/compare/3...5.json").json()["changes"]
        if one["field"] == "eligibility-criteria"
    )
    words = {"before": "A relapse within 3 months", "after": "A relapse within 6 months"}
    place = {"part": "exclusion", "number": "1"}
    assert change["criteria"] == [
        {**place, "action": "changed", "was_part": "exclusion", "was_number": "1", **words}
    ]
    lines = list(csv.DictReader(io.StringIO(browse.get(f"{AT}/compare/3...5.csv").text)))
    whole, line = (one for one in lines if one["field"] == "eligibility-criteria")
    assert (whole["item"], whole["number"], whole["before"][:9]) == ("", "", "Inclusion")
    assert {**line, **words, **place, "item": "Exclusion criterion 1", "action": "changed"} == line


def test_each_criterion_is_told_with_where_it_stood() -> None:
    moved = "Inclusion Criteria:\n\n* Adults\n* Can walk\n\nExclusion Criteria:\n\n* Asthma"
    after = "Inclusion Criteria:\n\n* Can walk\n* Speaks Polish\n\nExclusion Criteria:\n\n* Asthma\n* Adults"
    assert [
        (one.action, one.part, one.number, one.was_part, one.was_number, one.before, one.after)
        for one in criteria_changes(moved, after)
    ] == [
        ("added", "inclusion", "2", None, None, None, "Speaks Polish"),
        ("moved", "exclusion", "2", "inclusion", "1", "Adults", "Adults"),
    ]
    (gone,) = criteria_changes(moved, moved.replace("* Can walk\n", ""))
    assert (gone.action, gone.part, gone.number, gone.after) == ("removed", "inclusion", "2", None)


def test_what_a_poll_told_is_shown_as_it_was_told(browse: Asking, history: History) -> None:
    with history.writing() as (db, _):
        db.execute("update event set headline = 'As it was told' where id like '%:3-4'")
    assert "As it was told" in page(browse, f"{AT}/compare/3...4")
    with history.writing() as (db, _):
        db.execute("update event set engine = 0 where id like '%:3-4'")
    assert "As it was told" not in page(browse, f"{AT}/compare/3...4"), "an older engine's is made anew"


# --- two trials ---


def test_two_trials_have_a_permalink_that_names_versions(browse: Asking) -> None:
    assert 'name="a"' in page(browse, "/compare")
    answer = browse.get(f"/compare?a=nct7146087&b=https://clinicaltrials.gov/study/{OTHER}")
    assert (answer.status, answer.headers["location"]) == (303, f"/compare/ctgov/{TRIAL}@5...{OTHER}@1")
    by_day = browse.get(f"/compare?a={TRIAL}&a_at=2025-04-01&b={OTHER}")
    assert by_day.headers["location"] == f"/compare/ctgov/{TRIAL}@r2...{OTHER}@1"
    for text in (f"{TRIAL}...{OTHER}", f"nct7146087@5...{OTHER}@1"):
        assert (
            browse.get(f"/compare/ctgov/{text}").headers["location"]
            == f"/compare/ctgov/{TRIAL}@5...{OTHER}@1"
        )
    same = browse.get(f"/compare?a={TRIAL}&a_at=3&b={TRIAL}")
    assert same.headers["location"] == f"{AT}/compare/3...5"


def test_two_trials_have_fields_and_nothing_changed(browse: Asking) -> None:
    text = page(browse, f"/compare/ctgov/{TRIAL}@5...{OTHER}@1")
    main = text[text.index("<main") : text.index("</main>")]
    for word in ("<ins", "<del", 'class="sev', "chang", "Before"):
        assert word not in main.replace("not what changed", "").replace("see what changed", ""), word
    assert f"{TRIAL} has</th>" in main
    assert f"{OTHER} has</th>" in main
    row = main[main.index('<th scope="row">Conditions') :]
    assert row.index("nothing else") < row.index("Neuromyelitis optica") < row.index("Multiple Sclerosis")
    assert "Another &lt;b&gt;trial&lt;/b&gt;" in main
    assert "Rosa Newcomer" not in text
    assert "Paula Contact" not in text
    everything = page(browse, f"/compare/ctgov/{TRIAL}@5...{OTHER}@1?show=all&view=unified")
    assert "Early phase 1" in everything
    assert "beside-one" in everything


def test_two_trials_as_data(browse: Asking) -> None:
    found = browse.get(f"/compare/ctgov/{TRIAL}@5...{OTHER}@1.json").json()
    assert (found["a"]["trial"], found["a"]["version"], found["b"]["trial"]) == (TRIAL, 5, OTHER)
    conditions = next(one for one in found["fields"] if one["field"] == "conditions")
    assert conditions["b"] == ["Multiple Sclerosis", "Neuromyelitis optica"]
    assert not any(one["same"] for one in found["fields"])
    everything = browse.get(f"/compare/ctgov/{TRIAL}@5...{OTHER}@1.json?show=all")
    assert any(one["same"] for one in everything.json()["fields"])
    assert all(person not in everything.text for person in STAFF[:4]), "an address within a text stays there"
    lines = list(csv.DictReader(io.StringIO(browse.get(f"/compare/ctgov/{TRIAL}@5...{OTHER}@1.csv").text)))
    assert [one["field"] for one in lines] == [one["field"] for one in found["fields"]]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/compare?a=hello&b=NCT07146087", 400, "no id of a trial"),
        (f"/compare?a=NCT00000001&b={TRIAL}", 404, "nothing is stored"),
        (f"/compare/ctgov/{TRIAL}", 400, "no two trials"),
        (f"/compare/mars/{TRIAL}...{OTHER}", 404, "no registry"),
        (f"/compare/ctgov/{TRIAL}@9...{OTHER}", 404, "no such version"),
        (f"/compare/ctgov/{TRIAL}@x...{OTHER}", 400, "no number of a version and no day"),
    ],
)
def test_what_cannot_be_compared_is_said(browse: Asking, path: str, status: int, said: str) -> None:
    answer = browse.get(path)
    assert answer.status == status
    assert said in answer.text.lower()


# --- bounds ---


def _large(count: int) -> dict[str, Any]:
    """A record with many sites and much text."""
    record = copy.deepcopy(RECORD)
    place = record["protocolSection"].setdefault("contactsLocationsModule", {})
    place["locations"] = [
        {"facility": f"Site {n}", "city": "Ulm", "country": "Germany"} for n in range(count)
    ]
    record["protocolSection"]["descriptionModule"] = {"detailedDescription": "Many words. " * 2_000}
    record["protocolSection"]["outcomesModule"] = {
        "primaryOutcomes": [{"measure": f"Outcome {n}", "description": "Some. " * 80} for n in range(count)]
    }
    return record


def test_no_page_grows_with_the_records(tmp_path: Path) -> None:
    history = History(tmp_path / "history.db")
    older, newer = _large(900), _large(900)
    for one in newer["protocolSection"]["outcomesModule"]["primaryOutcomes"]:
        one["measure"] += " at one year"
    history.snapshot(older, "2026-11-17")
    history.snapshot(newer, "2026-11-18")
    assert len(canonical(newer)) > 500_000
    with asking(history.app()) as browse:
        for query in ("", "?show=all", "?view=unified&show=all"):
            text = page(browse, f"{AT}/compare/1...2{query}")
            assert len(text) < 1_500_000
            assert (
                f'<a href="{AT}/compare/1...2.json{query.replace("&", "&amp;")}">the JSON of this comparison</a>'
                in text
            )
        assert len(browse.get(f"{AT}/compare/1...2.json").json()["changes"]) > 200


def test_shapes_are_those_of_the_events(browse: Asking) -> None:
    from monitor.web import shapes

    names = {one.encode_name for one in msgspec.structs.fields(shapes.Event)}
    assert set(browse.get(f"{AT}/compare/3...5.json").json()) == names


@pytest.mark.parametrize(
    ("paths", "words", "personal"),
    [
        (("locations.0.contacts", "centralContacts.0.name"), True, True),
        (("locations.0.contacts", "centralContacts.0.name"), False, True),
        (("locations.0.status", "locations.0.contacts"), True, True),  # out of a text nothing is taken
        (("locations.0.status", "locations.0.contacts"), False, False),
        (("locations.0.status", "briefTitle"), True, False),
    ],
)
def test_what_tells_of_people_is_known_by_where_it_stands(
    paths: tuple[str, ...], words: bool, personal: bool
) -> None:
    change = FieldChange(
        field="locations",
        label="Sites",
        kind=Kind.LIST,
        action=Action.CHANGED,
        paths=paths,
        before="a text" if words else [],
        after="another" if words else [{}],
        severity=Severity.MINOR,
        reason="",
        summary="Sites: something",
    )
    assert is_personal(change) is personal


def test_of_all_fields_only_equal_ones_are_the_same() -> None:
    """As JSON: 1 and true are two."""
    sides = ({"odd": one, "even": [1, "x"]} for one in (1, True))
    rows = {row.path: row.same for part in beside(*sides, table("ctgov")) for row in part.rows}
    assert rows == {"odd": False, "even": True}
