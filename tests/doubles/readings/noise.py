"""Noise, item by item, and pairs in which one word of news stands among it."""

from __future__ import annotations

from copy import deepcopy

from doubles.readings.edits import date, drop, ended, get, locs, put, status, sub, unmoved
from doubles.readings.reading import case, told
from doubles.readings.record import BASE

DERIVED, STATUS, CONTACTS = "derivedSection.", "statusModule.", "contactsLocationsModule."

case.quiet(
    "bookkeeping dates alone",
    lambda r: None,
    "lastUpdateSubmitDate, lastUpdatePostDateStruct, statusVerifiedDate, versionHolder",
)
case.quiet("only the data build moved", unmoved, "versionHolder alone: the same version, seen again")
case.quiet(
    "verified, not updated",
    lambda old, new: (unmoved(old, new), put(new, STATUS + "statusVerifiedDate", "2026-11")),
    "statusVerifiedDate is bookkeeping",
)
case.quiet(
    "an estimated post date becomes actual",
    lambda old, new: (unmoved(old, new), put(old, STATUS + "lastUpdatePostDateStruct.type", "ESTIMATED")),
    "noise: the type of any post date",
)
case.quiet(
    "first dates rewritten",
    lambda r: (
        put(r, STATUS + "studyFirstSubmitQcDate", "2025-01-28"),
        put(r, STATUS + "studyFirstPostDateStruct", {"date": "2025-01-31", "type": "ESTIMATED"}),
    ),
    "noise: studyFirst…",
)
case.quiet(
    "condition terms vanish as a whole",
    lambda r: drop(r, DERIVED + "conditionBrowseModule"),
    "noise: whole keys of the browse modules come and go",
)
case.quiet(
    "browse leaves and branches appear",
    lambda r: (
        put(
            r,
            DERIVED + "conditionBrowseModule.browseLeaves",
            [{"id": "M10761", "name": "Nephritis", "asFound": "Lupus Nephritis", "relevance": "HIGH"}],
        ),
        put(
            r, DERIVED + "conditionBrowseModule.browseBranches", [{"abbrev": "BC12", "name": "Urinary Tract"}]
        ),
    ),
    "noise: browse modules",
)
case.quiet(
    "terms renumbered",
    lambda r: put(
        r, DERIVED + "conditionBrowseModule.meshes", [{"id": "D999999", "term": "Lupus Nephritis"}]
    ),
    "noise: browse modules are recomputed",
)
case.quiet(
    "intervention terms appear",
    lambda old, new: drop(old, DERIVED + "interventionBrowseModule"),
    "noise: browse modules",
)
case.quiet(
    "removedCountries alone",
    lambda r: put(r, DERIVED + "miscInfoModule.removedCountries", ["Germany"]),
    "noise: removedCountries",
)
case.quiet(
    "model predictions appear",
    lambda r: put(
        r, DERIVED + "miscInfoModule.modelPredictions", {"bmiLimits": {"minBmi": 0.0, "maxBmi": 101.0}}
    ),
    "noise: the rest of derivedSection",
)
case.quiet(
    "a new derived module",
    lambda r: put(r, DERIVED + "trialScoreModule", {"score": 3}),
    "noise: the rest of derivedSection, known or not",
)
case.quiet(
    "map points of all sites recomputed",
    lambda r: [loc["geoPoint"].update(lat=round(loc["geoPoint"]["lat"] + 0.01, 5)) for loc in locs(r)],
    "noise: geoPoint",
)
case.quiet("map points vanish", lambda r: [loc.pop("geoPoint") for loc in locs(r)], "noise: geoPoint")
case.quiet(
    "provinces filled in and the list sorted anew",
    lambda r: (
        [loc.setdefault("state", loc["city"] + " Province") for loc in locs(r)],
        locs(r).sort(key=lambda x: (x["country"], x["state"])),
    ),
    "noise: a province filled in; order means nothing",
)
case.quiet(
    "postcodes lose their dash",
    lambda r: [loc.update(zip=loc["zip"].replace("-", " ")) for loc in locs(r)],
    "noise: a postcode repaired",
)
case.quiet(
    "stray accent taken from a postcode",
    lambda old, new: put(old, CONTACTS + "locations.6.zip", "´46014"),
    "noise: a postcode repaired",
)


def _ended_bare(old, new):
    ended(old)
    ended(new)
    put(old, CONTACTS + "locations", deepcopy(locs(BASE)))
    put(old, CONTACTS + "centralContacts", deepcopy(get(BASE, CONTACTS + "centralContacts")))


