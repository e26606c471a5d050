"""Queries to ClinicalTrials.gov: our short keys, the API's parameters, the site's search addresses. Pure.

A part of a query that is not understood is refused by name: left out, it would widen the watch.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import parse_qsl, urlencode

from monitor.registries.base import BadQuestion
from monitor.registries.ctgov_ids import as_address, on_site

# Our key → the API's parameter. https://clinicaltrials.gov/data-api/api, 2026-09.
PARAMETERS: dict[str, str] = {
    "cond": "query.cond",
    "term": "query.term",
    "intr": "query.intr",
    "titles": "query.titles",
    "spons": "query.spons",
    "lead": "query.lead",
    "locn": "query.locn",
    "outc": "query.outc",
    "id": "query.id",
    "patient": "query.patient",
    "status": "filter.overallStatus",
    "geo": "filter.geo",
    "advanced": "filter.advanced",
    "agg": "aggFilters",
}
_OURS = {parameter: key for key, parameter in PARAMETERS.items()}
# What people write instead → the key they mean.
_NEAR = {parameter.casefold(): key for key, parameter in PARAMETERS.items()} | {
    "condition": "cond",
    "intervention": "intr",
    "title": "titles",
    "sponsor": "spons",
    "location": "locn",
    "outcome": "outc",
    "overallstatus": "status",
    "distance": "geo",
    "filter": "advanced",
}
# The registry's search knows phases by an area alone.
_PHASE = frozenset({"phase", "phases", "filter.phase", "studyphase"})
_PHASES = {"early": "EARLY_PHASE1", "na": "NA", "not": "NA"}

STATUSES = (
    "NOT_YET_RECRUITING",
    "RECRUITING",
    "ENROLLING_BY_INVITATION",
    "ACTIVE_NOT_RECRUITING",
    "COMPLETED",
    "SUSPENDED",
    "TERMINATED",
    "WITHDRAWN",
    "AVAILABLE",
    "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE",
    "APPROVED_FOR_MARKETING",
    "WITHHELD",
    "UNKNOWN",
)

_LISTED = frozenset({"status", "agg"})  # lists of words
_GEO = re.compile(r"distance\(-?[0-9.]+,-?[0-9.]+,[0-9.]+(?:mi|km)?\)")

# The site's search page: keys that mean what ours do; date ranges `FROM_TO`; how the page looks.
_SAME = frozenset({"cond", "term", "intr", "titles", "spons", "lead", "outc", "id", "patient"})
_RANGES = {
    "start": "StartDate",
    "primComp": "PrimaryCompletionDate",
    "studyComp": "CompletionDate",
    "firstPost": "StudyFirstPostDate",
    "resFirstPost": "ResultsFirstPostDate",
    "lastUpdPost": "LastUpdatePostDate",
}
_PLACES = {"city": "LocationCity", "state": "LocationState", "country": "LocationCountry"}
_LOOKS = frozenset({"viewType", "page", "limit", "sort", "rank", "tab", "checkSpell"})
_PAGING = frozenset({"format", "markupFormat", "pageSize", "pageToken", "countTotal", "fields"})
_NEARBY = "50"  # miles, the site's own default


def parameters(query: Mapping[str, str]) -> list[tuple[str, str]]:
    """The API's parameters of a query, in a fixed order. Raises BadQuestion."""
    for key, value in query.items():
        if key not in PARAMETERS:
            raise BadQuestion(f"unknown query key: `{key}`", hint=_suggestion(key, value))
        if not value.strip():
            raise BadQuestion(f"query key without a value: `{key}`", hint="leave the key out")
    geo = query.get("geo")
    if geo is not None and _GEO.fullmatch("".join(geo.split())) is None:
        raise BadQuestion(
            f"query key `geo` is no distance: `{geo}`", hint="write distance(LATITUDE,LONGITUDE,50mi)"
        )
    # Nobody promises that the registry reads a distance with spaces in it.
    given = {key: "".join(value.split()) if key == "geo" else value.strip() for key, value in query.items()}
    if "status" in given:
        given["status"] = ",".join(_status(word) for word in _listed(given["status"]))
    return [(PARAMETERS[key], given[key]) for key in PARAMETERS if key in given]


def same(query: Mapping[str, str]) -> str:
    """Equal for queries that differ in the order of keys and listed words and in spacing alone."""
    written = {}
    for key, value in query.items():
        if key in _LISTED:
            written[key] = ",".join(
                sorted({_spelt(word) if key == "status" else word for word in _listed(value)})
            )
        elif key == "geo":
            written[key] = value.replace(" ", "")
        else:  # inside quotes a space may count
            parts = value.split('"')
            parts[::2] = [re.sub(r"\s+", " ", part) for part in parts[::2]]
            written[key] = '"'.join(parts).strip()
    return json.dumps(written, sort_keys=True, ensure_ascii=False)


