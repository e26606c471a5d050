"""`/studies`: which parameters there are, which records they select, in which order.

Everything the real registry refuses is refused here, with a text/plain 400.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from doubles.ctgov_answers import Refused, Request
from doubles.ctgov_builds import NCT_ID, Build, Held, Record, unspecified_order
from doubles.ctgov_essie import PARAMETER_AREAS, Subject, Test, expression
from doubles.ctgov_fields import asked_fields, field_named, values_at

MOST_PER_PAGE = 1000
USUAL_PER_PAGE = 10

STATUSES = frozenset(
    [
        "ACTIVE_NOT_RECRUITING",
        "COMPLETED",
        "ENROLLING_BY_INVITATION",
        "NOT_YET_RECRUITING",
        "RECRUITING",
        "SUSPENDED",
        "TERMINATED",
        "WITHDRAWN",
        "AVAILABLE",
        "NO_LONGER_AVAILABLE",
        "TEMPORARILY_NOT_AVAILABLE",
        "APPROVED_FOR_MARKETING",
        "WITHHELD",
        "UNKNOWN",
    ]
)
_FILTERS = {
    "filter.overallStatus",
    "filter.geo",
    "filter.ids",
    "filter.advanced",
    "filter.synonyms",
    "aggFilters",
}
_SHAPE = {"format", "markupFormat", "fields", "sort", "countTotal", "pageSize", "pageToken", "geoDecay"}
STUDIES_PARAMETERS = frozenset({*PARAMETER_AREAS, *_FILTERS, *_SHAPE})
STUDY_PARAMETERS = frozenset({"format", "markupFormat", "fields"})

_GEO = re.compile(r"distance\((-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?),(\d+(?:\.\d+)?)(km|mi)?\)\Z")
_SITES = "protocolSection.contactsLocationsModule.locations"
_EARTH_KM = 6371.0
_KM_PER_MILE = 1.609344
_AGG_STATUS = {
    "not": "NOT_YET_RECRUITING",
    "rec": "RECRUITING",
    "enr": "ENROLLING_BY_INVITATION",
    "act": "ACTIVE_NOT_RECRUITING",
    "com": "COMPLETED",
    "sus": "SUSPENDED",
    "ter": "TERMINATED",
    "wit": "WITHDRAWN",
    "unk": "UNKNOWN",
}
_AGG_PHASE = {"0": "EARLY_PHASE1", "1": "PHASE1", "2": "PHASE2", "3": "PHASE3", "4": "PHASE4", "na": "NA"}
_AGG_TYPE = {"int": "INTERVENTIONAL", "obs": "OBSERVATIONAL", "exp": "EXPANDED_ACCESS"}
_PHASES = "protocolSection.designModule.phases"
_STUDY_TYPE = "protocolSection.designModule.studyType"
_STATUS = "protocolSection.statusModule.overallStatus"
_UPDATED = "protocolSection.statusModule.lastUpdatePostDateStruct.date"


class _View:
    """A held record as searches see it; parsed only when something is asked that its index does not say."""

    def __init__(self, held: Held, day: str) -> None:
        self.held = held
        self.day = day
        self.parsed: Record | None = None

    def values(self, path: str) -> list[Any]:
        if path == _STATUS:
            return [self.held.status] if self.held.status else []
        if path == _UPDATED:
            return [self.held.updated] if self.held.updated else []
        return values_at(self._record(), path)

    def members(self, path: str) -> list[Subject]:
        found: Any = self._record()
        for name in path.split("."):
            found = found.get(name, {})
        return [_Member(one, f"{path}.") for one in found or ()]

    def _record(self) -> Record:
        if self.parsed is None:
            self.parsed = self.held.record(self.day)
        return self.parsed


class _Member:
    """One member of a list; what stands elsewhere in the record is not in it."""

    def __init__(self, part: Any, prefix: str) -> None:
        self.part = part
        self.prefix = prefix

    def values(self, path: str) -> list[Any]:
        if not path.startswith(self.prefix):
            return []
        return values_at(self.part, path.removeprefix(self.prefix))

    def members(self, path: str) -> list[Subject]:
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A `/studies` request, understood."""

    ids: tuple[str, ...] | None
    tests: tuple[Test, ...]
    sort: tuple[tuple[str, bool], ...]
    """Path and whether descending, most important first."""
    fields: Mapping[str, Any]
    page_size: int
    count_total: bool
    token: str | None
    fingerprint: tuple[tuple[str, str], ...]
    """All parameters that must be the same on every page."""

    def select(self, build: Build) -> tuple[str, ...]:
        """The ids of the matching records in the order of the answer."""
        if self.ids is not None:
            asked = dict.fromkeys(held.nct_id for nct_id in self.ids if (held := build.find(nct_id)))
            found: Iterable[str] = unspecified_order({nct_id: build.held[nct_id] for nct_id in asked})
        else:
            found = unspecified_order(build.held)
        if self.tests or self.sort:
            views = {nct_id: _View(build.held[nct_id], build.day) for nct_id in found}
            found = [n for n, view in views.items() if all(test(view) for test in self.tests)]
            for path, descending in reversed(self.sort):  # stable: the least important first
                ranks = {n: _rank(views[n], path) for n in found}
                found.sort(key=ranks.__getitem__, reverse=descending)
        return tuple(found)


def _rank(view: _View, path: str) -> tuple[bool, str, float]:
    values = view.values(path)
    if not values:
        return (False, "", 0.0)
    value = values[0]
    return (True, "", float(value)) if isinstance(value, int | float) else (True, str(value), 0.0)


