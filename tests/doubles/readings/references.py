"""References, links, data sharing, identifiers, and fields that nobody knows."""

from __future__ import annotations

from doubles.readings.edits import drop, get, put, sub
from doubles.readings.parties import IDENTIFICATION, REFERENCES
from doubles.readings.reading import case, told

# References and links.
DERIVED = {
    "pmid": "99200007",
    "type": "DERIVED",
    "citation": (
        "Okonjo M, Hale P, Ortiz R. Torvalimab in active lupus nephritis: a randomised trial. Nephrol Trials."
        " 2026 Sep;9(3):88-99."
    ),
}
CITED = REFERENCES + ".references"


case(
    "publication linked by PubMed",
    lambda r: get(r, CITED).append(dict(DERIVED)),
    told(
        "references added minor results",
        [("publication",), ("99200007", "Nephrol Trials")],
        "Publication linked: a randomised trial of torvalimab in Nephrol Trials 2026 (PMID 99200007)",
        item="PMID 99200007",
    ),
    "a DERIVED one that appears: “publication linked”, tag results",
    headline_says=[("publication",)],
)
case(
    "first reference of a record",
    lambda old, new: (drop(old, REFERENCES), put(new, REFERENCES, {"references": [dict(DERIVED)]})),
    told(
        "references added minor results",
        [("publication",), ("99200007", "Nephrol Trials")],
        "Publication linked: torvalimab in Nephrol Trials 2026 (PMID 99200007)",
        item="PMID 99200007",
    ),
    "one added reference, not an added section",
    headline_says=[("publication",)],
)
case(
    "results reference given by the sponsor",
    lambda r: get(r, CITED).append(dict(DERIVED, type="RESULT")),
    told(
        "references added minor results",
        [("99200007", "Nephrol Trials")],
        "Reference to results added: Nephrol Trials 2026 (PMID 99200007)",
        item="PMID 99200007",
    ),
    "minor row: references",
    headline_says=[],
)
case(
    "background reference added",
    lambda r: get(r, CITED).insert(0, dict(DERIVED, type="BACKGROUND")),
    told(
        "references added minor !results",
        [("99200007", "Nephrol Trials")],
        "Background reference added: Nephrol Trials 2026 (PMID 99200007)",
        item="PMID 99200007",
    ),
    "minor row: references; inserted in front",
    headline_says=[],
)
case(
    "reference taken out",
    lambda r: drop(r, CITED + ".0"),
    told(
        "references removed minor",
        [("99100001", "J Ren Med")],
        "Reference removed: J Ren Med 2022 (PMID 99100001)",
        item="PMID 99100001",
    ),
    "minor row: references",
    headline_says=[],
)
case.quiet(
    "citation of a known pmid rewritten",
    lambda r: put(
        r,
        CITED + ".0.citation",
        "Okonjo M, Hale P. B cell depletion in lupus nephritis. J Ren Med. 2022;14:301-312. doi:"
        " 10.9999/jrm.301. Epub 2022 Apr 2.",
    ),
    "noise: a known pmid's citation rewritten",
)
case(
    "citation now says retracted",
    lambda r: sub(r, CITED + ".0.citation", "Okonjo M", "RETRACTED: Okonjo M"),
    told(
        "references edited minor|major",
        [("retract",), ("99100001", "J Ren Med")],
        "Cited paper retracted: J Ren Med 2022 (PMID 99100001)",
        item="PMID 99100001",
    ),
    "… unless it says retracted",
    headline_says=[("retract",)],
)
case(
    "retraction listed beside the citation",
    lambda r: put(
        r, CITED + ".0.retractions", [{"pmid": "99300001", "source": "J Ren Med. 2026 Aug;18(8):700"}]
    ),
    told(
        "references edited minor|major",
        [("retract",)],
        "Cited paper retracted: J Ren Med 2022 (PMID 99100001)",
        item="PMID 99100001",
    ),
    "retractions[] says it too",
    headline_says=[("retract",)],
)
case(
    "citation without pmid reworded",
    lambda r: sub(r, CITED + ".1.citation", "edition 4", "edition 5"),
    told(
        "references edited minor",
        ["edition", "5"],
        "Reference changed: investigator's brochure, edition 5, no longer 4",
    ),
    "references by pmid, else citation: an identity that changed is one edit",
    headline_says=[],
)
case(
    "reference turns from background to result",
    lambda r: put(r, CITED + ".0.type", "RESULT"),
    told(
        "references edited minor",
        [("result",)],
        "The paper in J Ren Med 2022 (PMID 99100001) is now given as a result of this study, no longer as"
        " background",
        item="PMID 99100001",
    ),
    "minor row: references",
    headline_says=[],
)
case(
    "link added",
    lambda r: get(r, REFERENCES + ".seeAlsoLinks").append(
        {"label": "Plain Language Summary", "url": "https://tornade.example/summary"}
    ),
    told(
        "see-also-links added minor !results",
        ["Plain Language Summary"],
        "Link added: Plain Language Summary",
        item="Plain Language Summary",
    ),
    "minor row: the rest",
)
case(
    "data set offered",
    lambda r: put(
        r,
        REFERENCES + ".availIpds",
        [{"id": "TD-301", "type": "Individual Participant Data Set", "url": "https://data.example/td301"}],
    ),
    told(
        "available-ipds added minor",
        [("Individual Participant Data", "TD-301", "data set")],
        "Individual Participant Data Set is offered (TD-301)",
    ),
    "minor row: the rest",
)


