"""What of a record and of an event can be found by its words, a text for each column of the index.

Texts are read off the stored bytes, without the parts that are not searched. A value of an unexpected type
counts as absent. Whoever changes what is read here raises MANNER.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, get_args, get_origin

import msgspec

from snapshots.changeset import Severity
from snapshots.event import Event

LONGEST_VALUE = 500  # characters of a value before or after; of longer texts the summary quotes what changed


class _Part(msgspec.Struct, frozen=True):
    """What is read of an object; all else in it is skipped, which is most of the work saved."""


class _Id(_Part, frozen=True):
    id: str = ""


class _Named(_Part, frozen=True):
    name: str = ""


class _Intervention(_Part, frozen=True):
    name: str = ""
    otherNames: list[str] = []  # noqa: N815 - the registry's names, here and below


class _Outcome(_Part, frozen=True):
    measure: str = ""


class _Site(_Part, frozen=True):
    facility: str = ""
    city: str = ""
    state: str = ""
    country: str = ""


class _Identification(_Part, frozen=True):
    nctId: str = ""  # noqa: N815
    nctIdAliases: list[str] = []  # noqa: N815
    orgStudyIdInfo: _Id = _Id()  # noqa: N815
    secondaryIdInfos: list[_Id] = []  # noqa: N815
    briefTitle: str = ""  # noqa: N815
    officialTitle: str = ""  # noqa: N815
    acronym: str = ""


class _Conditions(_Part, frozen=True):
    conditions: list[str] = []
    keywords: list[str] = []


class _Arms(_Part, frozen=True):
    interventions: list[_Intervention] = []


class _Parties(_Part, frozen=True):
    leadSponsor: _Named = _Named()  # noqa: N815
    collaborators: list[_Named] = []


class _Outcomes(_Part, frozen=True):
    primaryOutcomes: list[_Outcome] = []  # noqa: N815
    secondaryOutcomes: list[_Outcome] = []  # noqa: N815
    otherOutcomes: list[_Outcome] = []  # noqa: N815


class _Places(_Part, frozen=True):
    locations: list[_Site] = []


class _Protocol(_Part, frozen=True):
    identificationModule: _Identification = _Identification()  # noqa: N815
    conditionsModule: _Conditions = _Conditions()  # noqa: N815
    armsInterventionsModule: _Arms = _Arms()  # noqa: N815
    sponsorCollaboratorsModule: _Parties = _Parties()  # noqa: N815
    outcomesModule: _Outcomes = _Outcomes()  # noqa: N815
    contactsLocationsModule: _Places = _Places()  # noqa: N815


class _Record(_Part, frozen=True):
    protocolSection: _Protocol = _Protocol()  # noqa: N815


_decoder = msgspec.json.Decoder(_Record)


def wording(body: bytes) -> tuple[str, ...]:
    """The texts of a record, by COLUMNS; its parts each on a line. body: stored canonical bytes."""
    try:
        record = _decoder.decode(body)
    except msgspec.ValidationError:
        record = _fitting(msgspec.json.decode(body), _Record)
    protocol = record.protocolSection
    named, conditions = protocol.identificationModule, protocol.conditionsModule
    parties, outcomes = protocol.sponsorCollaboratorsModule, protocol.outcomesModule
    treated: list[str] = []
    for one in protocol.armsInterventionsModule.interventions:
        treated.append(one.name)
        treated += one.otherNames
    places: list[str] = []
    for site in protocol.contactsLocationsModule.locations:
        places += (site.facility, site.city, site.state, site.country)
    ids = [named.nctId, *named.nctIdAliases, named.orgStudyIdInfo.id]
    measured = (outcomes.primaryOutcomes, outcomes.secondaryOutcomes, outcomes.otherOutcomes)
    return (
        _lines((named.briefTitle, named.officialTitle, named.acronym)),
        _lines([*ids, *[one.id for one in named.secondaryIdInfos]]),
        _lines([*conditions.conditions, *conditions.keywords]),
        _lines(treated),
        _lines([parties.leadSponsor.name, *[one.name for one in parties.collaborators]]),
        _lines([one.measure for kind in measured for one in kind]),
        _lines(places),
    )


def event_wording(event: Event) -> tuple[str, ...]:
    """The texts of an event, by CHANGE_COLUMNS; noise is left out."""
    told = [change for change in event.changes if change.severity is not Severity.NOISE]
    values = [value for change in told for value in (change.before, change.after)]
    return (
        _lines([event.headline]),
        _lines(
            [*(part or "" for one in told for part in (one.label, one.item, one.summary)), event.note or ""]
        ),
        _lines(
            [
                *(value for value in values if isinstance(value, str) and len(value) <= LONGEST_VALUE),
                *(step.headline for step in event.steps),
            ]
        ),
        _lines([event.title, event.trial, event.detail or "", event.sponsor or ""]),
    )


def digest(texts: tuple[str, ...]) -> bytes:
    """Tells one wording of a trial from another."""
    return hashlib.blake2b("\x1f".join(texts).encode(), digest_size=8).digest()


def _lines(values: Iterable[str]) -> str:
    """Each text once, on a line of its own."""
    return "\n".join(filter(None, dict.fromkeys(values)))


def _fitting(value: Any, wanted: Any) -> Any:
    """The same reading for a record with values of other types than documented: what fits of it."""
    if get_origin(wanted) is list:
        (member,) = get_args(wanted)
        kind = member if isinstance(member, type) and not issubclass(member, _Part) else dict
        members = value if isinstance(value, list) else []
        return [_fitting(one, member) for one in members if isinstance(one, kind)]
    if issubclass(wanted, _Part):
        read = value if isinstance(value, dict) else {}
        fields = msgspec.structs.fields(wanted)
        return wanted(**{one.name: _fitting(read[one.name], one.type) for one in fields if one.name in read})
    return value if isinstance(value, wanted) else ""
