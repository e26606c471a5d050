"""A loopback ClinicalTrials.gov: a real HTTP server on 127.0.0.1 answering and refusing as the real one does.

    with LoopbackRegistry(study_records(50), day="2026-11-20") as registry:
        client.get(registry.url + "/api/v2/version")
        registry.publish("2026-11-23", records=[edited(…)])           # the next build
        registry.misbehave(Fault.too_many(retry_after=2), times=2, path="/api/v2/studies")
        assert len(registry.requests("/api/v2/studies")) == 3

Written from the registry's documentation alone; it must never import the client that it tests. `ctgov_faults`
has the faults, `study_records` makes records, `ctgov_process` runs this in a process of its own.
"""

import gzip as gzip_codec
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from doubles.ctgov_answers import Answer, Refused, Request, compact, html_answer, json_answer, text_answer
from doubles.ctgov_archive import Archive, archived
from doubles.ctgov_builds import Build, Record, next_build
from doubles.ctgov_essie import SEARCH_AREAS
from doubles.ctgov_faults import Fault, Predicate
from doubles.ctgov_fields import asked_fields, metadata, partial
from doubles.ctgov_http import LONGEST_URL, LoopbackServer
from doubles.ctgov_search import (
    STATUSES,
    STUDY_PARAMETERS,
    Search,
    check_parameters,
    read_search,
)
from doubles.ctgov_search import well_formed as well_formed

__all__ = ["Fault", "LoopbackRegistry", "Request"]

API_VERSION = "2.0.5"
When = str | date | datetime
_STUDY = re.compile(r"/api/v2/studies/([^/]+)\Z")
_INTERNAL = re.compile(r"/api/int/studies/([^/]+)(/history(?:/([^/]+))?)?\Z")


@dataclass(slots=True, eq=False)
class Misbehaviour:
    """A fault that is switched on. `left` counts down; None is for ever. `behave` ends it early."""

    fault: Fault
    left: int | None
    path: str | None
    skip: int
    where: Predicate | None

    def takes(self, request: Request) -> bool:
        if self.left == 0 or not self.fault.applies(request):
            return False
        if self.path is not None and not _under(request.path, self.path):
            return False
        if self.where is not None and not self.where(request):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.left is not None:
            self.left -= 1
        return True