# Data sharing.
SHARING = "ipdSharingStatementModule"
case(
    "data-sharing plan added",
    lambda old, new: (
        drop(old, SHARING),
        put(
            new,
            SHARING,
            {
                "ipdSharing": "YES",
                "description": "Deidentified data on request.",
                "infoTypes": ["STUDY_PROTOCOL", "SAP"],
                "timeFrame": "6 months after publication",
                "accessCriteria": "Qualified researchers",
                "url": "https://data.example",
            },
        ),
    ),
    told(
        "ipd-sharing added minor !documents",
        [("data-sharing", "data sharing", "IPD", "share", "sharing")],
        "Data-sharing plan added: participant data on request",
    ),
    "the plan is one change, not six new keys; infoTypes names a protocol, no document was posted",
    headline_says=[],
)
case(
    "data sharing becomes yes",
    lambda r: put(
        r,
        SHARING,
        {
            "ipdSharing": "YES",
            "description": "Deidentified data on request.",
            "timeFrame": "6 months after publication",
        },
    ),
    told(
        "ipd-sharing changed minor",
        ["no", "yes"],
        "Data sharing: no → yes, deidentified data on request 6 months after publication",
    ),
    "one change",
    headline_says=[],
)
case(
    "data sharing undecided",
    lambda r: put(r, SHARING + ".ipdSharing", "UNDECIDED"),
    told("ipd-sharing changed minor", ["undecided"], "Data sharing: no → undecided"),
    "minor row: the rest",
    headline_says=[],
)


# Identifiers and unknown fields.
case(
    "secondary id added",
    lambda r: get(r, IDENTIFICATION + ".secondaryIdInfos").append(
        {"id": "U1111-9999-0001", "type": "REGISTRY", "domain": "World Health Organization"}
    ),
    told(
        "secondary-ids added minor",
        ["U1111-9999-0001"],
        "Secondary id added: U1111-9999-0001 (World Health Organization)",
        item="U1111-9999-0001",
    ),
    "secondary ids by id; minor row: the rest",
)
case(
    "another record merged into this one",
    lambda r: put(r, IDENTIFICATION + ".nctIdAliases", ["NCT09990002"]),
    told(
        "nct-id-aliases|aliases added minor|major",
        ["NCT09990002"],
        "Now also listed as NCT09990002",
        item="NCT09990002",
    ),
    "the rest (the event `merged` is another matter)",
    doubtful="severity of a new alias inside a changed event",
)
case(
    "sponsor's own study id changes",
    lambda r: put(r, IDENTIFICATION + ".orgStudyIdInfo.id", "HB-204-301"),
    told(
        "study-id changed minor",
        ["NLT-204-301", "HB-204-301"],
        "The sponsor's study id: NLT-204-301 → HB-204-301",
    ),
    "minor row: the rest",
)
case(
    "a field that nobody knows",
    lambda r: put(r, "designModule.decentralizedElements", {"remoteVisits": True}),
    told(
        "decentralized-elements added minor",
        [("decentralized", "remote")],
        "Decentralized elements: remote visits, yes",
    ),
    "an unknown field is reported, minor, its label made from its path",
    headline_says=[],
)
case(
    "a module that nobody knows",
    lambda r: put(r, "protocolSection.sustainabilityModule", {"carbonStatement": "Not assessed"}),
    told(
        "sustainability added minor",
        [("carbon", "sustainability")],
        "Sustainability, carbon statement added: Not assessed",
    ),
    "… and never lost",
    headline_says=[],
)
case(
    "patient registry flag",
    lambda r: put(r, "designModule.patientRegistry", False),
    told(
        "patient-registry added minor",
        [("registry",)],
        "The record now says that this is no patient registry",
    ),
    "a flag stated as false where it was absent",
    headline_says=[],
)
