"""The page of a record: the registry's sections in their order, study staff only where switched on, its other forms."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from doubles.asking import asking
from doubles.registry_data import ABSENT, RECORDS
from doubles.web_history import RECORD, STAFF, TRIAL, History

from monitor.config import load
from monitor.web.drawing.blocks import Block, Facts, Listing, Prose
from monitor.web.record.remainder import STAFF_FIELDS, STAFF_KEYS
from monitor.web.record.sections import sections
from snapshots.record import canonical, parse

AT = f"/trials/ctgov/{TRIAL}"
ORDER = (
    *(
        "basic",
        "status",
        "description",
        "conditions",
        "design",
        "arms",
        "interventions",
        "outcomes",
        "eligibility",
    ),
    *(
        "sponsor",
        "responsible",
        "oversight",
        "locations",
        "results",
        "identification",
        "sharing",
        "references",
    ),
    *("documents", "annotations", "other", "derived"),
)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "history.db").fill()


def texts(block: Block) -> list[str]:
    if isinstance(block, Facts):
        return [cell.text for _, cell in block.rows]
    if isinstance(block, Prose):
        return [block.cell.text]
    if isinstance(block, Listing):
        return [cell.text for cell in block.items]
    return [block.caption, *(cell.text for row in block.rows for cell in row)]


def people(value: Any, *, within: bool = False) -> list[str]:
    """Names, phones and addresses of staff in a record."""
    if isinstance(value, dict):
        found = [
            one for key in ("name", "phone", "email") if within and isinstance(one := value.get(key), str)
        ]
        found += [one for key in STAFF_FIELDS if isinstance(one := value.get(key), str)]
        for key, member in value.items():
            found += people(member, within=within or key in STAFF_KEYS)
        return found
    return (
        [one for member in value for one in people(member, within=within)] if isinstance(value, list) else []
    )


def test_sections_stand_in_the_registrys_order(history: History) -> None:
    with asking(history.app()) as browse:
        text = browse.get(f"{AT}/versions/5").text
    found = re.findall(r'<section id="([a-z]+)"', text)
    assert found == [one for one in (*ORDER, "related") if one in found]
    assert {"basic", "design", "arms", "interventions", "responsible", "locations", "identification"} <= set(
        found
    )


def test_real_records_are_laid_out_whole_and_without_people() -> None:
    files = sorted(RECORDS.glob("*.json"))[::60] if RECORDS.exists() else []
    if not files:
        pytest.skip(ABSENT)
    everything: set[str] = set()
    for file in files:
        record = parse(file.read_bytes())
        made = sections(record)
        slugs = [one.slug for one in made]
        assert slugs == [one for one in ORDER if one in slugs], file.name
        # Nothing that the registry documents is left over; these files have a copy of the sites in some of them.
        other = [
            row[0].text for one in made if one.slug == "other" for block in one.blocks for row in block.rows
        ]
        assert [one for one in other if "locations_nested" not in one] == [], file.name
        everything.update(slugs)
        drawn = "\n".join(text for one in made for block in one.blocks for text in texts(block))
        shown = [one for one in people(record) if "@" in one and one in drawn]
        assert not shown, file.name
    assert everything >= set(ORDER) - {"other", "annotations"}


def test_staff_are_shown_where_they_are_switched_on_and_nowhere_else(history: History) -> None:
    with asking(history.app()) as browse:
        hidden = browse.get(f"{AT}/versions/1").text
        rows = browse.get(f"{AT}/versions/1.csv").text
    with asking(history.app(study_staff=True)) as browse:
        shown = browse.get(f"{AT}/versions/1").text
    for one in STAFF:
        assert one not in hidden
        assert one not in rows
        assert one in shown
    assert "Contacts of sites" in shown
    assert "details of people are not shown here" in hidden
    assert "details of people are not shown here" not in shown


def test_the_switch_is_in_the_configuration_and_off_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[web]\n")
    assert load(file).web.study_staff is False
    file.write_text("[web]\nstudy_staff = true\n")
    assert load(file).web.study_staff is True


def test_a_day_answers_as_data_with_the_record_and_which_version_it_is(history: History) -> None:
    with asking(history.app()) as browse:
        answer = browse.get(f"{AT}/on/2026-11-19.json")
        stored = browse.get(f"{AT}/versions/3.json")
        archived = browse.get(f"{AT}/on/2025-04-01.json").json()
    told = answer.json()
    assert told["day"] == "2026-11-19"
    assert told["answers"]["version"] == 3
    assert told["answers"]["source"] == "snapshot"
    assert told["path"] == f"{AT}/versions/3"
    assert told["posted_already"] is None
    assert stored.content == canonical(told["record"])
    assert stored.content in answer.content, "the record stands in it byte by byte"
    assert archived["answers"] | {"seen_at": None} == {
        "source": "archive",
        "version": 2,
        "seen_at": None,
        "updated": "2025-03-10",
        "build": None,
    }


def test_a_day_on_which_the_registry_may_have_shown_the_next_version_already_says_so(
    history: History,
) -> None:
    record = json.loads(json.dumps(RECORD))
    record["protocolSection"]["statusModule"]["lastUpdatePostDateStruct"]["date"] = "2026-11-22"
    history.snapshot(record, "2026-11-24")
    with asking(history.app()) as browse:
        page = browse.get(f"{AT}/on/2026-11-23").text
        told = browse.get(f"{AT}/on/2026-11-23.json").json()
        before = browse.get(f"{AT}/on/2026-11-21")
    assert "The registry dates version 6 to 2026-11-22, and may have shown it on this day" in page
    assert "we saw it first in the data build of 2026-11-24" in page
    assert (told["answers"]["version"], told["posted_already"]["version"]) == (5, 6)
    assert "may have shown" not in before.text


def test_the_sites_of_a_version_as_csv(history: History) -> None:
    record = json.loads(json.dumps(RECORD))
    place = {"facility": "=Clinic", "city": "Łódź", "zip": "90-001", "country": "Poland"}
    record["protocolSection"]["contactsLocationsModule"]["locations"].append(
        {**place, "geoPoint": {"lat": 51.75, "lon": 19.47}}
    )
    history.snapshot(record, "2026-11-24")
    with asking(history.app()) as browse:
        answer = browse.get(f"{AT}/versions/6.csv")
        as_of = browse.get(f"{AT}/on/2026-11-24.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert [row["status"] for row in rows] == ["RECRUITING", ""]
    assert rows[1] == {
        **{"facility": "'=Clinic", "status": "", "city": "Łódź", "state": "", "zip": "90-001"},
        **{"country": "Poland", "lat": "51.75", "lon": "19.47"},
    }
    assert as_of.text == answer.text
