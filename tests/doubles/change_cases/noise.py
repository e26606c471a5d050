"""Noise: what is stored, shown on request and never news."""

from __future__ import annotations

from doubles.change_cases.case import Cases, told
from doubles.change_cases.record import (
    PERSON,
    PRIMARY,
    START,
    arms,
    dates,
    design,
    drop,
    eligibility,
    outcomes,
    protocol,
    put,
    site,
    sites,
    statuses,
    turn,
)

case = Cases()


@case("noise: bookkeeping dates only")
def _(old, new):
    pass


@case("noise: MeSH modules come and go")
def _(old, new):
    drop(new, "derivedSection", "conditionBrowseModule")


@case("noise: removedCountries")
def _(old, new):
    put(new, "derivedSection", "miscInfoModule", "removedCountries", ["Hungary"])


@case("noise: geoPoint")
def _(old, new):
    sites(new)[0]["geoPoint"]["lat"] = 45.9


@case("noise: facility respelt (case, accents, punctuation)")
def _(old, new):
    sites(new)[0]["facility"] = "HOPITAL  IMAGINAIRE."


@case("noise: facility with damaged accents repaired")
def _(old, new):
    sites(old)[0]["facility"] = "H?pital Imaginaire"


@case("noise: city respelt")
def _(old, new):
    sites(new)[2]["city"] = "KRAKÓW"


@case("noise: state respelt")
def _(old, new):
    sites(new)[4]["state"] = "MASSACHUSETTS"


@case("noise: province filled in")
def _(old, new):
    sites(new)[0]["state"] = "Rhône"


@case("noise: postcode repaired")
def _(old, new):
    sites(new)[0]["zip"] = "F-69001"


@case("noise: citation of a known pmid rewritten")
def _(old, new):
    protocol(new)["referencesModule"]["references"][0]["citation"] = (
        "Fictive A, Other B. Pain in a model. J Invented Med. 2020 Jan;1(2):3-9. Erratum in: J Invented Med. 2021."
    )


@case("a known pmid's citation says retracted", told("references", "major", "retract", ["integrity"]))
def _(old, new):
    """rewritten unless it says retracted (severity not given)"""
    protocol(new)["referencesModule"]["references"][0]["citation"] = (
        "Fictive A. Pain in a model. J Invented Med. 2020;1(2):3-9. Retraction in: J Invented Med. 2026;9:1."
    )


@case(
    "noise: site statuses and contacts vanish with the end, status told once",
    told("overall-status", "major", "Recruiting → Completed", ["status"]),
    told("locations", "noise"),
    told("central-contacts", "noise"),
)
def _(old, new):
    turn(old, new, "RECRUITING", "COMPLETED")
    for s in sites(new):
        s.pop("status", None)
        s.pop("contacts", None)
    drop(new, "protocolSection", "contactsLocationsModule", "centralContacts")


@case("noise: order of conditions and keywords")
def _(old, new):
    for k in ("conditions", "keywords"):
        protocol(new)["conditionsModule"][k].reverse()


@case("noise: order of phases")
def _(old, new):
    """order of a list whose order means nothing"""
    design(new)["phases"].reverse()


@case("noise: order of whoMasked")
def _(old, new):
    """order of a list whose order means nothing"""
    design(new)["designInfo"]["maskingInfo"]["whoMasked"].reverse()


@case("noise: order of an intervention's other names")
def _(old, new):
    """order of a list whose order means nothing"""
    arms(new)["interventions"][0]["otherNames"].reverse()


@case("noise: order of a site's contacts")
def _(old, new):
    """order of a list whose order means nothing"""
    for r, x in (
        (old, [PERSON, {**PERSON, "name": "Cy Made"}]),
        (new, [{**PERSON, "name": "Cy Made"}, PERSON]),
    ):
        sites(r)[0]["contacts"] = x


@case("noise: order of the data-sharing plan's kinds")
def _(old, new):
    protocol(new)["ipdSharingStatementModule"]["infoTypes"].reverse()


@case("noise: order of arms, interventions, outcomes, sites")
def _(old, new):
    for x in (
        arms(new)["armGroups"],
        arms(new)["interventions"],
        outcomes(new)["secondaryOutcomes"],
        sites(new),
    ):
        x.reverse()


@case("noise: whitespace, case and markup of texts")
def _(old, new):
    protocol(new)["descriptionModule"]["detailedDescription"] = (
        "Part one is a run-in of two weeks.\r\n\r\nPart two is Randomised. Patients with eGFR &gt; 60 enter part two."
    )
    eligibility(new)["eligibilityCriteria"] = (
        eligibility(new)["eligibilityCriteria"].replace("\\>=", ">=").replace("* ", "- ")
    )


@case("noise: a date made more precise")
def _(old, new):
    dates(old, new, PRIMARY, "2027-03 E", "2027-03-31 E")


@case("noise: an actual date made less precise")
def _(old, new):
    dates(old, new, START, "2025-02-03 A", "2025-02 A")


@case(
    "noise: a date's precision changes and it becomes actual",
    told("primary-completion-date", "major", "actual", ["timeline", "!integrity"]),
)
def _(old, new):
    """its type unchanged; become ACTUAL is major"""
    dates(old, new, PRIMARY, "2026-10 E", "2026-10-31 A")


@case(
    "noise: lastKnownStatus and the vanished site statuses when a study turns UNKNOWN",
    told("overall-status", "major", ("Recruiting → Unknown",), ["status", "!stopped"]),
)
def _(old, new):
    turn(old, new, "RECRUITING", "UNKNOWN")
    put(new, "protocolSection", "statusModule", "lastKnownStatus", "RECRUITING")
    for s in sites(new):
        s.pop("status")


@case("noise: type of the results' post date")
def _(old, new):
    for r, t in ((old, "ESTIMATED"), (new, "ACTUAL")):
        statuses(r)["resultsFirstPostDateStruct"] = {"date": "2026-10-03", "type": t}


@case("noise: type of the certificate's post date")
def _(old, new):
    for r, t in ((old, "ESTIMATED"), (new, "ACTUAL")):
        statuses(r)["dispFirstSubmitDate"] = "2026-09-01"
        statuses(r)["dispFirstPostDateStruct"] = {"date": "2026-10-03", "type": t}


@case("noise: country spelt anew")
def _(old, new):
    for r, k in ((old, "Turkey"), (new, "Turkey (Türkiye)")):
        sites(r).append(site("Hayali Hastane", "Ankara", "06100", k))


@case("noise: an empty module appears")
def _(old, new):
    """nothing was said ({} occurs in real records)"""
    put(new, "protocolSection", "newModule", {})
