"""`/watches/{name}/sites`: in which countries a watch's trials take place, on the map and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from sqlite_utils import Database

from monitor import addresses
from monitor.web import filters
from monitor.web.answers import Answer, BadQuestion, Page
from monitor.web.places.country_points import country_point
from monitor.web.places.drawing import drawn_map
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
    db = reader.database
    total = sum(held.statuses(db, [found.row])[found.row].values())
    asked = filters.short_enough("country", query.get("country", "").strip())
    trials = _trials(db, found.row) if asked else []
    counted, elsewhere = _counted(Counter(each[1:] for each in trials) if asked else _grouped(db, found.row))
    there: Sequence[TrialThere] = ()
    there_count = 0
    if asked:
        wanted = country_key(country(asked) or asked)
        if wanted not in {country_key(one.country) for one in counted}:
            raise BadQuestion(
                f"none of its trials is in such a country: `{asked}`",
                hint=filters.nearest(asked, [one.country for one in counted]),
            )
        there, there_count = _there(db, trials, wanted)
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
            "counted": min(total, MOST_COUNTED),
            "elsewhere": elsewhere,
            "map": drawn_map(placed),
            "countries": counted,
            "asked": asked,
            "there": there,
            "there_more": there_count - len(there),
        },
        data=lambda: SitesOfWatch(
            watch=found.name,
            trials=total,
            counted=min(total, MOST_COUNTED),
            elsewhere=elsewhere,
            items=counted,
        ),
        rows=lambda: counted,
    )


_NEWEST = (
    "from member join watch on watch.id = member.watch"
    " join trial on trial.trial = member.trial and trial.registry = watch.registry"
    " where member.watch = ? and member.state = 'in' order by member.trial desc limit ?"
)


def _trials(db: Database, row: int) -> list[tuple[int, str | None, str]]:
    """Key, status and countries of each."""
    return db.execute(
        "select trial.key, trial.status, trial.countries " + _NEWEST, [row, MOST_COUNTED]
    ).fetchall()


def _grouped(db: Database, row: int) -> dict[tuple[str | None, str], int]:
    """Status and countries → how many trials."""
    rows = db.execute(
        "select status, countries, count(*) from"
        f" (select trial.countries as countries, trial.status as status {_NEWEST}) group by countries, status",
        [row, MOST_COUNTED],
    )
    return {(status, countries): count for status, countries, count in rows}


def _counted(groups: Mapping[tuple[str | None, str], int]) -> tuple[list[CountryOfTrials], int]:
    """The countries, that with the most trials first; and how many trials name none."""
    trials: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    elsewhere = 0
    for (status, countries), count in groups.items():
        names = _names(countries)
        elsewhere += 0 if names else count
        for name in names:
            trials[name] += count
            if tone_of(status) == "open":
                opened[name] += count
    found = [CountryOfTrials(country=name, trials=count, open=opened[name]) for name, count in trials.items()]
    return sorted(found, key=lambda one: (-one.trials, one.country)), elsewhere


def _there(
    db: Database, trials: Sequence[tuple[int, str | None, str]], wanted: str
) -> tuple[list[TrialThere], int]:
    """The first trials in a country, by its key; and how many there are."""
    keys = [key for key, _, countries in trials if wanted in _keys(countries)]
    rows = db.execute(
        "select trial.registry, trial.trial, trial.title, trial.status from json_each(?) as asked"
        " join trial on trial.key = asked.value order by asked.key",
        [msgspec.json.encode(keys[:MOST_LISTED]).decode()],
    ).fetchall()
    return [_listed(*row) for row in rows], len(keys)


def _listed(registry: str, trial: str, title: str, status: str | None) -> TrialThere:
    words, tone, sign = standing(status)
    return TrialThere(
        trial=trial,
        href=addresses.trial(registry, trial),
        sites_href=addresses.sites(registry, trial),
        title=title,
        status=words,
        tone=tone,
        sign=sign,
    )


@lru_cache(maxsize=4096)  # many trials are in the same countries
def _names(countries: str) -> tuple[str, ...]:
    return in_use(tuple(msgspec.json.decode(countries)))


@lru_cache(maxsize=4096)
def _keys(countries: str) -> frozenset[str]:
    return frozenset(map(country_key, _names(countries)))
