"""The subset of Essie, the registry's search language, that the loopback registry understands.

Words (all of them, anywhere in the text of the area, case ignored), "phrases", AREA[…], RANGE[…,…], AND, OR,
NOT, parentheses, ALL, MISSING, COVERAGE[FullMatch] (the whole value), COVERAGE[StartsWith], COVERAGE[EndsWith],
SEARCH[Location](…) (all of it true of one site). EXPANSION and TILT are read and change nothing: there are no
synonyms here. Anything else is refused with 400, as the real one refuses it.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from doubles.ctgov_answers import Refused
from doubles.ctgov_fields import PIECES

_TOKEN = re.compile(r'\s*(?:([A-Z]+)\[([^\]]*)\]|([()])|"([^"]*)"|([^\s()"]+))')
_WORD = re.compile(r"\w+")
_PASSIVE = {
    "EXPANSION": {"None", "Term", "Concept", "Relaxation", "Lossy"},
    "TILT": None,  # a field's name: the order by relevance, which is not kept here
}
_COVERAGE = ("Contains", "StartsWith", "EndsWith", "FullMatch")
# SEARCH[…] looks at the members of a list one by one.
_GROUPS = {"Location": "protocolSection.contactsLocationsModule.locations"}


class Subject(Protocol):
    """A record as the search sees it, or one member of a list in it."""

    def values(self, path: str) -> list[Any]:
        """Scalars at a dotted path from the record's root."""

    def members(self, path: str) -> list["Subject"]:
        """The members of the list at a path, each by itself."""


Test = Callable[[Subject], bool]

_I = "protocolSection.identificationModule."
_P = "protocolSection."
_TITLES = (f"{_I}briefTitle", f"{_I}officialTitle", f"{_I}acronym")
_IDS = (
    f"{_I}nctId",
    f"{_I}nctIdAliases",
    f"{_I}orgStudyIdInfo.id",
    f"{_I}secondaryIdInfos.id",
    f"{_I}acronym",
)
_CONDITIONS = (f"{_P}conditionsModule", *_TITLES, "derivedSection.conditionBrowseModule.meshes.term")
_INTERVENTIONS = (
    f"{_P}armsInterventionsModule.interventions",
    f"{_P}armsInterventionsModule.armGroups.label",
    "derivedSection.interventionBrowseModule.meshes.term",
)
_OUTCOMES = (f"{_P}outcomesModule",)
_LEAD = (f"{_P}sponsorCollaboratorsModule.leadSponsor.name",)
_SPONSORS = (*_LEAD, f"{_P}sponsorCollaboratorsModule.collaborators.name", f"{_I}organization.fullName")
_PATIENT = (*_CONDITIONS, f"{_P}descriptionModule.briefSummary", f"{_P}eligibilityModule.eligibilityCriteria")
_BASIC = (
    *_IDS,
    *_CONDITIONS,
    *_INTERVENTIONS,
    *_OUTCOMES,
    *_SPONSORS,
    f"{_P}descriptionModule",
    f"{_P}contactsLocationsModule.overallOfficials.name",
)
SEARCH_AREAS: dict[str, tuple[str, ...]] = {
    "ConditionSearch": _CONDITIONS,
    "BasicSearch": _BASIC,
    "LocationSearch": tuple(
        f"{_P}contactsLocationsModule.locations.{name}"
        for name in ("facility", "city", "state", "zip", "country")
    ),
    "TitleSearch": _TITLES,
    "InterventionSearch": _INTERVENTIONS,
    "OutcomeSearch": _OUTCOMES,
    "SponsorSearch": _SPONSORS,
    "LeadSponsorName": _LEAD,
    "IdSearch": _IDS,
    "PatientSearch": _PATIENT,
}
PARAMETER_AREAS = {
    "query.cond": "ConditionSearch",
    "query.term": "BasicSearch",
    "query.locn": "LocationSearch",
    "query.titles": "TitleSearch",
    "query.intr": "InterventionSearch",
    "query.outc": "OutcomeSearch",
    "query.spons": "SponsorSearch",
    "query.lead": "LeadSponsorName",
    "query.id": "IdSearch",
    "query.patient": "PatientSearch",
}