case.quiet(
    "statuses and contacts vanish after the end",
    _ended_bare,
    "noise: site statuses and contacts that vanish because the study ended, also an update later",
)
case.quiet(
    "lastKnownStatus alone",
    lambda old, new: (
        status(old, "UNKNOWN"),
        status(new, "UNKNOWN"),
        put(old, STATUS + "lastKnownStatus", "RECRUITING"),
        put(new, STATUS + "lastKnownStatus", "ACTIVE_NOT_RECRUITING"),
    ),
    "noise: lastKnownStatus",
)
case.quiet(
    "all texts with other markup",
    lambda r: (
        sub(r, "eligibilityModule.eligibilityCriteria", "\\>=", "&ge;"),
        sub(r, "descriptionModule.briefSummary", "torvalimab", "Torvalimab"),
    ),
    "noise: HTML entities, letters' case",
    doubtful="`\\>=` against `&ge;` (≥): the same sign in other writing",
)
case.quiet(
    "text with a hard space and a wrapped line",
    lambda r: (
        sub(r, "descriptionModule.detailedDescription", "open-label extension", "open-label\nextension"),
        sub(r, "descriptionModule.briefSummary", "active lupus", "active\u00a0lupus"),
    ),
    "noise: whitespace and line ends",
)
case.quiet(
    "everything in another order",
    lambda r: (
        locs(r).reverse(),
        get(r, "outcomesModule.secondaryOutcomes").reverse(),
        get(r, "armsInterventionsModule.interventions").reverse(),
        get(r, "referencesModule.references").reverse(),
        get(r, "conditionsModule.keywords").reverse(),
        get(r, "designModule.designInfo.maskingInfo.whoMasked").reverse(),
        get(r, "eligibilityModule.stdAges").reverse(),
    ),
    "noise: order of a list whose order means nothing",
)
case.quiet(
    "three dates made precise",
    lambda old, new: (
        date(old, "primaryCompletion", "2027-06"),
        date(old, "completion", "2028-03"),
        date(old, "start", "2025-03", "ACTUAL"),
    ),
    "noise: a date made more precise without moving",
)
case.quiet(
    "keys of the record in another order",
    lambda r: r["protocolSection"].update(
        {k: r["protocolSection"].pop(k) for k in list(r["protocolSection"])[::-1]}
    ),
    "an object has no order",
)
case.quiet(
    "arm descriptions differ in a drug's capitals",
    lambda r: sub(r, "armsInterventionsModule.armGroups.0.description", "Torvalimab", "TorvaLimab"),
    "noise: letters' case",
)


def noise(r):
    for loc in locs(r):
        loc["geoPoint"]["lat"] += 0.01
        loc["facility"] = loc["facility"].upper()
    locs(r).reverse()
    drop(r, DERIVED + "conditionBrowseModule")


case(
    "one site begins among respelt and reordered sites",
    lambda r: (noise(r), locs(r)[9 - 5].update(status="RECRUITING")),
    told(
        "locations edited minor sites",
        ["Poznan", ("began", "recruiting")],
        "The Poznan site began recruiting",
        item="CENTRUM MEDYCZNE WARTA, Poznan, Poland",
        never=["added", "removed", "closed"],
    ),
    "noise is told nowhere beside the news",
    headline_says=[("Poznan", "Poland")],
)
case(
    "a precise date with a new type",
    lambda old, new: (
        status(old, "ACTIVE_NOT_RECRUITING"),
        status(new, "ACTIVE_NOT_RECRUITING"),
        date(old, "primaryCompletion", "2026-08-31"),
        date(new, "primaryCompletion", "2026-08", "ACTUAL"),
    ),
    told(
        "primary-completion-date changed major timeline",
        ["actual"],
        "Primary completion is now given as actual (2026-08)",
    ),
    "made less precise, yet its type changed: no noise",
    headline_says=["actual"],
)
case(
    "a number among changes of case and markup",
    lambda r: put(
        r,
        "eligibilityModule.eligibilityCriteria",
        get(r, "eligibilityModule.eligibilityCriteria")
        .replace("\\", "")
        .replace("Criteria:", "CRITERIA:")
        .replace("past 5 years", "past 3 years"),
    ),
    told(
        "eligibility-criteria edited major eligibility",
        ["5", "3", "years"],
        "Eligibility changed: no malignancy within the past 3 years, no longer 5",
        never=["transplant", "tuberculosis"],
    ),
    "only the item that changed is told",
    headline_says=[],
)
case(
    "bookkeeping beside one keyword",
    lambda r: (
        drop(r, DERIVED + "interventionBrowseModule"),
        get(r, "conditionsModule.keywords").append("Biologic"),
    ),
    told("keywords added|edited minor", ["Biologic"], "Keyword added: Biologic", item="Biologic"),
    "the least news makes a version not quiet",
)
case(
    "moved site in a known city is not noise",
    lambda r: locs(r)[0].update(city="Broken Arrow", zip="74012"),
    [
        told(
            "locations edited|moved|added minor|noise sites",
            ["Cedar Valley", "Broken Arrow"],
            "Cedar Valley Kidney Institute moved from Tulsa to Broken Arrow",
            item="Cedar Valley Kidney Institute, Broken Arrow, United States",
        ),
        told(
            "locations removed minor sites",
            ["Cedar Valley", "Tulsa"],
            "Cedar Valley Kidney Institute in Tulsa was removed",
            optional=True,
        ),
    ],
    "another city and postcode under the same name: an edit (or a removal and an addition), no respelling",
    headline_says=[],
    doubtful=(
        "same facility name, other city and postcode in one country: one edit, or a removal and an addition"
    ),
)
