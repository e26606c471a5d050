"""`/watches/{name}/sites`: in which countries a watch's trials take place, on the map and as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlite_utils import Database

from monitor import addresses
from monitor.web import filters
from monitor.web.answers import Answer, BadQuestion, Page
from monitor.web.places.country_points import country_point
from monitor.web.places.drawing import marks
from monitor.web.places.projection import HEIGHT, WIDTH
from monitor.web.places.shapes import CountryOfTrials, SitesOfWatch
from monitor.web.places.sites import tone_of
from monitor.web.reading import Reading
from monitor.web.setting import Setting
from monitor.web.trial.head import standing
from monitor.web.watches import held
from monitor.web.watches.one import known
from snapshots.countries import country_key
from snapshots.country_names import country
from snapshots.places import in_use

MOST_COUNTED = 3_000  # trials, those of the highest ids: the registry gives them in order of time
MOST_LISTED = 100  # trials of the country that is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A trial and its countries, in the names of now."""

    registry: str
    trial: str
    title: str
    status: str | None
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialThere:
    trial: str
    href: str
    sites_href: str
    title: str
    status: str
    tone: str
    sign: str


def sites_of_watch(reader: Reading, name: str, query: Mapping[str, str], setting: Setting) -> Answer:
    """NoSuchPage, NoLongerHere; BadQuestion for a country in which none of its trials is."""
    found = known(reader, name)
    located = _located(reader.database, found.row)
    total = sum(held.statuses(reader.database, [found.row])[found.row].values())
    by_country: defaultdict[str, list[Located]] = defaultdict(list)
    for one in located:
        for place in one.countries:
            by_country[place].append(one)
    counted = [
        CountryOfTrials(country=place, trials=len(members), open=sum(map(_is_open, members)))
        for place, members in by_country.items()
    ]
    counted.sort(key=lambda one: (-one.trials, one.country))
    asked = filters.short_enough("country", query.get("country", "").strip())
    there: Sequence[Located] = ()
    if asked:
        wanted = country_key(country(asked) or asked)
        there = next((each for place, each in by_country.items() if country_key(place) == wanted), ())
        if not there:
            raise BadQuestion(
                f"none of its trials is in such a country: `{asked}`",
                hint=filters.nearest(asked, [one.country for one in counted]),
            )
    elsewhere = sum(not one.countries for one in located)
    placed = []
    for each in counted:
        point = country_point(each.country)
        if point is not None:
            # One mark a country: both forms in one place would hide each other.
            placed.append((*point, "disc" if each.open else "ring", each.trials))
    return Page(
        template="sites_of_watch.html",
        path=addresses.sites_of_watch(name),
        values={
            "here": "watches",
            "name": found.name,
            "watch_href": addresses.watch(found.name),
            "changes_href": addresses.changes_in_watch(found.name) + "&field=locations",
            "registry": found.registry,
            "trials": total,
            "counted": len(located),
            "elsewhere": elsewhere,
            "marks": marks(placed),
            "width": WIDTH,
            "height": HEIGHT,
            "countries": counted,
            "asked": asked,
            "there": [_there(one) for one in there[:MOST_LISTED]],
            "there_more": max(0, len(there) - MOST_LISTED),
        },
        data=lambda: SitesOfWatch(
            watch=found.name, trials=total, counted=len(located), elsewhere=elsewhere, items=counted
        ),
        rows=lambda: counted,
    )


def _located(db: Database, row: int) -> list[Located]:
    rows = db.execute(
        "select trial.registry, trial.trial, trial.title, trial.status, trial.countries from member"
        " join watch on watch.id = member.watch"
        " join trial on trial.trial = member.trial and trial.registry = watch.registry"
        " where member.watch = ? and member.state = 'in' order by member.trial desc limit ?",
        [row, MOST_COUNTED],
    ).fetchall()
    names: dict[str, tuple[str, ...]] = {}  # many trials are in the same countries
    found = []
    for registry, trial, title, status, countries in rows:
        if countries not in names:
            names[countries] = in_use(tuple(msgspec.json.decode(countries)))
        found.append(
            Located(registry=registry, trial=trial, title=title, status=status, countries=names[countries])
        )
    return found


def _is_open(one: Located) -> bool:
    return tone_of(one.status) == "open"


def _there(one: Located) -> TrialThere:
    words, tone, sign = standing(one.status)
    return TrialThere(
        trial=one.trial,
        href=addresses.trial(one.registry, one.trial),
        sites_href=addresses.sites(one.registry, one.trial),
        title=one.title,
        status=words,
        tone=tone,
        sign=sign,
    )
