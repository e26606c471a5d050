"""Design, sponsor, eligibility, texts and fields that the table does not know."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import arms, contacts, eligibility, protocol, put, statuses

case = Cases()


@case("phase", told("phase", "major", ("Phase 2", "Phase 3"), ["design"]))
def _(old, new):
    put(new, "protocolSection", "designModule", "phases", ["PHASE3"])


@case("allocation", told("allocation", "major", None, ["design"]))
def _(old, new):
    put(new, "protocolSection", "designModule", "designInfo", "allocation", "NON_RANDOMIZED")


@case("masking", told("masking", "major", None, ["design"]), only=False)
def _(old, new):
    put(new, "protocolSection", "designModule", "designInfo", "maskingInfo", {"masking": "NONE"})


@case("model", told("intervention-model", "major", None, ["design"]))
def _(old, new):
    put(new, "protocolSection", "designModule", "designInfo", "interventionModel", "SINGLE_GROUP")


@case("lead sponsor", told("lead-sponsor", "major", "Acme Pharma", ["sponsor"]))
def _(old, new):
    put(
        new,
        "protocolSection",
        "sponsorCollaboratorsModule",
        "leadSponsor",
        {"name": "Acme Pharma", "class": "INDUSTRY"},
    )


@case("lead sponsor: a corporate suffix completed", told("lead-sponsor", "noise"))
def _(old, new):
    """gold README: a corporate suffix completed is the reader's noise"""
    for r, x in ((old, "Acme Pharma"), (new, "Acme Pharma, Inc.")):
        protocol(r)["sponsorCollaboratorsModule"]["leadSponsor"] = {"name": x, "class": "INDUSTRY"}


@case("collaborator added", told("collaborators", "minor", "Beta Trust", ["sponsor"], action="added"))
def _(old, new):
    protocol(new)["sponsorCollaboratorsModule"]["collaborators"].append(
        {"name": "Beta Trust", "class": "OTHER"}
    )


@case("arm added", told("arms", "major", "Zorvanib 20 mg", ["design"], action="added"))
def _(old, new):
    arms(new)["armGroups"].append(
        {"label": "Zorvanib 20 mg", "type": "EXPERIMENTAL", "interventionNames": ["Drug: Zorvanib"]}
    )


@case("arm dropped", told("arms", "major", "Placebo", ["design"], action="removed"))
def _(old, new):
    arms(new)["armGroups"].pop()


@case(
    "arm relabelled: one edit, followers silent",
    told("arms", "major", ("Zorvanib 10 mg", "Zorvanib 15 mg"), ["design"], action="edited"),
)
def _(old, new):
    arms(new)["armGroups"][0]["label"] = "Zorvanib 15 mg"
    arms(new)["interventions"][0]["armGroupLabels"] = ["Zorvanib 15 mg"]


@case("arm's description", told("arms", "minor", None, ["design"], action="edited"))
def _(old, new):
    arms(new)["armGroups"][0]["description"] = "Twice a day for 24 weeks."


@case("noise: arm's label re-cased while its interventions follow")
def _(old, new):
    """letters' case is noise; interventionNames only follow"""
    arms(new)["armGroups"][0]["label"] = "ZORVANIB 10 mg"
    arms(new)["armGroups"][0]["interventionNames"] = ["Drug: ZORVANIB"]
    arms(new)["interventions"][0]["name"] = "ZORVANIB"
    arms(new)["interventions"][0]["armGroupLabels"] = ["ZORVANIB 10 mg"]


@case("arm's label re-cased, description rewritten: minor", told("arms", "minor", None, ["design"]))
def _(old, new):
    """label's case is noise, its description minor"""
    arms(new)["armGroups"][0]["label"] = "Zorvanib  10 MG"
    arms(new)["armGroups"][0]["description"] = "Twice a day."


@case(
    "noise: an intervention re-cased while an arm was relabelled",
    told("arms", "major", None, ["design"], action="edited"),
    told("interventions", "noise"),
)
def _(old, new):
    """letters' case is noise; armGroupLabels only follow"""
    arms(new)["armGroups"][0]["label"] = "High dose"
    arms(new)["armGroups"][0]["interventionNames"] = ["Drug: zorvanib"]
    arms(new)["interventions"][0]["name"] = "zorvanib"
    arms(new)["interventions"][0]["armGroupLabels"] = ["High dose"]


@case("intervention added", told("interventions", "major", "Metaprol", ["design"], action="added"))
def _(old, new):
    arms(new)["interventions"].append({"type": "DRUG", "name": "Metaprol", "armGroupLabels": ["Placebo"]})


@case("eligibility criteria", told("eligibility-criteria", "major", ("60", "45"), ["eligibility"]))
def _(old, new):
    eligibility(new)["eligibilityCriteria"] = eligibility(new)["eligibilityCriteria"].replace("60", "45")


@case("minimum age", told("minimum-age", "major", ("18 Years", "12 Years"), ["eligibility"]))
def _(old, new):
    eligibility(new)["minimumAge"] = "12 Years"
    eligibility(new)["stdAges"] = ["CHILD", "ADULT", "OLDER_ADULT"]


