"""Which events a reader asks the front page for; the same as links, and the feed that goes on telling of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from monitor import addresses
from monitor.web import filters
from monitor.web.drawing.terms import said
from monitor.web.finding import found_trial
from monitor.web.reading import Reading
from snapshots.changeset import Severity
from snapshots.fields import table
from snapshots.wanted import Wanted

NAMES = ("severity", "watch", "tag", "field", "country", "status", "trial")
READY_WATCHES = 8  # of which there is a link on every front page
_WEEK = "7d"
_READY_TAGS = ("stopped", "results", "timeline", "outcomes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Checked: every name in it is known. Texts as they stand in an address; empty where nothing is asked."""

    least: Severity
    watch: str
    tag: str
    field: str
    country: str  # the registry's name
    status: str  # the registry's own word
    trial: tuple[str, str] | None  # registry and id

    @property
    def kept(self) -> dict[str, str]:
        """As a query, the same however it was written; empty when everything is asked for."""
        given = {
            "severity": "" if self.least is Severity.MINOR else self.least.value,
            "watch": self.watch,
            "tag": self.tag,
            "field": self.field,
            "country": self.country,
            "status": self.status.lower(),
            "trial": self.trial[1] if self.trial else "",
        }
        return {name: text for name, text in given.items() if text}

    def wanted(self, least: Severity, *, before: int | None, after: int | None) -> Wanted:
        """For the store: all but country and status. least: how low it must be read."""
        return Wanted(
            watch=self.watch or None,
            trial=self.trial[1] if self.trial else None,
            registry=self.trial[0] if self.trial else None,
            min_severity=least,
            fields=table("ctgov").within(self.field) if self.field else None,
            tag=self.tag or None,
            archive=False,
            before=before,
            after=after,
        )


def filter_of(reader: Reading, query: Mapping[str, str]) -> Filter:
    """BadQuestion, NoSuchPage: a misspelt filter, or a trial that nothing is stored about, would look like silence."""
    asked = {name: filters.short_enough(name, query.get(name, "").strip()) for name in NAMES}
    filters.check_tag(asked["tag"])
    filters.check_field(asked["field"])
    filters.watch(asked["watch"], reader)
    trial = filters.trial(asked["trial"])
    if trial is not None and not reader.events(
        registry=trial[0], trial=trial[1], min_severity=Severity.NOISE, limit=1
    ):
        found_trial(reader, *trial)
    return Filter(
        least=filters.least(asked["severity"]),
        watch=asked["watch"],
        tag=asked["tag"],
        field=asked["field"],
        country=filters.country(asked["country"]) or "",
        status=filters.status(asked["status"]) or "",
        trial=trial,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is on, and the address without it."""

    text: str
    without: str


def chips(asked: Filter, more: Mapping[str, str]) -> list[Chip]:
    """more: of the address, what else is kept when a filter is dropped."""
    words = {
        "severity": "everything, noise too"
        if asked.least is Severity.NOISE
        else f"at least {asked.least.value}",
        "status": f"now {said(asked.status).lower()}",
        "field": dict(filters.fields()).get(asked.field, asked.field),
    }
    names = {"severity": "Severity", "country": "Sites in", "status": "Status"}
    return [
        Chip(
            text=f"{names.get(name, name.capitalize())}: {words.get(name, text)}",
            without=address({**asked.kept, **more}, without=name),
        )
        for name, text in asked.kept.items()
    ]


def address(query: Mapping[str, object], *, without: str = "") -> str:
    """The front page with a query."""
    text = urlencode({name: value for name, value in query.items() if name != without})
    return f"/?{text}" if text else "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A filter to go to with one click."""

    text: str
    path: str
    on: bool


def ready(asked: Filter, watches: list[str], since: str) -> list[Ready]:
    """Everything, what is critical, the tags that most ask for, and the watches: bounded. And the last week of what is
    asked for. since: as the address has it.
    """
    every: list[tuple[str, dict[str, str]]] = [("Everything", {}), ("Critical", {"severity": "critical"})]
    every += [(one.capitalize(), {"tag": one}) for one in _READY_TAGS]
    every += [(name, {"watch": name}) for name in watches[:READY_WATCHES]]
    kept = {"since": since} if since else {}
    week = Ready(text="Last 7 days", path=address({**asked.kept, "since": _WEEK}), on=since == _WEEK)
    return [
        week,
        *(Ready(text=text, path=address({**query, **kept}), on=query == asked.kept) for text, query in every),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The feed that goes on telling what a list shows."""

    of: str  # the path that it is below
    query: str  # with its `?`, or nothing
    what: str
    title: str
    calendar: bool
    wider: tuple[str, ...]  # filters that no feed knows: it tells more than the list


def followed(reader: Reading, asked: Filter, watches: list[str]) -> Followed:
    """Of a trial, else of a watch that is still there, else of everything: what else was asked for is kept."""
    of, what = "", "this list"
    if asked.trial is not None and reader.trial(*asked.trial) is not None:
        of, what = addresses.trial(*asked.trial), asked.trial[1]
    elif asked.trial is None and asked.watch in watches:
        of, what = addresses.watch(asked.watch), f"watch {asked.watch}"
    kept = {"tag": asked.tag, "field": asked.field}
    if asked.least > Severity.MINOR:
        kept["min_severity"] = asked.least.value
    query = urlencode({name: text for name, text in kept.items() if text})
    return Followed(
        of=of,
        query=f"?{query}" if query else "",
        what=what,
        title=f"What changed in {what}" if of else "What changed in the watched trials",
        calendar=bool(of),
        wider=tuple(name for name in ("country", "status") if name in asked.kept),
    )
