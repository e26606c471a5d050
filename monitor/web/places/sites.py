"""The sites of a trial through its versions: which are listed, open or not, and since when. Pure.

Which site is which in the next version is decided as a comparison decides it. A site without a status of its own,
as the registry has them once a study stops recruiting, stands as its study does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec

from monitor.web.drawing.prose import without_addresses
from monitor.web.trial.head import standing
from snapshots.countries import country_key
from snapshots.country_names import country
from snapshots.fields import Identity
from snapshots.pairing import pairs
from snapshots.reaching import below, members, struct, text

KEPT = ("facility", "status", "city", "state", "zip", "country", "geoPoint")  # contacts never
NOWHERE = "Country not given"


@lru_cache(maxsize=256)
def tone_of(status: str | None) -> str:
    """As `standing` has it; asked for each of thousands of sites or trials."""
    return standing(status)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A version's sites. day: since when it stood."""

    day: str
    sites: tuple[dict[str, Any], ...]
    study_status: str | None


@dataclass(slots=True, kw_only=True)
class Track:
    """One site through the versions. Days are ISO."""

    site: dict[str, Any]  # as the newest version that lists it has it
    study_status: str | None
    listed_since: str
    since: str  # it has stood as it does since then
    from_the_start: bool  # it was listed in the first version that was looked at
    unchanged: bool = True  # it stood so in the first version that listed it
    gone: str | None = None  # since when it is not listed any more
    steps: list[tuple[str, str | None]] = field(default_factory=list)  # day, and how it stood from then on

    @property
    def own_status(self) -> str | None:
        return text(self.site.get("status"))

    @property
    def status(self) -> str | None:
        return self.own_status or self.study_status

    @property
    def tone(self) -> str:
        """open, waiting, over, stopped, unknown; `gone` when it is not listed any more."""
        return "gone" if self.gone else tone_of(self.status)

    @property
    def since_known(self) -> bool:
        """Was it otherwise before?"""
        return not (self.from_the_start and self.unchanged) or self.gone is not None

    def named(self, key: str) -> str:
        return without_addresses(text(self.site.get(key)) or "")

    @property
    def country(self) -> str:
        """In the name of now."""
        given = self.named("country")
        return country(given) or given or NOWHERE

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude, in degrees, as the record has them."""
        point = struct(self.site.get("geoPoint"))
        lat, lon = point.get("lat"), point.get("lon")
        if not isinstance(lat, int | float) or not isinstance(lon, int | float):
            return None
        return (float(lat), float(lon)) if abs(lat) <= 90 and abs(lon) <= 180 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a version changed of the sites, and how many are listed and open from then on."""

    day: str
    opened: int
    closed: int  # takes nobody any more, or is not listed any more, and was open
    listed: int
    open: int


def look(body: bytes, day: str) -> Look:
    """The sites of a version's canonical bytes. What is not of the expected kind counts as absent."""
    try:
        read = msgspec.json.decode(body, type=_Record)
        status, found = (
            read.protocolSection.statusModule,
            read.protocolSection.contactsLocationsModule.locations,
        )
        overall: Any = status.overallStatus
    except msgspec.ValidationError:
        whole = msgspec.json.decode(body)
        overall = below(whole, "protocolSection", "statusModule", "overallStatus")
        found = below(whole, "protocolSection", "contactsLocationsModule", "locations")
    sites = tuple(
        {key: site[key] for key in KEPT if key in site} for site in members(found) if isinstance(site, dict)
    )
    return Look(day=day, sites=sites, study_status=text(overall))


def tracks(looks: Sequence[Look]) -> list[Track]:
    """Of versions that followed each other, oldest first: the sites that are listed, then those that are gone."""
    current: list[Track] = []
    gone: list[Track] = []
    for number, one in enumerate(looks):
        older = [track.site for track in current]
        found = pairs(older, one.sites, Identity.SITE) if older and one.sites else None
        left = list(range(len(current)))
        following: dict[int, int] = {}
        if found is not None:
            following = {
                pair.new: pair.old for pair in found if pair.new is not None and pair.old is not None
            }
            left = [pair.old for pair in found if pair.new is None and pair.old is not None]
        for at in left:
            current[at].gone = one.day
            current[at].since = one.day
            gone.append(current[at])
        current = [
            _on(current[following[at]], one, at) if at in following else _begun(one, at, first=number == 0)
            for at in range(len(one.sites))
        ]
    return [*current, *reversed(gone)]


def _begun(look: Look, at: int, *, first: bool) -> Track:
    track = Track(
        site=look.sites[at],
        study_status=look.study_status,
        listed_since=look.day,
        since=look.day,
        from_the_start=first,
    )
    track.steps.append((look.day, track.status))
    return track


def _on(track: Track, look: Look, at: int) -> Track:
    before = track.status
    track.site, track.study_status = look.sites[at], look.study_status
    if track.status != before:
        track.since = look.day
        track.unchanged = False
        track.steps.append((look.day, track.status))
    return track


def turns(found: Sequence[Track], days: Sequence[str]) -> list[Turn]:
    """One a day on which another version stood, oldest first; on the first day nothing had opened yet."""
    happened: dict[str, list[int]] = {day: [0, 0, 0, 0] for day in days}  # opened, closed, listed, open
    for track in found:
        was_open = False
        first = True
        for day, status in track.steps:
            is_open = tone_of(status) == "open"
            at = happened[day]
            at[2] += first
            at[3] += is_open - was_open
            if not (first and track.from_the_start):
                at[0] += is_open and not was_open
                at[1] += was_open and not is_open
            was_open, first = is_open, False
        if track.gone:
            at = happened[track.gone]
            at[1] += was_open
            at[2] -= 1
            at[3] -= was_open
    turned, listed, open_ = [], 0, 0
    for day in days:
        opened, closed, more, wider = happened[day]
        listed, open_ = listed + more, open_ + wider
        turned.append(Turn(day=day, opened=opened, closed=closed, listed=listed, open=open_))
    return turned


def in_country(found: Sequence[Track], name: str) -> list[Track]:
    """However it is spelt."""
    wanted = country_key(country(name) or name)
    return [one for one in found if country_key(one.country) == wanted]


class _Status(msgspec.Struct):
    overallStatus: Any = None  # noqa: N815  (the registry's own name)


class _Places(msgspec.Struct):
    locations: Any = None


class _Protocol(msgspec.Struct):
    statusModule: _Status = msgspec.field(default_factory=_Status)  # noqa: N815
    contactsLocationsModule: _Places = msgspec.field(default_factory=_Places)  # noqa: N815


class _Record(msgspec.Struct):
    protocolSection: _Protocol = msgspec.field(default_factory=_Protocol)  # noqa: N815
