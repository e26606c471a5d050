"""The embedded registry: answers the API of ClinicalTrials.gov over loopback HTTP, record history included.

It publishes scripted days, one data build each: the first when it is made, the next with every `advance()`.
Between two builds its answers do not change. What it does not know it refuses with 400 or 404, as
the registry does.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any

from monitor.addresses import DEMO_PATH
from monitor.demo import archive, pages, search
from monitor.demo.archive import Seed, Version
from monitor.demo.fields import chosen_paths, project
from monitor.demo.loopback import (
    LoopbackServer,
    Request,
    Response,
    html_response,
    json_response,
    text_response,
)
from monitor.demo.script import DAYS, Day
from monitor.demo.search import BadSearch, Record, Test

API_VERSION = "2.0.5"
BUILD_TIME = "T09:00:06"  # UTC; the registry rebuilds about then
LARGEST_PAGE = 1000
DEFAULT_PAGE = 10
IGNORED = frozenset({"format", "markupFormat"})
FORMATS = {"format": "json", "markupFormat": "markdown"}

AGGREGATES: dict[str, tuple[str, dict[str, str]]] = {
    "status": (
        "protocolSection.statusModule.overallStatus",
        {
            "not": "NOT_YET_RECRUITING",
            "rec": "RECRUITING",
            "enr": "ENROLLING_BY_INVITATION",
            "act": "ACTIVE_NOT_RECRUITING",
            "com": "COMPLETED",
            "sus": "SUSPENDED",
            "ter": "TERMINATED",
            "wit": "WITHDRAWN",
            "unk": "UNKNOWN",
        },
    ),
    "phase": (
        "protocolSection.designModule.phases",
        {"0": "EARLY_PHASE1", "1": "PHASE1", "2": "PHASE2", "3": "PHASE3", "4": "PHASE4", "na": "NA"},
    ),
    "results": ("hasResults", {"with": "True", "without": "False"}),
}


class DemoRegistry(LoopbackServer):
    """A context manager; `site` is what `[registries.ctgov] url` takes."""

    def __init__(self, days: Sequence[Day] = DAYS, *, port: int = 0) -> None:
        super().__init__(port=port)
        self._days = tuple(days)
        self._records: dict[str, Record] = {}
        self._versions: dict[str, list[Version]] = {}
        self._aliases: dict[str, str] = {}
        self._published = -1
        self.advance()

    @property
    def today(self) -> Day:
        """The day whose data build is published now."""
        return self._days[self._published]

    @property
    def days(self) -> tuple[Day, ...]:
        return self._days

    @property
    def stamp(self) -> str:
        """The data build's dataTimestamp."""
        return self.today.date.isoformat() + BUILD_TIME

    def advance(self) -> bool:
        """Publish the next scripted day; False, and nothing changed, when there is none."""
        with self._lock:
            if self._published + 1 >= len(self._days):
                return False
            self._published += 1
            posted = self.today.date.isoformat()
            for seed in self.today.new:
                self._register(seed)
            for edit in self.today.edits:
                after = archive.apply(self._records[edit.trial], edit, posted=posted)
                self._records[edit.trial] = after
                if edit.submitted is not None:
                    archived = Version(submitted=edit.submitted, record=copy.deepcopy(after))
                    self._versions[edit.trial].append(archived)
            for record in self._records.values():
                derived = record.setdefault("derivedSection", {})
                derived.setdefault("miscInfoModule", {})["versionHolder"] = posted
            return True

    def record(self, trial: str) -> Record:
        """A copy of the record as published now."""
        with self._lock:
            return copy.deepcopy(self._records[trial])

    def trials(self) -> list[str]:
        with self._lock:
            return list(self._records)

    def _register(self, seed: Seed) -> None:
        record = copy.deepcopy(seed.record)
        named = record["protocolSection"]["identificationModule"]
        trial = named["nctId"]
        self._records[trial] = record
        self._versions[trial] = archive.history_of(record, seed.earlier)
        for alias in named.get("nctIdAliases", []):
            self._aliases[alias] = trial

    @property
    def site(self) -> str:
        """The address of `[registries.ctgov] url` by which all that is told says that it is scripted."""
        return self.origin + DEMO_PATH

    def respond(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return text_response(f"method not allowed: `{request.method}`", status=405)
        try:
            return self._route(request)
        except BadSearch as wrong:
            return text_response(str(wrong), status=400)

    def _route(self, request: Request) -> Response:
        path = request.path.removeprefix(DEMO_PATH) or "/"
        if path == "/api/v2/version":
            return json_response({"apiVersion": API_VERSION, "dataTimestamp": self.stamp})
        if path == "/api/v2/studies":
            return json_response(self._page(request))
        if match := re.fullmatch(r"/api/v2/studies/(NCT\d{8})", path, re.IGNORECASE):
            return self._study(match[1].upper(), request)
        if match := re.fullmatch(r"/api/int/studies/(NCT\d{8})(/history(?:/(\d+))?)?", path, re.IGNORECASE):
            return self._history(match[1].upper(), bool(match[2]), match[3], request)
        if match := re.fullmatch(r"/study/(NCT\d{8})", path, re.IGNORECASE):
            trial = self._aliases.get(match[1].upper(), match[1].upper())
            if trial in self._records:
                return html_response(
                    pages.study_page(self._records[trial], self._versions[trial], dict(request.params))
                )
        if path in ("/", "/search"):
            return html_response(pages.index_page(self._records, self.today))
        return html_response(pages.not_found(path), status=404)

    def _study(self, trial: str, request: Request) -> Response:
        params = _single(request, {"fields", *IGNORED})
        if trial in self._aliases:
            below = DEMO_PATH if request.path.startswith(f"{DEMO_PATH}/") else ""
            target = f"{below}/api/v2/studies/{self._aliases[trial]}"
            return Response(status=301, type="text/html", body=b"", headers=(("Location", target),))
        if trial not in self._records:
            return html_response(pages.not_found(request.path), status=404)
        record = self._records[trial]
        if "fields" in params:
            record = project(record, chosen_paths(params["fields"]))
        return json_response(record)

    def _history(self, trial: str, history: bool, number: str | None, request: Request) -> Response:
        versions = self._versions.get(trial)
        if versions is None:
            return html_response(pages.not_found(request.path), status=404)
        if number is not None:
            if int(number) >= len(versions):
                return html_response(pages.not_found(request.path), status=404)
            return json_response(archive.archived_json(versions, int(number)))
        if history:
            return json_response(archive.history_json(versions))
        answer: dict[str, Any] = {"study": archive.with_html(self._records[trial])}
        if dict(request.params).get("history") == "true":
            original = archive.with_html(versions[0].record)
            answer["history"] = {**archive.history_json(versions), "originalData": original}
        return json_response(answer)

    def _page(self, request: Request) -> dict[str, Any]:
        params = _single(
            request,
            {
                *(f"query.{area}" for area in search.QUERY_AREAS),
                "filter.ids",
                "filter.overallStatus",
                "filter.advanced",
                "filter.geo",
                "aggFilters",
                "fields",
                "sort",
                "countTotal",
                "pageSize",
                "pageToken",
                *IGNORED,
            },
        )
        tests = _tests(params)
        paths = chosen_paths(params["fields"]) if "fields" in params else None
        size = _page_size(params.get("pageSize", str(DEFAULT_PAGE)))
        question = self._question(params)
        start = _read_token(params["pageToken"], question) if "pageToken" in params else 0
        found = [record for record in self._records.values() if all(test(record) for test in tests)]
        found = _sorted(found, params.get("sort"))
        page: dict[str, Any] = {}
        if params.get("countTotal") == "true" and start == 0:
            page["totalCount"] = len(found)
        shown = found[start : start + size]
        page["studies"] = shown if paths is None else [project(record, paths) for record in shown]
        if start + size < len(found):
            page["nextPageToken"] = _token(start + size, question)
        return page

    def _question(self, params: dict[str, str]) -> str:
        """Names all that must stay the same from page to page, the data build included."""
        same = sorted((name, value) for name, value in params.items() if name != "pageToken")
        return hashlib.sha256(repr((self.stamp, same)).encode()).hexdigest()[:12]


def _single(request: Request, known: set[str]) -> dict[str, str]:
    params: dict[str, str] = {}
    for name, value in request.params:
        if name not in known:
            raise BadSearch(f"unknown parameter: `{name}`")
        if name in params:
            raise BadSearch(f"parameter given twice: `{name}`")
        if name in FORMATS and value != FORMATS[name]:
            raise BadSearch(f"{name} has a value that the demo does not answer: `{value}`")
        params[name] = value
    return params


def _tests(params: dict[str, str]) -> list[Test]:
    tests = [
        search.parse_words(value, name.removeprefix("query."))
        for name, value in params.items()
        if name.startswith("query.") and value.strip()
    ]
    if params.get("filter.advanced", "").strip():
        tests.append(search.parse_advanced(params["filter.advanced"]))
    if params.get("filter.geo", "").strip():
        tests.append(search.near(params["filter.geo"]))
    if "filter.ids" in params:
        tests.append(_among(params["filter.ids"]))
    if "filter.overallStatus" in params:
        statuses = _listed(params["filter.overallStatus"])
        known = {*AGGREGATES["status"][1].values(), "WITHHELD", "AVAILABLE", "NO_LONGER_AVAILABLE"}
        known |= {"TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING"}
        for status in statuses:
            if status not in known:
                raise BadSearch(f"filter.overallStatus has an unknown value: `{status}`")
        tests.append(_one_of("protocolSection.statusModule.overallStatus", set(statuses)))
    for aggregate in _listed(params.get("aggFilters", "")):
        name, _, values = aggregate.partition(":")
        path, codes = AGGREGATES.get(name, ("", {}))
        wanted = values.split()
        if not wanted or any(code not in codes for code in wanted):
            raise BadSearch(f"aggFilters has an unknown value: `{aggregate}`")
        tests.append(_one_of(path, {codes[code] for code in wanted}))
    return tests


def _among(text: str) -> Test:
    asked = set()
    for trial in _listed(text):
        if not re.fullmatch(r"NCT\d{8}", trial, re.IGNORECASE):
            raise BadSearch(f"filter.ids has incorrect format: `{trial}`")
        asked.add(trial.upper())

    def test(record: Record) -> bool:
        named = record["protocolSection"]["identificationModule"]
        return named["nctId"] in asked or not asked.isdisjoint(named.get("nctIdAliases", ()))

    return test


def _one_of(path: str, wanted: set[str]) -> Test:
    return lambda record: any(str(value) in wanted for value in search.values_at(record, path))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,|]", text) if part.strip()]


def _page_size(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise BadSearch(f"pageSize has incorrect format: `{text}`")
    return min(int(text), LARGEST_PAGE)


def _sorted(found: list[Record], order: str | None) -> list[Record]:
    if order is None or order == "@relevance":
        return found
    name, _, direction = order.partition(":")
    if name not in search.PIECES or direction not in ("", "asc", "desc"):
        raise BadSearch(f"sort has an unknown value: `{order}`")
    path = search.PIECES[name]
    key: Callable[[Record], tuple[str, ...]] = lambda record: tuple(  # noqa: E731 - typed in one place
        str(value) for value in search.values_at(record, path)
    )
    return sorted(found, key=key, reverse=direction == "desc")


def _token(start: int, question: str) -> str:
    return base64.urlsafe_b64encode(f"{start}:{question}".encode()).decode().rstrip("=")


def _read_token(token: str, question: str) -> int:
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except ValueError:
        text = ""
    start, _, asked = text.partition(":")
    if not start.isdecimal() or asked != question:
        raise BadSearch(f"pageToken does not belong to this question and data build: `{token}`")
    return int(start)