def _under(path: str, wanted: str) -> bool:
    """`/api/v2/studies` means the search alone; `/api/v2/studies/*` what lies below it."""
    stem = wanted.removesuffix("*")
    return path.startswith(stem) and path != stem if stem.endswith("/") else path == wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a page token leads."""

    fingerprint: tuple[tuple[str, str], ...]
    offset: int


class LoopbackRegistry:
    """The registry. Start it with `with` or `start()`; `url` is its root. May be steered while it answers."""

    def __init__(
        self,
        records: Iterable[Record | bytes] = (),
        *,
        day: When = "2026-11-20",
        port: int = 0,
        gzip: bool = True,
        cache_pages: bool = False,
        tokens_survive: bool = False,
        lenient_paging: bool = False,
    ) -> None:
        """The first build holds `records` and is dated `day`.

        `gzip=False` never compresses. `cache_pages` keeps finished pages, compressed, so that a benchmark
        measures its client. `tokens_survive`: page tokens stay good over a rebuild (unproved for the real
        one; by default they give 400). `lenient_paging`: later pages may change pageSize and countTotal,
        where registries.md lets no parameter change.
        """
        self.log: list[Request] = []
        self.archive = Archive()
        self.on_request: Callable[[Request], None] | None = None
        """Called with each request before it is answered: to publish, switch or misbehave amid a sweep."""
        self._port = port
        self._gzip = gzip
        self._cache_pages = cache_pages
        self._tokens_survive = tokens_survive
        self._may_change = frozenset({"pageSize", "countTotal"}) if lenient_paging else frozenset[str]()
        self._lock = threading.RLock()
        self._server: LoopbackServer | None = None
        self._misbehaviours: list[Misbehaviour] = []
        self._prepared: list[Build] = []
        self._switch_in: int | None = None
        self._places: dict[str, _Place] = {}
        self._found: OrderedDict[tuple[str, tuple[tuple[str, str], ...]], tuple[str, ...]] = OrderedDict()
        self._pages: dict[tuple[object, ...], bytes] = {}
        self.builds: list[str] = []
        """dataTimestamp of every build published so far."""
        self._build = next_build(None, day, records, (), {})
        self._published(None)

    # Running

    def start(self) -> Self:
        """Listen. After `stop()` it listens on the same port again, with everything that it held."""
        if self._server is None:
            self._server = LoopbackServer(self._port, self._respond, self._note, compress=self._gzip)
            self._port = self._server.server_address[1]
        return self

    def stop(self) -> None:
        """Stop listening and break every open connection: the registry cannot be reached."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        """The site root, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    # What it publishes

    @property
    def data_timestamp(self) -> str:
        return self._build.stamp

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all records of the current build, in order of first publication."""
        return tuple(self._build.held)

    def record(self, nct_id: str) -> Record:
        """A fresh copy of the record as published now, with its versionHolder."""
        return self._build.held[nct_id].record(self._build.day)

    def publish(
        self,
        when: When,
        records: Iterable[Record | bytes] = (),
        *,
        removed: Iterable[str] = (),
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        """Move to a new build: `records` added or replaced, `removed` gone, `aliases` (old: survivor) too.

        A survivor's nctIdAliases gains the old id by itself. A changed record adds a version to its archive.
        """
        self.prepare(when, records, removed=removed, aliases=aliases)
        with self._lock:
            while self._prepared:
                self.switch()

    def prepare(
        self,
        when: When,
        records: Iterable[Record | bytes] = (),
        *,
        removed: Iterable[str] = (),
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        """Make the next build ready without showing it; `switch` or `switch_after` brings it out."""
        with self._lock:
            before = self._prepared[-1] if self._prepared else self._build
            self._prepared.append(next_build(before, when, records, removed, aliases or {}))

    def switch(self) -> None:
        """Show the next prepared build."""
        with self._lock:
            before, self._build = self._build, self._prepared.pop(0)
            self._published(before)

    def switch_after(self, pages: int) -> None:
        """Show the next prepared build once so many more `/studies` pages have been answered."""
        with self._lock:
            if not self._prepared:
                raise ValueError("prepare() a build first")
            self._switch_in = pages

    def expire_tokens(self) -> None:
        """Every page token given so far is refused from now on."""
        with self._lock:
            self._places.clear()
            self._pages.clear()  # they name tokens

    def _published(self, before: Build | None) -> None:
        self.builds.append(self._build.stamp)
        self.archive.follow(before, self._build)
        self._found.clear()
        self._pages.clear()
        if not self._tokens_survive:
            self._places.clear()

    # What it saw

    def requests(self, path: str | None = None) -> list[Request]:
        """The log, or one path's: `/api/v2/studies` is the search alone, `/api/v2/studies/*` the rest."""
        with self._lock:
            return [request for request in self.log if path is None or _under(request.path, path)]

    def forget(self) -> None:
        """Empty the log."""
        with self._lock:
            self.log.clear()

    def _note(self, request: Request) -> None:
        with self._lock:
            self.log.append(request)

    # How it misbehaves

    def misbehave(
        self,
        fault: Fault,
        *,
        times: int | None = 1,
        path: str | None = None,
        skip: int = 0,
        where: Predicate | None = None,
    ) -> Misbehaviour:
        """Spoil the next `times` matching answers (None: until `behave`), after letting `skip` of them pass.

        `path` as in `requests`. Faults wait in a queue: a request meets the first that takes it.
        """
        with self._lock:
            self._misbehaviours.append(Misbehaviour(fault, times, path, skip, where))
            return self._misbehaviours[-1]

    def behave(self, misbehaviour: Misbehaviour | None = None) -> None:
        """End one misbehaviour, or all."""
        with self._lock:
            self._misbehaviours = [m for m in self._misbehaviours if misbehaviour not in (None, m)]

    def _fault_for(self, request: Request) -> Fault | None:
        return next((m.fault for m in self._misbehaviours if m.takes(request)), None)

    # How it answers

    def _respond(self, request: Request) -> Answer:
        if self.on_request is not None:
            self.on_request(request)
        with self._lock:
            fault = self._fault_for(request)
            try:
                answer = self._answer(request, fault)
            except Refused as refusal:
                answer = text_answer(refusal.status, refusal.text)
        return replace(fault.spoil(answer), fault=fault.name) if fault else answer

    def _answer(self, request: Request, fault: Fault | None) -> Answer:
        if request.method != "GET":
            return replace(text_answer(405, "Method Not Allowed"), headers=(("Allow", "GET"),))
        if len(self.url + request.target) > LONGEST_URL:
            return html_answer(414, "Request-URI Too Large", "The URL is too long.")
        path = request.path
        if path == "/api/v2/version":
            check_parameters(request, frozenset())
            return json_answer({"apiVersion": API_VERSION, "dataTimestamp": self._build.stamp})
        if path == "/api/v2/studies":
            return self._page(request, fault)
        if path == "/api/v2/studies/metadata":
            return json_answer(metadata())
        if path == "/api/v2/studies/search-areas":
            return json_answer([{"name": "Study", "areas": [{"name": name} for name in SEARCH_AREAS]}])
        if path == "/api/v2/studies/enums":
            return json_answer([{"type": "Status", "values": [{"value": name} for name in sorted(STATUSES)]}])
        if found := _STUDY.match(path):
            return self._study(request, found[1])
        if found := _INTERNAL.match(path):
            return self._internal(request, found[1], bool(found[2]), found[3])
        return _unknown()

    def _study(self, request: Request, asked: str) -> Answer:
        if not well_formed(asked):
            raise Refused(400, f"NCT number `{asked}` has incorrect format")
        check_parameters(request, STUDY_PARAMETERS)
        nct_id = asked.upper()
        held = self._build.find(nct_id)
        if held is None:
            return _unknown()
        if held.nct_id != nct_id:
            target = request.target.replace(asked, held.nct_id, 1)
            return Answer(status=301, headers=(("Location", target),), content_type="text/html")
        keep = asked_fields(request.query["fields"]) if request.query.get("fields") else {}
        if not keep:
            return Answer(body=held.body(self._build.day))
        return json_answer(partial(held.record(self._build.day), keep))

    def _page(self, request: Request, fault: Fault | None) -> Answer:
        search = read_search(request, may_change=self._may_change)
        offset = self._offset(search)
        empty = fault is not None and fault.keeps_place
        answer = self._cached(search, offset, request) if self._cache_pages and fault is None else None
        if answer is None:
            answer = self._assemble(search, self._select(search), offset, empty=empty)
        if self._switch_in is not None:
            self._switch_in -= 1
            if self._switch_in <= 0:
                self._switch_in = None
                self.switch()
        return answer

    def _select(self, search: Search) -> tuple[str, ...]:
        known = (self._build.stamp, search.fingerprint)
        if known not in self._found:
            self._found[known] = search.select(self._build)
            if len(self._found) > 16:
                self._found.popitem(last=False)
        return self._found[known]

    def _cached(self, search: Search, offset: int, request: Request) -> Answer | None:
        """The page as compressed before, or compressed now: a second sweep costs no work here."""
        if not (self._gzip and "gzip" in request.headers.get("accept-encoding", "")):
            return None
        first = search.token is None
        key = (self._build.stamp, search.fingerprint, search.page_size, search.count_total, first, offset)
        if key not in self._pages:
            answer = self._assemble(search, self._select(search), offset, empty=False)
            self._pages[key] = gzip_codec.compress(answer.body, 1, mtime=0)
        return Answer(gzipped=self._pages[key])

    def _offset(self, search: Search) -> int:
        if search.token is None:
            return 0
        place = self._places.get(search.token)
        if place is None:
            raise Refused(400, "Parameter `pageToken` has incorrect value")
        if place.fingerprint != search.fingerprint:
            raise Refused(400, "Parameters must be the same for each page")
        return place.offset

    def _assemble(self, search: Search, found: tuple[str, ...], offset: int, *, empty: bool) -> Answer:
        size = 0 if empty else search.page_size
        day = self._build.day
        held = [self._build.held[nct_id] for nct_id in found[offset : offset + size]]
        if search.fields:
            bodies = [compact(partial(item.record(day), dict(search.fields))) for item in held]
        else:
            bodies = [item.body(day) for item in held]
        tail = b"]"
        if offset + size < len(found) or empty:
            tail += b',"nextPageToken":"%s"' % self._token(search, offset + size).encode()
        if search.count_total and search.token is None:
            tail += b',"totalCount":%d' % len(found)
        return Answer(body=b'{"studies":[' + b",".join(bodies) + tail + b"}")

    def _token(self, search: Search, offset: int) -> str:
        token = secrets.token_urlsafe(24)
        self._places[token] = _Place(fingerprint=search.fingerprint, offset=offset)
        return token

    def _internal(self, request: Request, asked: str, history: bool, number: str | None) -> Answer:
        held = self._build.find(asked.upper()) if well_formed(asked) else None
        if held is None:
            return _unknown()
        day = self._build.day
        if number is not None:
            study = self.archive.study(held.nct_id, int(number), day) if number.isdigit() else None
            return json_answer(study) if study is not None else _unknown()
        changes = self.archive.changes(held.nct_id, day)
        if history:
            return json_answer({"changes": changes})
        answer: dict[str, Any] = {"study": archived(held.record(day))}
        if request.query.get("history") == "true":
            first = self.archive.study(held.nct_id, 0, day)
            answer["history"] = {"changes": changes, "originalData": first["study"] if first else {}}
        return json_answer(answer)


def _unknown() -> Answer:
    return html_answer(404, "Not Found", "The requested page does not exist.")


if __name__ == "__main__":
    from doubles.ctgov_process import main

    main()
