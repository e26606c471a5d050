"""Sponsors, flags, contacts and officials."""

from __future__ import annotations

from doubles.readings.edits import drop, get, put, stated
from doubles.readings.reading import case, told

SPONSORS, OVERSIGHT = "sponsorCollaboratorsModule", "oversightModule"
IDENTIFICATION, CONTACTS = "identificationModule", "contactsLocationsModule"
REFERENCES = "referencesModule"


# Sponsors.
case(
    "lead sponsor changes hands",
    lambda r: (
        put(r, SPONSORS + ".leadSponsor.name", "Harrow Biologics"),
        put(r, IDENTIFICATION + ".organization.fullName", "Harrow Biologics"),
    ),
    [
        told(
            "lead-sponsor changed major sponsor",
            ["Norlake", "Harrow"],
            "Lead sponsor changed: Norlake Therapeutics → Harrow Biologics",
        ),
        told(
            "organization changed minor sponsor",
            ["Harrow"],
            "The registering organisation is now Harrow Biologics",
            optional=True,
        ),
    ],
    "major row: lead sponsor",
    headline_says=["Norlake", "Harrow"],
)
case(
    "only the registering organisation is renamed",
    lambda r: put(r, IDENTIFICATION + ".organization.fullName", "Norlake Medicines"),
    told(
        "organization changed minor",
        ["Norlake Medicines"],
        "The registering organisation is now called Norlake Medicines (formerly Norlake Therapeutics)",
        never=["lead sponsor", "sponsor changed"],
    ),
    "the organisation is not the sponsor: minor",
    headline_says=["Norlake Medicines"],
)
case.quiet(
    "sponsor gets its suffix",
    lambda r: put(r, SPONSORS + ".leadSponsor.name", "Norlake Therapeutics, Inc."),
    "noise: a corporate suffix completed is no news to a careful reader",
    doubtful="a corporate suffix completed: major by the letter, noise in the gold readings' README",
)
case.quiet(
    "sponsor in capitals",
    lambda r: put(r, SPONSORS + ".leadSponsor.name", "NORLAKE THERAPEUTICS"),
    "noise: letters' case",
)
case(
    "class of the sponsor corrected",
    lambda r: put(r, SPONSORS + ".leadSponsor.class", "OTHER"),
    told(
        "lead-sponsor-class|lead-sponsor changed minor|major sponsor",
        [("industry",), ("other",)],
        "The sponsor's class: industry → other",
    ),
    "the name stays: the rest",
    headline_says=[],
    doubtful="whether a sponsor's class is part of lead-sponsor",
)


def _person_sponsor(old, new):
    put(old, SPONSORS + ".leadSponsor", {"name": "Miriam Okonjo", "class": "OTHER"})
    put(new, SPONSORS + ".leadSponsor", {"name": "Eastbridge University Hospital", "class": "OTHER"})


case(
    "sponsor was a person",
    _person_sponsor,
    told(
        "lead-sponsor changed major sponsor",
        ["Eastbridge"],
        "Lead sponsor changed: now Eastbridge University Hospital, before a person",
    ),
    "a lead sponsor can be a person too: named in the stored change set, withheld in alerts",
    headline_says=["Eastbridge"],
)
case(
    "collaborator joins",
    lambda r: get(r, SPONSORS + ".collaborators").append(
        {"name": "Genomix Diagnostics", "class": "INDUSTRY"}
    ),
    told(
        "collaborators added minor sponsor",
        ["Genomix", ("joined", "added", "new")],
        "Genomix Diagnostics joined as collaborator",
        item="Genomix Diagnostics",
    ),
    "minor row: collaborators",
)
case(
    "only collaborator leaves",
    lambda r: drop(r, SPONSORS + ".collaborators"),
    told(
        "collaborators removed minor sponsor",
        ["Lupus Kidney Network"],
        "Lupus Kidney Network left as collaborator",
        item="Lupus Kidney Network",
    ),
    "minor row: collaborators; a list that goes with its only member is one removal",
)
case.quiet(
    "collaborators in another order",
    lambda old, new: (
        put(
            old,
            SPONSORS + ".collaborators",
            [{"name": "A Foundation", "class": "OTHER"}, {"name": "B Institute", "class": "OTHER"}],
        ),
        put(
            new,
            SPONSORS + ".collaborators",
            [{"name": "B Institute", "class": "OTHER"}, {"name": "A Foundation", "class": "OTHER"}],
        ),
    ),
    "order means nothing",
)
case(
    "responsible party changes",
    lambda r: put(
        r,
        SPONSORS + ".responsibleParty",
        {
            "type": "SPONSOR_INVESTIGATOR",
            "investigatorFullName": "Miriam Okonjo",
            "investigatorTitle": "Professor",
            "investigatorAffiliation": "Norlake Therapeutics",
        },
    ),
    told(
        "responsible-party changed minor",
        [("responsible party", "responsible")],
        "Responsible party changed: sponsor → sponsor-investigator",
        never=["Okonjo"],
    ),
    "minor row: the rest; no names",
    headline_says=[],
    headline_never=["Okonjo"],
)


