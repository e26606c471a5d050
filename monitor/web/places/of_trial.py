"""`/trials/{registry}/{id}/sites`: the sites of one trial on the map and by country, open and closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from monitor import addresses
from monitor.web import filters
from monitor.web.answers import Answer, BadQuestion, NoSuchPage, Page
from monitor.web.drawing.terms import said
from monitor.web.finding import found_trial
from monitor.web.places.country_points import country_point
from monitor.web.places.drawing import Map, drawn_map, form_of
from monitor.web.places.shapes import CountryOfSites, Site, SitesOfTrial, SitesTurn
from monitor.web.places.sites import NOWHERE, Track, Turn, in_country, tracks, turns
from monitor.web.places.stood import Looked, looked
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.trial.head import standing
from snapshots.changeset import Source

PAGE = 100  # sites
MOST_TURNS = 24  # days in the table
MOST_COUNTRIES = 100
HIGH = 60.0  # of the picture of open sites


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    facility: str
    place: str
    country: str
    status: str
    tone: str
    sign: str
    as_study: bool
    since: str
    listed: str


def sites_of_trial(
    reader: Reading, registry: str, trial: str, query: Mapping[str, str], setting: Setting
) -> Answer:
    held = found_trial(reader, registry, trial)
    found = looked(reader, registry, trial)
    if found is None:
        raise NoSuchPage(f"no version of this trial is stored: `{trial}`")
    everything = tracks(found.looks)
    days = [one.day for one in found.looks]
    asked = filters.short_enough("country", query.get("country", "").strip())
    page = _page(query.get("page", ""))
    shown = in_country(everything, asked) if asked else everything
    if asked and not shown:
        raise BadQuestion(
            f"no site in such a country: `{asked}`",
            hint=filters.nearest(asked, sorted({one.country for one in everything})),
        )
    listed = [one for one in shown if one.gone is None]
    start = (page - 1) * PAGE
    if page > 1 and start >= len(shown):
        raise NoSuchPage(f"the sites of {trial} have no page {page}")
    kept = {"country": asked} if asked else {}
    turned = turns(shown, days)
    countries = _countries(everything, days)
    path = addresses.sites(registry, trial)
    at = setting.source(registry)
    return Page(
        template="sites_of_trial.html",
        path=path,
        values={
            "here": "trials",
            "trial": held,
            "trial_href": addresses.trial(registry, trial),
            "source": at.line(found.newest.since if found.newest.source is Source.SNAPSHOT else None),
            "listed": len(listed),
            "open": sum(one.tone == "open" for one in listed),
            "gone": len(shown) - len(listed),
            "asked": asked,
            "looked": found,
            "map": _map(shown),
            "unplaced": sum(one.position is None for one in shown),
            "countries": countries[:MOST_COUNTRIES],
            "countries_more": max(0, len(countries) - MOST_COUNTRIES),
            "turns": [one for one in reversed(turned[1:]) if one.opened or one.closed][:MOST_TURNS],
            "area": _area(turned),
            "most": max((one.listed for one in turned), default=0),
            "first_day": days[0] if days else "",
            "last_day": days[-1] if days else "",
            "rows": [_row(one, found) for one in shown[start : start + PAGE]],
            "before": "?" + urlencode({**kept, "page": page - 1}) if page > 1 else None,
            "following": "?" + urlencode({**kept, "page": page + 1}) if start + PAGE < len(shown) else None,
        },
        data=lambda: SitesOfTrial(
            registry=registry,
            trial=trial,
            looked_since=days[0] if days else None,
            complete=found.complete,
            countries=countries,
            turns=[_turn(one) for one in turned],
            items=[_site(one, found) for one in shown],
        ),
        rows=lambda: [_site(one, found) for one in shown],
    )


def _page(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 4 and int(text) > 0):
        raise BadQuestion(f"a page is a number from 1: `{text[:60]}`")
    return int(text)


def _countries(found: Sequence[Track], days: Sequence[str]) -> list[CountryOfSites]:
    """The one with the most sites first."""
    groups: defaultdict[str, list[Track]] = defaultdict(list)
    for one in found:
        groups[one.country].append(one)
    counted = []
    for name, members in groups.items():
        turned = turns(members, days)
        counted.append(
            CountryOfSites(
                country=name,
                listed=turned[-1].listed,
                open=turned[-1].open,
                opened=sum(one.opened for one in turned),
                closed=sum(one.closed for one in turned),
            )
        )
    return sorted(counted, key=lambda one: (-one.listed, one.country))


def _map(found: Iterable[Track]) -> Map:
    """A site without a position stands in the middle of its country."""
    placed = []
    for one in found:
        point = one.position or country_point(one.country)
        if point is not None:
            placed.append((*point, form_of(one.tone), 1))
    return drawn_map(placed)


def _area(turned: Sequence[Turn]) -> Mapping[str, str]:
    """Listed and open sites over time as paths of steps, 600 wide; nothing where no time passed."""
    if len(turned) < 2:
        return {}
    days = [date.fromisoformat(f"{one.day}-01"[:10]) for one in turned]
    span = (days[-1] - days[0]).days or 1
    most = max(one.listed for one in turned) or 1
    paths = {}
    for name in ("listed", "open"):
        path = f"M0 {HIGH:g}"
        for one, day in zip(turned, days, strict=True):
            x = (day - days[0]).days * 588 / span  # the last stands a while too
            path += f"H{x:.1f}V{HIGH - getattr(one, name) * (HIGH - 2) / most:.1f}"
        paths[name] = f"{path}H600V{HIGH:g}z"
    return paths


def _row(one: Track, found: Looked) -> SiteRow:
    words, tone, sign = standing(one.status)
    if one.gone:
        words, tone, sign = "Not listed any more", "stopped", "✕"
        if one.own_status:
            words += f" (was {said(one.own_status).lower()})"
    place = ", ".join(part for part in (one.named("city"), one.named("state")) if part)
    return SiteRow(
        facility=one.named("facility") or "An unnamed site",
        place=place,
        country=one.country,
        status=words,
        tone=tone,
        sign=sign,
        as_study=one.own_status is None and one.gone is None and one.status is not None,
        since=one.since if one.since_known or found.complete else f"{one.since} or before",
        listed=one.listed_since
        if not one.from_the_start or found.complete
        else f"{one.listed_since} or before",
    )


def _site(one: Track, found: Looked) -> Site:
    point = one.position
    return Site(
        facility=one.named("facility") or None,
        city=one.named("city") or None,
        state=one.named("state") or None,
        country=None if one.country == NOWHERE else one.country,
        lat=point[0] if point else None,
        lon=point[1] if point else None,
        status=one.own_status,
        effective_status=one.status,
        since=one.since,
        since_exact=one.since_known or found.complete,
        listed_since=one.listed_since,
        listed_exact=not one.from_the_start or found.complete,
        gone_since=one.gone,
    )


def _turn(one: Turn) -> SitesTurn:
    return SitesTurn(day=one.day, opened=one.opened, closed=one.closed, listed=one.listed, open=one.open)
