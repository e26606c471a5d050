"""Search over the demo's records: the parts of the registry's query language that the demo's API answers.

An expression is parsed once and then asked of each record. Whatever is not understood is refused with
BadSearch, as the registry refuses it with 400; nothing is quietly ignored.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Record = dict[str, Any]
Test = Callable[[Record], bool]


class BadSearch(Exception):
    """The question is wrong. `str()` is what the answer's body says."""


def _module(record: Record, name: str) -> dict[str, Any]:
    return record["protocolSection"].get(name, {})  # type: ignore[no-any-return]  # the JSON border


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)


def _picked(value: Any, *keys: str) -> Iterator[str]:
    """The strings behind some keys of an object, or of each object in a list."""
    for member in value if isinstance(value, list) else [value]:
        for key in keys:
            yield from _strings(member.get(key))


def _titles(record: Record) -> Iterator[str]:
    yield from _picked(_module(record, "identificationModule"), "briefTitle", "officialTitle", "acronym")


def _conditions(record: Record) -> Iterator[str]:
    yield from _picked(_module(record, "conditionsModule"), "conditions", "keywords")
    yield from _titles(record)


def _interventions(record: Record) -> Iterator[str]:
    arms = _module(record, "armsInterventionsModule")
    yield from _picked(arms.get("interventions", []), "name", "otherNames")
    yield from _picked(arms.get("armGroups", []), "label")
    yield from _titles(record)


def _outcomes(record: Record) -> Iterator[str]:
    for outcomes in _module(record, "outcomesModule").values():
        yield from _picked(outcomes, "measure", "description")


def _places(record: Record) -> Iterator[str]:
    sites = _module(record, "contactsLocationsModule").get("locations", [])
    yield from _picked(sites, "facility", "city", "state", "zip", "country")


def _sponsors(record: Record) -> Iterator[str]:
    yield from _lead(record)
    yield from _picked(_module(record, "sponsorCollaboratorsModule").get("collaborators", []), "name")


def _lead(record: Record) -> Iterator[str]:
    yield from _picked(_module(record, "sponsorCollaboratorsModule")["leadSponsor"], "name")


def _ids(record: Record) -> Iterator[str]:
    named = _module(record, "identificationModule")
    yield from _picked(named, "nctId", "nctIdAliases")
    yield from _picked(named.get("orgStudyIdInfo", {}), "id")
    yield from _picked(named.get("secondaryIdInfos", []), "id")


def _everything(record: Record) -> Iterator[str]:
    yield from _strings(record["protocolSection"])


QUERY_AREAS: dict[str, Callable[[Record], Iterator[str]]] = {
    "cond": _conditions,
    "term": _everything,
    "locn": _places,
    "titles": _titles,
    "intr": _interventions,
    "outc": _outcomes,
    "spons": _sponsors,
    "lead": _lead,
    "id": _ids,
    "patient": _everything,
}