@case("maximum age dropped", told("maximum-age", "major", "75 Years", ["eligibility"]))
def _(old, new):
    eligibility(new).pop("maximumAge")


@case("sex", told("sex", "major", "Female", ["eligibility"]))
def _(old, new):
    eligibility(new)["sex"] = "FEMALE"


@case("a flag stated as false where it was absent", told("us-export", "minor", "no"))
def _(old, new):
    protocol(new)["oversightModule"]["isUsExport"] = False


@case("titles", told("brief-title", "minor", "Zorvanib for Pain"), told("official-title", "minor"))
def _(old, new):
    protocol(new)["identificationModule"]["briefTitle"] = "Zorvanib for Pain"
    protocol(new)["identificationModule"]["officialTitle"] = "Another Official Title"


@case("description by sentence", told("detailed-description", "minor", ("two", "three")))
def _(old, new):
    protocol(new)["descriptionModule"]["detailedDescription"] = (
        "Part one is a run-in of three weeks. Part two is randomised. Patients with eGFR \\> 60 enter part two."
    )


@case("conditions and keywords", told("conditions", "minor", "Tension Headache"), told("keywords", "minor"))
def _(old, new):
    protocol(new)["conditionsModule"]["conditions"].append("Tension Headache")
    protocol(new)["conditionsModule"]["keywords"].pop()


@case("publication linked", told("references", "minor", ("Publication linked", "90000002"), ["results"]))
def _(old, new):
    protocol(new)["referencesModule"]["references"].append(
        {"pmid": "90000002", "type": "DERIVED", "citation": "Other B. Zorvanib. 2026."}
    )


@case(
    "protocol, SAP and consent form added",
    told("documents", "major", None, ["documents"], action="added", count=2),
)
def _(old, new):
    put(
        new,
        "documentSection",
        {
            "largeDocumentModule": {
                "largeDocs": [
                    {
                        "typeAbbrev": "Prot_SAP",
                        "hasProtocol": True,
                        "hasSap": True,
                        "hasIcf": False,
                        "label": "Study Protocol and SAP",
                        "date": "2024-01-01",
                        "uploadDate": "2026-11-20T10:00",
                        "filename": "Prot_SAP_000.pdf",
                        "size": 1,
                    },
                    {
                        "typeAbbrev": "ICF",
                        "hasProtocol": False,
                        "hasSap": False,
                        "hasIcf": True,
                        "label": "ICF",
                        "date": "2024-01-01",
                        "filename": "ICF_001.pdf",
                    },
                ]
            }
        },
    )


@case("unknown field", told(None, "minor", "daptive"))
def _(old, new):
    """severity minor, label made from its path"""
    put(new, "protocolSection", "adaptiveDesignModule", {"isAdaptive": True})


@case("unknown field in a known module", told(None, "minor", ("aused since", "!Recruiting", "!2027-03-31")))
def _(old, new):
    """severity minor, label made from its path"""
    statuses(new)["pausedSince"] = "2026-11-01"


@case(
    "unknown field beside staff: nobody is named",
    told(None, "minor", ("ite network", "!Ada", "!4711", "!@", "!Invented")),
)
def _(old, new):
    """Never: names, phones and e-mail addresses; label made from its path"""
    contacts(new)["siteNetwork"] = "Region North"


@case("an unknown key called like a known field", told("unknown-phase", "minor", "Phase added: early"))
def _(old, new):
    """neither that field's severity nor its noise"""
    statuses(new)["phase"] = "early"


@case(
    "an intervention whose name grew is renamed, not exchanged",
    told("interventions", "major", "Zorvanib → Zorvanib prefilled pen", ["design"], action="edited"),
)
def _(old, new):
    arms(new)["interventions"][0]["name"] = "Zorvanib prefilled pen"


@case(
    "an intervention given to other arms is another, however alike its name",
    told("interventions", "major", "Zorvanib depot implant kit", action="added"),
    told("interventions", "major", "Zorvanib", action="removed"),
)
def _(old, new):
    arms(new)["interventions"][0] = {
        "type": "DRUG",
        "name": "Zorvanib depot implant kit",
        "armGroupLabels": ["Placebo"],
    }


@case(
    "another name of an intervention is said",
    told("interventions", "minor", ("Zorvanib", "also called Zorvita", "no longer called ZV"), ["design"]),
)
def _(old, new):
    arms(new)["interventions"][0]["otherNames"] = ["ZO-101", "Zorvita"]


@case(
    "a reference that becomes a result says so",
    told("references", "minor", ("now a result of the study", "no longer background"), ["results"]),
)
def _(old, new):
    protocol(new)["referencesModule"]["references"][0]["type"] = "RESULT"


@case(
    "a link is told by its label",
    told("see-also-links", "minor", "Link added: Plain-language summary (https://zorvanib.example)"),
)
def _(old, new):
    links = protocol(new)["referencesModule"].setdefault("seeAlsoLinks", [])
    links.append({"label": "Plain-language summary", "url": "https://zorvanib.example"})