def expression(text: str, *, parameter: str) -> Test:
    """The test that an expression makes; raises Refused (400) for what cannot be read."""
    area = SEARCH_AREAS[PARAMETER_AREAS.get(parameter, "BasicSearch")]
    reader = _Reader(text, parameter)
    test = reader.alternatives(area)
    reader.expect_end()
    return test


def area_paths(name: str) -> tuple[str, ...] | None:
    if name in SEARCH_AREAS:
        return SEARCH_AREAS[name]
    return (PIECES[name].path,) if name in PIECES else None


class _Reader:
    """Recursive descent: OR binds least, then AND (also unwritten), then NOT."""

    def __init__(self, text: str, parameter: str) -> None:
        self.text = text
        self.parameter = parameter
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self.error(f"unexpected `{text[position]}`")
            operator, argument, bracket, phrase, word = match.groups()
            if operator is not None:
                self.tokens += [("operator", operator), ("argument", argument)]
            elif bracket:
                self.tokens.append(("bracket", bracket))
            elif phrase is not None:
                self.tokens.append(("phrase", phrase))
            elif word in ("AND", "OR", "NOT"):
                self.tokens.append(("logic", word))
            else:
                self.tokens.append(("word", word))
            position = match.end()
        if not self.tokens:
            raise self.error("empty expression")

    def error(self, why: str) -> Refused:
        return Refused(
            400, f"Invalid Essie expression in `{self.parameter}` parameter: {why}: {self.text[:200]}"
        )

    def next(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def taken(self, kind: str, value: str) -> bool:
        if self.next() == (kind, value):
            self.at += 1
            return True
        return False

    def expect_end(self) -> None:
        if self.at < len(self.tokens):
            raise self.error(f"unexpected `{self.next()[1]}`")

    def alternatives(self, area: tuple[str, ...]) -> Test:
        tests = [self.conjunction(area)]
        while self.taken("logic", "OR"):
            tests.append(self.conjunction(area))
        return tests[0] if len(tests) == 1 else lambda subject: any(test(subject) for test in tests)

    def conjunction(self, area: tuple[str, ...]) -> Test:
        tests = [self.negation(area)]
        while self.taken("logic", "AND") or (
            self.next()[0] not in ("end", "logic") and self.next() != ("bracket", ")")
        ):
            tests.append(self.negation(area))
        if self.next() == ("logic", "NOT"):  # `a NOT b` is `a AND NOT b`
            tests.append(self.conjunction(area))
        return tests[0] if len(tests) == 1 else lambda subject: all(test(subject) for test in tests)

    def negation(self, area: tuple[str, ...]) -> Test:
        if self.taken("logic", "NOT"):
            test = self.negation(area)
            return lambda subject: not test(subject)
        return self.operand(area)

    def operand(self, area: tuple[str, ...]) -> Test:
        kind, value = self.next()
        self.at += 1
        if kind == "operator":
            _, argument = self.next()
            self.at += 1
            if value == "AREA":
                inner = area_paths(argument)
                if inner is None:
                    raise self.error(f"unknown area `{argument}`")
                return self.operand(inner)
            if value == "RANGE":
                return self.range(area, argument)
            if value == "COVERAGE":
                return self.covering(area, argument)
            if value == "SEARCH":
                return self.grouped(argument)
            if value in _PASSIVE:
                if argument not in (_PASSIVE[value] or PIECES):
                    raise self.error(f"unknown {value} `{argument}`")
                return self.operand(area)
            raise self.error(f"unknown operator `{value}`")
        if (kind, value) == ("bracket", "("):
            test = self.alternatives(area)
            if not self.taken("bracket", ")"):
                raise self.error("missing `)`")
            return test
        if kind == "phrase":
            return _contains(area, " ".join(_WORD.findall(value.casefold())))
        if kind == "word":
            if value == "ALL":
                return lambda subject: True
            if value == "MISSING":
                return lambda subject: not any(subject.values(path) for path in area)
            words = [value]
            while self.next()[0] == "word" and self.next()[1] not in ("ALL", "MISSING"):
                words.append(self.next()[1])
                self.at += 1
            return _has_words(area, words)
        raise self.error(f"unexpected `{value}`" if value else "unexpected end")

    def grouped(self, name: str) -> Test:
        if name == "Study":
            return self.operand(SEARCH_AREAS["BasicSearch"])
        if name not in _GROUPS:
            raise self.error(f"unknown document `{name}`")
        path = _GROUPS[name]
        test = self.operand(SEARCH_AREAS[f"{name}Search"])
        return lambda subject: any(test(member) for member in subject.members(path))

    def covering(self, area: tuple[str, ...], how: str) -> Test:
        """The words or the phrase that follow, and how much of a value they must be."""
        if how not in _COVERAGE:
            raise self.error(f"unknown COVERAGE `{how}`")
        kind, _ = self.next()
        if how == "Contains" or kind not in ("word", "phrase"):
            return self.operand(area)
        said = []
        while self.next()[0] == kind:
            said.append(self.next()[1])
            self.at += 1
            if kind == "phrase":
                break
        wanted = _words(said)

        def covers(subject: Subject) -> bool:
            found = [_words([value]) for path in area for value in subject.values(path)]
            if how == "FullMatch":
                return wanted in found
            if how == "StartsWith":
                return any(one[: len(wanted)] == wanted for one in found)
            return any(one[-len(wanted) :] == wanted for one in found)

        return covers

    def range(self, area: tuple[str, ...], argument: str) -> Test:
        low, comma, high = (part.strip() for part in argument.partition(","))
        if not comma:
            raise self.error("RANGE needs two bounds")
        least, most = _Bound(low, "MIN"), _Bound(high, "MAX")

        def within(subject: Subject) -> bool:
            return any(
                least.allows(value, 1) and most.allows(value, -1)
                for path in area
                for value in subject.values(path)
            )

        return within


class _Bound:
    """One end of a RANGE; `MIN` and `MAX` are open ends."""

    def __init__(self, text: str, open_end: str) -> None:
        self.open = text.upper() == open_end
        self.text = _comparable(text)
        try:
            self.number: float | None = float(text)  # 2000 is a number as often as a year
        except ValueError:
            self.number = self.text if isinstance(self.text, float) else None

    def allows(self, value: Any, sign: int) -> bool:
        if self.open:
            return True
        found = _comparable(value)
        bound = self.text if isinstance(found, str) else self.number
        if isinstance(found, str) != isinstance(bound, str) or bound is None:
            return False
        return bool(found >= bound) if sign > 0 else bool(found <= bound)


_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T.*)?\Z")
_AGE = re.compile(r"(\d+)\s*(year|month|week|day|hour|minute)s?\Z", re.IGNORECASE)
_DAYS = {"year": 365.25, "month": 30.44, "week": 7.0, "day": 1.0, "hour": 1 / 24, "minute": 1 / 1440}


def _comparable(value: Any) -> Any:
    """Dates as text from the first day of what they leave open, ages as days, numbers as numbers."""
    if isinstance(value, bool) or not isinstance(value, str):
        return value
    if match := _DATE.match(value):
        year, month, day = match.groups()
        return f"{year}-{month or '01'}-{day or '01'}"
    if match := _AGE.match(value):
        return int(match[1]) * _DAYS[match[2].lower()]
    try:
        return float(value)
    except ValueError:
        return value


def _words(values: Iterable[Any]) -> list[str]:
    return _WORD.findall(
        " ".join(
            str(value).casefold() if not isinstance(value, bool) else str(value).lower() for value in values
        )
    )


def _has_words(area: tuple[str, ...], words: list[str]) -> Test:
    wanted = set(_words(words))
    if len(area) == 1:
        path = area[0]
        return lambda subject: any(wanted <= set(_words([value])) for value in subject.values(path))
    return lambda subject: wanted <= set(_words(value for path in area for value in subject.values(path)))


def _contains(area: tuple[str, ...], phrase: str) -> Test:
    padded = f" {phrase} "
    return lambda subject: any(
        padded in f" {' '.join(_words([value]))} " for path in area for value in subject.values(path)
    )