# Piece names, as AREA[…], `fields` and `sort` take them, and where they stand in a record.
PIECES: dict[str, str] = {
    "NCTId": "protocolSection.identificationModule.nctId",
    "NCTIdAlias": "protocolSection.identificationModule.nctIdAliases",
    "OrgStudyId": "protocolSection.identificationModule.orgStudyIdInfo.id",
    "BriefTitle": "protocolSection.identificationModule.briefTitle",
    "OfficialTitle": "protocolSection.identificationModule.officialTitle",
    "Acronym": "protocolSection.identificationModule.acronym",
    "OverallStatus": "protocolSection.statusModule.overallStatus",
    "LastKnownStatus": "protocolSection.statusModule.lastKnownStatus",
    "StatusVerifiedDate": "protocolSection.statusModule.statusVerifiedDate",
    "WhyStopped": "protocolSection.statusModule.whyStopped",
    "StartDate": "protocolSection.statusModule.startDateStruct.date",
    "StartDateType": "protocolSection.statusModule.startDateStruct.type",
    "PrimaryCompletionDate": "protocolSection.statusModule.primaryCompletionDateStruct.date",
    "PrimaryCompletionDateType": "protocolSection.statusModule.primaryCompletionDateStruct.type",
    "CompletionDate": "protocolSection.statusModule.completionDateStruct.date",
    "CompletionDateType": "protocolSection.statusModule.completionDateStruct.type",
    "StudyFirstSubmitDate": "protocolSection.statusModule.studyFirstSubmitDate",
    "StudyFirstPostDate": "protocolSection.statusModule.studyFirstPostDateStruct.date",
    "ResultsFirstSubmitDate": "protocolSection.statusModule.resultsFirstSubmitDate",
    "ResultsFirstPostDate": "protocolSection.statusModule.resultsFirstPostDateStruct.date",
    "DispFirstSubmitDate": "protocolSection.statusModule.dispFirstSubmitDate",
    "LastUpdateSubmitDate": "protocolSection.statusModule.lastUpdateSubmitDate",
    "LastUpdatePostDate": "protocolSection.statusModule.lastUpdatePostDateStruct.date",
    "LastUpdatePostDateType": "protocolSection.statusModule.lastUpdatePostDateStruct.type",
    "LeadSponsorName": "protocolSection.sponsorCollaboratorsModule.leadSponsor.name",
    "LeadSponsorClass": "protocolSection.sponsorCollaboratorsModule.leadSponsor.class",
    "BriefSummary": "protocolSection.descriptionModule.briefSummary",
    "Condition": "protocolSection.conditionsModule.conditions",
    "Keyword": "protocolSection.conditionsModule.keywords",
    "StudyType": "protocolSection.designModule.studyType",
    "Phase": "protocolSection.designModule.phases",
    "EnrollmentCount": "protocolSection.designModule.enrollmentInfo.count",
    "EnrollmentType": "protocolSection.designModule.enrollmentInfo.type",
    "InterventionName": "protocolSection.armsInterventionsModule.interventions.name",
    "InterventionType": "protocolSection.armsInterventionsModule.interventions.type",
    "PrimaryOutcomeMeasure": "protocolSection.outcomesModule.primaryOutcomes.measure",
    "Sex": "protocolSection.eligibilityModule.sex",
    "LocationFacility": "protocolSection.contactsLocationsModule.locations.facility",
    "LocationStatus": "protocolSection.contactsLocationsModule.locations.status",
    "LocationCity": "protocolSection.contactsLocationsModule.locations.city",
    "LocationCountry": "protocolSection.contactsLocationsModule.locations.country",
    "UnpostedEventType": "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents.type",
    "UnpostedEventDate": "annotationSection.annotationModule.unpostedAnnotation.unpostedEvents.date",
    "ViolationEventType": "annotationSection.annotationModule.violationAnnotation.violationEvents.type",
    "SubmissionTracking": "derivedSection.miscInfoModule.submissionTracking",
    "VersionHolder": "derivedSection.miscInfoModule.versionHolder",
    "HasResults": "hasResults",
}


def values_at(record: Record, path: str) -> list[Any]:
    """All values behind a dotted path; lists on the way are gone through."""
    here: list[Any] = [record]
    for name in path.split("."):
        found = []
        for value in here:
            for member in value if isinstance(value, list) else [value]:
                if isinstance(member, dict) and name in member:
                    found.append(member[name])
        here = found
    flat: list[Any] = []
    for value in here:
        flat.extend(value) if isinstance(value, list) else flat.append(value)
    return flat


def parse_words(text: str, area: str) -> Test:
    """What `query.<area>` asks; a bare word must occur, in any order."""
    source = QUERY_AREAS[area]
    return _Parser(text, lambda phrase: _contains(source, phrase)).whole()


def parse_advanced(text: str) -> Test:
    """What `filter.advanced` asks."""
    return _Parser(text, lambda phrase: _contains(_everything, phrase)).whole()


def near(text: str) -> Test:
    """What `filter.geo` asks: `distance(lat,lon,50mi)`."""
    match = re.fullmatch(r"distance\((-?\d+\.?\d*),(-?\d+\.?\d*),(\d+\.?\d*)(mi|km)\)", text.replace(" ", ""))
    if match is None:
        raise BadSearch(f"filter.geo has incorrect format: `{text}`")
    lat, lon, reach = (math.radians(float(match[1])), math.radians(float(match[2])), float(match[3]))
    kilometres = reach * (1.609344 if match[4] == "mi" else 1.0)

    def close_enough(record: Record) -> bool:
        for point in values_at(record, "protocolSection.contactsLocationsModule.locations.geoPoint"):
            other_lat, other_lon = math.radians(point["lat"]), math.radians(point["lon"])
            half = (
                math.sin((other_lat - lat) / 2) ** 2
                + math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
            )
            if 2 * 6371.0 * math.asin(min(1.0, math.sqrt(half))) <= kilometres:
                return True
        return False

    return close_enough


