"""JSON and CSV of sites. Days are ISO, of the data build or of the submission. Contacts are never in them."""

from __future__ import annotations

from msgspec import Struct


class Site(Struct, frozen=True, kw_only=True):
    """A site. status: its own; null where it stands as its study does. effective_status: either.

    since, listed_since: the first day of it that is stored; not *_exact: it may have been so before.
    gone_since: since when it is not listed any more; null: it is.
    """

    facility: str | None
    city: str | None
    state: str | None
    country: str | None
    lat: float | None
    lon: float | None
    status: str | None
    effective_status: str | None
    since: str
    since_exact: bool
    listed_since: str
    listed_exact: bool
    gone_since: str | None


class CountryOfSites(Struct, frozen=True, kw_only=True):
    """Sites of a country. opened, closed: how often one did since the first version that was looked at."""

    country: str
    listed: int
    open: int
    opened: int
    closed: int


class SitesTurn(Struct, frozen=True, kw_only=True):
    """A day on which sites opened or closed, and how many are listed and open from then on."""

    day: str
    opened: int
    closed: int
    listed: int
    open: int


class SitesOfTrial(Struct, frozen=True, kw_only=True):
    """looked_since: day of the oldest version that was looked at; complete: it is the registry's first."""

    registry: str
    trial: str
    looked_since: str | None
    complete: bool
    countries: list[CountryOfSites]
    turns: list[SitesTurn]
    items: list[Site]


class CountryOfTrials(Struct, frozen=True, kw_only=True):
    """How many of a watch's trials have sites in a country, and how many of these are open."""

    country: str
    trials: int
    open: int


class SitesOfWatch(Struct, frozen=True, kw_only=True):
    """counted: of so many of its trials, those of the highest ids. elsewhere: those that name no country."""

    watch: str
    trials: int
    counted: int
    elsewhere: int
    items: list[CountryOfTrials]