# Flags.
def flag_case(name, path, a, b, head, says, sentence, why, **more):
    case(name, stated(path, a, b), told(head, says, sentence, **more), why, headline_says=says[:1])


DMC = ("monitoring committee", "DMC", "data monitoring")
flag_case(
    "monitoring committee stated as none",
    OVERSIGHT + ".oversightHasDmc",
    None,
    False,
    "has-dmc added minor",
    [DMC, ("no ", "not", "without", "stated: no")],
    "The record now says that there is no data monitoring committee; before, it said nothing",
    "a flag stated as false where it was absent: minor, and not yes → no",
)
flag_case(
    "monitoring committee no longer stated",
    OVERSIGHT + ".oversightHasDmc",
    False,
    None,
    "has-dmc removed minor",
    [DMC, ("no longer", "nothing", "not stated", "removed", "taken out")],
    "The record no longer says whether there is a data monitoring committee (before: no)",
    "… or back: minor",
)
flag_case(
    "monitoring committee given up",
    OVERSIGHT + ".oversightHasDmc",
    True,
    False,
    "has-dmc changed minor",
    [DMC, "no"],
    "Data monitoring committee: yes → no",
    "yes → no",
)
flag_case(
    "drug becomes FDA-regulated",
    OVERSIGHT + ".isFdaRegulatedDrug",
    False,
    True,
    "fda-regulated-drug changed minor",
    [("FDA",), "drug"],
    "The record now says that an FDA-regulated drug is studied",
    "minor row: the rest",
)
flag_case(
    "device flag stated as false",
    OVERSIGHT + ".isFdaRegulatedDevice",
    None,
    False,
    "fda-regulated-device added minor",
    [("FDA",), "device"],
    "The record now says that no FDA-regulated device is studied; before, it said nothing",
    "a flag stated as false",
)
flag_case(
    "expanded access no longer stated",
    "statusModule.expandedAccessInfo",
    {"hasExpandedAccess": False},
    None,
    "expanded-access removed minor",
    ["expanded access"],
    "The record no longer says that there is no expanded access",
    "a flag stated as false, and back",
)
flag_case(
    "export from the United States",
    OVERSIGHT + ".isUsExport",
    None,
    True,
    "us-export added minor",
    [("export",)],
    "The record now says that the product is exported from the United States",
    "minor row: the rest",
)


# Contacts and officials.
NOBODY = ["Okonjo", "Bellamy", "555-0142", "555-0199", "norlake.example"]
case(
    "phone number of the study's contact",
    lambda r: put(r, CONTACTS + ".centralContacts.0.phone", "+1-555-0199"),
    told("central-contacts edited minor", ["contact"], "The study's contact details changed", never=NOBODY),
    "minor row: contacts; no numbers told",
    headline_never=NOBODY,
)
case(
    "another contact person",
    lambda r: put(
        r,
        CONTACTS + ".centralContacts",
        [
            {
                "name": "Ruth Bellamy",
                "role": "CONTACT",
                "phone": "+1-555-0199",
                "email": "r.bellamy@norlake.example",
            }
        ],
    ),
    told("central-contacts edited|added minor", ["contact"], "The study's contact changed", never=NOBODY),
    "contacts by name; a replaced one is paired or one line; no names",
    headline_never=NOBODY,
)
case(
    "central contact goes while the study recruits",
    lambda r: drop(r, CONTACTS + ".centralContacts"),
    told(
        "central-contacts removed|edited minor", ["contact"], "The study's contact was removed", never=NOBODY
    ),
    "the study has not ended: not noise",
    headline_never=NOBODY,
)
case(
    "study director changes",
    lambda r: put(r, CONTACTS + ".overallOfficials.0.name", "Ruth Bellamy, MD"),
    told(
        "officials edited|added|removed minor",
        [("director", "official", "investigator")],
        "The study director changed",
        never=NOBODY,
    ),
    "minor row: officials; no names",
    headline_says=[],
    headline_never=NOBODY,
)


def _several(rec, turned):
    contacts = [{"name": name, "role": "CONTACT"} for name in ("Trial Office", "Sponsor Information")]
    officials = [{"name": name, "role": "STUDY_CHAIR"} for name in ("Ruth Bellamy, MD", "Miriam Okonjo, MD")]
    ids = [{"id": "2024-519999-21-00", "type": "CTIS"}, {"id": "U1111-9999-0001", "type": "REGISTRY"}]
    put(rec, CONTACTS + ".centralContacts", contacts[::turned])
    put(rec, CONTACTS + ".overallOfficials", officials[::turned])
    put(rec, IDENTIFICATION + ".secondaryIdInfos", ids[::turned])


case.quiet(
    "contacts, officials and ids in another order",
    lambda old, new: (_several(old, 1), _several(new, -1)),
    "officials and contacts by name, secondary ids by id; order means nothing",
)