def words(text: str) -> list[str]:
    """A text as words without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(letter for letter in plain if not unicodedata.combining(letter)))


def _contains(source: Callable[[Record], Iterator[str]], phrase: str) -> Test:
    wanted = words(phrase)
    if not wanted:
        raise BadSearch(f"nothing to search for: `{phrase}`")

    def test(record: Record) -> bool:
        for text in source(record):
            have = words(text)
            if any(have[at : at + len(wanted)] == wanted for at in range(len(have) - len(wanted) + 1)):
                return True
        return False

    return test


def _in_range(path: str, low: str, high: str) -> Test:
    low, high = _iso(low), _iso(high)

    def inside(value: Any) -> bool:
        if isinstance(value, int):
            return (low == "MIN" or value >= int(low)) and (high == "MAX" or value <= int(high))
        day = str(value) + "-01" * (2 - str(value).count("-"))
        return (low == "MIN" or day >= low) and (high == "MAX" or day <= high)

    return lambda record: any(inside(value) for value in values_at(record, path))


def _iso(bound: str) -> str:
    bound = bound.strip()
    if american := re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4})", bound):
        return f"{american[3]}-{int(american[1]):02}-{int(american[2]):02}"
    if bound in ("MIN", "MAX") or re.fullmatch(r"\d+|\d{4}-\d\d(-\d\d)?", bound):
        return bound
    raise BadSearch(f"not a date or a number in RANGE: `{bound}`")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # one of the names in _TOKENS
    text: str


_TOKENS = re.compile(
    r"""\s*(?:
        (?P<area>AREA\[[^\]]*\]) | (?P<range>RANGE\[[^\]]*\]) | (?P<other>[A-Z]+\[[^\]]*\])
      | (?P<open>\() | (?P<close>\)) | "(?P<phrase>[^"]*)" | (?P<word>[^\s()"\[\]]+)
    )""",
    re.VERBOSE,
)


class _Parser:
    """Recursive descent: OR binds loosest, then AND (also unsaid), then NOT, then AREA[…]."""

    def __init__(self, text: str, leaf: Callable[[str], Test]) -> None:
        self._text = text
        self._leaf = leaf
        self._tokens = list(self._split(text))
        self._at = 0

    def whole(self) -> Test:
        test = self._any()
        if self._at < len(self._tokens):
            raise self._wrong()
        return test

    def _split(self, text: str) -> Iterator[_Token]:
        at, text = 0, text.rstrip()
        while at < len(text):
            match = _TOKENS.match(text, at)
            if match is None:
                raise BadSearch(f"the expression cannot be parsed: `{text}`")
            kind = match.lastgroup or ""
            if kind == "word" and match["word"] in ("AND", "OR", "NOT"):
                yield _Token(match["word"], match["word"])
            else:
                yield _Token(kind, match[kind])
            at = match.end()

    def _next(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def _any(self) -> Test:
        tests = [self._all()]
        while self._next() == "OR":
            self._at += 1
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda record: any(test(record) for test in tests)

    def _all(self) -> Test:
        tests = [self._negated()]
        while self._next() not in ("", "OR", "close"):
            if self._next() == "AND":
                self._at += 1
            tests.append(self._negated())
        return tests[0] if len(tests) == 1 else lambda record: all(test(record) for test in tests)

    def _negated(self) -> Test:
        if self._next() == "NOT":
            self._at += 1
            test = self._negated()
            return lambda record: not test(record)
        return self._one()

    def _one(self) -> Test:
        kind = self._next()
        if kind == "open":
            self._at += 1
            test = self._any()
            if self._next() != "close":
                raise self._wrong()
            self._at += 1
            return test
        if kind in ("word", "phrase"):
            self._at += 1
            return self._leaf(self._tokens[self._at - 1].text)
        if kind == "area":
            return self._area()
        raise self._wrong()

    def _area(self) -> Test:
        name = self._tokens[self._at].text[5:-1]
        if name not in PIECES:
            raise BadSearch(f"unknown area in the expression: `{name}`")
        path = PIECES[name]
        self._at += 1
        if self._next() == "range":
            low, comma, high = self._tokens[self._at].text[6:-1].partition(",")
            if not comma:
                raise self._wrong()
            self._at += 1
            return _in_range(path, low, high)
        outer, self._leaf = self._leaf, lambda phrase: _contains(_texts_at(path), phrase)
        try:
            return self._one()
        finally:
            self._leaf = outer

    def _wrong(self) -> BadSearch:
        return BadSearch(f"the expression cannot be parsed: `{self._text}`")


def _texts_at(path: str) -> Callable[[Record], Iterator[str]]:
    def texts(record: Record) -> Iterator[str]:
        for value in values_at(record, path):
            yield str(value).lower() if isinstance(value, bool) else str(value)

    return texts