def search_page(query: Mapping[str, str]) -> str:
    """The path of the site's search page that finds what a query does, for people to look at.

    The page has no parameter for some keys: they are said in the words of its field for other terms, which takes
    the same expressions.
    """
    given = [(key, query[key]) for key in PARAMETERS if key in query and key in _SAME and key != "term"]
    terms = [f"({query[key]})" for key in ("term", "advanced") if query.get(key)]
    if statuses := [_spelt(word) for word in _listed(query.get("status", ""))]:
        terms.append(f"AREA[OverallStatus]({' OR '.join(statuses)})")
    if len(terms) == 1:
        terms = [terms[0].removeprefix("(").removesuffix(")")] if not statuses else terms
    if terms:
        given.append(("term", " AND ".join(terms)))
    if "locn" in query:
        given.append(("locStr", query["locn"]))
    if "geo" in query and _GEO.fullmatch("".join(query["geo"].split())) is not None:
        lat, lng, distance = "".join(query["geo"].split())[len("distance(") : -1].split(",")
        given += [("lat", lat), ("lng", lng), ("distance", distance.removesuffix("mi"))]
    if "agg" in query:
        given.append(("aggFilters", query["agg"]))
    return "/search" + (f"?{urlencode(given)}" if given else "")


def _listed(value: str) -> list[str]:
    return [word.strip() for word in re.split(r"[,|]", value) if word.strip()]


def _spelt(word: str) -> str:
    """`Not yet recruiting` → NOT_YET_RECRUITING."""
    return re.sub(r"[\W_]+", "_", word).strip("_").upper()


def _status(word: str) -> str:
    """As the registry writes it. What is written as it writes them may be one that it added since: it says itself."""
    spelt = _spelt(word)
    if spelt in STATUSES or word == spelt:
        return spelt
    near = difflib.get_close_matches(spelt, STATUSES, n=1, cutoff=0.6)
    hint = f"did you mean `{near[0]}`?" if near else f"one or more of {', '.join(STATUSES)}"
    raise BadQuestion(f"no such status: `{word}`", hint=hint)


def query_from_url(text: str, *, site: str) -> dict[str, str] | None:
    """The query behind the address of a search page or of the API's search; None when it is no such address.

    Raises BadQuestion for a search that cannot be said in our keys.
    """
    address = as_address(text)
    if address is None or not on_site(address, site):
        return None
    path = address.path.rstrip("/")
    given = {
        key: " ".join(value.split())
        for key, value in parse_qsl(address.query)
        if value.strip() and key not in _LOOKS | _PAGING
    }
    if path.endswith("/api/v2/studies"):
        return _from_api(given)
    if path.endswith(("/search", "/ct2/results", "/expert-search")):
        return _from_page(given)
    return None


def _from_api(given: dict[str, str]) -> dict[str, str]:
    query: dict[str, str] = {}
    for name, value in given.items():
        if name not in _OURS:
            raise _not_understood(name)
        query[_OURS[name]] = value
    return query


def _from_page(given: dict[str, str]) -> dict[str, str]:
    query: dict[str, str] = {}
    advanced: list[str] = []
    places: list[str] = []
    for name, value in given.items():
        if name in _SAME:
            query[name] = value
        elif name == "aggFilters":
            query["agg"] = value
        elif name in _RANGES:
            advanced.append(f"AREA[{_RANGES[name]}]{_range(name, value)}")
        elif name in _PLACES:
            places.append(f'AREA[{_PLACES[name]}]"{value.replace(chr(34), "")}"')
        elif name not in ("lat", "lng", "distance", "locStr"):
            raise _not_understood(name)
    if "lat" in given and "lng" in given:
        # The place picked from the site's list; its name, city and country only label the point.
        query["geo"] = f"distance({given['lat']},{given['lng']},{given.get('distance', _NEARBY)}mi)"
    elif len(places) > 1:
        advanced.append(f"SEARCH[Location]({' AND '.join(places)})")
    elif places:
        advanced += places
    elif "locStr" in given:
        query["locn"] = given["locStr"]
    if advanced:
        query["advanced"] = " AND ".join(advanced)
    return {key: query[key] for key in PARAMETERS if key in query}


def _range(name: str, value: str) -> str:
    low, bar, high = value.partition("_")
    for day in (low, high):
        try:
            if day:
                date.fromisoformat(day)
        except ValueError:
            bar = ""
    if not bar or not (low or high):
        raise BadQuestion(f"no range of days in the search address: `{name}={value}`")
    return f"RANGE[{low or 'MIN'},{high or 'MAX'}]"


def _suggestion(key: str, value: str) -> str:
    folded = key.casefold()
    if folded in _PHASE:
        # The registry has no parameter for it; `3` and `Phase 2/3` are how people write its words.
        named = dict.fromkeys(re.findall(r"early|not|na\b|[1-4]", value.casefold()))
        words = [_PHASES.get(one, f"PHASE{one}") for one in named if not (one == "1" and "early" in named)]
        area = words[0] if len(words) == 1 else f"({' OR '.join(words)})" if words else "PHASE3"
        return f'write advanced = "AREA[Phase]{area}"'
    if folded in _NEAR:
        return f"did you mean `{_NEAR[folded]}`?"
    near = difflib.get_close_matches(folded, [*PARAMETERS, *_NEAR], n=1, cutoff=0.5)
    if near:
        return f"did you mean `{_NEAR.get(near[0], near[0])}`?"
    return f"the keys are {', '.join(PARAMETERS)}"


def _not_understood(name: str) -> BadQuestion:
    return BadQuestion(
        f"a part of the search address is not understood: `{name}`",
        hint=f"take it out of the address, or write the query yourself: its keys are {', '.join(PARAMETERS)}",
    )
