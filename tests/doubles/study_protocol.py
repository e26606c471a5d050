"""The modules of an invented study's protocol, each drawn from the record's own random numbers."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from doubles import study_words as words

Record = dict[str, Any]

NEWEST = date(2026, 11, 19)
"""No generated record was updated after this day: a first build of 2026-11-20 may hold them all."""

SPREAD = 0.85
"""Standard deviation of the logarithm of a study's weight: large studies are large in everything."""

_STOPPED = ("TERMINATED", "WITHDRAWN", "SUSPENDED")
_OVER = ("COMPLETED", "TERMINATED", "WITHDRAWN")
_PHASES = [["NA"], ["PHASE1"], ["PHASE1", "PHASE2"], ["PHASE2"], ["PHASE2", "PHASE3"], ["PHASE3"], ["PHASE4"]]
_PHASES.append(["EARLY_PHASE1"])
_PHASE_WEIGHTS = [40, 10, 5, 17, 3, 12, 10, 3]


def some(rng: Random, median: float, p90: float, weight: float) -> int:
    """A count, at least 1, of a long-tailed distribution with this median and 90th percentile."""
    sigma = math.log(p90 / median) / 1.2816
    spread = math.sqrt(max(sigma * sigma - SPREAD * SPREAD, 0.04))  # what `weight` does not bring
    return max(1, round(median * weight * math.exp(rng.gauss(0, spread))))


def prose(rng: Random, drug: str, condition: str, sentences: int) -> str:
    chosen = rng.choices(words.SENTENCES, k=sentences)
    paragraphs = [" ".join(chosen[at : at + 4]) for at in range(0, sentences, 4)]
    return "\n\n".join(paragraphs).replace("{drug}", drug).replace("{condition}", condition)


def identification(
    nct_id: str,
    aliases: Sequence[str],
    rng: Random,
    lead: tuple[str, str],
    title: str | None,
    drug: str,
    topic: str,
) -> Record:
    module: Record = {"nctId": nct_id}
    if aliases:
        module["nctIdAliases"] = list(aliases)
    module["orgStudyIdInfo"] = {"id": f"{drug[:3].upper()}-{rng.randint(100, 9999)}"}
    if rng.random() < 0.18:
        eudra = f"20{rng.randint(10, 24)}-00{rng.randint(1000, 9999)}-{rng.randint(10, 99)}"
        module["secondaryIdInfos"] = [{"id": eudra, "type": "EUDRACT_NUMBER"}]
    module["organization"] = {"fullName": lead[0], "class": lead[1]}
    module["briefTitle"] = title or f"{drug} in {topic}"
    module["officialTitle"] = f"A Randomised Study of {drug} (≥5 mg) Against Placebo in Adults With {topic}"
    if rng.random() < 0.28:
        module["acronym"] = f"{drug[:4].upper()}-{rng.randint(1, 9)}"
    return module


def partial_date(rng: Random, day: date) -> str:
    return day.isoformat()[:7] if rng.random() < 0.33 else day.isoformat()


