"""Which feed an address asks for, and what is in it: events newest first, a bounded page of them.

Noise is never in a feed, nor what the registry's own archive tells of long ago: that is no news.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from monitor import addresses
from monitor.alerting.discretion import masked
from monitor.web import filters
from monitor.web.address import Asked, Parameter
from monitor.web.answers import BadQuestion, Document, NoLongerHere, NoSuchPage
from monitor.web.drawing.prose import printable
from monitor.web.feeds import atom, json_feed
from monitor.web.feeds.entries import entry
from monitor.web.feeds.feed import Feed
from monitor.web.finding import found_trial
from monitor.web.identity import tag
from monitor.web.parameters import BEFORE, FIELD, TAG
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from snapshots.changeset import Severity
from snapshots.deadlines.states import STATE_SLUGS
from snapshots.event import Event, EventKind
from snapshots.fields import table

PAGE = 25  # entries: each costs more than a millisecond to word
LOOKED_AT = 1_000  # events read for one page; the next page goes on where it ended

_TOLD = {"type": "string", "enum": [*FIELD.schema["enum"], *STATE_SLUGS]}
PARAMETERS = (
    Parameter(
        name="min_severity",
        description="The least severity; minor when left out",
        schema={"type": "string", "enum": ["minor", "major", "critical"]},
    ),
    TAG,
    replace(FIELD, description="Slug of a field that changed, or of a state that time makes", schema=_TOLD),
    BEFORE,
)
_WRITERS: Mapping[str, tuple[Callable[[Feed], bytes], str]] = {
    "atom": (atom.atom, f"{atom.MEDIA_TYPE}; charset=utf-8"),
    "json": (json_feed.json_feed, json_feed.MEDIA_TYPE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Of:
    """Whose events: everybody's, a watch's or a trial's."""

    path: str  # below which its feeds are; nothing for everything
    home: str  # the page that it goes with
    title: str
    parts: tuple[str, ...]  # of the feed's id
    watch: str | None = None
    registry: str | None = None
    trial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    least: Severity
    tag: str
    field: str
    before: int | None

    @property
    def kept(self) -> dict[str, str]:
        """The filters as a query, the same however they were written."""
        least = "" if self.least is Severity.MINOR else self.least.value
        given = {"min_severity": least, "tag": self.tag, "field": self.field}
        return {name: text for name, text in given.items() if text}


def of_everything(asked: Asked) -> Document:
    """`/feed.atom`, `/feed.json`."""
    of = _Of(path="", home="/", title="What changed in the watched trials", parts=("feed",))
    return _document(asked, of)


def of_watch(asked: Asked) -> Document:
    """`/watches/{name}/feed.atom`. NoSuchPage; NoLongerHere for a watch that was removed or renamed."""
    name = asked.path["watch"]
    check_watch(asked.reader, name)
    of = _Of(
        path=addresses.watch(name),
        home="/?" + urlencode({"watch": name}),
        title=f"What changed in watch {name}",
        parts=("feed", "watches", name),
        watch=name,
    )
    return _document(asked, of)


def of_trial(asked: Asked) -> Document:
    """`/trials/ctgov/{id}/feed.atom`. NoSuchPage."""
    registry, trial = asked.registry, asked.trial
    found = found_trial(asked.reader, registry, trial)
    path = addresses.trial(registry, trial)
    of = _Of(
        path=path,
        home=path,
        title=f"What changed in {trial}: {masked(found.title)}",
        parts=("feed", "trials", registry, trial),
        registry=registry,
        trial=trial,
    )
    return _document(asked, of)


def check_watch(reader: Reading, name: str) -> None:
    """NoLongerHere, NoSuchPage for what is no watch of ours."""
    if any(one.name == name for one in reader.watches()):
        return
    shown = name[:200]
    if reader.ended_watch(name):
        raise NoLongerHere(
            f"there is no watch of this name any more: `{shown}`",
            hint="It was removed or renamed; what it told stays on the page Today.",
        )
    names = [one.name for one in reader.watches()]
    raise NoSuchPage(f"no such watch: `{shown}`", hint=filters.nearest(name, names))


def _document(asked: Asked, of: _Of) -> Document:
    reader, setting, root, format = asked.reader, asked.setting, asked.root, asked.path["format"]
    if format not in _WRITERS:
        raise NoSuchPage(f"no such format of a feed: `{format[:60]}`", hint="There are atom and json.")
    write, media_type = _WRITERS[format]
    wanted = _wanted(asked.query)
    began = reader.began()
    found, following = _events(reader, of, wanted, setting)
    entries = tuple(entry(event, sequence=at, root=root, began=began) for at, event in found)
    base = root + addresses.feed(of.path, format)
    feed = Feed(
        id=tag(began, *of.parts, *(f"{name}:{text}" for name, text in wanted.kept.items())),
        title=printable(of.title + (f" ({', '.join(wanted.kept.values())})" if wanted.kept else "")),
        subtitle=setting.source(of.registry or "ctgov").line(None),
        home=root + of.home,
        address=_with(base, wanted.kept, wanted.before),
        first=None if wanted.before is None else _with(base, wanted.kept, None),
        next=None if following is None else _with(base, wanted.kept, following),
        icon=f"{root}/favicon.ico",
        updated=max((one.at for one in entries), default=began),
        entries=entries,
        severities=tag(began, "severity"),
    )
    return Document(body=write(feed), filename=f"feed.{format}", media_type=media_type)


def _wanted(query: Mapping[str, str]) -> _Wanted:
    names = [one.name for one in PARAMETERS]
    texts = {name: filters.short_enough(name, query.get(name, "").strip()) for name in names}
    least = filters.least(texts["min_severity"])
    if least is Severity.NOISE:
        raise BadQuestion("noise is in no feed", hint="There are minor, major and critical.")
    filters.check_tag(texts["tag"])
    filters.check_field(texts["field"], beside=STATE_SLUGS)
    return _Wanted(
        least=least, tag=texts["tag"], field=texts["field"], before=filters.before(texts["before"])
    )


def _events(
    reader: Reading, of: _Of, wanted: _Wanted, setting: Setting
) -> tuple[list[tuple[int, Event]], int | None]:
    """A page of events as the user weighs them, and where to go on: None when there is no more."""
    state = wanted.field if wanted.field in STATE_SLUGS else None
    found: list[tuple[int, Event]] = []
    before = wanted.before
    for _ in range(LOOKED_AT // PAGE):
        batch = reader.events(
            watch=of.watch,
            trial=of.trial,
            registry=of.registry,
            min_severity=setting.floor(wanted.least),
            tag=wanted.tag or None,
            fields=table("ctgov").within(wanted.field) if wanted.field and not state else None,
            kinds=[EventKind.DEADLINE] if state else None,
            archive=False,
            limit=PAGE + 1,
            before=before,
        )
        for at, event in batch:
            weighed = setting.effective(event)
            if weighed.severity < wanted.least or (state is not None and event.detail != state):
                continue
            if len(found) == PAGE:
                return found, found[-1][0]
            found.append((at, weighed))
        if len(batch) <= PAGE:
            return found, None
        before = batch[-1][0]
    return found, before


def _with(base: str, kept: Mapping[str, str], before: int | None) -> str:
    query = urlencode({**kept, **({} if before is None else {"before": str(before)})})
    return f"{base}?{query}" if query else base