def check_parameters(request: Request, known: frozenset[str]) -> None:
    for name, value in request.query.items():
        if name not in known:
            raise Refused(400, f"Request contains unknown parameter: `{name}`")
        if name in request.repeated:
            raise Refused(400, f"Parameter `{name}` is given more than once")
        if name == "format" and value != "json":
            raise Refused(400, f"Parameter `format` has incorrect value: `{value}`")
        if name == "markupFormat" and value != "markdown":
            raise Refused(400, f"Parameter `markupFormat` has incorrect value: `{value}`")


def read_search(request: Request, *, may_change: frozenset[str]) -> Search:
    """The search that a request means; `may_change` are parameters that later pages may give otherwise."""
    check_parameters(request, STUDIES_PARAMETERS)
    query = request.query
    tests: list[Test] = []
    for name, value in query.items():
        if name in PARAMETER_AREAS and value.strip():
            tests.append(expression(value, parameter=name))
    if value := query.get("filter.advanced", "").strip():
        tests.append(expression(value, parameter="filter.advanced"))
    if value := query.get("filter.overallStatus", ""):
        tests.append(_status_test(value))
    if value := query.get("aggFilters", ""):
        tests += [_agg_test(part) for part in _parts(value)]
    if value := query.get("filter.geo", ""):
        tests.append(_near(value))
    return Search(
        ids=_ids(query["filter.ids"]) if query.get("filter.ids") else None,
        tests=tuple(tests),
        sort=tuple(_sorting(part) for part in _parts(query.get("sort", "")) if part != "@relevance"),
        fields=asked_fields(query["fields"]) if query.get("fields") else {},
        page_size=_page_size(query.get("pageSize", "0")),
        count_total=_truth("countTotal", query.get("countTotal", "false")),
        token=query.get("pageToken"),
        fingerprint=tuple(
            sorted((k, v) for k, v in query.items() if k != "pageToken" and k not in may_change)
        ),
    )


def well_formed(nct_id: str) -> bool:
    return NCT_ID.match(nct_id.upper()) is not None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,|]", text) if part.strip()]


def _ids(text: str) -> tuple[str, ...]:
    ids = re.split(r"[,|]", text)
    for nct_id in ids:  # one malformed id fails the whole batch; so does an empty one between two commas
        if not well_formed(nct_id):
            raise Refused(400, f"Parameter `filter.ids` has incorrect value: `{nct_id}`")
    return tuple(nct_id.upper() for nct_id in ids)


def _status_test(text: str) -> Test:
    wanted = _parts(text)
    for status in wanted:
        if status not in STATUSES:
            raise Refused(400, f"Parameter `filter.overallStatus` has incorrect value: `{status}`")
    return lambda subject: subject.values(_STATUS)[:1] != [] and subject.values(_STATUS)[0] in wanted


def _agg_test(part: str) -> Test:
    name, _, text = part.partition(":")
    options = text.split()
    if name == "results" and options and set(options) <= {"with", "without"}:
        return lambda subject: ("with" if any(subject.values("hasResults")) else "without") in options
    paths: dict[str, tuple[str, dict[str, str]]] = {
        "status": (_STATUS, _AGG_STATUS),
        "phase": (_PHASES, _AGG_PHASE),
        "studyType": (_STUDY_TYPE, _AGG_TYPE),
    }
    if name not in paths or not options or not set(options) <= set(paths[name][1]):
        raise Refused(400, f"Parameter `aggFilters` has incorrect value: `{part}`")
    path, words = paths[name]
    return _any_of(path, {words[option] for option in options})


def _near(text: str) -> Test:
    """Has a site within so many miles (or km) of a point, on a round earth."""
    match = _GEO.match(text)
    if match is None:
        raise Refused(400, f"Parameter `filter.geo` has incorrect format: `{text}`")
    lat, lon, reach = map(float, match.groups()[:3])
    if abs(lat) > 90 or abs(lon) > 180:
        raise Refused(400, f"Parameter `filter.geo` has incorrect value: `{text}`")
    reach *= _KM_PER_MILE if match[4] != "km" else 1

    def near(subject: Subject) -> bool:
        return any(
            _apart((lat, lon), (float(at[0]), float(at[1]))) <= reach
            for site in subject.members(_SITES)
            if len(at := (*site.values(f"{_SITES}.geoPoint.lat"), *site.values(f"{_SITES}.geoPoint.lon")))
            == 2
        )

    return near


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres along a great circle."""
    (lat, lon), (lat_, lon_) = (tuple(map(math.radians, point)) for point in (one, other))
    half = math.sin((lat_ - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat_) * math.sin((lon_ - lon) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


def _any_of(path: str, wanted: set[str]) -> Callable[[Subject], bool]:
    return lambda subject: not wanted.isdisjoint(subject.values(path))


def _sorting(part: str) -> tuple[str, bool]:
    name, _, direction = part.partition(":")
    found = field_named(name)
    if found is None or direction not in ("", "asc", "desc"):
        raise Refused(400, f"Parameter `sort` has incorrect value: `{part}`")
    return found.path, direction == "desc"


def _page_size(text: str) -> int:
    if not text.isdigit():
        raise Refused(400, f"Parameter `pageSize` has incorrect value: `{text}`")
    return min(int(text), MOST_PER_PAGE) or USUAL_PER_PAGE


def _truth(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise Refused(400, f"Parameter `{name}` has incorrect value: `{text}`")
    return text == "true"