def status_module(
    rng: Random, status: str, study_type: str, results: bool, why_stopped: str | None, updated: str | None
) -> Record:
    if updated is not None:
        posted = date.fromisoformat(updated)
    elif status == "UNKNOWN":
        posted = NEWEST - timedelta(days=rng.randint(800, 3500))
    else:
        posted = NEWEST - timedelta(days=int(1300 * rng.random() ** 2))
    submitted = posted - timedelta(days=rng.choice((1, 2, 2, 3)))
    first = submitted - timedelta(days=rng.randint(30, 2200))
    module: Record = {"statusVerifiedDate": submitted.isoformat()[:7], "overallStatus": status}
    if status == "UNKNOWN":
        module["lastKnownStatus"] = rng.choice(["RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING"])
    if status in _STOPPED and (why_stopped is not None or rng.random() < 0.9):
        module["whyStopped"] = why_stopped or rng.choice(words.REASONS)
    module["expandedAccessInfo"] = {"hasExpandedAccess": False}
    if study_type != "EXPANDED_ACCESS":
        over, waiting = status in _OVER, status == "NOT_YET_RECRUITING"
        start = submitted + timedelta(days=60) if waiting else first + timedelta(days=rng.randint(-20, 25))
        if over:
            primary = start + (submitted - start) * 0.6
        elif status == "UNKNOWN":
            primary = submitted + timedelta(days=rng.randint(30, 600))
        else:
            primary = max(start, NEWEST) + timedelta(days=rng.randint(60, 1500))
        end = primary + timedelta(days=rng.choice((0, 0, 30, 180, 365)) if not over else 0)
        kind = "ACTUAL" if over else "ESTIMATED"
        module["startDateStruct"] = {
            "date": partial_date(rng, start),
            "type": "ESTIMATED" if waiting else "ACTUAL",
        }
        if rng.random() < 0.02:
            del module["startDateStruct"]["type"]
        module["primaryCompletionDateStruct"] = {"date": partial_date(rng, primary), "type": kind}
        module["completionDateStruct"] = {"date": partial_date(rng, end), "type": kind}
    module["studyFirstSubmitDate"] = first.isoformat()
    module["studyFirstSubmitQcDate"] = (first + timedelta(days=6)).isoformat()
    module["studyFirstPostDateStruct"] = {"date": (first + timedelta(days=9)).isoformat(), "type": "ACTUAL"}
    if results:
        sent = submitted - timedelta(days=25)
        module["resultsFirstSubmitDate"] = sent.isoformat()
        module["resultsFirstSubmitQcDate"] = submitted.isoformat()
        module["resultsFirstPostDateStruct"] = {"date": posted.isoformat(), "type": "ACTUAL"}
    module["lastUpdateSubmitDate"] = submitted.isoformat()
    kind = "ESTIMATED" if rng.random() < 0.1 else "ACTUAL"
    module["lastUpdatePostDateStruct"] = {"date": posted.isoformat(), "type": kind}
    return module


def person(rng: Random) -> str:
    return f"{rng.choice(words.FIRST_NAMES)} {rng.choice(words.LAST_NAMES)}, MD"


def sponsors(rng: Random, lead: tuple[str, str]) -> Record:
    module: Record = {"responsibleParty": {"type": "SPONSOR"}}
    if rng.random() < 0.4:
        module["responsibleParty"] = {
            "type": "PRINCIPAL_INVESTIGATOR",
            "investigatorFullName": person(rng),
            "investigatorTitle": "Principal Investigator",
            "investigatorAffiliation": lead[0],
        }
    module["leadSponsor"] = {"name": lead[0], "class": lead[1]}
    if rng.random() < 0.3:
        partners = rng.sample(words.SPONSORS, rng.randint(1, 3))
        module["collaborators"] = [{"name": name, "class": kind} for name, kind in partners]
    return module


def design(
    rng: Random, study_type: str, status: str, phases: Sequence[str] | None, enrollment: int | None
) -> Record:
    module: Record = {"studyType": study_type}
    if study_type == "EXPANDED_ACCESS":
        return {**module, "expandedAccessTypes": {"treatment": True}}
    if study_type == "OBSERVATIONAL":
        module["patientRegistry"] = rng.random() < 0.2
        module["designInfo"] = {"observationalModel": "COHORT", "timePerspective": "PROSPECTIVE"}
    else:
        drawn = rng.choices(_PHASES, _PHASE_WEIGHTS)[0]
        module["phases"] = list(phases if phases is not None else drawn)
        masking = rng.choice(("NONE", "DOUBLE", "TRIPLE"))
        info: Record = {"masking": masking}
        if masking != "NONE":
            info["whoMasked"] = ["PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR"][
                : 2 if masking == "DOUBLE" else 3
            ]
        module["designInfo"] = {
            "allocation": "RANDOMIZED",
            "interventionModel": "PARALLEL",
            "primaryPurpose": rng.choice(("TREATMENT", "PREVENTION", "SUPPORTIVE_CARE")),
            "maskingInfo": info,
        }
    count = 0 if status == "WITHDRAWN" else some(rng, 80, 500, 1.0)
    kind = "ACTUAL" if status in _OVER else "ESTIMATED"
    module["enrollmentInfo"] = {"count": count if enrollment is None else enrollment, "type": kind}
    return module


