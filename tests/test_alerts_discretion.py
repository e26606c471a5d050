"""No name, phone or e-mail address of study staff is in an alert, nor in what jsonl and webhook write."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from doubles.registry_data import RECORDS
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from monitor.alerting import alerts
from monitor.alerting.discretion import masked, sponsor_shown
from snapshots.changeset import Action, FieldChange, Kind, Severity
from snapshots.event import Event, EventKind, Step, event_json

CONTACTS = "protocolSection.contactsLocationsModule."
PERSON = {
    "name": "Ada Testperson, MD",
    "role": "CONTACT",
    "phone": "+49 30 1234567",
    "email": "ada@test.example",
}


def told(*changes: FieldChange, **other: Any) -> tuple[alerts.Message, str]:
    """The alert, and all that is in it as one text."""
    event = Event(
        id="e",
        kind=EventKind.CHANGED,
        registry="ctgov",
        trial="NCT07146087",
        title="T",
        url=None,
        severity=Severity.MINOR,
        headline="h",
        at=None,
        changes=changes,
    )
    event = replace(event, **other)
    message = alerts.message_of(event, message_id="m", order=1, public_url=None, payload=event_json(event))
    return message, json.dumps(msgspec.to_builtins(message), ensure_ascii=False)


def change(path: str, before: Any, after: Any, **other: Any) -> FieldChange:
    action = Action.ADDED if before is None else Action.REMOVED if after is None else Action.EDITED
    plain = FieldChange(
        field="some-field",
        label="Central contacts",
        kind=Kind.LIST,
        action=action,
        paths=(path,),
        before=before,
        after=after,
        severity=Severity.MINOR,
        reason="",
        summary="Contact Ada Testperson, MD told",
        item="Ada Testperson, MD",
    )
    return replace(plain, **other)


@pytest.mark.parametrize(
    "one",
    [
        change(CONTACTS + "centralContacts[0]", None, PERSON),
        change(CONTACTS + "centralContacts.0.phone", "+49 30 1234567", None),
        change(CONTACTS + "overallOfficials[1]", PERSON, {**PERSON, "role": "STUDY_CHAIR"}),
        change(CONTACTS + "locations[3].contacts[0].name", "Grace Other", "Ada Testperson, MD"),
        change(CONTACTS + "locations[3].contacts", [PERSON], None),
        change(
            "protocolSection.sponsorCollaboratorsModule.responsibleParty",
            None,
            {"type": "PRINCIPAL_INVESTIGATOR", "investigatorFullName": "Ada Testperson, MD"},
        ),
        change("resultsSection.moreInfoModule.pointOfContact", None, PERSON),
    ],
)
def test_that_contacts_changed_is_said_and_who_they_are_is_not(one: FieldChange) -> None:
    message, text = told(one)
    verb = {"added": "added", "removed": "removed"}.get(one.action, "changed")
    assert message.items[0].summary == f"Central contacts {verb}"
    assert message.items[0].before is None and message.items[0].after is None
    for secret in ("Ada", "Grace", "1234567", "ada@", "test.example"):
        assert secret not in text
    assert message.payload is not None
    (shown,) = message.payload["changes"]
    assert (shown["before"] is None) is (one.before is None)  # consumers can still tell added from removed


def test_ten_new_contacts_are_one_line() -> None:
    changes = [
        change(f"{CONTACTS}centralContacts[{at}]", None, {**PERSON, "name": f"P {at}"}) for at in range(9)
    ]
    assert [item.summary for item in told(*changes)[0].items] == ["Central contacts added"]


def test_a_site_is_told_without_its_contacts() -> None:
    site = {"facility": "Klinik A", "city": "Kiel", "country": "Germany", "contacts": [PERSON]}
    message, text = told(
        change(
            CONTACTS + "locations[2]",
            None,
            site,
            label="Sites",
            summary="Site added in Kiel (Ada Testperson, MD)",
            item="Klinik A",
        ),
        headline="Site added: Klinik A; contact Ada Testperson, MD",
        steps=(
            Step(
                version=2,
                submitted="2026-11-01",
                headline="Ada Testperson, MD joins",
                severity=Severity.MINOR,
            ),
        ),
    )
    assert message.items[0].summary == "Site added in Kiel ((not shown))"
    assert message.items[0].after == "Klinik A, Kiel, Germany"
    assert message.headline == "NCT07146087: Site added: Klinik A; contact (not shown)"
    assert "Ada" not in text and "ada@" not in text and "CONTACT" not in text


def test_a_facility_that_is_a_person_is_not_named() -> None:
    site = {"facility": "Dr. Ada Testperson", "city": "Kiel", "country": "Germany"}
    _, text = told(
        change(
            CONTACTS + "locations[2]", None, site, summary="Site added: Dr. Ada Testperson, Kiel", item="x"
        )
    )
    assert "Ada" not in text and "Kiel" in text


def test_a_sponsor_who_is_a_person_and_was_one_within_the_steps_alone_is_not_named() -> None:
    sentence = "Lead sponsor changed: Ada Testperson → Kiel University"
    step = Step(
        version=2, submitted="2026-11-01", headline=f"{sentence}; 2 other changes", severity=Severity.MAJOR
    )
    message, text = told(
        change("x", "old", "new", summary="A text changed", item=None),
        headline=f"{sentence} (1 Nov)",
        steps=(step,),
    )
    assert "Ada" not in text
    assert message.headline == "NCT07146087: Lead sponsor changed: (not shown) → Kiel University (1 Nov)"


def test_a_sponsor_who_is_a_person_is_not_named() -> None:
    path = "protocolSection.sponsorCollaboratorsModule.leadSponsor.name"
    message, text = told(
        change(
            path,
            "University of Kiel",
            "Ada Testperson",
            field="lead-sponsor",
            summary="Lead sponsor: University of Kiel → Ada Testperson",
            item=None,
        ),
        sponsor="Ada Testperson",
        phase="Phase 2",
    )
    assert message.subtitle == "Phase 2"
    assert message.items[0].summary == "Lead sponsor: University of Kiel → (not shown)"
    assert "Ada" not in text


def test_addresses_and_numbers_are_masked_in_any_text() -> None:
    texts = [
        "write to ada.l+x@mail.test-site.example, soon",
        "call +49 (0)30 1234-567 or (301) 555-0123",
        "Tel.: 0431 123 4567",
        "NCT07146087, 2026-11-23, 12.5 mg/kg, 99999999, 10 000 000 cells, 1-3 years, +3 °C",
    ]
    assert [masked(text) for text in texts] == snapshot(
        [
            "write to (e-mail address), soon",
            "(phone number) or (phone number)",
            "(phone number)",
            "NCT07146087, 2026-11-23, 12.5 mg/kg, 99999999, 10 000 000 cells, 1-3 years, +3 °C",
        ]
    )


@given(st.text())
def test_masking_is_done_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Novartis", True),
        ("Boehringer Ingelheim", True),
        ("Bristol-Myers Squibb", True),
        ("CHU de Reims", True),
        ("Genentech, Inc.", True),
        ("Sint Maartenskliniek", True),
        ("Heinz Italia SpA", True),
        ("Dr. Horst Schmidt Klinik GmbH", True),
        ("Ada Testperson", False),
        ("Testperson, Ada", False),
        ("Ada B. Testperson, MD, PhD", False),
        ("prof. dr. Ada van Testperson", False),
        (None, False),
    ],
)
def test_people_and_institutions(name: str | None, shown: bool) -> None:
    assert (sponsor_shown(name) is not None) is shown


@pytest.mark.registry_data
@pytest.mark.skipif(not RECORDS.is_dir(), reason="the shared real records are not here")
def test_no_contact_of_a_real_record_is_told() -> None:
    """Each record's contacts and sites, as if they had just appeared."""
    looked_at = 0
    for path in sorted(RECORDS.glob("NCT*.json"))[::40]:
        module = json.loads(path.read_text(encoding="utf-8"))["protocolSection"].get(
            "contactsLocationsModule", {}
        )
        people = [*module.get("centralContacts", []), *module.get("overallOfficials", [])]
        sites = module.get("locations", [])
        people += [person for site in sites for person in site.get("contacts", [])]
        changes = [
            change(f"{CONTACTS}{key}[{at}]", None, one, summary=f"added: {one.get('name', '')}")
            for key in ("centralContacts", "overallOfficials", "locations")
            for at, one in enumerate(module.get(key, []))
        ]
        _, text = told(*changes)
        for person in people:
            for key in ("name", "email", "phone"):
                if len(person.get(key, "")) > 3:
                    looked_at += 1
                    assert json.dumps(person[key], ensure_ascii=False)[1:-1] not in text, path.name
    assert looked_at > 100


def test_nobody_is_reached_by_a_title() -> None:
    title = "Ask jane.doe@hospital.org or +1 (555) 123-4567 about sleep"
    message, text = told(title=title)
    assert message.title == "NCT07146087 · Ask (e-mail address) or (phone number) about sleep"
    assert message.payload is not None
    assert message.payload["title"] == "Ask (e-mail address) or (phone number) about sleep"
    assert "jane" not in text and "555" not in text


@pytest.mark.parametrize("piece", ["a", "1 ", "+1", "a@", "a-b.", "call ", "(301)"])
def test_no_text_is_too_long_to_mask(piece: str) -> None:
    """A pattern that steps back over what it read would need minutes for this, not a moment."""
    text = piece * 100_000
    assert masked(text + " x@") == masked(text) + " x@"