def arms(rng: Random, study_type: str, drug: str) -> Record:
    if study_type == "EXPANDED_ACCESS":
        return {"interventions": [{"type": "DRUG", "name": drug, "description": "By mouth, once a day."}]}
    other = rng.choice(words.PROCEDURES)
    labels = [f"{drug} 10 mg", "Placebo", f"{drug} + {other}", f"{drug} <5 mg"][
        : rng.choice((1, 2, 2, 2, 3, 4))
    ]
    kind = "DRUG" if study_type == "INTERVENTIONAL" else "OTHER"
    arms = []
    for at, label in enumerate(labels):
        arm: Record = {"label": label}
        if study_type == "INTERVENTIONAL":
            arm["type"] = "PLACEBO_COMPARATOR" if at == 1 else "EXPERIMENTAL"
        arm["description"] = f"{label} for 24 weeks. {words.SENTENCES[4]}"
        arm["interventionNames"] = [f"{kind.title()}: {'Placebo' if at == 1 else drug}"]
        arms.append(arm)
    active = [label for at, label in enumerate(labels) if at != 1]
    given: list[Record] = [
        {
            "type": kind,
            "name": drug,
            "description": "Tablets of 2.5 mg and 5 mg, once a day; doses \\> 10 mg are not allowed.",
            "armGroupLabels": active,
            "otherNames": [f"{drug[:2].upper()}-{rng.randint(100, 999)}"],
        }
    ]
    if len(labels) > 1:
        text = "Tablets that look the same and hold nothing."
        given.append({"type": kind, "name": "Placebo", "description": text, "armGroupLabels": ["Placebo"]})
    if rng.random() < 0.03:  # the same intervention twice, as in one of 27 real records
        given.append({**given[0], "armGroupLabels": list(active)})
    return {"armGroups": arms, "interventions": given}


def outcomes(rng: Random, weight: float) -> Record:
    def drawn(count: int) -> list[Record]:
        listed: list[Record] = []
        frames = rng.choices(words.TIME_FRAMES, k=count)
        for at, (measure, text) in enumerate(rng.choices(words.MEASURES, k=count)):
            # most records tell their measures apart by visit; some repeat themselves
            name = f"{measure} at Week {4 * at + 4}" if at % 14 else measure
            item: Record = {"measure": name}
            if rng.random() < 0.85:
                item["description"] = text
            item["timeFrame"] = frames[at]
            listed.append(item)
        return listed

    module = {"primaryOutcomes": drawn(min(some(rng, 1.3, 5, weight), 40))}
    if rng.random() < 0.8:
        module["secondaryOutcomes"] = drawn(min(some(rng, 5, 18, weight), 110))
    if rng.random() < 0.1:
        module["otherOutcomes"] = drawn(min(some(rng, 4, 12, weight), 60))
    return module


def eligibility(rng: Random, study_type: str, drug: str, condition: str, weight: float) -> Record:
    include = rng.choices(words.INCLUSIONS, k=min(some(rng, 8, 30, weight), 150))
    exclude = rng.choices(words.EXCLUSIONS, k=min(some(rng, 10, 34, weight), 150))
    if rng.random() < 0.5:
        lines = ["Inclusion Criteria:", "", *(f"* {item}" for item in include)]
        lines += ["", "Exclusion Criteria:", "", *(f"* {item}" for item in exclude)]
    else:
        lines = ["Inclusion Criteria:", "", *(f"{at}. {item}" for at, item in enumerate(include, 1))]
        lines += ["", "Exclusion Criteria:", "", *(f"{at}. {item}" for at, item in enumerate(exclude, 1))]
    text = "\n".join(lines).replace("{drug}", drug).replace("{condition}", condition)
    module: Record = {
        "eligibilityCriteria": text,
        "healthyVolunteers": rng.random() < 0.2,
        "sex": rng.choice(("ALL", "ALL", "ALL", "FEMALE", "MALE")),
        "minimumAge": rng.choice(("18 Years", "18 Years", "6 Months", "12 Years")),
    }
    if rng.random() < 0.6:
        module["maximumAge"] = rng.choice(("65 Years", "75 Years", "80 Years"))
    module["stdAges"] = ["ADULT", "OLDER_ADULT"]
    if study_type == "OBSERVATIONAL":
        module["studyPopulation"] = "Patients of the participating clinics who agree to be followed."
        module["samplingMethod"] = "NON_PROBABILITY_SAMPLE"
    return module


def contacts(rng: Random, status: str, sites: int, sponsor: str) -> Record:
    module: Record = {}
    open_now = status in ("RECRUITING", "NOT_YET_RECRUITING")
    if open_now:
        contact = {
            "name": person(rng),
            "role": "CONTACT",
            "phone": "+00 000 0001",
            "email": "study@site.example",
        }
        module["centralContacts"] = [contact]
    if rng.random() < 0.68:
        officer = {"name": person(rng), "affiliation": sponsor, "role": "PRINCIPAL_INVESTIGATOR"}
        module["overallOfficials"] = [officer]
    if rng.random() < 0.12 or not sites:
        return module
    masked = rng.random() < 0.08  # sponsors that name no site
    locations: list[Record] = []
    for city, facility in zip(
        rng.choices(words.CITIES, k=sites), rng.choices(words.FACILITIES, k=sites), strict=True
    ):
        name, state, code, country, lat, lon = city
        site: Record = {"facility": "Research Site" if masked else f"{facility}, {name}"}
        if open_now:
            site["status"] = status
        site["city"] = name
        if state:
            site["state"] = state
        site["zip"] = code
        site["country"] = country
        if open_now and not masked and rng.random() < 0.4:
            site["contacts"] = [{"name": person(rng), "role": "CONTACT", "email": "clinic@site.example"}]
        site["geoPoint"] = {"lat": lat, "lon": lon}
        locations.append(site)
    locations.sort(key=lambda site: (site["country"], site.get("state", ""), site["city"]))
    module["locations"] = locations
    return module


def references(rng: Random, drug: str) -> list[Record]:
    return [
        {
            "pmid": str(90_000_000 + rng.randint(0, 999_999)),
            "type": rng.choice(("BACKGROUND", "RESULT", "DERIVED")),
            "citation": f"{rng.choice(words.LAST_NAMES)} A, et al. {drug} in a model of disease. "
            f"J Invented Med. 20{rng.randint(10, 25)};{rng.randint(1, 60)}(2):{rng.randint(1, 400)}-9.",
        }
        for _ in range(some(rng, 2, 9, 1.0))
    ]


def browse_module(terms: Sequence[str], prefix: str) -> Record:
    """A browse module: the term found, its ancestors, leaves and branches, as the registry derives them."""
    keys = [sum(map(ord, term)) * 37 % 99_999 for term in terms]
    leaves: list[Record] = [
        {"id": f"M{keys[0]}", "name": terms[0], "asFound": terms[0], "relevance": "HIGH"},
        *({"id": f"M{k}", "name": t, "relevance": "LOW"} for k, t in zip(keys[1:], terms[1:], strict=True)),
    ]
    more: tuple[str, ...] = (
        "Pathologic Processes",
        "Signs and Symptoms",
        "Diseases by Site",
        "Chronic Disease",
        "Immune System Diseases",
    )
    leaves += [{"id": f"M{10_000 + at}", "name": name, "relevance": "LOW"} for at, name in enumerate(more)]
    return {
        "meshes": [{"id": f"D{keys[0]:06d}", "term": terms[0]}],
        "ancestors": [{"id": f"D{k:06d}", "term": t} for k, t in zip(keys[1:], terms[1:], strict=True)]
        + [{"id": f"D{20_000 + at:06d}", "term": name} for at, name in enumerate(more)],
        "browseLeaves": leaves,
        "browseBranches": [
            {"abbrev": f"{prefix}10", "name": terms[-1]},
            {"abbrev": "All", "name": "All Terms"},
        ],
    }


def browse_modules(topic: tuple[str, ...], drug: str, study_type: str) -> Record:
    modules = {"conditionBrowseModule": browse_module(topic[1:], "BC")}
    if study_type != "OBSERVATIONAL":
        modules["interventionBrowseModule"] = browse_module(
            (drug, "Pharmacologic Actions", "Chemical Actions"), "Dr"
        )
    return modules
